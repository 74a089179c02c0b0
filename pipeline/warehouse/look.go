package warehouse

import (
	"context"
	"errors"
	"fmt"

	"fairesync/pipeline/catalog"
)

// Look opens the file read-only and says which account it is of and how many products it records. It changes nothing, not even the
// layout of an older version. The file must be there.
func (b *Book) Look(ctx context.Context) (brand catalog.Brand, products int, err error) {
	defer func() { err = damage(b.path, err) }()
	db, err := openDatabase(ctx, b.path, map[string]string{"access_mode": "READ_ONLY"})
	if err != nil {
		return brand, 0, fmt.Errorf("brand state: %w", err)
	}
	defer func() { err = errors.Join(err, db.close()) }()
	version, err := db.number(ctx, "SELECT max(version) FROM schema_version")
	if err != nil {
		return brand, 0, fmt.Errorf("read schema_version: %w", err)
	}
	if version > bookVersion {
		return brand, 0, &VersionError{Found: version}
	}
	var found held
	found.memory.GoodRows = map[string]int64{}
	if err := readBrand(ctx, db, &found); err != nil {
		return brand, 0, err
	}
	count, err := db.number(ctx, "SELECT count(*) FROM product_state")
	return found.memory.Brand, int(count), err
}
