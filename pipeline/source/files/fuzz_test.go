package files_test

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/source/files"
)

// FuzzSplit holds the splitter to encoding/csv: what that reader takes as well formed must give the same records.
func FuzzSplit(f *testing.F) {
	for _, seed := range []string{
		"a,b\n1,2\n", "a,b\r\n\"1\r\n2\",\"\"\"x\"\"\"\r\n", "a\n\n\"\"\n", "a,b", "\"a\nb\nc\",d\ne,f", ",\n,,\n", "a,\"b", "\"a\"b,c\nd,e\n",
		"\r", "a\rb\n", "\"a\r\"\n", " \"a\" ,b\n", "caf\u00e9,\x00\n", "\"a,b\n1,\"2\"\n3,4\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		records, err := files.SplitAll(text, ',', false, 0)
		cells := 0
		for i, record := range records {
			if record.Number != int64(i+1) {
				t.Fatalf("record %d has number %d", i+1, record.Number)
			}
			cells += len(record.Cells)
		}
		if cells > len(text)+1 {
			t.Fatalf("%d cells in %d bytes", cells, len(text))
		}
		if !utf8.ValidString(text) {
			return
		}
		reader := csv.NewReader(strings.NewReader(text))
		reader.FieldsPerRecord = -1
		want, wellFormed := reader.ReadAll()
		if wellFormed != nil || strings.HasSuffix(text, "\x1a") {
			return
		}
		if err != nil {
			t.Fatalf("encoding/csv reads it, the splitter says %v", err)
		}
		var got [][]string
		for _, record := range records {
			if record.Stray > 0 {
				t.Fatalf("stray quote in cell %d of a well-formed record %d", record.Stray, record.Number)
			}
			if len(record.Cells) == 0 {
				continue // encoding/csv skips blank lines too
			}
			for i, cell := range record.Cells { // and makes LF of CRLF in quotes
				record.Cells[i] = strings.ReplaceAll(cell, "\r\n", "\n")
			}
			got = append(got, record.Cells)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("-encoding/csv +splitter:\n%s", diff)
		}
	})
}

// FuzzRoundTrip writes cells with encoding/csv and wants them back, whatever the line ends and wherever the buffer is cut.
func FuzzRoundTrip(f *testing.F) {
	f.Add("a", "b\nc", "d\"e", true)
	f.Add("", " x", "\r\n", false)
	f.Fuzz(func(t *testing.T, a, b, c string, crlf bool) {
		if !utf8.ValidString(a) || !utf8.ValidString(b) || !utf8.ValidString(c) {
			return // the format is text
		}
		rows := [][]string{{a, b, c}, {"x", c, a}, {"y", "z", b}}
		var text strings.Builder
		writer := csv.NewWriter(&text)
		writer.UseCRLF = crlf
		if err := writer.WriteAll(rows); err != nil {
			t.Fatalf("write %q: %v", rows, err)
		}
		records, err := files.SplitAll(text.String(), ',', false, 3)
		if err != nil {
			t.Fatal(err)
		}
		// With UseCRLF the writer changes the line ends inside cells as well.
		normal := func(cell string) string {
			if crlf {
				return strings.NewReplacer("\r\n", "\n", "\r", "").Replace(cell)
			}
			return cell
		}
		var got [][]string
		for _, record := range records {
			for i := range record.Cells {
				record.Cells[i] = normal(record.Cells[i])
			}
			got = append(got, record.Cells)
		}
		for _, row := range rows {
			for i := range row {
				row[i] = normal(row[i])
			}
		}
		if diff := cmp.Diff(rows, got); diff != "" {
			t.Fatalf("-written +read:\n%s", diff)
		}
	})
}

// FuzzHeader wants a found header to be usable: as many names as there are columns, none twice, none blank.
func FuzzHeader(f *testing.F) {
	f.Add("SKU,Name\nA,B\n")
	f.Add("Line sheet\n\nItem #, Wholesale ,,Item Name,\n")
	f.Add("sku,SKU,name\n")
	f.Add("\ufeffsku,_row\nsku,column 2,name,\n")
	f.Fuzz(func(t *testing.T, text string) {
		var rows [][]string
		for line := range strings.SplitSeq(text, "\n") {
			rows = append(rows, strings.Split(line, ","))
		}
		index, names, err := files.FindHeader(rows)
		if index < 0 || err != nil {
			return
		}
		if index >= len(rows) || len(names) > len(rows[index]) || len(names) < 2 {
			t.Fatalf("header %d of %q: %q", index, rows, names)
		}
		seen := map[string]bool{}
		for _, name := range names {
			if folded := strings.ToLower(name); name == "" || seen[folded] || strings.HasPrefix(folded, "_row") && folded == "_row" {
				t.Fatalf("names %q", names)
			}
			seen[strings.ToLower(name)] = true
		}
	})
}

// FuzzVariants wants every variant to have a SKU and every option a name that is listed among the axes.
func FuzzVariants(f *testing.F) {
	f.Add("sku=MH01-XS-Black,size=XS,color=Black|sku=MH01-S-Black,size=S,color=Black")
	f.Add("sku=A,fit=Slim, tapered,size=S")
	f.Add("size=S|,|sku=,sku=B,=,a=b=c|")
	f.Fuzz(func(t *testing.T, text string) {
		list, axes, bad := files.ParseVariants(text)
		for _, v := range list {
			if v.SKU == "" || !strings.Contains(text, v.SKU) {
				t.Fatalf("SKU %q of %q", v.SKU, text)
			}
			for _, pair := range v.Pairs {
				if pair[0] == "" || pair[1] == "" || !slices.Contains(axes, pair[0]) {
					t.Fatalf("pair %q of %q, axes %q", pair, text, axes)
				}
			}
		}
		if sorted := slices.Sorted(slices.Values(axes)); len(slices.Compact(sorted)) != len(axes) {
			t.Fatalf("axes %q", axes)
		}
		if bad != "" && !strings.Contains(text, bad) {
			t.Fatalf("bad %q is not in %q", bad, text)
		}
	})
}

// FuzzResolve wants an entry of a mapping to be taken or refused, never to be changed in what it says.
func FuzzResolve(f *testing.F) {
	for _, seed := range []string{"Price", "price / 2", `"Item #" || '-' || size`, "case lower(x) when 'y' then 0 else 1 end", "Price (USD)", "''", "cast(price as decimal(9,2))", "'it''s'", `"a""b"`} {
		f.Add(seed)
	}
	names := []string{"Price", "Item #", "Size", `a"b`}
	f.Fuzz(func(t *testing.T, text string) {
		resolved, uses, err := files.Resolve(names, text)
		if err != nil {
			return
		}
		again, usesAgain, err := files.Resolve(names, resolved)
		if err != nil || again != resolved || !slices.Equal(uses, usesAgain) {
			t.Fatalf("%q resolves to %q %v, and that to %q %v (%v)", text, resolved, uses, again, usesAgain, err)
		}
	})
}

func TestSplitErrors(t *testing.T) {
	if _, err := files.SplitAll("a,b\n1,\"2\n", ',', false, 2); err == nil || errors.Is(err, io.EOF) {
		t.Fatalf("an open quote gave %v", err)
	}
	records, err := files.SplitAll("a,b\n1,\"2\n"+strings.Repeat("x", files.MaxRecord)+"\n", ',', false, 2)
	if err == nil || len(records) != 1 {
		t.Fatalf("an open quote in a long file gave %d records, %v", len(records), err)
	}
}
