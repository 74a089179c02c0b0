package ledger_test

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/ledger"
)

func TestCheckpointRoundTrip(t *testing.T) {
	state := openState(t)
	if _, err := state.ReadCheckpoint(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("before the first: %v", err)
	}
	sum, err := state.PutObject([]byte("PAR1"))
	if err != nil {
		t.Fatal(err)
	}
	first := ledger.Checkpoint{Layout: 1, Objects: map[string]string{"product_state": sum}}
	second := ledger.Checkpoint{Layout: 1, Brand: catalog.Brand{ID: "b_1", Name: "Luma", Currency: "USD", Locale: "en_US"}, MirrorUntil: noon,
		LastFullWalk: noon.Add(-time.Hour), GoodRows: map[string]int64{"wms": 120}, Run: "20261123T120000Z-0001", Recorded: noon.Add(time.Minute),
		Objects: map[string]string{"product_state": sum, "variant_state": sum}}
	for _, want := range []ledger.Checkpoint{first, second} {
		if err := state.WriteCheckpoint(want); err != nil {
			t.Fatal(err)
		}
		got, err := state.ReadCheckpoint()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("checkpoint (-want +got):\n%s", diff)
		}
	}
	if info, err := os.Stat(state.Path(ledger.CheckpointName)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

// A checkpoint that could not be restored does not replace one that can.
func TestCheckpointNamesWhatIsThere(t *testing.T) {
	state := openState(t)
	sum, err := state.PutObject([]byte("PAR1"))
	if err != nil {
		t.Fatal(err)
	}
	good := ledger.Checkpoint{Layout: 1, Objects: map[string]string{"product_state": sum}}
	if err := state.WriteCheckpoint(good); err != nil {
		t.Fatal(err)
	}
	for _, sum := range []string{strings.Repeat("0", 64), "../brand.duckdb", ""} {
		err := state.WriteCheckpoint(ledger.Checkpoint{Layout: 1, Objects: map[string]string{"variant_state": sum}})
		if err == nil || !strings.Contains(err.Error(), "table variant_state") {
			t.Errorf("a table in %q: %v", sum, err)
		}
	}
	if got, err := state.ReadCheckpoint(); err != nil || !cmp.Equal(good, got) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestCheckpointThatCannotBeRead(t *testing.T) {
	for name, content := range map[string]string{"cut off": `{"layout": 1, "obj`, "a path": `{"objects": {"product_state": "../../etc/passwd"}}`, "a list": `[]`} {
		state := openState(t)
		overwrite(t, state.Path(ledger.CheckpointName), content)
		_, err := state.ReadCheckpoint()
		var unreadable *ledger.CheckpointError
		if !errors.As(err, &unreadable) || unreadable.Hint() == "" || unreadable.Path != state.Path(ledger.CheckpointName) || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
