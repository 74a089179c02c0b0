package files

import "slices"

// reads are the columns each field is read from, those within expressions and those the reader itself looks into among them.
func (p *plan) reads() map[string][]string {
	reads := map[string][]string{}
	for field, entries := range p.fields {
		for _, e := range entries {
			for _, column := range e.uses {
				if name := p.header.names[column]; !slices.Contains(reads[field], name) {
					reads[field] = append(reads[field], name)
				}
			}
		}
	}
	if p.variants >= 0 {
		reads["style"] = append(reads["style"], p.header.names[p.variants])
	}
	return reads
}
