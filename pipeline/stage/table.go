package stage

import (
	"context"
	"io"

	"fairesync/pipeline/check"
)

// Kinds of an item row, the values of the _kind column.
const (
	KindSKU         = "sku"         // one sellable SKU
	KindParent      = "parent"      // describes a style, is no SKU itself
	KindQuarantined = "quarantined" // could not be read; _problem has the code
	KindIgnored     = "ignored"     // left out by a rule of the source; _problem has the code
)

// The envelope: columns every source's item table has beside the foreign ones. All are text.
const (
	ColumnFile    = "_file"    // file or endpoint the row came from
	ColumnRow     = "_row"     // 1-based record number in it (the header is record 1), or ordinal in the walk
	ColumnKind    = "_kind"    // one of the kinds above
	ColumnProblem = "_problem" // code of check.Codes for quarantined and ignored rows
	ColumnSKUID   = "_sku_id"  // the source's stable id of the SKU, blank where it has none (files)
	ColumnStyle   = "_style"   // stable key of the style: groups rows into a product
)

// Fields are the catalogue fields a column or expression can be mapped to. price[GEO].wholesale and price[GEO].retail stand
// beside them, one pair per configured geography.
var Fields = []string{
	"sku", "style", "style_code", "name", "description", "short_description", "category", "product_type", "tags",
	"option1_name", "option1_value", "option2_name", "option2_value", "option3_name", "option3_value", "size_position",
	"gtin", "images", "product_images", "active", "quantity", "warehouse", "unit_multiplier", "minimum_order_quantity", "made_in_country",
	"tariff_code", "weight", "weight_unit", "length", "width", "height", "distance_unit",
	"preorder", "order_by_date", "keep_active_past_order_by_date", "expected_ship_date", "expected_ship_window_end_date", "alias",
}

// Companions are fields that only mean something beside another, which is given here: both come from the same source.
var Companions = map[string]string{
	"option1_name": "option1_value", "option2_name": "option2_value", "option3_name": "option3_value",
	"weight_unit": "weight", "width": "length", "height": "length", "distance_unit": "length", "warehouse": "quantity",
}

// ListFields are the fields for which every mapped column counts, in order, not just the first that is not blank.
var ListFields = []string{"images", "product_images", "tags"}

// Table describes what a source is about to deliver.
type Table struct {
	Name    string   // item
	Columns []string // foreign headers as they came, and the envelope; unique
	// Fields maps a catalogue field to the columns or expressions it is read from. The first that is not blank wins, except for
	// ListFields. An entry equal to a column name is that column; anything else is parsed as an expression over columns.
	Fields map[string][]string
	// Reads maps a field to the columns of the source it is read from in the end, for fields whose entries in Fields do not name
	// them: expressions and columns the source computes. It only serves to tell what a column that is gone meant.
	Reads map[string][]string
}

// Sink takes what a source delivers. It is safe for use by one goroutine per Writer.
type Sink interface {
	// Table opens a table for writing; once per name.
	Table(ctx context.Context, table Table) (Writer, error)
	// Page keeps raw input (a response page, a feed file) under the source's staging folder; name is a plain file name.
	Page(name string) (io.WriteCloser, error)
	// Except reports a finding; Source is filled in.
	Except(check.Exception)
}

// Writer takes the rows of one table, in order.
type Writer interface {
	// Append takes a batch; the writer may keep it, so the caller makes a new one afterwards.
	Append(*Batch) error
	// Close ends the table and says how many rows it holds. A table that is not closed is not delivered.
	Close() (rows int64, err error)
}

// BatchRows is how many rows a batch should have.
const BatchRows = 2048

// Batch is some rows of a table, column by column, in the order of Table.Columns.
type Batch struct {
	Rows    int
	Columns []Text
}

// NewBatch makes an empty batch of as many columns as the table has.
func NewBatch(columns int) *Batch { return &Batch{Columns: make([]Text, columns)} }

// AppendRow adds one row; a short row is filled with nulls. The values are copied.
func (b *Batch) AppendRow(values ...string) {
	for i := range b.Columns {
		if i < len(values) {
			b.Columns[i].Append(values[i])
		} else {
			b.Columns[i].AppendNull()
		}
	}
	b.Rows++
}

// Text is a column of a batch: all values end to end, as Arrow lays them out.
type Text struct {
	Data []byte
	Ends []int32 // end of value i in Data
	Null []bool
}

// Append adds a value.
func (t *Text) Append(value string) {
	t.Data = append(t.Data, value...)
	t.Ends = append(t.Ends, int32(len(t.Data)))
	t.Null = append(t.Null, false)
}

// AppendNull adds an absent value.
func (t *Text) AppendNull() {
	t.Ends = append(t.Ends, int32(len(t.Data)))
	t.Null = append(t.Null, true)
}

// Len is the number of values.
func (t *Text) Len() int { return len(t.Ends) }

// At returns value i and whether it is there.
func (t *Text) At(i int) (string, bool) {
	start := int32(0)
	if i > 0 {
		start = t.Ends[i-1]
	}
	return string(t.Data[start:t.Ends[i]]), !t.Null[i]
}
