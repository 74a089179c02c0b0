package docs_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fairesync/pipeline/config"
	"fairesync/pipeline/source"
	"fairesync/pipeline/stage"
)

// TestSources keeps docs/sources/README.md: what each kind of source can, as it declares it itself.
func TestSources(t *testing.T) {
	all := map[string]stage.Capabilities{}
	for _, kind := range source.Kinds {
		one, err := source.New(source.Options{Token: "t", Now: time.Now,
			Settings: config.Source{Name: "wms", Kind: kind, Path: "feed.csv", URL: "https://example.app.apparelmagic.com/api/json"}})
		if err != nil {
			t.Fatal(err)
		}
		all[kind] = one.Capabilities()
	}
	var out strings.Builder
	out.WriteString(sourcesHead)
	fmt.Fprintf(&out, "| | %s |\n|---|%s\n", strings.Join(linked(source.Kinds), " | "), strings.Repeat("---|", len(source.Kinds)))
	for _, row := range []struct {
		name string
		of   func(stage.Capabilities) string
	}{
		{"Product details (names, texts, prices, images)", func(c stage.Capabilities) string { return yes(c.ProductDetail, "no: it needs a supplement") }},
		{"Quantities", func(c stage.Capabilities) string { return yes(c.Inventory, "no") }},
		{"Stable id of a SKU, so that a rename is seen", func(c stage.Capabilities) string {
			return yes(c.StableSKUID, "no: a rename is told, and automatic only with an equal barcode")
		}},
		{"Asked for what changed alone", func(c stage.Capabilities) string { return yes(c.Incremental, "no: all of it is read each time") }},
		{"Tells what was deleted", func(c stage.Capabilities) string {
			return yes(c.TellsDeleted, "no: gone is what a complete read does not show")
		}},
		{"Wholesale price", func(c stage.Capabilities) string { return string(c.Wholesale) }},
		{"Retail price", func(c stage.Capabilities) string { return string(c.Retail) }},
		{"Images", func(c stage.Capabilities) string { return string(c.Images) }},
		{"Which SKUs are one product", func(c stage.Capabilities) string { return string(c.Variants) }},
		{"Other names of a SKU (alias)", func(c stage.Capabilities) string { return string(c.Alias) }},
		{"Times", func(c stage.Capabilities) string { return c.Times }},
		{"Fields it never has", func(c stage.Capabilities) string {
			if len(c.Missing) == 0 {
				return "none: what a file lacks is told of that file (FEED_FIELD_ABSENT)"
			}
			return "`" + strings.Join(c.Missing, "` `") + "`"
		}},
	} {
		cells := make([]string, 0, len(source.Kinds))
		for _, kind := range source.Kinds {
			text := row.of(all[kind])
			if text == "" {
				t.Errorf("%s does not say: %s", kind, row.name)
			}
			cells = append(cells, text)
		}
		fmt.Fprintf(&out, "| %s | %s |\n", row.name, strings.Join(cells, " | "))
	}
	out.WriteString(sourcesFoot)
	generated(t, "sources/README.md", out.String())
}

const sourcesHead = `# Sources

A brand's catalogue comes from one primary source, the first of ` + "`sources:`" + `; others add fields to it, see [supplements.md](supplements.md). This table is
made from what the sources declare.

`

const sourcesFoot = `
*native*: the source has a place for it, which is read without being told. *mapped*: read from the column that is configured under ` + "`mapping:`" + `, or that is
known by its header.
`

func yes(is bool, otherwise string) string {
	if is {
		return "yes"
	}
	return otherwise
}

func linked(kinds []string) []string {
	list := make([]string, len(kinds))
	for i, kind := range kinds {
		list[i] = fmt.Sprintf("[%s](%s.md)", kind, kind)
	}
	return list
}
