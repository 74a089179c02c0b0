package refuse

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"fairesync/pipeline/catalog"
)

// NoVariants: a product has at least one variant. Contract §4; several clients, the refusal of a create is guessed.
func NoVariants(p catalog.Product) error {
	if len(live(p)) == 0 {
		return errors.New("the product has no variant")
	}
	return nil
}

// OptionMissing: of several variants each has options; "A product with multiple variants must have options". A lone variant may do
// without. Contract §5; several clients.
func OptionMissing(p catalog.Product, v catalog.Variant) error {
	if len(v.Options) == 0 && len(live(p)) > 1 {
		return errors.New("a product with several variants needs options on each of them")
	}
	return nil
}

// OptionBlank: neither name nor value of an option is empty. Contract §5; seen once.
func OptionBlank(v catalog.Variant) error {
	for _, option := range v.Options {
		if strings.TrimSpace(option.Name) == "" || strings.TrimSpace(option.Value) == "" {
			return fmt.Errorf("the option %q has the value %q, neither may be blank", option.Name, option.Value)
		}
	}
	return nil
}

// OptionUnknown: each option is a pair of the product's option sets; "Color:Marron is not one of the values for Color". Contract §5;
// the rule is documented, the message seen once, live.
func OptionUnknown(p catalog.Product, v catalog.Variant) error {
	for _, option := range v.Options {
		at := slices.IndexFunc(p.Options, func(set catalog.Option) bool { return set.Name == option.Name })
		if at < 0 || !slices.Contains(p.Options[at].Values, option.Value) {
			return fmt.Errorf("%s:%s is not in the product's option sets", option.Name, option.Value)
		}
	}
	return nil
}

// DuplicateOptions: no two variants have the same options; "Duplicate variants with same options". Said of the later variant.
// Contract §5; seen once, live.
func DuplicateOptions(p catalog.Product, v catalog.Variant) error {
	if len(v.Options) == 0 {
		return nil
	}
	mine := pairs(v)
	for _, other := range live(p) {
		if same(other, v) {
			return nil // the first to bear these options
		}
		if pairs(other) == mine {
			return fmt.Errorf("the options are those of %s", name(other))
		}
	}
	return nil
}

// pairs is a variant's options as one text, whatever their order.
func pairs(v catalog.Variant) string {
	var list []string
	for _, option := range v.Options {
		list = append(list, fmt.Sprintf("%q:%q", option.Name, option.Value))
	}
	slices.Sort(list)
	return strings.Join(list, ",")
}

// same says whether two values are one variant of a product: by key, or where there is none by token, Faire's id or SKU.
func same(a, b catalog.Variant) bool {
	return a.Key == b.Key && a.Token == b.Token && a.FaireID == b.FaireID && a.SKU == b.SKU
}

func name(v catalog.Variant) string {
	for _, text := range []string{v.SKU, v.Key, v.FaireID} {
		if text != "" {
			return text
		}
	}
	return "another variant"
}
