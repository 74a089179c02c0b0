package faire

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// shown stands wherever a secret would be printed.
const shown = "[secret]"

// Secret is a credential. Every way of printing, logging or marshalling it gives "[secret]"; only a conversion to string, which
// this package makes for the request header alone, gives the value.
type Secret string

// Format implements fmt.Formatter for every verb, so that not even a wrong one leaks the value.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// String returns "[secret]", or nothing for an empty secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return shown
}

// MarshalText keeps the value out of JSON and YAML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue keeps the value out of logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// redactor removes secrets from text that came from outside: an answer or a network error could quote what was sent. A secret of
// fewer than 8 characters is a sandbox's and would only garble the text.
type redactor []string

func newRedactor(secrets ...string) redactor {
	var r redactor
	for _, secret := range secrets {
		if len(secret) >= 8 {
			r = append(r, secret)
		}
	}
	return r
}

func (r redactor) clean(text string) string {
	for _, secret := range r {
		text = strings.ReplaceAll(text, secret, shown)
	}
	return text
}
