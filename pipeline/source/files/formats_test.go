package files_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

// tabsFeed is rowsFeed with tabs.
func tabsFeed(t testing.TB, size int) string {
	return strings.NewReplacer(",\n", ",\n", ",", "\t").Replace(rowsFeed(t, size))
}

// utf16Feed is rowsFeed as spreadsheet programs write "Unicode text".
func utf16Feed(t testing.TB, size int) string {
	return utf16Text(rowsFeed(t, size), binary.LittleEndian, true)
}

// utf16Text encodes a text.
func utf16Text(text string, order binary.AppendByteOrder, mark bool) string {
	var out []byte
	if mark {
		text = "\ufeff" + text
	}
	for _, unit := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, unit)
	}
	return string(out)
}

// gzipFeed is rowsFeed in two members.
func gzipFeed(t testing.TB, size int) string {
	text := rowsFeed(t, size)
	return packed(t, text[:len(text)/3]) + packed(t, text[len(text)/3:])
}

// packed is a text as a gzip file of one member.
func packed(t testing.TB, text string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// zipFeed is rowsFeed as a Mac packs it.
func zipFeed(t testing.TB, size int) string {
	return zipped(t, "drop/", "", "drop/feed.csv", rowsFeed(t, size), "__MACOSX/drop/._feed.csv", "x", "feed.done", "")
}

// zipped makes an archive of names and contents.
func zipped(t testing.TB, members ...string) string {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i := 0; i < len(members); i += 2 {
		member, err := w.Create(members[i])
		if err == nil {
			_, err = member.Write([]byte(members[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// object writes an object of names and values, which are JSON already, in their order.
func object(members ...string) string {
	var b strings.Builder
	for i := 0; i < len(members); i += 2 {
		before := ", "
		if i == 0 {
			before = "{"
		}
		fmt.Fprintf(&b, "%s%q: %s", before, members[i], members[i+1])
	}
	return b.String() + "}"
}

// text writes a text as JSON.
func text(format string, args ...any) string {
	data, err := json.Marshal(fmt.Sprintf(format, args...))
	if err != nil {
		panic(err)
	}
	return string(data)
}

// jsonRecords are the rows of rowsFeed.
func jsonRecords(size int) []string {
	var list []string
	for i := range size {
		list = append(list, object("SKU", text("S-%d", i), "Name", text("Tee %d,\nin \"linen\"", i), "Wholesale", fmt.Sprintf("%d.50", 10+i%7),
			"Retail", fmt.Sprintf("%d.00", 30+i%7), "Style", text("T-%d", i/3), "Image", text("https://img.example.test/%d.jpg", i)))
	}
	return list
}

// jsonFeed is rowsFeed as the answer of a service.
func jsonFeed(_ testing.TB, size int) string {
	return "{\"meta\": {\"errors\": [], \"count\": " + strconv.Itoa(size) + "},\n \"data\": {\"items\": [\n" + strings.Join(jsonRecords(size), ",\n") + "\n]}}\n"
}

func ndjsonFeed(_ testing.TB, size int) string { return strings.Join(jsonRecords(size), "\n") + "\n" }

// withoutHeader are rows that are numbered from 1.
func withoutHeader(want func(int) []map[string]string) func(int) []map[string]string {
	return func(size int) []map[string]string {
		rows := want(size)
		for i := range rows {
			rows[i]["_row"] = strconv.Itoa(i + 1)
		}
		return rows
	}
}

// variantsFeed is a list of styles with their variants inside.
func variantsFeed(_ testing.TB, size int) string {
	var styles, variants []string
	for i := range size {
		variants = append(variants, object("sku", text("S-%d", i), "size", text("%d", i%3), "msrp", "25.00", "wholesale", "10.50", "image", text("https://img.example.test/%d.jpg", i)))
		if len(variants) == 3 || i == size-1 {
			styles = append(styles, object("sku", text("T-%d", i/3), "name", text("Tee %d", i/3), "images", "["+text("https://img.example.test/t%d.jpg", i/3)+"]",
				"variants", "["+strings.Join(variants, ", ")+"]"))
			variants = nil
		}
	}
	return "[" + strings.Join(styles, ",\n") + "]"
}

func variantsWant(size int) []map[string]string {
	var want []map[string]string
	for i := range size {
		want = append(want, map[string]string{
			"variants.sku": fmt.Sprintf("S-%d", i), "name": fmt.Sprintf("Tee %d", i/3), "_row": strconv.Itoa(i/3 + 1), "_kind": "sku", "variants.wholesale": "10.50",
			"_style": fmt.Sprintf("T-%d", i/3), "_images": fmt.Sprintf("https://img.example.test/%d.jpg", i), "_product_images": fmt.Sprintf("https://img.example.test/t%d.jpg", i/3),
		})
	}
	return want
}

// copyInto writes a file beside another.
func copyInto(beside, name, content string) error {
	return os.WriteFile(filepath.Join(filepath.Dir(beside), name), []byte(content), 0o600)
}
