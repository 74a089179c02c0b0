package report

// For tests in package report_test.
var (
	ReadAnswersOf = readAnswers
	PlainNumber   = plainNumber
)

// ExcelRows is how many rows a sheet may have.
const ExcelRows = excelRows
