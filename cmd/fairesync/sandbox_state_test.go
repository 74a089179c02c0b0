package main

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// serveSandbox starts the program as a Faire that keeps its state, and gives its address and how to kill it as kill -9 does.
func serveSandbox(t *testing.T, program string, args ...string) (url string, kill func()) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, append([]string{"sandbox", "faire"}, args...)...)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line), func() {
		t.Helper()
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed
	}
}

func askSandbox(t *testing.T, method, url, body string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Faire-Access-Token", "any")
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(response.Body)
	if err = errors.Join(err, response.Body.Close()); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %d, %v: %s", method, url, response.StatusCode, err, data)
	}
	return string(data)
}

// TestSandboxKeepsItsState: what was answered is there when the sandbox is started again, although it was killed; the seed only counts
// for the first start.
func TestSandboxKeepsItsState(t *testing.T) {
	program, state := build(t), filepath.Join(t.TempDir(), "kept.json")
	args := []string{"--state", state, "--seed", filepath.Join("testdata", "brand", "live.json")}
	url, kill := serveSandbox(t, program, args...)
	seeded := strings.Count(askSandbox(t, http.MethodGet, url+"/products?limit=10", ""), `"id":"p_`)
	askSandbox(t, http.MethodPost, url+"/products", `{"idempotence_token":"a","name":"Kept Candle","unit_multiplier":1,"variants":[{"idempotence_token":"b","sku":"W-1"}]}`)
	kill()
	url, kill = serveSandbox(t, program, args...)
	defer kill()
	got := askSandbox(t, http.MethodGet, url+"/products?limit=10", "")
	if count := strings.Count(got, `"id":"p_`); seeded == 0 || count != seeded+1 || !strings.Contains(got, "Kept Candle") {
		t.Errorf("%d products after %d and one more:\n%s", count, seeded, got)
	}
}

func TestSandboxRefusesAState(t *testing.T) {
	damaged := filepath.Join(t.TempDir(), "damaged.json")
	if err := os.WriteFile(damaged, []byte(`{"products":[`), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"damaged":       {[]string{"faire", "--state", damaged}, "error: --state " + damaged + ": state: unexpected EOF\nhint: it must have the shape of /_sandbox/state; move it away to begin anew\n"},
		"apparelmagic":  {[]string{"apparelmagic", "--state", "kept.json"}, "error: the sandbox of apparelmagic never changes, it has no --state\nhint: leave --state out\n"},
		"in no folder":  {[]string{"faire", "--state", filepath.Join(damaged, "kept.json")}, "not a directory\nhint: "},
		"other machine": {[]string{"faire", "--state", filepath.Join(t.TempDir(), "kept.json"), "--listen", "0.0.0.0:0"}, "error: --listen 0.0.0.0:0 is no loopback address"},
	} {
		p := newProgram()
		if code := p.run(append([]string{"sandbox"}, test.args...)...); code != 2 || !strings.Contains(p.stderr.String(), test.want) {
			t.Errorf("%s: exit code %d, %q, want %q", name, code, p.stderr.String(), test.want)
		}
	}
}
