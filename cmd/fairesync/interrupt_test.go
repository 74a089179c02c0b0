package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"
	"time"
)

// TestSecondInterrupt: the first signal lets what is in flight end, and says so; the second ends the program, as it is built, at once,
// although a request hangs. A run of one brand and one of a folder do alike.
func TestSecondInterrupt(t *testing.T) {
	program := build(t)
	for _, test := range []struct{ name, config string }{{"one brand", "fairesync.yaml"}, {"a folder", "."}} {
		t.Run(test.name, func(t *testing.T) {
			hanging, release := make(chan struct{}, 10), make(chan struct{})
			box := newBox()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost {
					hanging <- struct{}{}
					<-release
				}
				box.ServeHTTP(w, r)
			}))
			t.Cleanup(server.Close)
			t.Cleanup(func() { close(release) })
			dir := t.TempDir()
			writeBrand(t, dir, server.URL, oldFeed()[:3])

			var stderr output
			said := make(chan struct{})
			stderr.saw = map[string]chan struct{}{finishing: said}
			cmd := exec.CommandContext(t.Context(), program, "run", "-c", test.config)
			cmd.Dir, cmd.Stderr = dir, &stderr
			cmd.Env = append(os.Environ(), "FAIRE_TOKEN=token-of-luma")
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- cmd.Wait() }()
			within := func(what string, event <-chan struct{}) {
				select {
				case <-event:
				case err := <-ended:
					t.Fatalf("it ended before %s: %v\n%s", what, err, stderr.String())
				case <-time.After(time.Minute):
					t.Fatalf("not within a minute: %s\n%s", what, stderr.String())
				}
			}
			within("a request hung", hanging)
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			within("it said that it finishes", said)
			select {
			case err := <-ended:
				t.Fatalf("it did not wait for what is in flight: %v\n%s", err, stderr.String())
			case <-time.After(200 * time.Millisecond):
			}
			second := time.Now()
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			select {
			case err := <-ended:
				if took := time.Since(second); cmd.ProcessState.ExitCode() != exitInterrupted || took > time.Second {
					t.Errorf("it ended with %d after %v: %v", cmd.ProcessState.ExitCode(), took, err)
				}
			case <-time.After(10 * time.Second):
				err := cmd.Process.Kill()
				t.Errorf("it goes on; killed: %v, %v", err, <-ended)
			}
		})
	}
}
