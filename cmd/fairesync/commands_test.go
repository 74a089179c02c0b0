package main

import (
	stdcmp "cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

// tree is the list of the commands there are, for documents about them.
func tree() *cobra.Command {
	return newRootCommand(&app{world: world{Stdout: io.Discard, Stderr: io.Discard}})
}

// TestCommandsDocument: docs/commands.md is what the commands say of themselves. It is written anew with
// go test ./cmd/fairesync -run TestCommandsDocument -update.
func TestCommandsDocument(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "commands.md")
	want := commandsMarkdown(tree())
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil { //nolint:gosec // a document, for everyone to read
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("docs/commands.md is not what the commands say now; write it anew with go test ./cmd/fairesync -run TestCommandsDocument -update (-want +got):\n%s", diff)
	}
}

// commandsMarkdown is docs/commands.md: every command with its text, usage, examples and flags, as --help shows them.
func commandsMarkdown(root *cobra.Command) string {
	var out strings.Builder
	out.WriteString("# Commands\n\nGenerated from the program; `fairesync COMMAND --help` says the same. [operate.md](operate.md) tells which of them are needed\n" +
		"when, [safety.md](safety.md) what to type when something went wrong.\n\n| Command | |\n|---|---|\n")
	all := commandsBelow(root)
	for _, cmd := range all {
		name := cmd.CommandPath()
		fmt.Fprintf(&out, "| [%s](#%s) | %s |\n", name, strings.ReplaceAll(name, " ", "-"), cmd.Short)
	}
	fmt.Fprintf(&out, "\nEvery command takes these flags too, and ends with one of these codes:\n\n```text\n%s%s```\n", root.PersistentFlags().FlagUsages(), exitHelp)
	for _, cmd := range all {
		fmt.Fprintf(&out, "\n## %s\n\n```text\n%s\n\nUsage:\n  %s\n", cmd.CommandPath(), strings.TrimSpace(stdcmp.Or(cmd.Long, cmd.Short)), cmd.UseLine())
		if cmd.Example != "" {
			fmt.Fprintf(&out, "\nExamples:\n%s\n", strings.TrimRight(cmd.Example, "\n"))
		}
		if flags := cmd.LocalNonPersistentFlags(); flags.HasAvailableFlags() {
			fmt.Fprintf(&out, "\nFlags:\n%s", flags.FlagUsages())
		}
		out.WriteString("```\n")
	}
	return out.String()
}

// commandsBelow lists the commands of a tree, each before those below it, in the order of their names.
func commandsBelow(root *cobra.Command) []*cobra.Command {
	var all []*cobra.Command
	for _, cmd := range root.Commands() {
		if cmd.IsAvailableCommand() && cmd.Name() != "help" {
			all = append(append(all, cmd), commandsBelow(cmd)...)
		}
	}
	return all
}

// TestEveryCommandExplainsItself: a command has a sentence for the list, and understands its own examples.
func TestEveryCommandExplainsItself(t *testing.T) {
	for _, cmd := range commandsBelow(tree()) {
		if cmd.Short == "" {
			t.Errorf("%s has no sentence for the list", cmd.CommandPath())
		}
		for line := range strings.Lines(cmd.Example) {
			if err := understood(strings.TrimSpace(line)); err != nil {
				t.Errorf("example of %s: %v", cmd.CommandPath(), err)
			}
		}
	}
}

// understood says why a command line of fairesync in a document is none. What a shell does with it (pipes, redirections, comments) is
// cut off.
func understood(line string) error {
	for _, end := range []string{" #", " |", " >", " &", " && ", ";", ")"} {
		line, _, _ = strings.Cut(line, end)
	}
	words := strings.Fields(line)
	if len(words) == 0 || filepath.Base(words[0]) != "fairesync" {
		return fmt.Errorf("%q does not call fairesync", line)
	}
	cmd, args, err := tree().Find(words[1:])
	if err != nil {
		return fmt.Errorf("%q: %w", line, err)
	}
	if !cmd.HasParent() && len(args) > 0 && args[0] != "--version" && args[0] != "--help" {
		return fmt.Errorf("%q: there is no command %q", line, args[0])
	}
	cmd.InitDefaultHelpFlag()
	cmd.InitDefaultVersionFlag()
	if err := cmd.ParseFlags(args); err != nil {
		return fmt.Errorf("%q: %w", line, err)
	}
	return cmd.ValidateArgs(cmd.Flags().Args())
}
