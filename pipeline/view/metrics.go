package view

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"fairesync/pipeline/check"
	"fairesync/pipeline/ledger"
)

// Metrics is what a run came to in the text format of Prometheus, for the textfile collector of its node exporter. lastGood is
// when the newest run ended that did its work; zero: none yet. Everything is a gauge: the file is made anew by every run.
func Metrics(s ledger.Summary, lastGood time.Time) string {
	m := metrics{brand: s.Brand}
	m.gauge("run_started_timestamp_seconds", "When the newest run began.", sample{"command", s.Command, seconds(s.Started)})
	m.gauge("run_duration_seconds", "How long it took.", sample{"command", s.Command, strconv.FormatFloat(s.Ended.Sub(s.Started).Seconds(), 'f', 3, 64)})
	m.gauge("run_exit_code", "Its exit code: 0 done, 4 a guard held something, 5 partly applied; fairesync run --help has all.", sample{"status", s.Status, strconv.Itoa(s.Exit)})
	if !lastGood.IsZero() {
		m.gauge("last_success_timestamp_seconds", "When the newest run ended that did its work.", sample{"", "", seconds(lastGood)})
	}
	m.gauge("rows", "Source rows by what became of them.", counts("state", map[string]int64{"unchanged": s.Unchanged, "planned": s.Planned, "held": s.Held, "ignored": s.Ignored})...)
	m.gauge("source_rows", "Rows each source delivered.", counts("source", s.Sources)...)
	severities := map[check.Severity]int64{check.Error: 0, check.Warning: 0, check.Info: 0}
	for severity, n := range s.Exceptions {
		severities[severity] = int64(n)
	}
	m.gauge("exceptions", "Open exceptions by severity.", counts("severity", severities)...)
	m.gauge("held_changes", "Changes that were worked out and not sent, by the code that holds them.", counts("code", s.HeldBy)...)
	r := s.Requests
	m.gauge("requests", "Requests to Faire: planned, sent, ok, refused and carried_over are of those that write.", counts("kind", map[string]int{
		"planned": r.Planned, "sent": r.Sent, "ok": r.OK, "refused": r.Refused, "carried_over": r.CarriedOver, "reads": r.Reads})...)
	steps := make([]sample, 0, len(s.MS))
	for _, step := range slices.Sorted(maps.Keys(s.MS)) {
		steps = append(steps, sample{"step", step, strconv.FormatFloat(float64(s.MS[step])/1000, 'f', 3, 64)})
	}
	m.gauge("step_duration_seconds", "How long each step took.", steps...)
	return m.out.String()
}

type metrics struct {
	brand string
	out   strings.Builder
}

// sample is one value with the label it has beside the brand; a blank name is no label.
type sample struct{ label, is, value string }

// gauge writes a metric with its samples; one without samples is left out.
func (m *metrics) gauge(name, help string, samples ...sample) {
	if len(samples) == 0 {
		return
	}
	fmt.Fprintf(&m.out, "# HELP fairesync_%[1]s %[2]s\n# TYPE fairesync_%[1]s gauge\n", name, help)
	for _, s := range samples {
		label := ""
		if s.label != "" {
			label = fmt.Sprintf(",%s=\"%s\"", s.label, escapeLabel(s.is))
		}
		fmt.Fprintf(&m.out, "fairesync_%s{brand=\"%s\"%s} %s\n", name, escapeLabel(m.brand), label, s.value)
	}
}

func counts[K ~string, N int | int64](label string, by map[K]N) []sample {
	list := make([]sample, 0, len(by))
	for _, key := range slices.Sorted(maps.Keys(by)) {
		list = append(list, sample{label, string(key), strconv.FormatInt(int64(by[key]), 10)})
	}
	return list
}

func seconds(t time.Time) string {
	if t.IsZero() {
		return "0"
	}
	return strconv.FormatFloat(float64(t.UnixMilli())/1000, 'f', 3, 64)
}

// escapeLabel is a label's value as the format wants it.
func escapeLabel(text string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(text)
}
