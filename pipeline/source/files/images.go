package files

import (
	"slices"
	"strings"
)

// noImage are texts exports write where there is no picture (Magento: no_selection).
var noImage = []string{"no_selection", "none", "null", "n/a", "na", "-", "tbd"}

// imageList makes one list of the pictures in some columns of a row: one URL a line, in order, none twice.
func imageList(cells []string, columns []int, base string) string {
	var urls []string
	for _, column := range columns {
		if column < len(cells) {
			urls = appendImages(urls, cells[column], base)
		}
	}
	return strings.Join(urls, "\n")
}

// appendImages splits a cell into URLs. Pipe, line break and semicolon separate; a comma does when a URL or path follows, or
// when the cell holds bare file names: elsewhere it belongs to the URL.
func appendImages(urls []string, cell, base string) []string {
	if isBlank(cell) {
		return urls
	}
	cell = strings.ReplaceAll(cell, "&amp;", "&")
	for _, piece := range strings.FieldsFunc(cell, func(r rune) bool { return r == '|' || r == ';' || r == '\n' || r == '\r' }) {
		for _, one := range splitCommas(piece) {
			one = imageURL(strings.TrimSpace(one), base)
			if one != "" && !slices.Contains(urls, one) {
				urls = append(urls, one)
			}
		}
	}
	return urls
}

func splitCommas(text string) []string {
	if !strings.Contains(text, "/") {
		return strings.Split(text, ",")
	}
	var pieces []string
	from := 0
	for at := range len(text) {
		if text[at] != ',' {
			continue
		}
		after := strings.TrimLeft(text[at+1:], " \t")
		lower := strings.ToLower(after[:min(8, len(after))])
		if after == "" || after[0] == '/' || strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://") {
			pieces = append(pieces, text[from:at])
			from = at + 1
		}
	}
	return append(pieces, text[from:])
}

// imageURL completes what a cell names: https for a URL without scheme, the base before a path without host. Blanks inside are
// escaped; whether the result is an address Faire takes is checked later (IMAGE_INVALID).
func imageURL(text, base string) string {
	if text == "" || slices.Contains(noImage, strings.ToLower(text)) {
		return ""
	}
	if strings.ContainsAny(text, " \t") {
		text = strings.ReplaceAll(strings.ReplaceAll(text, " ", "%20"), "\t", "%20")
	}
	switch {
	case strings.HasPrefix(text, "//"):
		return "https:" + text
	case strings.Contains(text, "://"), base == "", strings.HasPrefix(strings.ToLower(text), "www."):
		return text
	}
	return strings.TrimRight(base, "/") + "/" + strings.TrimLeft(text, "/")
}
