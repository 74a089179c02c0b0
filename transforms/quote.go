package transforms

import "strings"

// Quote writes an SQL identifier: in double quotes, inner ones doubled.
func Quote(identifier string) string {
	return `"` + strings.ReplaceAll(identifier, `"`, `""`) + `"`
}

// Literal writes an SQL string. A NUL byte, which no SQL text can hold, is left out.
func Literal(text string) string {
	return "'" + strings.ReplaceAll(strings.ReplaceAll(text, "\x00", ""), "'", "''") + "'"
}
