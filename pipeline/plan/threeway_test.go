package plan

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestThreeWay writes down every case of the three-way comparison: whose the field is, what the record says, what the source wants
// and what Faire holds. testdata/three-way.txt is to be read; a change of decide shows there.
func TestThreeWay(t *testing.T) {
	verdicts := map[verdict]string{leave: "leave", settle: "settle", send: "send", firstLink: "first link", kept: "kept"}
	var table strings.Builder
	line := func(cells ...any) { fmt.Fprintf(&table, "%-12s %-8s %-9s %-9s %-11s %-15s %s\n", cells...) }
	line("whose", "record", "desired", "current", "verdict", "reason", "code")
	for _, whose := range []struct {
		name  string
		owner owner
	}{{"ours", ours}, {"theirs", theirs}, {"create only", createOnly}, {"excluded", excluded}} {
		for _, record := range []struct {
			name  string
			value *Value
		}{{"none", nil}, {"equal", &Value{Sent: "A", Held: "A"}}, {"made own", &Value{Sent: "A", Held: "B"}}} {
			for _, desired := range []string{"", "A", "B", "C"} {
				for _, current := range []string{"", "A", "B", "D"} {
					what, reason, code := decide(desired, current, desired != "", desired == current, record.value, whose.owner)
					line(whose.name, record.name, or(desired), or(current), verdicts[what], or(string(reason)), or(code))
				}
			}
		}
	}
	const path = "testdata/three-way.txt"
	if *update {
		if err := os.WriteFile(path, []byte(table.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), table.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func or(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
