package view_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/check"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/view"
)

func TestMetrics(t *testing.T) {
	s := ledger.Summary{Run: "r", Command: "run", Brand: `lu"ma`, Started: noon, Ended: noon.Add(2500 * time.Millisecond), Status: "held", Exit: 4,
		Unchanged: 7, Planned: 2, Held: 1, Sources: map[string]int64{"wms": 8, "prices": 2}, Exceptions: map[check.Severity]int{check.Error: 3},
		HeldBy: map[string]int{"PRICE_MOVE": 1}, Requests: ledger.Requests{Planned: 2, Sent: 2, OK: 1, Refused: 1, Reads: 9}, MS: map[string]int64{"plan": 7, "load": 2000}}
	const want = `# HELP fairesync_run_started_timestamp_seconds When the newest run began.
# TYPE fairesync_run_started_timestamp_seconds gauge
fairesync_run_started_timestamp_seconds{brand="lu\"ma",command="run"} 1795435200.000
# HELP fairesync_run_duration_seconds How long it took.
# TYPE fairesync_run_duration_seconds gauge
fairesync_run_duration_seconds{brand="lu\"ma",command="run"} 2.500
# HELP fairesync_run_exit_code Its exit code: 0 done, 4 a guard held something, 5 partly applied; fairesync run --help has all.
# TYPE fairesync_run_exit_code gauge
fairesync_run_exit_code{brand="lu\"ma",status="held"} 4
# HELP fairesync_last_success_timestamp_seconds When the newest run ended that did its work.
# TYPE fairesync_last_success_timestamp_seconds gauge
fairesync_last_success_timestamp_seconds{brand="lu\"ma"} 1795431600.000
# HELP fairesync_rows Source rows by what became of them.
# TYPE fairesync_rows gauge
fairesync_rows{brand="lu\"ma",state="held"} 1
fairesync_rows{brand="lu\"ma",state="ignored"} 0
fairesync_rows{brand="lu\"ma",state="planned"} 2
fairesync_rows{brand="lu\"ma",state="unchanged"} 7
# HELP fairesync_source_rows Rows each source delivered.
# TYPE fairesync_source_rows gauge
fairesync_source_rows{brand="lu\"ma",source="prices"} 2
fairesync_source_rows{brand="lu\"ma",source="wms"} 8
# HELP fairesync_exceptions Open exceptions by severity.
# TYPE fairesync_exceptions gauge
fairesync_exceptions{brand="lu\"ma",severity="error"} 3
fairesync_exceptions{brand="lu\"ma",severity="info"} 0
fairesync_exceptions{brand="lu\"ma",severity="warning"} 0
# HELP fairesync_held_changes Changes that were worked out and not sent, by the code that holds them.
# TYPE fairesync_held_changes gauge
fairesync_held_changes{brand="lu\"ma",code="PRICE_MOVE"} 1
# HELP fairesync_requests Requests to Faire: planned, sent, ok, refused and carried_over are of those that write.
# TYPE fairesync_requests gauge
fairesync_requests{brand="lu\"ma",kind="carried_over"} 0
fairesync_requests{brand="lu\"ma",kind="ok"} 1
fairesync_requests{brand="lu\"ma",kind="planned"} 2
fairesync_requests{brand="lu\"ma",kind="reads"} 9
fairesync_requests{brand="lu\"ma",kind="refused"} 1
fairesync_requests{brand="lu\"ma",kind="sent"} 2
# HELP fairesync_step_duration_seconds How long each step took.
# TYPE fairesync_step_duration_seconds gauge
fairesync_step_duration_seconds{brand="lu\"ma",step="load"} 2.000
fairesync_step_duration_seconds{brand="lu\"ma",step="plan"} 0.007
`
	if diff := cmp.Diff(want, view.Metrics(s, noon.Add(-time.Hour))); diff != "" {
		t.Errorf("metrics (-want +got):\n%s", diff)
	}
}
