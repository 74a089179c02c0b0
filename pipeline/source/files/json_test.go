package files_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/config"
	"fairesync/pipeline/source/files"
	"fairesync/pipeline/source/sourcetest"
)

// delivered is what a source delivers in short: a line per finding, and per row its number, kind and cells; a null cell is ∅. Or
// the sentence and hint of a refusal.
func delivered(t testing.TB, source *files.Source) []string {
	t.Helper()
	sink := sourcetest.NewMemorySink()
	if err := source.Extract(t.Context(), sink); err != nil {
		var hinted interface{ Hint() string }
		if !errors.As(err, &hinted) || hinted.Hint() == "" {
			t.Fatalf("the refusal %q has no hint", err)
		}
		if sink.Closed("item") {
			t.Fatal("a refused feed was delivered")
		}
		return []string{strings.TrimPrefix(err.Error(), "source wms: "), hinted.Hint()}
	}
	var lines []string
	for _, e := range sink.Exceptions() {
		lines = append(lines, fmt.Sprintf("%s row %d: %s; wanted %s", e.Code, e.Row, e.Found, e.Wanted))
	}
	table, _ := sink.Described("item")
	for _, row := range sink.Rows("item") {
		line := row["_row"] + " " + row["_kind"]
		for _, column := range table.Columns {
			value, there := row[column]
			switch {
			case strings.HasPrefix(column, "_"):
			case !there:
				line += " " + column + "=∅"
			default:
				line += fmt.Sprintf(" %s=%q", column, value)
			}
		}
		lines = append(lines, line)
	}
	return lines
}

func TestJSON(t *testing.T) {
	const (
		second  = `{"sku":"A-2","name":"Hat"}`
		tooLong = " is longer than 16 MiB: a quote is never closed, or this is no table"
		mend    = "export the file again, or mend the row"
	)
	long := strings.Repeat("x", files.MaxRecord)
	for _, c := range []struct {
		name, content string
		settings      config.Source
		want          []string
	}{
		{"numbers as they are written", `[{"sku":12345678901234567890,"name":"Tee","upc":1.2e10,"wholesale":24.50,"retail":-0.0,"active":true}]`, config.Source{},
			[]string{`1 sku sku="12345678901234567890" name="Tee" upc="1.2e10" wholesale="24.50" retail="-0.0" active="true"`}},
		{"null, blank and absent", `[{"sku":"A-1","name":null,"upc":""},{"sku":"A-2","tags":"x"}]`, config.Source{},
			[]string{`1 sku sku="A-1" name=∅ upc="" tags=∅`, `2 sku sku="A-2" name=∅ upc=∅ tags="x"`}},
		{"objects in objects", `[{"sku":"A-1","name":"Tee","price":{"usd":{"wsp":"1"}},"x":{}},{"sku":"A-2","name":"Hat","price":null}]`, config.Source{},
			[]string{`1 sku sku="A-1" name="Tee" price.usd.wsp="1" x=∅`, `2 sku sku="A-2" name="Hat" price.usd.wsp=∅ x=∅`}},
		{"lists", `[{"sku":"A-1","name":"Tee","tags":["a",null,2,true],"images":[{"img":"x.jpg","position":1},{"img":"y.jpg","is_catalog_image":"1"}],"none":[],` +
			`"labels":[{"text":"new"}],"groups":[{"name":"CAD","price":3.10}],"deep":[[1, 2]],"mixed":["a",{"url":"b"}]}]`, config.Source{},
			[]string{`1 sku sku="A-1" name="Tee" tags="a\n2\ntrue" images="x.jpg\ny.jpg" none="" labels="new" groups="[{\"name\":\"CAD\",\"price\":3.10}]" ` +
				`deep="[[1,2]]" mixed="[\"a\",{\"url\":\"b\"}]"`}},
		{"escapes", `[{"sku":"A-1","name":"Caf\u00e9 \ud83d\ude00 \"x\"\/\n<b>"}]`, config.Source{}, []string{`1 sku sku="A-1" name="Café 😀 \"x\"/\n<b>"`}},
		{"rows that mean nothing or two things", `[{"sku":"A-1","name":"Tee","sku":"B-1"},{"sku":"A-2","name":"\ud800"},7,{"sku":"A-4","name":"a\u0000b"},{"name":1," name":2,"sku":"A-5"}, null]`,
			config.Source{}, []string{`FEED_ROW_SHAPE row 1: the member "sku" twice; wanted every member once`, `FEED_ROW_SHAPE row 2: half a character, \ud800; wanted whole characters`,
				`FEED_ROW_SHAPE row 3: no object: 7; wanted an object`, `FEED_ROW_SHAPE row 4: a NUL byte; wanted text`, `FEED_ROW_SHAPE row 5: two values for "name"; wanted one`,
				`FEED_ROW_SHAPE row 6: no object:; wanted an object`,
				`1 quarantined sku="A-1" name="Tee"`, `2 quarantined sku="A-2" name="�"`, `3 quarantined sku=∅ name=∅`,
				`4 quarantined sku="A-4" name="a�b"`, `5 quarantined sku="A-5" name="1"`, `6 quarantined sku=∅ name=∅`}},
		{"one path in two spellings", `[{"sku":"A-1","name":"x","a.b":1,"a":{"b":2}}]`, config.Source{}, []string{`feed.json has the header "a.b" twice, in columns 3 and 4`, "rename or remove one of them; which one is meant cannot be guessed"}},
		{"nested too deep", `[{"sku":"A-1","name":"Tee","x":` + strings.Repeat("[", 99) + strings.Repeat("]", 99) + `},` + second + `]`, config.Source{},
			[]string{`FEED_ROW_SHAPE row 1: objects and lists nested more than 64 deep; wanted a row of cells`, `1 quarantined sku="A-1" name="Tee" x="` + strings.Repeat("[", 63) + "null" + strings.Repeat("]", 63) + `"`,
				`2 sku sku="A-2" name="Hat" x=∅`}},
		{"one list of objects in an object", `{"meta":{"errors":[],"pages":[1]},"data":{"items":[` + second + `]},"end":true}`, config.Source{}, []string{`1 sku sku="A-2" name="Hat"`}},
		{"two lists of objects", `{"products":[` + second + `],"old":{"products":[{"sku":"B"}]}}`, config.Source{},
			[]string{"feed.json has 2 lists of objects", "say which holds the records: records: PATH, one of products, old.products"}},
		{"two lists of objects, one named", `{"products":[` + second + `],"old":{"products":[{"sku":"B","name":"x"}]}}`, config.Source{Records: "old.products"}, []string{`1 sku sku="B" name="x"`}},
		{"a list that is not there", `{"products":[` + second + `]}`, config.Source{Records: "items"}, []string{`records names "items", which is no list in feed.json`, "its lists of objects are products"}},
		{"records of a list", `[` + second + `]`, config.Source{Records: "items"}, []string{`records names "items", which is no list in feed.json`, "the file is a list itself: remove records"}},
		{"a list of lists", `[["sku","name"],["A-1","Tee"]]`, config.Source{}, []string{"feed.json is JSON without a list of objects", "export a list of objects, one per SKU"}},
		{"an error in the place of a feed", `{"error": "not found"}`, config.Source{}, []string{"feed.json is JSON without a list of objects", "export a list of objects, one per SKU"}},
		{"one record", "{\n \"sku\": \"A-2\",\n \"name\": \"Hat\", \"images\": [{\"url\": \"x\"}]\n}\n", config.Source{}, []string{`1 sku sku="A-2" name="Hat" images="x"`}},
		{"a list member of the envelope twice", `{"items":[` + second + `],"items":[]}`, config.Source{}, []string{`feed.json is no valid JSON: line 1 has the member "items" twice`, hintJSON}},
		{"no SKU", `[{"id":"A-1","name":"Tee"}]`, config.Source{}, []string{"feed.json has no column for the SKU beside another known one; its columns are id, name", "say which column holds the SKU: mapping: {sku: COLUMN}"}},
		{"SKU by mapping", `[{"id":{"code":"A-1"},"name":"Tee"}]`, config.Source{Mapping: map[string]config.Columns{"sku": {"id.code"}}}, []string{`1 sku id.code="A-1" name="Tee"`}},
		{"names that differ in case", `[{"sku":"A-1","name":"Tee"},{"SKU":"A-2"}]`, config.Source{}, []string{`feed.json has the header "SKU" twice, in columns 1 and 3`, "rename or remove one of them; which one is meant cannot be guessed"}},
		{"a name of ours", `[{"sku":"A-1","name":"Tee","_row":1}]`, config.Source{}, []string{`feed.json has a column called "_row", a name fairesync uses itself`, "rename the column"}},
		{"data as names", `[{"sku":"A-1","name":"Tee","stock":{` + manyMembers(2100) + `}}]`, config.Source{},
			[]string{`feed.json row 1 has one member too many, "stock.n1997": there are more than 2000 different ones, so data is used as names`, "export lists of objects with the same members"}},
		{"cut off", `[{"sku":"A-1","name":"Tee"},` + "\n" + `{"sku":"A-2","na`, config.Source{}, []string{"feed.json is cut off: the JSON text ends in line 2 before it is complete", "export the file again"}},
		{"cut off behind a record", `{"items":[{"sku":"A-1","name":"Tee"}`, config.Source{}, []string{"feed.json is cut off: the JSON text ends in line 1 before it is complete", "export the file again"}},
		{"a comma too many", "[\n" + second + ",\n]", config.Source{}, []string{"feed.json is no valid JSON: line 3 has a comma behind the last item of a list", hintJSON}},
		{"no number", `[{"sku":"A-1","name":NaN}]`, config.Source{}, []string{`feed.json is no valid JSON: line 1 has "NaN}" where a value must stand`, hintJSON}},
		{"something behind the end", `[` + second + `] x`, config.Source{}, []string{"feed.json is no valid JSON: line 1 goes on behind the end of the JSON text", hintJSON}},
		{"a line break within a text", "[{\"sku\":\"A-1\",\"name\":\"Te\ne\"}]", config.Source{}, []string{"feed.json is no valid JSON: line 1 has a line break inside a text", hintJSON}},
		{"a first item too long", `[{"sku":"A-1","name":"` + long + `"}]`, config.Source{}, []string{"feed.json row 1" + tooLong, mend}},
		{"an item too long", `[` + second + `,{"sku":"A-1","name":"` + long + `"}]`, config.Source{}, []string{"feed.json row 2" + tooLong, mend}},
		{"a value too long beside the records", `{"items":[` + second + `],"x":"` + long + `"}`, config.Source{}, []string{"feed.json is no valid JSON: line 1 has a value longer than 16 MiB", hintJSON}},
		{"an empty list", ` [ ] `, config.Source{}, nil},
		{"an empty list in an object", `{"items": [], "total": 0}`, config.Source{}, nil},
		{"a byte order mark", "\ufeff[" + second + "]", config.Source{}, []string{`1 sku sku="A-2" name="Hat"`}},

		{"variants", `[{"sku":"T","name":"Tee","category":"Tops","variants":[{"sku":"T-S","size":"S","name":"Small"},{"sku":"T-M","size":"M"}]},{"sku":"H","name":"Hat","variants":[]},{"sku":"C","name":"Cap","variants":null}]`, config.Source{},
			[]string{`1 sku sku="T" name="Tee" category="Tops" variants.sku="T-S" variants.size="S" variants.name="Small"`, `1 sku sku="T" name="Tee" category="Tops" variants.sku="T-M" variants.size="M" variants.name=∅`,
				`2 sku sku="H" name="Hat" category=∅ variants.sku=∅ variants.size=∅ variants.name=∅`, `3 sku sku="C" name="Cap" category=∅ variants.sku=∅ variants.size=∅ variants.name=∅`}},
		{"variants under another name", `[{"code":"T","name":"Tee","data":{"skus":[{"sku":"T-S"}]}}]`, config.Source{Variants: "data.skus"}, []string{`1 sku code="T" name="Tee" data.skus.sku="T-S"`}},
		{"another list is no variants", `[{"sku":"T","name":"Tee","skus":[{"sku":"T-S"}]}]`, config.Source{}, []string{`1 sku sku="T" name="Tee" skus="[{\"sku\":\"T-S\"}]"`}},
		{"something else in place of variants", `[{"name":"Tee","variants":[{"sku":"T-S"}]},{"name":"Hat","variants":["S"]}]`, config.Source{},
			[]string{"FEED_ROW_SHAPE row 2: variants: S; wanted a list of objects", `1 sku name="Tee" variants.sku="T-S"`, `2 quarantined name="Hat" variants.sku=∅`}},
		{"variants that are not there", `[{"sku":"T","name":"Tee"}]`, config.Source{Variants: "skus"}, []string{`variants names "skus", where no record has a list of objects`, "remove variants, or name the member that holds a style's variants"}},

		{"lines", second + "\r\n\n" + `{"sku":"A-3","name":"Cap","tags":["x"]}`, config.Source{}, []string{`1 sku sku="A-2" name="Hat" tags=∅`, `3 sku sku="A-3" name="Cap" tags="x"`}},
		{"a bad line", second + "\n{\"sku\": \"A-3\",}\n[]\n" + second + "\n", config.Source{},
			[]string{`FEED_ROW_SHAPE row 2: no valid JSON, has "}" where the name of a member must stand: {"sku": "A-3",}; wanted an object`, "FEED_ROW_SHAPE row 3: no object:; wanted an object",
				`1 sku sku="A-2" name="Hat"`, `2 quarantined sku=∅ name=∅`, `3 quarantined sku=∅ name=∅`, `4 sku sku="A-2" name="Hat"`}},
		{"a bad first line", `{"sku": "A-1", "name": "Te` + "\n" + second + "\n" + second + "\n", config.Source{},
			[]string{`FEED_ROW_SHAPE row 1: no valid JSON, ends where the end of a text must stand: {"sku": "A-1", "name": "Te; wanted an object`, `1 quarantined sku=∅ name=∅`, `2 sku sku="A-2" name="Hat"`, `3 sku sku="A-2" name="Hat"`}},
		{"lines cut off", second + "\n" + `{"sku":"A-3","na`, config.Source{}, []string{"feed.json is cut off: the JSON text ends in line 2 before it is complete", "export the file again"}},
		{"two objects in a line", second + second + "\n", config.Source{}, []string{"feed.json is no valid JSON: line 1 goes on behind the end of the first object: of several, each must stand on a line of its own", hintJSON}},
		{"objects over several lines", "{\"sku\":\"A-1\",\n\"name\":\"x\"}\n{\"sku\":\"A-1\",\n\"name\":\"x\"}\n", config.Source{}, []string{"feed.json is no valid JSON: line 3 goes on behind the end of the first object: of several, each must stand on a line of its own", hintJSON}},
		{"records of lines", second + "\n" + second, config.Source{Records: "items"}, []string{`records names "items", but feed.json has one record a line`, "remove records"}},
		{"a document cut off behind a line", "{\"items\":[\n" + second + "\n", config.Source{}, []string{"feed.json is cut off: the JSON text ends in line 3 before it is complete", "export the file again"}},
		{"a record too long", `{"sku":"A-1","name":"` + long + "\"}\n" + second + "\n", config.Source{}, []string{"feed.json row 1" + tooLong, mend}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.settings.Path = write(t, "feed.json", c.content)
			if diff := cmp.Diff(c.want, delivered(t, open(t, c.settings))); diff != "" {
				t.Fatalf("-want +got:\n%s", diff)
			}
		})
	}
}

const hintJSON = "mend the program that writes it: a JSON document is valid as a whole or not at all"

func manyMembers(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf(`"n%d":1`, i))
	}
	return strings.Join(list, ",")
}

// TestJSONFields: the columns of a style that lists its variants feed the fields they mean.
func TestJSONFields(t *testing.T) {
	const content = `[{"sku":"T","name":"Tee","type":"Shirt","status":"active","images":["t.jpg"],"variants":[{"sku":"T-S","name":"S","color":"Red","size":"S","barcode":"1","wholesale":1,"msrp":2,"image":"s.jpg","status":"active"}]}]`
	table, _ := extract(t, open(t, config.Source{Path: write(t, "feed.json", content)})).Described("item")
	got := map[string][]string{}
	for _, field := range []string{"sku", "style", "style_code", "name", "product_type", "active", "option1_value", "option2_value", "gtin", "price[USA].wholesale", "price[USA].retail"} {
		got[field] = table.Fields[field]
	}
	want := map[string][]string{"sku": {"variants.sku"}, "style": {"_style"}, "style_code": {"sku"}, "name": {"name"}, "product_type": {"type"}, "active": {"variants.status"},
		"option1_value": {"variants.color"}, "option2_value": {"variants.size"}, "gtin": {"variants.barcode"},
		"price[USA].wholesale": {"variants.wholesale"}, "price[USA].retail": {"variants.msrp"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("-want +got:\n%s", diff)
	}
}

// TestJSONParts: files of one feed need not have the same members.
func TestJSONParts(t *testing.T) {
	first := write(t, "part-1.json", `[{"sku":"A-1","name":"Tee"}]`)
	if err := copyInto(first, "part-2.json", "{\"sku\":\"A-2\",\"upc\":\"1\",\"name\":\"Hat\"}\n{\"sku\":\"A-3\"}\n"); err != nil {
		t.Fatal(err)
	}
	want := []string{`1 sku sku="A-1" name="Tee" upc=∅`, `1 sku sku="A-2" name="Hat" upc="1"`, `2 sku sku="A-3" name=∅ upc=∅`}
	if diff := cmp.Diff(want, delivered(t, open(t, config.Source{Path: filepath.Join(filepath.Dir(first), "part-*.json")}))); diff != "" {
		t.Fatalf("-want +got:\n%s", diff)
	}
}
