package edges

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/load"
	"fairesync/pipeline/report"
)

// TestShown: the workbook hears of every outcome in the load's own words, and of a batch, per change, what did not go.
func TestShown(t *testing.T) {
	none := map[string]report.Outcome{}
	for _, test := range []struct {
		outcome load.Outcome
		want    report.Outcome
	}{
		{load.Outcome{Status: load.Applied}, report.Outcome{Status: "applied", Failed: none}},
		{load.Outcome{Status: load.Refused, Message: "no"}, report.Outcome{Status: "refused", Message: "no", Failed: none}},
		{load.Outcome{Status: load.Unknown, Message: "timeout"}, report.Outcome{Status: "unknown", Message: "timeout", Failed: none}},
		{load.Outcome{Status: load.NotTried, Message: "stopped"}, report.Outcome{Status: "not_tried", Message: "stopped", Failed: none}},
		{load.Outcome{Status: load.CarriedOver, Message: "budget"}, report.Outcome{Status: "carried_over", Message: "budget", Failed: none}},
		{load.Outcome{Status: load.Partly, Message: "po_1", Failed: []load.FailedEntry{
			{Key: "po_1", Status: load.Refused, Message: "po_1", Changes: []string{"c1", "c2"}},
			{Key: "po_2", Status: load.CarriedOver, Message: "budget", Changes: []string{"c3"}},
		}}, report.Outcome{Status: "partly", Failed: map[string]report.Outcome{
			"c1": {Status: "refused", Message: "po_1"}, "c2": {Status: "refused", Message: "po_1"}, "c3": {Status: "carried_over", Message: "budget"},
		}}},
	} {
		if diff := cmp.Diff(test.want, shown(test.outcome)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.outcome.Status, diff)
		}
	}
}
