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
		_, err := io.WriteString(a.Stdout, transforms.Markdown(set, transforms.InputTables()))
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
