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

// decide is the three-way comparison of one field (design §4.8). sent and held are what the record says, nil if there is none.
//
//	desired    | current    | record | whose        | verdict
//	-----------+------------+--------+--------------+----------------------------------------------
//	blank      | any        | any    | any          | leave   (blank means: as it is)
//	= current  |            | any    | any          | settle
//	differs    |            | none   | ours         | firstLink (theirs by first_link: kept)
//	differs    |            | none   | theirs       | kept
//	= sent     | = held     | there  | any          | leave   (Faire made its own of what we sent)
//	moved      | = held     | there  | ours         | send    source_changed
//	moved      | = held     | there  | theirs       | kept
//	= sent     | moved      | there  | ours         | send    drift, DRIFT_OVERWRITTEN
//	= sent     | moved      | there  | theirs       | kept    DRIFT_KEPT
//	moved      | moved      | there  | ours         | send    conflict, DRIFT_CONFLICT
//	moved      | moved      | there  | theirs       | kept    DRIFT_CONFLICT
func decide(desired, current string, present, same bool, record *Value, ours bool) (verdict, Reason, string) {
	switch {
	case !present:
		return leave, "", ""
	case same:
		return settle, "", ""
	case record == nil && ours:
		return firstLink, ReasonFirstLink, ""
	case record == nil:
		return kept, "", "DRIFT_KEPT"
	}
	moved, drifted := desired != record.Sent, current != record.Held
	switch {
	case !moved && !drifted:
		return leave, "", ""
	case moved && !drifted && ours:
		return send, ReasonSourceChanged, ""
	case moved && !drifted:
		return kept, "", "DRIFT_KEPT"
	case !moved && ours:
		return send, ReasonDrift, "DRIFT_OVERWRITTEN"
	case !moved:
		return kept, "", "DRIFT_KEPT"
	case ours:
		return send, ReasonConflict, "DRIFT_CONFLICT"
	default:
		return kept, "", "DRIFT_CONFLICT"
	}
}
