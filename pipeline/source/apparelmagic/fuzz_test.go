package apparelmagic_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"fairesync/pipeline/source/apparelmagic"
	"fairesync/pipeline/source/apparelmagic/emulator"
	"fairesync/pipeline/source/sourcetest"
)

// FuzzPages puts any body in the place of the first page of one list. Whatever it is, the source delivers whole rows or an error.
func FuzzPages(f *testing.F) {
	lists := []string{"inventory", "products", "size_ranges", "divisions", "product_attributes"}
	for i, body := range []string{
		`{"response":[{"sku_id":"1000","product_id":98,"price":24.5,"active":true,"tags":[]}],"meta":{"pagination":{"last_id":1000},"errors":[]}}`,
		`{"response":[{"product_id":"98","images":{"0":{"img":"x"},"a":"y"},"tags":"a,b","size_range_info":[],"price_groups":[{"name":1,"price":2}]}]}`,
		`{"response":[{"id":3,"size_01":"S","size_30":false,"name":null}],"meta":[]}`,
		`{"response":[{"division_id":"2","division_name":"Women"}],"meta":{"errors":{"0":""}}}`,
		`{"response":[{"product_attribute_id":"5","product_id":"98","color":"Sage","images":[{"url":"x\ny"},null,[],"z"]}]}`,
	} {
		f.Add(uint8(i), []byte(body))
		f.Add(uint8(i), []byte("<html>"))
	}
	f.Fuzz(func(t *testing.T, which uint8, body []byte) {
		list := lists[int(which)%len(lists)]
		synctest.Test(t, func(t *testing.T) {
			server := serve(account(5), emulator.Switches{})
			first := true
			source := open(t, server, func(o *apparelmagic.Options) {
				o.MaxPages = 20
				o.Transport = transport(func(request *http.Request) (*http.Response, error) {
					if first && strings.HasSuffix(request.URL.Path, "/"+list) {
						first = false
						return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(string(body)))}, nil
					}
					return server.RoundTripper().RoundTrip(request)
				})
			})
			sink := sourcetest.NewMemorySink()
			err := source.Extract(t.Context(), sink)
			if (err == nil) != sink.Closed("item") {
				t.Fatalf("error %v, delivered %v", err, sink.Closed("item"))
			}
			if err != nil || list == "inventory" {
				return
			}
			if rows := len(sink.Rows("item")); rows != 5 {
				t.Fatalf("%d rows for 5 SKUs", rows)
			}
		})
	})
}
