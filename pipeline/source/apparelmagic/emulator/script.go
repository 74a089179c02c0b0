package emulator

import (
	"fmt"
	"maps"
	"slices"
)

// verify refuses a change that could never happen, or of which nobody could say what it changes.
func (c Change) verify() error {
	if c.Endpoint != "" {
		if _, ok := listNamed(c.Endpoint); !ok {
			return fmt.Errorf("the script waits for requests to %q, which is no list", c.Endpoint)
		}
	}
	if c.Before < 1 {
		return fmt.Errorf("a change of the script needs before, the number of a request from 1, not %d", c.Before)
	}
	if len(c.Set)+len(c.Delete) == 0 {
		return fmt.Errorf("the change before request %d sets and deletes nothing", c.Before)
	}
	for _, name := range slices.Concat(slices.Sorted(maps.Keys(c.Set)), slices.Sorted(maps.Keys(c.Delete))) {
		of, ok := listNamed(name)
		if !ok {
			return fmt.Errorf("the script changes %q, which is no list", name)
		}
		for i, record := range c.Set[name] {
			if _, ok := of.id(record); !ok {
				return fmt.Errorf("the script sets %s %d without its id", name, i+1)
			}
		}
	}
	return nil
}

// happens says whether a change is due now.
func (c Change) happens(endpoint string, nth, total int) bool {
	if c.Endpoint == "" {
		return c.Before == total
	}
	return c.Endpoint == endpoint && c.Before == nth
}

// change lets happen what the script has for the request that was just counted.
func (s *Server) change(endpoint string) {
	changed := false
	for _, change := range s.switches.Script {
		if change.happens(endpoint, s.counted[endpoint], s.counted[""]) {
			change.apply(&s.account)
			changed = true
		}
	}
	if changed {
		s.shape()
	}
}

// apply changes an account. A record of several rows, as of several warehouses, changes in all of them.
func (c Change) apply(account *Account) {
	for _, name := range slices.Sorted(maps.Keys(c.Set)) {
		of, _ := listNamed(name)
		records := of.of(account)
		for _, given := range c.Set[name] {
			id, _ := of.id(given)
			there := false
			for i, record := range *records {
				if other, _ := of.id(record); other == id {
					edited := maps.Clone(record)
					for member, value := range given {
						edited[member] = cloneValue(value)
					}
					(*records)[i], there = edited, true
				}
			}
			if !there {
				made := Record{}
				for member, value := range given {
					made[member] = cloneValue(value)
				}
				*records = append(*records, made)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Delete)) {
		of, _ := listNamed(name)
		records := of.of(account)
		*records = slices.DeleteFunc(*records, func(record Record) bool {
			id, _ := of.id(record)
			return slices.ContainsFunc(c.Delete[name], func(gone string) bool {
				other, ok := of.id(Record{of.ids[0]: gone})
				return ok && other == id
			})
		})
	}
}
