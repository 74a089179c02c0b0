package faire

import (
	"bytes"
	"encoding/json"
	"html"
	"net/http"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// said is what could be made of the body of a refusal (contract §12.2). Bodies of several statuses are not public, and the edge
// answers with web pages, so nothing is taken for granted.
type said struct {
	statusType string
	message    string
	localized  string
	field      string
	entities   []string
	html       bool
}

// longest is the number of characters kept of one text of Faire's.
const longest = 500

// decodeError reads a body of any kind: Faire's JSON, JSON of another shape, a web page, plain text, nothing. Secrets are taken out
// of every text before it is cut to length, or a part of one could stay.
func decodeError(body []byte, r redactor) said {
	if title, ok := htmlTitle(body, r); ok {
		return said{message: title, html: true}
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		if json.Valid(body) || !utf8.Valid(body) {
			return said{} // a bare number, a list, or binary: no words in it
		}
		return said{message: tidy(r.clean(string(body)))}
	}
	s := said{
		statusType: text(fields["status_type"], r),
		message:    text(fields["message"], r),
		localized:  text(fields["localized_message"], r),
		field:      text(fields["field"], r),
	}
	var entities []json.RawMessage
	if json.Unmarshal(fields["entity_tokens"], &entities) == nil {
		for _, entity := range entities {
			if token := text(entity, r); token != "" {
				s.entities = append(s.entities, token)
			}
		}
	}
	return s
}

// text returns a JSON string, tidied; blank for every other value.
func text(raw json.RawMessage, r redactor) string {
	var value string
	if json.Unmarshal(raw, &value) != nil {
		return ""
	}
	return tidy(r.clean(value))
}

// tidy makes foreign text fit for a terminal and a log line: one line, no control or formatting characters, bounded.
func tidy(value string) string {
	var out strings.Builder
	count, space := 0, false
	for _, r := range value {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			space = true
			continue
		}
		if unicode.Is(unicode.Cf, r) || r == utf8.RuneError {
			continue
		}
		if count >= longest {
			return out.String() + "…"
		}
		if space && count > 0 {
			out.WriteByte(' ')
			count++
		}
		space = false
		out.WriteRune(r)
		count++
	}
	return out.String()
}

// entity is the first entity Faire names.
func (s said) entity() string {
	if len(s.entities) == 0 {
		return ""
	}
	return s.entities[0]
}

// missing is the id or SKU of a 404, whose message is just that; a message that only repeats the status is not one.
func (s said) missing() string {
	if s.html || strings.EqualFold(s.message, s.statusType) || strings.EqualFold(s.message, http.StatusText(http.StatusNotFound)) {
		return ""
	}
	return s.message
}

var (
	htmlStart = regexp.MustCompile(`(?is)^(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|title)\b`)
	htmlName  = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
)

// htmlTitle says whether the body is a web page, and what it calls itself.
func htmlTitle(body []byte, r redactor) (string, bool) {
	const enough = 64 << 10
	head := bytes.TrimSpace(bytes.TrimPrefix(body[:min(len(body), enough)], []byte("\xef\xbb\xbf")))
	if !htmlStart.Match(head) {
		return "", false
	}
	if found := htmlName.FindSubmatch(head); found != nil {
		if title := tidy(r.clean(html.UnescapeString(string(found[1])))); title != "" {
			return "a web page, “" + title + "”", true
		}
	}
	return "a web page", true
}
