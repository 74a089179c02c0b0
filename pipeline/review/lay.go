package review

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Bounds of waivers: the last day of one is today or later, and at most so many years ahead.
const waivedYears = 2

// longestOwner is how many characters the name of an owner may have.
const longestOwner = 100

// lay makes the decisions of an answer to a question, one for each thing it covers. It judges the value by itself: what has to do with
// today, or with other rows, comes later.
func (j *judge) lay(q Question, action Action, value string, number bool) ([]Decision, error) {
	value = strings.TrimSpace(value)
	switch q.Kind {
	case Alias:
		return j.layAlias(q, action, value, number)
	case Taxonomy:
		if action == Leave {
			return each(q, action, func(c Cover) Decision { return Decision{Key: c.Key} }), nil
		}
		id, err := parseType(value, j.types, j.typeNames)
		if err != nil {
			return nil, err
		}
		return each(q, action, func(c Cover) Decision { return Decision{Key: c.Key, Value: id} }), nil
	case Price:
		return layPrice(q, action, value)
	case Approval:
		return each(q, action, func(c Cover) Decision { return Decision{Key: c.Key, Field: first(c.Field, q.Field, q.Key)} }), nil
	case Drift:
		return each(q, action, func(c Cover) Decision { return Decision{Key: c.Key, Field: first(c.Field, q.Field)} }), nil
	case Recreate:
		return each(q, action, func(c Cover) Decision { return Decision{Key: c.Key, Seen: c.Seen} }), nil
	case Waiver, Owner: // they answer exceptions
	}
	return nil, refuse("questions of kind %s are not known to this version", q.Kind)
}

// each makes a decision for every cover of a question.
func each(q Question, action Action, of func(Cover) Decision) []Decision {
	list := make([]Decision, 0, len(q.Covers))
	for _, c := range q.Covers {
		d := of(c)
		d.Kind, d.Action, d.Subject = q.Kind, action, q.subject()
		list = append(list, d)
	}
	return list
}

const (
	variantPrefix = "variant:"
	skuPrefix     = "sku:"
)

// layAlias links a variant on Faire with a SKU of ours, or leaves either alone. Which side the row is of, its key says.
func (j *judge) layAlias(q Question, action Action, value string, number bool) ([]Decision, error) {
	if action == Leave {
		return each(q, action, func(c Cover) Decision {
			if strings.HasPrefix(c.Key, variantPrefix) {
				return Decision{Key: c.Key, Seen: c.SKU}
			}
			return Decision{Key: c.Key}
		}), nil
	}
	onFaire := strings.HasPrefix(q.Key, variantPrefix)
	side, known := "of ours", j.ours
	if !onFaire {
		side, known = "on Faire", j.faire
	}
	switch {
	case value == "":
		return nil, refuse("link needs a SKU %s in Value", side)
	case len(q.Covers) != 1:
		return nil, refuse("the row covers %d variants, which cannot all be one SKU", len(q.Covers))
	}
	value, err := known.find(value, number, side)
	if err != nil {
		return nil, err
	}
	return each(q, action, func(c Cover) Decision {
		if onFaire {
			return Decision{Key: value, Value: c.SKU, Seen: strings.TrimPrefix(c.Key, variantPrefix)}
		}
		return Decision{Key: strings.TrimPrefix(c.Key, skuPrefix), Value: value, Seen: j.variantOf(value)}
	}), nil
}

// variantOf is the id of the only variant that bears a SKU on Faire, as far as it was asked about; blank: not known.
func (j *judge) variantOf(sku string) string {
	if ids := j.variants[sku]; len(ids) == 1 {
		return ids[0]
	}
	return ""
}

// layException waives an exception, or gives it to somebody. A waiver that lies behind is told by dayInTime, so that an old workbook is
// still known to be taken in.
func layException(id, fingerprint, subject string, action Action, value string) ([]Decision, error) {
	value = strings.TrimSpace(value)
	if action == Assign {
		switch {
		case !strings.ContainsFunc(value, unicode.IsLetter):
			return nil, refuse("assign needs a name in Value")
		case utf8.RuneCountInString(value) > longestOwner:
			return nil, refuse("a name has at most %d characters", longestOwner)
		}
		return []Decision{{Kind: Owner, Key: id, Action: action, Value: value, Subject: subject}}, nil
	}
	if value == "" {
		return nil, refuse("waive needs the last day in Value, such as 2026-12-31")
	}
	day, err := ParseDay(value)
	if err != nil {
		return nil, err
	}
	return []Decision{{Kind: Waiver, Key: id, Action: action, Value: day, Seen: fingerprint, Subject: subject}}, nil
}

// dayInTime refuses a last day that is past or too far ahead.
func dayInTime(day string, at time.Time) error {
	today, last := at.UTC().Format(time.DateOnly), at.UTC().AddDate(waivedYears, 0, 0).Format(time.DateOnly)
	switch {
	case day < today:
		return refuse("%s is past: a waiver ends today (%s) or later", day, today)
	case day > last:
		return refuse("%s is more than %d years ahead: a waiver ends by %s", day, waivedYears, last)
	}
	return nil
}

// subject says what a question is about, for people.
func (q Question) subject() string {
	return words(first(q.SKU, q.Style, q.Key), q.Name, q.Field)
}

// words joins what is not blank.
func words(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), " ")
}

// first is the first that is not blank.
func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
