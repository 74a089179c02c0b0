package view

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"fairesync/pipeline/check"
	"fairesync/pipeline/ledger"
)

// section is a table under a title, of which so many rows were left out.
type section struct {
	title string
	table table
	left  int
}

// Difference shows what changed between two runs: their numbers side by side, settings, exceptions, changes.
func (h *Human) Difference(d ledger.Difference, limit int) error {
	for i, s := range []section{numbersOf(d, h.options), settingsOf(d), codesOf(d), exceptionsOf(d, limit)} {
		if i > 0 {
			if _, err := fmt.Fprintf(h.w, "\n%s\n", paint(h.options, strong, s.title)); err != nil {
				return err
			}
		}
		if err := s.table.write(h.w, h.options); err != nil {
			return err
		}
		if _, err := io.WriteString(h.w, leftOut(s.left)); err != nil {
			return err
		}
	}
	_, err := io.WriteString(h.w, changesText(d, limit, h.options))
	return err
}

// leftOut says how many were not shown; nothing if all were.
func leftOut(n int) string {
	if n <= 0 {
		return ""
	}
	return "… and " + number(int64(n)) + " more; --json has all of them\n"
}

// numbersOf sets the summaries of two runs side by side.
func numbersOf(d ledger.Difference, options Options) section {
	t := table{headers: []string{"what", "item", "before", "after"}}
	a, b := d.Before, d.After
	last := ""
	row := func(what, item string, before, after any) {
		label := what
		if options.TTY && what == last {
			label = ""
		}
		last = what
		t.add(toneIf(warn, before != after && item != "id" && item != "started"), label, item, before, after)
	}
	row("run", "id", a.Run, b.Run)
	row("run", "command", a.Command, b.Command)
	row("run", "started", moment(a.Started), moment(b.Started))
	row("run", "status", a.Status, b.Status)
	sources := maps.Clone(a.Sources)
	if sources == nil {
		sources = map[string]int64{}
	}
	maps.Copy(sources, b.Sources)
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		row("read", name, a.Sources[name], b.Sources[name])
	}
	row("source rows", "unchanged", a.Unchanged, b.Unchanged)
	row("source rows", "planned", a.Planned, b.Planned)
	row("source rows", "held", a.Held, b.Held)
	row("source rows", "ignored", a.Ignored, b.Ignored)
	row("source rows", "all", a.SourceRows, b.SourceRows)
	row("requests", "planned", a.Requests.Planned, b.Requests.Planned)
	row("requests", "sent", a.Requests.Sent, b.Requests.Sent)
	row("requests", "ok", a.Requests.OK, b.Requests.OK)
	row("requests", "refused", a.Requests.Refused, b.Requests.Refused)
	if a.Requests.CarriedOver+b.Requests.CarriedOver > 0 {
		row("requests", "carried over", a.Requests.CarriedOver, b.Requests.CarriedOver)
	}
	for _, severity := range []check.Severity{check.Error, check.Warning, check.Info} {
		row("exceptions", string(severity), a.Exceptions[severity], b.Exceptions[severity])
	}
	return section{table: t}
}

func settingsOf(d ledger.Difference) section {
	t := table{headers: []string{"setting", "before", "after"}, empty: "The same."}
	if !d.Compared {
		t.empty = "Not compared: one of the runs does not have them any more."
	}
	for _, s := range d.Settings {
		t.add(warn, s.Path, quoted(s.Before), quoted(s.After))
	}
	return section{title: "Settings", table: t}
}

// codesOf counts what became of exceptions, by code.
func codesOf(d ledger.Difference) section {
	t := table{headers: []string{"code", "appeared", "resolved", "moved", "still"}, empty: "None in either run."}
	counts := map[string]map[string]int{}
	for _, e := range d.Exceptions {
		if counts[e.Exception.Code] == nil {
			counts[e.Exception.Code] = map[string]int{}
		}
		counts[e.Exception.Code][e.What]++
	}
	for _, code := range slices.Sorted(maps.Keys(counts)) {
		n := counts[code]
		shade := plain
		switch {
		case n[ledger.Appeared] > 0:
			shade = warn
		case n[ledger.Resolved] > 0:
			shade = good
		}
		t.add(shade, code, n[ledger.Appeared], n[ledger.Resolved], n[ledger.Moved], n[ledger.Still])
	}
	return section{title: "Exceptions by code", table: t}
}

// exceptionsOf lists the exceptions that appeared, were resolved or have other values.
func exceptionsOf(d ledger.Difference, limit int) section {
	s := section{title: "Exceptions that differ", table: table{headers: []string{"what", "code", "sku", "field", "found"}, empty: "None."}}
	shown := 0
	for _, e := range d.Exceptions {
		if e.What == ledger.Still {
			continue
		}
		if shown++; limit > 0 && shown > limit {
			s.left++
			continue
		}
		shade := severityTone(e.Exception.Severity)
		if e.What == ledger.Resolved {
			shade = good
		}
		x := e.Exception
		s.table.add(shade, e.What, x.Code, cmp.Or(x.SKU, x.Style, x.EntityKey), x.Field, x.Found)
	}
	return s
}

// changesText lists the changes that only one run has, or that one planned and the other held.
func changesText(d ledger.Difference, limit int, options Options) string {
	p := planWriter{options: options}
	p.line(0, plain, "")
	p.line(0, strong, "Changes that differ, beside %s", count(d.SameChanges, "equal one"))
	if len(d.Changes) == 0 {
		p.line(0, plain, "None.")
	}
	shown := len(d.Changes)
	if limit > 0 {
		shown = min(limit, shown)
	}
	for _, change := range d.Changes[:shown] {
		c := change.Change
		shade := plain
		switch change.After {
		case ledger.ChangePlanned:
			shade = good
		case ledger.ChangeHeld:
			shade = warn
		}
		p.wrapped(2, shade, "", fmt.Sprintf("%s %s %s: %s", c.Action, words(string(c.Kind)), cmp.Or(c.SKU, c.Style, c.Key), moveOf(change)))
		p.fields(6, c.Fields)
	}
	p.out.WriteString(leftOut(len(d.Changes) - shown))
	return p.out.String()
}

// moveOf says what became of a change from one run to the other.
func moveOf(d ledger.ChangeDifference) string {
	was, is := d.Before, d.After
	if was == ledger.ChangeHeld {
		was += " by " + strings.Join(d.WasHeldBy, ", ")
	}
	if is == ledger.ChangeHeld {
		is += " by " + strings.Join(d.Change.HeldBy, ", ")
	}
	switch {
	case was == "":
		return "new, " + is
	case is == "":
		return "gone, was " + was
	}
	return is + " now, was " + was
}
