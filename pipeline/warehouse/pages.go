package warehouse

import (
	"context"
	"errors"
	"fmt"
)

// readRows is how many rows one query of a large read returns: the driver holds a whole result in memory.
const readRows = 20000

// inOrder reads a relation, sorted. The sorted rows are numbered and laid down in a table first, which can spill to disk, and
// read back by number: neither the size of a result nor the order an engine happens to give rows in matters. The order ALL is
// that of the columns, from the first.
func (w *Warehouse) inOrder(ctx context.Context, from, columns, order string, take func(scan func(...any) error) error) (err error) {
	table := identifier(fmt.Sprintf("read_%d", w.db.names.Add(1)))
	statement := fmt.Sprintf("CREATE TABLE %s AS SELECT row_number() OVER () AS place_in_order, * FROM (SELECT %s FROM %s AS relation_read ORDER BY %s)",
		table, columns, from, order)
	if order != "ALL" { // sort columns need not be among those that are read
		statement = fmt.Sprintf("CREATE TABLE %s AS SELECT row_number() OVER () AS place_in_order, * FROM (SELECT %s FROM (SELECT * FROM %s AS relation_read ORDER BY %s))",
			table, columns, from, order)
	}
	if err := w.db.exec(ctx, statement); err != nil {
		return fmt.Errorf("read %s: %w", from, err)
	}
	defer func() {
		err = errors.Join(err, w.db.exec(context.WithoutCancel(ctx), "DROP TABLE "+table))
	}()
	rows, err := w.db.number(ctx, "SELECT count(*) FROM "+table)
	if err != nil {
		return fmt.Errorf("read %s: %w", from, err)
	}
	query := fmt.Sprintf("SELECT * EXCLUDE (place_in_order) FROM %s WHERE place_in_order BETWEEN ? AND ? ORDER BY place_in_order", table)
	for first := int64(1); first <= rows; first += readRows {
		if err := w.db.each(ctx, query, take, first, first+readRows-1); err != nil {
			return err
		}
	}
	return nil
}
