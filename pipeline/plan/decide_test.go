package plan

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/catalog"
)

// TestDecide is the table above decide, row by row.
func TestDecide(t *testing.T) {
	type outcome struct {
		What   verdict
		Reason Reason
		Code   string
	}
	record := &Value{Sent: "sent", Held: "held"}
	for _, c := range []struct {
		name             string
		desired, current string
		absent           bool
		record           *Value
		whose            owner
		want             outcome
	}{
		{"blank leaves", "", "x", true, record, ours, outcome{leave, "", ""}},
		{"equal settles", "x", "x", false, record, ours, outcome{settle, "", ""}},
		{"equal settles without record", "x", "x", false, nil, theirs, outcome{settle, "", ""}},
		{"first link, ours", "x", "y", false, nil, ours, outcome{firstLink, ReasonFirstLink, ""}},
		{"first link, theirs", "x", "y", false, nil, theirs, outcome{kept, "", "DRIFT_KEPT"}},
		{"Faire made its own of it", "sent", "held", false, record, ours, outcome{leave, "", ""}},
		{"source moved, ours", "new", "held", false, record, ours, outcome{send, ReasonSourceChanged, ""}},
		{"source moved, theirs", "new", "held", false, record, theirs, outcome{kept, "", "DRIFT_KEPT"}},
		{"Faire moved, ours", "sent", "edited", false, record, ours, outcome{send, ReasonDrift, "DRIFT_OVERWRITTEN"}},
		{"Faire moved, theirs", "sent", "edited", false, record, theirs, outcome{kept, "", "DRIFT_KEPT"}},
		{"both moved, ours", "new", "edited", false, record, ours, outcome{send, ReasonConflict, "DRIFT_CONFLICT"}},
		{"excluded", "new", "held", false, record, excluded, outcome{leave, "", ""}},
		{"create only, set on Faire", "new", "held", false, record, createOnly, outcome{leave, "", ""}},
		{"create only, blank on Faire", "new", "", false, nil, createOnly, outcome{firstLink, ReasonFirstLink, ""}},
		{"both moved, theirs", "new", "edited", false, record, theirs, outcome{kept, "", "DRIFT_CONFLICT"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			what, reason, code := decide(c.desired, c.current, !c.absent, c.desired == c.current, c.record, c.whose)
			if diff := cmp.Diff(c.want, outcome{what, reason, code}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestImageBody(t *testing.T) {
	image := func(id, name string, tags ...string) catalog.Image {
		return catalog.Image{ID: id, OriginalURL: "https://m.example.test/" + name, Tags: tags}
	}
	desired := []catalog.Image{image("", "new"), image("", "b")}
	current := []catalog.Image{image("i_1", "a", "Hero"), image("i_2", "b"), image("i_3", "portal")}
	got := imageBody(desired, current, []string{"https://m.example.test/a", "https://m.example.test/b"}, nil, true)
	want := []map[string]any{
		{"url": "https://m.example.test/new", "sequence": 0, "tags": []string{"Hero"}},
		{"id": "i_2", "sequence": 1},
		{"id": "i_3", "sequence": 2}, // the brand's own picture stays
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("a was sent by us and is replaced, so it goes with the hero tag (-want +got):\n%s", diff)
	}
}

// TestPlanFile: what is written reads back the same, with the same digest whatever the run and its time; an edit is noticed.
func TestPlanFile(t *testing.T) {
	p := Plan{Version: Version, Run: "r1", Created: time.Unix(1, 0).UTC(), Brand: "b", BrandID: "b_1", Policy: "full", Complete: true,
		Summary: Summary{Changes: map[Kind]map[Action]int{}, Held: map[string]int{}, Accounting: Accounting{IgnoredBy: map[string]int64{}}},
		Changes: []Change{{ID: "c1", Kind: KindPrice, Action: Update, Key: "k", Fields: []Field{{Name: "price[USA].wholesale", Before: "1.00", After: "2.00"}}}},
		Requests: []Request{{ID: "r00001", Operation: UpdateProduct, ProductID: "p_1", Method: "PATCH", Path: "/products/p_1", Changes: []string{"c1"},
			BodyDigest: "d", Body: []byte(`{"a":1}`)}},
		Touches: []Touch{{ProductID: "p_1", Key: "k", Name: "n", UpdatedAt: time.Unix(2, 0).UTC()}}}
	var out bytes.Buffer
	digest, err := Write(&out, p)
	if err != nil {
		t.Fatal(err)
	}
	p.Digest = digest
	got, err := Read(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	p.Run, p.Created = "r2", time.Unix(9, 0).UTC()
	if other, err := Write(&bytes.Buffer{}, p); err != nil || other != digest {
		t.Errorf("run and time are in the digest: %s, %s, %v", digest, other, err)
	}
	for name, text := range map[string]string{
		"edited":        strings.Replace(out.String(), `"after":"2.00"`, `"after":"9.00"`, 1),
		"other version": strings.Replace(out.String(), `"version":1`, `"version":2`, 1),
		"no plan":       "sku,price\n",
		"cut":           out.String()[:out.Len()/2],
	} {
		var refused *FileError
		if _, err := Read(strings.NewReader(text)); !errors.As(err, &refused) || refused.Hint() == "" {
			t.Errorf("%s: got %v, want a FileError with a hint", name, err)
		}
	}
}

// TestGuards: each guard holds at one above its limit and not at it.
func TestGuards(t *testing.T) {
	works := func(n int, change Change) []*work {
		var list []*work
		for i := range n {
			c := change
			c.Key = "wms:" + string(rune('a'+i))
			none, some := int64(0), int64(4)
			c.VariantKey, c.VariantID = c.Key+"/0", "po_"+string(rune('a'+i))
			if c.Kind != KindInventory {
				c.VariantKey, c.VariantID = "", ""
			}
			d := catalog.Product{Key: c.Key, Variants: []catalog.Variant{{Key: c.Key + "/0", OnHand: &none}}}
			there := catalog.Product{Variants: []catalog.Variant{{FaireID: c.VariantID, OnHand: &some, Available: &some}}}
			list = append(list, &work{pair: Pair{Key: c.Key, Desired: &d, Current: &there}, changes: []Change{c}})
		}
		return list
	}
	create := Change{Kind: KindProduct, Action: Create}
	down := Change{Kind: KindLifecycle, Action: Update, Reason: ReasonGone, Fields: []Field{{Name: "lifecycle"}}}
	empty := Change{Kind: KindInventory, Action: Update, Reason: ReasonSourceChanged, Fields: []Field{{Name: "on_hand", Before: "4", After: "0"}}}
	name := Change{Kind: KindProduct, Action: Update, Reason: ReasonSourceChanged, Fields: []Field{{Name: "name"}}}
	for _, c := range []struct {
		name   string
		census Census
		works  []*work
		code   string
	}{
		{"half of ten live products match", Census{LiveProducts: 10, MatchedProducts: 5}, works(1, create), ""},
		{"less than half match", Census{LiveProducts: 10, MatchedProducts: 4}, works(1, create), codeCollapsed},
		{"nine live products are not judged", Census{LiveProducts: 9}, works(1, create), ""},
		{"eleven creates while a third of the links vanishes", Census{LinkedProducts: 30, LinksVanished: 10}, works(11, create), codeCollapsed},
		{"ten creates may", Census{LinkedProducts: 30, LinksVanished: 10}, works(10, create), ""},
		{"eleven of a hundred go down", Census{Managed: 100}, works(11, down), codeLifecycle},
		{"eleven of 110 may", Census{Managed: 110}, works(11, down), ""},
		{"ten may go down", Census{Managed: 20}, works(10, down), ""},
		{"two of ten links are gone", Census{LinkedProducts: 10, LinksGone: 2, Managed: 8}, works(1, name), codeLinksLost},
		{"one of ten may", Census{LinkedProducts: 10, LinksGone: 1, Managed: 9}, works(1, name), ""},
		{"four of ten change their name", Census{Managed: 10}, works(4, name), codeFieldMass},
		{"three of ten may", Census{Managed: 10}, works(3, name), ""},
		{"four of ten fall to no stock", Census{Tracked: 10}, works(4, empty), codeStockZero},
		{"three of ten may", Census{Tracked: 10}, works(3, empty), ""},
		{"nine tracked variants are not judged", Census{Tracked: 9}, works(9, empty), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			guard(c.census, c.works)
			for _, w := range c.works {
				held := strings.Join(w.changes[0].HeldBy, ",")
				if held != c.code {
					t.Errorf("held by %q, want %q", held, c.code)
				}
			}
		})
	}
}

// TestApprove: exactly the count held now releases; any other releases nothing and is told.
func TestApprove(t *testing.T) {
	held := func() []*work {
		w := &work{state: &State{}}
		for range 3 {
			w.changes = append(w.changes, Change{HeldBy: []string{CodeFirstLink}, Fields: []Field{{Name: "sku"}}})
		}
		return []*work{w}
	}
	works := held()
	if got, _ := approve(map[string]int{"first_link": 2}, works); got["first_link"] != 3 || !works[0].changes[0].Held() || works[0].state.Released {
		t.Errorf("2 of 3 released: %v", got)
	}
	if got, done := approve(map[string]int{"first_link": 3}, works); len(done) != 3 || len(got) != 0 || works[0].changes[0].Held() || !works[0].state.Released {
		t.Errorf("3 of 3 did not release: %v", got)
	}
}
