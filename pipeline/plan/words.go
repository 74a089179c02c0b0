package plan

// Words says the reason in a few words, for tables and workbooks; an unknown reason is its own words.
func (r Reason) Words() string {
	switch r {
	case ReasonNew:
		return "not on Faire yet"
	case ReasonSourceChanged:
		return "changed in the source"
	case ReasonFirstLink:
		return "first meeting with a product that was on Faire before"
	case ReasonDrift:
		return "changed on Faire, goes back to ours"
	case ReasonConflict:
		return "changed on both sides, ours wins"
	case ReasonPublishable:
		return "what kept it unpublished is there now"
	case ReasonGone:
		return "gone from the source"
	case ReasonInactive:
		return "inactive in the source"
	case ReasonUndone:
		return "taken back"
	}
	return string(r)
}
