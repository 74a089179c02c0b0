package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"fairesync/pipeline/check"
	"fairesync/pipeline/config"
	"fairesync/pipeline/stage"
)

// Options are what a file source is made of.
type Options struct {
	Settings config.Source  // Path is absolute, or relative to the working folder
	Prices   []config.Price // of the configuration; those of a supplement name no columns
	// Supplement says that the feed only adds to another source: a lone column called Price, which may be either price, is then left
	// alone unless the mapping says which.
	Supplement bool
	// Open opens an input; nil stands for os.Open.
	Open func(path string) (File, error)
	// Scratch is the folder below which archives are unpacked, in one that is gone when Extract is over; blank: the system's. Only one
	// source of a name may use it at a time.
	Scratch string
	// Parquet opens a Parquet file of at most so many bytes of text, with a folder to work in; nil: Parquet is refused.
	Parquet func(ctx context.Context, path, scratch string, limit int64) (stage.Scan, error)
	// Logger is told what was recognised; nil is silent. No cell is ever logged.
	Logger *slog.Logger
}

// Source reads one feed of one or more files.
type Source struct {
	settings config.Source
	prices   []config.Price
	adds     bool // to another source
	openFile func(string) (File, error)
	parquet  func(ctx context.Context, path, scratch string, limit int64) (stage.Scan, error)
	logger   *slog.Logger
	scratch  scratch

	inputs   []stage.File
	modified time.Time
}

// New makes a source. It opens nothing; a *SettingError says that the settings lack a path.
func New(options Options) (*Source, error) {
	if options.Settings.Path == "" {
		return nil, &SettingError{options.Settings.Name, "path", "is missing", "add path: FILE to the source"}
	}
	s := &Source{settings: options.Settings, prices: options.Prices, adds: options.Supplement, openFile: options.Open, parquet: options.Parquet,
		logger: options.Logger, scratch: scratch{parent: options.Scratch, source: options.Settings.Name}}
	if s.openFile == nil {
		s.openFile = func(path string) (File, error) { return os.Open(path) }
	}
	if s.logger == nil {
		s.logger = slog.New(slog.DiscardHandler)
	}
	return s, nil
}

// Name is the name of the source in the configuration.
func (s *Source) Name() string { return s.settings.Name }

// Capabilities: a file may hold any field, and has no id of a SKU but the SKU itself. What a feed really lacks shows per row.
func (s *Source) Capabilities() stage.Capabilities {
	return stage.Capabilities{ProductDetail: true, Inventory: true, Wholesale: stage.Mapped, Retail: stage.Mapped, Images: stage.Mapped,
		Variants: stage.Mapped, Alias: stage.Mapped, Times: "when the file was last written to"}
}

// Inputs are the files of the last Extract that succeeded, sorted by path, with size and digest.
func (s *Source) Inputs() []stage.File { return slices.Clone(s.inputs) }

// Modified is when the newest of them was last written to.
func (s *Source) Modified() time.Time { return s.modified }

// Extract reads the feed into the table item of a sink, and keeps the files as they are. It delivers all of the feed or
// nothing: a *FileError says which file is refused and why, a *SettingError which setting does not fit it.
//
// The rows of the table are all records of the files but headers and blank lines, in order. A feed without any row delivers an
// empty table; the gate refuses it.
func (s *Source) Extract(ctx context.Context, sink stage.Sink) (err error) {
	s.inputs, s.modified = nil, time.Time{}
	if err := ctx.Err(); err != nil {
		return err
	}
	inputs, err := s.open()
	if err != nil {
		return err
	}
	s.scratch.dir = ""
	defer func() { err = errors.Join(err, s.scratch.remove()) }()
	defer closeAll(inputs)
	defer func() {
		for _, in := range inputs {
			if in.format != nil {
				err = errors.Join(err, in.format.close())
			}
		}
	}()
	p, err := s.prepare(ctx, inputs)
	if err != nil {
		return err
	}
	guess, err := s.verdicts(ctx, inputs)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	kept, err := s.keep(ctx, sink, inputs)
	if err != nil {
		return err
	}
	e := &emitter{plan: p, sink: sink}
	if guess != nil {
		sink.Except(*guess)
	}
	if err := s.deliver(ctx, inputs, p, e); err != nil {
		cancel()
		_ = kept() // its error would be that it was cancelled
		return err
	}
	if err := kept(); err != nil {
		return err
	}
	for _, in := range inputs {
		if err := s.unchanged(in); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := e.close(); err != nil {
		return err
	}
	for _, in := range inputs {
		s.inputs = append(s.inputs, stage.File{Name: in.name, Bytes: in.info.Size(), SHA256: in.sha256})
		if in.info.ModTime().After(s.modified) {
			s.modified = in.info.ModTime()
		}
	}
	return nil
}

// prepare recognises every file and makes one plan for all: their headers must agree.
func (s *Source) prepare(ctx context.Context, inputs []*input) (*plan, error) {
	k := s.known()
	shape := newJSONShape(s.settings)
	for _, in := range inputs {
		if err := s.recognise(ctx, in, k, shape); err != nil {
			return nil, err
		}
	}
	if err := s.nameMembers(inputs, shape, k); err != nil {
		return nil, err
	}
	var first *input
	empty := ""
	for _, in := range inputs {
		switch {
		case in.empty:
			empty = in.name
		case first == nil:
			first = in
		case !slices.Equal(in.header.names, first.header.names):
			return nil, s.refuse(in, fmt.Sprintf("has another header than %s: %s", first.name, difference(first.header.names, in.header.names)),
				"the files of one feed must have the same columns in the same order")
		}
		s.logger.Debug("feed recognised", "source", s.settings.Name, "file", in.name, "bytes", in.info.Size(), "columns", len(in.header.names))
	}
	if first == nil {
		return newPlan(config.Source{Name: s.settings.Name}, nil, header{}, s.adds)
	}
	if empty != "" {
		return nil, &FileError{Source: s.settings.Name, File: empty, Why: "is empty while other files of the feed are not",
			Next: "export it again, or remove it"}
	}
	if err := s.sameKinds(inputs); err != nil {
		return nil, err
	}
	return newPlan(s.settings, s.prices, first.header, s.adds)
}

// nameMembers makes the header of all JSON files of the feed: a file need not have every member, so their columns are put together.
func (s *Source) nameMembers(inputs []*input, shape *jsonShape, k known) error {
	shape.finish()
	named := false
	var folded []string
	for _, in := range inputs {
		if _, ok := in.format.(*jsonFile); !ok || in.empty {
			continue
		}
		if !named {
			if k.score(shape.shown()) == 0 {
				return s.headless(in, shape.names(), k)
			}
			named, folded = true, shape.folded()
		}
		if err := s.setHeader(in, record{cells: shape.names()}); err != nil {
			return err
		}
		in.header.folded = folded
		for _, node := range shape.columns {
			in.header.ofVariant = append(in.header.ofVariant, node.ofVariant)
		}
	}
	switch {
	case shape.setting != "" && shape.variants == nil && named:
		return &SettingError{s.settings.Name, "variants", fmt.Sprintf("names %q, where no record has a list of objects", shape.setting), "remove variants, or name the member that holds a style's variants"}
	case shape.setting != "" && !named && slices.ContainsFunc(inputs, func(in *input) bool { return !in.empty }):
		return &SettingError{s.settings.Name, "variants", "means something for JSON and for layout parents only", "write layout: parents, or remove it"}
	}
	return nil
}

// verdicts hears what every file's bytes say of its encoding. Of several guesses the first is told: they are one cause.
func (s *Source) verdicts(ctx context.Context, inputs []*input) (guess *check.Exception, err error) {
	for _, in := range inputs {
		found, err := s.verdict(ctx, in)
		if err != nil {
			return nil, err
		}
		if guess == nil {
			guess = found
		}
	}
	return guess, nil
}

// difference says where two headers part.
func difference(a, b []string) string {
	for i := range max(len(a), len(b)) {
		if x, y := cellAt(a, i), cellAt(b, i); x != y {
			return fmt.Sprintf("column %d is %q, not %q", i+1, y, x)
		}
	}
	return "none"
}

// known collects the header texts the configuration names, so that a feed of unusual headers is recognised.
func (s *Source) known() known {
	var k known
	note := func(field, text string) {
		names := []string{text}
		if list, ok := tokens(text); ok && !isPhrase(list) {
			for _, t := range list {
				if t.kind == quotedName || t.kind == word && !isKeyword(t) {
					names = append(names, t.text)
				}
			}
		}
		for _, name := range names {
			folded := fold(name)
			switch {
			case folded == "":
			case field == "sku":
				k.skuNames = append(k.skuNames, name)
				k.sku = append(k.sku, folded)
			default:
				k.others = append(k.others, folded)
			}
		}
	}
	for field, columns := range s.settings.Mapping {
		for _, text := range columns {
			note(field, strings.TrimSpace(text))
		}
	}
	for _, price := range s.prices {
		note("", price.Wholesale)
		note("", price.Retail)
	}
	note("", s.settings.Variants)
	return k
}

// deliver reads all files, twice where the layout has to look ahead, and writes the table.
func (s *Source) deliver(ctx context.Context, inputs []*input, p *plan, e *emitter) error {
	place, ahead := p.newLayout(s.settings.ImageBase)
	if ahead {
		if err := s.each(ctx, inputs, p, func(r *row) error { place.scan(r); return nil }); err != nil {
			return err
		}
		place.rewind()
	}
	if err := e.open(ctx); err != nil {
		return err
	}
	err := s.each(ctx, inputs, p, func(r *row) error {
		place.place(r)
		return e.emit(r)
	})
	if err != nil {
		return err
	}
	for _, found := range place.finish() {
		e.sink.Except(found)
	}
	return e.flush()
}

// each calls take for every row of the feed, in order. A row is good until take returns.
func (s *Source) each(ctx context.Context, inputs []*input, p *plan, take func(*row) error) error {
	for _, in := range inputs {
		if in.empty {
			continue
		}
		if err := s.eachOf(ctx, in, p, take); err != nil {
			return err
		}
	}
	return nil
}

func (s *Source) eachOf(ctx context.Context, in *input, p *plan, take func(*row) error) (err error) {
	all, err := in.format.rows(ctx)
	if err != nil {
		return s.failed(in, err)
	}
	defer func() { err = errors.Join(err, all.close()) }()
	var rec record
	var r row
	for n := 0; ; n++ {
		if n%stage.BatchRows == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		if err := all.next(&rec); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return s.textError(in, err)
		}
		r = row{file: in.name}
		if !p.judge(&r, &rec, in.header) {
			continue
		}
		if !rec.ended && r.kind != stage.KindIgnored && len(rec.cells) < len(in.header.names) {
			return &FileError{Source: s.settings.Name, File: in.name, Row: rec.number, Next: "export the file again",
				Why: fmt.Sprintf("is cut off: it has %d of %d cells, and the file ends there without a line end", len(rec.cells), len(in.header.names))}
		}
		if err := take(&r); err != nil {
			return err
		}
	}
}

// rowNumber is a row number as the envelope has it.
func rowNumber(n int64) string { return strconv.FormatInt(n, 10) }
