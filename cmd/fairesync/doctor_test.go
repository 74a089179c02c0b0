package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestStrangers: what another user owns or may read is found; doctor's own user is a parameter here, since tests cannot give files away.
func TestStrangers(t *testing.T) {
	me := os.Geteuid()
	for _, test := range []struct {
		name string
		user int
		open string
		want strange
	}{
		{name: "sound", user: me},
		{name: "another user's", user: me + 1, want: strange{owned: 3, first: "DIR"}},
		{name: "readable", user: me, open: "runs/run.json", want: strange{open: 1, example: "DIR/runs/run.json"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			for _, err := range []error{os.Chmod(dir, 0o700), os.Mkdir(filepath.Join(dir, "runs"), 0o700), os.WriteFile(filepath.Join(dir, "runs", "run.json"), nil, 0o600)} {
				if err != nil {
					t.Fatal(err)
				}
			}
			if test.open != "" {
				if err := os.Chmod(filepath.Join(dir, test.open), fs.FileMode(0o644)); err != nil {
					t.Fatal(err)
				}
			}
			got, err := strangers(dir, test.user)
			if err != nil {
				t.Fatal(err)
			}
			got.first, got.example = strings.Replace(got.first, dir, "DIR", 1), strings.Replace(got.example, dir, "DIR", 1)
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(strange{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestPrintable: what a source or Faire says neither breaks the line nor steers the terminal.
func TestPrintable(t *testing.T) {
	if got := printable("a\x1b[2Jb\nc\td\u202ee\x00"); got != "a[2Jb c de" {
		t.Errorf("it becomes %q", got)
	}
}
