package edges

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"fairesync/pipeline"
	"fairesync/pipeline/catalog"
	"fairesync/pipeline/faire"
	"fairesync/pipeline/load"
	"fairesync/pipeline/report"
	"fairesync/pipeline/warehouse"
)

// workspace gives the warehouse the shape the flow asks for.
type workspace struct{ *warehouse.Warehouse }

// Mirror opens the tables of what Faire holds now.
func (w workspace) Mirror(ctx context.Context) (pipeline.MirrorWriter, error) {
	return w.Warehouse.Mirror(ctx)
}

// UnknownRules are the taxonomy rules that name an id Faire never had, as people read them.
func (w workspace) UnknownRules(ctx context.Context) ([]string, error) {
	_, rows, err := w.Relation(ctx, "unknown_rule")
	if err != nil {
		return nil, err
	}
	var list []string
	for _, row := range rows {
		list = append(list, fmt.Sprintf("row %s (%s %s) names %s", row[0], row[1], row[2], row[3]))
	}
	return list, nil
}

// reader gives Faire's client the shape the flow asks for.
type reader struct{ *faire.Client }

// Stock is the stock of the variants, by id.
func (r reader) Stock(ctx context.Context, variants []string) (map[string]catalog.Stock, error) {
	return r.Inventory(ctx, variants)
}

// writer gives Faire's client the shape the load asks for.
type writer struct{ *faire.Client }

// SetOptions replaces a product's option sets.
func (w writer) SetOptions(ctx context.Context, productID string, body json.RawMessage) error {
	_, err := w.SetOptionSets(ctx, productID, body)
	return err
}

// SetStock sets on-hand quantities by variant id and returns what Faire holds then.
func (w writer) SetStock(ctx context.Context, body json.RawMessage) (map[string]catalog.Stock, error) {
	return w.SetInventory(ctx, body)
}

// SetPrices sets prices by variant id.
func (w writer) SetPrices(ctx context.Context, body json.RawMessage) error {
	_, err := w.Client.SetPrices(ctx, body)
	return err
}

// shown is an outcome in the words the workbook has.
func shown(o load.Outcome) report.Outcome {
	outcome := report.Outcome{Status: string(o.Status), Failed: map[string]report.Outcome{}}
	if o.Status != load.Partly { // its message is that of a failed entry
		outcome.Message = o.Message
	}
	for _, entry := range o.Failed {
		for _, change := range entry.Changes {
			outcome.Failed[change] = report.Outcome{Status: string(entry.Status), Message: entry.Message}
		}
	}
	return outcome
}

func workbook(version string) pipeline.Workbook {
	return func(w io.Writer, r pipeline.Report) error {
		in := report.Input{Summary: r.Summary, Plan: r.Plan, Exceptions: r.Exceptions, Types: r.Types, Program: version, Asked: r.Asked}
		if r.Outcomes != nil {
			in.Outcomes = map[string]report.Outcome{}
			for _, o := range r.Outcomes {
				in.Outcomes[o.Request.ID] = shown(o)
			}
		}
		return report.Write(w, in)
	}
}
