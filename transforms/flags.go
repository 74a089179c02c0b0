package transforms

import "strings"

// flags are the words feeds write yes and no with, folded to lower case. A column whose sense is turned round ("Disabled")
// is turned round by its mapping, not here.
var flags = map[string]string{
	"y": "true", "yes": "true", "t": "true", "true": "true", "x": "true", "on": "true", "active": "true", "enabled": "true",
	"enable": "true", "published": "true", "live": "true", "visible": "true", "available": "true", "ja": "true", "oui": "true",
	"si": "true", "sí": "true", "1": "true", "-1": "true", "✓": "true", "✔": "true", "☑": "true", "✅": "true",
	"n": "false", "no": "false", "f": "false", "false": "false", "off": "false", "inactive": "false", "not active": "false",
	"disabled": "false", "disable": "false", "unpublished": "false", "draft": "false", "archived": "false", "hidden": "false",
	"discontinued": "false", "unavailable": "false", "deleted": "false", "nein": "false", "non": "false", "0": "false",
	"✗": "false", "✘": "false", "☐": "false", "❌": "false",
}

// booleanText reads a flag.
func booleanText(text string) string {
	word := strings.ToLower(cleanKey(text))
	if flag, ok := flags[word]; ok {
		return flag
	}
	return flags[numberText(word)] // 1.0, 0.00
}
