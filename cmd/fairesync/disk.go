package main

import (
	"errors"
	"io/fs"
	"strings"
	"syscall"

	"fairesync/pipeline/view"
)

// diskError adds what helps to an error of the disk.
type diskError struct {
	error
	next string
}

func (e *diskError) Unwrap() error { return e.error }

// Hint says what to do.
func (e *diskError) Hint() string { return e.next }

// onDisk adds what helps to an error of the disk that has no hint of its own. The database tells of the disk in words only.
func onDisk(err error) error {
	if err == nil || len(view.Hints(err)) > 0 {
		return err
	}
	for _, known := range []struct {
		errors []error
		words  []string
		next   string
	}{
		{[]error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG}, []string{"No space left on device", "Disk quota exceeded", "File too large"},
			"make room where the state folder is, then run again: it goes on with what is left"},
		{[]error{syscall.EROFS, fs.ErrPermission, syscall.ENOTDIR, syscall.EISDIR}, []string{"Read-only file system", "Permission denied"},
			"let the user that runs fairesync write to the state folder and everything in it, then run again: it goes on with what is left"},
	} {
		for _, one := range known.errors {
			if errors.Is(err, one) {
				return &diskError{err, known.next}
			}
		}
		for _, words := range known.words {
			if strings.Contains(err.Error(), words) {
				return &diskError{err, known.next}
			}
		}
	}
	return err
}
