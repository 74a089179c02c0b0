package warehouse

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"fairesync/pipeline/catalog"
)

// mirrorStatus says what became of the walk of Faire in this run.
type mirrorStatus int

const (
	mirrorNone   mirrorStatus = iota // Faire was not walked
	mirrorOpen                       // the walk began
	mirrorClosed                     // and came to its end
)

// MirrorWriter takes the products read from Faire in this run.
type MirrorWriter interface {
	// Append takes some products. One that comes twice counts as it came with the newest updated_at, the later of equals.
	Append(ctx context.Context, products []catalog.Product) error
	// Close says that the walk came to its end, and how many products it brought, repetitions included. A walk that is not
	// closed fails Prepare: a partial walk is never handed on as complete (design §2.3).
	Close() (products int64, err error)
}

// Mirror opens the tables of the products read from Faire in this run, once. They are laid over what Restore brings.
func (w *Warehouse) Mirror(ctx context.Context) (MirrorWriter, error) {
	w.mu.Lock()
	if w.prepared || w.mirror != mirrorNone {
		w.mu.Unlock()
		return nil, errors.New("the mirror was opened before")
	}
	w.mirror = mirrorOpen
	w.mu.Unlock()
	m := &mirrorWriter{warehouse: w, sink: newMirrorSink(ctx, w.db, "fresh_")}
	m.forget = w.opened(m, m.sink.cancel)
	return m, nil
}

type mirrorWriter struct {
	warehouse *Warehouse
	sink      *mirrorSink
	forget    func()
	over      bool
}

func (m *mirrorWriter) Append(ctx context.Context, products []catalog.Product) error {
	if m.over {
		return errors.New("the mirror is closed")
	}
	for _, product := range products {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("mirror: %w", err)
		}
		if err := m.sink.add(product); err != nil {
			m.over = true
			m.forget()
			m.sink.cancel()
			return fmt.Errorf("mirror of product %s: %w", product.FaireID, err)
		}
	}
	return nil
}

func (m *mirrorWriter) Close() (int64, error) {
	if m.over {
		return 0, errors.New("the mirror is closed already")
	}
	m.over = true
	m.forget()
	if err := m.sink.close(); err != nil {
		return 0, fmt.Errorf("mirror: %w", err)
	}
	m.warehouse.mu.Lock()
	defer m.warehouse.mu.Unlock()
	m.warehouse.mirror = mirrorClosed
	return m.sink.products, nil
}

// arrival is the column by which the rows of one product that came twice are told apart.
const arrival = "arrival"

// mirrorSink takes products apart into the rows of the mirror tables.
type mirrorSink struct {
	tables   []*filler // in the order of mirrorTables
	products int64
}

// newMirrorSink starts to fill tables named by the mirror's, without mirror_, behind a prefix of the name or of a schema.
func newMirrorSink(ctx context.Context, db *database, prefix string) *mirrorSink {
	m := &mirrorSink{}
	for _, layout := range mirrorTables() {
		target := prefix + strings.TrimPrefix(layout.name, "mirror_")
		layout.columns = append([]column{{arrival, integer}}, layout.columns...)
		m.tables = append(m.tables, db.fill(ctx, target, layout))
	}
	return m
}

// add takes one product. Positions and axes count from 1; what is empty, or 0 where 0 means unknown, is NULL.
func (m *mirrorSink) add(p catalog.Product) error {
	if p.FaireID == "" {
		return errors.New("it has no id")
	}
	m.products++
	product, variant, price, image, option, choice := m.tables[0], m.tables[1], m.tables[2], m.tables[3], m.tables[4], m.tables[5]
	n := m.products
	err := product.add(n, p.FaireID, p.Name, p.Description, p.ShortDescription, p.TaxonomyID, p.TaxonomyName, string(p.Lifecycle),
		p.SaleState, p.Token, known(p.UnitMultiplier), known(p.MinimumOrder), p.MadeInCountry, p.UpdatedAt, told(p.Preorder.Preorderable),
		p.Preorder.OrderBy, told(p.Preorder.KeepActive), p.Preorder.ShipFrom, p.Preorder.ShipUntil)
	if err != nil {
		return err
	}
	for i, o := range p.Options {
		for at, value := range o.Values {
			if err := option.add(n, p.FaireID, place(i), o.Name, place(at), value); err != nil {
				return err
			}
		}
	}
	if err := addImages(image, n, p.FaireID, "", p.Images); err != nil {
		return err
	}
	for i, v := range p.Variants {
		m, ahead := v.Measurements, v.Preorder
		err := variant.add(n, v.FaireID, p.FaireID, place(i), v.SKU, v.GTIN, v.Tariff, v.Token, string(v.Lifecycle), units(v.Available), units(v.OnHand),
			m.Weight, m.MassUnit, m.Length, m.Width, m.Height, m.DistanceUnit, ahead.Orderability, ahead.ShipFrom, ahead.ShipUntil, known(ahead.StopSellingAt))
		if err != nil {
			return err
		}
		for _, q := range v.Prices {
			if err := price.add(n, p.FaireID, v.FaireID, q.Geography, q.Currency, known(int64(q.Wholesale)), known(int64(q.Retail))); err != nil {
				return err
			}
		}
		if err := addImages(image, n, p.FaireID, v.FaireID, v.Images); err != nil {
			return err
		}
		for at, c := range v.Options {
			axis := slices.IndexFunc(p.Options, func(o catalog.Option) bool { return o.Name == c.Name })
			if axis < 0 {
				axis = at // an option no set names: its place among the variant's own
			}
			if err := choice.add(n, p.FaireID, v.FaireID, place(axis), c.Name, c.Value); err != nil {
				return err
			}
		}
	}
	return nil
}

func addImages(table *filler, n int64, product, variant string, images []catalog.Image) error {
	for i, image := range images {
		hero := slices.ContainsFunc(image.Tags, func(tag string) bool { return strings.EqualFold(tag, "Hero") })
		if err := table.add(n, product, variant, place(i), image.ID, image.OriginalURL, image.URL, hero); err != nil {
			return err
		}
	}
	return nil
}

func place(index int) int64 { return int64(index) + 1 }

// units is NULL for a quantity that is unknown, or that Faire does not track.
func units(quantity *int64) any { return told(quantity) }

// told is NULL for what Faire does not tell.
func told[T any](value *T) any {
	if value == nil {
		return nil
	}
	return *value
}

// known is NULL for 0, by which catalog says that a number is unknown.
func known(number int64) any {
	if number == 0 {
		return nil
	}
	return number
}

func (m *mirrorSink) close() error {
	var errs []error
	for _, table := range m.tables {
		errs = append(errs, table.close())
	}
	return errors.Join(errs...)
}

func (m *mirrorSink) cancel() {
	for _, table := range m.tables {
		table.cancel()
	}
}

// newest is a select of the arrivals that count: of each product the newest, the later of equals.
func newest(prefix string) string {
	return fmt.Sprintf(`SELECT %[1]s FROM (SELECT %[1]s, row_number() OVER (PARTITION BY product_id ORDER BY updated_at DESC NULLS LAST, %[1]s DESC) AS place
		FROM %[2]s) WHERE place = 1`, arrival, prefix+"product")
}

// mergeMirror makes the mirror tables: what was known before, without the products that were read again, and those.
func (w *Warehouse) mergeMirror(ctx context.Context) error {
	w.mu.Lock()
	status := w.mirror
	w.mu.Unlock()
	if status == mirrorOpen {
		return errors.New("the walk of Faire did not come to its end")
	}
	for _, layout := range mirrorTables() {
		base, fresh := "base_"+strings.TrimPrefix(layout.name, "mirror_"), "fresh_"+strings.TrimPrefix(layout.name, "mirror_")
		statement := fmt.Sprintf("CREATE TABLE %s AS SELECT %s FROM %s", identifier(layout.name), layout.list(), identifier(base))
		if status == mirrorClosed {
			statement += fmt.Sprintf(` WHERE product_id NOT IN (SELECT product_id FROM fresh_product)
				UNION ALL SELECT %s FROM %s WHERE %s IN (%s)`, layout.list(), fresh, arrival, newest("fresh_"))
		}
		if err := w.db.exec(ctx, statement); err != nil {
			return fmt.Errorf("merge %s: %w", layout.name, err)
		}
	}
	for _, layout := range mirrorTables() {
		for _, prefix := range []string{"base_", "fresh_"} {
			if err := w.db.exec(ctx, "DROP TABLE IF EXISTS "+identifier(prefix+strings.TrimPrefix(layout.name, "mirror_"))); err != nil {
				return fmt.Errorf("merge %s: %w", layout.name, err)
			}
		}
	}
	return nil
}
