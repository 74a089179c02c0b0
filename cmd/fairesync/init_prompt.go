package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"fairesync/pipeline/config"
)

// prompter asks questions on a terminal.
type prompter struct {
	lines *bufio.Reader
	out   io.Writer
}

func newPrompter(in io.Reader, out io.Writer) *prompter { return &prompter{bufio.NewReader(in), out} }

// complete asks for every answer that no flag gave.
func (p *prompter) complete(ctx context.Context, o *initAnswers, dir string) error {
	questions := []struct {
		into         *string
		text         string
		otherwise    func() string
		onlyIfSource string
	}{
		{&o.brand, "Name of the brand (a-z, 0-9, _ and -)", func() string { return brandOf(cmp.Or(o.stem, dir)) }, ""},
		{&o.source, "Where does the catalogue come from, files or apparelmagic", func() string { return config.KindFiles }, ""},
		{&o.feed, "Path of the feed, or a pattern such as drop/*.csv", func() string { return "" }, config.KindFiles},
		{&o.url, "Address of the account, https://ACCOUNT.app.apparelmagic.com/api/json", func() string { return "" }, config.KindApparelMagic},
		{&o.sourceTokenEnv, "Environment variable with ApparelMagic's token", func() string { return "APPARELMAGIC_TOKEN" }, config.KindApparelMagic},
		{&o.geography, "Geography of the prices (" + strings.Join(sortedKeys(initCurrencies), ", ") + ")", func() string { return "USA" }, ""},
		{&o.currency, "Currency of the prices", func() string { return initCurrencies[o.geography] }, ""},
		{&o.tokenEnv, "Environment variable with Faire's token (not the token itself)", func() string { return "FAIRE_ACCESS_TOKEN" }, ""},
	}
	for _, q := range questions {
		if *q.into != "" || q.onlyIfSource != "" && q.onlyIfSource != o.source {
			continue
		}
		answer, err := p.ask(ctx, q.text, q.otherwise())
		if err != nil {
			return err
		}
		*q.into = answer
	}
	return nil
}

// ask asks until there is an answer; an empty line takes what stands in brackets.
func (p *prompter) ask(ctx context.Context, question, otherwise string) (string, error) {
	if otherwise != "" {
		question += " [" + otherwise + "]"
	}
	type read struct {
		line string
		err  error
	}
	for {
		if _, err := fmt.Fprint(p.out, question+": "); err != nil {
			return "", err
		}
		got := make(chan read, 1)
		go func() {
			line, err := p.lines.ReadString('\n')
			got <- read{line, err}
		}()
		select {
		case <-ctx.Done():
			return "", &ended{exitInterrupted}
		case r := <-got:
			if answer := cmp.Or(strings.TrimSpace(r.line), otherwise); answer != "" && (r.err == nil || r.line != "") {
				return answer, nil
			}
			if r.err != nil {
				return "", usage("answer the questions, or give the flags of fairesync init --help", "the terminal was closed before everything was answered")
			}
		}
	}
}

// brandOf makes a brand's name of a folder's.
func brandOf(dir string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' || r == '-':
			return r
		}
		return '-'
	}, strings.ToLower(filepath.Base(dir)))
	return strings.Trim(name[:min(len(name), 63)], "-_")
}
