package files_test

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/check"
	"fairesync/pipeline/config"
	"fairesync/pipeline/source/sourcetest"
)

func TestEncodings(t *testing.T) {
	const (
		table  = "SKU,Name\nA-1,Tee\nA-2,Café €\n"
		ansi   = "SKU,Name\nA-1,Tee\nA-2,Caf\xe9 \x80\n"
		export = "export the file as \"CSV UTF-8\""
	)
	rows := []string{`2 sku SKU="A-1" Name="Tee"`, `3 sku SKU="A-2" Name="Café €"`}
	guessed := append([]string{"FEED_ENCODING_GUESSED row 3: Café €; wanted UTF-8"}, rows...)
	long := strings.Repeat("B-1,Tee\n", 200_000) // more than is looked at for the header
	var many []string
	for i := range 200_000 {
		many = append(many, fmt.Sprintf(`%d sku SKU="B-1" Name="Tee"`, i+2))
	}
	for _, c := range []struct {
		name, content, encoding string
		want                    []string
	}{
		{"UTF-8", table, "", rows},
		{"UTF-8 with mark", "\ufeff" + table, "", rows},
		{"UTF-8 as said", table, "utf-8", rows},
		{"UTF-16 little endian with mark", utf16Text(table, binary.LittleEndian, true), "", rows},
		{"UTF-16 big endian with mark", utf16Text(table, binary.BigEndian, true), "", rows},
		{"UTF-16 little endian", utf16Text(table, binary.LittleEndian, false), "", rows},
		{"UTF-16 big endian", utf16Text(table, binary.BigEndian, false), "", rows},
		{"UTF-16 as said", utf16Text(table, binary.BigEndian, false), "utf-16", rows},
		{"UTF-16 beyond the plane", utf16Text("SKU,Name\nA-1,😀\n", binary.LittleEndian, true), "", []string{`2 sku SKU="A-1" Name="😀"`}},
		{"UTF-16 with half a character", strings.Replace(utf16Text("SKU,Name\nA-1,Tee\nA-2,?\n", binary.LittleEndian, true), "?\x00", "\x3d\xd8", 1), "",
			[]string{"feed.csv row 3 holds half a character of UTF-16 (little endian) at offset 44", "export the file again"}},
		{"UTF-16 with a byte too few", utf16Text(table, binary.LittleEndian, true)[:31], "",
			[]string{"feed.csv row 2 holds half a character of UTF-16 (little endian) at offset 30", "export the file again"}},
		{"Windows-1252", ansi, "", guessed},
		{"Windows-1252 as said", ansi, "windows-1252", rows},
		{"Windows-1252 far down", "SKU,Name\n" + long + "A-2,Caf\xe9\n", "", append(append([]string{"FEED_ENCODING_GUESSED row 200002: Café; wanted UTF-8"}, many...), `200002 sku SKU="A-2" Name="Café"`)},
		{"Windows-1252 in the header", "SKU,Name,Gr\xf6\xdfe\nA-1,Tee,L\n", "", []string{"FEED_ENCODING_GUESSED row 1: Größe; wanted UTF-8", `2 sku SKU="A-1" Name="Tee" Größe="L"`}},
		{"Windows-1252 above the header", "Pr\xe9sentation\n\nSKU,Name\nA-1,Tee\n", "", []string{"FEED_ENCODING_GUESSED row 1: Présentation; wanted UTF-8", `1 ignored SKU="Présentation" Name=∅`, `4 sku SKU="A-1" Name="Tee"`}},
		{"Windows-1252 within quotes over lines", "SKU,Name\nA-1,\"Tee\n\nCaf\xe9\"\nA-2,Hat\n", "", []string{"FEED_ENCODING_GUESSED row 2: Tee\n\nCafé; wanted UTF-8", `2 sku SKU="A-1" Name="Tee\n\nCafé"`, `3 sku SKU="A-2" Name="Hat"`}},
		{"Windows-1252 JSON", `[{"sku":"A-1","name":"T` + "\\u00e9" + `e"},` + "{\"sku\":\"A-2\",\"name\":\"Caf\xe9\"}]", "", []string{"FEED_ENCODING_GUESSED row 2: Café; wanted UTF-8", `1 sku sku="A-1" name="Tée"`, `2 sku sku="A-2" name="Café"`}},
		{"Windows-1252, but UTF-8 was said", ansi, "utf-8", []string{"feed.csv row 3 is not UTF-8: byte 0xE9 at offset 24, as in Windows-1252 or ISO-8859-1", export}},
		{"JSON that is not UTF-8 as was said", "[{\"sku\":\"A-1\",\"name\":\"x\"},{\"sku\":\"A-2\",\"name\":\"Caf\xe9\"}]", "utf-8", []string{"feed.csv row 2 is not UTF-8: byte 0xE9 at offset 50, as in Windows-1252 or ISO-8859-1", export}},
		{"UTF-8 with mark, and a byte that is not", "\ufeff" + ansi, "", []string{"feed.csv row 3 is not UTF-8: byte 0xE9 at offset 27, as in Windows-1252 or ISO-8859-1", export}},
		{"mixed", table + "A-3,Caf\xe9\n", "", []string{"feed.csv mixes encodings: row 3 is UTF-8, row 4 is not: byte 0xE9 at offset 38", hintMixed}},
		{"mixed, the other way", ansi + "A-3,Café\n", "", []string{"feed.csv mixes encodings: row 4 is UTF-8, row 3 is not: byte 0xE9 at offset 24", hintMixed}},
		{"mixed far down", "SKU,Name\nA-0,é\n" + long + "A-2,Caf\xe9\n", "", []string{"feed.csv mixes encodings: row 2 is UTF-8, row 200003 is not: byte 0xE9 at offset 1600023", hintMixed}},
		{"mixed, but all said to be Windows-1252", "SKU,Name\nA-3,\xc2\xb0\nA-2,\xb0\n", "windows-1252", []string{`2 sku SKU="A-3" Name="Â°"`, `3 sku SKU="A-2" Name="°"`}},
		{"a byte that Windows-1252 does not have", "SKU,Name\nA-1,Tee\nA-2,\x9d\n", "", []string{"feed.csv row 3 is neither UTF-8 nor Windows-1252: byte 0x9D at offset 21", export}},
		{"the same, as said", "SKU,Name\nA-1,Tee\nA-2,\x81\n", "windows-1252", []string{"feed.csv row 3 is not Windows-1252: byte 0x81 at offset 21", export}},
		{"a mark against what was said", "\ufeff" + table, "windows-1252", []string{"feed.csv begins with the mark of UTF-8, but encoding says windows-1252", "remove encoding: the mark tells it"}},
		{"UTF-16 against what was said", utf16Text(table, binary.LittleEndian, true), "utf-8", []string{"feed.csv begins with the mark of UTF-16 (little endian), but encoding says utf-8", "remove encoding: the mark tells it"}},
		{"UTF-32", "\xff\xfe\x00\x00S\x00\x00\x00", "", []string{"feed.csv is encoded in UTF-32, which is not read", "export it as UTF-8"}},
		{"no text", strings.Repeat("S\x00\x00\x00", 9), "", []string{"feed.csv holds zero bytes throughout, as no text does", "export it as CSV UTF-8 or .xlsx"}},
		{"an unknown encoding", table, "latin1", []string{`encoding is "latin1", not utf-8, utf-16 or windows-1252`, "write one of these, or leave it out to have it found"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			source := open(t, config.Source{Path: write(t, "feed.csv", c.content), Encoding: c.encoding, Mapping: map[string]config.Columns{"sku": {"SKU"}, "name": {"Name"}}})
			if diff := cmp.Diff(c.want, delivered(t, source)); diff != "" {
				t.Fatalf("-want +got:\n%s", diff)
			}
		})
	}
}

const hintMixed = "export the file again as \"CSV UTF-8\"; if it is Windows-1252 all through, say encoding: windows-1252"

// TestEncodingGuessed: the finding says where to look, and stays the same finding while the feed goes on.
func TestEncodingGuessed(t *testing.T) {
	first := write(t, "a.csv", "SKU,Name,Wholesale,Retail\nA-1,Tee,1,2\n")
	for name, content := range map[string]string{"b.csv": "SKU,Name,Wholesale,Retail\nA-2,Caf\xe9,1,2\n", "c.csv": "SKU,Name,Wholesale,Retail\nA-3,Caf\xe9,1,2\n"} {
		if err := copyInto(first, name, content); err != nil {
			t.Fatal(err)
		}
	}
	sink := sourcetest.NewMemorySink()
	if err := open(t, config.Source{Path: strings.TrimSuffix(first, "a.csv") + "*.csv"}).Extract(t.Context(), sink); err != nil {
		t.Fatal(err)
	}
	want := []check.Exception{{Code: "FEED_ENCODING_GUESSED", Severity: check.Warning, EntityKey: "wms", Found: "Café", Wanted: "UTF-8", File: "b.csv", Row: 2, Column: "Name"}}
	if diff := cmp.Diff(want, sink.Exceptions()); diff != "" {
		t.Fatalf("-want +got:\n%s", diff)
	}
}
