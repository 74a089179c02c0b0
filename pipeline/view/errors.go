package view

import (
	"io"
	"slices"
	"strings"
)

// Hints collects what helps from every error in the chain that has a Hint() string, outermost first, each once.
func Hints(err error) []string {
	var hints []string
	var walk func(error)
	walk = func(err error) {
		if err == nil {
			return
		}
		// Each error of the chain is looked at by itself, so errors.As, which walks on, is not for this.
		if hinted, ok := err.(interface{ Hint() string }); ok { //nolint:errorlint // see above
			if hint := hinted.Hint(); hint != "" && !slices.Contains(hints, hint) {
				hints = append(hints, hint)
			}
		}
		switch wrapped := err.(type) { //nolint:errorlint // see above
		case interface{ Unwrap() error }:
			walk(wrapped.Unwrap())
		case interface{ Unwrap() []error }:
			for _, inner := range wrapped.Unwrap() {
				walk(inner)
			}
		}
	}
	walk(err)
	return hints
}

// Error shows the sentence, then a line with each hint. The lines of a joined error are shown one by one.
func (h *Human) Error(err error) error {
	var out strings.Builder
	for line := range strings.Lines(err.Error()) {
		if line = clean(line); line != "" {
			out.WriteString(paint(h.options, bad, "error:") + " " + line + "\n")
		}
	}
	for _, hint := range Hints(err) {
		out.WriteString(paint(h.options, strong, "hint:") + " " + clean(hint) + "\n")
	}
	_, failed := io.WriteString(h.w, out.String())
	return failed
}
