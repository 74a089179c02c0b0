package catalog

import (
	"net/url"
	"slices"
	"strings"
)

// ImageIdentity is what makes two addresses the same picture (design §4.3): the address without its fragment and without the query
// parameters in ignore, all else as it came. A name ending in * drops every parameter that begins so. SQL has it as image_identity.
func ImageIdentity(address string, ignore []string) string {
	address, _, _ = strings.Cut(address, "#")
	base, query, _ := strings.Cut(strings.TrimSpace(address), "?")
	var kept []string
	for parameter := range strings.SplitSeq(query, "&") {
		parameter = strings.TrimSpace(parameter)
		name, _, _ := strings.Cut(parameter, "=")
		if plain, err := url.QueryUnescape(name); err == nil {
			name = plain
		}
		if parameter != "" && !slices.ContainsFunc(ignore, func(pattern string) bool { return nameMatches(pattern, name) }) {
			kept = append(kept, parameter)
		}
	}
	if len(kept) > 0 {
		base += "?" + strings.Join(kept, "&")
	}
	return strings.TrimSpace(base)
}

func nameMatches(pattern, name string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(name, prefix)
	}
	return pattern == name
}
