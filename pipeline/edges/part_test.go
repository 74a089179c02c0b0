package edges

import (
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPart: brands that run at a time divide the memory, down to what one needs at all, and the processors.
func TestPart(t *testing.T) {
	type share struct {
		memory  string
		threads int
	}
	processors := runtime.GOMAXPROCS(0)
	for atATime, want := range map[int]share{
		0: {"3000MB", 0}, 1: {"3000MB", 0}, 2: {"1500MB", max(1, processors/2)}, 4: {"750MB", max(1, processors/4)}, 20: {"512MB", max(1, processors/20)},
	} {
		memory, threads := part(atATime)
		if diff := cmp.Diff(want, share{memory, threads}, cmp.AllowUnexported(share{})); diff != "" {
			t.Errorf("%d at a time (-want +got):\n%s", atATime, diff)
		}
	}
}
