package sandbox_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"fairesync/pipeline/faire"
	"fairesync/pipeline/faire/sandbox"
)

// catalogue is a state of n products with thirteen variants each, about what 1,847 variants in 147 products are.
func catalogue(n int) sandbox.State {
	state := sandbox.State{Products: make([]sandbox.Product, n)}
	for i := range state.Products {
		p := &state.Products[i]
		p.Name = fmt.Sprint("Product ", i)
		p.Images = []faire.WireImage{{URL: fmt.Sprintf("https://shop.example/%d.jpg", i)}}
		p.TaxonomyType = &faire.WireType{ID: "tt_4fm0kw5igt"}
		for j := range 13 {
			p.Variants = append(p.Variants, sandbox.Variant{
				SKU: fmt.Sprintf("SKU-%d-%d", i, j), Options: []faire.WireOption{{Name: "Size", Value: fmt.Sprint(j)}},
				Prices: []faire.WirePrice{{
					GeoConstraint:  faire.WireGeo{Country: "USA"},
					WholesalePrice: &faire.WireMoney{AmountMinor: 1000, Currency: "USD"}, RetailPrice: &faire.WireMoney{AmountMinor: 2000, Currency: "USD"},
				}},
			})
		}
	}
	return state
}

func serve(tb testing.TB, server http.Handler, method, path, body string) string {
	tb.Helper()
	request := httptest.NewRequest(method, api+path, strings.NewReader(body))
	request.Header.Set("X-FAIRE-ACCESS-TOKEN", "x")
	recorder := httptest.NewRecorder()
	server.ServeHTTP(recorder, request)
	if recorder.Code != 200 {
		tb.Errorf("%s %s: %d %s", method, path, recorder.Code, recorder.Body)
	}
	return recorder.Body.String()
}

// TestWritersSideBySide lets goroutines write and read at once; the race detector looks on, and no write may be lost.
func TestWritersSideBySide(t *testing.T) {
	server := sandbox.New(sandbox.Options{})
	if err := server.SetState(catalogue(20)); err != nil {
		t.Fatal(err)
	}
	held := server.State().Products
	var group sync.WaitGroup
	for worker := range 4 {
		group.Go(func() {
			for i := range 25 {
				p := held[(worker*5+i%5)%20]
				serve(t, server, "PATCH", "/products/"+p.ID, fmt.Sprintf(`{"description":"%d"}`, i))
				serve(t, server, "GET", "/products?limit=10", "")
				serve(t, server, "PATCH", "/product-inventory/by-skus", fmt.Sprintf(`{"inventories":[{"sku":%q,"on_hand_quantity":%d}]}`, p.Variants[0].SKU, i))
				server.State()
				server.Effects()
			}
		})
	}
	group.Wait()
	if got := server.Effects(); got.Updated != 100 || got.InventoryUpdated != 100 || got.Refused != 0 {
		t.Errorf("updated %d, inventory %d, refused %d, want 100, 100, 0", got.Updated, got.InventoryUpdated, got.Refused)
	}
}

func BenchmarkWalk(b *testing.B) {
	for _, n := range []int{147, 20_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			server := sandbox.New(sandbox.Options{})
			if err := server.SetState(catalogue(n)); err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			for b.Loop() {
				query := "/products?limit=250"
				for query != "" {
					_, cursor, more := strings.Cut(serve(b, server, "GET", query, ""), `"cursor":"`)
					query = ""
					if more {
						cursor, _, _ = strings.Cut(cursor, `"`)
						query = "/products?limit=250&cursor=" + cursor
					}
				}
			}
		})
	}
}

func BenchmarkWrite(b *testing.B) {
	for _, n := range []int{147, 20_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			server := sandbox.New(sandbox.Options{})
			if err := server.SetState(catalogue(n)); err != nil {
				b.Fatal(err)
			}
			id := server.State().Products[n/2].ID
			b.ResetTimer()
			for b.Loop() {
				serve(b, server, "PATCH", "/products/"+id, `{"name":"again"}`)
			}
		})
	}
}
