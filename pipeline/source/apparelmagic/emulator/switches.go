package emulator

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// Switches choose among the behaviours that were reported (contract §1.13; the number stands with each). The zero value of each is
// the behaviour most clients agree on. GET and PUT /_sandbox/switches.
type Switches struct {
	// LastID (1): honoured (the zero value too), ignored: page 1 for ever, refused: an error in meta.errors.
	LastID string `json:"last_id"`
	// OmitLastID (2): the page with the last record, and the empty page after it, carry no last_id.
	OmitLastID bool `json:"omit_last_id"`
	// MinPageSize, MaxPageSize, DefaultPageSize (3): a smaller page is refused, a larger one clamped; 0 means 10, 1000 and 100.
	MinPageSize     int `json:"min_page_size"`
	MaxPageSize     int `json:"max_page_size"`
	DefaultPageSize int `json:"default_page_size"`
	// IgnoreFilters (5): structured, bare, all or "": filters of that style do nothing. Unknown fields never do.
	IgnoreFilters string `json:"ignore_filters"`
	// Unauthorized (6): html (the zero value too) or json: how 401 and 403 come.
	Unauthorized string `json:"unauthorized"`
	// Warehouses (10): every SKU row comes once per warehouse; quantities add up to what the account holds. Below 2: off.
	Warehouses int `json:"warehouses"`
	// WarehouseIDs (10): such rows bear warehouse_id.
	WarehouseIDs bool `json:"warehouse_ids"`
	// Script (11) changes the account between two requests.
	Script []Change `json:"script"`
	// Routes (12): all (the zero value too), json: /api/json/ENDPOINT only, or plain: /api/ENDPOINT only. The others are 404.
	Routes string `json:"routes"`
	// Numbers (13): numbers come as JSON numbers and flags as true and false, not as strings.
	Numbers bool `json:"numbers"`
	// EmptyLists (14): array (the zero value too), null or absent: how an empty images or tags list comes.
	EmptyLists string `json:"empty_lists"`
	// Tags (14): objects (the zero value too), strings or joined.
	Tags string `json:"tags"`
	// UserAgent (15): a request without User-Agent is refused.
	UserAgent bool `json:"user_agent"`
	// ModifiedFilter (16): honoured (the zero value too), ignored or refused: what a filter on last_modified_time does.
	ModifiedFilter string `json:"modified_filter"`
	// TimeFormat (16): how creation_time and last_modified_time are shown: as they are held (the zero value), datetime, iso, us,
	// us_date, unix or unreadable. Held times that are no YYYY-MM-DD HH:MM:SS are never changed.
	TimeFormat string `json:"time_format"`
	// Gzip (17): answers are compressed for clients that take that, as web servers do.
	Gzip bool `json:"gzip"`
	// PageSizeNeedsFilter (18): page_size is ignored until a filter on the id is there.
	PageSizeNeedsFilter bool `json:"page_size_needs_filter"`
	// TotalRecords: meta.pagination has total_records.
	TotalRecords bool `json:"total_records"`
	// Faults (6 to 9) are the failures to answer with; the first that fits wins.
	Faults []Fault `json:"faults"`
}

// Kinds of Fault.
const (
	FaultStatus     = "status"     // Status, with meta.errors as JSON; 401 and 403 as Unauthorized says (6), 429 with RetryAfter (8)
	FaultErrors     = "errors"     // 200 with meta.errors beside the page's rows (7)
	FaultHTML       = "html"       // 200 with a maintenance page
	FaultDisconnect = "disconnect" // the connection is closed in the middle of the body (9)
	FaultTruncated  = "truncated"  // 200 with half of the body, ended properly
)

// Fault is a failure of some requests.
type Fault struct {
	Endpoint   string `json:"endpoint"` // "" is any
	First      int    `json:"first"`    // of the requests to it since the switches were set, the first that fails, from 1; 0 is 1
	Count      int    `json:"count"`    // how many fail from there; 0: all
	Kind       string `json:"kind"`
	Status     int    `json:"status"`
	RetryAfter string `json:"retry_after"` // header of a 429; "" sends none
}

// Change is something that happens in the account just before a request is answered.
type Change struct {
	Endpoint string `json:"endpoint"` // "" is any
	Before   int    `json:"before"`   // of the requests to it since the switches were set, the one it happens before, from 1
	// Set gives records their new members, by list; one whose id is not there is made.
	Set map[string][]Record `json:"set"`
	// Delete takes away the records with these ids, by list.
	Delete map[string][]string `json:"delete"`
}

func (f Fault) fits(endpoint string, nth, total int) bool {
	at := total
	if f.Endpoint != "" {
		if f.Endpoint != endpoint {
			return false
		}
		at = nth
	}
	first := max(f.First, 1)
	return at >= first && (f.Count == 0 || at < first+f.Count)
}

func readSwitches(from io.Reader) (Switches, error) {
	decoder := json.NewDecoder(from)
	decoder.DisallowUnknownFields()
	decoder.UseNumber()
	var switches Switches
	if err := decoder.Decode(&switches); err != nil {
		return Switches{}, fmt.Errorf("read the switches: %w", err)
	}
	return switches, switches.verify()
}

// verify refuses words no switch knows: a typing error must not look like a server that behaves well.
func (s Switches) verify() error {
	for _, word := range []struct {
		name, value string
		known       []string
	}{
		{"last_id", s.LastID, []string{"", "honoured", "ignored", "refused"}},
		{"ignore_filters", s.IgnoreFilters, []string{"", "structured", "bare", "all"}},
		{"unauthorized", s.Unauthorized, []string{"", "html", "json"}},
		{"routes", s.Routes, []string{"", "all", "json", "plain"}},
		{"modified_filter", s.ModifiedFilter, []string{"", "honoured", "ignored", "refused"}},
		{"time_format", s.TimeFormat, []string{"", "datetime", "iso", "us", "us_date", "unix", "unreadable"}},
		{"empty_lists", s.EmptyLists, []string{"", "array", "null", "absent"}},
		{"tags", s.Tags, []string{"", "objects", "strings", "joined"}},
	} {
		if !slices.Contains(word.known, word.value) {
			return fmt.Errorf("switch %s is %q; it may be %q", word.name, word.value, word.known[1:])
		}
	}
	for _, change := range s.Script {
		if err := change.verify(); err != nil {
			return err
		}
	}
	for _, fault := range s.Faults {
		if !slices.Contains([]string{FaultStatus, FaultErrors, FaultHTML, FaultDisconnect, FaultTruncated}, fault.Kind) {
			return fmt.Errorf("fault kind %q is not known", fault.Kind)
		}
		if fault.Kind == FaultStatus && (fault.Status < 400 || fault.Status > 599) {
			return fmt.Errorf("a fault of kind status needs a status of 400 to 599, not %d", fault.Status)
		}
	}
	return nil
}

// pageSize applies switches 3 and 18 to what was asked for; an error is a refusal.
func (s Switches) pageSize(asked int, present, idFilter bool) (int, error) {
	smallest, largest, usual := or(s.MinPageSize, 10), or(s.MaxPageSize, 1000), or(s.DefaultPageSize, 100)
	switch {
	case !present || s.PageSizeNeedsFilter && !idFilter:
		return usual, nil
	case asked < smallest:
		return 0, fmt.Errorf("page_size must be at least %d", smallest)
	}
	return min(asked, largest), nil
}

func or(value, otherwise int) int {
	if value == 0 {
		return otherwise
	}
	return value
}
