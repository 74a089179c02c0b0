package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"fairesync/sql"
	"fairesync/transforms"
)

func newRelationsCommand(a *app) *cobra.Command {
	var markdown bool
	cmd := &cobra.Command{
		Use:     "relations",
		Short:   "List the relations of sql/, in the order they run in",
		Example: "  fairesync relations\n  fairesync relations --markdown >docs/relations.md",
		Args:    exactly(),
		RunE:    action(func(context.Context, []string) error { return a.relations(markdown) }),
	}
	cmd.Flags().BoolVar(&markdown, "markdown", false, "write docs/relations.md")
	return cmd
}

func (a *app) relations(markdown bool) error {
	set, err := transforms.Load(sql.Files)
	if err != nil {
		return err
	}
	if markdown {
		_, err := io.WriteString(a.Stdout, transforms.Markdown(set, inputTables()))
		return err
	}
	encoder := json.NewEncoder(a.Stdout)
	encoder.SetEscapeHTML(false)
	for _, r := range set.Relations() {
		if a.json {
			err = encoder.Encode(struct {
				Type  string   `json:"type"`
				Name  string   `json:"name"`
				File  string   `json:"file"`
				About string   `json:"about"`
				Grain string   `json:"grain"`
				Key   []string `json:"key"`
				Reads []string `json:"reads"`
			}{"relation", r.Name, "sql/" + r.File, r.About, r.Grain, r.Key, r.Reads})
		} else {
			_, err = fmt.Fprintf(a.Stdout, "%s\t%s\n", "sql/"+r.File, r.About)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// inputTables says what the tables are that Go loads before the first relation runs.
func inputTables() map[string]string {
	return map[string]string{
		"alias_row":        "Aliases, of the alias file and of the alias column of the source.",
		"feed_exception":   "What the sources found wrong while they read.",
		"finding":          "Every row of the relations of 40_check, in one table.",
		"item":             "The rows of the primary source, its columns mapped to catalogue fields, as text.",
		"item_price":       "The wholesale and retail price of each item, per configured geography, as text.",
		"mirror_choice":    "Faire's products: the place of each variant on each axis.",
		"mirror_image":     "Faire's products: images of products and variants, in their order.",
		"mirror_option":    "Faire's products: the values of each axis, in their order.",
		"mirror_price":     "Faire's products: prices per variant and geography, in minor units.",
		"mirror_product":   "Faire's products, deleted ones too.",
		"mirror_variant":   "Faire's products: their variants.",
		"price_rule":       "The geographies of prices: in the configuration, and how they are rounded.",
		"product_state":    "What earlier runs recorded of each product: its link, and the values sent and held.",
		"setting":          "One row: what the configuration decides.",
		"taxonomy_rule":    "The rules file.",
		"taxonomy_type":    "Faire's taxonomy types, those that are gone too.",
		"token_generation": "The counter in the idempotence token, where it has moved.",
		"variant_state":    "What earlier runs recorded of each variant: its link and its SKU then.",
	}
}
