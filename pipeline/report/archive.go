package report

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/xml"
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
	held   *bytes.Buffer // what is put in order before it is packed; nil: packed as it comes
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
	if name == contentTypes {
		p.held = &bytes.Buffer{}
	}
	a.parts = append(a.parts, p)
	return p, nil
}

// contentTypes is the part that lists the kinds of the others.
const contentTypes = "[Content_Types].xml"

// inOrder is that list with its entries sorted: excelize adds those of pictures in the order of a map.
func inOrder(list []byte) ([]byte, error) {
	type entry struct {
		Extension   string `xml:"Extension,attr,omitempty"`
		PartName    string `xml:"PartName,attr,omitempty"`
		ContentType string `xml:"ContentType,attr"`
	}
	var types struct {
		XMLName  xml.Name `xml:"http://schemas.openxmlformats.org/package/2006/content-types Types"`
		Default  []entry
		Override []entry
	}
	if err := xml.Unmarshal(list, &types); err != nil {
		return nil, err
	}
	types.Default = slices.DeleteFunc(types.Default, func(e entry) bool { return strings.HasPrefix(e.ContentType, "image/") }) // there are none
	slices.SortFunc(types.Default, func(a, b entry) int { return strings.Compare(a.Extension, b.Extension) })
	slices.SortFunc(types.Override, func(a, b entry) int { return strings.Compare(a.PartName, b.PartName) })
	sorted, err := xml.Marshal(types)
	return append([]byte(xml.Header), sorted...), err
}

func (p *part) Write(data []byte) (int, error) {
	if p.held != nil {
		return p.held.Write(data)
	}
	return p.put(data)
}

// put packs data.
func (p *part) put(data []byte) (int, error) {
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
		if p.held != nil {
			list, err := inOrder(p.held.Bytes())
			if err != nil {
				return err
			}
			if _, err := p.put(list); err != nil {
				return err
			}
		}
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
