package transforms

import (
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"fairesync/pipeline/catalog"
)

// imageLength is the longest image URL that is sent (design §4.3).
const imageLength = 2048

// imageIdentity offers catalog.ImageIdentity to SQL; the names to ignore come as one text.
func imageIdentity(address, ignoreQuery string) string {
	return catalog.ImageIdentity(address, strings.FieldsFunc(ignoreQuery, func(c rune) bool { return c == ',' || unicode.IsSpace(c) }))
}

// imageProblem says why Faire could or should not fetch a URL. We never fetch it ourselves; the rule keeps addresses of a
// brand's own network from being handed out.
func imageProblem(address string) string {
	address = strings.TrimSpace(address)
	switch {
	case address == "":
		return "blank"
	case utf8.RuneCountInString(address) > imageLength:
		return "longer than 2,048 characters"
	case strings.ContainsFunc(address, func(c rune) bool { return unicode.IsSpace(c) || unicode.Is(unicode.Zs, c) }):
		return "contains a space"
	case strings.ContainsFunc(address, hidden):
		return "contains a control character"
	}
	parsed, err := url.Parse(address)
	if err != nil {
		return "not a URL"
	}
	switch scheme := strings.ToLower(parsed.Scheme); {
	case scheme == "" || !strings.Contains(address, "://"):
		return "has no scheme (http or https)"
	case scheme != "http" && scheme != "https":
		return fmt.Sprintf("scheme %s is not http or https", scheme)
	case parsed.User != nil:
		return "contains a user name"
	case parsed.Hostname() == "":
		return "has no host"
	}
	return hostProblem(parsed.Hostname())
}

var (
	numericHost  = regexp.MustCompile(`^(0[xX][0-9a-fA-F]*|[0-9]+)(\.(0[xX][0-9a-fA-F]*|[0-9]+))*$`)
	privateZones = []string{"localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "private", "home.arpa"}
	sharedSpace  = netip.MustParsePrefix("100.64.0.0/10") // carriers' own addresses, RFC 6598
)

func hostProblem(host string) string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if address, err := netip.ParseAddr(host); err == nil {
		address = address.Unmap().WithZone("")
		switch {
		case address.IsLoopback():
			return "host is loopback"
		case !address.IsGlobalUnicast() || address.IsPrivate() || sharedSpace.Contains(address) || address.Is4() && address.As4()[0] == 0:
			return "host is private"
		}
		return ""
	}
	if numericHost.MatchString(host) { // 127.1, 2130706433, 0x7f.0.0.1: addresses to old resolvers
		return "host is no name and no full address"
	}
	for _, zone := range privateZones {
		if host == zone || strings.HasSuffix(host, "."+zone) {
			if zone == "localhost" {
				return "host is loopback"
			}
			return "host is private"
		}
	}
	if !strings.Contains(host, ".") {
		return "host is private"
	}
	return ""
}

var (
	urlSeparator = regexp.MustCompile(`\|+|[,;]\s+|[,;\s]\s*((?i:https?:)?//)`)
	looksLikeURL = regexp.MustCompile(`(?i)(^|[\s,;|])(https?:)?//`)
)

// splitList parts a list cell. Each line is a list of its own, so that columns put below each other stay apart. Commas and
// semicolons stand in URLs too: in a line of URLs they separate only before a blank or the next URL. Elsewhere the strongest
// separator of the line counts: pipe, semicolon, comma.
func splitList(text string) string {
	var kept []string
	for line := range strings.SplitSeq(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n") {
		for _, part := range splitLine(line) {
			if part = strings.Trim(part, " \t\u00A0,;|"); part != "" {
				kept = append(kept, part)
			}
		}
	}
	return strings.Join(kept, "\n")
}

func splitLine(line string) []string {
	if looksLikeURL.MatchString(line) {
		var parts []string
		start := 0
		for _, at := range urlSeparator.FindAllStringSubmatchIndex(line, -1) {
			parts = append(parts, line[start:at[0]])
			if start = at[1]; at[2] >= 0 {
				start = at[2] // the next URL begins within the match
			}
		}
		return append(parts, line[start:])
	}
	for _, separator := range []string{"|", ";"} {
		if strings.Contains(line, separator) {
			return strings.Split(line, separator)
		}
	}
	return strings.Split(line, ",")
}
