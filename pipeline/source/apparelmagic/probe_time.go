package apparelmagic

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// patient is how many of the newest styles are asked for their colourways before it is given up.
const patient = 20

// time (6) reads the time of the newest style that has colourways, and compares it with what an earlier report kept.
func (p *probe) time(ctx context.Context, found *Finding) {
	styles := map[string]record{}
	prices := map[string]string{}
	if !p.walk(ctx, found, products, nil, "", func(id uint64, row record) {
		name := strconv.FormatUint(id, 10)
		styles[name] = row.only([]string{"style_number", "last_modified_time"})
		prices[name] = row.text("price")
	}) {
		return
	}
	p.prices = prices
	wanted, gone := p.wanted(styles)
	style, colours, ok := p.colouredStyle(ctx, found, styles, wanted)
	switch {
	case !ok:
		return
	case style == "":
		p.compared = "Not compared with another report: no style has colourways."
		found.Verdict = "none of the newest styles has colourways"
		found.Follows = "nothing to set; without colourways there is nothing colourways: changed could spare"
		return
	}
	modified := styles[style].text("last_modified_time")
	now := mark{Made: p.now, Check: digest(p.client.token, "check", ""), Style: digest(p.client.token, "style", style),
		Time: digest(p.client.token, "time", modified), Colourways: digest(p.client.token, "colourways", colours)}
	if now.Check != "" {
		p.mark = &now
	}
	found.Came = append(found.Came, fmt.Sprintf("last_modified_time `%s`", strings.ReplaceAll(shape(modified), "`", "'")))
	p.legible(found, modified)
	p.compare(found, now, gone)
	found.Screen = fmt.Sprintf("The style is %s. Change one picture of one of its colourways in ApparelMagic, nothing else, and probe again.",
		plain(first(styles[style].text("style_number"), "the one with product_id "+style)))
}

func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// wanted is the style of the earlier report; gone says that it is no longer there.
func (p *probe) wanted(styles map[string]record) (style string, gone bool) {
	if p.earlier == nil || p.earlier.mark == nil || p.earlier.mark.Check != digest(p.client.token, "check", "") {
		return "", false
	}
	for _, name := range newest(styles) {
		if digest(p.client.token, "style", name) == p.earlier.mark.Style {
			return name, false
		}
	}
	return "", true
}

// colouredStyle asks the newest styles, or the one wanted, for their colourways. It gives what of them an edit of a picture changes.
func (p *probe) colouredStyle(ctx context.Context, found *Finding, styles map[string]record, wanted string) (style, colours string, ok bool) {
	list := newest(styles)
	if wanted != "" {
		list = []string{wanted}
	}
	for _, name := range list[:min(len(list), patient)] {
		rows := map[string][]string{} // pictures by style: a server that ignores the filter gives all
		if !p.walk(ctx, found, colourways, ofStyle(name), "product_id="+shape(name), func(id uint64, row record) {
			owner := styleOf(row, name)
			rows[owner] = append(rows[owner], fmt.Sprintf("%d %s", id, canonicalJSON(row["images"])))
		}) {
			return "", "", false
		}
		if wanted == "" && len(rows) > 0 && rows[name] == nil { // the whole list came, and this style is not in it
			for _, other := range slices.Backward(slices.SortedFunc(maps.Keys(rows), byNumber)) {
				if styles[other] != nil {
					return other, strings.Join(rows[other], "\n"), true
				}
			}
		}
		if rows[name] != nil || wanted != "" {
			return name, strings.Join(rows[name], "\n"), true
		}
	}
	return "", "", true
}

// canonicalJSON is a value without the accidents of its writing.
func canonicalJSON(raw json.RawMessage) string {
	var value any
	if json.Unmarshal(raw, &value) != nil {
		return string(raw)
	}
	written, err := json.Marshal(value)
	if err != nil {
		return string(raw)
	}
	return string(written)
}

// legible says whether colourways: changed can read the style's time.
func (p *probe) legible(found *Finding, modified string) {
	switch {
	case modified == "":
		found.Verdict = "the style has no last_modified_time"
		found.Follows = "leave colourways at all: changed would read every style again"
	case tells(modified, time.Time{}):
		found.Verdict = "the style's time can be read, to the second"
		found.Follows = "colourways: changed spares the requests of styles whose time stands still"
	case tells(modified, p.now.AddDate(100, 0, 0)):
		found.Verdict = "the style's time can be read, but is too coarse to show an edit of the same day"
		found.Follows = "colourways: changed reads a style for two days after each edit, and then spares its requests"
	default:
		found.Verdict = "the style's time cannot be read"
		found.Follows = "leave colourways at all: changed would read every style again; the shape of the time helps to add its format"
	}
}

// compare says what an edit between two reports did.
func (p *probe) compare(found *Finding, now mark, gone bool) {
	const next = "; whether an edit of a colourway moves it is still guessed: change one picture of a colourway and probe again"
	switch {
	case now.Check == "":
		p.compared = "Comparing reports needs a token of 16 characters or more; this one is shorter."
	case p.earlier == nil:
		p.compared = "There was no earlier report to compare with."
		found.Verdict += next
	case p.earlier.mark == nil:
		p.compared = "The earlier report holds nothing to compare with."
		found.Verdict += next
	case p.earlier.mark.Check != now.Check:
		p.compared = "The earlier report was made with another token; it cannot be compared."
		found.Verdict += next
	case gone:
		p.compared = "The style of the earlier report is gone; it cannot be compared."
		found.Verdict += next
	default:
		p.compared = fmt.Sprintf("Compared with the report of %s.", p.earlier.Made.Format("2006-01-02 15:04 UTC"))
		p.moved(found, now, next)
	}
}

// moved compares the two marks of one style.
func (p *probe) moved(found *Finding, now mark, next string) {
	edited, moved := now.Colourways != p.earlier.mark.Colourways, now.Time != p.earlier.mark.Time
	switch {
	case edited && moved:
		found.Verdict = "the pictures of the colourways changed since the earlier report, and the style's time moved"
		if !strings.HasPrefix(found.Follows, "leave") {
			found.Follows += ", and sees such an edit in the next run"
		}
	case edited:
		found.Verdict = "the pictures of the colourways changed since the earlier report, but the style's time did not move"
		found.Follows = "leave colourways at all: changed would see such an edit only after colourways_every"
	case moved:
		found.Verdict = "the style's time moved since the earlier report without another picture of a colourway: something else was edited" + next
	default:
		found.Verdict = "neither the pictures of the colourways nor the style's time changed since the earlier report" + next
	}
}

// offsets (7) compares the prices of SKUs that have an offset with those of their styles.
func (p *probe) offsets(ctx context.Context, found *Finding) {
	if p.prices == nil {
		found.Failed = true
		found.Verdict, found.Follows = "it could not be asked: the products could not be read", "look at step 6"
		return
	}
	seen := map[uint64]bool{}
	with, included, without, neither := 0, 0, 0, 0
	if !p.walk(ctx, found, inventory, nil, "", func(id uint64, row record) {
		offset, there := parseDecimal(row.text("price_offset"))
		if seen[id] || !there || offset.isZero() {
			return
		}
		seen[id] = true
		with++
		price, first := parseDecimal(row.text("price"))
		base, second := parseDecimal(p.prices[styleOf(row, "")])
		switch {
		case first && second && price.equals(base.plus(offset)):
			included++
		case first && second && price.equals(base):
			without++
		default:
			neither++
		}
	}) {
		return
	}
	found.Came = append(found.Came, fmt.Sprintf("%s with a price_offset: %d at the style's price and the offset, %d at the style's price, %d at another",
		counted(with, "SKU"), included, without, neither))
	switch {
	case with == 0:
		found.Verdict, found.Follows = "no SKU has an offset, so there is nothing to compare", "nothing to set"
	case included == with:
		found.Verdict, found.Follows = "the price of a SKU includes its offset", "prices[].wholesale: price is right as it is"
	case without == with:
		found.Verdict = "the price of a SKU does not include its offset"
		found.Follows = "each such SKU is reported as FEED_VALUE_INVALID; prices[].wholesale: price + coalesce(price_offset, 0) adds it"
	default:
		found.Verdict = "the prices of SKUs with an offset follow no one rule"
		found.Follows = "look at those a run reports as FEED_VALUE_INVALID, and compare some of the others in ApparelMagic"
	}
}
