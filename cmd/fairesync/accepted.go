package main

import (
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// accepted are the sources whose delivery passes this once although it is older than the last, or lacks a column that decides.
type accepted struct{ older, columns []string }

func (a *accepted) addFlag(flags *pflag.FlagSet, name string) {
	switch name {
	case "accept-older":
		flags.StringSliceVar(&a.older, name, nil, "let files of a `SOURCE` pass that are older than those of the last good run (repeatable)")
	case "accept-columns":
		flags.StringSliceVar(&a.columns, name, nil, "let a `SOURCE` pass without the columns that style, active, alias or warehouse were read from (repeatable)")
	}
}

// check refuses names that are of no source of a brand.
func (a *accepted) check(sources []string, brand string) error {
	for _, flag := range []struct {
		name   string
		values []string
	}{{"--accept-older", a.older}, {"--accept-columns", a.columns}} {
		for _, name := range flag.values {
			if !slices.Contains(sources, name) {
				return usage("its sources are "+strings.Join(sources, ", "), "%s %s names no source of brand %s", flag.name, name, brand)
			}
		}
	}
	return nil
}
