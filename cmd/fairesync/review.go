package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"fairesync/pipeline/check"
	"fairesync/pipeline/ledger"
	"fairesync/pipeline/review"
	"fairesync/pipeline/warehouse"
)

// What the review commands hold answers against: files of the brand's folder, and nothing else.

// askedRun is the newest run that asked everything.
type askedRun struct {
	run    string
	record review.Record
	inputs ledger.Inputs // types and the brand's account; zero if the run left none
}

// newestAsked finds the run that answers are held against: the newest that has ended, looked at Faire, and left its questions.
func (r *record) newestAsked() (askedRun, error) {
	ended, err := r.ended()
	if err != nil {
		return askedRun{}, err
	}
	for _, s := range ended {
		if s.Command == "check" { // without Faire: it asks nothing of aliases, and holds nothing
			continue
		}
		asked, err := r.askedBy(s.Run)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		return asked, err
	}
	if len(ended) == 0 {
		return askedRun{}, r.noRun()
	}
	return askedRun{}, &nothingAskedError{r}
}

// nothingAskedError says that no run on record left its questions.
type nothingAskedError struct{ record *record }

func (e *nothingAskedError) Error() string {
	return "no run of brand " + e.record.brand + " that is on record has asked anything that could be answered"
}

// Hint says what to do.
func (e *nothingAskedError) Hint() string {
	return "fairesync run -c " + e.record.config + ", then answer " + e.record.LatestWorkbook()
}

// askedBy reads what a run asked; fs.ErrNotExist if it left no questions.
func (r *record) askedBy(id string) (askedRun, error) {
	asked := askedRun{run: id}
	folder, err := r.OpenRun(id)
	if err != nil {
		return asked, err
	}
	defer folder.Close() //nolint:errcheck // read only
	if asked.record.Questions, err = folder.ReadQuestions(); err != nil {
		return asked, err
	}
	if asked.record.Exceptions, err = readExceptions(folder); err != nil {
		return asked, err
	}
	_, asked.inputs, err = r.ReadInputs(folder)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return asked, err
}

// readExceptions reads the exceptions of a run; none if it left no file.
func readExceptions(folder *ledger.Run) ([]check.Exception, error) {
	list, err := folder.ReadExceptions()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return list, err
}

// workbookRun reads what the run asked that wrote a workbook. It has to be a run of this brand that is on record.
func (r *record) workbookRun(path string, book review.Workbook, asked askedRun) (review.Record, error) {
	account := asked.inputs.Account.ID
	switch {
	case book.Brand != r.brand:
		return review.Record{}, &otherBrandError{path, "brand " + book.Brand, "brand " + r.brand}
	case account != "" && book.BrandID != "" && book.BrandID != account:
		return review.Record{}, &otherBrandError{path, "Faire's brand " + book.BrandID, "Faire's brand " + account}
	case book.Run == asked.run:
		return asked.record, nil
	}
	folder, err := r.OpenRun(book.Run)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, ledger.ErrRunID) {
		return review.Record{}, &runGoneError{r, path, book.Run}
	}
	if err != nil {
		return review.Record{}, err
	}
	defer folder.Close() //nolint:errcheck // read only
	var then review.Record
	if then.Questions, err = folder.ReadQuestions(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return then, err
	}
	then.Exceptions, err = readExceptions(folder)
	return then, err
}

// otherBrandError is a workbook of somebody else.
type otherBrandError struct{ path, of, wanted string }

func (e *otherBrandError) Error() string {
	return fmt.Sprintf("%s is a workbook of %s, not of %s", e.path, e.of, e.wanted)
}

// Hint says what to do.
func (e *otherBrandError) Hint() string { return "name the configuration of its brand: -c FILE" }

// runGoneError is a workbook whose run is not on record any more.
type runGoneError struct {
	record    *record
	path, run string
}

func (e *runGoneError) Error() string {
	return fmt.Sprintf("%s is the workbook of run %.60s, which is not on record any more", e.path, e.run)
}

// Hint says what to do.
func (e *runGoneError) Hint() string {
	return "answer " + e.record.LatestWorkbook() + ", and hand that in"
}

// unmatchedCode is the code whose exceptions name the variants on Faire that nothing matches, by their SKUs.
const unmatchedCode = "MATCH_UNMATCHED_ON_FAIRE"

// vocabulary is what answers may name: types that the newest run saw on Faire's list, SKUs of ours that it knows, and SKUs on Faire.
func (r *record) vocabulary(ctx context.Context, asked askedRun) (review.Vocabulary, error) {
	known := review.Vocabulary{Types: asked.inputs.Types}
	rows, err := warehouse.ReadStatus(ctx, r.StatusPath(), "")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return known, err
	}
	for _, row := range rows {
		if row.ProductKey != "" {
			known.Ours = append(known.Ours, row.SKU)
		}
		if row.OnFaire {
			known.Faire = append(known.Faire, row.SKU)
		}
	}
	for _, e := range asked.record.Exceptions {
		switch {
		case e.Code == unmatchedCode:
			known.Faire = append(known.Faire, e.SKU, e.Found)
		case e.ProductKey != "":
			known.Ours = append(known.Ours, e.SKU)
		}
	}
	return known, nil
}

// judge judges by the decisions there are, and lays down what was accepted. Both happen under one lock, so that two who import at once
// cannot contradict each other unseen.
func (r *record) judge(dryRun bool, by func(decided []review.Decision) []review.Judged) (judged []review.Judged, err error) {
	if dryRun {
		decided, err := r.ReadDecisions()
		if err != nil {
			return nil, err
		}
		return by(decided), nil
	}
	err = r.Decide(func(decided []review.Decision) ([]review.Decision, error) {
		judged = by(decided)
		return review.Laid(judged), nil
	})
	return judged, err
}

// maxDecisionsCSV bounds the CSV, which is read whole.
const maxDecisionsCSV = 256 << 20

// readDecisionsCSV reads the lines of a CSV of decisions, and the digest of the file.
func readDecisionsCSV(path string) (lines []review.Line, digest string, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, "", fmt.Errorf("decisions: %w", err)
	}
	defer file.Close() //nolint:errcheck // read only
	data, err := io.ReadAll(io.LimitReader(file, maxDecisionsCSV+1))
	if err != nil {
		return nil, "", fmt.Errorf("decisions: %w", err)
	}
	if len(data) > maxDecisionsCSV {
		return nil, "", &review.CSVError{File: path, Why: fmt.Sprintf("is larger than %d MiB", maxDecisionsCSV>>20), Next: "part it into several files"}
	}
	sum := sha256.Sum256(data)
	lines, err = review.ReadCSV(bytes.NewReader(data), path)
	return lines, hex.EncodeToString(sum[:8]), err
}

// baseName is the name of a file without where it is: what stays on record is no path of this machine.
func baseName(path string) string { return filepath.Base(path) }
