package warehouse_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/check"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/plan"
	"fairesync/pipeline/warehouse"
)

// recordingChild is set in the environment of a process that does nothing but record until it is killed.
const recordingChild = "FAIRESYNC_TEST_RECORD_UNTIL_KILLED"

// A process that is killed while it records leaves the state of before or the state of after: every table of the same record,
// never older than what was acknowledged, and a file that opens.
func TestRecordSurvivesKills(t *testing.T) {
	if root := os.Getenv(recordingChild); root != "" {
		recordUntilKilled(t, root)
		return
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	root := t.TempDir()
	state, err := ledger.OpenState(root, "luma")
	if err != nil {
		t.Fatal(err)
	}
	defer state.Close()
	last := 0
	for kill := range kills() {
		// Every third time the clock starts after a record: on a machine with much to do 400 ms may not be enough for one.
		acknowledged := recordAndKill(t, root, last, kill%3 == 2, time.Duration(random.Int64N(int64(400*time.Millisecond))))
		memory, err := warehouse.OpenBook(state.DatabasePath()).Open(t.Context(), state.ObjectsDir())
		if err != nil {
			t.Fatalf("after kill %d: %v", kill, err)
		}
		last = recordOf(t, memory)
		if last != acknowledged && last != acknowledged+1 {
			t.Fatalf("after kill %d the file holds record %d, %d was acknowledged", kill, last, acknowledged)
		}
		checkpoint, err := state.ReadCheckpoint()
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("after kill %d: %v", kill, err)
		}
		if n := runNumber(t, checkpoint.Run); n > last {
			t.Fatalf("after kill %d the checkpoint is of record %d, the file holds %d", kill, n, last)
		}
	}
	if last == 0 {
		t.Error("nothing was recorded between the kills")
	}
}

func kills() int {
	if n, err := strconv.Atoi(os.Getenv("FAIRESYNC_TEST_KILLS")); err == nil {
		return n
	}
	return 12
}

// recordAndKill runs the child, kills it some time after it began, or after its first record, and returns the number it acknowledged
// last.
func recordAndKill(t *testing.T, root string, acknowledged int, recorded bool, after time.Duration) int {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	child := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestRecordSurvivesKills$")
	child.Env = append(os.Environ(), recordingChild+"="+root, "TMPDIR="+t.TempDir()) // what a killed child leaves goes with the test
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for begun := false; lines.Scan(); {
		if !begun { // its first line: it is about to record
			begun = true
			if !recorded {
				time.AfterFunc(after, cancel)
			}
			continue
		}
		if recorded {
			recorded = false
			time.AfterFunc(after, cancel)
		}
		n, ok := strings.CutPrefix(lines.Text(), "recorded ")
		if !ok {
			t.Fatalf("the child says %q", lines.Text())
		}
		if acknowledged, err = strconv.Atoi(n); err != nil {
			t.Fatal(err)
		}
	}
	_ = child.Wait() // it was killed
	return acknowledged
}

// recordUntilKilled is the child.
func recordUntilKilled(t *testing.T, root string) {
	state, err := ledger.OpenState(root, "luma")
	if err != nil {
		t.Fatal(err)
	}
	book := warehouse.OpenBook(state.DatabasePath())
	fmt.Println("begun")
	memory, err := book.Open(t.Context(), state.ObjectsDir())
	if err != nil {
		t.Fatal(err)
	}
	for n := recordOf(t, memory) + 1; ; n++ {
		if err := book.Record(t.Context(), numberedRecord(n, 400)); err != nil {
			t.Fatal(err)
		}
		fmt.Println("recorded", n)
		checkpoint, err := book.Checkpoint(t.Context(), state.ObjectsDir())
		if err != nil {
			t.Fatal(err)
		}
		if err := state.WriteCheckpoint(checkpoint); err != nil {
			t.Fatal(err)
		}
	}
}

// numberedRecord changes every table, and everywhere to its number.
func numberedRecord(n, products int) ledger.Record {
	name := fmt.Sprint(n)
	at := noon.Add(time.Duration(n) * time.Hour)
	record := ledger.Record{Run: "r" + name, Now: at, Account: catalog.Brand{ID: "b_1", Name: name}, Good: true, States: map[string]plan.State{},
		Types: []catalog.Type{{ID: "tt_1", Name: name}}, Generations: map[string]int{"wms:a": n},
		Exceptions: []check.Exception{{ID: "x1", Code: name}}}
	for i := range products {
		id := fmt.Sprintf("p_%d", i)
		record.States[id] = plan.State{Key: "wms:" + name, ProductID: id, Generation: n, Fields: map[string]plan.Value{"name": {Sent: name, Held: name}},
			Variants: map[string]plan.VariantState{"v_" + id: {Key: "wms:" + name, SKU: name, Generation: n}}}
		record.Refreshed = append(record.Refreshed, shirt(id, name, at))
	}
	return record
}

// recordOf says which record a state is of; all of its tables must say the same.
func recordOf(t *testing.T, memory ledger.Memory) int {
	t.Helper()
	numbers := map[string]int{"brand": runNumber(t, "r"+memory.Brand.Name)}
	w := restored(t, memory.Objects)
	for table, query := range map[string]string{
		"product_state": "SELECT min(generation) || ' ' || max(generation) FROM product_state",
		"variant_state": "SELECT min(sku) || ' ' || max(sku) FROM variant_state", "mirror_product": "SELECT min(name) || ' ' || max(name) FROM mirror_product",
		"token_generation":  "SELECT min(generation) || ' ' || max(generation) FROM token_generation",
		"taxonomy_type":     "SELECT min(name) || ' ' || max(name) FROM taxonomy_type",
		"exception_history": "SELECT min(code) || ' ' || max(code) FROM exception_history",
	} {
		found, err := warehouse.Text(t.Context(), w, "SELECT coalesce(("+query+"), '0 0')")
		if err != nil {
			t.Fatal(err)
		}
		low, high, _ := strings.Cut(found, " ")
		if low != high {
			t.Fatalf("%s holds rows of several records: %s", table, found)
		}
		numbers[table] = runNumber(t, "r"+low)
	}
	for table, n := range numbers {
		if n != numbers["brand"] {
			t.Fatalf("%s is of another record than brand: %v", table, numbers)
		}
	}
	return numbers["brand"]
}

// runNumber is the number in a run's name; 0 for none.
func runNumber(t *testing.T, run string) int {
	t.Helper()
	digits := strings.TrimPrefix(run, "r")
	if digits == "" {
		return 0
	}
	n, err := strconv.Atoi(digits)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
