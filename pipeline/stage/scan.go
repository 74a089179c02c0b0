package stage

import "context"

// Scan hands over the rows of a file that only the warehouse can read, as text. It is used by one goroutine.
type Scan interface {
	// Columns are those of every batch, in order.
	Columns() []ScanColumn
	// Batch returns the rows from one on, counted from 0; one without rows is the end. The caller may keep it.
	Batch(ctx context.Context, first int64) (*Batch, error)
	// Close gives up what the scan holds on disk.
	Close() error
}

// ScanColumn is a column of a scanned file.
type ScanColumn struct {
	Name string
	// Kind is what its values were before they became text, in a word for people: text, whole number, decimal number. Columns of
	// two files whose kinds differ do not mix. Blank: no row has a value.
	Kind string
}

// ScanError is a file a scan refuses for what it holds.
type ScanError struct {
	Why  string // goes on after the file: "has a column …"
	Next string
	Err  error
}

func (e *ScanError) Error() string { return "the file " + e.Why }

// Hint says what to do.
func (e *ScanError) Hint() string { return e.Next }

func (e *ScanError) Unwrap() error { return e.Err }
