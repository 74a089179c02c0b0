package apparelmagic

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Finding is what one step of a probe found. All of it but Screen may be shown to others.
type Finding struct {
	Step    int      `json:"step"`
	Name    string   `json:"name"`
	Asked   []string `json:"asked"` // path and query, without time and token
	Came    []string `json:"came"`
	Verdict string   `json:"verdict"`
	Follows string   `json:"follows"`          // what it means for the configuration
	Failed  bool     `json:"failed"`           // nothing could be told
	Screen  string   `json:"screen,omitempty"` // for the eyes of who asked; not part of a report
	detail  string   // Markdown that stands below it in the report
}

// obviouslyFalse is the token the fifth step asks with. Nobody can have it by mistake.
const obviouslyFalse = "this-is-no-token"

// Probe asks an account what its interface does where nobody has written it down (contract §9): seven steps, each of which only
// reads. A step that fails does not stop those after it. earlier is what an earlier probe left, nil if there was none. The error is that
// of a context that ended.
func Probe(ctx context.Context, source *Source, earlier *Earlier) (Report, error) {
	options := source.options
	options.Pool = nil
	next := options.Transport
	if next == nil {
		next = http.DefaultTransport
	}
	options.Transport = getOnly{next}
	p := &probe{source: source, client: newClient(source.client.base, options), redact: newRedactor(source.client.base, options.Token),
		earlier: earlier, now: options.Now().UTC()}
	report := Report{Made: p.now}
	for i, step := range []struct {
		name string
		do   func(context.Context, *Finding)
	}{
		{"A page of ten products", p.firstPage},
		{"The page after it, by last_id", p.secondPage},
		{"Products modified ten years from now", p.future},
		{"A page of nine products", p.nine},
		{"A token that is none", p.falseToken},
		{"Whether an edit of a colourway moves its style's time", p.time},
		{"Whether a SKU's price includes its offset", p.offsets},
	} {
		found := Finding{Step: i + 1, Name: step.name, Asked: []string{}, Came: []string{}}
		step.do(ctx, &found)
		if ctx.Err() != nil {
			return Report{}, fmt.Errorf("source %s: probe: %w", source.Name(), ctx.Err())
		}
		report.Findings = append(report.Findings, found)
	}
	report.compared, report.mark = p.compared, p.mark
	return report, nil
}

// getOnly lets nothing through that could change an account.
type getOnly struct{ next http.RoundTripper }

// RoundTrip refuses every method but GET, and a GET with a body.
func (g getOnly) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Method != http.MethodGet || request.Body != nil && request.Body != http.NoBody {
		return nil, errors.New("a probe only reads")
	}
	return g.next.RoundTrip(request)
}

// probe is what the steps have in common.
type probe struct {
	source   *Source
	client   *client
	redact   redactor
	earlier  *Earlier
	now      time.Time
	first    page // what the first step got
	got      bool // it got one
	greatest uint64
	prices   map[string]string // of styles, by id, as the sixth step read them
	compared string
	mark     *mark
}

// reply is an answer, looked at.
type reply struct {
	answered
	page    page
	isPage  bool
	refused string // meta.errors, fit for a report
}

// ask asks once more where the answer says that it may come later; what comes in the end is an answer as well.
func (p *probe) ask(ctx context.Context, found *Finding, endpoint string, query url.Values, shown string) (reply, bool) {
	found.Asked = append(found.Asked, "GET "+endpoint+"?"+shown)
	var last answered
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		var err error
		last, err = p.client.send(ctx, endpoint, query, p.client.token)
		var failure *Error
		switch {
		case errors.As(err, &failure):
			return struct{}{}, failure
		case err != nil:
			return struct{}{}, backoff.Permanent(err)
		case last.broke != nil:
			return struct{}{}, last.broke
		case last.status == http.StatusTooManyRequests || last.status >= 500:
			class, _ := classify(last.status)
			return struct{}{}, (&Error{Source: p.source.Name(), Endpoint: endpoint, Status: last.status, class: class, wait: last.wait}).retryable(0)
		}
		return struct{}{}, nil
	}, backoff.WithBackOff(&schedule{jitter: p.client.jitter}), backoff.WithMaxTries(tries), backoff.WithMaxElapsedTime(0))
	if err != nil && (last.status == 0 || last.broke != nil) {
		p.failed(found, err)
		return reply{}, false
	}
	return p.look(found, last), true
}

// failed notes that a step has no answer.
func (p *probe) failed(found *Finding, err error) {
	found.Failed = true
	found.Came = append(found.Came, p.redact.message(strings.TrimPrefix(err.Error(), "source "+p.source.Name()+": ")))
	found.Verdict, found.Follows = "it could not be asked", "probe again; a run that meets the same ends without changing anything"
}

// look reads an answer and notes what came.
func (p *probe) look(found *Finding, last answered) reply {
	got := reply{answered: last}
	parsed, err := parsePage(last.body)
	var refused *refusal
	said := ""
	switch {
	case errors.As(err, &refused):
		got.refused = p.redact.message(refused.Error())
		said = fmt.Sprintf("meta.errors: %q", got.refused)
	case err != nil:
		said = err.Error()
	default:
		got.page, got.isPage = parsed, last.status == http.StatusOK
		said = counted(len(parsed.records), "record")
		if parsed.lastID != "" {
			said += ", last_id " + shape(parsed.lastID)
		} else {
			said += ", no last_id"
		}
		if parsed.total != "" {
			said += ", total_records given"
		}
	}
	kind, _, _ := strings.Cut(last.contentType, ";")
	found.Came = append(found.Came, fmt.Sprintf("%d, %s, %s", last.status, orNone(p.redact.message(kind)), said))
	return got
}

// refuses says whether an answer is a no to what was asked, and not one of the moment.
func (r reply) refuses() bool {
	class, bad := classify(r.status)
	return r.status == http.StatusOK && r.refused != "" || bad && class == classPermanent && r.status >= 400
}

// counted is a number of things; their plural has an s.
func counted(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

func orNone(text string) string {
	if text == "" {
		return "no content type"
	}
	return text
}

// unclear notes an answer that a step cannot make anything of.
func unclear(found *Finding) {
	found.Failed = true
	found.Verdict, found.Follows = "the answer tells nothing", "probe again; if it stays so, look at sources[].url and at the token"
}

// walk reads a whole list, as an extraction does.
func (p *probe) walk(ctx context.Context, found *Finding, of endpoint, fixed url.Values, shown string, take func(uint64, record)) bool {
	size := p.source.options.Settings.PageSize
	asked := "GET " + of.name + "?" + fmt.Sprintf("pagination[page_size]=%d", size)
	if shown != "" {
		asked += "&" + shown
	}
	found.Asked = append(found.Asked, asked+", and on to its end")
	walk := &walk{source: p.source.Name(), of: of, fixed: fixed, size: size, ceiling: p.source.options.MaxPages, fetch: p.client.page, filtered: func() {},
		take: func(id uint64, row record) error { take(id, row); return nil }}
	if err := walk.run(ctx); err != nil {
		p.failed(found, err)
		return false
	}
	found.Came = append(found.Came, fmt.Sprintf("%s on %s", counted(walk.rows, "row"), counted(walk.pages, "page")))
	return true
}

// Report is what a probe found.
type Report struct {
	Made     time.Time
	Findings []Finding
	compared string
	mark     *mark
}

// Failed counts the steps that could tell nothing.
func (r Report) Failed() int {
	failed := 0
	for _, found := range r.Findings {
		if found.Failed {
			failed++
		}
	}
	return failed
}

// Write writes the report as Markdown. It holds no value of the account, but the words of its error messages.
func (r Report) Write(w io.Writer) error {
	var out strings.Builder
	fmt.Fprintf(&out, reportTitle+"\nProbed on %s with requests that only read. Values are shown by their shape: a digit is 0, a letter a or A,\n"+
		"an address has no host. Names of fields and the words of error messages are as they came.\n\n%s\n", r.Made.Format("2006-01-02 15:04 UTC"), r.compared)
	for _, found := range r.Findings {
		fmt.Fprintf(&out, "\n## %d. %s\n\n", found.Step, found.Name)
		for _, asked := range found.Asked {
			fmt.Fprintf(&out, "- Asked: `%s`\n", asked)
		}
		for _, came := range found.Came {
			fmt.Fprintf(&out, "- Came: %s\n", came)
		}
		fmt.Fprintf(&out, "- Verdict: **%s.**\n- What follows: %s.\n", found.Verdict, found.Follows)
		if found.detail != "" {
			out.WriteString("\n" + found.detail)
		}
	}
	if r.mark != nil {
		out.WriteString("\n" + r.mark.line())
	}
	_, err := io.WriteString(w, out.String())
	return err
}
