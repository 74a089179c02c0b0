package plan

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/catalog"
)

// mug is a product that was on Faire before us, with another name and another price there.
func mug() Pair {
	return Pair{
		Key: "wms:M", Desired: &catalog.Product{Key: "wms:M", Style: "M", Name: "Trail Mug", Description: "Ours.", Variants: []catalog.Variant{{Key: "wms:M/0", FaireID: "po_1", SKU: "M",
			Prices: []catalog.Price{{Geography: "USA", Currency: "USD", Wholesale: 1000, Retail: 2500}}}}},
		Current: &catalog.Product{FaireID: "p_1", Name: "Mug", Description: "Theirs.", Lifecycle: catalog.Published, Variants: []catalog.Variant{{FaireID: "po_1", SKU: "M",
			Prices: []catalog.Price{{Geography: "USA", Currency: "USD", Wholesale: 1100, Retail: 2500}}}}},
	}
}

// wanted is what is sent and held of a plan, by field.
func wanted(r Result) map[string]string {
	fields := map[string]string{}
	for _, c := range r.Plan.Changes {
		what := "sent"
		if c.Held() {
			what = "held by " + c.HeldBy[0]
		}
		if c.ApprovedBy != "" {
			what += ", approved " + c.ApprovedBy
		}
		for _, f := range c.Fields {
			if f.By != "" {
				what += ", " + f.By
			}
			fields[f.Name] = what
		}
	}
	return fields
}

// An approval releases the changes it names and no others: who approved a name has not approved the price, now or later.
func TestApproveDecided(t *testing.T) {
	held := Compute(Input{Brand: "luma", Rules: Rules{Fields: map[string]string{"name": "ours"}}, Pairs: []Pair{mug()}})
	if diff := cmp.Diff(map[string]string{"name": "held by GUARD_FIRST_LINK", "price[USA].wholesale": "held by GUARD_FIRST_LINK"}, wanted(held)); diff != "" {
		t.Fatalf("without decision (-want +got):\n%s", diff)
	}
	ids := map[string]string{}
	for _, c := range held.Plan.Changes {
		ids[family(c.Fields[0].Name)] = c.ID
	}
	approve := func(names ...string) Decided {
		d := Decided{Approved: map[string]map[string]string{"first_link": {}}}
		for _, name := range names {
			d.Approved["first_link"][ids[name]] = "by Ann"
		}
		return d
	}
	in := Input{Brand: "luma", Rules: Rules{Fields: map[string]string{"name": "ours"}}, Pairs: []Pair{mug()}}
	in.Decided = approve("name")
	named := Compute(in)
	if diff := cmp.Diff(map[string]string{"name": "sent, approved by Ann", "price[USA].wholesale": "held by GUARD_FIRST_LINK"}, wanted(named)); diff != "" {
		t.Errorf("name approved (-want +got):\n%s", diff)
	}
	if named.States["p_1"].Released {
		t.Error("the product is released though its price is held: the next run would send whatever differs then")
	}
	in.Decided = approve("name", "price")
	if both := Compute(in); !both.States["p_1"].Released || len(both.Plan.Changes) != 2 || both.Plan.Changes[0].Held() || both.Plan.Changes[1].Held() {
		t.Errorf("both approved: %v, released %v", wanted(both), both.States["p_1"].Released)
	}
	in.Pairs[0].Desired.Name = "Trail Mug II" // another value than the one approved
	in.Decided = approve("name")
	if diff := cmp.Diff(map[string]string{"name": "held by GUARD_FIRST_LINK", "price[USA].wholesale": "held by GUARD_FIRST_LINK"}, wanted(Compute(in))); diff != "" {
		t.Errorf("after the name moved (-want +got):\n%s", diff)
	}
}

// Whose value a field of one product is beats the policy, in both directions, but not the exclusion of a field.
func TestOwnersDecided(t *testing.T) {
	own := func(field string, ours bool) Decided {
		return Decided{Owners: map[OwnerKey]OwnerWords{{Product: "wms:M", Field: field}: {Ours: ours, Words: "by decision of Ann"}}}
	}
	for _, c := range []struct {
		name    string
		decided Decided
		fields  map[string]string
		want    map[string]string
		codes   []string
	}{
		{"nobody decided", Decided{}, nil, map[string]string{"price[USA].wholesale": "held by GUARD_FIRST_LINK"}, []string{"DRIFT_KEPT description", "DRIFT_KEPT name", "GUARD_FIRST_LINK "}},
		{"the name is ours", own("name", true), nil, map[string]string{"name": "sent, ours by decision of Ann", "price[USA].wholesale": "held by GUARD_FIRST_LINK"},
			[]string{"DRIFT_KEPT description", "GUARD_FIRST_LINK "}},
		{"the name is theirs: nobody asks again", own("name", false), nil, map[string]string{"price[USA].wholesale": "held by GUARD_FIRST_LINK"},
			[]string{"DRIFT_KEPT description", "GUARD_FIRST_LINK "}},
		{"the price is theirs", own("price", false), nil, map[string]string{}, []string{"DRIFT_KEPT description", "DRIFT_KEPT name"}},
		{"excluded is excluded", own("name", true), map[string]string{"name": "exclude"}, map[string]string{"price[USA].wholesale": "held by GUARD_FIRST_LINK"},
			[]string{"DRIFT_KEPT description", "GUARD_FIRST_LINK "}},
	} {
		result := Compute(Input{Brand: "luma", Rules: Rules{Fields: c.fields}, Pairs: []Pair{mug()}, Decided: c.decided})
		if diff := cmp.Diff(c.want, wanted(result)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		if result.States["p_1"].Released {
			t.Errorf("%s: the product is released, and nobody did", c.name)
		}
		var codes []string
		for _, e := range result.Exceptions {
			field := e.Field
			codes = append(codes, e.Code+" "+field)
		}
		if diff := cmp.Diff(c.codes, sorted(codes)); diff != "" {
			t.Errorf("%s, exceptions (-want +got):\n%s", c.name, diff)
		}
	}
}

// first_link: theirs keeps what Faire holds, but for a field that a person gave to the source.
func TestOwnerDecidedAtATheirsFirstLink(t *testing.T) {
	in := Input{Brand: "luma", Rules: Rules{FirstLink: "theirs"}, Pairs: []Pair{mug()},
		Decided: Decided{Owners: map[OwnerKey]OwnerWords{{Product: "wms:M", Field: "price"}: {Ours: true, Words: "by Ann"}}}}
	if diff := cmp.Diff(map[string]string{"price[USA].wholesale": "sent, ours by Ann"}, wanted(Compute(in))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func sorted(list []string) []string {
	slices.Sort(list)
	return list
}
