package apparelmagic

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// longestShape is how many characters of a shape are shown.
const longestShape = 60

// shape is what a value looks like without what it says: digits become 0, letters a or A, an address loses its host; punctuation,
// which tells formats apart, stays.
func shape(text string) string {
	prefix := ""
	for _, scheme := range []string{"https://", "http://"} {
		if rest, ok := strings.CutPrefix(text, scheme); ok {
			prefix = scheme + "…"
			text = ""
			if at := strings.IndexAny(rest, "/?#"); at >= 0 {
				text = rest[at:]
			}
			break
		}
	}
	runes := []rune(prefix + strings.Map(func(r rune) rune {
		switch {
		case unicode.IsDigit(r):
			return '0'
		case unicode.IsUpper(r):
			return 'A'
		case unicode.IsLetter(r):
			return 'a'
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.IsMark(r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, text))
	if len(runes) > longestShape {
		return fmt.Sprintf("%s… (%d characters)", string(runes[:longestShape]), len(runes))
	}
	return string(runes)
}

// plainKey is how ApparelMagic names fields; a key of another kind may be a value, and shows its shape only.
var plainKey = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,59}$`)

// redactor takes out of texts from elsewhere what a report must not hold.
type redactor struct{ token, host, account string }

// newRedactor knows the account by its address: the first part of the host, where the host is a name.
func newRedactor(base *url.URL, token string) redactor {
	host := base.Hostname()
	made := redactor{token: token, host: host}
	if _, err := netip.ParseAddr(host); err != nil && strings.Contains(host, ".") {
		made.account, _, _ = strings.Cut(host, ".")
	}
	return made
}

// key is a field's name, as it is or by its shape.
func (r redactor) key(name string) string {
	if !plainKey.MatchString(name) || r.names(name) {
		return shape(name)
	}
	return name
}

// names says whether a text has the account's name in it.
func (r redactor) names(text string) bool {
	return r.account != "" && strings.Contains(strings.ToLower(text), strings.ToLower(r.account))
}

var (
	longNumber = regexp.MustCompile(`\d{4,}`)
	reference  = regexp.MustCompile(`\S*(?:@|://)\S*`)
)

// message is an error text of ApparelMagic, whose words are worth keeping: without token, account, addresses and long numbers.
func (r redactor) message(text string) string {
	if r.token != "" {
		text = redact(text, r.token)
	}
	text = reference.ReplaceAllStringFunc(text, shape)
	for _, name := range []struct{ text, stand string }{{r.host, "[host]"}, {r.account, "[account]"}} {
		if name.text != "" {
			text = regexp.MustCompile("(?i)"+regexp.QuoteMeta(name.text)).ReplaceAllLiteralString(text, name.stand)
		}
	}
	return strings.ReplaceAll(plain(longNumber.ReplaceAllStringFunc(text, shape)), "`", "'")
}

// members is a JSON object in the order it came in.
type members []member

type member struct {
	key   string
	value any
}

// ordered reads a JSON value: members, []any, or the raw text of a scalar.
func ordered(decoder *json.Decoder) (any, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		made := members{}
		for decoder.More() {
			key, err := decoder.Token()
			if err != nil {
				return nil, err
			}
			value, err := ordered(decoder)
			if err != nil {
				return nil, err
			}
			name, _ := key.(string)
			made = append(made, member{name, value})
		}
		_, err := decoder.Token()
		return made, err
	case json.Delim('['):
		made := []any{}
		for decoder.More() {
			value, err := ordered(decoder)
			if err != nil {
				return nil, err
			}
			made = append(made, value)
		}
		_, err := decoder.Token()
		return made, err
	}
	return token, nil
}

// sketched draws a JSON body by its shape: keys as they are, of each list the first member and how many follow.
func (r redactor) sketched(body []byte) string {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	value, err := ordered(decoder)
	if err != nil {
		return sketch(body)
	}
	var out strings.Builder
	r.draw(&out, value, "")
	return out.String()
}

func (r redactor) draw(out *strings.Builder, value any, indent string) {
	deeper := indent + "  "
	switch value := value.(type) {
	case members:
		if len(value) == 0 {
			out.WriteString("{}")
			return
		}
		out.WriteString("{")
		for i, one := range value {
			if i > 0 {
				out.WriteString(",")
			}
			fmt.Fprintf(out, "\n%s%s: ", deeper, quotedJSON(r.key(one.key)))
			r.draw(out, one.value, deeper)
		}
		out.WriteString("\n" + indent + "}")
	case []any:
		if len(value) == 0 {
			out.WriteString("[]")
			return
		}
		out.WriteString("[\n" + deeper)
		r.draw(out, value[0], deeper)
		if len(value) > 1 {
			fmt.Fprintf(out, ",\n%s… %d more", deeper, len(value)-1)
		}
		out.WriteString("\n" + indent + "]")
	case string:
		out.WriteString(quotedJSON(shape(value)))
	case json.Number:
		out.WriteString(shape(value.String()))
	case bool:
		fmt.Fprint(out, value)
	default:
		out.WriteString("null")
	}
}

// quotedJSON writes a text as JSON without escaping signs of HTML.
func quotedJSON(text string) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a text can always be written
	return strings.TrimSuffix(out.String(), "\n")
}

// fieldShape says of one field how it comes.
type fieldShape struct {
	name          string
	there, filled int
	kinds, shapes []string // distinct, sorted; of the shapes the first three that came
}

// fieldShapes looks at all records of a page.
func (r redactor) fieldShapes(records []record) []fieldShape {
	found := map[string]*fieldShape{}
	for _, row := range records {
		for _, key := range slices.Sorted(maps.Keys(row)) {
			name := r.key(key)
			if found[name] == nil {
				found[name] = &fieldShape{name: name}
			}
			field := found[name]
			field.there++
			kind := kindOf(row[key])
			if !slices.Contains(field.kinds, kind) {
				field.kinds = append(field.kinds, kind)
			}
			text, ok := scalar(row[key], true)
			if !ok || strings.TrimSpace(text) != "" {
				field.filled++
			}
			if text = shape(text); ok && text != "" && len(field.shapes) < 3 && !slices.Contains(field.shapes, text) {
				field.shapes = append(field.shapes, text)
			}
		}
	}
	list := make([]fieldShape, 0, len(found))
	for _, name := range slices.Sorted(maps.Keys(found)) {
		slices.Sort(found[name].kinds)
		list = append(list, *found[name])
	}
	return list
}

// kindOf names the JSON type of a value.
func kindOf(raw json.RawMessage) string {
	trimmed := bytes.TrimSpace(raw)
	if len(trimmed) == 0 {
		return "null"
	}
	switch trimmed[0] {
	case '"':
		return "text"
	case 't', 'f':
		return "boolean"
	case 'n':
		return "null"
	case '[':
		return "list"
	case '{':
		return "object"
	}
	return "number"
}
