package review

import (
	"slices"
	"strings"

	"fairesync/pipeline/catalog"
)

// The rules of prices (seed): retail is 1.25 to 10 times wholesale.
func legalPair(wholesale, retail catalog.Money) bool {
	return wholesale > 0 && retail > 0 && retail*4 >= wholesale*5 && retail <= wholesale*10
}

// unitFactor is how many times another amount than the source's looks like a mistake in the unit: cents for dollars, case for piece.
const unitFactor = 20

// The words of the price decided: retail 12.50.
const (
	retailWord    = "retail "
	wholesaleWord = "wholesale "
)

// layPrice decides a price that breaks a rule.
func layPrice(q Question, action Action, typed string) ([]Decision, error) {
	if q.Amounts == nil {
		return nil, refuse("the amounts of this question are not on record: answer latest.xlsx")
	}
	a := *q.Amounts
	value := ""
	switch action {
	case Approve:
		if q.Code != "PRICE_MOVE" && q.Code != "PRICE_SCALE" {
			return nil, refuse("approve is for prices that moved, and Faire refuses %s: choose a nearest price or set one", q.Code)
		}
	case Keep:
		if a.FaireWholesale <= 0 && a.FaireRetail <= 0 {
			return nil, refuse("Faire holds no price that could stay")
		}
	case NearestRetail, NearestWholesale:
		amount, word, err := nearest(q.Code, action, a)
		if err != nil {
			return nil, err
		}
		value = word + amount.String()
	case SetRetail, SetWholesale:
		amount, word, err := typedPrice(q.Field, action, typed, a)
		if err != nil {
			return nil, err
		}
		value = word + amount.String()
	default:
		return nil, refuse("%s is no action for a price", action)
	}
	return each(q, action, func(c Cover) Decision {
		seen := c.Seen
		if action == Approve || action == Keep {
			seen = first(c.SeenFaire, c.Seen)
		}
		return Decision{Key: c.Key, Field: first(c.Field, q.Field), Value: value, Seen: seen}
	}), nil
}

// nearest is the legal amount nearest to the source's, the other one being as the source has it.
func nearest(code string, action Action, a Amounts) (amount catalog.Money, word string, err error) {
	switch {
	case !slices.Contains([]string{"PRICE_RATIO_LOW", "PRICE_RATIO_HIGH"}, code):
		return 0, "", refuse("there is a nearest price only where retail is no 1.25 to 10 times wholesale: set one")
	case a.Wholesale <= 0 || a.Retail <= 0:
		return 0, "", refuse("the source lacks one of the two amounts: set a price")
	case action == NearestRetail:
		amount, word = min(max(a.Retail, (a.Wholesale*5+3)/4), a.Wholesale*10), retailWord
	default:
		amount, word = min(max(a.Wholesale, (a.Retail+9)/10), a.Retail*4/5), wholesaleWord
	}
	if amount <= 0 {
		return 0, "", refuse("no amount is legal beside the source's: correct the source")
	}
	return amount, word, nil
}

// typedPrice is an amount that a person typed, if the pair that it makes with the source's other amount is legal.
func typedPrice(field string, action Action, typed string, a Amounts) (amount catalog.Money, word string, err error) {
	retail := action == SetRetail
	word, other := wholesaleWord, retailWord
	own := a.Wholesale
	if retail {
		word, other, own = retailWord, wholesaleWord, a.Retail
	}
	if strings.HasPrefix(strings.ToLower(typed), other) {
		return 0, "", refuse("%q does not go with %s", clip(typed), action)
	}
	if len(typed) >= len(word) && strings.EqualFold(typed[:len(word)], word) { // as suggestions are written
		typed = typed[len(word):]
	}
	if amount, err = parseAmount(typed, field); err != nil {
		return 0, "", err
	}
	pair := Amounts{Wholesale: amount, Retail: a.Retail}
	if retail {
		pair = Amounts{Wholesale: a.Wholesale, Retail: amount}
	}
	switch {
	case own > 0 && (amount >= own*unitFactor || amount*unitFactor <= own):
		return 0, "", refuse("%s for the source's %s looks like a mistake in the unit", amount, own)
	case retail && a.Wholesale <= 0:
		return 0, "", refuse("the source has no wholesale price that would go with it")
	case !retail && a.Retail <= 0:
		return 0, "", refuse("the source has no retail price that would go with it")
	case !legalPair(pair.Wholesale, pair.Retail) && retail:
		return 0, "", refuse("%s is not 1.25 to 10 times the wholesale price %s: from %s to %s is", amount, a.Wholesale, (a.Wholesale*5+3)/4, a.Wholesale*10)
	case !legalPair(pair.Wholesale, pair.Retail):
		return 0, "", refuse("the retail price %s is not 1.25 to 10 times %s: from %s to %s goes with it", a.Retail, amount, (a.Retail+9)/10, a.Retail*4/5)
	}
	return amount, word, nil
}
