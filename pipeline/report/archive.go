package report

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"slices"
	"strings"
)

// archive is the zip a workbook is written as. excelize adds the sheets in the order of a map, so the parts are kept packed
// until all are there and written sorted, without times: same parts, same bytes.
type archive struct {
	w     io.Writer
	parts []*part
}

// part is one file of the archive, packed as it is written.
type part struct {
	name   string
	packed bytes.Buffer
	pack   *flate.Writer
	size   uint64
	crc    uint32
}

// Create begins a part.
func (a *archive) Create(name string) (io.Writer, error) {
	p := &part{name: name}
	pack, err := flate.NewWriter(&p.packed, flate.DefaultCompression)
	if err != nil {
		return nil, err
	}
	p.pack = pack
	a.parts = append(a.parts, p)
	return p, nil
}

func (p *part) Write(data []byte) (int, error) {
	p.size += uint64(len(data))
	p.crc = crc32.Update(p.crc, crc32.IEEETable, data)
	return p.pack.Write(data)
}

// AddFS is part of excelize's interface; nothing calls it.
func (a *archive) AddFS(fs.FS) error { return errors.ErrUnsupported }

// Close writes the archive. [Content_Types].xml sorts first, where readers that look at the beginning want it.
func (a *archive) Close() error {
	slices.SortFunc(a.parts, func(x, y *part) int { return strings.Compare(x.name, y.name) })
	out := zip.NewWriter(a.w)
	for _, p := range a.parts {
		if err := p.pack.Close(); err != nil {
			return err
		}
		w, err := out.CreateRaw(&zip.FileHeader{
			Name: p.name, Method: zip.Deflate, CRC32: p.crc,
			CompressedSize64: uint64(p.packed.Len()), UncompressedSize64: p.size,
		})
		if err != nil {
			return err
		}
		if _, err := p.packed.WriteTo(w); err != nil {
			return err
		}
	}
	return out.Close()
}
