package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"fairesync/pipeline/config"
	"fairesync/pipeline/edges"
	"fairesync/pipeline/view"
)

// The files init writes.
const (
	initConfig   = "config.yaml"
	initTaxonomy = "taxonomy.csv"
	initAliases  = "aliases.csv"
)

// initAnswers are what init has to know.
type initAnswers struct {
	brand, source, feed, url, geography, currency, tokenEnv, sourceTokenEnv string
	stem                                                                    string // in a folder of brands, what the brand's files begin with; blank: a folder of its own
}

// file is the name of one of the files init writes: config.yaml in a folder of its own, luma.yaml and luma-taxonomy.csv in one of brands.
func (o initAnswers) file(name string) string {
	switch {
	case o.stem == "":
		return name
	case name == initConfig:
		return o.stem + filepath.Ext(name)
	}
	return o.stem + "-" + name
}

func newInitCommand(a *app) *cobra.Command {
	var o initAnswers
	cmd := &cobra.Command{
		Use:   "init [DIR|FILE.yaml]",
		Short: "Write a first configuration, with every key a new brand may want",
		Long: "init writes config.yaml, taxonomy.csv and aliases.csv into DIR (default: this folder). For one brand of a folder of brands,\n" +
			"name its file: brands/luma.yaml has luma-taxonomy.csv and luma-aliases.csv beside it. On a terminal init asks for what the\n" +
			"flags do not say; elsewhere --brand, --source and --feed or --url must be given. It calls nobody and overwrites nothing.\n" +
			"Of a feed it reads the header and says which fields of a catalogue it finds. The four switches of the gate are written\n" +
			"as false: nothing is sent until somebody turns them on.",
		Example: "  fairesync init luma\n  fairesync init luma --brand luma --source files --feed exports/feed.csv\n" +
			"  fairesync init brands/luma.yaml --brand luma --source files --feed exports/feed.csv --token-env LUMA_TOKEN\n" +
			"  fairesync init harbor --brand harbor --source apparelmagic --url https://harbor.app.apparelmagic.com/api/json",
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage("see fairesync init --help", "%q is one argument too many", args[1])
			}
			dir := "."
			if len(args) == 1 {
				dir = args[0]
			}
			if filepath.Base(dir) == config.DefaultsName {
				return usage("name the brand's file", "%s holds what brands have in common and is no brand's", dir)
			}
			if filepath.Ext(dir) == filepath.Ext(initConfig) {
				o.stem, dir = strings.TrimSuffix(filepath.Base(dir), filepath.Ext(dir)), filepath.Dir(dir)
			}
			var ask *prompter
			if file, ok := cmd.InOrStdin().(*os.File); ok && term.IsTerminal(int(file.Fd())) {
				ask = newPrompter(file, a.Stderr)
			}
			return a.initialise(cmd.Context(), dir, o, ask)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.brand, "brand", "", "the brand's `NAME`: a-z, 0-9, _ and -")
	flags.StringVar(&o.source, "source", "", "`KIND` of the source: files or apparelmagic")
	flags.StringVar(&o.feed, "feed", "", "files: `PATH` of the feed, or a pattern such as 'drop/*.csv'")
	flags.StringVar(&o.url, "url", "", "apparelmagic: `URL` of the account, https://ACCOUNT.app.apparelmagic.com/api/json")
	flags.StringVar(&o.geography, "geography", "", "`GEOGRAPHY` of the prices: USA (default), CAN, GBR, AUS or EUROPEAN_UNION")
	flags.StringVar(&o.currency, "currency", "", "`CURRENCY` of the prices (default: the geography's)")
	flags.StringVar(&o.tokenEnv, "token-env", "", "the environment `VARIABLE` that holds Faire's token (default FAIRE_ACCESS_TOKEN)")
	flags.StringVar(&o.sourceTokenEnv, "source-token-env", "", "apparelmagic: the `VARIABLE` that holds its token (default APPARELMAGIC_TOKEN)")
	return cmd
}

// initCurrencies are the geographies Faire takes prices for.
var initCurrencies = map[string]string{"USA": "USD", "CAN": "CAD", "GBR": "GBP", "AUS": "AUD", "EUROPEAN_UNION": "EUR"}

// initialise asks for what is missing (ask is nil where nobody can be asked), writes the files and says what comes next.
func (a *app) initialise(ctx context.Context, given string, o initAnswers, ask *prompter) error {
	dir, err := filepath.Abs(given)
	if err != nil {
		return fmt.Errorf("init: %w", err)
	}
	for _, name := range []string{initConfig, initTaxonomy, initAliases} {
		if err := notThere(filepath.Join(dir, o.file(name))); err != nil {
			return err
		}
	}
	if ask != nil {
		if err := ask.complete(ctx, &o, dir); err != nil {
			return err
		}
	}
	if err := o.check(); err != nil {
		return err
	}
	if o.feed != "" {
		if o.feed, err = fromFolder(dir, o.feed); err != nil {
			return err
		}
	}
	look := feedLook{}
	path := filepath.Join(dir, o.file(initConfig))
	c, err := config.Parse(path, []byte(o.config(look)))
	if err != nil {
		return initRefused(err)
	}
	if o.source == config.KindFiles {
		look = a.lookAtFeed(ctx, c)
	}
	text := o.config(look)
	if _, err := config.Parse(path, []byte(text)); err != nil { // what was added of the feed must not spoil it
		return initRefused(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("init: %w", err)
	}
	for _, file := range []struct{ name, text string }{
		{initTaxonomy, "scope,pattern,type_id\n"}, {initAliases, "alias_name,alias_value,wms_sku\n"}, {initConfig, text}, // the one that counts last
	} {
		if err := writeNew(filepath.Join(dir, o.file(file.name)), file.text); err != nil {
			return err
		}
	}
	if a.json {
		return a.initJSON(path, look)
	}
	return a.initDone(filepath.Join(given, o.file(initConfig)), o, look)
}

// notThere refuses a file that is there.
func notThere(path string) error {
	_, err := os.Lstat(path)
	switch {
	case err == nil:
		return usage("name another folder, or move the file away first; init overwrites nothing", "%s is there already", path)
	case errors.Is(err, fs.ErrNotExist):
		return nil
	}
	return &usageError{fmt.Errorf("init: %w", err), "name a folder you may write to"}
}

func writeNew(path, text string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return notThere(path)
	}
	if err != nil {
		return fmt.Errorf("init: %w", err)
	}
	_, err = io.WriteString(file, text)
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("init: %w", err)
	}
	return nil
}

// initRefused puts what the configuration says of an answer into the words of the command line.
func initRefused(err error) error {
	var said *config.Error
	if errors.As(err, &said) {
		return usage(said.Next, "init: %s", said.Problem)
	}
	return err
}

// check refuses answers that are missing or do not fit together, and fills in what has a default.
func (o *initAnswers) check() error {
	var missing []string
	want := func(value, flag string) {
		if value == "" {
			missing = append(missing, flag)
		}
	}
	want(o.brand, "--brand")
	want(o.source, "--source")
	switch o.source {
	case config.KindFiles:
		want(o.feed, "--feed")
	case config.KindApparelMagic:
		want(o.url, "--url")
	case "": // which of the two depends on it
		if o.feed == "" && o.url == "" {
			missing = append(missing, "--feed or --url")
		}
	default:
		return usage("write files or apparelmagic", "--source is %q", o.source)
	}
	if len(missing) > 0 {
		return usage("give the flags, or call init on a terminal, where it asks", "there is nobody to ask and %s missing", strings.Join(missing, ", ")+plural(missing, " is", " are"))
	}
	o.geography = cmp.Or(o.geography, "USA")
	if initCurrencies[o.geography] == "" {
		return usage("write "+strings.Join(sortedKeys(initCurrencies), ", "), "--geography is %q", o.geography)
	}
	o.currency = cmp.Or(o.currency, initCurrencies[o.geography])
	o.tokenEnv = cmp.Or(o.tokenEnv, "FAIRE_ACCESS_TOKEN")
	switch {
	case o.source == config.KindFiles && (o.url != "" || o.sourceTokenEnv != ""):
		return usage("leave it out", "--url and --source-token-env mean nothing for a source of files")
	case o.source == config.KindApparelMagic && o.feed != "":
		return usage("leave it out", "--feed means nothing for a source of apparelmagic")
	}
	if o.source == config.KindApparelMagic {
		o.sourceTokenEnv = cmp.Or(o.sourceTokenEnv, "APPARELMAGIC_TOKEN")
	}
	return nil
}

func plural(list []string, one, many string) string {
	if len(list) == 1 {
		return one
	}
	return many
}

// fromFolder is a path as it must stand in a file of the folder: relative where it lies below, absolute elsewhere.
func fromFolder(dir, path string) (string, error) {
	whole, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("init: %w", err)
	}
	if relative, err := filepath.Rel(dir, whole); err == nil && filepath.IsLocal(relative) {
		return filepath.ToSlash(relative), nil
	}
	return whole, nil
}

// feedLook is what the header of a feed tells.
type feedLook struct {
	columns, rows int
	found         []string
	missing       []string // of those a product needs or is poorer without
	quantity      string   // a column that may be the quantity
	err           error    // the feed cannot be looked at
}

// quantityHeader is a column that is likely to count units; what they mean only the brand knows.
var quantityHeader = regexp.MustCompile(`(?i)^(qty|quantity|on ?hand|(qty|quantity)[ _]?(on[ _]?hand|avail(able)?)|avail(able)?([ _](qty|quantity))?|inventory|stock|variant inventory qty)$`)

func (a *app) lookAtFeed(ctx context.Context, c config.Config) feedLook {
	one, err := edges.OneSource(c, 0, edges.Options{DryRun: true, Getenv: a.Getenv, Now: a.Now, Jitter: a.Jitter})
	if err != nil {
		return feedLook{err: err}
	}
	probed, err := a.probe(ctx, one.Source, config.KindFiles)
	if err != nil {
		return feedLook{err: err}
	}
	found := likenesses(probed.Fields)
	look := feedLook{columns: len(probed.Columns), rows: probed.Rows, found: probed.Fields, missing: without(slices.Concat(neededFields, usefulFields), found)}
	if at := slices.IndexFunc(probed.Columns, quantityHeader.MatchString); at >= 0 {
		look.quantity = probed.Columns[at]
		look.missing = slices.DeleteFunc(look.missing, func(field string) bool { return field == "quantity" })
	}
	return look
}

// initDone says what was written, what the feed has, and what to type next.
func (a *app) initDone(path string, o initAnswers, look feedLook) error {
	var out strings.Builder
	fmt.Fprintf(&out, "wrote %s, %s and %s in %s\n", o.file(initConfig), o.file(initTaxonomy), o.file(initAliases), filepath.Dir(path))
	switch {
	case o.source != config.KindFiles:
	case look.err != nil:
		fmt.Fprintf(&out, "\nthe feed cannot be used yet: %s\n", printable(look.err.Error()))
		for _, hint := range view.Hints(look.err) {
			fmt.Fprintf(&out, "hint: %s\n", printable(hint))
		}
	case look.columns == 0:
		fmt.Fprintf(&out, "\nthe feed is empty; a run refuses it\n")
	default:
		fmt.Fprintf(&out, "\nfound in the feed:  %s\n", printable(strings.Join(look.found, ", ")))
		if len(look.missing) > 0 {
			fmt.Fprintf(&out, "not found:          %s\n", strings.Join(look.missing, ", "))
			fmt.Fprintf(&out, "                    if the feed has them under other headers, name these in %s\n", o.file(initConfig))
		}
		if look.quantity != "" {
			fmt.Fprintf(&out, "stock:              column %q looks like it; say so under inventory: in %s, or no stock is sent\n", printable(look.quantity), o.file(initConfig))
		}
	}
	shown := shellWord(path)
	fmt.Fprintf(&out, "\nnext:\n  export %s=…\n", o.tokenEnv)
	if o.sourceTokenEnv != "" {
		fmt.Fprintf(&out, "  export %s=…\n", o.sourceTokenEnv)
	}
	for _, line := range []struct{ command, about string }{
		{"doctor", "is everything there"}, {"check", "what is wrong with the source; Faire is not asked"},
	} {
		fmt.Fprintf(&out, "  fairesync %-6s -c %s   # %s\n", line.command, shown, line.about)
	}
	fmt.Fprintf(&out, "  set the four switches under settings: in %s to true\n", o.file(initConfig))
	for _, line := range []struct{ command, about string }{{"plan", "what run would send; nothing is sent"}, {"run", "send it"}} {
		fmt.Fprintf(&out, "  fairesync %-6s -c %s   # %s\n", line.command, shown, line.about)
	}
	_, err := io.WriteString(a.Stdout, out.String())
	return err
}

// initJSON is initDone as one object.
func (a *app) initJSON(path string, look feedLook) error {
	line := struct {
		Type    string   `json:"type"` // init
		Config  string   `json:"config"`
		Found   []string `json:"found"`
		Missing []string `json:"missing"`
		Problem string   `json:"problem,omitempty"` // why the feed cannot be used yet
	}{Type: "init", Config: path, Found: append([]string{}, look.found...), Missing: append([]string{}, look.missing...)}
	if look.err != nil {
		line.Problem = look.err.Error()
	}
	return jsonLine(a.Stdout, line)
}

var plainShellWord = regexp.MustCompile(`^[A-Za-z0-9_./+:@%,-]+$`)

// shellWord writes a path so that a shell takes it for one word.
func shellWord(path string) string {
	if plainShellWord.MatchString(path) {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
