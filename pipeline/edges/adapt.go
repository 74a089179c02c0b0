package edges

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"fairesync/pipeline"
	"fairesync/pipeline/check"
	"fairesync/pipeline/faire"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/load"
	"fairesync/pipeline/plan"
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

// OnHand are the units on hand of the tracked ones among the variants, by variant id.
func (r reader) OnHand(ctx context.Context, variants []string) (map[string]int64, error) {
	levels, err := r.Inventory(ctx, variants)
	if err != nil {
		return nil, err
	}
	onHand := map[string]int64{}
	for id, level := range levels {
		if level.OnHand != nil {
			onHand[id] = *level.OnHand
		}
	}
	return onHand, nil
}

// writer gives Faire's client the shape the load asks for.
type writer struct{ *faire.Client }

// SetOptions replaces a product's option sets.
func (w writer) SetOptions(ctx context.Context, productID string, body json.RawMessage) error {
	_, err := w.SetOptionSets(ctx, productID, body)
	return err
}

// SetStock sets on-hand quantities by variant id.
func (w writer) SetStock(ctx context.Context, body json.RawMessage) error {
	_, err := w.SetInventory(ctx, body)
	return err
}

// SetPrices sets prices by variant id.
func (w writer) SetPrices(ctx context.Context, body json.RawMessage) error {
	_, err := w.Client.SetPrices(ctx, body)
	return err
}

func workbook(version string) pipeline.Workbook {
	return func(w io.Writer, summary ledger.Summary, p plan.Plan, exceptions []check.Exception, outcomes []load.Outcome) error {
		in := report.Input{Summary: summary, Plan: p, Exceptions: exceptions, Program: version}
		if outcomes != nil {
			in.Outcomes = map[string]report.Outcome{}
			for _, o := range outcomes {
				in.Outcomes[o.Request.ID] = report.Outcome{Status: string(o.Status), Message: o.Message}
			}
		}
		return report.Write(w, in)
	}
}
