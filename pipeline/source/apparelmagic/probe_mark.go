package apparelmagic

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// Earlier is what a report keeps for the probe after it.
type Earlier struct {
	Made time.Time
	mark *mark // nil: the report has none
}

// mark is what a later probe compares with. Its values are digests under the token as key: they say nothing to anybody else, and
// nothing at all where the token is another.
type mark struct {
	Made       time.Time `json:"made"`
	Check      string    `json:"check"` // of nothing: equal tokens give equal ones
	Style      string    `json:"style"`
	Time       string    `json:"time"`
	Colourways string    `json:"colourways"`
}

// A report is known by its first line, and its mark by what stands before it.
const (
	reportTitle = "# What an ApparelMagic account does\n"
	markBegin   = "<!-- for the next probe: "
	markEnd     = " -->\n"
)

// keyed is the least length of a token whose digests may be shown: a shorter one might be guessed by them.
const keyed = 16

// digest is the digest of a value under the token; blank where the token is no good as a key.
func digest(token, kind, value string) string {
	if len(token) < keyed {
		return ""
	}
	sum := hmac.New(sha256.New, []byte(token))
	sum.Write([]byte("fairesync probe\x00" + kind + "\x00" + value))
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

// line is the mark as a comment of Markdown.
func (m mark) line() string {
	data, err := json.Marshal(m)
	if err != nil {
		return "" // texts and a time can always be written
	}
	return markBegin + string(data) + markEnd
}

// ReadReport reads what an earlier report kept.
func ReadReport(data []byte) (*Earlier, error) {
	if !bytes.HasPrefix(data, []byte(reportTitle)) {
		return nil, errors.New("is no report of a probe")
	}
	_, rest, found := strings.Cut(string(data), markBegin)
	if !found {
		return &Earlier{}, nil
	}
	text, _, _ := strings.Cut(rest, markEnd)
	var kept mark
	if err := json.Unmarshal([]byte(text), &kept); err != nil {
		return nil, errors.New("is a report of a probe whose last line was changed")
	}
	return &Earlier{Made: kept.Made, mark: &kept}, nil
}
