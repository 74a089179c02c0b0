package main

import (
	"context"
	"errors"
	"slices"

	"fairesync/pipeline"
	"fairesync/pipeline/config"
	"fairesync/pipeline/edges"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/review"
	"fairesync/pipeline/view"
)

// lineage adds how the run came to what it wants of each SKU. A run that cannot be computed again (it left no staging, or a program of
// another time staged it) is told on stderr; all else is still shown.
func (a *app) lineage(ctx context.Context, r *record, list []view.Explanation) error {
	if len(list) == 0 || list[0].Run == "" {
		return nil
	}
	shown := list
	if most := a.shown(); most > 0 && len(shown) > most {
		shown = shown[:most]
	}
	var skus []string
	for _, e := range shown {
		skus = append(skus, e.Status.SKU)
	}
	c, err := config.Load(r.config)
	if err != nil {
		return err
	}
	c.Sources = nil // what they delivered is in the run folder
	e, done, err := edges.Open(c, edges.Options{Offline: true, DryRun: true, Getenv: a.Getenv, Now: a.Now, Random: a.Random, Jitter: a.Jitter,
		Progress: a.progress(), Version: version()})
	if err != nil {
		return notOpened(err)
	}
	steps, err := pipeline.Lineage(ctx, e, list[0].Run, skus)
	if isAs[*ledger.UnstagedError](err) {
		a.tell(err)
		return done()
	}
	if err := errors.Join(err, done()); err != nil {
		return err
	}
	for i := range shown {
		for _, s := range steps {
			if s.SKU == shown[i].Status.SKU && (s.ProductKey == shown[i].Status.ProductKey || shown[i].Status.ProductKey == "") {
				shown[i].Lineage = append(shown[i].Lineage, s)
			}
		}
	}
	return nil
}

// concerning are the decisions in force about a row: its SKU, variant or product, what Faire knows it by, its changes, its exceptions.
func concerning(decided []review.Decision, e view.Explanation) []review.Decision {
	keys := []string{e.Status.SKU, "sku:" + e.Status.SKU, e.Status.ProductKey, variantKey(e.Status), e.Status.ProductID, "variant:" + e.Status.VariantID,
		"product:" + e.Status.ProductKey, "product:" + e.Status.Style, "product:" + e.Status.Name}
	for _, x := range e.Exceptions {
		keys = append(keys, x.ID)
		if x.Category != "" {
			keys = append(keys, "category:"+x.Category)
		}
	}
	for _, c := range e.Plan.Changes {
		keys = append(keys, c.ID)
	}
	var list []review.Decision
	for _, d := range decided {
		if slices.Contains(keys, d.Key) {
			list = append(list, d)
		}
	}
	return list
}
