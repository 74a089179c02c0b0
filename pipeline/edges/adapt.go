package edges

import (
	"cmp"
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
	return onHand(levels), err
}

func onHand(levels map[string]faire.Inventory) map[string]int64 {
	units := map[string]int64{}
	for id, level := range levels {
		if level.OnHand != nil {
			units[id] = *level.OnHand
		}
	}
	return units
}

// writer gives Faire's client the shape the load asks for.
type writer struct{ *faire.Client }

// SetOptions replaces a product's option sets.
func (w writer) SetOptions(ctx context.Context, productID string, body json.RawMessage) error {
	_, err := w.SetOptionSets(ctx, productID, body)
	return err
}

// SetStock sets on-hand quantities by variant id and returns those Faire holds then; a variant it does not track is left out.
func (w writer) SetStock(ctx context.Context, body json.RawMessage) (map[string]int64, error) {
	levels, err := w.SetInventory(ctx, body)
	return onHand(levels), err
}

// SetPrices sets prices by variant id.
func (w writer) SetPrices(ctx context.Context, body json.RawMessage) error {
	_, err := w.Client.SetPrices(ctx, body)
	return err
}

// shown is an outcome in the words the workbook has.
func shown(o load.Outcome) report.Outcome {
	words := map[load.Status]load.Status{load.Partly: load.Applied, load.CarriedOver: load.NotTried}
	outcome := report.Outcome{Status: string(cmp.Or(words[o.Status], o.Status)), Failed: map[string]report.Outcome{}}
	if o.Status != load.Partly { // its message is that of a failed entry
		outcome.Message = o.Message
	}
	for _, entry := range o.Failed {
		for _, change := range entry.Changes {
			outcome.Failed[change] = report.Outcome{Status: string(cmp.Or(words[entry.Status], entry.Status)), Message: entry.Message}
		}
	}
	return outcome
}

func workbook(version string) pipeline.Workbook {
	return func(w io.Writer, summary ledger.Summary, p plan.Plan, exceptions []check.Exception, outcomes []load.Outcome) error {
		in := report.Input{Summary: summary, Plan: p, Exceptions: exceptions, Program: version}
		if outcomes != nil {
			in.Outcomes = map[string]report.Outcome{}
			for _, o := range outcomes {
				in.Outcomes[o.Request.ID] = shown(o)
			}
		}
		return report.Write(w, in)
	}
}
