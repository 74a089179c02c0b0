package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

const (
	lockName     = "lock"
	lockInfoName = "lock.json"
	begunName    = "begun.json"
)

// Holder says who holds a brand's lock: lock.json. It informs people and never decides whether the lock is held.
type Holder struct {
	Run     string    `json:"run"`
	Command string    `json:"command"`
	Host    string    `json:"host,omitempty"`
	PID     int       `json:"pid,omitempty"`
	Started time.Time `json:"started"`
}

// Lock is the right to work on a brand. The kernel takes it back when the process ends, however it ends.
type Lock struct {
	state *State
	file  *os.File
}

// Lock takes the brand's lock without waiting. If another process has it, the error is a *BusyError.
func (s *State) Lock(holder Holder) (*Lock, error) {
	// The file is never removed: a lock on a file that has lost its name excludes nobody.
	file, err := s.root.OpenFile(lockName, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock of brand %s: %w", s.brand, err)
	}
	if err := flockSoon(file); err != nil {
		closing := file.Close()
		if !errors.Is(err, unix.EWOULDBLOCK) {
			return nil, errors.Join(fmt.Errorf("lock of brand %s: %w", s.brand, err), closing)
		}
		busy := &BusyError{Brand: s.brand}
		// The holder writes this just after it took the lock; if it is not there yet, the message does without.
		_ = s.ReadJSON(lockInfoName, &busy.Holder)
		return nil, busy
	}
	lock := &Lock{state: s, file: file}
	if err := s.WriteJSON(lockInfoName, holder); err != nil {
		return nil, errors.Join(err, lock.Release())
	}
	return lock, nil
}

// Holder is who holds the brand's lock; nil if nobody does. lock.json outlives a run that was killed, so the kernel is asked too: a
// shared lock cannot be had beside the exclusive one of a run.
func (s *State) Holder() (*Holder, error) {
	var holder Holder
	if err := s.ReadJSON(lockInfoName, &holder); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return nil, err
	}
	file, err := s.root.Open(lockName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("lock of brand %s: %w", s.brand, err)
	}
	defer file.Close() //nolint:errcheck // this gives the lock back
	err = flock(file, unix.LOCK_SH)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return &holder, nil
	}
	return nil, err
}

// WriteHolder keeps in the run's own folder who began it: begun.json. A run that dies writes no summary.
func (r *Run) WriteHolder(holder Holder) error { return r.WriteJSON(begunName, holder) }

// ReadHolder reads who began the run; by its id and as run, if the folder does not say.
func (r *Run) ReadHolder() (Holder, error) {
	var holder Holder
	err := r.ReadJSON(begunName, &holder)
	if errors.Is(err, fs.ErrNotExist) {
		holder = Holder{Run: r.id, Command: "run"}
		holder.Started, err = ParseRunID(r.id)
	}
	return holder, err
}

// flockSoon tries for a tenth of a second: whoever only asks who holds the lock (fairesync status) has it for a moment, and must not
// keep a run from starting.
func flockSoon(file *os.File) error {
	const tries, wait = 10, 10 * time.Millisecond
	for n := 1; ; n++ {
		err := flock(file, unix.LOCK_EX)
		if n == tries || !errors.Is(err, unix.EWOULDBLOCK) {
			return err
		}
		time.Sleep(wait)
	}
}

// flock takes a lock on the open file, exclusive or shared, or fails with EWOULDBLOCK.
func flock(file *os.File, how int) error {
	connection, err := file.SyscallConn()
	if err != nil {
		return err
	}
	var result error
	err = connection.Control(func(fd uintptr) {
		for {
			result = unix.Flock(int(fd), how|unix.LOCK_NB)
			if !errors.Is(result, unix.EINTR) {
				return
			}
		}
	})
	return errors.Join(err, result)
}

// Release gives the lock back.
func (l *Lock) Release() error {
	err := l.state.root.Remove(lockInfoName)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, l.file.Close()) // closing the only handle ends the lock
}

// BusyError says that a run of the brand is under way. Holder is empty if it has not said who it is yet.
type BusyError struct {
	Brand  string
	Holder Holder
}

func (e *BusyError) Error() string {
	if e.Holder.Run == "" {
		return fmt.Sprintf("brand %s is being synced by another run", e.Brand)
	}
	where := ""
	if e.Holder.Host != "" {
		where = " on " + e.Holder.Host
	}
	return fmt.Sprintf("brand %s is being synced by run %s (%s)%s since %s",
		e.Brand, e.Holder.Run, e.Holder.Command, where, e.Holder.Started.UTC().Format(time.RFC3339))
}

// Hint says what to do.
func (e *BusyError) Hint() string {
	return "wait until it has ended; its progress is in fairesync status"
}
