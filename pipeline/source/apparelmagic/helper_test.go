package apparelmagic_test

import (
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"fairesync/pipeline/config"
	"fairesync/pipeline/source/apparelmagic"
	"fairesync/pipeline/source/apparelmagic/emulator"
	"fairesync/pipeline/source/sourcetest"
)

const token = "tok/en+of&the=account"

// noon is when tests take place.
func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// account holds skus SKU rows, three to a style. Ids cross from two to three and from three to four digits, where text and numbers
// sort differently.
func account(skus int) emulator.Account {
	made := emulator.Account{
		SizeRanges: []emulator.Record{{"id": "3", "name": "Alpha", "size_01": "S", "size_02": "M", "size_03": "L", "size_04": ""}},
		Divisions:  []emulator.Record{{"division_id": "2", "name": "Women"}},
	}
	for i := range skus {
		style := strconv.Itoa(98 + i/3)
		if i%3 == 0 {
			made.Products = append(made.Products, emulator.Record{
				"product_id": style, "style_number": "LW-" + style, "description": "TOP " + style, "is_product": "1", "is_component": "0",
				"price": "24.50", "retail_price": "52.00", "category": "Tops", "division_id": "2", "size_range_id": "3",
				"images": []any{}, "tags": []any{},
			})
			made.ProductAttributes = append(made.ProductAttributes, emulator.Record{
				"id": strconv.Itoa(500 + i), "product_id": style, "attr_2": "Sage",
				"images": []any{map[string]any{"img": "https://files.example.test/" + style + ".jpg"}},
			})
		}
		made.Inventory = append(made.Inventory, emulator.Record{
			"sku_id": strconv.Itoa(995 + i), "product_id": style, "attr_2": "Sage", "size": []string{"S", "M", "L"}[i%3],
			"sku_alt": sku(i), "price": "24.50", "active": "1", "qty_avail_sell": fmt.Sprintf("%d.00", 7+i), "upc_display": "",
		})
	}
	return made
}

func sku(i int) string { return fmt.Sprintf("LW-%04d", i) }

// wanted are the rows of account(skus).
func wanted(skus int) []map[string]string {
	rows := []map[string]string{}
	for i := range skus {
		rows = append(rows, map[string]string{
			"_kind": "sku", "_problem": "", "_file": "inventory", "_row": strconv.Itoa(i + 1), "_sku_id": strconv.Itoa(995 + i),
			"_style": strconv.Itoa(98 + i/3), "sku_alt": sku(i), "qty_avail_sell": fmt.Sprintf("%d.00", 7+i),
			"product.description": "TOP " + strconv.Itoa(98+i/3), "_images": "https://files.example.test/" + strconv.Itoa(98+i/3) + ".jpg",
			"_size_position": strconv.Itoa(i%3 + 1), "_division": "Women",
		})
	}
	return rows
}

// open makes a source over an emulator, without a network.
func open(t testing.TB, server *emulator.Server, change ...func(*apparelmagic.Options)) *apparelmagic.Source {
	t.Helper()
	options := apparelmagic.Options{
		Settings:  config.Source{Name: "wms", Kind: "apparelmagic", URL: "http://127.0.0.1:8791/api/json", PageSize: 10},
		Token:     token,
		Transport: server.RoundTripper(),
		Now:       noon,
	}
	for _, change := range change {
		change(&options)
	}
	source, err := apparelmagic.New(options)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// serve makes an emulator.
func serve(account emulator.Account, switches emulator.Switches) *emulator.Server {
	return emulator.New(emulator.Options{Token: token, Account: account, Switches: switches})
}

// extract runs a source to its end.
func extract(t testing.TB, source *apparelmagic.Source) *sourcetest.MemorySink {
	t.Helper()
	sink := sourcetest.NewMemorySink()
	if err := source.Extract(t.Context(), sink); err != nil {
		t.Fatal(err)
	}
	return sink
}

// narrowed keeps of rows the columns named in want, row by row, and leaves rows beyond want as they are.
func narrowed(rows, want []map[string]string) []map[string]string {
	kept := []map[string]string{}
	for i, row := range rows {
		if i < len(want) {
			narrow := map[string]string{}
			for column := range want[i] {
				narrow[column] = row[column]
			}
			row = narrow
		}
		kept = append(kept, row)
	}
	return kept
}

// transport is a function as a http.RoundTripper.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(request *http.Request) (*http.Response, error) { return f(request) }
