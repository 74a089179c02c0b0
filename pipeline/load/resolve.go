package load

import (
	"encoding/json"
	"fmt"
	"strings"

	"fairesync/pipeline/catalog"
	"fairesync/pipeline/plan"
)

// learn notes the ids of the variants a request made, by the token they were made with.
func (l *loader) learn(r plan.Request, product catalog.Product) error {
	var body struct {
		Variants []struct {
			Token string `json:"idempotence_token"`
		} `json:"variants"`
	}
	if err := json.Unmarshal(r.Body, &body); err != nil {
		return fmt.Errorf("body of request %s: %w", r.ID, err)
	}
	for _, sent := range body.Variants {
		for _, there := range product.Variants {
			if sent.Token != "" && there.Token == sent.Token {
				l.ids[sent.Token] = there.FaireID
			}
		}
	}
	return nil
}

// resolve puts the ids of variants made in this load in place of their tokens (@token) in a stock body, and leaves out the
// variants that were not made. sent is false when none is left.
func (l *loader) resolve(r plan.Request) (body json.RawMessage, sent bool, err error) {
	if r.Operation != plan.SetStock {
		return r.Body, true, nil
	}
	var batch struct {
		Inventories []struct {
			ID     string `json:"product_variant_id"`
			OnHand int64  `json:"on_hand_quantity"`
		} `json:"inventories"`
	}
	if err := json.Unmarshal(r.Body, &batch); err != nil {
		return nil, false, fmt.Errorf("body of request %s: %w", r.ID, err)
	}
	kept := batch.Inventories[:0]
	for _, entry := range batch.Inventories {
		if token, made := strings.CutPrefix(entry.ID, "@"); made {
			id, known := l.ids[token]
			if !known {
				continue
			}
			entry.ID = id
		}
		kept = append(kept, entry)
	}
	if batch.Inventories = kept; len(kept) == 0 {
		return nil, false, nil
	}
	body, err = json.Marshal(batch)
	return body, true, err
}
