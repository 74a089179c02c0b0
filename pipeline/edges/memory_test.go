package edges

import (
	"testing"

	"fairesync/pipeline/ledger"
)

// TestMemories: a run that may write remembers in the brand's folder, a dry run only looks, and before the folder is there, as for those
// who open none, there is nothing.
func TestMemories(t *testing.T) {
	state, err := ledger.OpenState(t.TempDir(), "luma")
	if err != nil {
		t.Fatal(err)
	}
	defer state.Close() //nolint:errcheck // a test
	if (*memories)(nil).of("wms") != nil {
		t.Error("there is a memory where nothing may be remembered")
	}
	early := &memories{}
	if err := early.of("wms").Store([]byte("early")); err != nil {
		t.Error(err)
	}
	if err := (&memories{state: state, readOnly: true}).of("wms").Store([]byte("dry")); err != nil {
		t.Error(err)
	}
	for _, m := range []*memories{early, {state: state}} {
		if data, err := m.of("wms").Load(); err != nil || data != nil {
			t.Errorf("%q, %v", data, err)
		}
	}
	early.state = state // the folder is opened after the sources were made
	if err := early.of("wms").Store([]byte("real")); err != nil {
		t.Error(err)
	}
	if data, err := (&memories{state: state, readOnly: true}).of("wms").Load(); err != nil || string(data) != "real" {
		t.Errorf("%q, %v", data, err)
	}
}
