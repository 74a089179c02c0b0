package apparelmagic_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fairesync/pipeline/source/apparelmagic"
	"fairesync/pipeline/source/apparelmagic/emulator"
)

// probeable is an account whose products have times, whose SKUs have offsets, and 13 styles with a picture each.
func probeable() emulator.Account {
	made := dated(13, "2026-10-28 09:01:44")
	for i, row := range made.Inventory {
		row["price_offset"] = "0.00"
		if i%5 == 0 {
			row["price"], row["price_offset"] = "26.50", "2.00"
		}
	}
	return made
}

// probe probes an account under its own name at a host of ApparelMagic.
func probe(t *testing.T, server *emulator.Server, earlier *apparelmagic.Earlier, change ...func(*apparelmagic.Options)) apparelmagic.Report {
	t.Helper()
	report, err := apparelmagic.Probe(t.Context(), open(t, server, append([]func(*apparelmagic.Options){func(o *apparelmagic.Options) {
		o.Settings.URL = "https://lunawear.app.apparelmagic.com/api/json"
	}}, change...)...), earlier)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func written(t *testing.T, report apparelmagic.Report) string {
	t.Helper()
	var out strings.Builder
	if err := report.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func verdicts(report apparelmagic.Report) []string {
	var list []string
	for _, found := range report.Findings {
		list = append(list, fmt.Sprintf("%v %s", found.Failed, found.Verdict))
	}
	return list
}

// TestProbe: what the seven steps say of an account, by how it behaves.
func TestProbe(t *testing.T) {
	const (
		paged   = "false page_size is honoured"
		cursor  = "false last_id is honoured"
		since   = "false the filter on last_modified_time is honoured"
		least   = "false a page_size below 10 is refused"
		token   = "false a wrong token is answered with 401 and an HTML page"
		second  = "false the style's time can be read, to the second; whether an edit of a colourway moves it is still guessed: change one picture of a colourway and probe again"
		include = "false the price of a SKU includes its offset"
	)
	normal := []string{paged, cursor, since, least, token, second, include}
	but := func(changes map[int]string) []string {
		list := slices.Clone(normal)
		for step, verdict := range changes {
			list[step-1] = verdict
		}
		return list
	}
	const cannot = "true it could not be asked"
	for name, test := range map[string]struct {
		switches emulator.Switches
		change   func(*emulator.Account)
		want     []string
	}{
		"normal": {want: normal},
		"as reported by the contradiction": {switches: emulator.Switches{PageSizeNeedsFilter: true, LastID: "ignored", DefaultPageSize: 12},
			want: but(map[int]string{1: "false page_size is ignored as long as there is no filter on the id: 12 records came",
				2: "false last_id is ignored; the filter on the id is honoured, and with it page_size: 1 record came",
				4: "false a page_size of 9 is ignored: 12 records came"})},
		"last_id refused": {switches: emulator.Switches{LastID: "refused"},
			want: but(map[int]string{2: "false last_id is refused; the filter on the id is honoured, and with it page_size: 3 records came"})},
		"nothing advances": {switches: emulator.Switches{LastID: "ignored", IgnoreFilters: "all"},
			want: but(map[int]string{2: "false last_id is ignored, and the filter on the id is ignored", 3: "false the filter on last_modified_time is ignored",
				6: cannot, 7: "true it could not be asked: the products could not be read"})},
		"filters ignored": {switches: emulator.Switches{IgnoreFilters: "all"}, want: but(map[int]string{3: "false the filter on last_modified_time is ignored"})},
		"times ignored":   {switches: emulator.Switches{ModifiedFilter: "ignored"}, want: but(map[int]string{3: "false the filter on last_modified_time is ignored"})},
		"times refused":   {switches: emulator.Switches{ModifiedFilter: "refused"}, want: but(map[int]string{3: "false the filter on last_modified_time is refused"})},
		"unreadable times": {switches: emulator.Switches{TimeFormat: "unreadable"}, want: but(map[int]string{
			3: "false the filter on last_modified_time is honoured",
			6: "false the style's time cannot be read; whether an edit of a colourway moves it is still guessed: change one picture of a colourway and probe again"})},
		"no times compared": {change: func(a *emulator.Account) { dateAll(a, "soon") }, want: but(map[int]string{
			3: "false the filter on last_modified_time takes a day as YYYY-MM-DD for something else: it finds nothing since 1990",
			6: "false the style's time cannot be read; whether an edit of a colourway moves it is still guessed: change one picture of a colourway and probe again"})},
		"blank times": {change: func(a *emulator.Account) { dateAll(a, "") }, want: but(map[int]string{
			3: "false the filter on last_modified_time takes a day as YYYY-MM-DD for something else: it finds nothing since 1990",
			6: "false the style has no last_modified_time; whether an edit of a colourway moves it is still guessed: change one picture of a colourway and probe again"})},
		"days only": {switches: emulator.Switches{TimeFormat: "us_date"}, want: but(map[int]string{
			6: "false the style's time can be read, but is too coarse to show an edit of the same day; whether an edit of a colourway moves it is still guessed: change one picture of a colourway and probe again"})},
		"small pages":   {switches: emulator.Switches{MinPageSize: 1}, want: but(map[int]string{4: "false a page_size of 9 is honoured"})},
		"JSON for 401":  {switches: emulator.Switches{Unauthorized: "json"}, want: but(map[int]string{5: "false a wrong token is answered with 401 and JSON"})},
		"busy at first": {switches: emulator.Switches{Faults: []emulator.Fault{{Count: 2, Kind: emulator.FaultStatus, Status: 429}}}, want: normal},
		"no offsets": {change: func(a *emulator.Account) { offsetAll(a, "24.50", "0.00") },
			want: but(map[int]string{7: "false no SKU has an offset, so there is nothing to compare"})},
		"offsets left out": {change: func(a *emulator.Account) { offsetAll(a, "24.50", "2.00") },
			want: but(map[int]string{7: "false the price of a SKU does not include its offset"})},
		"offsets of no rule": {change: func(a *emulator.Account) { offsetAll(a, "99.00", "2.00") },
			want: but(map[int]string{7: "false the prices of SKUs with an offset follow no one rule"})},
		"few products": {change: func(a *emulator.Account) { *a = dated(4, "2026-10-28 09:01:44") },
			want: but(map[int]string{1: "false the account has 4 products or page_size is not honoured; with so few there is no telling",
				2: "false last_id is honoured, if these are all the products: an empty page came, which is the end of a walk",
				7: "false no SKU has an offset, so there is nothing to compare"})},
		"nothing": {change: func(a *emulator.Account) { *a = emulator.Account{} },
			want: but(map[int]string{1: "false the account has 0 products or page_size is not honoured; with so few there is no telling",
				2: "true it could not be asked: the first page has no records",
				3: "false the filter on last_modified_time takes a day as YYYY-MM-DD for something else: it finds nothing since 1990",
				6: "false none of the newest styles has colourways", 7: "false no SKU has an offset, so there is nothing to compare"})},
		"no colourways": {change: func(a *emulator.Account) { a.ProductAttributes = nil }, want: but(map[int]string{6: "false none of the newest styles has colourways"})},
		"products fail": {switches: emulator.Switches{Faults: []emulator.Fault{{Endpoint: "products", Kind: emulator.FaultStatus, Status: 503}}},
			want: []string{"true the answer tells nothing", "true it could not be asked: the first page has no records", "true the answer tells nothing",
				"true the answer tells nothing", token, cannot, "true it could not be asked: the products could not be read"}},
		"cut off": {switches: emulator.Switches{Faults: []emulator.Fault{{Endpoint: "products", First: 3, Count: 5, Kind: emulator.FaultDisconnect}}}, want: but(map[int]string{3: cannot})},
		"inventory fails": {switches: emulator.Switches{Faults: []emulator.Fault{{Endpoint: "inventory", Kind: emulator.FaultStatus, Status: 500}}},
			want: but(map[int]string{7: cannot})},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				held := probeable()
				if test.change != nil {
					test.change(&held)
				}
				report := probe(t, serve(held, test.switches), nil)
				if diff := cmp.Diff(test.want, verdicts(report)); diff != "" {
					t.Errorf("verdicts (-want +got):\n%s", diff)
				}
				failed := 0
				for _, found := range report.Findings {
					if len(found.Asked) == 0 && !found.Failed || found.Follows == "" || !found.Failed && len(found.Came) == 0 {
						t.Errorf("step %d: asked %q, came %q, follows %q", found.Step, found.Asked, found.Came, found.Follows)
					}
					if found.Failed {
						failed++
					}
				}
				if failed != report.Failed() {
					t.Errorf("Failed() is %d, want %d", report.Failed(), failed)
				}
				tellsNothing(t, written(t, report))
			})
		})
	}
}

func dateAll(account *emulator.Account, modified string) {
	for _, product := range account.Products {
		product["last_modified_time"] = modified
	}
}

func offsetAll(account *emulator.Account, price, offset string) {
	for _, row := range account.Inventory {
		row["price"], row["price_offset"] = price, offset
	}
}

// tellsNothing wants no value of the account in a report.
func tellsNothing(t *testing.T, report string) {
	t.Helper()
	text, _, _ := strings.Cut(report, "<!--")
	for _, secret := range []string{token, "tok/en", "tok%2Fen", "lunawear", "files.example.test", "LW-", "Sage", "TOP ", "Tops", "24.50", "52.00", "26.50", "1107", "2026-10-28"} {
		if strings.Contains(text, secret) {
			t.Errorf("the report holds %q:\n%s", secret, text)
		}
	}
}

// TestProbeReport: the report of one page, whole.
func TestProbeReport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		held := emulator.Account{Products: []emulator.Record{{"product_id": "1041", "style_number": "LW-2207", "price": "24.50", "weight": nil, "is_product": true,
			"images":   []any{map[string]any{"img": "https://files.lunawear.test/Éclair/7.jpg?v=1"}, map[string]any{"img": "http://a"}},
			"Zoë's":    "x",
			"lunawear": "y", "note": "line one\nline two"}}}
		report := written(t, probe(t, serve(held, emulator.Switches{Faults: []emulator.Fault{{Endpoint: "inventory", Kind: emulator.FaultStatus, Status: 404}}}), nil))
		first, _, _ := strings.Cut(report, "\n## 2.")
		want := `# What an ApparelMagic account does

Probed on 2026-11-23 12:00 UTC with requests that only read. Values are shown by their shape: a digit is 0, a letter a or A,
an address has no host. Names of fields and the words of error messages are as they came.

Not compared with another report: no style has colourways.

## 1. A page of ten products

- Asked: ` + "`GET products?pagination[page_size]=10`" + `
- Came: 200, application/json, 1 record, last_id 0000
- Verdict: **the account has 1 product or page_size is not honoured; with so few there is no telling.**
- What follows: nothing to set.

` + "```" + `
{
  "response": [
    {
      "Aaa'a": "a",
      "images": [
        {
          "img": "https://…/Aaaaaa/0.aaa?a=0"
        },
        … 1 more
      ],
      "is_product": true,
      "aaaaaaaa": "a",
      "note": "aaaa aaa aaaa aaa",
      "price": "00.00",
      "product_id": "0000",
      "style_number": "AA-0000",
      "weight": null
    }
  ],
  "meta": {
    "pagination": {
      "last_id": "0000"
    },
    "errors": []
  }
}
` + "```" + `

What the fields of 1 record hold:

| field | type | there | filled | shapes |
|---|---|---|---|---|
| Aaa'a | text | 1 | 1 | ` + "`a`" + ` |
| aaaaaaaa | text | 1 | 1 | ` + "`a`" + ` |
| images | list | 1 | 1 |  |
| is_product | boolean | 1 | 1 | ` + "`0`" + ` |
| note | text | 1 | 1 | ` + "`aaaa aaa aaaa aaa`" + ` |
| price | text | 1 | 1 | ` + "`00.00`" + ` |
| product_id | text | 1 | 1 | ` + "`0000`" + ` |
| style_number | text | 1 | 1 | ` + "`AA-0000`" + ` |
| weight | null | 1 | 0 |  |
`
		if diff := cmp.Diff(want, first); diff != "" {
			t.Errorf("first step (-want +got):\n%s", diff)
		}
		if !strings.Contains(report, "- Came: inventory answered 404: Not Found (invented)\n- Verdict: **it could not be asked.**") {
			t.Errorf("the last step:\n%s", report)
		}
		tellsNothing(t, report)
	})
}

// TestProbeAgain: between two probes somebody edits a colourway, the style, both, or nothing.
func TestProbeAgain(t *testing.T) {
	const guessed = "; whether an edit of a colourway moves it is still guessed: change one picture of a colourway and probe again"
	const compared = "Compared with the report of 2026-11-23 12:00 UTC."
	picture := func(a *emulator.Account) {
		a.ProductAttributes[len(a.ProductAttributes)-1]["images"] = []any{map[string]any{"img": "https://files.example.test/other.jpg"}}
	}
	time := func(a *emulator.Account) { a.Products[len(a.Products)-1]["last_modified_time"] = "2026-11-23 12:30:00" }
	newer := func(a *emulator.Account) {
		more := dated(14, "2026-11-20 00:00:00")
		a.Products, a.ProductAttributes = append(a.Products, more.Products[13]), append(a.ProductAttributes, more.ProductAttributes[13])
	}
	for name, test := range map[string]struct {
		between  func(*emulator.Account)
		switches emulator.Switches
		change   func(*apparelmagic.Options)
		verdict  string
		follows  string
		compared string
	}{
		"moves": {between: func(a *emulator.Account) { picture(a); time(a); newer(a) }, compared: compared,
			verdict: "the pictures of the colourways changed since the earlier report, and the style's time moved",
			follows: "colourways: changed spares the requests of styles whose time stands still, and sees such an edit in the next run"},
		"stands": {between: picture, compared: compared,
			verdict: "the pictures of the colourways changed since the earlier report, but the style's time did not move",
			follows: "leave colourways at all: changed would see such an edit only after colourways_every"},
		"stands, filter ignored": {between: picture, switches: emulator.Switches{IgnoreFilters: "all"}, compared: compared,
			verdict: "the pictures of the colourways changed since the earlier report, but the style's time did not move",
			follows: "leave colourways at all: changed would see such an edit only after colourways_every"},
		"other edit": {between: time, compared: compared,
			verdict: "the style's time moved since the earlier report without another picture of a colourway: something else was edited" + guessed,
			follows: "colourways: changed spares the requests of styles whose time stands still"},
		"nothing": {between: newer, compared: compared,
			verdict: "neither the pictures of the colourways nor the style's time changed since the earlier report" + guessed,
			follows: "colourways: changed spares the requests of styles whose time stands still"},
		"gone": {between: func(a *emulator.Account) { a.Products = a.Products[:12] }, compared: "The style of the earlier report is gone; it cannot be compared.",
			verdict: "the style's time can be read, to the second" + guessed, follows: "colourways: changed spares the requests of styles whose time stands still"},
		"other token": {between: picture, change: func(o *apparelmagic.Options) { o.Token = "another-token-of-the-account" },
			compared: "The earlier report was made with another token; it cannot be compared.",
			verdict:  "the style's time can be read, to the second" + guessed, follows: "colourways: changed spares the requests of styles whose time stands still"},
		"short token": {between: picture, change: func(o *apparelmagic.Options) { o.Token = "short" },
			compared: "Comparing reports needs a token of 16 characters or more; this one is shorter.",
			verdict:  "the style's time can be read, to the second", follows: "colourways: changed spares the requests of styles whose time stands still"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				held := probeable()
				server := emulator.New(emulator.Options{Account: held, Switches: test.switches})
				report := probe(t, server, nil)
				if screen := report.Findings[5].Screen; !strings.Contains(screen, "The style is LW-110.") {
					t.Errorf("screen: %q", screen)
				}
				earlier, err := apparelmagic.ReadReport([]byte(written(t, report)))
				if err != nil {
					t.Fatal(err)
				}
				test.between(&held)
				server.SetAccount(held)
				change := test.change
				if change == nil {
					change = func(*apparelmagic.Options) {}
				}
				again := probe(t, server, earlier, change)
				found := again.Findings[5]
				if diff := cmp.Diff([]string{test.verdict, test.follows}, []string{found.Verdict, found.Follows}); diff != "" {
					t.Errorf("verdict and what follows (-want +got):\n%s", diff)
				}
				text := written(t, again)
				if !strings.Contains(text, "\n"+test.compared+"\n") || strings.Contains(text, "LW-110") {
					t.Errorf("want %q in\n%s", test.compared, text)
				}
				if keeps := strings.Contains(text, "<!-- for the next probe: "); keeps != (name != "short token") {
					t.Errorf("the report keeps something for the next: %v", keeps)
				}
			})
		})
	}
}

// TestShapeTellsNothing: of any value nothing is left that could be read, and little enough to be shown.
func TestShapeTellsNothing(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "24.50": "00.00", "$1,250.-": "$0,000.-", "2026-10-28 09:01:44": "0000-00-00 00:00:00", "Sage Green": "Aaaa Aaaaa", "<p>Größe</p>": "<a>Aaaaa</a>",
		"https://files.lunawear.test": "https://…", "http://lunawear.test/a/B7.jpg?x=1": "http://…/a/A0.aaa?a=0", "see https://lunawear.test": "aaa aaaaa://aaaaaaaa.aaaa",
		strings.Repeat("x", 70): strings.Repeat("a", 60) + "… (70 characters)", "line\nline": "aaaa aaaa", "٣": "0",
	} {
		if got := apparelmagic.Shape(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	rapid.Check(t, func(at *rapid.T) {
		text := rapid.String().Draw(at, "text")
		shown := apparelmagic.Shape(text)
		if len([]rune(shown)) > 100 {
			at.Fatalf("%q is long", shown)
		}
		for _, known := range []string{"https://…", "http://…", " characters)"} {
			shown = strings.ReplaceAll(shown, known, "")
		}
		for _, r := range shown {
			if (unicode.IsLetter(r) && r != 'a' && r != 'A') || (unicode.IsDigit(r) && r > '9') || unicode.IsControl(r) {
				at.Fatalf("%q shows %q", text, string(r))
			}
		}
	})
}

// TestReadReport: only what is a report is taken for one.
func TestReadReport(t *testing.T) {
	for text, want := range map[string]string{
		"# What an ApparelMagic account does\n\ntext\n":                                                             "",
		"# What an ApparelMagic account does\n\n<!-- for the next probe: {\"made\":\"2026-11-23T12:00:00Z\"} -->\n": "",
		"# What an ApparelMagic account does\n\n<!-- for the next probe: {\"made\" -->\n":                           "is a report of a probe whose last line was changed",
		"# Notes\n": "is no report of a probe", "": "is no report of a probe",
	} {
		if _, err := apparelmagic.ReadReport([]byte(text)); message(err) != want {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// TestProbeOnlyReads: every request is a GET without a body, at the pace of the settings; the false token is tried once, and is no
// variation of the true one. A transport that would write is not let through.
func TestProbeOnlyReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := serve(probeable(), emulator.Switches{})
		var last time.Time
		tokens := map[string]int{}
		probe(t, server, nil, func(o *apparelmagic.Options) {
			o.Transport = transport(func(request *http.Request) (*http.Response, error) {
				if request.Method != http.MethodGet || request.Body != nil {
					t.Errorf("%s with body %v", request.Method, request.Body)
				}
				if !last.IsZero() && time.Since(last) < time.Second/4 {
					t.Errorf("%s after the request before it", time.Since(last))
				}
				last = time.Now()
				tokens[request.URL.Query().Get("token")]++
				return server.RoundTripper().RoundTrip(request)
			})
		})
		if diff := cmp.Diff(map[string]int{token: server.Effects().Total - 1, "this-is-no-token": 1}, tokens); diff != "" {
			t.Errorf("tokens (-want +got):\n%s", diff)
		}
		if again := regexp.MustCompile(`[a-z]{4,}`).FindString(token); strings.Contains("this-is-no-token", again) && again != "token" {
			t.Errorf("the false token holds %q of the true one", again)
		}
	})
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodGet} {
		request, err := http.NewRequestWithContext(t.Context(), method, "http://127.0.0.1/api/json/products", strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		passed := false
		response, err := apparelmagic.GetOnly(transport(func(*http.Request) (*http.Response, error) {
			passed = true
			return nil, errors.New("went through")
		})).RoundTrip(request)
		if response != nil {
			_ = response.Body.Close()
		}
		if passed || err == nil {
			t.Errorf("%s with a body went through", method)
		}
	}
}

// TestProbeEnds: a probe that is interrupted has no report.
func TestProbeEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer time.AfterFunc(time.Second, cancel).Stop()
		if report, err := apparelmagic.Probe(ctx, open(t, serve(probeable(), emulator.Switches{})), nil); !errors.Is(err, context.Canceled) || report.Findings != nil {
			t.Errorf("%v, %v", report, err)
		}
	})
}
