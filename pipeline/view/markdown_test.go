package view_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"fairesync/pipeline/plan"
	"fairesync/pipeline/view"
)

func TestPlanMarkdown(t *testing.T) {
	golden(t, "plan.md", view.PlanMarkdown(samplePlan()))
	golden(t, "plan-empty.md", view.PlanMarkdown(plan.Plan{Brand: "luma", Run: "20261123T120000Z-4f2a", Created: noon}))
	many := samplePlan()
	many.Policy = "stock-only"
	for i := range 3 {
		change := many.Changes[2]
		change.Key, change.Style = fmt.Sprintf("wms:TP-50%d", i), fmt.Sprintf("TP-50%d", i)
		many.Changes = append(many.Changes, change)
	}
	golden(t, "plan-folded.md", view.PlanMarkdown(many))
	golden(t, "plan-hostile.md", view.PlanMarkdown(hostilePlan(hostile...)))
}

// hostile is text that would be markup, a mention or a link if it were let.
var hostile = []string{"@octocat", "<img src=x onerror=alert(1)>", "</details><script>", "`rm -rf`", "``", strings.Repeat("`", 100), "a|b", `a\|b`, `a\\|b`,
	`trailing\`, "[x](https://evil.example)", "www.evil.example", "someone@evil.example", "#1", "a\n\n# heading\n\n| a | b |", "| - |", "**bold** _it_ ~~no~~",
	"<!-- -->", "&lt;b&gt;", ":smile:", "\u202e\x1b[31m", " `", "' \" >"}

// hostilePlan has the texts wherever a plan has text, one product for each.
func hostilePlan(texts ...string) plan.Plan {
	document := plan.Plan{Version: plan.Version, Run: strings.Join(texts, " "), Brand: strings.Join(texts, " "), Policy: texts[0], Created: noon,
		Summary: plan.Summary{Held: map[string]int{}, Requests: len(texts)}}
	for i, text := range texts {
		document.Summary.Held[text] = i + 1
		document.Changes = append(document.Changes,
			plan.Change{Kind: plan.Kind(text), Action: plan.Update, Reason: plan.Reason(text), Key: fmt.Sprint(text, i), SKU: text, Style: text, Name: text, ProductID: text,
				Fields: []plan.Field{{Name: text, Before: text, After: text + "!"}, {Name: text, Before: text + "\n1", After: "1\n" + text + "2"}}, HeldBy: []string{text, text}},
			plan.Change{Kind: plan.KindPrice, Action: plan.Update, Reason: plan.ReasonDrift, Key: fmt.Sprint(text, i), SKU: text,
				Fields: []plan.Field{{Name: "price[USA].wholesale", Before: "10.00", After: "9.37"}}})
	}
	return document
}

var (
	detailsLine = regexp.MustCompile(`^<summary>[+~!-](?: <code>[^<>]*</code>)*: [0-9,]+ changes?</summary>$`)
	// ownWords is what stands outside of code: words of ours, numbers, signs.
	ownWords = regexp.MustCompile(`^[A-Za-z0-9 ,.;:=→…()%+~!-]*$`)
	held     = regexp.MustCompile(`\*\*(held by|[0-9,]+ to create, [0-9,]+ to update, [0-9,]+ to delete, in [0-9,]+ requests?(; [0-9,]+ changes? held)?\.)\*\*`)
)

// literal reads Markdown as its readers do and reports what is not literal that came from the plan.
func literal(text string) error {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		switch {
		case line == "<details>", line == "</details>", line == "":
			continue
		case strings.HasPrefix(line, "<summary>"):
			if !detailsLine.MatchString(line) {
				return fmt.Errorf("line %d: %q is no summary of ours", i+1, line)
			}
			continue
		case strings.HasPrefix(line, "|"):
			want := 5
			if strings.Contains(strings.Join(lines[max(0, i-45):i+1], "\n"), "\n| Held, not sent") && !strings.Contains(strings.Join(lines[max(0, i-45):i+1], "\n"), "\n| | What") {
				want = 3
			}
			cells, err := cellsOf(line)
			if err != nil || len(cells) != want {
				return fmt.Errorf("line %d: %d cells instead of %d in %q: %w", i+1, len(cells), want, line, err)
			}
			for _, cell := range cells {
				if err := inline(cell); err != nil {
					return fmt.Errorf("line %d: %w", i+1, err)
				}
			}
			continue
		}
		line = strings.TrimPrefix(strings.TrimPrefix(line, "## "), "### ")
		if err := inline(line); err != nil {
			return fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	return nil
}

// cellsOf tells the cells of a table's row apart as GitHub does: before code is looked for, a backslash escapes what follows it.
func cellsOf(line string) ([]string, error) {
	var cells []string
	cell := ""
	for i := 1; i < len(line); i++ {
		switch {
		case line[i] == '\\' && i+1 < len(line):
			if i++; line[i] != '|' {
				cell += `\`
			}
			cell += line[i : i+1]
		case line[i] == '|':
			cells, cell = append(cells, strings.TrimSpace(cell)), ""
		default:
			cell += line[i : i+1]
		}
	}
	if cell != "" {
		return cells, fmt.Errorf("the row does not end in a pipe")
	}
	return cells, nil
}

// inline takes code spans out as CommonMark does and reports what is left that is no word of ours.
func inline(text string) error {
	rest := ""
	for text != "" {
		at := strings.IndexByte(text, '`')
		if at < 0 {
			rest += text
			break
		}
		rest += text[:at]
		run := len(text[at:]) - len(strings.TrimLeft(text[at:], "`"))
		text = text[at+run:]
		end := -1
		for i := 0; i < len(text); {
			if text[i] != '`' {
				i++
				continue
			}
			n := len(text[i:]) - len(strings.TrimLeft(text[i:], "`"))
			if n == run {
				end = i
				break
			}
			i += n
		}
		if end < 0 || run > 80 {
			return fmt.Errorf("a run of %d backticks is not closed before %q", run, text)
		}
		text = text[end+run:]
	}
	for _, ours := range []string{"<br>", "<wbr>", "_blank_"} {
		rest = strings.ReplaceAll(rest, ours, "")
	}
	if rest = held.ReplaceAllString(rest, ""); !ownWords.MatchString(rest) {
		return fmt.Errorf("%q stands outside of code", rest)
	}
	return nil
}

func TestPlanMarkdownIsLiteral(t *testing.T) {
	if err := literal(view.PlanMarkdown(hostilePlan(hostile...))); err != nil {
		t.Error(err)
	}
	pieces := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(hostile), rapid.String(), rapid.StringMatching("[`|\\\\ @<]{1,8}")), 1, 4)
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.Map(pieces, func(list []string) string { return strings.Join(list, "") }), 1, 8).Draw(t, "texts")
		text := view.PlanMarkdown(hostilePlan(texts...))
		if err := literal(text); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
	})
}

// TestPlanMarkdownHasALimit: what is left out is counted, and what is shown is whole.
func TestPlanMarkdownHasALimit(t *testing.T) {
	const limit = 60_000
	big := func(products, changes int, text string) plan.Plan {
		var document plan.Plan
		for p := range products {
			for range changes {
				document.Changes = append(document.Changes, plan.Change{Kind: plan.KindProduct, Action: plan.Update, Key: fmt.Sprintf("wms:%05d", p), Name: text,
					Fields: []plan.Field{{Name: "description", Before: text, After: text + "x"}}})
			}
		}
		return document
	}
	wide, widthless := strings.Repeat("🏔 ", 300), "a"+strings.Repeat("\u0301", 70_000)
	for _, test := range []struct {
		name     string
		document plan.Plan
		least    int // characters
		want     *regexp.Regexp
	}{
		{"many products", big(5000, 3, "Trail Pack"), 59_000, regexp.MustCompile(`(?m)^</details>\n\n… and ([0-9,]+) more products with ([0-9,]+) changes; all of them are in the plan file\.\n\nRows: `)},
		{"many products of long names", big(900, 1, wide), 58_000, regexp.MustCompile(`(?m)^… and [0-9]+ more products with [0-9]+ changes; all`)},
		{"one product", big(1, 5000, "Trail Pack"), 59_000, regexp.MustCompile(`(?m)^\| \| … and [0-9,]+ more changes \| \| \| \|\n\nRows: `)},
		{"one product of long names", big(1, 900, wide), 55_000, regexp.MustCompile(`(?m)^\| \| … and [0-9,]+ more changes \| \| \| \|\n\nRows: `)},
		{"names without width", big(3, 1, widthless), 100, regexp.MustCompile(`(?m)^… and 3 more products with 3 changes; all`)},
		{"a brand without width", plan.Plan{Brand: widthless, Run: widthless, Policy: widthless}, 100, regexp.MustCompile(`…`)},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := view.PlanMarkdown(test.document)
			n := 0
			for _, r := range text {
				if n++; r > 0xffff {
					n++
				}
			}
			if n > limit || n < test.least {
				t.Errorf("%d characters, want %d to %d", n, test.least, limit)
			}
			if !test.want.MatchString(text) {
				t.Errorf("%s is not in %s", test.want, text[max(0, len(text)-400):])
			}
			if opened, closed := strings.Count(text, "<details>"), strings.Count(text, "</details>"); opened != closed {
				t.Errorf("%d details begin, %d end", opened, closed)
			}
			shown, left := strings.Count(text, "`description`"), 0
			for _, m := range regexp.MustCompile(`… and ([0-9,]+) more changes?|more products? with ([0-9,]+) changes?`).FindAllStringSubmatch(text, -1) {
				var n int
				if _, err := fmt.Sscan(strings.ReplaceAll(m[1]+m[2], ",", ""), &n); err != nil {
					t.Fatal(err)
				}
				left += n
			}
			if shown+left != len(test.document.Changes) {
				t.Errorf("%d changes are shown and %d counted, of %d", shown, left, len(test.document.Changes))
			}
			if err := literal(text); err != nil {
				t.Error(err)
			}
		})
	}
}
