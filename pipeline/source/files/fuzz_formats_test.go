package files_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"encoding/json"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"fairesync/pipeline/config"
	"fairesync/pipeline/source/files"
	"fairesync/pipeline/source/sourcetest"
)

// FuzzParseJSON holds the parser to encoding/json: both take the same texts for valid, and what is written again means the same.
func FuzzParseJSON(f *testing.F) {
	for _, seed := range []string{`{"a":1,"b":[true,null,"x"]}`, `{"a":1,"a":2}`, `"\ud83d\ude00\u00e9"`, `"\ud800"`, `1.2e10`, `-0.0`, `01`, `1.`, `[1,]`, `{"a"}`, `nul`, `[[[[]]]]`,
		` { } `, "\"a\nb\"", "\"\\", `"\u12`, `"\x"`, "\"\u2028\"", strings.Repeat("[", 80) + strings.Repeat("]", 80), `[1 2]`, `{"a":1 "b":2}`, `{"":""}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return // another encoding, or refused before it comes to this
		}
		again, fault, err := files.Parsed(text)
		deep := strings.Contains(fault, "nested more than")
		if (err == nil) != json.Valid([]byte(text)) && !deep {
			t.Fatalf("encoding/json says %v, the parser %v", json.Valid([]byte(text)), err)
		}
		if err != nil || deep {
			return
		}
		if meant(t, text) != nil && !reflect.DeepEqual(meant(t, text), meant(t, again)) {
			t.Fatalf("%s became %s", text, again)
		}
	})
}

// meant is what encoding/json makes of a text; numbers stay as they are written.
func meant(t *testing.T, text string) any {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return value
}

// FuzzJSONFeed reads any text as a feed. A valid list of objects with a SKU has a row each; nothing may be lost without a word.
func FuzzJSONFeed(f *testing.F) {
	for _, seed := range []string{`[{"sku":"A","name":"x"},{"sku":"B"}]`, "{\"sku\":\"A\",\"name\":\"x\"}\n{\"sku\":\n", `{"items":[{"sku":"A","name":"x"}],"n":{"a":[]}}`, `[{"sku":"A","name":"x","variants":[{"upc":1},{}]}]`,
		"{\"sku\":\"A\",\"name\":\"x\"}\n\n7\n{}", `[`, `{"a":{"b":[{"sku":1,"name":2}]},"c":[3]}`, "[{\"sku\":\"\xe9\",\"name\":1}]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "ariants") || len(text) < 2 || text[0] != '[' && text[0] != '{' {
			return // one row each
		}
		sink := sourcetest.NewMemorySink()
		if err := open(t, config.Source{Path: write(t, "feed.json", text)}).Extract(t.Context(), sink); err != nil {
			if sink.Closed("item") {
				t.Fatalf("refused with %v, and delivered", err)
			}
			return
		}
		var records []map[string]any
		if text[0] != '[' || json.Unmarshal([]byte(text), &records) != nil {
			return
		}
		want := 0
		for _, record := range records {
			if hasValue(record) || record == nil {
				want++
			}
		}
		if rows := sink.Rows("item"); len(rows) < want {
			t.Fatalf("%d rows of %d records: %s", len(rows), want, text)
		}
	})
}

// hasValue says whether anything in an object is more than blank.
func hasValue(object map[string]any) bool {
	for _, value := range object {
		switch value := value.(type) {
		case nil:
		case map[string]any:
			if hasValue(value) {
				return true
			}
		case []any:
			if slices.ContainsFunc(value, func(one any) bool {
				text, ok := one.(string)
				return one != nil && (!ok || strings.TrimSpace(text) != "")
			}) {
				return true
			}
		case string:
			if strings.TrimSpace(value) != "" {
				return true
			}
		default:
			return true
		}
	}
	return false
}

// FuzzGunzip holds the reader of members to the library's, which cannot tell what stands behind the last.
func FuzzGunzip(f *testing.F) {
	var one bytes.Buffer
	w := gzip.NewWriter(&one)
	_, _ = w.Write([]byte("SKU,Name\n"))
	_ = w.Close()
	f.Add(one.Bytes())
	f.Add(append(one.Bytes(), one.Bytes()...))
	f.Add(append(one.Bytes(), 'x'))
	f.Add(one.Bytes()[:20])
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		got, err := files.Gunzip(data)
		var want []byte
		in, failed := gzip.NewReader(bytes.NewReader(data))
		if failed == nil {
			want, failed = io.ReadAll(in)
		}
		if (err == nil) != (failed == nil) || err == nil && !bytes.Equal(got, want) {
			t.Fatalf("the library says %v, this %v", failed, err)
		}
	})
}

// FuzzArchive reads any bytes as an archive: refused or read, and nothing is left behind.
func FuzzArchive(f *testing.F) {
	f.Add([]byte(zipped(f, "a.csv", feed)))
	f.Add([]byte(zipped(f, "x/", "", "a.csv", feed, "b.csv", feed)))
	f.Add([]byte(packed(f, feed)))
	f.Add(workbook(f, oneSheet([]any{"SKU", "Name"}, []any{"A-1", "Tee"})))
	f.Fuzz(func(t *testing.T, data []byte) {
		if !bytes.HasPrefix(data, []byte("PK")) && !bytes.HasPrefix(data, []byte("\x1f\x8b")) {
			return
		}
		scratch := t.TempDir()
		source, err := files.New(files.Options{Settings: config.Source{Name: "wms", Path: write(t, "feed.zip", string(data)), MaxUnpackedMB: 1}, Scratch: scratch})
		if err != nil {
			t.Fatal(err)
		}
		sink := sourcetest.NewMemorySink()
		if err := source.Extract(t.Context(), sink); err != nil && sink.Closed("item") {
			t.Fatalf("refused with %v, and delivered", err)
		}
		if left, err := os.ReadDir(scratch); err != nil || len(left) > 0 {
			t.Fatalf("left behind: %v, %v", left, err)
		}
	})
}

// FuzzSurvey wants the same of a text whatever the pieces in which it is looked at, and of UTF-8 what the library says.
func FuzzSurvey(f *testing.F) {
	f.Add("a,b\n\u00e9,\xe9\n", uint8(1))
	f.Add("\U0001f600\xf0\x9f", uint8(0))
	f.Add("\x81\xc3\x9d", uint8(3))
	f.Add(utf16Text("a\U0001f600", binary.BigEndian, false)+"\xd8", uint8(2))
	f.Fuzz(func(t *testing.T, text string, piece uint8) {
		type seen struct{ broken, wide, undefined int64 }
		look := func(piece int, little, big bool) (s seen) {
			var err error
			if s.broken, s.wide, s.undefined, err = files.Survey(context.Background(), text, piece, little, big); err != nil {
				t.Fatal(err)
			}
			return s
		}
		for _, order := range [][2]bool{{false, false}, {true, false}, {false, true}} {
			if whole, pieces := look(len(text)+8, order[0], order[1]), look(int(piece)+4, order[0], order[1]); whole != pieces {
				t.Fatalf("%+v as a whole, %+v in pieces of %d", whole, pieces, int(piece)+4)
			}
		}
		if got := look(16, false, false); (got.broken < 0) != utf8.ValidString(text) {
			t.Fatalf("%+v of %q", got, text)
		} else if got.broken >= 0 && !utf8.ValidString(text[:got.broken]) {
			t.Fatalf("%q is valid up to %d", text, got.broken)
		}
	})
}

// FuzzDates finds dates in any name without falling over, and one where it was put.
func FuzzDates(f *testing.F) {
	f.Add("catalog_20261123.csv")
	f.Add("11-23-26 2026-11-23")
	f.Add("....")
	f.Fuzz(func(t *testing.T, name string) {
		if files.DatesIn(name) == 0 && files.DatesIn(name+" 2026-11-23") != 1 {
			t.Fatalf("%q", name)
		}
	})
}
