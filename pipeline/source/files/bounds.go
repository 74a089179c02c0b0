package files

import (
	"archive/zip"
	"errors"
	"fmt"
	"strings"
)

// Bounds of a workbook, as the format has them.
const (
	maxSheetRows = 1 << 20
	// maxHeldParts is how large all parts of a workbook may be that are held in memory: all but worksheets and shared texts, which
	// are unpacked to disk.
	maxHeldParts = 1 << 30
)

// boundWorkbook refuses a workbook by what its directory says of its parts. A part cannot hold more than that: the reader of the
// archive stops there.
func (s *Source) boundWorkbook(in *input, archive *zip.Reader) error {
	var total, held int64
	seen := map[string]bool{}
	for _, file := range archive.File {
		name := strings.ToLower(slashed(file.Name))
		if seen[name] {
			return s.refuse(in, fmt.Sprintf("is a workbook that holds %q twice", shorten(file.Name)), "open it in a spreadsheet program and save it again")
		}
		seen[name] = true
		size := int64(min(file.UncompressedSize64, 1<<62))
		if size > s.maxUnpacked() {
			return s.unpackError(in, "workbook", s.grown(size, in.body.size))
		}
		total += size
		if !strings.HasPrefix(name, "xl/worksheets/sheet") && name != "xl/sharedstrings.xml" {
			held += size
		}
		if err := s.grown(total, in.body.size); err != nil {
			return s.unpackError(in, "workbook", err)
		}
	}
	if held > maxHeldParts {
		return s.refuse(in, fmt.Sprintf("holds more than %s of pictures and other things beside its sheets", size(maxHeldParts)), "remove the pictures, or save it as CSV UTF-8")
	}
	return nil
}

// errSheet is a sheet no spreadsheet program writes.
var errSheet = errors.New("no sheet of a spreadsheet program")
