package report

// WriteLimited is Write with another number of rows to a sheet.
var WriteLimited = write
