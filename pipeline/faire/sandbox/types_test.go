package sandbox_test

import (
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/faire"
	"fairesync/pipeline/faire/sandbox"
)

func TestTypes(t *testing.T) {
	types := sandbox.Types()
	if len(types) < 2850 || len(types) > 3100 {
		t.Errorf("%d types, want about 2,967 (contract §8)", len(types))
	}
	shape := regexp.MustCompile(`^tt_[0-9a-z]{10}$`)
	seen, names := map[string]bool{}, map[string]int{}
	for _, entry := range types {
		if seen[entry.ID] || !shape.MatchString(entry.ID) || entry.Name == "" {
			t.Errorf("type %+v: id twice or not of Faire's shape, or no name", entry)
		}
		seen[entry.ID] = true
		names[entry.Name]++
	}
	several := 0
	for _, count := range names {
		if count > 1 {
			several++
		}
	}
	if several < 20 {
		t.Errorf("%d names stand under several ids, want at least 20", several)
	}
	for _, name := range []string{
		"T-Shirt - Women's", "T-Shirt - Men's", "Tee - Women's", "Hoodie - Men's", "Hoodie - Kids & Baby", "Sweatshirt - Women's", "Jacket - Women's",
		"Pants - Men's", "Shorts - Women's", "Tank Top - Men's", "Bra - Women's", "Backpack", "Yoga Mat", "Greeting Card", "Candle", "Vase", "Bar Soap",
		"Chocolate Bar", "Dog Toy", "Plush Toy - Kids & Baby", "Vitamins & Supplements", "Coaster/Trivet", "Screen Printed T-Shirt - Men's",
	} {
		if names[name] == 0 {
			t.Errorf("no type is called %s", name)
		}
	}
	if diff := cmp.Diff(types, sandbox.Types()); diff != "" {
		t.Errorf("the list is not the same twice:\n%s", diff)
	}
}

func TestRealTypesAreThereAndNotInvented(t *testing.T) {
	held := map[string]string{}
	invented := 0
	for _, entry := range sandbox.Types() {
		held[entry.ID] = entry.Name
	}
	for id, name := range map[string]string{
		"tt_czw8pmzjrc": "Bracelets", "tt_az2kjm4b24": "Bracelet", "tt_a023mowsjv": "Screen Printed T-Shirt - Women's",
		"tt_7gm89uja9o": "Stress Relief Ball/Dough", "tt_c2suf3d431": "Squishy Toy - Kids & Baby", "tt_4fm0kw5igt": "Chair",
	} {
		if held[id] != name || sandbox.Invented(id) {
			t.Errorf("%s is %q, invented %v", id, held[id], sandbox.Invented(id))
		}
		delete(held, id)
	}
	for id := range held {
		if invented++; invented > 20 {
			break
		}
		if !sandbox.Invented(id) {
			t.Errorf("%s is not marked as invented", id)
		}
	}
	if sandbox.Invented("tt_unknown000") {
		t.Error("an id that is in no list is not invented by us")
	}
}

func TestOwnTypes(t *testing.T) {
	f := start(t, sandbox.Options{Types: []faire.WireType{{ID: "tt_1", Name: "Only"}}})
	if diff := cmp.Diff(obj{"taxonomy_types": list{obj{"id": "tt_1", "name": "Only"}}}, f.ok("GET", "/products/types?limit=10", nil)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
