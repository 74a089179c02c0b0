package pipeline_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline"
	"fairesync/pipeline/load"
)

// refusing answers writes of stock that hold a text with 400.
type refusing struct{ text string }

func (r refusing) RoundTrip(request *http.Request) (*http.Response, error) {
	if !strings.Contains(request.URL.Path, "/product-inventory/") || request.Method == http.MethodGet {
		return http.DefaultTransport.RoundTrip(request)
	}
	body, err := io.ReadAll(request.Body)
	if err = errors.Join(err, request.Body.Close()); err != nil {
		return nil, err
	}
	if strings.Contains(string(body), r.text) {
		return &http.Response{StatusCode: http.StatusBadRequest, Header: http.Header{"Content-Type": {"application/json"}}, Request: request,
			Body: io.NopCloser(strings.NewReader(`{"status_code": 400, "message": "no such number"}`))}, nil
	}
	again := request.Clone(request.Context())
	again.Body = io.NopCloser(bytes.NewReader(body))
	return http.DefaultTransport.RoundTrip(again)
}

// TestBatchPartly: the entries of a batch that Faire refuses are told one by one, and the others go.
func TestBatchPartly(t *testing.T) {
	b := newBench(t)
	b.transport = refusing{`"on_hand_quantity":7`}
	outcome, err := b.with(false, func(e pipeline.Edges) (pipeline.Outcome, error) {
		return pipeline.Run(t.Context(), e, pipeline.Options{Command: "run"})
	})
	var partial *load.PartialError
	if !errors.As(err, &partial) {
		t.Fatalf("got the error %v", err)
	}
	if diff := cmp.Diff(&load.PartialError{Applied: 2, Partly: 1}, partial); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if r := outcome.Summary.Requests; r.Sent != 3 || r.OK != 2 || r.Refused != 1 {
		t.Errorf("the summary counts %+v", r)
	}
	var refusals []string
	for _, e := range outcome.Exceptions {
		if e.Code == "FAIRE_REFUSED" {
			refusals = append(refusals, strings.Join([]string{e.Source, e.EntityKey, e.ProductKey, e.SKU, e.Style, e.Name, e.Detail}, " | "))
			if !strings.Contains(e.Found, "no such number") {
				t.Errorf("Faire's words are missing: %q", e.Found)
			}
		}
	}
	if diff := cmp.Diff([]string{"wms | wms:TE-1-M | wms:TE-1 | TE-1-M | TE-1 | Summit Tee | set_stock"}, refusals); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	stock := map[string]int64{}
	for _, p := range b.box.State().Products {
		for _, v := range p.Variants {
			if q := b.box.State().Inventories[v.ID].OnHand; q.Type == "QUANTITY" && v.SKU != "MU-3" {
				stock[v.SKU] = q.Quantity
			}
		}
	}
	if diff := cmp.Diff(map[string]int64{"TE-1-S": 5, "CA-2": 40}, stock); diff != "" {
		t.Errorf("stock on Faire (-want +got):\n%s", diff)
	}
}
