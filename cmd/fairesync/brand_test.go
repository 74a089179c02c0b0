package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fairesync/pipeline/faire/sandbox"
)

// A brand of 72 styles, made by this file, for tests of the program as it is built: 52 are on Faire before, then everything happens
// at once that a run can have to do.

// styles of the brand before the change, and those that come with it.
const (
	oldStyles = 52
	newStyles = 20
)

// busyConfig is the brand's configuration; the address of Faire goes into it.
const busyConfig = `brand: luma
state: state
settings:
  merchant: {inventory_sync: true, product_sync: true}
  cart: {inventory_sync: true, product_sync: true}
sources:
  - {name: wms, kind: files, path: feed.csv}
prices:
  - {geography: USA, wholesale: wholesale, retail: retail}
faire:
  url: %s/external-api/v2
  token: {env: FAIRE_TOKEN}
  pace: {writes_per_second: 1000, reads_per_second: 1000, burst: 1000, in_flight: 3}
taxonomy: {rules: taxonomy.csv}
inventory: {column: qty}
when_gone: stop_selling
when_inactive: unpublish
`

// style is one style of the feed, in the sizes it comes in.
type style struct {
	code, name, kind, image string
	sizes                   []string // none: it has no options
	cents, units            int
	inactive                bool
}

// sku is the SKU of a size.
func (s style) sku(size string) string { return strings.TrimSuffix(s.code+"-"+size, "-") }

// oldFeed is what the brand sells before the change. The last style has no image, so it is not published.
func oldFeed() []style {
	var list []style
	for n := range oldStyles {
		s := style{code: fmt.Sprintf("OLD-%02d", n), name: fmt.Sprintf("Ridge Layer %02d", n), kind: []string{"Tee", "Cap", "Mug"}[n%3],
			image: fmt.Sprintf("https://img.luma.example/old-%02d.jpg", n), sizes: []string{"S", "M"}, cents: 1000 + 10*n, units: 5 + n}
		list = append(list, s)
	}
	list[47].sizes = nil
	list[51].image = ""
	return list
}

// newFeed is what it sells after the change, by number of the style:
//
//	0–14   another price, and nothing else but stock
//	15–19  another name
//	20–24  another image
//	25–34  a new size; 25 and 26 another name too
//	10–29  another quantity
//	49     gone: it stops selling
//	50     inactive: it is unpublished
//	51     its image has come: it is published
//
// and twenty new ones, one without sizes and two without an image.
func newFeed() []style {
	list := oldFeed()
	for n := range list {
		s := &list[n]
		switch {
		case n < 15:
			s.cents += 100
		case n < 20, n == 25, n == 26:
			s.name += " II"
		case n < 25:
			s.image = strings.Replace(s.image, ".jpg", "-new.jpg", 1)
		}
		if n >= 25 && n < 35 {
			s.sizes = append(s.sizes, "L")
		}
		if n >= 10 && n < 30 {
			s.units += 7
		}
	}
	list[50].inactive = true
	list[51].image = "https://img.luma.example/old-51.jpg"
	list = slices.Delete(list, 49, 50)
	for n := range newStyles {
		s := style{code: fmt.Sprintf("NEW-%02d", n), name: fmt.Sprintf("Valley Piece %02d", n), kind: []string{"Tee", "Cap", "Mug"}[n%3],
			image: fmt.Sprintf("https://img.luma.example/new-%02d.jpg", n), sizes: []string{"S", "M", "L"}, cents: 2000 + 10*n, units: 3 + n}
		list = append(list, s)
	}
	list[len(list)-1].sizes = nil
	list[len(list)-2].image, list[len(list)-3].image = "", ""
	return list
}

// lastFeed is what it sells after one more change, which shows whether the one before is on record: the images of two styles that were
// made without have come, and a style that was made, one that was made longer and one that was there have another name, a size that came
// has another price.
func lastFeed() []style {
	list := newFeed()
	for n := range list {
		s := &list[n]
		switch s.code {
		case "NEW-17", "NEW-18":
			s.image = "https://img.luma.example/" + strings.ToLower(s.code) + ".jpg"
		case "NEW-03", "OLD-27", "OLD-40":
			s.name += " III"
		case "OLD-30":
			s.cents += 50
		}
	}
	return list
}

// csv is the feed as a file.
func csv(feed []style) string {
	var text strings.Builder
	text.WriteString("sku,style,name,type,size,wholesale,retail,image,qty,active\n")
	for _, s := range feed {
		sizes := s.sizes
		if len(sizes) == 0 {
			sizes = []string{""}
		}
		active := "yes"
		if s.inactive {
			active = "no"
		}
		for i, size := range sizes {
			fmt.Fprintf(&text, "%s,%s,%s,%s,%s,%d.%02d,%d.%02d,%s,%d,%s\n", s.sku(size), s.code, s.name, s.kind, size,
				s.cents/100, s.cents%100, s.cents/40, s.cents*5/2%100, s.image, s.units+i, active)
		}
	}
	return text.String()
}

// writeBrand writes the brand's files into a folder and gives the path of its configuration, with Faire at url.
func writeBrand(t *testing.T, dir, url string, feed []style) string {
	t.Helper()
	for name, text := range map[string]string{"fairesync.yaml": fmt.Sprintf(busyConfig, url), "feed.csv": csv(feed),
		"taxonomy.csv": "scope,pattern,type_id\ntype,Tee,tt_tee\ntype,Cap,tt_cap\ntype,Mug,tt_mug\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "fairesync.yaml")
}

// catalogue is what Faire holds, value by value: of a product by the SKU of its first variant, and stock by SKU. It lacks what differs
// from run to run: ids, which depend on whose request came first, and times.
type catalogue map[string]string

func catalogueOf(t *testing.T, state sandbox.State) catalogue {
	t.Helper()
	c := catalogue{}
	for i, p := range state.Products {
		key := fmt.Sprintf("%d:", i)
		if len(p.Variants) > 0 {
			key = p.Variants[0].SKU
		}
		if _, twice := c[key+" name"]; twice {
			key += " again"
		}
		for _, v := range p.Variants {
			if stock, set := state.Inventories[v.ID]; set {
				c["stock "+v.SKU] = fmt.Sprint(stock.OnHand.Quantity, " ", stock.OnHand.Type, ", committed ", stock.Committed.Quantity)
			}
		}
		data, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		var tree any
		if err := json.Unmarshal(data, &tree); err != nil {
			t.Fatal(err)
		}
		c.add(key, tree)
	}
	return c
}

// add adds the values of a JSON tree.
func (c catalogue) add(key string, value any) {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			if !slices.Contains([]string{"id", "product_id", "created_at", "updated_at"}, name) || strings.HasSuffix(key, "taxonomy_type") {
				c.add(key+" "+name, member)
			}
		}
	case []any:
		for i, member := range value {
			c.add(fmt.Sprint(key, " ", i), member)
		}
	default:
		c[key] = fmt.Sprint(value)
	}
}
