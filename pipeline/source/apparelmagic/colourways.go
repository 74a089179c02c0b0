package apparelmagic

import (
	"context"
	"net/url"
	"slices"

	"golang.org/x/sync/errgroup"
)

// colourways gives the styles that have SKUs to sell their colours: all of them asked for, or, with colourways: changed, those that
// the memory does not answer for. It gives what is to be remembered, nil if nothing is.
//
// The first style is read alone: when its answer holds other styles' rows the server ignores the filter on product_id, and that one
// walk was the whole list.
func (s *Source) colourways(ctx context.Context, data *catalogue, pages *pager) (*memory, error) {
	styles := data.styles()
	if len(styles) == 0 {
		return nil, nil
	}
	now := s.options.Now()
	known := s.recall(ctx, now)
	ask := slices.DeleteFunc(slices.Clone(styles), func(style string) bool { return known.answers(style, data.products[style].modified) })
	learned := map[string][]remembered{}
	take := func(id uint64, style string, row record) {
		style = styleOf(row, style)
		learned[style] = append(learned[style], remembered{id, row.only(colourwayFields)})
		data.takeColourway(id, style, row)
	}
	whole := false // the whole list came at once
	if len(ask) > 0 {
		err := s.walk(ctx, colourways, ofStyle(ask[0]), pages.keep(s.client.page), func(id uint64, row record) error {
			whole = whole || styleOf(row, ask[0]) != ask[0]
			take(id, ask[0], row)
			return nil
		})
		if err == nil && !whole {
			err = s.restOfColourways(ctx, ask[1:], pages, take)
		}
		if err != nil {
			return nil, err
		}
	}
	if s.options.Memory == nil || known == nil {
		return nil, nil
	}
	made := &memory{Format: memoryFormat, Account: known.Account, All: known.All, Styles: map[string]style{}}
	if whole || len(ask) == len(styles) {
		made.All = now
	}
	asked := map[string]bool{}
	for _, name := range ask {
		asked[name] = true
	}
	kept := 0
	for _, name := range styles {
		if whole || asked[name] {
			made.Styles[name] = style{Modified: data.products[name].modified, Read: now, Colourways: learned[name]}
			continue
		}
		kept++
		made.Styles[name] = known.Styles[name]
		for _, one := range known.Styles[name].Colourways {
			data.takeColourway(one.ID, name, one.Row)
		}
	}
	s.options.Logger.DebugContext(ctx, "colourways", "source", s.Name(), "styles", len(styles), "asked", len(ask), "remembered", kept)
	return made, nil
}

// walked is one style's colourways, kept until those of the styles before it were taken: pages are numbered in that order.
type walked struct {
	pages []page
	rows  []record
	ids   []uint64
	err   error
	done  chan struct{}
}

// restOfColourways reads the colours of styles, as many at a time as may be under way.
func (s *Source) restOfColourways(ctx context.Context, styles []string, pages *pager, take func(uint64, string, record)) error {
	results := make([]*walked, len(styles))
	for i := range results {
		results[i] = &walked{done: make(chan struct{})}
	}
	ctx, cancel := context.WithCancel(ctx)
	group := errgroup.Group{}
	group.SetLimit(inFlight)
	feeding := make(chan struct{})
	go func() {
		defer close(feeding)
		for i, style := range styles {
			group.Go(func() error {
				defer close(results[i].done)
				results[i].err = s.colourwaysOf(ctx, style, results[i])
				return nil
			})
		}
	}()
	// The workers are waited for in every case: nothing may run on after Extract returned.
	defer func() {
		cancel()
		<-feeding
		_ = group.Wait()
	}()
	for style, result := range results {
		<-result.done
		if result.err != nil {
			return result.err
		}
		for _, page := range result.pages {
			if err := pages.write(colourways.name, page); err != nil {
				return err
			}
		}
		for i, row := range result.rows {
			take(result.ids[i], styles[style], row)
		}
		result.pages, result.rows = nil, nil
	}
	return nil
}

// colourwaysOf reads those of one style.
func (s *Source) colourwaysOf(ctx context.Context, style string, into *walked) error {
	keep := func(ctx context.Context, name string, query url.Values) (page, error) {
		got, err := s.client.page(ctx, name, query)
		if err == nil {
			into.pages = append(into.pages, got)
		}
		return got, err
	}
	return s.walk(ctx, colourways, ofStyle(style), keep, func(id uint64, row record) error {
		into.ids, into.rows = append(into.ids, id), append(into.rows, row)
		return nil
	})
}

func ofStyle(product string) url.Values { return url.Values{"product_id": {product}} }
