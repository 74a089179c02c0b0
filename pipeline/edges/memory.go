package edges

import (
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/source/apparelmagic"
)

// memories are those of a brand's sources. The brand's folder is opened after the sources are made, so that a mistake in the configuration
// makes no folder.
type memories struct {
	state    *ledger.State // nil: there is nothing to remember, and nowhere to
	readOnly bool          // a dry run may look, but leaves everything as it is
}

// of is the memory of one source. Where there are no memories, as for doctor, it is none.
func (m *memories) of(source string) apparelmagic.Memory {
	if m == nil {
		return nil
	}
	return oneMemory{m, source}
}

// oneMemory is that of one source.
type oneMemory struct {
	all    *memories
	source string
}

// Load gives what was stored last.
func (m oneMemory) Load() ([]byte, error) {
	if m.all.state == nil {
		return nil, nil
	}
	return m.all.state.SourceMemory(m.source).Load()
}

// Store replaces it, but for a dry run.
func (m oneMemory) Store(data []byte) error {
	if m.all.state == nil || m.all.readOnly {
		return nil
	}
	return m.all.state.SourceMemory(m.source).Store(data)
}
