package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/config"
	"fairesync/pipeline/faire/sandbox"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/source/apparelmagic/emulator"
	"fairesync/pipeline/view"
)

// commonDefaults are what the brands of a test's folder have in common.
const commonDefaults = `state: state
settings:
  merchant: {inventory_sync: true, product_sync: true}
  cart: {inventory_sync: true, product_sync: true}
sources: [{name: wms, kind: files}]
prices: [{geography: USA, wholesale: wholesale, retail: retail}]
faire:
  token: {env: FAIRE_TOKEN}
  pace: {writes_per_second: 1000, reads_per_second: 1000, burst: 1000}
taxonomy: {rules: taxonomy.csv}
inventory: {column: qty}
`

// brands is a folder of brands, each with a Faire of its own.
type brands struct {
	dir   string
	names []string
	boxes map[string]*sandbox.Server
	feeds map[string][]style
}

// newBrands makes so many brands, b01 and so on, each with a feed of two styles.
func newBrands(t *testing.T, count int) *brands {
	t.Helper()
	b := &brands{dir: t.TempDir(), boxes: map[string]*sandbox.Server{}, feeds: map[string][]style{}}
	b.write(t, "defaults.yaml", commonDefaults)
	b.write(t, "taxonomy.csv", "scope,pattern,type_id\ntype,Tee,tt_tee\ntype,Cap,tt_cap\ntype,Mug,tt_mug\n")
	for n := range count {
		name := fmt.Sprintf("b%02d", n+1)
		b.names = append(b.names, name)
		b.boxes[name] = newBox()
		server := httptest.NewServer(b.boxes[name])
		t.Cleanup(server.Close)
		b.write(t, name+".yaml", fmt.Sprintf("brand: %s\nsources: [{name: wms, path: %s.csv}]\nfaire: {url: %s/external-api/v2}\n", name, name, server.URL))
		for i, kind := range []string{"Tee", "Mug"} {
			code := fmt.Sprintf("%s-%d", strings.ToUpper(name), i+1)
			b.feeds[name] = append(b.feeds[name], style{code: code, name: kind + " of " + name, kind: kind, image: "https://img.luma.example/" + code + ".jpg", cents: 1000 + 100*n, units: n + i})
		}
		b.feed(t, name)
	}
	return b
}

func (b *brands) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(b.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (b *brands) feed(t *testing.T, name string) {
	t.Helper()
	b.write(t, name+".csv", csv(b.feeds[name]))
}

// rename gives every style of every brand another name.
func (b *brands) rename(t *testing.T) {
	t.Helper()
	for _, name := range b.names {
		for i := range b.feeds[name] {
			b.feeds[name][i].name += " II"
		}
		b.feed(t, name)
	}
}

// converged says which brands have on Faire what their feeds have, and nothing twice.
func (b *brands) converged() []string {
	var list []string
	for _, name := range b.names {
		want, got := []string{}, []string{}
		for _, s := range b.feeds[name] {
			want = append(want, fmt.Sprintf("%s %s PUBLISHED %d", s.code, s.name, s.units))
		}
		state := b.boxes[name].State()
		for _, p := range state.Products {
			for _, v := range p.Variants {
				got = append(got, fmt.Sprintf("%s %s %s %d", v.SKU, p.Name, p.LifecycleState, state.Inventories[v.ID].OnHand.Quantity))
			}
		}
		slices.Sort(got)
		if slices.Equal(want, got) && len(b.boxes[name].Effects().Duplicates) == 0 {
			list = append(list, name)
		}
	}
	return list
}

// without are the names of all brands but one.
func (b *brands) without(name string) []string {
	return slices.DeleteFunc(slices.Clone(b.names), func(one string) bool { return one == name })
}

// writes counts the requests that wrote, of all brands.
func (b *brands) writes() int {
	sum := 0
	for _, box := range b.boxes {
		sum += box.Effects().Writes
	}
	return sum
}

// many runs the program for several brands: its randomness serves several at once, and it does not wait between two tries.
func (p *program) many(args ...string) int {
	return execute(world{Args: args, Getenv: func(string) string { return "secret" }, Stdout: &p.stdout, Stderr: &p.stderr, Now: time.Now,
		Random: &counter{}, Jitter: func() float64 { return -4 }, Interrupts: p.interrupts, Leave: func(code int) { p.left <- code }})
}

// counter gives other bytes every time, to several at once.
type counter struct{ n atomic.Uint32 }

func (c *counter) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(c.n.Add(1))
	}
	return len(p), nil
}

// folderLines are the lines of --json: the brands', and the folder's.
func folderLines(t *testing.T, stdout string) ([]view.Brand, view.Folder) {
	t.Helper()
	var list []view.Brand
	var total view.Folder
	for line := range strings.Lines(stdout) {
		var kind struct{ Type string }
		if err := json.Unmarshal([]byte(line), &kind); err != nil || total.Type != "" {
			t.Fatalf("line %q after %+v: %v", line, total, err)
		}
		var err error
		switch kind.Type {
		case "summary":
			var one view.Brand
			err = json.Unmarshal([]byte(line), &one)
			list = append(list, one)
		case "folder":
			err = json.Unmarshal([]byte(line), &total)
		default:
			t.Errorf("a line of type %s", kind.Type)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return list, total
}

// folderLine is of a brand's line what does not change from run to run.
type folderLine struct {
	Brand, Status string
	Rows, Planned int64
	Sent, Exit    int
}

// lines are all brands' lines where one ends in a way of its own.
func (b *brands) lines(all, one folderLine) []folderLine {
	var list []folderLine
	for _, name := range b.names {
		line := all
		if line.Brand = name; name == one.Brand {
			line = one
		}
		list = append(list, line)
	}
	return list
}

// run runs the folder and compares its lines, the exit code and what stderr says.
func (b *brands) run(t *testing.T, want []folderLine, code int, statuses map[string]int, stderr ...string) {
	t.Helper()
	p := newProgram()
	got := p.many("run", "-q", "-c", b.dir, "--jobs", "4", "--json")
	list, total := folderLines(t, p.stdout.String())
	var lines []folderLine
	for _, one := range list {
		lines = append(lines, folderLine{one.Brand, one.Status, one.SourceRows, one.Planned, one.Requests.Sent, one.Exit})
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("lines (-want +got):\n%s%s", diff, p.stderr.String())
	}
	total.MS = 0
	if diff := cmp.Diff(view.Folder{Type: "folder", Command: "run", Folder: b.dir, Brands: len(b.names), Statuses: statuses, Exit: code}, total); diff != "" || got != code {
		t.Errorf("exit code %d; the folder's line (-want +got):\n%s", got, diff)
	}
	if diff := cmp.Diff(strings.Join(stderr, ""), strings.ReplaceAll(p.stderr.String(), b.dir, "DIR")); diff != "" {
		t.Errorf("stderr (-want +got):\n%s", diff)
	}
}

// TestFolder: twenty brands, four at a time. One that is broken, by its configuration or by its Faire, spoils no other: nineteen hold on
// Faire what their feeds say, and have nothing to do in the next run.
func TestFolder(t *testing.T) {
	b := newBrands(t, 20)
	const broken, down = "b07", "b13"
	done, nothing := folderLine{Status: "done", Rows: 2, Planned: 2, Sent: 3}, folderLine{Status: "done", Rows: 2}
	whole, err := os.ReadFile(filepath.Join(b.dir, broken+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	b.write(t, broken+".yaml", string(whole)+"when_goen: keep\n")
	refused := folderLine{Brand: broken, Status: "failed", Exit: 2}
	sentence := []string{`b07: error: DIR/b07.yaml:4: unknown key when_goen in the line "when_goen: keep"` + "\n", "b07: hint: did you mean when_gone?\n"}
	b.run(t, b.lines(done, refused), 2, map[string]int{"done": 19, "failed": 1}, sentence...)
	if diff := cmp.Diff(b.without(broken), b.converged()); diff != "" {
		t.Errorf("with a broken configuration, converged (-want +got):\n%s", diff)
	}
	before := b.writes()
	b.run(t, b.lines(nothing, refused), 2, map[string]int{"done": 19, "failed": 1}, sentence...)
	if n := b.writes() - before; n > 0 {
		t.Errorf("the second run wrote %d times", n)
	}

	b.write(t, broken+".yaml", string(whole))
	b.rename(t)
	if err := b.boxes[down].SetFaults(sandbox.Faults{EveryNth: sandbox.EveryNth{N: 1, Status: 500}}); err != nil {
		t.Fatal(err)
	}
	renamed := folderLine{Status: "done", Rows: 2, Planned: 2, Sent: 2}
	failed := folderLine{Brand: down, Status: "failed", Rows: 0, Exit: 1}
	want := b.lines(renamed, failed)
	want[6] = done
	want[6].Brand = broken
	b.run(t, want, 1, map[string]int{"done": 19, "failed": 1},
		"b13: error: read the brand's profile on Faire: GET /brands/profile: Faire answered 500 Internal Server Error: Internal Server Error (after 5 attempts)\n",
		"b13: hint: run again later; what was not settled is settled first\n")
	if diff := cmp.Diff(b.without(down), b.converged()); diff != "" {
		t.Errorf("with a Faire that is down, converged (-want +got):\n%s", diff)
	}
}

// TestFolderInterrupt: the first interrupt lets the brand that is under way finish what is in flight, and begins no other. The next run
// goes on.
func TestFolderInterrupt(t *testing.T) {
	b, p := newBrands(t, 3), newProgram()
	finish := make(chan struct{})
	p.stderr.saw = map[string]chan struct{}{finishing: finish}
	server := httptest.NewServer(at(b.boxes["b01"], "POST", "/products", func(*http.Request) {
		p.interrupts <- os.Interrupt
		<-finish
	}))
	defer server.Close()
	b.write(t, "b01.yaml", "brand: b01\nsources: [{name: wms, path: b01.csv}]\nfaire: {url: "+server.URL+"/external-api/v2, pace: {in_flight: 1}}\n")
	if code := p.many("run", "-c", b.dir, "--json"); code != exitInterrupted {
		t.Errorf("exit code %d", code)
	}
	list, total := folderLines(t, p.stdout.String())
	var got []folderLine
	for _, one := range list {
		got = append(got, folderLine{one.Brand, one.Status, one.SourceRows, one.Planned, one.Requests.Sent, one.Exit})
	}
	want := []folderLine{{"b01", "interrupted", 2, 2, 1, 130}, {"b02", "not_started", 0, 0, 0, 130}, {"b03", "not_started", 0, 0, 0, 130}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int{"interrupted": 1, "not_started": 2}, total.Statuses); diff != "" || total.Exit != exitInterrupted {
		t.Errorf("exit %d, statuses (-want +got):\n%s", total.Exit, diff)
	}
	for _, text := range []string{"b01: extract …\n", "b01: error: the run was interrupted after 1 of 3 requests; what was sent is recorded\nb01: hint: run again",
		"b02: not started: the program was interrupted before\nb03: not started: "} {
		if !strings.Contains(p.stderr.String(), text) {
			t.Errorf("stderr does not say %q:\n%s", text, p.stderr.String())
		}
	}
	if writes := b.writes(); writes != 1 {
		t.Errorf("%d requests wrote", writes)
	}
	next := newProgram()
	if code := next.many("run", "-c", b.dir, "--jobs", "2", "-q"); code != 0 {
		t.Errorf("the next run ends with %d: %s", code, next.stderr.String())
	}
	if diff := cmp.Diff(b.names, b.converged()); diff != "" {
		t.Errorf("converged (-want +got):\n%s", diff)
	}
}

// TestFolderSharesAnAccount: two brands that read the same ApparelMagic account ask it as often as one, and nothing of it is left behind.
func TestFolderSharesAnAccount(t *testing.T) {
	file, err := os.Open(filepath.Join("testdata", "brand", "account.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // read only
	account, err := emulator.ReadAccount(file)
	if err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int32
	magic := emulator.New(emulator.Options{Account: account})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		magic.ServeHTTP(w, r)
	}))
	defer server.Close()
	scratch := t.TempDir()
	t.Setenv("TMPDIR", scratch)
	var counts []int32
	for _, names := range [][]string{{"one"}, {"one", "two"}} {
		b := brands{dir: t.TempDir()}
		b.write(t, "defaults.yaml", "sources: [{name: wms, kind: apparelmagic, url: "+server.URL+"/api/json, token: {env: MAGIC_TOKEN}, requests_per_second: 1000}]\n")
		for _, name := range names {
			b.write(t, name+".yaml", "brand: "+name+"\n")
		}
		p := newProgram()
		if code := p.many("check", "-q", "-c", b.dir, "--jobs", "2", "--json"); code != 0 {
			t.Fatalf("exit code %d: %s", code, p.stderr.String())
		}
		list, _ := folderLines(t, p.stdout.String())
		for i, name := range names {
			if i >= len(list) || list[i].Brand != name || list[i].SourceRows == 0 {
				t.Fatalf("%s has read nothing: %s", name, p.stdout.String())
			}
		}
		counts = append(counts, asked.Swap(0))
	}
	if counts[0] == 0 || counts[0] != counts[1] {
		t.Errorf("one brand asks %d times, two %d times", counts[0], counts[1])
	}
	left, err := os.ReadDir(scratch)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestInTurn: so many at a time and no more, and the results in the order of the list although the later end first.
func TestInTurn(t *testing.T) {
	for _, atATime := range []int{1, 3, 9} {
		list := []int{5, 4, 3, 2, 1, 0}
		var under, most atomic.Int32
		ends := make([]chan struct{}, len(list)) // of each: the one it waits for
		for i := range ends {
			ends[i] = make(chan struct{})
		}
		var got []string
		inTurn(atATime, list, func(n int) string {
			for now := under.Add(1); ; {
				if before := most.Load(); now <= before || most.CompareAndSwap(before, now) {
					break
				}
			}
			if atATime > len(list) { // all are under way: the last of the list ends first
				if n > 0 {
					<-ends[n-1]
				}
				close(ends[n])
			} else {
				time.Sleep(5 * time.Millisecond) // or one that was too many would not be seen
			}
			under.Add(-1)
			return fmt.Sprint("result of ", n)
		}, func(n int, r string) { got = append(got, fmt.Sprint(n, ": ", r)) })
		want := []string{"5: result of 5", "4: result of 4", "3: result of 3", "2: result of 2", "1: result of 1", "0: result of 0"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d at a time (-want +got):\n%s", atATime, diff)
		}
		if n := int(most.Load()); n > atATime {
			t.Errorf("%d were under way, not %d", n, atATime)
		}
	}
	inTurn(4, nil, func(int) int { return 0 }, func(int, int) { t.Error("something came of nothing") })
}

// TestPrefixed: lines say whose they are and arrive together.
func TestPrefixed(t *testing.T) {
	var got []string
	w := prefixed{writerFunc(func(p []byte) (int, error) { got = append(got, string(p)); return len(p), nil }), "luma: "}
	for _, text := range []string{"error: one\nhint: two\n", "three\n"} {
		if n, err := w.Write([]byte(text)); n != len(text) || err != nil {
			t.Errorf("%d bytes of %d: %v", n, len(text), err)
		}
	}
	if diff := cmp.Diff([]string{"luma: error: one\nluma: hint: two\n", "luma: three\n"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// TestStanding: of a brand whose last run died status says so and what helps, and when one last did what it could.
func TestStanding(t *testing.T) {
	dir := t.TempDir()
	state, err := ledger.OpenState(dir, "luma")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	summary := func(hour int, command, status string) ledger.Summary {
		started := at.Add(time.Duration(hour) * time.Hour)
		return ledger.Summary{Type: "summary", Run: ledger.RunID(started, strings.NewReader("aa")), Command: command, Status: status, Brand: "luma", Started: started, Ended: started.Add(time.Minute)}
	}
	m := config.Member{Name: "luma", Path: "brands/luma.yaml", Config: config.Config{Brand: "luma", State: dir}}
	for _, s := range []ledger.Summary{summary(0, "run", "done"), summary(1, "apply", "held"), summary(2, "run", "failed"), summary(3, "plan", "planned")} {
		if err := state.AppendRun(s); err != nil {
			t.Fatal(err)
		}
	}
	planned := summary(3, "plan", "planned")
	want := standingOrError{Standing: view.Standing{Brand: "luma", Config: m.Path, Status: "planned", Last: &planned, Success: at.Add(time.Hour)}}
	if diff := cmp.Diff(want, standing(m), cmp.AllowUnexported(standingOrError{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	run, err := state.NewRun(ledger.RunID(at.Add(4*time.Hour), strings.NewReader("aa")))
	if err = errors.Join(err, run.Close(), state.Close()); err != nil {
		t.Fatal(err)
	}
	got := standing(m)
	if got.Status != ledger.StatusDied || got.Next != "fairesync run -c brands/luma.yaml: it goes on from there" || !got.Success.Equal(at.Add(time.Hour)) {
		t.Errorf("%+v", got)
	}
}
