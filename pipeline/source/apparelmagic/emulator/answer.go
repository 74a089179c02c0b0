package emulator

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// envelope is the shape of every JSON answer (contract §1.3).
type envelope struct {
	Response []any `json:"response"`
	Meta     meta  `json:"meta"`
}

type meta struct {
	Pagination map[string]any `json:"pagination,omitempty"`
	Errors     []string       `json:"errors"`
}

func failed(message string) envelope {
	return envelope{Response: []any{}, Meta: meta{Errors: []string{message}}}
}

// reply is an answer that was decided on and not yet sent.
type reply struct {
	status      int
	contentType string
	retryAfter  string
	encoding    string // of the body, "" is none
	body        []byte
	cut         bool // the connection is closed in the middle of the body
}

// made is a JSON answer.
func made(status int, value any) reply {
	body, err := encode(value)
	if err != nil {
		status, body = http.StatusInternalServerError, nil
	}
	return reply{status: status, contentType: "application/json; charset=utf-8", body: body}
}

func refusal(status int, message string) reply { return made(status, failed(message)) }

// html is what the web server in front of ApparelMagic answers by itself, as for a bad token (6).
func html(status int) reply {
	title := http.StatusText(status)
	if status == http.StatusOK {
		title = "Down for maintenance"
	}
	body := fmt.Sprintf("<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\n<html><head>\n<title>%d %s</title>\n</head><body>\n<h1>%[2]s</h1>\n</body></html>\n", status, title)
	return reply{status: status, contentType: "text/html; charset=iso-8859-1", body: []byte(body)}
}

// send writes an answer. Nothing can be done about a client that has gone.
func (r reply) send(w http.ResponseWriter) {
	w.Header().Set("Content-Type", r.contentType)
	if r.retryAfter != "" {
		w.Header().Set("Retry-After", r.retryAfter)
	}
	if r.encoding != "" {
		w.Header().Set("Content-Encoding", r.encoding)
		w.Header().Set("Vary", "Accept-Encoding")
	}
	if !r.cut {
		w.WriteHeader(r.status)
		_, _ = w.Write(r.body)
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(r.body)))
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body[:len(r.body)/2])
	if flusher, ok := w.(http.Flusher); ok {
		flusher.Flush()
	}
	panic(http.ErrAbortHandler) // net/http closes the connection and logs nothing
}

// compressed is the answer packed as gzip (17).
func (r reply) compressed() reply {
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	// A buffer takes everything.
	_, _ = writer.Write(r.body)
	_ = writer.Close()
	r.body, r.encoding = packed.Bytes(), "gzip"
	return r
}

// turnedAway is the answer to who has no right to be here (6).
func (s Switches) turnedAway(status int) reply {
	if s.Unauthorized == "json" {
		return refusal(status, "the token is not valid (invented)")
	}
	return html(status)
}

// instead is the answer given in place of the page; false when the page is to be made.
func (f Fault) instead(switches Switches) (reply, bool) {
	switch {
	case f.Kind == FaultHTML:
		return html(http.StatusOK), true
	case f.Kind != FaultStatus:
		return reply{}, false
	case f.Status == http.StatusUnauthorized || f.Status == http.StatusForbidden:
		return switches.turnedAway(f.Status), true
	}
	answer := refusal(f.Status, http.StatusText(f.Status)+" (invented)")
	answer.retryAfter = f.RetryAfter
	return answer, true
}

// spoil does to a page what the fault wants.
func (f Fault) spoil(page reply) reply {
	switch f.Kind {
	case FaultTruncated:
		page.body = page.body[:len(page.body)/2]
	case FaultDisconnect:
		page.cut = true
	}
	return page
}

// render shows a record as switches 13 and 14 want it.
func (s Switches) render(record Record) any {
	shown := maps.Clone(s.times(record))
	for _, name := range []string{"images", "tags"} {
		if list, ok := shown[name].([]any); ok && len(list) == 0 {
			switch s.EmptyLists {
			case "null":
				shown[name] = nil
			case "absent":
				delete(shown, name)
			}
		}
	}
	if list, ok := shown["tags"].([]any); ok && len(list) > 0 && (s.Tags == "strings" || s.Tags == "joined") {
		var texts []any
		var joined []string
		for _, tag := range list {
			if object, ok := tag.(map[string]any); ok {
				tag = object["text"]
			}
			texts, joined = append(texts, tag), append(joined, text(tag))
		}
		shown["tags"] = texts
		if s.Tags == "joined" {
			shown["tags"] = strings.Join(joined, ",")
		}
	}
	if s.Numbers {
		return numbers("", map[string]any(shown))
	}
	return shown
}

// number is one number under switch 13.
func (s Switches) number(text string) any {
	if s.Numbers {
		return json.Number(text)
	}
	return text
}

// numeric fields are those that hold numbers by name; codes made of digits, such as upc_display, stay text.
func numeric(name string) bool {
	return name == "id" || name == "position" || name == "weight" || name == "skus_active" || strings.HasSuffix(name, "_id") ||
		strings.HasPrefix(name, "qty_") || strings.Contains(name, "price") || strings.HasPrefix(name, "cost") ||
		strings.HasSuffix(name, "_position") || strings.HasSuffix(name, "_offset")
}

// numbers turns the strings of numeric fields into JSON numbers of the same spelling, and flags into booleans.
func numbers(name string, value any) any {
	switch value := value.(type) {
	case map[string]any:
		made := make(map[string]any, len(value))
		for key, member := range value {
			made[key] = numbers(key, member)
		}
		return made
	case []any:
		made := make([]any, len(value))
		for i, member := range value {
			made[i] = numbers("", member)
		}
		return made
	case string:
		switch {
		case (strings.HasPrefix(name, "is_") || name == "active") && (value == "1" || value == "0"):
			return value == "1"
		case numeric(name) && json.Valid([]byte(value)) && isNumber(value):
			return json.Number(value)
		}
	}
	return value
}

func isNumber(text string) bool {
	_, ok := decimal(text)
	return ok
}

// perWarehouse shows each SKU once per warehouse (10). Further warehouses hold one piece each, the first holds the rest, so that
// the rows add up to the account's quantity.
func perWarehouse(entries []entry, switches Switches) []entry {
	var rows []entry
	for _, sku := range entries {
		for warehouse := range switches.Warehouses {
			record := maps.Clone(sku.record)
			for _, name := range slices.Sorted(maps.Keys(record)) {
				quantity, ok := decimal(text(record[name]))
				if !strings.HasPrefix(name, "qty_") || !ok {
					continue
				}
				record[name] = "1"
				if warehouse == 0 {
					_, fraction, _ := strings.Cut(text(sku.record[name]), ".")
					others := new(big.Rat).SetInt64(int64(switches.Warehouses - 1))
					record[name] = quantity.Sub(quantity, others).FloatString(len(fraction))
				}
			}
			if switches.WarehouseIDs {
				record["warehouse_id"] = strconv.Itoa(warehouse + 1)
			}
			rows = append(rows, entry{sku.id, record})
		}
	}
	return rows
}
