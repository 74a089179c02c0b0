package stage_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fairesync/pipeline/check"
	"fairesync/pipeline/stage"
)

var monday = time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)

const (
	runOne = "20261122T030000Z-0001"
	runTwo = "20261123T030000Z-0002"
)

// before is a delivery of Monday, after one of Sunday.
func before() stage.Delivered {
	return stage.Delivered{
		Last: stage.Delivery{Source: "wms", Run: runTwo, At: monday, Since: monday, Columns: []string{"SKU No", "Style", "Name", "Color", "Active", "Case Pack"},
			Reads: map[string][]string{"sku": {"SKU No"}, "style": {"Style"}, "name": {"Name"}, "option1_value": {"Color"}, "active": {"Active"}, "unit_multiplier": {"Case Pack"}},
			Files: []stage.File{{Name: "products.csv", Bytes: 200, SHA256: "bb"}}, Rows: 20, Digest: "d2", Modified: monday.Add(-time.Hour)},
		Before: []stage.Past{{Run: runOne, At: monday.Add(-24 * time.Hour), Files: []stage.File{{Name: "products.csv", Bytes: 190, SHA256: "aa"}}}},
	}
}

// next is what comes on Tuesday, unless change makes it another.
func next(change func(*stage.Delivery)) stage.Delivery {
	now := before().Last
	now.Run, now.At, now.Since, now.Modified = "20261124T030000Z-0003", monday.Add(24*time.Hour), time.Time{}, monday.Add(23*time.Hour)
	now.Files = []stage.File{{Name: "products.csv", Bytes: 210, SHA256: "cc"}}
	now.Columns = slices.Clone(now.Columns)
	reads := map[string][]string{}
	for field, columns := range now.Reads {
		reads[field] = columns
	}
	now.Reads = reads
	change(&now)
	return now
}

func TestCompare(t *testing.T) {
	past := "as in run " + runTwo + " of 2026-11-23T03:00:00Z"
	finding := func(code, found, wanted, proposal string) check.Exception {
		return check.Exception{Code: code, Source: "wms", EntityKey: "wms", Found: found, Wanted: wanted, Proposal: proposal}
	}
	for _, c := range []struct {
		name   string
		change func(*stage.Delivery)
		want   []check.Exception
	}{
		{"a new file of the same columns", func(*stage.Delivery) {}, nil},
		{"the file lies where it lay", func(d *stage.Delivery) { d.Files, d.Modified = before().Last.Files, before().Last.Modified }, nil},
		{"the same bytes delivered again", func(d *stage.Delivery) { d.Files = before().Last.Files }, []check.Exception{
			finding("FEED_FILE_AGAIN", "products.csv: the same bytes as in run "+runTwo+" of 2026-11-23T03:00:00Z, read first at 2026-11-23T03:00:00Z", "", "")}},
		{"the same bytes under another name", func(d *stage.Delivery) {
			d.Files, d.Modified = []stage.File{{Name: "copy.csv", Bytes: 200, SHA256: "bb"}}, before().Last.Modified
		}, []check.Exception{
			finding("FEED_FILE_AGAIN", "copy.csv: the same bytes as in run "+runTwo+" of 2026-11-23T03:00:00Z, read first at 2026-11-23T03:00:00Z", "", "")}},
		{"the file of Sunday", func(d *stage.Delivery) { d.Files[0].SHA256 = "aa" }, []check.Exception{
			finding("FEED_FILE_OLDER", "products.csv has the very bytes that run "+runOne+" of 2026-11-22T03:00:00Z read; run "+runTwo+" of 2026-11-23T03:00:00Z read newer ones", "", "")}},
		{"unknown bytes, written to before the last ones", func(d *stage.Delivery) { d.Modified = monday.Add(-2 * time.Hour) }, []check.Exception{
			finding("FEED_FILE_OLDER", "products.csv: last written to at 2026-11-23T01:00:00Z, while the files of run "+runTwo+" of 2026-11-23T03:00:00Z were of 2026-11-23T02:00:00Z", "", "")}},
		{"a source that does not tell times", func(d *stage.Delivery) { d.Modified = time.Time{} }, nil},
		{"one new column, between others", func(d *stage.Delivery) { d.Columns = slices.Insert(d.Columns, 2, "Season") }, []check.Exception{
			finding("FEED_COLUMN_NEW", `"Season"`, "", "")}},
		{"eleven new columns", func(d *stage.Delivery) {
			for _, letter := range "ABCDEFGHIJK" {
				d.Columns = append(d.Columns, string(letter))
			}
		}, []check.Exception{finding("FEED_COLUMN_NEW", `"A", "B", "C", "D", "E", "F", "G", "H", "I", "J" and 1 more`, "", "")}},
		{"a column renamed, and still read", func(d *stage.Delivery) {
			d.Columns[0], d.Reads["sku"] = "SKU Number", []string{"SKU Number"}
		}, []check.Exception{
			finding("FEED_COLUMN_GONE", `"SKU No" (sku)`, past, `perhaps "SKU No" is "SKU Number" now`),
			finding("FEED_COLUMN_NEW", `"SKU Number" (sku)`, "", "")}},
		{"a column renamed beyond recognition", func(d *stage.Delivery) {
			d.Columns[5] = "Eaches"
			delete(d.Reads, "unit_multiplier")
		}, []check.Exception{
			finding("FEED_COLUMN_GONE", `"Case Pack" (unit_multiplier)`, past,
				`perhaps "Case Pack" is "Eaches" now; no column gives unit_multiplier now: map it to one, or leave Faire as it is`),
			finding("FEED_COLUMN_NEW", `"Eaches"`, "", "")}},
		{"a column gone and an unlike one elsewhere", func(d *stage.Delivery) {
			d.Columns = append([]string{"Eaches"}, d.Columns[:5]...)
			delete(d.Reads, "unit_multiplier")
		}, []check.Exception{
			finding("FEED_COLUMN_GONE", `"Case Pack" (unit_multiplier)`, past, `no column gives unit_multiplier now: map it to one, or leave Faire as it is`),
			finding("FEED_COLUMN_NEW", `"Eaches"`, "", "")}},
		{"a column that nobody read is gone", func(d *stage.Delivery) {
			d.Columns = slices.Delete(d.Columns, 3, 4)
			delete(d.Reads, "option1_value")
		}, []check.Exception{
			finding("FEED_COLUMN_GONE", `"Color" (option1_value)`, past, "no column gives option1_value now: map it to one, or leave Faire as it is")}},
		{"one column put elsewhere", func(d *stage.Delivery) {
			d.Columns = []string{"Case Pack", "SKU No", "Style", "Name", "Color", "Active"}
		}, []check.Exception{finding("FEED_COLUMNS_MOVED", `"Case Pack"`, past, "")}},
		{"two gone, three new: the likeliest pairs", func(d *stage.Delivery) {
			d.Columns = []string{"Item Name", "Names", "Style", "Colors", "Case Pack", "Active", "SKU No"}
			d.Reads["name"], d.Reads["option1_value"] = []string{"Item Name"}, []string{"Colors"}
		}, []check.Exception{
			finding("FEED_COLUMN_GONE", `"Name" (name), "Color" (option1_value)`, past, `perhaps "Name" is "Names" now; perhaps "Color" is "Colors" now`),
			finding("FEED_COLUMN_NEW", `"Item Name" (name), "Names", "Colors" (option1_value)`, "", ""),
			finding("FEED_COLUMNS_MOVED", `"Active", "SKU No"`, past, "")}},
		{"two gone that read like one new", func(d *stage.Delivery) {
			d.Columns = []string{"SKU No", "Style", "Active Pack", "Name", "Color"}
			d.Reads["active"], d.Reads["unit_multiplier"] = []string{"Active Pack"}, []string{"Active Pack"}
		}, []check.Exception{
			finding("FEED_COLUMN_GONE", `"Active" (active), "Case Pack" (unit_multiplier)`, past, `perhaps "Active" is "Active Pack" now`),
			finding("FEED_COLUMN_NEW", `"Active Pack" (active, unit_multiplier)`, "", "")}},
		{"a source of no files: fields nobody reads come and go", func(d *stage.Delivery) {
			d.Files, d.Columns = nil, []string{"Case Pack", "SKU No", "Style", "Name", "new"}
			delete(d.Reads, "active")
		}, []check.Exception{
			finding("FEED_COLUMN_GONE", `"Active" (active)`, past, "no column gives active now: map it to one, or leave Faire as it is"),
			finding("FEED_COLUMN_NEW", `"new"`, "", "")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			past, now := before(), next(c.change)
			if len(now.Files) == 0 {
				delete(past.Last.Reads, "option1_value")
				delete(now.Reads, "option1_value")
			}
			if diff := cmp.Diff(c.want, stage.Compare(past, now)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if got := stage.Compare(stage.Delivered{}, next(func(*stage.Delivery) {})); got != nil {
		t.Errorf("where nothing is remembered, found %v", got)
	}
}

func TestGatesOnDeliveries(t *testing.T) {
	type gates struct{ Older, Columns string }
	named := func(name string) func(*stage.Delivery) {
		return func(d *stage.Delivery) { d.Files[0].Name = name }
	}
	for _, c := range []struct {
		name   string
		last   string // name of the last file
		change func(*stage.Delivery)
		want   gates
	}{
		{"a new file", "products.csv", func(*stage.Delivery) {}, gates{}},
		{"the last files again", "products.csv", func(d *stage.Delivery) {
			d.Files = []stage.File{{Name: "stock.csv", SHA256: "kept"}, {Name: "products.csv", SHA256: "bb"}}
		}, gates{}},
		{"a file from before", "products.csv", func(d *stage.Delivery) { d.Files[0].SHA256 = "aa" }, gates{Older: "source wms: sent an older file: products.csv has the very bytes that run " +
			runOne + " of 2026-11-22T03:00:00Z read; run " + runTwo + " of 2026-11-23T03:00:00Z read newer ones"}},
		{"a file from before under another name", "products.csv", func(d *stage.Delivery) { d.Files[0] = stage.File{Name: "old.csv", SHA256: "aa"} },
			gates{Older: "source wms: sent an older file: old.csv has the very bytes of products.csv that run " + runOne + " of 2026-11-22T03:00:00Z read; run " + runTwo +
				" of 2026-11-23T03:00:00Z read newer ones"}},
		{"an older time of modification alone", "products.csv", func(d *stage.Delivery) { d.Modified = monday.Add(-48 * time.Hour) }, gates{}},
		{"an older date in the name", "catalog_20261123.csv", named("catalog_20261122.csv"),
			gates{Older: "source wms: sent an older file: catalog_20261122.csv is of an earlier date, by its name, than catalog_20261123.csv, which run " + runTwo + " of 2026-11-23T03:00:00Z read"}},
		{"an older hour in the name", "catalog_20261123T0300.csv", named("catalog_20261123T0200.csv"),
			gates{Older: "source wms: sent an older file: catalog_20261123T0200.csv is of an earlier date, by its name, than catalog_20261123T0300.csv, which run " + runTwo + " of 2026-11-23T03:00:00Z read"}},
		{"a newer date in the name", "2026-11-23.csv", named("2026-11-24.csv"), gates{}},
		{"the same date in the name", "2026-11-23.csv", named("2026-11-23.csv"), gates{}},
		{"names of other forms", "catalog_20261123.csv", named("products_20261122.csv"), gates{}},
		{"a number that is no date", "catalog_20261399.csv", named("catalog_20261301.csv"), gates{}},
		{"digits around a date", "catalog_120261123.csv", named("catalog_120261122.csv"), gates{}},
		{"a serial number after the date", "catalog_20261123_9902.csv", named("catalog_20261123_9901.csv"), gates{}},
		{"an earlier date before a serial number", "catalog_20261123_9900.csv", named("catalog_20261122_9900.csv"),
			gates{Older: "source wms: sent an older file: catalog_20261122_9900.csv is of an earlier date, by its name, than catalog_20261123_9900.csv, which run " + runTwo + " of 2026-11-23T03:00:00Z read"}},
		{"digits after a date", "catalog_202611239.csv", named("catalog_202611229.csv"), gates{}},
		{"one of several files unchanged, and delivered ever since", "products.csv", func(d *stage.Delivery) {
			d.Files = append(d.Files, stage.File{Name: "stock.csv", SHA256: "kept"})
		}, gates{}},
		{"of several dated files the newest counts", "catalog_20261123.csv", func(d *stage.Delivery) {
			d.Files = []stage.File{{Name: "catalog_20261124.csv", SHA256: "c1"}, {Name: "catalog_20261122.csv", SHA256: "c2"}}
		}, gates{}},
		{"a version is no date", "feed-v1.10.5.csv", named("feed-v1.9.26.csv"), gates{}},
		{"day and month in the order of the country", "style_master_11-23-26.txt", named("style_master_11-22-26.txt"),
			gates{Older: "source wms: sent an older file: style_master_11-22-26.txt is of an earlier date, by its name, than style_master_11-23-26.txt, which run " + runTwo + " of 2026-11-23T03:00:00Z read"}},
		{"older or newer, by the order of day and month", "style_master_11-12-26.txt", named("style_master_12-11-26.txt"), gates{}},
		{"the style's column is gone", "products.csv", func(d *stage.Delivery) {
			d.Columns[1] = "Model Group"
			delete(d.Reads, "style")
		}, gates{Columns: "source wms: has lost columns that decide what its rows mean: style was read from \"Style\" in run " + runTwo +
			" of 2026-11-23T03:00:00Z, and no column gives it now"}},
		{"style and active are gone", "products.csv", func(d *stage.Delivery) {
			d.Columns = []string{"SKU No", "Name"}
			d.Reads = map[string][]string{"sku": {"SKU No"}, "name": {"Name"}}
		}, gates{Columns: "source wms: has lost columns that decide what its rows mean: active was read from \"Active\"; style was read from \"Style\" in run " + runTwo +
			" of 2026-11-23T03:00:00Z, and no column gives it now"}},
		{"nothing came at all", "products.csv", func(d *stage.Delivery) { d.Rows, d.Columns, d.Reads = 0, nil, nil }, gates{}},
		{"another column gives the style", "products.csv", func(d *stage.Delivery) { d.Columns[1], d.Reads["style"] = "Style Number", []string{"Style Number"} }, gates{}},
		{"the configuration does not read it any more", "products.csv", func(d *stage.Delivery) { delete(d.Reads, "style") }, gates{}},
		{"a field whose loss leaves Faire as it is", "products.csv", func(d *stage.Delivery) { d.Columns = d.Columns[:5]; delete(d.Reads, "unit_multiplier") }, gates{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			past := before()
			past.Last.Files[0].Name = c.last
			kept := stage.File{Name: "stock.csv", SHA256: "kept"}
			past.Last.Files, past.Before[0].Files = append(past.Last.Files, kept), append(past.Before[0].Files, kept)
			now := next(c.change)
			got := gates{said(t, stage.GateOlder(past, now)), said(t, stage.GateColumns(past, now, false))}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if err := stage.GateOlder(stage.Delivered{}, next(func(*stage.Delivery) {})); err != nil {
		t.Errorf("where nothing is remembered: %v", err)
	}
}

// TestGateColumnsOfSupplement: a source that only adds to another may lose its style, but not what is for sale.
func TestGateColumnsOfSupplement(t *testing.T) {
	without := func(field string, column int) stage.Delivery {
		return next(func(d *stage.Delivery) {
			d.Columns[column] = "unknown"
			delete(d.Reads, field)
		})
	}
	if err := stage.GateColumns(before(), without("style", 1), true); err != nil {
		t.Error(err)
	}
	if err := stage.GateColumns(before(), without("active", 4), true); err == nil {
		t.Error("the loss of what is for sale passes")
	}
}

func said(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	hinted, ok := err.(interface{ Hint() string }) //nolint:errorlint // it is made here
	if !ok || hinted.Hint() == "" {
		t.Errorf("%v has no hint", err)
	}
	return err.Error()
}

func TestRemember(t *testing.T) {
	file := func(sum string) []stage.File { return []stage.File{{Name: "products.csv", SHA256: sum}} }
	deliver := func(d stage.Delivered, run, sum string, hours int) stage.Delivered {
		return d.Remember(stage.Delivery{Run: run, At: monday.Add(time.Duration(hours) * time.Hour), Files: file(sum)})
	}
	var d stage.Delivered
	d = deliver(d, "1", "a", 0)
	d = deliver(d, "2", "a", 1) // the same file an hour later: one delivery
	d = deliver(d, "3", "b", 2)
	d = deliver(d, "4", "c", 3)
	d = deliver(d, "5", "a", 4) // accepted although older: now it is the last
	want := stage.Delivered{Last: stage.Delivery{Run: "5", At: monday.Add(4 * time.Hour), Since: monday.Add(4 * time.Hour), Files: file("a")},
		Before: []stage.Past{{Run: "4", At: monday.Add(3 * time.Hour), Files: file("c")}, {Run: "3", At: monday.Add(2 * time.Hour), Files: file("b")}}}
	if diff := cmp.Diff(want, d); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	d = deliver(d, "6", "a", 5)
	if got := d.Last.Since; !got.Equal(monday.Add(4 * time.Hour)) {
		t.Errorf("the same file is read since %s", got)
	}
	for i := range 2 * stage.RememberedDeliveries {
		d = deliver(d, "many", string(rune('A'+i)), 6+i)
	}
	if got := len(d.Before) + 1; got != stage.RememberedDeliveries {
		t.Errorf("%d deliveries are remembered", got)
	}
	if got := (stage.Delivered{}).Remember(stage.Delivery{Run: "1", At: monday}).Remember(stage.Delivery{Run: "2", At: monday}); got.Before != nil {
		t.Errorf("a source without files: %v", got.Before)
	}
}

// TestColumnsOfATable: what a source computes is no column of its own, and a field it reads in a roundabout way is read nevertheless.
func TestColumnsOfATable(t *testing.T) {
	table := stage.Table{Name: "item", Columns: []string{"SKU", "Style", "Image", "Price", stage.ColumnRow, "_images"},
		Fields: map[string][]string{"sku": {"SKU"}, "images": {"_images"}, "price[USA].wholesale": {"Price / 2"}},
		Reads:  map[string][]string{"sku": {"SKU"}, "images": {"Image"}, "price[USA].wholesale": {"Price"}}}
	if diff := cmp.Diff([]string{"SKU", "Style", "Image", "Price"}, stage.OwnColumns(table)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string][]string{"sku": {"SKU"}, "images": {"Image"}, "price[USA].wholesale": {"Price"}}, stage.ReadColumns(table)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	table.Reads = nil
	if diff := cmp.Diff(map[string][]string{"sku": {"SKU"}}, stage.ReadColumns(table)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// drawn is a delivery of any columns and files.
func drawn(t *rapid.T, label string) stage.Delivery {
	columns := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"SKU", "sku no", "Style", "Color", "Colour", "Size", "Name", "Qty", "Price"}), 0, 9, rapid.ID).Draw(t, label+" columns")
	d := stage.Delivery{Source: "wms", Run: runTwo, At: monday, Since: monday, Columns: columns, Reads: map[string][]string{}}
	for _, column := range columns {
		if rapid.Bool().Draw(t, "read") {
			field := rapid.SampledFrom([]string{"sku", "style", "name", "active"}).Draw(t, "field")
			d.Reads[field] = append(d.Reads[field], column)
		}
	}
	for _, sum := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d"}), 0, 3, rapid.ID).Draw(t, label+" files") {
		name := rapid.SampledFrom([]string{"x-20261122-", "x-20261123-", "y"}).Draw(t, "name")
		d.Files = append(d.Files, stage.File{Name: name + sum, SHA256: sum})
	}
	d.Modified = monday.Add(time.Duration(rapid.IntRange(-2, 2).Draw(t, "hours")) * time.Hour)
	return d
}

// TestCompareWithItself: what comes a second time is told as such if it was delivered a second time, and else nothing is.
func TestCompareWithItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawn(t, "last")
		past := stage.Delivered{Last: d, Before: []stage.Past{{Run: runOne, At: monday, Files: drawn(t, "before").Files}}}
		if got := stage.Compare(past, d); got != nil {
			t.Errorf("nothing was delivered, found %v", got)
		}
		again := d
		again.Modified = d.Modified.Add(time.Hour)
		var codes []string
		for _, e := range stage.Compare(past, again) {
			codes = append(codes, e.Code)
		}
		var want []string
		if len(d.Files) > 0 {
			want = []string{"FEED_FILE_AGAIN"}
		}
		if diff := cmp.Diff(want, codes); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		for _, err := range []error{stage.GateOlder(past, again), stage.GateColumns(past, again, false)} {
			if err != nil {
				t.Error(err)
			}
		}
	})
}

// TestCompareOrderOfFiles: whether the files of a delivery come in this order or that decides nothing.
func TestCompareOrderOfFiles(t *testing.T) {
	codes := func(found []check.Exception) (list []string) {
		for _, e := range found {
			list = append(list, e.Code)
		}
		return list
	}
	rapid.Check(t, func(t *rapid.T) {
		last, now := drawn(t, "last"), drawn(t, "now")
		past := stage.Delivered{Last: last, Before: []stage.Past{{Run: runOne, At: monday, Files: drawn(t, "before").Files}}}
		turned, turnedNow := past, now
		turned.Last.Files = rapid.Permutation(last.Files).Draw(t, "last turned")
		turnedNow.Files = rapid.Permutation(now.Files).Draw(t, "now turned")
		if diff := cmp.Diff(codes(stage.Compare(past, now)), codes(stage.Compare(turned, turnedNow))); diff != "" {
			t.Errorf("(-in order +turned):\n%s", diff)
		}
		if a, b := stage.GateOlder(past, now), stage.GateOlder(turned, turnedNow); (a == nil) != (b == nil) {
			t.Errorf("in order %v, turned %v", a, b)
		}
	})
}
