package apparelmagic

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
)

// endpoint is a list that can be walked.
type endpoint struct {
	name string
	// ids are the names its id goes by, the usual one first (contract §1.4, §1.10).
	ids []string
	// perWarehouse: one id may come on several rows, one per warehouse (contract §1.9).
	perWarehouse bool
}

// The five lists product sync needs (contract §1.7).
var (
	inventory  = endpoint{name: "inventory", ids: []string{"sku_id"}, perWarehouse: true}
	products   = endpoint{name: "products", ids: []string{"product_id"}}
	colourways = endpoint{name: "product_attributes", ids: []string{"id", "product_attribute_id"}}
	sizeRanges = endpoint{name: "size_ranges", ids: []string{"id", "size_range_id"}}
	divisions  = endpoint{name: "divisions", ids: []string{"id", "division_id"}}
)

// walk reads one list to its end by the algorithm of contract §1.4: by cursor, and from the first page that does not get
// further by id filter. It ends well only at an empty page.
type walk struct {
	source   string // name, for messages
	of       endpoint
	fixed    url.Values // filters every page is asked with
	size     int        // pagination[page_size]
	ceiling  int        // pages
	fetch    func(context.Context, string, url.Values) (page, error)
	take     func(id uint64, row record) error // called once per row, in the order of the walk
	filtered func()                            // called when the walk changes to the filter

	byFilter bool
	idField  string // name of the id in the records
	cursor   string // what the server called last_id
	last     uint64 // greatest id so far
	pages    int
	rows     int
	dropped  int // rows that had come before
	total    string
	seen     map[identity]bool
	severals bool // rows come per warehouse
	edges    []edge
	longest  [2]int // rows of the longest page, by cursor and by filter
	started  bool
}

// identity is what makes two rows the same. Rows of a warehouse without its id count by their place in the answer.
type identity struct {
	id        uint64
	warehouse string
	nth       int
}

// edge is the last id of a page. The rows of one SKU may be cut apart there, and neither cursor nor filter gives the rest.
type edge struct {
	id       uint64
	rows     int
	byFilter bool
}

// run walks to the end.
func (w *walk) run(ctx context.Context) error {
	w.seen = map[identity]bool{}
	for {
		if w.pages++; w.pages > w.ceiling {
			return w.fail("did not end after %d pages", w.ceiling)
		}
		got, err := w.fetch(ctx, w.of.name, w.query())
		if err != nil {
			if w.started && !w.byFilter && fallsBack(err) {
				w.toFilter()
				continue
			}
			return err
		}
		if len(got.records) == 0 {
			break
		}
		before := w.last
		if err := w.accept(got); err != nil {
			return err
		}
		if w.last > before {
			continue
		}
		if w.byFilter {
			return w.fail("repeats itself: neither last_id nor a filter on %s gets past id %d", w.idField, w.last)
		}
		w.toFilter()
	}
	if w.of.perWarehouse {
		return w.mend(ctx)
	}
	return nil
}

func (w *walk) toFilter() {
	w.byFilter = true
	w.filtered()
}

// query asks for what comes after the last id.
func (w *walk) query() url.Values {
	query := url.Values{"pagination[page_size]": {strconv.Itoa(w.size)}}
	for name, list := range w.fixed {
		query[name] = list
	}
	switch {
	case !w.started:
	case w.byFilter:
		filter(query, w.idField, ">", w.last)
	case w.cursor != "":
		query.Set("pagination[last_id]", w.cursor)
	default:
		query.Set("pagination[last_id]", strconv.FormatUint(w.last, 10))
	}
	return query
}

// filter adds a structured filter (contract §1.5).
func filter(query url.Values, field, operator string, value uint64) {
	query.Set("parameters[0][field]", field)
	query.Set("parameters[0][operator]", operator)
	query.Set("parameters[0][value]", strconv.FormatUint(value, 10))
	query.Set("parameters[0][include_type]", "AND")
}

// accept takes the rows of a page that are new.
func (w *walk) accept(got page) error {
	known, inPage := w.last, uint64(0)
	nth := map[identity]int{}
	for _, row := range got.records {
		id, err := w.id(row)
		if err != nil {
			return err
		}
		// The cursor only works on rising ids; in any other order rows would be skipped unseen.
		if id < inPage {
			return w.fail("is out of order: id %d comes after id %d", id, inPage)
		}
		inPage = id
		key := w.identify(id, row, nth)
		if w.seen[key] {
			w.dropped++
			continue
		}
		if id < known {
			return w.fail("is out of order: id %d comes a page after id %d", id, known)
		}
		if err := w.keep(key, row); err != nil {
			return err
		}
	}
	w.last = max(w.last, inPage)
	w.cursor, w.started = got.lastID, true
	if w.total == "" {
		w.total = got.total
	}
	mode := w.mode()
	w.longest[mode] = max(w.longest[mode], len(got.records))
	w.edges = append(w.edges, edge{id: inPage, rows: len(got.records), byFilter: w.byFilter})
	return nil
}

func (w *walk) mode() int {
	if w.byFilter {
		return 1
	}
	return 0
}

func (w *walk) keep(key identity, row record) error {
	w.seen[key] = true
	w.rows++
	return w.take(key.id, row)
}

// id reads the row's id under the name this server uses.
func (w *walk) id(row record) (uint64, error) {
	for _, name := range w.of.ids {
		if row.text(name) == "" {
			continue
		}
		id, err := number(row.text(name))
		if err != nil {
			return 0, w.fail("has a record whose %s is wrong: %w", name, err)
		}
		if w.idField == "" {
			w.idField = name
		}
		return id, nil
	}
	return 0, w.fail("has a record without %s", w.of.ids[0])
}

// identify tells the rows of several warehouses apart.
func (w *walk) identify(id uint64, row record, nth map[identity]int) identity {
	key := identity{id: id}
	if !w.of.perWarehouse {
		return key
	}
	if key.warehouse = row.text("warehouse_id"); key.warehouse != "" {
		w.severals = true
		return key
	}
	group := key
	key.nth = nth[group]
	nth[group]++
	w.severals = w.severals || key.nth > 0
	return key
}

// mend asks once more for the SKU at the end of each page, whose further rows the page may have cut off.
func (w *walk) mend(ctx context.Context) error {
	done := map[uint64]bool{}
	for _, edge := range w.edges {
		limit := w.longest[0]
		if edge.byFilter {
			limit = w.longest[1]
		}
		// A page shorter than another of its kind ended because the rows did.
		if done[edge.id] || edge.rows < limit {
			continue
		}
		done[edge.id] = true
		if err := w.mendEdge(ctx, edge.id); err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) mendEdge(ctx context.Context, id uint64) error {
	query := url.Values{"pagination[page_size]": {strconv.Itoa(w.size)}, w.idField: {strconv.FormatUint(id, 10)}}
	filter(query, w.idField, "=", id)
	got, err := w.fetch(ctx, w.of.name, query)
	if err != nil && (!fallsBack(err) || w.severals) {
		return err
	}
	found, others, whole := 0, false, false
	nth := map[identity]int{}
	for _, row := range got.records {
		other, err := w.id(row)
		if err != nil {
			return err
		}
		if other != id {
			// A filter the server does not know is ignored, not refused. Then the SKU is whole only where a later one follows it.
			others, whole = true, whole || found > 0 && other > id
			continue
		}
		found++
		if key := w.identify(id, row, nth); !w.seen[key] {
			if err := w.keep(key, row); err != nil {
				return err
			}
		}
	}
	switch {
	case w.severals && (found == 0 || others && !whole):
		return w.fail("lists a SKU once per warehouse and cannot be asked for %s %d alone, so its quantity is not certain", w.idField, id)
	case found >= w.size:
		return w.fail("lists %s %d on more rows than a page of %d holds; raise sources[].page_size", w.idField, id, w.size)
	}
	return nil
}

// fail is a walk that cannot be completed.
func (w *walk) fail(message string, args ...any) error {
	return &walkError{source: w.source, endpoint: w.of.name, err: fmt.Errorf(message, args...)}
}

// walkError is a list that cannot be read to its end; nothing of it is delivered.
type walkError struct {
	source   string
	endpoint string
	err      error
}

func (e *walkError) Error() string {
	return fmt.Sprintf("source %s: %s %v", e.source, e.endpoint, e.err)
}
func (e *walkError) Unwrap() error { return e.err }
func (e *walkError) Hint() string {
	return "nothing was changed, for a catalogue is only used when it was read to its end; run again, and if it stays so ask ApparelMagic about paging of this list"
}
