package review

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

// Kind says what is decided.
type Kind string

// The kinds of question and decision. Owner has no question of its own: it is an action on an exception, as Waiver is.
const (
	Alias    Kind = "alias"    // which SKU of ours a variant on Faire is
	Taxonomy Kind = "taxonomy" // which Faire type a category, type or product has
	Price    Kind = "price"    // what a price that breaks a rule is to be
	Approval Kind = "approval" // that changes a guard or ceiling holds may go
	Drift    Kind = "drift"    // whose value a field of one product is
	Waiver   Kind = "waiver"   // that an exception is known, until a day
	Owner    Kind = "owner"    // who looks after an exception
	Recreate Kind = "recreate" // that a product deleted on Faire is made again
)

// Kinds are all of them, in the order they are shown.
var Kinds = []Kind{Alias, Taxonomy, Price, Approval, Drift, Recreate, Waiver, Owner}

// Action is what a person chose; the words are those of the workbook's dropdowns.
type Action string

// The actions. Withdraw ends a decision of any kind.
const (
	Link             Action = "link"              // alias: the two are one
	Leave            Action = "leave"             // alias, taxonomy: not ours to match or map; do not ask again
	Map              Action = "map"               // taxonomy: has this type
	NearestRetail    Action = "nearest retail"    // price: the legal retail price nearest to the source's
	NearestWholesale Action = "nearest wholesale" // price: the legal wholesale price nearest to the source's
	SetRetail        Action = "set retail"        // price: the retail price typed
	SetWholesale     Action = "set wholesale"     // price: the wholesale price typed
	Approve          Action = "approve"           // price, approval: may go as it is
	Keep             Action = "keep"              // price: what Faire holds stays
	Ours             Action = "ours"              // drift: the source's value goes to Faire
	Theirs           Action = "theirs"            // drift: Faire's value stays
	MakeAgain        Action = "make again"        // recreate
	Waive            Action = "waive"             // waiver
	Assign           Action = "assign"            // owner
	Withdraw         Action = "withdraw"
)

// Actions are those a kind of decision may have, in the order of its dropdown, without Withdraw.
func Actions(kind Kind) []Action {
	switch kind {
	case Alias:
		return []Action{Link, Leave}
	case Taxonomy:
		return []Action{Map, Leave}
	case Price:
		return []Action{NearestRetail, NearestWholesale, SetRetail, SetWholesale, Approve, Keep}
	case Approval:
		return []Action{Approve}
	case Drift:
		return []Action{Ours, Theirs}
	case Recreate:
		return []Action{MakeAgain}
	case Waiver:
		return []Action{Waive}
	case Owner:
		return []Action{Assign}
	}
	return nil
}

// Decision is one fact a person laid down. The later one of the same kind, key and field takes the place of the earlier.
//
//	kind     | key                        | field      | value                 | seen
//	---------+----------------------------+------------+-----------------------+------------------------------------
//	alias    | SKU in the WMS (link)      |            | SKU on Faire          | variant id
//	         | variant:ID (leave)         |            |                       | SKU on Faire
//	         | sku:SKU (leave)            |            |                       |
//	taxonomy | category:TEXT, type:TEXT   |            | type id (map)         |
//	         | or product:TEXT            |            |                       |
//	price    | variant key                | price[USA] | retail 12.50,         | the source's amounts 10.00/11.99;
//	         |                            |            | wholesale 9.59, or    | approve and keep: Faire's too
//	         |                            |            | blank (approve, keep) |
//	approval | change id                  | group      |                       |
//	drift    | product key                | field      |                       |
//	recreate | Faire's id of the product  |            |                       | product key
//	waiver   | exception id               |            | last day, 2026-12-31  | fingerprint of the exception
//	owner    | exception id               |            | name                  |
type Decision struct {
	Kind     Kind      `json:"kind"`
	Key      string    `json:"key"`
	Field    string    `json:"field,omitempty"`
	Action   Action    `json:"action"`
	Value    string    `json:"value,omitempty"`
	Seen     string    `json:"seen,omitempty"`    // the values it answers; it ends when they change
	Subject  string    `json:"subject,omitempty"` // what it is about, for people
	Note     string    `json:"note,omitempty"`
	Reviewer string    `json:"reviewer,omitempty"`
	At       time.Time `json:"at"`                 // when it was taken in, UTC
	Run      string    `json:"run,omitempty"`      // whose workbook was answered
	Question string    `json:"question,omitempty"` // id of the question
	Workbook string    `json:"workbook,omitempty"` // first 16 hex digits of the SHA-256 of the file it came in
	Place    string    `json:"place,omitempty"`    // sheet and row there, such as Prices row 12; or file and line
}

// Same says whether two decisions lay down the same, whoever took them and when.
func (d Decision) Same(o Decision) bool {
	return d.Subjected() == o.Subjected() && d.Action == o.Action && d.Value == o.Value && d.Seen == o.Seen
}

// Subjected is what a decision is about; a later one about the same takes its place.
func (d Decision) Subjected() [3]string { return [3]string{string(d.Kind), d.Key, d.Field} }

// ID is a short name of the decision, d and 16 hex digits.
func (d Decision) ID() string {
	return "d" + Digest(string(d.Kind), d.Key, d.Field, string(d.Action), d.Value, d.Seen, d.At.UTC().Format(time.RFC3339Nano))
}

// Words say where a value comes from, for explain and the plan: by decision of 2026-11-20, Ann, Prices row 12.
func (d Decision) Words() string {
	words := []string{"by decision of " + d.At.UTC().Format(time.DateOnly)}
	for _, word := range []string{d.Reviewer, d.Place} {
		if word != "" {
			words = append(words, word)
		}
	}
	return strings.Join(words, ", ")
}

// InForce are the decisions that stand: of those about the same the last in the list, unless it was withdrawn. Sorted by kind, key
// and field.
func InForce(list []Decision) []Decision {
	last := map[[3]string]int{}
	for i, d := range list {
		last[d.Subjected()] = i
	}
	var standing []Decision
	for i, d := range list {
		if last[d.Subjected()] == i && d.Action != Withdraw {
			standing = append(standing, d)
		}
	}
	slices.SortFunc(standing, func(a, b Decision) int {
		return cmp.Or(cmp.Compare(slices.Index(Kinds, a.Kind), slices.Index(Kinds, b.Kind)), strings.Compare(a.Key, b.Key), strings.Compare(a.Field, b.Field))
	})
	return standing
}

// Digest is the first 16 hex digits of the SHA-256 of texts; for identity and equality only, not for security.
func Digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:8])
}
