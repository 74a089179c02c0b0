package report

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"

	"fairesync/pipeline/review"
)

// ReadAnswers reads an answered workbook. It goes by what a workbook of ours has and not by where that stands: decision sheets are told by
// their headers and rows by their keys, so sheets may be renamed or moved, columns moved, hidden, added or deleted, and rows sorted, added
// or deleted, in whichever spreadsheet program. A file that is no such workbook is an *AnswersError; what is odd about a cell is said with
// its answer. Rows without an action answer nothing. The file is read as a stream; in memory are its shared texts and the answers.
func ReadAnswers(path string) (book review.Workbook, err error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return book, &AnswersError{File: path, Why: "is not there", Next: "name the workbook that was answered", Err: err}
	}
	if err != nil {
		return book, fmt.Errorf("answered workbook: %w", err)
	}
	defer file.Close() //nolint:errcheck // read only
	info, err := file.Stat()
	if err != nil {
		return book, fmt.Errorf("answered workbook: %w", err)
	}
	if !info.Mode().IsRegular() {
		return book, &AnswersError{File: path, Why: "is no file", Next: "name the workbook that was answered"}
	}
	return readAnswers(path, file, info.Size())
}

func readAnswers(name string, in io.ReaderAt, size int64) (book review.Workbook, err error) {
	w, err := openAnswers(name, in, size)
	if err != nil {
		return book, err
	}
	defer func() {
		if w.numbers != nil {
			err = errors.Join(err, w.numbers.close())
		}
	}()
	var meta map[string]string
	for _, one := range w.sheets {
		s := &sheetAnswers{book: w, name: one.name}
		if err := s.read(one.part); err != nil {
			return book, err
		}
		if s.meta != nil {
			if meta != nil && meta["run"] != s.meta["run"] {
				return book, w.refuse("was put together from the workbooks of two runs", "hand in each of them by itself")
			}
			meta = s.meta
			continue
		}
		book.Answers = append(book.Answers, s.answers...)
		book.Notices = append(book.Notices, s.notices()...)
	}
	if err := w.checkMeta(meta); err != nil {
		return book, err
	}
	if w.links {
		book.Notices = append(book.Notices, "the workbook refers to other workbooks; nothing was read from them")
	}
	book.Brand, book.BrandID, book.Run = meta["brand"], meta["brand_id"], meta["run"]
	digest := sha256.New()
	if _, err := io.Copy(digest, io.NewSectionReader(in, 0, size)); err != nil {
		return book, fmt.Errorf("read %s: %w", name, err)
	}
	book.Digest = hex.EncodeToString(digest.Sum(nil)[:8])
	return book, nil
}

// checkMeta refuses a workbook that is not ours, or not of a format that is read.
func (w *answerBook) checkMeta(meta map[string]string) error {
	if meta == nil {
		return w.refuse("is no workbook of fairesync: its hidden sheet Meta is missing", answerAgain)
	}
	format, err := strconv.Atoi(meta[metaMarker])
	switch {
	case err != nil || meta["run"] == "" || meta["brand"] == "":
		return w.refuse("is a workbook of fairesync whose hidden sheet Meta was changed", answerAgain)
	case format > answersFormat:
		return w.refuse("was written by a later fairesync, in format %d where this one reads %d", "use that version, or "+answerAgain, format, answersFormat)
	case format < answersFormat:
		return w.refuse("was written by an earlier fairesync, and has nothing to answer", "run again, then "+answerAgain)
	}
	return nil
}
