package warehouse

import (
	"context"
	"errors"
	"fairesync/pipeline/stage"
)

// Exec runs a statement of a test in the working database.
func Exec(ctx context.Context, w *Warehouse, statement string) error {
	return w.db.exec(ctx, statement)
}

// Text gives the one value of a query as text.
func Text(ctx context.Context, w *Warehouse, query string, args ...any) (string, error) {
	var value string
	err := w.db.sql.QueryRowContext(ctx, query, args...).Scan(&value)
	return value, err
}

// ExecFile runs a statement of a test in a database file.
func ExecFile(ctx context.Context, path, statement string) error {
	db, err := openDatabase(ctx, path, nil)
	if err != nil {
		return err
	}
	return errors.Join(db.exec(ctx, statement), db.close())
}

// ParquetTypes are the column types of a Parquet file, as the engine reads them.
func ParquetTypes(ctx context.Context, path string) (map[string]string, error) {
	db, err := openDatabase(ctx, "", nil)
	if err != nil {
		return nil, err
	}
	types := map[string]string{}
	err = db.each(ctx, "SELECT column_name, column_type FROM (DESCRIBE FROM read_parquet("+literal(path)+"))", func(scan func(...any) error) error {
		var name, kind string
		err := scan(&name, &kind)
		types[name] = kind
		return err
	})
	return types, errors.Join(err, db.close())
}

// ExecScan runs a statement in the database of a scan.
func ExecScan(ctx context.Context, scan stage.Scan, statement string) error {
	return scan.(*parquetScan).db.exec(ctx, statement)
}
