package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"fairesync/pipeline/faire/sandbox"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/source/apparelmagic/emulator"
)

var update = flag.Bool("update", false, "write anew what scripts compare with")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"fairesync": main,
		"impatient": func() { // does not wait between two tries: this jitter takes every wait away
			w := realWorld()
			w.Jitter = func() float64 { return -4 }
			os.Exit(execute(w))
		},
	})
}

// TestScript runs the stories of testdata/script. Each begins in a folder with the files of testdata/brand: a feed of ten rows,
// its rules, states for both sandboxes, and configurations that wait for the sandboxes' addresses. Beside testscript's own verbs:
//
//	faire [-token T] STATE      start a Faire; fairesync.yaml gets its address, and so does $FAIRE_URL
//	magic [-token T] ACCOUNT    start an ApparelMagic; so do magic.yaml and $MAGIC_URL
//	answer TEXT                 start a server that answers anything with TEXT, as $ANSWER_URL
//	faire-state FILE            write what Faire holds
//	faire-load STATE            replace what Faire holds
//	faire-effects               show on stdout what requests did to Faire, and forget it
//	faire-edit PRODUCT JSON     change a product as somebody in Faire's portal would
//	stall N                     from now on, let N writes through to Faire and keep the others waiting
//	stalled                     wait until a write is kept waiting
//	go-on                       let all writes through again
//	faire-switches JSON         change switches of Faire's guessed rules
//	magic-load ACCOUNT          replace what ApparelMagic holds
//	magic-switches JSON         make ApparelMagic misbehave
//	exits CODE PROGRAM ARG…     run a program that ends with this exit code
//	edit FILE OLD NEW           replace a text that stands in a file once
//	mask FILE                   replace in a file (or stdout) run ids, times, addresses and paths, and write it to masked
//	newest-run BRAND NAME       set the variable to the id of the brand's newest run folder
//	hold BRAND                  hold the lock of a brand, as a run that is under way does
//	quiet                       want a run that plans nothing, writes nothing and finds no duplicates
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		UpdateScripts:       *update,
		Setup:               setup,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"faire": startFaire, "magic": startMagic, "answer": startAnswer, "faire-state": faireState, "faire-load": faireLoad,
			"faire-effects": faireEffects, "faire-edit": faireEdit, "faire-switches": faireSwitches, "magic-load": magicLoad, "magic-switches": magicSwitches,
			"stall": stall, "stalled": stalled, "go-on": goOn, "newest-run": newestRun, "exits": exits, "edit": edit, "mask": mask, "hold": hold, "quiet": quiet,
		},
	})
}

// keys of what a script's sandboxes are kept under.
type (
	faireKey struct{}
	gateKey  struct{}
	magicKey struct{}
)

func setup(env *testscript.Env) error {
	env.Setenv("FAIRE_TOKEN", "faire-token-of-luma")
	env.Setenv("MAGIC_TOKEN", "magic-token-of-luma")
	env.Values[faireKey{}], env.Values[magicKey{}] = new(*sandbox.Server), new(*emulator.Server)
	env.Values[gateKey{}] = &gate{open: -1, waiting: make(chan struct{}, 100), changed: make(chan struct{})}
	entries, err := os.ReadDir(filepath.Join("testdata", "brand"))
	if err != nil {
		return err
	}
	for _, entry := range entries {
		data, err := os.ReadFile(filepath.Join("testdata", "brand", entry.Name()))
		if err != nil {
			return err
		}
		target := filepath.Join(env.WorkDir, entry.Name())
		if _, err := os.Stat(target); err == nil {
			continue // the script brings its own
		}
		if err := os.WriteFile(target, data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func faireOf(ts *testscript.TestScript) *sandbox.Server {
	return *ts.Value(faireKey{}).(*(*sandbox.Server))
}

func magicOf(ts *testscript.TestScript) *emulator.Server {
	return *ts.Value(magicKey{}).(*(*emulator.Server))
}

// arguments takes -token T off and wants so many more.
func arguments(ts *testscript.TestScript, neg bool, args []string, count int) (token string, rest []string) {
	if len(args) > 1 && args[0] == "-token" {
		token, args = args[1], args[2:]
	}
	if neg || len(args) != count {
		ts.Fatalf("this verb takes %d arguments and no !", count)
	}
	return token, args
}

// listen serves a handler until the script ends, sets the variable and writes the address into the configurations.
func listen(ts *testscript.TestScript, handler http.Handler, variable, path string) {
	server := httptest.NewServer(handler)
	ts.Defer(server.Close)
	ts.Setenv(variable, server.URL+path)
	for _, name := range []string{"fairesync.yaml", "magic.yaml"} {
		data := []byte(ts.ReadFile(name + ".in"))
		if missing := os.Expand(string(data), ts.Getenv); !strings.Contains(missing, `url: ""`) {
			ts.Check(os.WriteFile(ts.MkAbs(name), []byte(missing), 0o600))
		}
	}
}

func startFaire(ts *testscript.TestScript, neg bool, args []string) {
	token, rest := arguments(ts, neg, args, 1)
	server := sandbox.New(sandbox.Options{Token: token, Now: time.Now})
	ts.Check(server.SetState(readState(ts, rest[0])))
	*ts.Value(faireKey{}).(*(*sandbox.Server)) = server
	listen(ts, gateOf(ts).before(server), "FAIRE_URL", "/external-api/v2")
}

// gate keeps writes waiting, so that a script can look on while a load is under way.
type gate struct {
	mu      sync.Mutex
	open    int // writes to let through; below 0 all
	waiting chan struct{}
	changed chan struct{} // closed when open changes
}

func gateOf(ts *testscript.TestScript) *gate { return ts.Value(gateKey{}).(*gate) }

func (g *gate) set(open int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open = open
	close(g.changed)
	g.changed = make(chan struct{})
}

// pass takes one write off; if there is none left it says what to wait for.
func (g *gate) pass() (wait <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open == 0 {
		return g.changed
	}
	g.open--
	return nil
}

// before is a server behind the gate. A write whose client has gone meanwhile never reaches the server.
func (g *gate) before(server http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			body, err := io.ReadAll(r.Body) // only then the end of the connection is noticed
			if err != nil {
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			for wait := g.pass(); wait != nil; wait = g.pass() {
				select {
				case g.waiting <- struct{}{}:
				default:
				}
				select {
				case <-wait:
				case <-r.Context().Done():
					return
				}
			}
		}
		server.ServeHTTP(w, r)
	})
}

func stall(ts *testscript.TestScript, neg bool, args []string) {
	_, rest := arguments(ts, neg, args, 1)
	open, err := strconv.Atoi(rest[0])
	ts.Check(err)
	gateOf(ts).set(open)
	ts.Defer(func() { gateOf(ts).set(-1) }) // a script that fails must not keep a process waiting
}

func stalled(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 0)
	select {
	case <-gateOf(ts).waiting:
	case <-time.After(time.Minute):
		ts.Fatalf("no write has come")
	}
}

func goOn(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 0)
	gateOf(ts).set(-1)
}

func newestRun(ts *testscript.TestScript, neg bool, args []string) {
	_, rest := arguments(ts, neg, args, 2)
	entries, err := os.ReadDir(filepath.Join(ts.MkAbs("state"), rest[0], "runs"))
	ts.Check(err)
	newest, written := "", time.Time{}
	for _, entry := range entries { // ids do not tell runs of the same second apart
		info, err := entry.Info()
		ts.Check(err)
		if _, err := ledger.ParseRunID(entry.Name()); err == nil && info.ModTime().After(written) {
			newest, written = entry.Name(), info.ModTime()
		}
	}
	ts.Setenv(rest[1], newest)
}

func readState(ts *testscript.TestScript, name string) sandbox.State {
	var state sandbox.State
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(name)), &state))
	return state
}

func startMagic(ts *testscript.TestScript, neg bool, args []string) {
	token, rest := arguments(ts, neg, args, 1)
	account, err := emulator.ReadAccount(strings.NewReader(ts.ReadFile(rest[0])))
	ts.Check(err)
	server := emulator.New(emulator.Options{Token: token, Account: account})
	*ts.Value(magicKey{}).(*(*emulator.Server)) = server
	listen(ts, server, "MAGIC_URL", "/api/json")
}

func startAnswer(ts *testscript.TestScript, neg bool, args []string) {
	_, rest := arguments(ts, neg, args, 1)
	listen(ts, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, rest[0]) // the caller is gone: nobody to tell
	}), "ANSWER_URL", "")
}

func faireState(ts *testscript.TestScript, neg bool, args []string) {
	_, rest := arguments(ts, neg, args, 1)
	data, err := json.MarshalIndent(faireOf(ts).State(), "", "  ")
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(rest[0]), append(data, '\n'), 0o600))
}

func faireLoad(ts *testscript.TestScript, neg bool, args []string) {
	_, rest := arguments(ts, neg, args, 1)
	ts.Check(faireOf(ts).SetState(readState(ts, rest[0])))
}

func faireEffects(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 0)
	encoder := json.NewEncoder(ts.Stdout())
	encoder.SetIndent("", " ")
	ts.Check(encoder.Encode(faireOf(ts).Effects()))
	faireOf(ts).ResetEffects()
}

func faireEdit(ts *testscript.TestScript, neg bool, args []string) {
	_, rest := arguments(ts, neg, args, 2)
	_, err := faireOf(ts).EditProduct(rest[0], []byte(rest[1]))
	ts.Check(err)
}

func faireSwitches(ts *testscript.TestScript, neg bool, args []string) {
	_, rest := arguments(ts, neg, args, 1)
	switches := faireOf(ts).Switches()
	ts.Check(json.Unmarshal([]byte(rest[0]), &switches))
	ts.Check(faireOf(ts).SetSwitches(switches))
}

func magicLoad(ts *testscript.TestScript, neg bool, args []string) {
	_, rest := arguments(ts, neg, args, 1)
	account, err := emulator.ReadAccount(strings.NewReader(ts.ReadFile(rest[0])))
	ts.Check(err)
	magicOf(ts).SetAccount(account)
}

func magicSwitches(ts *testscript.TestScript, neg bool, args []string) {
	_, rest := arguments(ts, neg, args, 1)
	var switches emulator.Switches
	ts.Check(json.Unmarshal([]byte(rest[0]), &switches))
	ts.Check(magicOf(ts).SetSwitches(switches))
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARG…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if failed := (*exec.ExitError)(nil); errors.As(err, &failed) {
		got = failed.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func edit(ts *testscript.TestScript, neg bool, args []string) {
	_, rest := arguments(ts, neg, args, 3)
	text := ts.ReadFile(rest[0])
	if strings.Count(text, rest[1]) != 1 {
		ts.Fatalf("%q stands in %s %d times", rest[1], rest[0], strings.Count(text, rest[1]))
	}
	ts.Check(os.WriteFile(ts.MkAbs(rest[0]), []byte(strings.Replace(text, rest[1], rest[2], 1)), 0o600))
}

// masks make output equal that differs from run to run only.
var masks = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile(`\d{8}T\d{6}Z-[0-9a-f]{4}`), "RUN"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z`), "TIME"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\dZ`), "TIME"},
	{regexp.MustCompile(`since \d{4}-\d\d-\d\d`), "since DAY"},
	{regexp.MustCompile(`"ms":\{[^}]*\}`), `"ms":{}`},
	{regexp.MustCompile(`http://127\.0\.0\.1:\d+`), "http://HOST"},
	{regexp.MustCompile(`(?m)\t[0-9.]+(ms|s)(\t|$)`), "\tTOOK$2"},
	{regexp.MustCompile(`(all|the other) \d+ have nothing`), "$1 COUNT have nothing"},
}

func mask(ts *testscript.TestScript, neg bool, args []string) {
	_, rest := arguments(ts, neg, args, 1)
	text := strings.ReplaceAll(ts.ReadFile(rest[0]), ts.Getenv("WORK"), "WORK")
	for _, m := range masks {
		text = m.pattern.ReplaceAllString(text, m.with)
	}
	ts.Check(os.WriteFile(ts.MkAbs("masked"), []byte(text), 0o600))
}

func hold(ts *testscript.TestScript, neg bool, args []string) {
	_, rest := arguments(ts, neg, args, 1)
	state, err := ledger.OpenState(ts.MkAbs("state"), rest[0])
	ts.Check(err)
	lock, err := state.Lock(ledger.Holder{Run: "20261123T030000Z-00aa", Command: "run", Started: time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)})
	ts.Check(err)
	ts.Defer(func() { ts.Check(errors.Join(lock.Release(), state.Close())) })
}

func quiet(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 0)
	faireOf(ts).ResetEffects()
	ts.Check(ts.Exec("fairesync", "run", "--json"))
	lines := bytes.Split(bytes.TrimSpace([]byte(ts.ReadFile("stdout"))), []byte("\n"))
	var summary ledger.Summary
	ts.Check(json.Unmarshal(lines[len(lines)-1], &summary))
	effects := faireOf(ts).Effects()
	if summary.Requests.Planned != 0 || summary.Status != "done" || effects.Writes != 0 || len(effects.Duplicates) > 0 {
		ts.Fatalf("the run is not quiet: %s\n%+v", lines[len(lines)-1], effects)
	}
}
