package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"fairesync/pipeline/catalog"
)

// openAnswers lets the open columns of a sheet be filled in, and nothing else: actions are chosen from a list, messages say what a value may
// be, keys and what is shown are locked. Without a password: it keeps people from slips, not from intent.
func (b *book) openAnswers(name string, s sheet) error {
	for i, column := range s.columns {
		rule, err := b.rule(column, *s.asks)
		if err != nil {
			return err
		}
		if rule == nil {
			continue
		}
		letter, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		rule.Sqref = fmt.Sprintf("%[1]s2:%[1]s%[2]d", letter, excelRows)
		if err := b.file.AddDataValidation(name, rule); err != nil {
			return err
		}
	}
	return b.file.ProtectSheet(name, &excelize.SheetProtectionOptions{AutoFilter: true, Sort: true, FormatCells: true, FormatColumns: true, FormatRows: true,
		DeleteRows: true, SelectLockedCells: true, SelectUnlockedCells: true})
}

// rule says what may be put into a column, nil where nothing is said.
func (b *book) rule(column column, asks asking) (*excelize.DataValidation, error) {
	rule := excelize.NewDataValidation(true)
	switch column.header {
	case headerAction:
		words := make([]string, len(asks.actions))
		for i, action := range asks.actions {
			words[i] = string(action)
		}
		rule.SetError(excelize.DataValidationErrorStyleStop, headerAction, "Choose one of: "+strings.Join(words, ", ")+". Blank decides nothing.")
		rule.SetInput(headerAction, "Choose what to do. Blank decides nothing.")
		return rule, rule.SetDropList(words)
	case headerValue:
		if asks.list != "" && len(b.data.Asked.Choices) > 0 {
			rule.SetSqrefDropList(asks.list)
			rule.SetError(excelize.DataValidationErrorStyleWarning, headerValue, "This is none of the list.")
		}
		rule.SetInput(headerValue, asks.value)
	case headerNote:
		rule.SetInput(headerNote, "Why, if it is worth knowing.")
	case headerReviewer:
		rule.SetInput(headerReviewer, "Your name.")
	case headerKey, headerFingerprint: // locked already; this holds too where somebody took the protection off to sort
		rule.SetError(excelize.DataValidationErrorStyleStop, column.header, "The answer is known by this cell. Leave it as it is.")
		return rule, rule.SetRange("FALSE", "", excelize.DataValidationTypeCustom, excelize.DataValidationOperatorBetween)
	default:
		return nil, nil
	}
	return rule, nil
}

// listsName is the hidden sheet of the lists that are too long for a cell.
const listsName = "Lists"

// lists writes the types to choose from, sorted by name, and names them.
func (b *book) lists() error {
	choices := slices.SortedFunc(slices.Values(b.data.Asked.Choices), func(x, y catalog.Type) int {
		return strings.Compare(strings.ToLower(x.Name)+"\x00"+x.ID, strings.ToLower(y.Name)+"\x00"+y.ID)
	})
	if len(choices) == 0 {
		return nil
	}
	if _, err := b.file.NewSheet(listsName); err != nil {
		return err
	}
	stream, err := b.file.NewStreamWriter(listsName)
	if err != nil {
		return err
	}
	if err := stream.SetColWidth(1, 1, 60); err != nil {
		return err
	}
	if err := stream.SetRow("A1", []any{excelize.Cell{StyleID: b.styles.header, Value: "Faire types"}}); err != nil {
		return err
	}
	for i, kind := range choices {
		text, _ := cellText(chosenType(kind.Name, kind.ID))
		if err := stream.SetRow(fmt.Sprintf("A%d", i+2), []any{excelize.Cell{StyleID: b.styles.text, Value: text}}); err != nil {
			return err
		}
	}
	if err := stream.Flush(); err != nil {
		return err
	}
	if err := b.file.SetSheetVisible(listsName, false); err != nil {
		return err
	}
	return b.file.SetDefinedName(&excelize.DefinedName{Name: typeList, RefersTo: fmt.Sprintf("%s!$A$2:$A$%d", listsName, len(choices)+1)})
}
