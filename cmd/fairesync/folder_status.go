package main

import (
	"errors"
	"fmt"
	"slices"

	"fairesync/pipeline/config"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/view"
)

// folderStatus shows how the brands of a folder stand.
func (a *app) folderStatus(jobs int, path string, list []config.Member) error {
	var rows []view.Standing
	var codes []int
	inTurn(jobs, list, standing, func(m config.Member, s standingOrError) {
		rows = append(rows, s.Standing)
		codes = append(codes, worst(codesOf(s.err)))
		if s.err != nil {
			a.tellOf(m.Name, brandResult{told: s.err})
		}
	})
	v := a.view()
	err := v.Standings(rows)
	if a.json {
		total := view.Folder{Command: "status", Folder: path, Brands: len(list), Statuses: map[string]int{}, Exit: worst(codes)}
		for _, row := range rows {
			total.Statuses[row.Status]++
		}
		err = errors.Join(err, v.Folder(total))
	}
	if err != nil {
		return fmt.Errorf("show the status: %w", err)
	}
	return &ended{worst(codes)}
}

type standingOrError struct {
	view.Standing
	err error
}

// did are the statuses of runs that did what they could: what is held is not theirs to send.
var did = []string{"done", "held", "carried_over"}

// standing is how a brand stands, from its record.
func standing(m config.Member) standingOrError {
	s := standingOrError{Standing: view.Standing{Brand: m.Name, Config: m.Path, Status: view.StatusUnusable}, err: m.Err}
	if m.Err != nil {
		return s
	}
	runs, err := runsOf(m)
	if isAs[*noRunError](err) || err == nil && len(runs) == 0 {
		s.Status, s.Next = view.StatusNever, (&noRunError{brand: m.Name, config: m.Path}).Hint()
		return s
	}
	if s.err = err; err != nil {
		return s
	}
	last := runs[0]
	s.Status, s.Last, s.Next = last.Status, &last, last.Hint
	if last.Status == ledger.StatusDied {
		s.Next = "fairesync run -c " + m.Path + ": it goes on from there"
	}
	for _, one := range runs {
		if slices.Contains([]string{"run", "apply"}, one.Command) && slices.Contains(did, one.Status) {
			s.Success = one.Started
			break
		}
	}
	return s
}

// runsOf lists a brand's runs, newest first.
func runsOf(m config.Member) ([]ledger.Summary, error) {
	r, err := openRecordOf(m.Config, m.Path)
	if err != nil {
		return nil, err
	}
	runs, err := r.runs()
	return runs, errors.Join(err, r.Close())
}
