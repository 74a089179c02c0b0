package apparelmagic

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

func sized(size int) url.Values {
	return url.Values{"pagination[page_size]": {strconv.Itoa(size)}}
}

// ids are those of a page's products.
func ids(records []record) (list []uint64, greatest uint64) {
	for _, row := range records {
		if id, err := number(row.text(products.ids...)); err == nil {
			list = append(list, id)
			greatest = max(greatest, id)
		}
	}
	return list, greatest
}

// firstPage (1) shows the body of a small page.
func (p *probe) firstPage(ctx context.Context, found *Finding) {
	got, ok := p.ask(ctx, found, products.name, sized(smallestPage), "pagination[page_size]=10")
	switch {
	case !ok:
		return
	case !got.isPage:
		unclear(found)
		return
	}
	p.first, p.got = got.page, true
	_, p.greatest = ids(got.page.records)
	switch count := len(got.page.records); {
	case count == smallestPage:
		found.Verdict, found.Follows = "page_size is honoured", "sources[].page_size may stay at 1000"
	case count < smallestPage:
		found.Verdict = fmt.Sprintf("the account has %s or page_size is not honoured; with so few there is no telling", counted(count, "product"))
		found.Follows = "nothing to set"
	default:
		found.Verdict = fmt.Sprintf("page_size is ignored as long as there is no filter on the id: %s came", counted(count, "record"))
		found.Follows = "nothing to set: a walk takes pages of any length"
	}
	found.detail = p.described(got.page)
}

// described is the shape of a page: its first record, and a table of the fields of all.
func (p *probe) described(got page) string {
	var out strings.Builder
	fmt.Fprintf(&out, "```\n%s\n```\n", p.redact.sketched(got.body))
	if len(got.records) == 0 {
		return out.String()
	}
	fmt.Fprintf(&out, "\nWhat the fields of %s hold:\n\n| field | type | there | filled | shapes |\n|---|---|---|---|---|\n", counted(len(got.records), "record"))
	for _, field := range p.redact.fieldShapes(got.records) {
		shapes := make([]string, len(field.shapes))
		for i, text := range field.shapes {
			shapes[i] = "`" + strings.NewReplacer("`", "'", "|", "\\|").Replace(text) + "`"
		}
		fmt.Fprintf(&out, "| %s | %s | %d | %d | %s |\n", field.name, strings.Join(field.kinds, ", "), field.there, field.filled, strings.Join(shapes, ", "))
	}
	return out.String()
}

// secondPage (2) asks for what comes after the first page by last_id, and where that does not get further by a filter on the id.
func (p *probe) secondPage(ctx context.Context, found *Finding) {
	if !p.got || p.greatest == 0 {
		found.Failed = true
		found.Verdict, found.Follows = "it could not be asked: the first page has no records", "look at step 1"
		return
	}
	last := cmp.Or(p.first.lastID, strconv.FormatUint(p.greatest, 10))
	query := sized(smallestPage)
	query.Set("pagination[last_id]", last)
	got, ok := p.ask(ctx, found, products.name, query, "pagination[page_size]=10&pagination[last_id]="+shape(last))
	if !ok {
		return
	}
	if !got.isPage && !got.refuses() {
		unclear(found)
		return
	}
	how := p.advance(got)
	if how == "" {
		found.Verdict, found.Follows = "last_id is honoured", "nothing to set"
		if len(got.page.records) == 0 {
			found.Verdict = "last_id is honoured, if these are all the products: an empty page came, which is the end of a walk"
		}
		return
	}
	query = sized(smallestPage)
	filter(query, products.ids[0], ">", p.greatest)
	got, ok = p.ask(ctx, found, products.name, query, fmt.Sprintf("pagination[page_size]=10&%s=product_id&%s=>&%s=%s&%s=AND", "parameters[0][field]",
		"parameters[0][operator]", "parameters[0][value]", shape(strconv.FormatUint(p.greatest, 10)), "parameters[0][include_type]"))
	if !ok {
		return
	}
	if !got.isPage && !got.refuses() {
		unclear(found)
		return
	}
	if second := p.advance(got); second != "" {
		found.Verdict = fmt.Sprintf("last_id is %s, and the filter on the id is %s", how, second)
		found.Follows = "this account cannot be read to its end, and a run says so; ask ApparelMagic how its lists are paged"
		return
	}
	found.Verdict = fmt.Sprintf("last_id is %s; the filter on the id is honoured", how)
	if len(got.page.records) <= smallestPage {
		found.Verdict += fmt.Sprintf(", and with it page_size: %s came", counted(len(got.page.records), "record"))
	}
	found.Follows = "nothing to set: a walk changes to the filter by itself"
}

// advance says what became of a wish for later records: nothing where it was honoured.
func (p *probe) advance(got reply) string {
	list, _ := ids(got.page.records)
	switch {
	case !got.isPage:
		return "refused"
	case len(list) != len(got.page.records) || slices.ContainsFunc(list, func(id uint64) bool { return id <= p.greatest }):
		return "ignored"
	}
	return ""
}

// future (3) asks for what was modified after a day that has not come, and for what was modified since long ago.
func (p *probe) future(ctx context.Context, found *Finding) {
	since := func(day string) (reply, bool) {
		query := sized(smallestPage)
		query.Set("parameters[0][field]", "last_modified_time")
		query.Set("parameters[0][operator]", ">=")
		query.Set("parameters[0][value]", day)
		query.Set("parameters[0][include_type]", "AND")
		return p.ask(ctx, found, products.name, query, "pagination[page_size]=10&parameters[0][field]=last_modified_time&parameters[0][operator]=>=&parameters[0][value]="+
			day+"&parameters[0][include_type]=AND")
	}
	ahead, ok := since(p.now.AddDate(10, 0, 0).Format(time.DateOnly))
	if !ok {
		return
	}
	const safe = "nothing to set; colourways: changed is safe all the same, for no list is asked for by this filter"
	switch {
	case !ahead.isPage && !ahead.refuses():
		unclear(found)
		return
	case !ahead.isPage:
		found.Verdict, found.Follows = "the filter on last_modified_time is refused", safe
		return
	case len(ahead.page.records) > 0:
		found.Verdict, found.Follows = "the filter on last_modified_time is ignored", safe
		return
	}
	past, ok := since("1990-01-01")
	switch {
	case !ok:
	case !past.isPage:
		unclear(found)
	case len(past.page.records) > 0:
		found.Verdict = "the filter on last_modified_time is honoured"
		found.Follows = "nothing to set: every run reads the whole list nevertheless, for only that shows what is gone"
	default:
		found.Verdict = "the filter on last_modified_time takes a day as YYYY-MM-DD for something else: it finds nothing since 1990"
		found.Follows = safe
	}
}

// nine (4) asks for fewer than the least.
func (p *probe) nine(ctx context.Context, found *Finding) {
	got, ok := p.ask(ctx, found, products.name, sized(smallestPage-1), "pagination[page_size]=9")
	if !ok {
		return
	}
	count := len(got.page.records)
	found.Follows = "nothing to set: sources[].page_size takes 10 to 1000"
	switch {
	case !got.isPage && !got.refuses():
		unclear(found)
	case !got.isPage:
		found.Verdict = "a page_size below 10 is refused"
	case count == smallestPage-1:
		found.Verdict = "a page_size of 9 is honoured"
	case count < smallestPage-1:
		found.Verdict = fmt.Sprintf("a page_size of 9 is not refused; with %s there is no telling more", counted(count, "product"))
	case count == smallestPage:
		found.Verdict = "a page_size of 9 is taken for 10"
	default:
		found.Verdict = fmt.Sprintf("a page_size of 9 is ignored: %d records came", count)
	}
}

// falseToken (5) asks once with a token that is none. The true one is not tried in any variation.
func (p *probe) falseToken(ctx context.Context, found *Finding) {
	found.Asked = append(found.Asked, "GET products?pagination[page_size]=10, with another token")
	last, err := p.client.send(ctx, products.name, sized(smallestPage), obviouslyFalse)
	if err == nil && last.broke != nil {
		err = last.broke
	}
	if err != nil {
		p.failed(found, err)
		return
	}
	got := p.look(found, last)
	html := sketch(last.body) == "an HTML page"
	form := "something else"
	switch {
	case html:
		form = "an HTML page"
	case got.refused != "" || got.page.body != nil:
		form = "JSON"
	}
	switch {
	case last.status == 401 || last.status == 403:
		found.Verdict = fmt.Sprintf("a wrong token is answered with %d and %s", last.status, form)
		found.Follows = "nothing to set: 401 and 403 end a run, whatever their body is"
	case got.isPage:
		found.Verdict = "a wrong token is served like a right one"
		found.Follows = "tell ApparelMagic: whoever knows the address can read the account"
	default:
		found.Verdict = fmt.Sprintf("a wrong token is answered with %d and %s", last.status, form)
		found.Follows = "a run with a wrong token ends with this answer, and not with the advice to make a new token"
	}
}

// newest are ids, the greatest first.
func newest(styles map[string]record) []string {
	list := slices.SortedFunc(maps.Keys(styles), byNumber)
	slices.Reverse(list)
	return list
}
