package files

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"
)

// Bounds of what comes out of an archive. A file that grows more than maxRatio times is a bomb, unless it is small.
const (
	defaultUnpacked = 4 << 30
	maxRatio        = 200
	ratioFrom       = 64 << 20
)

// tooLargeError is a content that is too large, or grows too much.
type tooLargeError struct{ why string }

func (e *tooLargeError) Error() string { return e.why }

// maxUnpacked is how large a content may be, in bytes.
func (s *Source) maxUnpacked() int64 {
	if s.settings.MaxUnpackedMB > 0 {
		return s.settings.MaxUnpackedMB << 20
	}
	return defaultUnpacked
}

// grown says with an error that a content is too large for what it was packed in.
func (s *Source) grown(unpacked, packed int64) error {
	switch limit := s.maxUnpacked(); {
	case unpacked > limit:
		return &tooLargeError{fmt.Sprintf("holds more than %s unpacked, which is the limit", size(limit))}
	case unpacked > ratioFrom && unpacked/maxRatio > packed:
		return &tooLargeError{fmt.Sprintf("grows more than %d times as it is unpacked, as no feed does", maxRatio)}
	}
	return nil
}

// size is a number of bytes for people.
func size(bytes int64) string {
	for _, unit := range []struct {
		bytes int64
		name  string
	}{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if bytes >= unit.bytes && bytes%unit.bytes == 0 {
			return fmt.Sprintf("%d %s", bytes/unit.bytes, unit.name)
		}
	}
	return fmt.Sprintf("%d bytes", bytes)
}

// spool writes a stream to a file of its own, and stops where it grows too much. packed is the size of what it comes from.
func (s *Source) spool(ctx context.Context, in *input, stream io.Reader, packed int64, what string) (*content, error) {
	folder, err := s.scratch.folder()
	if err != nil {
		return nil, err
	}
	out, err := os.CreateTemp(folder, "feed-")
	if err != nil {
		return nil, fmt.Errorf("make a file to unpack in: %w", err)
	}
	made := &content{at: out, path: out.Name(), packed: what, spool: out}
	buf := make([]byte, bufferBytes)
	for {
		if err := ctx.Err(); err != nil {
			return nil, errors.Join(err, made.close())
		}
		n, err := io.ReadFull(stream, buf)
		made.size += int64(n)
		if failed := s.grown(made.size, packed); failed != nil {
			return nil, errors.Join(failed, made.close())
		}
		if _, failed := out.Write(buf[:n]); failed != nil {
			return nil, errors.Join(fmt.Errorf("unpack %s: %w", in.name, failed), made.close())
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF): // the end of the stream, which says errCut where it was cut
			return made, nil
		case err != nil:
			return nil, errors.Join(err, made.close())
		}
	}
}

// unpackGzip unpacks a gzip file of one or more members.
func (s *Source) unpackGzip(ctx context.Context, in *input) error {
	members := &gzipMembers{in: bufio.NewReaderSize(in.body.reader(), 1<<16)}
	made, err := s.spool(ctx, in, members, in.body.size, "a gzip file")
	if err != nil {
		return s.unpackError(in, "gzip file", err)
	}
	in.body = made
	return nil
}

// errTrailing is a gzip file with something behind its end.
var errTrailing = errors.New("something else follows the end")

// gzipMembers reads all members of a gzip file. The reader of the library takes what follows a member for another one.
type gzipMembers struct {
	in     *bufio.Reader
	member *gzip.Reader
}

func (g *gzipMembers) Read(p []byte) (int, error) {
	for {
		if g.member == nil {
			member, err := gzip.NewReader(g.in)
			if err != nil {
				return 0, cut(err)
			}
			member.Multistream(false)
			g.member = member
		}
		n, err := g.member.Read(p)
		if n > 0 || err == nil {
			return n, nil // an error comes again
		}
		if !errors.Is(err, io.EOF) {
			return 0, cut(err)
		}
		next, err := g.in.Peek(2)
		if len(next) == 0 {
			return 0, err
		}
		if !bytes.Equal(next, []byte(gzipMark)) {
			return 0, errTrailing
		}
		if err := g.member.Reset(g.in); err != nil {
			return 0, cut(err)
		}
		g.member.Multistream(false)
	}
}

// errCut is an archive that ends too early.
var errCut = errors.New("ends too early")

// cut gives the early end of an archive a name that io.ReadFull does not use.
func cut(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return errCut
	}
	return err
}

// unpackError says in a sentence why an archive cannot be unpacked.
func (s *Source) unpackError(in *input, what string, err error) error {
	var large *tooLargeError
	var corrupt flate.CorruptInputError
	switch {
	case errors.As(err, &large):
		return &FileError{Source: s.settings.Name, File: in.name, Why: large.why, Next: "check the export; if it is right, raise max_unpacked_mb", Err: err}
	case errors.Is(err, errCut), errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader), errors.Is(err, zip.ErrChecksum), errors.Is(err, zip.ErrFormat),
		errors.As(err, &corrupt):
		return &FileError{Source: s.settings.Name, File: in.name, Why: "is a damaged or cut off " + what, Next: "export it again", Err: err}
	case errors.Is(err, errTrailing):
		return &FileError{Source: s.settings.Name, File: in.name, Why: "goes on behind the end of the gzip file with something else", Next: "export it again", Err: err}
	case errors.Is(err, zip.ErrAlgorithm):
		return &FileError{Source: s.settings.Name, File: in.name, Why: "is packed in a way that is not read", Next: "pack it with deflate, the usual way, or not at all", Err: err}
	}
	return s.failed(in, err)
}

// unpackZip unpacks the feed of a zip archive.
func (s *Source) unpackZip(ctx context.Context, in *input, archive *zip.Reader) error {
	member, err := s.chooseMember(in, archive)
	if err != nil {
		return err
	}
	stream, err := member.Open()
	if err != nil {
		return s.unpackError(in, "zip archive", cut(err))
	}
	made, err := s.spool(ctx, in, &cutting{stream}, min(int64(min(member.CompressedSize64, 1<<62)), in.body.size), "a zip archive")
	if err = errors.Join(err, stream.Close()); err != nil {
		return s.unpackError(in, "zip archive", err)
	}
	in.body = made
	return nil
}

// cutting gives the early end of a member a name that io.ReadFull does not use.
type cutting struct{ in io.Reader }

func (c *cutting) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = errCut
	}
	return n, err
}

// chooseMember finds the feed in an archive: the member that the settings name, or the only one that can be one.
func (s *Source) chooseMember(in *input, archive *zip.Reader) (*zip.File, error) {
	var there, chosen []*zip.File
	for _, member := range archive.File {
		if isFeedMember(member) {
			there = append(there, member)
		}
	}
	if s.settings.Member != "" {
		for _, member := range there {
			name := slashed(member.Name)
			whole, err := path.Match(s.settings.Member, name)
			base, _ := path.Match(s.settings.Member, path.Base(name)) // the same pattern
			if err != nil {
				return nil, &SettingError{s.settings.Name, "member", "cannot be used: " + err.Error(), "write the name of a file in the archive"}
			}
			if whole || base || name == s.settings.Member {
				chosen = append(chosen, member)
			}
		}
		if len(chosen) == 0 {
			return nil, &SettingError{s.settings.Name, "member", fmt.Sprintf("names %q, which is not in %s", s.settings.Member, in.name), "the archive holds " + memberNames(there)}
		}
	} else {
		for _, member := range there {
			if readable, err := looksReadable(member); err != nil {
				return nil, s.unpackError(in, "zip archive", err)
			} else if readable {
				chosen = append(chosen, member)
			}
		}
		if len(chosen) == 0 {
			chosen = there // what it is will be said when it is read
		}
	}
	switch {
	case len(chosen) == 0:
		return nil, s.refuse(in, "is a zip archive without a feed", "export it again")
	case len(chosen) > 1:
		return nil, s.refuse(in, fmt.Sprintf("is a zip archive of %d files that may be the feed", len(chosen)), "say which: member: NAME; there are "+memberNames(chosen))
	case chosen[0].Flags&1 != 0:
		return nil, s.refuse(in, fmt.Sprintf("is a zip archive, and its %q is locked with a password", shorten(chosen[0].Name)), "pack it without a password")
	}
	return chosen[0], nil
}

// leftOver are the ends of names of files that go with a feed and are none.
var leftOver = []string{".ok", ".md5", ".sha1", ".sha256", ".sfv"}

// isFeedMember says whether a member of an archive can be a feed by its name and size: no folder, nothing that systems leave behind,
// no marker or checksum, and not empty.
func isFeedMember(member *zip.File) bool {
	name := slashed(member.Name)
	base := path.Base(name)
	lower := strings.ToLower(base)
	switch {
	case strings.HasSuffix(name, "/"), member.UncompressedSize64 == 0, isUnfinished(base), slices.Contains([]string{"thumbs.db", "desktop.ini"}, lower):
		return false
	case slices.Contains(strings.Split(name, "/"), "__MACOSX"):
		return false
	}
	return !slices.ContainsFunc(leftOver, func(end string) bool { return strings.HasSuffix(lower, end) })
}

func slashed(name string) string { return strings.ReplaceAll(name, `\`, "/") }

// looksReadable says whether a member begins as a format that is read does: a workbook, Parquet, another archive, or text.
func looksReadable(member *zip.File) (readable bool, err error) {
	if member.Flags&1 != 0 {
		return true, nil // nobody can tell
	}
	in, err := member.Open()
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	head := make([]byte, parityBytes)
	n, err := io.ReadFull(in, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, err
	}
	head = head[:n]
	for _, begin := range []string{"PK\x03\x04", gzipMark, parquetMark, "\xff\xfe", "\xfe\xff"} {
		if bytes.HasPrefix(head, []byte(begin)) {
			return true, nil
		}
	}
	for _, begin := range []string{"%PDF", "{\\rtf"} {
		if bytes.HasPrefix(head, []byte(begin)) {
			return false, nil
		}
	}
	return bytes.IndexByte(head, 0) < 0 && !bytes.HasPrefix(head, []byte("\xff\xd8")) || byZeros(head) != "", nil
}

// memberNames lists members for people.
func memberNames(members []*zip.File) string {
	const most = 8
	var names []string
	for _, member := range members {
		names = append(names, fmt.Sprintf("%q", shorten(slashed(member.Name))))
	}
	slices.Sort(names)
	if len(names) > most {
		names = append(names[:most], fmt.Sprintf("and %d more", len(names)-most))
	}
	return strings.Join(names, ", ")
}
