package sandbox

import (
	"net/http"
	"slices"
	"strings"

	"fairesync/pipeline/faire"
)

// sortedOptions gives options in one order, for comparing.
func sortedOptions(options []faire.WireOption) []faire.WireOption {
	return slices.SortedFunc(slices.Values(options), func(a, b faire.WireOption) int {
		if by := strings.Compare(a.Name, b.Name); by != 0 {
			return by
		}
		return strings.Compare(a.Value, b.Value)
	})
}

// checkOptions obeys P15 to P17 over the live variants; values are looked up for the variants just made only, since those of the
// others cannot have changed.
func checkOptions(p *Product, made map[int]bool) error {
	live := p.liveVariants()
	for _, v := range live {
		if len(live) > 1 && len(v.Options) == 0 {
			return invalid("options", messageNeedsOptions) // rule P15
		}
	}
	for i := range p.Variants {
		if !made[i] {
			continue
		}
		for _, option := range p.Variants[i].Options {
			if err := checkOption(p, option); err != nil {
				return err
			}
		}
	}
	seen := make(map[string]bool, len(live))
	for _, v := range live {
		var key strings.Builder
		for _, option := range sortedOptions(v.Options) {
			key.WriteString(option.Name + "\x00" + option.Value + "\x01")
		}
		if seen[key.String()] {
			return invalid("options", messageDuplicateOptions) // rule P17
		}
		seen[key.String()] = true
	}
	return nil
}

func checkOption(p *Product, option faire.WireOption) error {
	if strings.TrimSpace(option.Name) == "" || strings.TrimSpace(option.Value) == "" {
		return invalid("options", "Option names and values must not be empty") // rule P15
	}
	for _, set := range p.VariantOptionSets {
		if set.Name == option.Name && slices.Contains(set.Values, option.Value) {
			return nil
		}
	}
	return invalid("options", messageOptionValue, option.Name, option.Value, option.Name) // rule P16
}

// checkOptionSets wants names and values that are not empty and occur once; that Faire refuses others is a guess.
func checkOptionSets(sets []faire.WireOptionSet) error {
	names := map[string]bool{}
	for _, set := range sets {
		if strings.TrimSpace(set.Name) == "" || names[set.Name] {
			return invalid("variant_option_sets", "Option name %q is empty or occurs twice", set.Name)
		}
		names[set.Name] = true
		values := map[string]bool{}
		for _, value := range set.Values {
			if strings.TrimSpace(value) == "" || values[value] {
				return invalid("variant_option_sets", "Value %q of %s is empty or occurs twice", value, set.Name)
			}
			values[value] = true
		}
	}
	return nil
}

// replaceOptionSets is PATCH …/variant-option-sets, which replaces (rule P18): values in use stay, names are fixed at creation.
func (s *Server) replaceOptionSets(c *call) (reply, error) {
	rec, err := s.findLive(c, false)
	if err != nil {
		return reply{}, err
	}
	var body optionSetsBody
	if err := s.decode(c.body, &body); err != nil {
		return reply{}, err
	}
	if !body.VariantOptionSets.given() {
		return reply{}, invalid("variant_option_sets", "variant_option_sets is mandatory")
	}
	sets := body.VariantOptionSets.value
	if err := checkOptionSets(sets); err != nil {
		return reply{}, err
	}
	if !slices.Equal(optionNames(rec.VariantOptionSets), optionNames(sets)) {
		return reply{}, invalid("variant_option_sets", "Option names cannot be changed")
	}
	p := rec.clone()
	p.VariantOptionSets = sets
	for _, v := range p.liveVariants() {
		for _, option := range v.Options {
			if checkOption(&p, option) != nil {
				return reply{}, invalid("variant_option_sets", "Options currently in use by variants cannot be removed: %s:%s", option.Name, option.Value)
			}
		}
	}
	next := s.commit(p, written{})
	s.effects.updated(next)
	answer := struct {
		VariantOptionSets []faire.WireOptionSet `json:"variant_option_sets"`
	}{next.VariantOptionSets}
	return reply{http.StatusOK, answer}, nil
}

// optionNames are the names of option sets in one order.
func optionNames(sets []faire.WireOptionSet) []string {
	names := make([]string, 0, len(sets))
	for _, set := range sets {
		names = append(names, set.Name)
	}
	slices.Sort(names)
	return names
}
