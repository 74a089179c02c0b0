package transforms

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

var (
	tagPattern       = regexp.MustCompile(`</?([a-zA-Z][a-zA-Z0-9:]*)[^<>]*>|<!--`)
	entityPattern    = regexp.MustCompile(`&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});`)
	paragraphPattern = regexp.MustCompile(`\n[ \t\r]*\n\s*`)
)

// htmlToText turns what copywriters' editors leave in a description into plain text. Faire shows text as it is.
func htmlToText(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	switch {
	case hasMarkup(text):
		return cleanText(renderHTML(text))
	case entityPattern.MatchString(text):
		decoded := decodeEntities(text)
		if hasMarkup(decoded) { // the whole copy was escaped
			return cleanText(renderHTML(decoded))
		}
		return cleanText(strings.ReplaceAll(decodeEntities(decoded), "\u00A0", " "))
	}
	return cleanText(text)
}

// hasMarkup looks for a tag HTML knows; "size <M" is none.
func hasMarkup(text string) bool {
	if !strings.Contains(text, "<") {
		return false
	}
	for _, match := range tagPattern.FindAllStringSubmatch(text, -1) {
		if match[1] == "" || knownTag(match[1]) {
			return true
		}
	}
	return false
}

// decodeEntities decodes entities that are closed with a semicolon and that HTML knows; AT&T stays.
func decodeEntities(text string) string {
	return entityPattern.ReplaceAllStringFunc(text, func(entity string) string {
		decoded := html.UnescapeString(entity)
		if strings.HasSuffix(decoded, ";") && entity != "&semi;" {
			return entity // HTML knows only its beginning, as in &notit;
		}
		return decoded
	})
}

// lineBreaks says how many line ends a block element puts around itself: two set a paragraph apart.
var lineBreaks = map[atom.Atom]int{
	atom.P: 2, atom.H1: 2, atom.H2: 2, atom.H3: 2, atom.H4: 2, atom.H5: 2, atom.H6: 2, atom.Ul: 2, atom.Ol: 2, atom.Dl: 2, atom.Table: 2,
	atom.Blockquote: 2, atom.Pre: 2, atom.Section: 2, atom.Article: 2, atom.Header: 2, atom.Footer: 2, atom.Hr: 2, atom.Figure: 2,
	atom.Div: 1, atom.Li: 1, atom.Tr: 1, atom.Dt: 1, atom.Dd: 1, atom.Figcaption: 1, atom.Address: 1, atom.Center: 1, atom.Main: 1,
	atom.Aside: 1, atom.Nav: 1, atom.Form: 1, atom.Fieldset: 1, atom.Details: 1, atom.Summary: 1, atom.Caption: 1, atom.Br: 1,
}

// inline elements carry text and break no line.
var inline = map[atom.Atom]bool{
	atom.A: true, atom.Abbr: true, atom.B: true, atom.Big: true, atom.Cite: true, atom.Code: true, atom.Del: true, atom.Dfn: true,
	atom.Em: true, atom.Font: true, atom.I: true, atom.Img: true, atom.Ins: true, atom.Label: true, atom.Mark: true, atom.Nobr: true,
	atom.Q: true, atom.S: true, atom.Small: true, atom.Span: true, atom.Strike: true, atom.Strong: true, atom.Sub: true, atom.Sup: true,
	atom.Tt: true, atom.U: true, atom.Wbr: true, atom.Td: true, atom.Th: true, atom.Tbody: true, atom.Thead: true, atom.Tfoot: true,
	atom.Col: true, atom.Colgroup: true, atom.Html: true, atom.Body: true, atom.Button: true, atom.Input: true, atom.Meta: true,
	atom.Link: true, atom.Picture: true, atom.Source: true, atom.Time: true, atom.Video: true,
}

// dropped elements go with all they hold.
var dropped = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Head: true, atom.Title: true, atom.Iframe: true, atom.Object: true, atom.Noscript: true,
	atom.Template: true, atom.Svg: true,
}

func knownTag(name string) bool {
	tag := atom.Lookup([]byte(strings.ToLower(name)))
	return tag != 0 && (lineBreaks[tag] > 0 || inline[tag] || dropped[tag]) || strings.Contains(name, ":") // o:p of Word
}

// renderer writes plain text. Spaces and line ends are owed until text follows, so none are left over.
type renderer struct {
	out       strings.Builder
	newlines  int  // owed line ends
	space     bool // owed space
	bullet    bool // owed bullet of a list item that has no text yet
	items     int  // open <li>
	pre       int  // open <pre>
	skip      atom.Atom
	skipDepth int
	blocks    bool // the copy has block elements, so line ends in it mean nothing
}

// renderHTML walks the tokens of the copy. It does not build a tree: copy is full of tags nobody closed.
func renderHTML(text string) string {
	r := renderer{blocks: hasBlocks(text)}
	for tokens := html.NewTokenizer(strings.NewReader(text)); ; {
		kind := tokens.Next()
		raw := string(tokens.Raw())
		switch kind {
		case html.ErrorToken: // the end; what is left is a tag cut off, or "<" as people write it
			if raw != "" && r.skip == 0 && !cutTag(raw) {
				r.text(decodeEntities(raw))
			}
			return r.out.String()
		case html.TextToken:
			if r.skip == 0 {
				r.text(decodeEntities(string(bytes.ToValidUTF8(tokens.Text(), nil))))
			}
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			name, _ := tokens.TagName()
			r.tag(kind, atom.Lookup(name), string(name), raw)
		case html.CommentToken, html.DoctypeToken:
		}
	}
}

func hasBlocks(text string) bool {
	for _, match := range tagPattern.FindAllStringSubmatch(text, -1) {
		if lineBreaks[atom.Lookup([]byte(strings.ToLower(match[1])))] > 0 {
			return true
		}
	}
	return false
}

// cutTag recognises the beginning of a tag at the end of a text that was cut off.
func cutTag(raw string) bool {
	name := strings.TrimLeft(raw, "</!")
	if end := strings.IndexFunc(name, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != ':' }); end >= 0 {
		name = name[:end]
	}
	return strings.HasPrefix(raw, "<!--") || knownTag(name)
}

func (r *renderer) tag(kind html.TokenType, tag atom.Atom, name, raw string) {
	if r.skip != 0 {
		switch {
		case tag != r.skip:
		case kind == html.StartTagToken:
			r.skipDepth++
		case kind == html.EndTagToken:
			if r.skipDepth--; r.skipDepth == 0 {
				r.skip = 0
			}
		}
		return
	}
	if !knownTag(name) {
		// "fits <M> and <L>" is text; <widget id="1"> is markup nobody knows.
		if kind == html.StartTagToken && !strings.Contains(raw, "=") {
			r.text(raw)
		}
		return
	}
	open, closing := kind == html.StartTagToken, kind == html.EndTagToken
	switch {
	case dropped[tag]:
		if open {
			r.skip, r.skipDepth = tag, 1
		}
		return
	case tag == atom.Br:
		r.newlines = min(r.newlines+1, 2)
		return
	case tag == atom.Td || tag == atom.Th:
		r.space = true
		return
	case tag == atom.Pre && open:
		r.pre++
	case tag == atom.Pre && closing:
		r.pre = max(r.pre-1, 0)
	}
	lines := lineBreaks[tag]
	if lines == 0 || r.bullet && tag != atom.Li && !closing {
		return // the first paragraph of an item stands beside its bullet
	}
	if r.items > 0 {
		lines = 1 // items stay close together
	}
	if tag == atom.Li {
		r.items = max(r.items-1, 0)
		if r.bullet = open; open {
			r.items++
		}
	}
	if closing && (tag == atom.Ul || tag == atom.Ol) {
		r.items, r.bullet = 0, false
		lines = 2
	}
	r.newlines = max(r.newlines, lines)
}

// text writes words with single spaces between them.
func (r *renderer) text(text string) {
	if r.pre > 0 {
		for i, line := range strings.Split(text, "\n") {
			if i > 0 {
				r.newlines = min(r.newlines+1, 2)
			}
			r.words(line)
		}
		return
	}
	if !r.blocks { // only <b> and the like: blank lines are how this writer parts paragraphs
		for i, part := range paragraphPattern.Split(text, -1) {
			if i > 0 {
				r.newlines = 2
			}
			r.words(part)
		}
		return
	}
	r.words(text)
}

func (r *renderer) words(text string) {
	for _, c := range text {
		if unicode.IsSpace(c) || unicode.Is(unicode.Zs, c) {
			r.space = true
			continue
		}
		if r.out.Len() > 0 {
			switch {
			case r.newlines > 0:
				r.out.WriteString("\n\n"[:r.newlines])
			case r.space:
				r.out.WriteByte(' ')
			}
		}
		if r.bullet {
			r.out.WriteString("• ")
		}
		r.newlines, r.space, r.bullet = 0, false, false
		r.out.WriteRune(c)
	}
}

// shortText is the first paragraph on one line, cut to at most limit characters.
func shortText(text string, limit int) string {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	if at := paragraphPattern.FindStringIndex(text); at != nil {
		text = text[:at[0]]
	}
	words := strings.FieldsFunc(text, func(c rune) bool { return unicode.IsSpace(c) || unicode.Is(unicode.Zs, c) })
	line := []rune(strings.Join(words, " "))
	if len(line) <= limit {
		return string(line)
	}
	if limit <= 0 {
		return ""
	}
	end := limit
	if line[limit] != ' ' {
		for end > 0 && line[end-1] != ' ' {
			end--
		}
	}
	if end == 0 { // one word longer than the limit
		for end = limit; end > 1 && unicode.IsMark(line[end]); end-- { // an accent stays with its letter
		}
	}
	return strings.TrimRightFunc(string(line[:end]), func(c rune) bool {
		return unicode.IsSpace(c) || strings.ContainsRune(",;:-–—&+/(['\"“‘•|·", c)
	})
}

func shortTextCall(args []any) (any, error) {
	return orNull(shortText(args[0].(string), int(min(args[1].(int64), 1<<20)))), nil
}
