package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"fairesync/pipeline"
	"fairesync/pipeline/catalog"
	"fairesync/pipeline/config"
	"fairesync/pipeline/edges"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/warehouse"
)

// patience is how long doctor waits for one of the two ends.
const patience = 30 * time.Second

// doctor is one examination of a brand.
type doctor struct {
	*app
	*examination
	config   config.Config
	path     string
	state    *record // nil: there is none yet, or it cannot be used
	busy     bool
	recorded catalog.Brand // the account the record is of; zero if there is none
}

// all makes the checks in the order in which a run needs what they look at.
func (d *doctor) all(ctx context.Context) {
	var named []string
	for _, s := range d.config.Sources {
		named = append(named, s.Name+" ("+s.Kind+")")
	}
	d.ok("configuration", "brand %s, source %s", d.config.Brand, strings.Join(named, ", "))
	d.gate()
	d.folder()
	if d.state != nil {
		defer d.state.Close() //nolint:errcheck // read only
		d.lock()
		d.record(ctx)
		d.lastRun()
	}
	missing := d.secrets()
	rules, readable := d.tables()
	fields := map[string]bool{}
	var sources []pipeline.NamedSource
	for i, s := range d.config.Sources {
		if missing[s.Name] {
			d.warn("source "+s.Name, "set its secret first", "not asked")
			continue
		}
		one, found, read := d.source(ctx, i)
		if read {
			sources = append(sources, one)
		}
		for _, field := range found {
			fields[field] = true
		}
	}
	if len(sources) == len(d.config.Sources) { // of the others nobody knows what they have
		d.fields(sources, fields)
	}
	if missing[faireEnd] {
		d.warn("faire", "set its secret first", "not asked")
		return
	}
	d.faire(ctx, rules, readable)
}

func (d *doctor) options() edges.Options {
	return edges.Options{DryRun: true, Getenv: d.Getenv, Now: d.Now, Random: d.Random, Jitter: d.Jitter, Proxy: true, Version: version()}
}

func (d *doctor) gate() {
	var off *pipeline.Off
	if errors.As(pipeline.SwitchedOff(d.config.Settings, ""), &off) {
		d.warn("gate", off.Hint(), "%s: run and plan end before they call anybody", off)
		return
	}
	d.ok("gate", "all four switches are on")
}

// folder looks at the state folder without making one.
func (d *doctor) folder() {
	dir := filepath.Join(d.config.State, d.config.Brand)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		there := dir
		for errors.Is(err, fs.ErrNotExist) {
			there = filepath.Dir(there)
			_, err = os.Stat(there)
		}
		if err == nil {
			err = unix.Access(there, unix.W_OK|unix.X_OK)
		}
		if err != nil {
			d.failing("state", "run as the user who may write there, or set state: to a folder of that user", "%s cannot be made in %s: %v", dir, there, err)
			return
		}
		d.ok("state", "%s is not there yet; the first run makes it", dir)
		return
	} else if err != nil {
		d.fail("state", fmt.Errorf("state folder: %w", err))
		return
	}
	if err := unix.Access(dir, unix.W_OK|unix.X_OK|unix.R_OK); err != nil {
		d.failing("state", "run as the user the folder belongs to", "%s cannot be written: %v", dir, err)
		return
	}
	for _, name := range []string{"runs", "objects"} { // to open the state would make them
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			d.failing("state", "put it back from a backup; without objects nothing can be rebuilt", "%s has no folder %s", dir, name)
			return
		}
	}
	state, err := ledger.OpenState(d.config.State, d.config.Brand)
	if err != nil {
		d.fail("state", err)
		return
	}
	d.state = &record{State: state, brand: d.config.Brand, config: d.path}
	switch found, err := strangers(dir, os.Geteuid()); {
	case err != nil:
		d.fail("state", fmt.Errorf("state folder: %w", err))
	case found.owned > 0:
		d.failing("state", "always run as the same user; to mend it: chown -R USER "+dir, "%s to another user than the one who asks, the first is %s",
			counted(found.owned, "entry belongs", "entries belong"), found.first)
	case found.open > 0:
		d.warn("state", "chmod -R go= "+dir, "%s may be read by other users, the first is %s", counted(found.open, "entry", "entries"), found.example)
	default:
		d.ok("state", "%s", dir)
	}
}

// strange is what in a folder is not for its user alone.
type strange struct {
	owned   int // entries that belong to another user than the one who runs
	first   string
	open    int // entries that others may read or write
	example string
}

// strangers looks for entries of a folder that are not for this user alone.
func strangers(dir string, user int) (strange, error) {
	var found strange
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		var info unix.Stat_t
		if err == nil {
			err = unix.Lstat(path, &info)
		}
		if errors.Is(err, fs.ErrNotExist) && path != dir {
			return nil // a run is under way
		}
		if err != nil {
			return err
		}
		if int(info.Uid) != user {
			if found.owned++; found.first == "" {
				found.first = path
			}
		}
		if info.Mode&unix.S_IFMT != unix.S_IFLNK && info.Mode&0o077 != 0 {
			if found.open++; found.example == "" {
				found.example = path
			}
		}
		return nil
	})
	return found, err
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func (d *doctor) lock() {
	holder, err := d.state.Holder()
	switch {
	case err != nil:
		d.fail("lock", err)
	case holder != nil:
		d.busy = true
		busy := &ledger.BusyError{Brand: d.config.Brand, Holder: *holder}
		d.warn("lock", busy.Hint(), "%s", busy)
	default:
		d.ok("lock", "free")
	}
}

// record looks at the brand's database and its checkpoint.
func (d *doctor) record(ctx context.Context) {
	checkpoint, err := d.state.ReadCheckpoint()
	kept := err == nil
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		d.fail("checkpoint", err)
	default:
		d.checkpoint(checkpoint)
		d.recorded = checkpoint.Brand
	}
	_, err = os.Stat(d.state.DatabasePath())
	switch {
	case errors.Is(err, fs.ErrNotExist) && !kept:
		d.ok("record", "nothing is recorded yet")
		return
	case err != nil:
		d.fail("record", &warehouse.DamagedError{Path: d.state.DatabasePath(), Err: err})
		return
	case d.busy:
		d.warn("record", "", "not looked at while a run is under way")
		return
	}
	brand, products, err := warehouse.OpenBook(d.state.DatabasePath()).Look(ctx)
	if err != nil {
		d.fail("record", err)
		return
	}
	if brand.ID != "" {
		d.recorded = brand
	}
	d.ok("record", "brand.duckdb opens, %s", counted(products, "product is recorded", "products are recorded"))
}

func (d *doctor) checkpoint(c ledger.Checkpoint) {
	for _, table := range sortedKeys(c.Objects) {
		if _, err := os.Stat(d.state.ObjectPath(c.Objects[table])); err != nil {
			d.fail("checkpoint", &ledger.CheckpointError{Path: d.state.Path(ledger.CheckpointName), Err: fmt.Errorf("table %s: %w", table, err)})
			return
		}
	}
	d.ok("checkpoint", "of run %s, %s", c.Run, c.Recorded.UTC().Format(time.RFC3339))
}

func (d *doctor) lastRun() {
	runs, err := d.state.runs()
	if err != nil {
		d.fail("last run", err)
		return
	}
	runs = slices.DeleteFunc(runs, func(s ledger.Summary) bool { return s.Status == running })
	if len(runs) == 0 {
		d.ok("last run", "there is none yet")
		return
	}
	last := runs[0]
	said := fmt.Sprintf("%s %s: %s, exit code %d", last.Command, last.Run, last.Status, last.Exit)
	if last.Status == ledger.StatusDied {
		said = fmt.Sprintf("%s died", last.Run)
		last.Hint = "run again: it settles what was left open"
	}
	if last.Error != "" {
		said += ": " + last.Error
	}
	if (last.Exit == exitDone || last.Exit == exitPending) && last.Status != ledger.StatusDied {
		d.ok("last run", "%s", said)
		return
	}
	d.warn("last run", last.Hint, "%s", said)
}

// faireEnd is Faire's name among the ends a secret may be missing for; no source can have it.
const faireEnd = "Faire"

// secrets says which are there, by name, and gives the ends that cannot be asked for want of one.
func (d *doctor) secrets() map[string]bool {
	missing := map[string]bool{}
	look := func(end, key string, secret config.Secret) {
		if secret == (config.Secret{}) {
			return
		}
		if _, err := edges.Secret(secret, d.Getenv, key); err != nil {
			missing[end] = true
			d.fail("secret", err)
			return
		}
		if secret.File == "" {
			d.ok("secret", "%s: the environment variable %s is set", key, secret.Env)
			return
		}
		if info, err := os.Stat(secret.File); err == nil && info.Mode().Perm()&0o077 != 0 {
			d.warn("secret", "chmod 600 "+secret.File, "%s: %s may be read by other users", key, secret.File)
			return
		}
		d.ok("secret", "%s: %s can be read", key, secret.File)
	}
	look(faireEnd, "faire.token", d.config.Faire.Token)
	look(faireEnd, "faire.oauth.application_secret", d.config.Faire.OAuth.ApplicationSecret)
	look(faireEnd, "faire.oauth.access_token", d.config.Faire.OAuth.AccessToken)
	for _, s := range d.config.Sources {
		look(s.Name, "sources["+s.Name+"].token", s.Token)
	}
	return missing
}
