package apparelmagic_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fairesync/pipeline/source/apparelmagic"
	"fairesync/pipeline/source/apparelmagic/emulator"
	"fairesync/pipeline/source/sourcetest"
)

// TestSwitchMatrix walks catalogues through every combination of the paging switches. A combination in which something advances
// gives the whole catalogue; one in which nothing does gives an error.
func TestSwitchMatrix(t *testing.T) {
	for _, lastID := range []string{"honoured", "ignored", "refused"} {
		for _, omit := range []bool{false, true} {
			for _, filters := range []string{"", "structured", "bare", "all"} {
				for _, needs := range []bool{false, true} {
					for warehouses, ids := range map[int]bool{0: false, 2: false, 3: true} {
						switches := emulator.Switches{
							LastID: lastID, OmitLastID: omit, IgnoreFilters: filters, PageSizeNeedsFilter: needs, Warehouses: warehouses,
							WarehouseIDs: ids, DefaultPageSize: 13,
						}
						for _, skus := range []int{1, 10, 26} {
							synctest.Test(t, func(t *testing.T) {
								if err := walkAccount(t, account(skus), switches, 10, expected(switches)); err != nil {
									t.Fatal(err)
								}
							})
						}
					}
				}
			}
		}
	}
}

// outcome is what a walk may come to.
type outcome int

const (
	whole  outcome = iota // the whole catalogue
	failed                // an error
	either                // the one or the other, but nothing in between
)

// expected says what a walk can come to under some switches.
func expected(switches emulator.Switches) outcome {
	switch {
	case switches.LastID != "honoured" && (switches.IgnoreFilters == "structured" || switches.IgnoreFilters == "all"):
		return failed // nothing advances
	case switches.Warehouses > 1 && switches.IgnoreFilters == "all":
		return either // the rows of a SKU that a page cuts apart can only be had by a filter
	}
	return whole
}

// walkAccount walks an account and says what is wrong with what came out.
func walkAccount(t *testing.T, held emulator.Account, switches emulator.Switches, page int, want outcome) error {
	t.Helper()
	sink := sourcetest.NewMemorySink()
	source := open(t, serve(held, switches), func(o *apparelmagic.Options) { o.Settings.PageSize = page })
	err := source.Extract(t.Context(), sink)
	switch {
	case err != nil && want != whole && !sink.Closed("item"):
		return nil
	case err != nil:
		return fmt.Errorf("%+v, %d SKUs, pages of %d: delivered %v, %w", switches, len(held.Inventory), page, sink.Closed("item"), err)
	case want == failed:
		return fmt.Errorf("%+v, %d SKUs, pages of %d: no error", switches, len(held.Inventory), page)
	}
	got, further := map[string]string{}, 0
	for _, row := range sink.Rows("item") {
		switch _, twice := got[row["_sku_id"]]; {
		case row["_problem"] == "FEED_WAREHOUSE_ROW":
			further++
		case row["_problem"] == "" && !twice:
			got[row["_sku_id"]] = row["qty_avail_sell"] + " " + row["_images"]
		default:
			return fmt.Errorf("%+v: row %v", switches, row)
		}
	}
	if diff := cmp.Diff(contents(held), got); diff != "" {
		return fmt.Errorf("%+v, %d SKUs, pages of %d (-held +delivered):\n%s", switches, len(held.Inventory), page, diff)
	}
	if want := (max(switches.Warehouses, 1) - 1) * len(got); further != want {
		return fmt.Errorf("%+v: %d rows of further warehouses, want %d", switches, further, want)
	}
	return nil
}

// contents are the SKUs of an account with their quantity and image.
func contents(held emulator.Account) map[string]string {
	skus := map[string]string{}
	for _, row := range held.Inventory {
		skus[fmt.Sprint(row["sku_id"])] = fmt.Sprintf("%s https://files.example.test/%s.jpg", row["qty_avail_sell"], row["product_id"])
	}
	return skus
}

// TestAnyCatalogueIsWalkedWhole: any ids, any page size, any switches. Those that can work bring the catalogue, the others an error.
func TestAnyCatalogueIsWalkedWhole(t *testing.T) {
	rapid.Check(t, func(at *rapid.T) {
		held := emulator.Account{}
		style, id := uint64(0), uint64(0)
		for range rapid.IntRange(0, 70).Draw(at, "skus") {
			id += rapid.Uint64Range(1, 400).Draw(at, "step")
			if style == 0 || rapid.IntRange(0, 2).Draw(at, "new style") == 0 {
				style += rapid.Uint64Range(1, 300).Draw(at, "style step")
				name := strconv.FormatUint(style, 10)
				held.Products = append(held.Products, emulator.Record{"product_id": name, "is_product": "1"})
				held.ProductAttributes = append(held.ProductAttributes, emulator.Record{
					"product_attribute_id": strconv.Itoa(len(held.ProductAttributes) + 1), "product_id": name, "attr_2": "Blue",
					"images": []any{map[string]any{"img": "https://files.example.test/" + name + ".jpg"}},
				})
			}
			held.Inventory = append(held.Inventory, emulator.Record{
				"sku_id": strconv.FormatUint(id, 10), "product_id": strconv.FormatUint(style, 10), "attr_2": "Blue",
				"qty_avail_sell": big.NewRat(rapid.Int64Range(-50, 5000).Draw(at, "quantity"), 2).FloatString(1),
			})
		}
		page := rapid.IntRange(10, 40).Draw(at, "page size")
		switches := emulator.Switches{
			LastID:              rapid.SampledFrom([]string{"", "honoured", "ignored", "refused"}).Draw(at, "last_id"),
			OmitLastID:          rapid.Bool().Draw(at, "omit last_id"),
			IgnoreFilters:       rapid.SampledFrom([]string{"", "structured", "bare", "all"}).Draw(at, "ignore filters"),
			MaxPageSize:         rapid.SampledFrom([]int{0, 10, 17, 25}).Draw(at, "max page size"),
			DefaultPageSize:     rapid.IntRange(8, 30).Draw(at, "default page size"),
			Warehouses:          rapid.IntRange(0, 4).Draw(at, "warehouses"),
			WarehouseIDs:        rapid.Bool().Draw(at, "warehouse ids"),
			Numbers:             rapid.Bool().Draw(at, "numbers"),
			PageSizeNeedsFilter: rapid.Bool().Draw(at, "page size needs filter"),
			TotalRecords:        rapid.Bool().Draw(at, "total records"),
		}
		if switches.LastID == "" {
			switches.LastID = "honoured"
		}
		want := expected(switches)
		if want == failed && len(held.Inventory) == 0 {
			want = whole // an empty page ends the walk of nothing
		}
		var err error
		synctest.Test(t, func(t *testing.T) { err = walkAccount(t, held, switches, page, want) })
		if err != nil {
			at.Fatal(err)
		}
	})
}

// TestFilterIsUsedForTheRestOfTheWalk: after the first page that repeats itself no cursor is sent any more.
func TestFilterIsUsedForTheRestOfTheWalk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := serve(account(30), emulator.Switches{LastID: "ignored"})
		var asked []string
		source := open(t, server, func(o *apparelmagic.Options) {
			o.Transport = transport(func(request *http.Request) (*http.Response, error) {
				if query := request.URL.Query(); strings.HasSuffix(request.URL.Path, "/inventory") {
					asked = append(asked, strings.TrimSpace(fmt.Sprintf("%s %s %s%s%s", query.Get("pagination[page_size]"), query.Get("pagination[last_id]"),
						query.Get("parameters[0][field]"), query.Get("parameters[0][operator]"), query.Get("parameters[0][value]"))))
				}
				return server.RoundTripper().RoundTrip(request)
			})
		})
		extract(t, source)
		want := []string{
			"10", "10 1004", "10  sku_id>1004", "10  sku_id>1014", "10  sku_id>1024",
			"10  sku_id=1004", "10  sku_id=1014", "10  sku_id=1024", // the edges: had these SKUs rows of further warehouses?
		}
		if diff := cmp.Diff(want, asked); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
}

// TestPagesAreKept: every page as it came, numbered per list, those of colourways in the order of their styles.
func TestPagesAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := extract(t, open(t, serve(account(12), emulator.Switches{})))
		kept := map[string]string{}
		for name, body := range sink.Pages() {
			var page struct {
				Response []map[string]any `json:"response"`
			}
			if err := json.Unmarshal(body, &page); err != nil {
				t.Fatal(err)
			}
			kept[name] = strconv.Itoa(len(page.Response))
			if strings.HasPrefix(name, "product_attributes") && len(page.Response) > 0 {
				kept[name] = fmt.Sprint(page.Response[0]["product_id"])
			}
		}
		want := map[string]string{
			"inventory-0001.json": "10", "inventory-0002.json": "2", "inventory-0003.json": "0", "inventory-0004.json": "1",
			"products-0001.json": "4", "products-0002.json": "0", "size_ranges-0001.json": "1", "size_ranges-0002.json": "0",
			"divisions-0001.json": "1", "divisions-0002.json": "0",
			"product_attributes-0001.json": "98", "product_attributes-0002.json": "0", "product_attributes-0003.json": "99",
			"product_attributes-0004.json": "0", "product_attributes-0005.json": "100", "product_attributes-0006.json": "0",
			"product_attributes-0007.json": "101", "product_attributes-0008.json": "0",
		}
		if diff := cmp.Diff(want, kept); diff != "" {
			t.Errorf("pages (-want +got):\n%s", diff)
		}
	})
}

// TestColourwaysWithoutFilter: a server that ignores product_id is walked once, not once per style.
func TestColourwaysWithoutFilter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := serve(account(60), emulator.Switches{IgnoreFilters: "bare"})
		want := wanted(60)
		if diff := cmp.Diff(want, narrowed(extract(t, open(t, server)).Rows("item"), want)); diff != "" {
			t.Errorf("rows (-want +got):\n%s", diff)
		}
		if asked := server.Effects().Requests["product_attributes"]; asked != 3 {
			t.Errorf("asked %d times for 20 colourways in pages of 10, want 3", asked)
		}
	})
}

// TestWalksThatCannotEnd: what is no catalogue is an error that says why.
func TestWalksThatCannotEnd(t *testing.T) {
	endless := func() http.RoundTripper {
		id := 0
		return transport(func(*http.Request) (*http.Response, error) {
			id++
			body := fmt.Sprintf(`{"response":[{"sku_id":%d}],"meta":{"pagination":{"last_id":%d},"errors":[]}}`, id, id)
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
		})
	}
	falling := func() http.RoundTripper {
		page := 0
		return transport(func(*http.Request) (*http.Response, error) {
			page++
			body := fmt.Sprintf(`{"response":[{"sku_id":%d},{"sku_id":%d}]}`, 100-10*page, 101-10*page)
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
		})
	}
	over := func(held emulator.Account, switches emulator.Switches) func() http.RoundTripper {
		return func() http.RoundTripper { return serve(held, switches).RoundTripper() }
	}
	for name, test := range map[string]struct {
		transport func() http.RoundTripper
		says      string
	}{
		"endless": {endless, "source wms: inventory did not end after 50 pages"},
		"falling": {falling, "source wms: inventory is out of order: id 80 comes a page after id 91"},
		"stuck": {over(account(11), emulator.Switches{LastID: "ignored", IgnoreFilters: "all"}),
			"source wms: inventory repeats itself: neither last_id nor a filter on sku_id gets past id 1004"},
		"warehouses that cannot be asked for": {over(account(11), emulator.Switches{Warehouses: 3, IgnoreFilters: "all"}),
			"source wms: inventory lists a SKU once per warehouse and cannot be asked for sku_id 998 alone, so its quantity is not certain"},
		"more warehouses than a page holds": {over(account(2), emulator.Switches{Warehouses: 12}),
			"source wms: inventory lists sku_id 995 on more rows than a page of 10 holds; raise sources[].page_size"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				source := open(t, serve(account(0), emulator.Switches{}), func(o *apparelmagic.Options) {
					o.Transport, o.MaxPages = test.transport(), 50
				})
				sink := sourcetest.NewMemorySink()
				err := source.Extract(t.Context(), sink)
				if diff := cmp.Diff(test.says, message(err)); diff != "" {
					t.Errorf("error (-want +got):\n%s", diff)
				}
				if hint(err) == "" || sink.Closed("item") {
					t.Errorf("hint %q, delivered %v", hint(err), sink.Closed("item"))
				}
			})
		})
	}
}

// TestRecordsThatComeAndGo: a record made, changed or deleted between two pages costs no other one.
func TestRecordsThatComeAndGo(t *testing.T) {
	for _, lastID := range []string{"honoured", "ignored"} {
		t.Run(lastID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := serve(account(30), emulator.Switches{LastID: lastID})
				asked := 0
				source := open(t, server, func(o *apparelmagic.Options) {
					o.Transport = transport(func(request *http.Request) (*http.Response, error) {
						if asked++; asked == 2 {
							changed := account(31)                                                      // one made at the end
							changed.Inventory = append(changed.Inventory[:3], changed.Inventory[4:]...) // one of the first page deleted
							changed.Inventory[0]["qty_avail_sell"] = "999"                              // one of the first page changed
							server.SetAccount(changed)
						}
						return server.RoundTripper().RoundTrip(request)
					})
				})
				want := wanted(31) // the deleted one was read before, the changed one as it was
				if diff := cmp.Diff(want, narrowed(extract(t, source).Rows("item"), want)); diff != "" {
					t.Errorf("rows (-want +got):\n%s", diff)
				}
			})
		})
	}
}
