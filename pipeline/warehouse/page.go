package warehouse

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"

	"fairesync/pipeline/stage"
)

// page opens Dir/<source>/pages/<name> for writing: compressed, with .zst behind the name, for *.json, as it is otherwise. It
// appears under its name when it is closed.
func (w *Warehouse) page(source, name string) (io.WriteCloser, error) {
	if name == "" || strings.HasPrefix(name, ".") || filepath.Base(name) != name || strings.ContainsAny(name, `/\`) {
		return nil, fmt.Errorf("page name %q is no plain file name", name)
	}
	folder := filepath.Join(w.options.Dir, source, "pages")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("page %s: %w", name, err)
	}
	final := filepath.Join(folder, name)
	packed := strings.HasSuffix(strings.ToLower(name), ".json")
	if packed {
		final += ".zst"
	}
	if err := w.reservePage(source, name); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(filepath.Join(folder, ".new-"+filepath.Base(final)), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("page %s: %w", name, err)
	}
	p := &page{warehouse: w, source: source, name: name, final: final, file: file, target: file, hash: sha256.New()}
	if packed {
		// One goroutine and a fixed level: equal pages give equal files.
		p.packer, err = zstd.NewWriter(file, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault))
		if err != nil {
			return nil, errors.Join(fmt.Errorf("page %s: %w", name, err), file.Close())
		}
		p.target = p.packer
	}
	p.forget = w.opened(p, p.discard)
	return p, nil
}

func (w *Warehouse) reservePage(source, name string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	key := source + "/" + name
	if w.pageNames[key] {
		return fmt.Errorf("page %s of source %s was kept before", name, source)
	}
	w.pageNames[key] = true
	return nil
}

// page is raw input on its way to a file.
type page struct {
	warehouse    *Warehouse
	source, name string
	final        string
	file         *os.File
	packer       *zstd.Encoder
	target       io.Writer
	hash         hash.Hash
	bytes        int64
	forget       func()
	over         bool
}

// Write adds to the page.
func (p *page) Write(data []byte) (int, error) {
	if p.over {
		return 0, fmt.Errorf("page %s is closed", p.name)
	}
	n, err := p.target.Write(data)
	_, _ = p.hash.Write(data[:n]) // cannot fail
	p.bytes += int64(n)
	if err != nil {
		return n, fmt.Errorf("page %s: %w", p.name, err)
	}
	return n, nil
}

// Close gives the file its name.
func (p *page) Close() error {
	if p.over {
		return fmt.Errorf("page %s is closed already", p.name)
	}
	p.over = true
	p.forget()
	var err error
	if p.packer != nil {
		err = p.packer.Close()
	}
	if err = errors.Join(err, p.file.Close()); err == nil {
		err = os.Rename(p.file.Name(), p.final)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("page %s: %w", p.name, err), os.Remove(p.file.Name()))
	}
	p.warehouse.mu.Lock()
	defer p.warehouse.mu.Unlock()
	p.warehouse.pages[p.source] = append(p.warehouse.pages[p.source],
		stage.File{Name: p.name, Bytes: p.bytes, SHA256: hex.EncodeToString(p.hash.Sum(nil))})
	return nil
}

// discard removes a page nobody closed.
func (p *page) discard() {
	p.over = true
	if p.packer != nil {
		p.packer.Reset(nil)
	}
	_ = p.file.Close()           // nothing of it is kept
	_ = os.Remove(p.file.Name()) // nothing of it is kept
}
