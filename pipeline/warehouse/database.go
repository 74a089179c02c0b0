package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/marcboeker/go-duckdb"

	"fairesync/transforms"
)

// database is one DuckDB instance. Its connections share tables; each running stream has one of its own.
type database struct {
	sql   *sql.DB
	names atomic.Int64 // for views over streams
}

// openDatabase opens a file, or a database in memory when path is "". Extensions are never fetched: everything needed is built
// in.
func openDatabase(ctx context.Context, path string, settings map[string]string) (*database, error) {
	if strings.ContainsRune(path, '?') {
		return nil, fmt.Errorf("database path %q contains a question mark, which the driver cuts off", path)
	}
	query := url.Values{"autoinstall_known_extensions": {"false"}, "autoload_known_extensions": {"false"}}
	for name, value := range settings {
		if value != "" {
			query.Set(name, value)
		}
	}
	connector, err := duckdb.NewConnector(path+"?"+query.Encode(), nil)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	db := &database{sql: sql.OpenDB(connector)}
	if err := db.sql.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), db.close())
	}
	return db, nil
}

func (d *database) close() error {
	if err := d.sql.Close(); err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	return nil
}

func (d *database) exec(ctx context.Context, statement string, args ...any) error {
	_, err := d.sql.ExecContext(ctx, statement, args...)
	return err // the caller says what it was doing
}

// each runs a query and hands every row to a function that scans it.
func (d *database) each(ctx context.Context, query string, take func(scan func(...any) error) error, args ...any) error {
	rows, err := d.sql.QueryContext(ctx, query, args...)
	if err != nil {
		return err // the caller says what it was doing
	}
	defer rows.Close() //nolint:errcheck // read only; Err tells
	for rows.Next() {
		if err := take(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err() // the caller says what it was doing
}

// number runs a query that gives one whole number.
func (d *database) number(ctx context.Context, query string, args ...any) (int64, error) {
	var number int64
	err := d.sql.QueryRowContext(ctx, query, args...).Scan(&number)
	return number, err // the caller says what it was doing
}

// identifier quotes a name for SQL.
func identifier(name string) string { return transforms.Quote(name) }

// literal quotes a text for SQL. It serves paths and names of ours only; foreign values are bound.
func literal(text string) string { return transforms.Literal(text) }

// identifiers quotes names and joins them by commas.
func identifiers(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = identifier(name)
	}
	return strings.Join(quoted, ", ")
}
