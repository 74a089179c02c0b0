package config

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// AliasRow is one line of the alias file (wms/contract §2.1).
type AliasRow struct {
	Name  string `json:"alias_name"`
	Value string `json:"alias_value"`
	SKU   string `json:"wms_sku"`
	Row   int64  `json:"row"` // record in the file, the header is 1
}

// TaxonomyRule is one line of the rules file (design §4.6).
type TaxonomyRule struct {
	Scope   string `json:"scope"`   // product, category, type or tag
	Pattern string `json:"pattern"` // glob, compared without case
	TypeID  string `json:"type_id"` // tt_…
	Row     int64  `json:"row"`
}

// Scopes a taxonomy rule may have, strongest first.
var Scopes = []string{"product", "category", "type", "tag"}

// ReadAliases reads an alias CSV with the columns alias_name, alias_value, wms_sku.
func ReadAliases(path string) ([]AliasRow, error) {
	var rows []AliasRow
	err := readTable(path, []string{"alias_name", "alias_value", "wms_sku"}, func(row int64, cell []string) error {
		rows = append(rows, AliasRow{Name: cell[0], Value: cell[1], SKU: cell[2], Row: row})
		return nil
	})
	return rows, err
}

// ReadTaxonomyRules reads a rules CSV with the columns scope, pattern, type_id.
func ReadTaxonomyRules(path string) ([]TaxonomyRule, error) {
	var rules []TaxonomyRule
	err := readTable(path, []string{"scope", "pattern", "type_id"}, func(row int64, cell []string) error {
		if !slices.Contains(Scopes, cell[0]) {
			return &TableError{path, row, fmt.Sprintf("scope %q is unknown", cell[0]), "write one of " + strings.Join(Scopes, ", ")}
		}
		if cell[1] == "" || cell[2] == "" {
			return &TableError{path, row, "pattern and type_id must both be there", "remove the row or complete it"}
		}
		rules = append(rules, TaxonomyRule{Scope: cell[0], Pattern: cell[1], TypeID: cell[2], Row: row})
		return nil
	})
	return rules, err
}

// TableError is a row of a configured CSV that cannot be used.
type TableError struct {
	Path string
	Row  int64
	Why  string
	Next string
}

func (e *TableError) Error() string {
	if e.Row == 0 {
		return fmt.Sprintf("%s: %s", filepath.Base(e.Path), e.Why)
	}
	return fmt.Sprintf("%s row %d: %s", filepath.Base(e.Path), e.Row, e.Why)
}

// Hint says what to do.
func (e *TableError) Hint() string { return e.Next }

// readTable reads the named columns of a small CSV; further columns are comments. Cells are trimmed.
func readTable(path string, columns []string, take func(row int64, cells []string) error) error {
	file, err := os.Open(path)
	if err != nil {
		return &TableError{path, 0, "cannot be opened: " + errors.Unwrap(err).Error(), "check the path in the configuration"}
	}
	defer file.Close() //nolint:errcheck // read only
	reader := csv.NewReader(file)
	reader.FieldsPerRecord = -1
	header, err := reader.Read()
	if err != nil {
		return &TableError{path, 0, "has no header", "its first line must be " + strings.Join(columns, ",")}
	}
	at := make([]int, len(columns))
	for i, name := range columns {
		at[i] = slices.IndexFunc(header, func(h string) bool { return strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")) == name })
		if at[i] < 0 {
			return &TableError{path, 1, "has no column " + name, "its first line must be " + strings.Join(columns, ",")}
		}
	}
	for row := int64(2); ; row++ {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return &TableError{path, row, "cannot be read: " + err.Error(), "mend the row"}
		}
		cells := make([]string, len(columns))
		for i, index := range at {
			if index < len(record) {
				cells[i] = strings.TrimSpace(record[index])
			}
		}
		if strings.Join(cells, "") == "" {
			continue
		}
		if err := take(row, cells); err != nil {
			return err
		}
	}
}
