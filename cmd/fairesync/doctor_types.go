package main

import (
	"context"
	"fmt"
	"strings"

	"fairesync/pipeline/config"
	"fairesync/pipeline/edges"
)

// faireType is a line of doctor --types --json.
type faireType struct {
	Type string `json:"type"` // taxonomy_type
	ID   string `json:"id"`
	Name string `json:"name"`
}

// types lists Faire's product types whose name holds a text, by which the rules of taxonomy.csv are written.
func (a *app) types(ctx context.Context, path, text string) error {
	c, err := config.Load(path)
	if err != nil {
		return err
	}
	client, done, err := edges.ReadFaire(c, edges.Options{Getenv: a.Getenv, Now: a.Now, Random: a.Random, Jitter: a.Jitter, Proxy: true, Version: version()})
	if err != nil {
		return notOpened(err)
	}
	defer done()
	types, err := client.Types(ctx)
	if err != nil {
		return fmt.Errorf("read Faire's taxonomy types: %w", err)
	}
	shown := 0
	for _, t := range types {
		if !strings.Contains(strings.ToLower(t.Name), strings.ToLower(text)) {
			continue
		}
		shown++
		if a.json {
			err = jsonLine(a.Stdout, faireType{"taxonomy_type", t.ID, t.Name})
		} else {
			_, err = fmt.Fprintf(a.Stdout, "%s\t%s\n", printable(t.ID), printable(t.Name))
		}
		if err != nil {
			return fmt.Errorf("show the types: %w", err)
		}
	}
	if shown == 0 {
		return &noTypeError{text: text, of: len(types)}
	}
	return nil
}

// noTypeError is a text that no type of Faire holds.
type noTypeError struct {
	text string
	of   int
}

func (e *noTypeError) Error() string {
	return fmt.Sprintf("none of Faire's %d product types has %q in its name", e.of, e.text)
}

// Hint says what to do.
func (e *noTypeError) Hint() string { return "try a shorter word, in English; --types '' lists all" }
