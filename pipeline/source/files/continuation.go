package files

import (
	"slices"
	"strconv"
	"strings"

	"fairesync/pipeline/check"
	"fairesync/pipeline/stage"
)

// continuation is layout continuation, the Shopify product CSV (wms/contract §4.2): rows with one handle are a style. What the
// style has once stands on the handle's first row only; the style's pictures come one a row, on rows of their own when there are
// more pictures than variants. A row without handle goes on with the one above it, as in Vendure's export.
type continuation struct {
	plan *plan
	base string

	current  string               // handle of the row above; blank: unknown
	pictures map[string][]picture // by handle, gathered ahead
	lists    map[string]string    // by handle, once joined
	first    map[string][]string  // by handle: the first row's shared cells
}

// picture is the picture column of one row.
type picture struct {
	position int // Image Position; rows without one come last
	urls     []string
}

// handle finds a row's handle and remembers it for the rows below.
func (l *continuation) handle(r *row) string {
	switch r.kind {
	case stage.KindIgnored:
		return ""
	case stage.KindQuarantined: // it may have begun a handle: what follows without one is not the old one's
		l.current = ""
		return ""
	}
	if at := firstFilled(r.cells, l.plan.style); at >= 0 {
		l.current = strings.TrimSpace(r.cells[at])
	}
	return l.current
}

func (l *continuation) scan(r *row) {
	handle := l.handle(r)
	if handle == "" {
		return
	}
	found := picture{position: 1 << 30}
	for _, column := range l.plan.productImages {
		found.urls = appendImages(found.urls, r.cells[column], l.base)
	}
	if len(found.urls) == 0 {
		return
	}
	if l.plan.imageOrder >= 0 {
		if position, err := strconv.Atoi(strings.TrimSpace(r.cells[l.plan.imageOrder])); err == nil {
			found.position = position
		}
	}
	for i, url := range found.urls { // not to keep the whole record
		found.urls[i] = strings.Clone(url)
	}
	l.pictures[strings.Clone(handle)] = append(l.pictures[handle], found)
}

func (l *continuation) rewind() { l.current = "" }

// list joins the pictures of a handle.
func (l *continuation) list(handle string) string {
	if list, ok := l.lists[handle]; ok {
		return list
	}
	pictures := l.pictures[handle]
	slices.SortStableFunc(pictures, func(a, b picture) int { return a.position - b.position })
	var urls []string
	for _, one := range pictures {
		for _, url := range one.urls {
			if !slices.Contains(urls, url) {
				urls = append(urls, url)
			}
		}
	}
	list := strings.Join(urls, "\n")
	l.lists[handle] = list
	return list
}

func (l *continuation) place(r *row) {
	handle := l.handle(r)
	if r.kind != stage.KindSKU {
		return
	}
	p := l.plan
	if handle == "" {
		p.quarantine(r, codeChild, "style", p.style[0], "", "a "+p.header.names[p.style[0]])
		return
	}
	r.style = handle
	if isBlank(r.cells[p.style[0]]) {
		r.cells[p.style[0]] = handle
	}
	l.fill(r, handle)
	r.productImages = l.list(handle)
	r.images = imageList(r.cells, p.images, l.base)
	switch {
	case firstFilled(r.cells, p.sku) < 0 && firstFilled(r.cells, p.prices) < 0 && firstFilled(r.cells, p.optionValues) < 0:
		r.kind = stage.KindParent
	case p.giftCard >= 0 && strings.EqualFold(strings.TrimSpace(r.cells[p.giftCard]), "true"):
		r.kind, r.problem = stage.KindIgnored, codeKind
	}
}

// fill gives a row the shared cells of its handle's first row where its own are blank.
func (l *continuation) fill(r *row, handle string) {
	first, ok := l.first[handle]
	if !ok {
		first = make([]string, len(l.plan.shared))
		for i, column := range l.plan.shared {
			first[i] = strings.Clone(r.cells[column])
		}
		l.first[strings.Clone(handle)] = first
		return
	}
	for i, column := range l.plan.shared {
		if isBlank(r.cells[column]) {
			r.cells[column] = first[i]
		}
	}
}

func (l *continuation) finish() []check.Exception { return nil }
