package plan

// verdict is what a difference of one field means.
type verdict int

const (
	leave     verdict = iota // nothing to do, nothing to record
	settle                   // both sides agree: record desired and current
	send                     // plan an update
	firstLink                // plan an update that the first link may hold
	kept                     // Faire's value stays, with a notice
)

// owner says whose value a field of a product on Faire is (design §4.2).
type owner int

const (
	theirs     owner = iota // Faire's: ours is never sent once the product is there
	ours                    // the source's
	createOnly              // the source's until Faire has one
	excluded                // nobody looks
)

// decide is the three-way comparison of one field (design §4.8). sent and held are what the record says, nil if there is none.
//
//	desired    | current    | record | whose        | verdict
//	-----------+------------+--------+--------------+----------------------------------------------
//	blank      | any        | any    | any          | leave   (blank means: as it is)
//	any        | any        | any    | excluded     | leave
//	= current  |            | any    | any          | settle
//	differs    | not blank  | any    | create only  | leave   (kept once it is set on Faire)
//	differs    | blank      | any    | create only  | as ours
//	differs    |            | none   | ours         | firstLink (theirs by first_link: kept)
//	differs    |            | none   | theirs       | kept    DRIFT_KEPT
//	= sent     | = held     | there  | any          | leave   (Faire made its own of what we sent)
//	moved      | = held     | there  | ours         | send    source_changed
//	moved      | = held     | there  | theirs       | kept    DRIFT_KEPT
//	= sent     | moved      | there  | ours         | send    drift, DRIFT_OVERWRITTEN
//	= sent     | moved      | there  | theirs       | kept    DRIFT_KEPT
//	moved      | moved      | there  | ours         | send    conflict, DRIFT_CONFLICT
//	moved      | moved      | there  | theirs       | kept    DRIFT_CONFLICT
//
// testdata/three-way.txt has every case there is.
func decide(desired, current string, present, same bool, record *Value, whose owner) (verdict, Reason, string) {
	switch {
	case !present || whose == excluded:
		return leave, "", ""
	case same:
		return settle, "", ""
	case whose == createOnly && current != "":
		return leave, "", ""
	case record == nil && whose != theirs:
		return firstLink, ReasonFirstLink, ""
	case record == nil:
		return kept, "", "DRIFT_KEPT"
	}
	moved, drifted := desired != record.Sent, current != record.Held
	switch {
	case !moved && !drifted:
		return leave, "", ""
	case moved && !drifted && whose != theirs:
		return send, ReasonSourceChanged, ""
	case moved && !drifted:
		return kept, "", "DRIFT_KEPT"
	case !moved && whose != theirs:
		return send, ReasonDrift, "DRIFT_OVERWRITTEN"
	case !moved:
		return kept, "", "DRIFT_KEPT"
	case whose != theirs:
		return send, ReasonConflict, "DRIFT_CONFLICT"
	default:
		return kept, "", "DRIFT_CONFLICT"
	}
}
