package files

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// content is what a format reads: the file itself, or what came out of its archive.
type content struct {
	at       io.ReaderAt
	size     int64
	path     string   // of the file, for a reader that opens files itself
	packed   string   // the archive it came out of, in words for people; blank: none
	spool    *os.File // where it was unpacked to
	encoding encoding // of text
	bom      int64    // bytes of the byte order mark
}

func (c *content) reader() *io.SectionReader { return io.NewSectionReader(c.at, 0, c.size) }

// text is the content as UTF-8, without a byte order mark.
func (c *content) text() io.Reader {
	return c.encoding.decode(io.NewSectionReader(c.at, c.bom, c.size-c.bom))
}

// head is the beginning of the content as it is stored.
func (c *content) head(size int64) ([]byte, error) {
	head := make([]byte, min(size, c.size))
	n, err := c.at.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return head[:n], nil
}

// textHead is the beginning of the text, and whether that is all of it.
func (c *content) textHead(size int) (head []byte, whole bool, err error) {
	head, err = io.ReadAll(io.LimitReader(c.text(), int64(size)+1))
	if len(head) > size {
		return head[:size], false, err
	}
	return head, true, err
}

func (c *content) close() error {
	if c.spool == nil {
		return nil
	}
	return c.spool.Close()
}

// scratch is the folder in which an extraction unpacks; it is made when the first file needs it.
type scratch struct {
	parent string // blank: the system's
	source string
	dir    string
}

func (s *scratch) folder() (string, error) {
	if s.dir != "" {
		return s.dir, nil
	}
	if s.parent != "" { // what a run left that was killed; no other reads this source of the brand now
		old, _ := filepath.Glob(filepath.Join(s.parent, ".feed-"+s.source+".*")) // a folder with a bracket in its path keeps them
		for _, dir := range old {
			if err := os.RemoveAll(dir); err != nil {
				return "", fmt.Errorf("remove what an earlier run unpacked: %w", err)
			}
		}
	}
	made, err := os.MkdirTemp(s.parent, ".feed-"+s.source+".")
	if err != nil {
		return "", fmt.Errorf("make a folder to unpack in: %w", err)
	}
	s.dir = made
	return made, nil
}

func (s *scratch) remove() error {
	if s.dir == "" {
		return nil
	}
	return os.RemoveAll(s.dir)
}
