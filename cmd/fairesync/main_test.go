package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline"
	"fairesync/pipeline/check"
	"fairesync/pipeline/config"
	"fairesync/pipeline/faire"
	"fairesync/pipeline/faire/sandbox"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/load"
	"fairesync/pipeline/view"
	"fairesync/sql"
	"fairesync/transforms"
)

// output is a stream that a test may look into while it is written.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
	saw  map[string]chan struct{} // closed when the text has been written
}

func (o *output) Write(data []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n, err := o.text.Write(data)
	for text, seen := range o.saw {
		if strings.Contains(o.text.String(), text) {
			close(seen)
			delete(o.saw, text)
		}
	}
	return n, err
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// program is one invocation, in this process.
type program struct {
	stdout, stderr output
	interrupts     chan os.Signal
	left           chan int
	now            func() time.Time
}

func newProgram() *program {
	return &program{interrupts: make(chan os.Signal), left: make(chan int, 1), now: time.Now}
}

func (p *program) run(args ...string) int {
	return execute(world{Args: args, Getenv: func(string) string { return "secret" }, Stdout: &p.stdout, Stderr: &p.stderr, Now: p.now,
		Random: bytes.NewReader(make([]byte, 64)), Jitter: func() float64 { return 0 }, Interrupts: p.interrupts, Leave: func(code int) { p.left <- code }})
}

// brand writes a brand's files into a new folder and gives the path of its configuration, with Faire at url.
func brand(t *testing.T, url string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"fairesync.yaml.in", "feed.csv", "taxonomy.csv"} {
		data, err := os.ReadFile(filepath.Join("testdata", "brand", name))
		if err != nil {
			t.Fatal(err)
		}
		data = bytes.ReplaceAll(data, []byte("${FAIRE_URL}"), []byte(url+"/external-api/v2"))
		if err := os.WriteFile(filepath.Join(dir, strings.TrimSuffix(name, ".in")), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "fairesync.yaml")
}

func newBox() *sandbox.Server {
	return sandbox.New(sandbox.Options{Now: time.Now,
		Types: []faire.WireType{{ID: "tt_tee", Name: "Tees"}, {ID: "tt_cap", Name: "Caps"}, {ID: "tt_mug", Name: "Mugs"}}})
}

// at does something before the first request with this method and path is answered.
func at(box http.Handler, method, path string, do func(*http.Request)) http.Handler {
	var once sync.Once
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == method && r.URL.Path == "/external-api/v2"+path {
			once.Do(func() { do(r) })
		}
		box.ServeHTTP(w, r)
	})
}

const finishing = "interrupted: finishing what is in flight"

func summaryOf(t testing.TB, stdout string) ledger.Summary {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	var summary ledger.Summary
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &summary); err != nil || summary.Type != "summary" {
		t.Fatalf("the last line is %q: %v", lines[len(lines)-1], err)
	}
	return summary
}

func TestInterruptWhileSending(t *testing.T) {
	for _, test := range []struct {
		name  string
		twice bool
	}{{"once", false}, {"twice", true}} {
		t.Run(test.name, func(t *testing.T) {
			box, p := newBox(), newProgram()
			finish := make(chan struct{})
			p.stderr.saw = map[string]chan struct{}{finishing: finish}
			server := httptest.NewServer(at(box, "POST", "/products", func(*http.Request) {
				p.interrupts <- os.Interrupt
				<-finish
				if test.twice {
					p.interrupts <- os.Interrupt
					p.left <- <-p.left // it has left, with this code
				}
			}))
			defer server.Close()
			path := brand(t, server.URL)
			if code := p.run("run", "-c", path, "--json"); code != 130 {
				t.Errorf("exit code %d", code)
			}
			if test.twice {
				if code := <-p.left; code != 130 {
					t.Errorf("it left with %d", code)
				}
			}
			if !strings.Contains(p.stderr.String(), "error: the run was interrupted after 1 of 5 requests; what was sent is recorded\nhint: run again") {
				t.Errorf("stderr: %s", p.stderr.String())
			}
			s := summaryOf(t, p.stdout.String())
			if s.Status != "interrupted" || s.Exit != 130 || s.Requests.Sent != 1 || s.Requests.OK != 1 {
				t.Errorf("summary: %+v", s)
			}
			if effects := box.Effects(); effects.Created != 1 || effects.Writes != 1 {
				t.Errorf("effects: %+v", effects)
			}
			if test.twice {
				return
			}
			next := newProgram()
			if code := next.run("run", "-c", path, "--json"); code != 0 {
				t.Errorf("the next run ends with %d: %s", code, next.stderr.String())
			}
			if effects := box.Effects(); effects.Created != 4 || len(effects.Duplicates) > 0 {
				t.Errorf("effects in the end: %+v", effects)
			}
		})
	}
}

func TestInterruptWhileReading(t *testing.T) {
	box, p := newBox(), newProgram()
	server := httptest.NewServer(at(box, "GET", "/products", func(r *http.Request) {
		p.interrupts <- os.Interrupt
		<-r.Context().Done() // the reader has hung up
	}))
	defer server.Close()
	if code := p.run("run", "-c", brand(t, server.URL), "--json"); code != 130 {
		t.Errorf("exit code %d", code)
	}
	if !strings.Contains(p.stderr.String(), "error: the run was interrupted; nothing was sent\n") {
		t.Errorf("stderr: %s", p.stderr.String())
	}
	if s := summaryOf(t, p.stdout.String()); s.Status != "interrupted" || s.Exit != 130 {
		t.Errorf("summary: %+v", s)
	}
}

func TestSandbox(t *testing.T) {
	for _, test := range []struct{ kind, call, seed string }{
		{"faire", "/products?limit=10", "live.json"},
		{"apparelmagic", "/products?time=1&token=any", "account.json"},
	} {
		t.Run(test.kind, func(t *testing.T) {
			p := newProgram()
			reader, writer := io.Pipe()
			ended := make(chan int, 1)
			go func() {
				w := world{Args: []string{"sandbox", test.kind, "--seed", filepath.Join("testdata", "brand", test.seed)}, Getenv: os.Getenv,
					Stdout: writer, Stderr: &p.stderr, Now: p.now, Interrupts: p.interrupts, Leave: func(code int) { p.left <- code }}
				ended <- execute(w)
			}()
			url, err := bufio.NewReader(reader).ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			url = strings.TrimSpace(url)
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+test.call, nil)
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("X-Faire-Access-Token", "any")
			request.Header.Set("User-Agent", "test")
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(response.Body)
			if err = errors.Join(err, response.Body.Close()); err != nil || response.StatusCode != 200 || !strings.Contains(string(body), "Trail Mug") {
				t.Errorf("status %d, error %v: %s", response.StatusCode, err, body)
			}
			if !strings.HasPrefix(url, "http://127.0.0.1:") {
				t.Errorf("it listens on %s", url)
			}
			http.DefaultClient.CloseIdleConnections()
			p.interrupts <- os.Interrupt
			if code := <-ended; code != 0 {
				t.Errorf("exit code %d: %s", code, p.stderr.String())
			}
		})
	}
}

// TestDocuments: --markdown writes the whole of a generated document, which package docs compares with docs/.
func TestDocuments(t *testing.T) {
	set, err := transforms.Load(sql.Files)
	if err != nil {
		t.Fatal(err)
	}
	for command, want := range map[string]string{
		"codes": view.CodesMarkdown(check.Codes()), "relations": transforms.Markdown(set, transforms.InputTables()),
	} {
		p := newProgram()
		if code := p.run(command, "--markdown"); code != 0 {
			t.Errorf("%s: exit code %d: %s", command, code, p.stderr.String())
		}
		if diff := cmp.Diff(want, p.stdout.String()); diff != "" {
			t.Errorf("fairesync %s --markdown (-want +got):\n%s", command, diff)
		}
	}
}

func TestExitCodes(t *testing.T) {
	partial := &load.PartialError{Applied: 1, Refused: 1}
	for _, test := range []struct {
		name string
		err  error
		want int
	}{
		{"nothing", nil, 0},
		{"any", errors.New("disk full"), 1},
		{"configuration", fmt.Errorf("load: %w", &config.Error{Path: "luma.yaml", Problem: "is empty"}), 2},
		{"mistake found by the run", &pipeline.UsageError{Why: "other brand"}, 2},
		{"partly", fmt.Errorf("load: %w", partial), 5},
		{"partly, and the record failed", errors.Join(partial, errors.New("disk full")), 1},
		{"partly, interrupted", errors.Join(partial, &interruptError{}), 130},
		{"approval and partly", errors.Join(&approvalError{group: "creates"}, partial), 5},
		{"approval", &approvalError{group: "creates"}, 4},
		{"stale", &pipeline.StaleError{Moved: []string{"one"}}, 6},
		{"stale and usage", errors.Join(&pipeline.StaleError{}, &usageError{err: errors.New("no")}), 2},
		{"busy", fmt.Errorf("open run: %w", &ledger.BusyError{Brand: "luma"}), 8},
		{"off", &pipeline.Off{Switches: []string{"one"}}, 0},
		{"told before", &ended{3}, 3},
	} {
		if got := worst(codesOf(test.err)); got != test.want {
			t.Errorf("%s: exit code %d, want %d", test.name, got, test.want)
		}
	}
	if got := worst([]int{3, 7, 4, 0, 5}); got != 5 {
		t.Errorf("worst of 3, 7, 4, 0 and 5 is %d", got)
	}
}

func TestFailOn(t *testing.T) {
	counts := map[check.Severity]int{check.Error: 0, check.Warning: 2, check.Info: 1}
	got := map[check.Severity]bool{}
	for _, floor := range []check.Severity{"", check.Error, check.Warning, check.Info} {
		got[floor] = failOn(floor, counts)
	}
	want := map[check.Severity]bool{"": false, check.Error: false, check.Warning: true, check.Info: true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestInterruptedBy(t *testing.T) {
	s := ledger.Summary{Requests: ledger.Requests{Sent: 2, Planned: 5}}
	const told = "the run was interrupted after 2 of 5 requests; what was sent is recorded"
	for _, test := range []struct {
		err  error
		want string
	}{
		{nil, told},
		{fmt.Errorf("source wms: %w", context.Canceled), told},
		{&load.PartialError{Applied: 2, NotTried: 3}, told},
		{errors.New("disk full"), told + "\ndisk full"},
		{&load.PartialError{Applied: 1, Refused: 1, NotTried: 3}, told + "\n1 requests applied, 1 refused, 0 without answer, 3 not tried"},
	} {
		if got := interruptedBy(test.err, s).Error(); got != test.want {
			t.Errorf("%v becomes %q, want %q", test.err, got, test.want)
		}
	}
}

// TestScreen: what is no terminal gets plain text, whatever the environment says.
func TestScreen(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // empty
	a := &app{world: world{Getenv: func(string) string { return "" }}}
	for _, w := range []io.Writer{file, &bytes.Buffer{}} {
		if got := a.screen(w); got.TTY || got.Color || got.Width != 0 {
			t.Errorf("%T is shown as %+v", w, got)
		}
	}
}
