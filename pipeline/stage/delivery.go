package stage

import (
	"slices"
	"strings"
	"time"
)

// Delivery is what a source delivered in one run, as far as the next delivery is compared with it.
type Delivery struct {
	Source   string              `json:"source"`
	Part     string              `json:"part,omitempty"` // inventory: of a run for stock alone, whose feed may be another
	Run      string              `json:"run"`
	At       time.Time           `json:"at"`               // when the run began
	Since    time.Time           `json:"since,omitzero"`   // when the first of the good runs in a row began that had these very files
	Columns  []string            `json:"columns"`          // of the item table, in order; those of the source alone
	Reads    map[string][]string `json:"reads"`            // catalogue field: the columns it was read from
	Files    []File              `json:"files,omitempty"`  // sorted by name; none: the source is no file feed
	Rows     int64               `json:"rows"`             // of the item table
	Digest   string              `json:"digest,omitempty"` // of those rows
	Modified time.Time           `json:"modified,omitzero"`
}

// Key is what deliveries are compared under: those of runs for stock alone are compared with each other.
func (d Delivery) Key() string {
	if d.Part == "" {
		return d.Source
	}
	return d.Source + "/" + d.Part
}

// Delivered is what is remembered of a source: the delivery of the last good run, and which files came before it.
type Delivered struct {
	Last   Delivery `json:"last"`
	Before []Past   `json:"before,omitempty"` // newest first, each set of files once
}

// Past is an earlier good delivery of files.
type Past struct {
	Run   string    `json:"run"`
	At    time.Time `json:"at"`
	Files []File    `json:"files"`
}

// RememberedDeliveries is how many different deliveries of a source are remembered, the last one among them.
const RememberedDeliveries = 50

// Remember is what is remembered once a run that was delivered now has been recorded.
func (d Delivered) Remember(now Delivery) Delivered {
	now.Since = now.At
	if d.Last.sameFiles(now.Files) && !d.Last.Since.IsZero() {
		now.Since = d.Last.Since
	}
	made := Delivered{Last: now}
	if len(now.Files) == 0 {
		return made
	}
	earlier := d.Before
	if len(d.Last.Files) > 0 {
		earlier = slices.Concat([]Past{{Run: d.Last.Run, At: d.Last.At, Files: d.Last.Files}}, d.Before)
	}
	for _, past := range earlier {
		if !now.sameFiles(past.Files) && len(made.Before) < RememberedDeliveries-1 {
			made.Before = append(made.Before, past)
		}
	}
	return made
}

// sameFiles says whether there are files and their bytes are the same, whatever they are called.
func (d Delivery) sameFiles(files []File) bool {
	return len(files) > 0 && slices.Equal(sums(d.Files), sums(files))
}

// sums are the digests of files, sorted.
func sums(files []File) []string {
	list := make([]string, 0, len(files))
	for _, file := range files {
		list = append(list, file.SHA256)
	}
	slices.Sort(list)
	return list
}

// OwnColumns are the columns of a table that came from the source: those of the envelope and what else is computed begin with _.
func OwnColumns(table Table) []string {
	own := make([]string, 0, len(table.Columns))
	for _, column := range table.Columns {
		if !strings.HasPrefix(column, "_") {
			own = append(own, column)
		}
	}
	return own
}

// ReadColumns are the columns of the source that each field of a table is read from, as far as the table tells.
func ReadColumns(table Table) map[string][]string {
	reads := map[string][]string{}
	own := OwnColumns(table)
	add := func(field string, columns []string) {
		for _, column := range columns {
			if slices.Contains(own, column) && !slices.Contains(reads[field], column) {
				reads[field] = append(reads[field], column)
			}
		}
	}
	for field, columns := range table.Fields {
		add(field, columns)
	}
	for field, columns := range table.Reads {
		add(field, columns)
	}
	return reads
}
