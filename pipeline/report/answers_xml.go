package report

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// markup reads the XML of a workbook's parts token by token: tags with their attributes as they stand, and texts. It knows as much of XML
// as spreadsheet programs write and is several times faster than a reader of any XML. A token is good until the next one.
type markup struct {
	in       io.Reader
	buf      []byte
	at, end  int // what is not read yet
	ended    bool
	open     []byte // names of the tags that are open, one behind the other
	openEnds []int
	seen     bool // the root

	kind  token
	raw   []byte // as it stands, for copies
	name  []byte // of a tag, without its prefix
	attrs []byte
	empty bool   // a tag that closes itself: no end comes
	text  []byte // as it stands
	cdata bool   // the text is not escaped
}

type token int

const (
	tagStart token = iota
	tagEnd
	textPart
	otherPart // comments, instructions
)

// Bounds of one token, and of how deep tags stand in each other. A cell has at most 32,767 characters.
const (
	maxToken = 1 << 20
	maxDepth = 64
)

// errMarkup is XML no spreadsheet program writes.
var errMarkup = errors.New("the XML is damaged")

func newMarkup(in io.Reader) *markup { return &markup{in: in, buf: make([]byte, 1<<16)} }

// more reads on behind what is there. io.EOF says that there is no more.
func (m *markup) more() error {
	if m.ended {
		return io.EOF
	}
	if m.at > 0 {
		copy(m.buf, m.buf[m.at:m.end])
		m.at, m.end = 0, m.end-m.at
	}
	if m.end == len(m.buf) {
		if len(m.buf) >= maxToken {
			return errMarkup
		}
		m.buf = append(m.buf, make([]byte, len(m.buf))...)
	}
	for {
		n, err := m.in.Read(m.buf[m.end:])
		m.end += n
		switch {
		case errors.Is(err, io.EOF):
			if m.ended = true; n > 0 {
				return nil
			}
			return io.EOF
		case err != nil:
			return err
		case n > 0:
			return nil
		}
	}
}

// next reads a token. io.EOF comes when the root is closed and nothing is left.
func (m *markup) next() error {
	for m.at == m.end {
		if err := m.more(); errors.Is(err, io.EOF) {
			if !m.seen || len(m.openEnds) > 0 {
				return errMarkup
			}
			return io.EOF
		} else if err != nil {
			return err
		}
	}
	if m.buf[m.at] != '<' {
		return m.nextText()
	}
	for _, special := range []struct{ start, end string }{{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}} {
		if is, err := m.startsWith(special.start); err != nil {
			return err
		} else if is {
			return m.nextSpecial(special.start, special.end)
		}
	}
	length, err := m.find(m.tagLength)
	if err != nil {
		return err
	}
	m.raw = m.buf[m.at : m.at+length]
	m.at += length
	return m.tag()
}

func (m *markup) startsWith(text string) (bool, error) {
	for m.end-m.at < len(text) {
		if !bytes.HasPrefix([]byte(text), m.buf[m.at:m.end]) {
			return false, nil
		}
		if err := m.more(); errors.Is(err, io.EOF) {
			return false, errMarkup
		} else if err != nil {
			return false, err
		}
	}
	return string(m.buf[m.at:m.at+len(text)]) == text, nil
}

// find reads on until length finds the end of a token; it gives 0 where that is not there yet.
func (m *markup) find(length func([]byte) int) (int, error) {
	for {
		if n := length(m.buf[m.at:m.end]); n > 0 {
			return n, nil
		}
		if err := m.more(); errors.Is(err, io.EOF) {
			return 0, errMarkup
		} else if err != nil {
			return 0, err
		}
	}
}

// tagLength is how long a tag is; a > may stand in quotes.
func (m *markup) tagLength(text []byte) int {
	end := bytes.IndexByte(text, '>')
	if end < 0 {
		return 0
	}
	if bytes.IndexByte(text[:end], '\'') < 0 && bytes.Count(text[:end], []byte{'"'})%2 == 0 {
		return end + 1
	}
	var quote byte
	for i, b := range text {
		switch {
		case quote != 0:
			if b == quote {
				quote = 0
			}
		case b == '"' || b == '\'':
			quote = b
		case b == '>':
			return i + 1
		}
	}
	return 0
}

func (m *markup) nextSpecial(start, end string) error {
	length, err := m.find(func(text []byte) int {
		if at := bytes.Index(text[len(start):], []byte(end)); at >= 0 {
			return len(start) + at + len(end)
		}
		return 0
	})
	if err != nil {
		return err
	}
	m.raw = m.buf[m.at : m.at+length]
	m.at += length
	m.kind = otherPart
	if start == "<![CDATA[" {
		m.kind, m.cdata, m.text = textPart, true, m.raw[len(start):length-len(end)]
	}
	return nil
}

func (m *markup) nextText() error {
	for {
		if length := bytes.IndexByte(m.buf[m.at:m.end], '<'); length >= 0 || m.ended {
			if length < 0 {
				length = m.end - m.at
			}
			m.raw = m.buf[m.at : m.at+length]
			m.at += length
			m.kind, m.text, m.cdata = textPart, m.raw, false
			if len(m.openEnds) == 0 && len(bytes.Trim(m.raw, " \t\r\n\uFEFF")) > 0 {
				return errMarkup
			}
			return nil
		}
		if err := m.more(); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
	}
}

// tag reads the tag in raw and holds it against those that are open.
func (m *markup) tag() error {
	inner := m.raw[1 : len(m.raw)-1]
	if len(inner) > 0 && inner[0] == '/' {
		name := bytes.TrimRight(inner[1:], " \t\r\n")
		last := len(m.openEnds) - 1
		if last < 0 {
			return errMarkup
		}
		from := 0
		if last > 0 {
			from = m.openEnds[last-1]
		}
		if !bytes.Equal(m.open[from:], name) {
			return errMarkup
		}
		m.open, m.openEnds = m.open[:from], m.openEnds[:last]
		m.kind, m.name = tagEnd, local(name)
		return nil
	}
	m.kind, m.empty = tagStart, false
	if len(inner) > 0 && inner[len(inner)-1] == '/' {
		m.empty, inner = true, inner[:len(inner)-1]
	}
	length := bytes.IndexAny(inner, " \t\r\n")
	if length < 0 {
		length = len(inner)
	}
	name := inner[:length]
	if len(name) == 0 || name[0] == '!' || len(m.openEnds) == 0 && m.seen {
		return errMarkup
	}
	m.seen = true
	m.name, m.attrs = local(name), inner[length:]
	if !m.empty {
		if len(m.openEnds) == maxDepth {
			return errMarkup
		}
		m.open = append(m.open, name...)
		m.openEnds = append(m.openEnds, len(m.open))
	}
	return nil
}

func (m *markup) is(name string) bool { return string(m.name) == name }

// local is a name without its prefix.
func local(name []byte) []byte { return name[bytes.IndexByte(name, ':')+1:] }

// nextAttr takes one attribute off the front.
func nextAttr(attrs []byte) (name, value, rest []byte, ok bool) {
	attrs = bytes.TrimLeft(attrs, " \t\r\n")
	equals := bytes.IndexByte(attrs, '=')
	if equals < 0 {
		return nil, nil, nil, false
	}
	name = bytes.TrimRight(attrs[:equals], " \t\r\n")
	attrs = bytes.TrimLeft(attrs[equals+1:], " \t\r\n")
	if len(attrs) < 2 || attrs[0] != '"' && attrs[0] != '\'' {
		return nil, nil, nil, false
	}
	end := bytes.IndexByte(attrs[1:], attrs[0])
	if end < 0 {
		return nil, nil, nil, false
	}
	return name, attrs[1 : end+1], attrs[end+2:], true
}

// attr is an attribute of the tag, by its name without prefix.
func (m *markup) attr(wanted string) string {
	for rest := m.attrs; ; {
		name, value, after, ok := nextAttr(rest)
		if !ok {
			return ""
		}
		if string(local(name)) == wanted {
			return string(appendText(nil, value))
		}
		rest = after
	}
}

// appendText adds text with its escapes resolved and its line ends as LF.
func appendText(to, text []byte) []byte {
	if bytes.IndexByte(text, '&') < 0 && bytes.IndexByte(text, '\r') < 0 {
		return append(to, text...)
	}
	for i := 0; i < len(text); i++ {
		switch b := text[i]; b {
		case '\r':
			if i+1 == len(text) || text[i+1] != '\n' {
				to = append(to, '\n')
			}
		case '&':
			end := bytes.IndexByte(text[i:min(len(text), i+12)], ';')
			r, ok := rune(0), false
			if end > 0 {
				r, ok = entity(string(text[i+1 : i+end]))
			}
			if !ok {
				to = append(to, b)
				continue
			}
			to = utf8.AppendRune(to, r)
			i += end
		default:
			to = append(to, b)
		}
	}
	return to
}

// entity is the character of &NAME;.
func entity(name string) (rune, bool) {
	switch name {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	digits, base := name, 10
	if digits, ok := strings.CutPrefix(name, "#x"); ok {
		return codepoint(digits, 16)
	}
	if digits, ok := strings.CutPrefix(digits, "#"); ok {
		return codepoint(digits, base)
	}
	return 0, false
}

func codepoint(digits string, base int) (rune, bool) {
	n, err := strconv.ParseUint(digits, base, 21)
	return rune(n), err == nil && utf8.ValidRune(rune(n))
}

// unescape resolves _x000D_, by which spreadsheet programs write characters that XML cannot hold, and _x005F_, the underscore before what
// only looks like it.
func unescape(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	var out strings.Builder
	for i := 0; i < len(text); {
		if strings.HasPrefix(text[i:], "_x") && len(text) >= i+7 && text[i+6] == '_' {
			if n, err := strconv.ParseUint(text[i+2:i+6], 16, 16); err == nil && utf8.ValidRune(rune(n)) {
				out.WriteRune(rune(n))
				i += 7
				continue
			}
		}
		out.WriteByte(text[i])
		i++
	}
	return out.String()
}
