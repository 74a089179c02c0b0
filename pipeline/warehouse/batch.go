package warehouse

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/bitutil"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/zeebo/xxh3"

	"fairesync/pipeline/stage"
)

// wellFormed checks what the Arrow layout relies on: the engine does not.
func wellFormed(column *stage.Text, rows int) error {
	if len(column.Ends) != rows || len(column.Null) != rows {
		return fmt.Errorf("%d values, not %d", len(column.Ends), rows)
	}
	start := int32(0)
	for i, end := range column.Ends {
		if end < start || int(end) > len(column.Data) {
			return errors.New("the ends of its values do not rise")
		}
		if column.Null[i] && end != start {
			return errors.New("an absent value has a text")
		}
		start = end
	}
	if int(start) != len(column.Data) {
		return errors.New("text follows its last value")
	}
	return nil
}

// rawRecord lays a batch out as Arrow does. The data is not copied unless a value is no UTF-8. Blank values become NULL, so that
// an expression sees an empty cell and an absent one alike.
func rawRecord(schema *arrow.Schema, batch *stage.Batch, before int64) arrow.Record {
	columns := make([]arrow.Array, 0, len(batch.Columns)+1)
	ordinals := array.NewInt64Builder(memory.DefaultAllocator)
	ordinals.Reserve(batch.Rows)
	for i := range batch.Rows {
		ordinals.UnsafeAppend(before + int64(i) + 1)
	}
	columns = append(columns, ordinals.NewArray())
	for i := range batch.Columns {
		columns = append(columns, textArray(&batch.Columns[i]))
	}
	return array.NewRecord(schema, columns, int64(batch.Rows))
}

func textArray(column *stage.Text) arrow.Array {
	column = repaired(column)
	rows := len(column.Ends)
	offsets := make([]int32, rows+1)
	copy(offsets[1:], column.Ends)
	valid := make([]byte, bitutil.BytesForBits(int64(rows)))
	nulls := 0
	for i := range rows {
		if column.Null[i] || blank(column.Data[offsets[i]:offsets[i+1]]) {
			nulls++
			continue
		}
		bitutil.SetBit(valid, i)
	}
	data := array.NewData(arrow.BinaryTypes.String, rows, []*memory.Buffer{
		memory.NewBufferBytes(valid),
		memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(offsets)),
		memory.NewBufferBytes(column.Data),
	}, nil, nulls, 0)
	return array.NewStringData(data)
}

// repaired replaces what is no UTF-8 by U+FFFD: the engine takes bytes as they are and fails, or worse, later.
func repaired(column *stage.Text) *stage.Text {
	good := utf8.Valid(column.Data)
	for i := 0; good && i < len(column.Ends); i++ {
		end := int(column.Ends[i])
		good = end == len(column.Data) || utf8.RuneStart(column.Data[end])
	}
	if good {
		return column
	}
	fixed := &stage.Text{}
	for i := range column.Ends {
		if value, ok := column.At(i); ok {
			fixed.Append(validText(value))
		} else {
			fixed.AppendNull()
		}
	}
	return fixed
}

func validText(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }

// blank says whether a value is empty or white space.
func blank(value []byte) bool {
	for len(value) > 0 {
		r, width := utf8.DecodeRune(value)
		if !unicode.IsSpace(r) {
			return false
		}
		value = value[width:]
	}
	return true
}

// digest sums up the rows of a table, however they were batched: per column the texts end to end and, apart from them, where
// each ends and whether it is there. It serves to notice that deliveries differ, not to defend against an attacker.
type digest struct {
	columns []string
	texts   []*xxh3.Hasher
	ends    []*xxh3.Hasher
	buffer  []byte
}

func newDigest(columns []string) *digest {
	d := &digest{columns: columns}
	for range columns {
		d.texts = append(d.texts, xxh3.New())
		d.ends = append(d.ends, xxh3.New())
	}
	return d
}

// add takes a batch. Writing to these hashers cannot fail.
func (d *digest) add(batch *stage.Batch) {
	for i := range batch.Columns {
		column := &batch.Columns[i]
		_, _ = d.texts[i].Write(column.Data)
		d.buffer = d.buffer[:0]
		start := int32(0)
		for at, end := range column.Ends {
			length := uint32(end - start) // ends rise
			if column.Null[at] {
				length = 1<<32 - 1
			}
			d.buffer = binary.LittleEndian.AppendUint32(d.buffer, length)
			start = end
		}
		_, _ = d.ends[i].Write(d.buffer)
	}
}

// sum is the digest in hexadecimal.
func (d *digest) sum(rows int64) string {
	total := xxh3.New()
	part := binary.LittleEndian.AppendUint64(nil, uint64(rows)) // a count
	for i, column := range d.columns {
		part = binary.LittleEndian.AppendUint64(part, uint64(len(column)))
		part = append(part, column...)
		for _, hasher := range []*xxh3.Hasher{d.texts[i], d.ends[i]} {
			sum := hasher.Sum128().Bytes()
			part = append(part, sum[:]...)
		}
	}
	_, _ = total.Write(part)
	sum := total.Sum128().Bytes()
	return hex.EncodeToString(sum[:])
}
