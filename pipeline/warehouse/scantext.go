package warehouse

import (
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
)

// scanned is a column of a scan: how it is written as text in SQL.
type scanned struct {
	name  string
	kind  string // what it is, in words for people
	value string // the value in SQL
	text  string // the same as text, or as bytes
	bytes bool
}

// length is how many bytes it has.
func (s scanned) length() string {
	if s.bytes {
		return "octet_length(" + s.text + ")"
	}
	return "strlen(" + s.text + ")"
}

// flatten makes the columns of a value: an object becomes its members, called parent.child.
func flatten(name, value string, of arrow.DataType) []scanned {
	if object, ok := of.(*arrow.StructType); ok && object.NumFields() > 0 {
		var columns []scanned
		for _, member := range object.Fields() {
			columns = append(columns, flatten(name+"."+member.Name, extract(value, member.Name), member.Type)...)
		}
		return columns
	}
	made := scanned{name: name, kind: kindOf(of), value: value, text: asText(value, of, 0)}
	switch of.ID() { //nolint:exhaustive // any other is text
	case arrow.BINARY, arrow.LARGE_BINARY, arrow.FIXED_SIZE_BINARY:
		made.bytes = true
	}
	return []scanned{made}
}

func extract(value, member string) string {
	return fmt.Sprintf("struct_extract(%s, %s)", value, literal(member))
}

// kindOf is a type in a word for people. Types of one kind look alike as text.
func kindOf(of arrow.DataType) string {
	switch of.ID() { //nolint:exhaustive // the rest has one name
	case arrow.STRING, arrow.LARGE_STRING, arrow.BINARY, arrow.LARGE_BINARY, arrow.FIXED_SIZE_BINARY, arrow.DICTIONARY, arrow.NULL:
		return "texts"
	case arrow.INT8, arrow.INT16, arrow.INT32, arrow.INT64, arrow.UINT8, arrow.UINT16, arrow.UINT32, arrow.UINT64:
		return "whole numbers"
	case arrow.DECIMAL128, arrow.DECIMAL256:
		if decimal, ok := of.(arrow.DecimalType); ok && decimal.GetScale() == 0 {
			return "whole numbers"
		}
		return "decimal numbers"
	case arrow.FLOAT16, arrow.FLOAT32, arrow.FLOAT64:
		return "floating-point numbers"
	case arrow.BOOL:
		return "true and false"
	case arrow.DATE32, arrow.DATE64:
		return "dates"
	case arrow.TIMESTAMP:
		return "times"
	case arrow.LIST, arrow.LARGE_LIST, arrow.FIXED_SIZE_LIST:
		return "lists"
	}
	return of.Name() + " values"
}

// asText writes a value as text in SQL, exactly. depth tells the names of nested lambdas apart.
func asText(value string, of arrow.DataType, depth int) string {
	switch of := of.(type) {
	case *arrow.StringType, *arrow.LargeStringType, *arrow.BinaryType, *arrow.LargeBinaryType, *arrow.FixedSizeBinaryType:
		return value
	case *arrow.TimestampType:
		// Without a zone extension a time with zone can only be shown in UTC, which is what is stored.
		if of.TimeZone != "" {
			return fmt.Sprintf("replace(CAST(make_timestamp(epoch_us(%s)) AS VARCHAR), ' ', 'T') || 'Z'", value)
		}
		return fmt.Sprintf("replace(CAST(%s AS VARCHAR), ' ', 'T')", value)
	case *arrow.MapType, *arrow.StructType:
		return asJSON(value, of, depth)
	case arrow.ListLikeType:
		return listText(value, of.Elem(), depth)
	}
	return fmt.Sprintf("CAST(%s AS VARCHAR)", value)
}

// listText writes a list of scalars, or of objects with one plain text or address, as lines, and any other as JSON.
func listText(value string, item arrow.DataType, depth int) string {
	one := fmt.Sprintf("x%d", depth)
	line := ""
	switch item := item.(type) {
	case *arrow.StructType:
		if member := plainMember(item); member >= 0 {
			line = asText(extract(one, item.Field(member).Name), item.Field(member).Type, depth+1)
		}
	case *arrow.MapType, arrow.ListLikeType:
	case *arrow.BinaryType, *arrow.LargeBinaryType, *arrow.FixedSizeBinaryType:
		line = fmt.Sprintf("decode(%s)", one) // fails where the bytes are no text
	default:
		line = asText(one, item, depth+1)
	}
	if line == "" {
		return asJSON(value, arrow.ListOf(item), depth)
	}
	return joinedList(value, one, line, "chr(10)", "", "")
}

// joinedList writes the items of a list, one behind the other; those that are null are left out. The engine takes an empty list for
// none, which is another thing here.
func joinedList(value, one, item, sign, begin, end string) string {
	return fmt.Sprintf("CASE WHEN %[1]s IS NOT NULL THEN %[5]s || coalesce(array_to_string(list_transform(%[1]s, %[2]s -> %[3]s), %[4]s), '') || %[6]s END",
		value, one, item, sign, literal(begin), literal(end))
}

// plainMember is the member an object of a list is about, by the rule for JSON feeds; -1 when that is not plain.
func plainMember(object *arrow.StructType) int {
	found, address, rest := -1, false, false
	for i, member := range object.Fields() {
		switch member.Name {
		case "url", "src", "img", "text", "name":
			if found >= 0 || arrow.IsNested(member.Type.ID()) {
				return -1
			}
			found, address = i, member.Name != "text" && member.Name != "name"
		case "id", "position", "slug":
		default:
			rest = true
		}
	}
	if rest && !address {
		return -1
	}
	return found
}

// asJSON writes a value as JSON in SQL. The engine's own JSON would make floating-point numbers of decimal ones.
func asJSON(value string, of arrow.DataType, depth int) string {
	switch of := of.(type) {
	case *arrow.StructType:
		parts := make([]string, of.NumFields())
		for i, member := range of.Fields() {
			name := fmt.Sprintf("CAST(to_json(%s) AS VARCHAR)", literal(member.Name))
			parts[i] = fmt.Sprintf("%s || ':' || coalesce(%s, 'null')", name, asJSON(extract(value, member.Name), member.Type, depth))
		}
		if len(parts) == 0 {
			parts = []string{"''"}
		}
		return fmt.Sprintf("CASE WHEN %s IS NOT NULL THEN '{' || %s || '}' END", value, strings.Join(parts, " || ',' || "))
	case *arrow.MapType:
		entry := arrow.StructOf(arrow.Field{Name: "key", Type: of.KeyType()}, arrow.Field{Name: "value", Type: of.ItemType()})
		return asJSON("map_entries("+value+")", arrow.ListOf(entry), depth)
	case arrow.ListLikeType:
		one := fmt.Sprintf("x%d", depth)
		return joinedList(value, one, fmt.Sprintf("coalesce(%s, 'null')", asJSON(one, of.Elem(), depth+1)), "','", "[", "]")
	case *arrow.BinaryType, *arrow.LargeBinaryType, *arrow.FixedSizeBinaryType:
		return fmt.Sprintf("CAST(to_json(decode(%s)) AS VARCHAR)", value)
	}
	text := asText(value, of, depth)
	switch kindOf(of) {
	case "whole numbers", "decimal numbers", "true and false":
		return text
	case "floating-point numbers": // JSON has no infinity
		return fmt.Sprintf("CASE WHEN isfinite(%s) THEN %s ELSE CAST(to_json(%s) AS VARCHAR) END", value, text, text)
	}
	return fmt.Sprintf("CAST(to_json(%s) AS VARCHAR)", text)
}
