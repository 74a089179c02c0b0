package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"path/filepath"

	"fairesync/pipeline/stage"
)

// File is an open input. It is read at offsets, from more than one place at a time.
type File interface {
	io.ReaderAt
	io.Closer
	Stat() (fs.FileInfo, error)
}

// input is one file of a feed.
type input struct {
	path   string
	name   string // base name
	file   File
	info   fs.FileInfo // as it was before the first byte was read
	sha256 string
	body   *content // what is read: the file, or what came out of it
	format format
	header header
	empty  bool // has no rows at all, not even a header

	survey  *survey // of a text: what its bytes tell of its encoding
	guessed bool    // the encoding is Windows-1252 for want of another
}

func (in *input) reader() *io.SectionReader { return io.NewSectionReader(in.file, 0, in.info.Size()) }

// open opens all files of the feed.
func (s *Source) open() ([]*input, error) {
	names, err := s.find()
	if err != nil {
		return nil, err
	}
	var inputs []*input
	base := map[string]bool{}
	for _, path := range names {
		in := &input{path: path, name: filepath.Base(path)}
		if base[in.name] {
			closeAll(inputs)
			return nil, s.refuse(in, "is there twice, in two folders", "give the files of a feed different names")
		}
		base[in.name] = true
		if err := s.openOne(in); err != nil {
			closeAll(inputs)
			return nil, err
		}
		inputs = append(inputs, in)
	}
	return inputs, nil
}

func (s *Source) openOne(in *input) error {
	file, err := s.openFile(in.path)
	if err != nil {
		why := "cannot be opened"
		if errors.Is(err, fs.ErrNotExist) {
			why = "is not there"
		}
		return &FileError{Source: s.settings.Name, File: in.name, Why: why, Next: "check path, and that the export was delivered", Err: err}
	}
	in.file = file
	in.info, err = file.Stat()
	if err == nil && !in.info.Mode().IsRegular() {
		err = errors.New("not a regular file")
	}
	if err != nil {
		_ = file.Close() // nothing was written
		return &FileError{Source: s.settings.Name, File: in.name, Why: "is no file that can be read", Next: "check path", Err: err}
	}
	in.body = &content{at: file, size: in.info.Size(), path: in.path}
	return nil
}

func closeAll(inputs []*input) {
	for _, in := range inputs {
		_ = in.file.Close() // nothing was written
		_ = in.body.close() // goes with its folder
	}
}

// refuse makes the error for a file that is not read.
func (s *Source) refuse(in *input, why, next string) error {
	return &FileError{Source: s.settings.Name, File: in.name, Why: why, Next: next}
}

// unchanged says with an error that a file was written to while it was read.
func (s *Source) unchanged(in *input) error {
	now, err := in.file.Stat()
	if err != nil {
		return &FileError{Source: s.settings.Name, File: in.name, Why: "cannot be examined after reading", Next: "run again", Err: err}
	}
	if now.Size() != in.info.Size() || !now.ModTime().Equal(in.info.ModTime()) {
		return s.refuse(in, "changed while it was read", "run again when the export is complete; writing it under another name and renaming it avoids this")
	}
	return nil
}

// keep copies the inputs, as they are, to the run folder while they are parsed. The function it returns waits for the copies.
func (s *Source) keep(ctx context.Context, sink stage.Sink, inputs []*input) (wait func() error, err error) {
	pages := make([]io.WriteCloser, 0, len(inputs))
	for _, in := range inputs {
		page, err := sink.Page(in.name)
		if err != nil {
			for _, open := range pages {
				err = errors.Join(err, open.Close())
			}
			return nil, fmt.Errorf("source %s: keep %s: %w", s.settings.Name, in.name, err)
		}
		pages = append(pages, page)
	}
	done := make(chan error, 1)
	go func() {
		var all error
		for i, in := range inputs {
			if err := in.copyTo(ctx, pages[i]); err != nil {
				all = errors.Join(all, fmt.Errorf("source %s: keep %s: %w", s.settings.Name, in.name, err))
			}
		}
		done <- all
	}()
	return func() error { return <-done }, nil
}

// copyTo copies an input and digests it.
func (in *input) copyTo(ctx context.Context, page io.WriteCloser) (err error) {
	defer func() {
		if failed := page.Close(); failed != nil && err == nil {
			err = failed
		}
	}()
	digest := sha256.New()
	if _, err := io.Copy(page, &hashing{ctx, in.reader(), digest}); err != nil {
		return err
	}
	in.sha256 = hex.EncodeToString(digest.Sum(nil))
	return nil
}

// hashing reads until its context ends, and digests what it reads.
type hashing struct {
	ctx    context.Context //nolint:containedctx // lives for one copy
	in     io.Reader
	digest hash.Hash
}

func (h *hashing) Read(p []byte) (int, error) {
	if err := h.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := h.in.Read(p)
	h.digest.Write(p[:n])
	return n, err
}
