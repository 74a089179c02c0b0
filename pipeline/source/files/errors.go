package files

import "fmt"

// FileError is a feed that is refused as a whole: unreadable, of another format or encoding, or cut off.
type FileError struct {
	Source string
	File   string // base name
	Row    int64  // 0: not about one row
	Why    string // goes on after the file or row: "is compressed with gzip"
	Next   string
	Err    error // the cause, if the operating system or a library named one
}

func (e *FileError) Error() string {
	if e.Row > 0 {
		return fmt.Sprintf("source %s: %s row %d %s", e.Source, e.File, e.Row, e.Why)
	}
	return fmt.Sprintf("source %s: %s %s", e.Source, e.File, e.Why)
}

// Hint says what to do.
func (e *FileError) Hint() string { return e.Next }

func (e *FileError) Unwrap() error { return e.Err }

// SettingError is a configuration that does not fit the feed: a mapping that names no column, a price that could be either.
type SettingError struct {
	Source string
	Key    string // the setting, as in mapping.sku
	Why    string // goes on after the setting
	Next   string
}

func (e *SettingError) Error() string {
	return fmt.Sprintf("source %s: %s %s", e.Source, e.Key, e.Why)
}

// Hint says what to do.
func (e *SettingError) Hint() string { return e.Next }

// nearest returns the candidate that reads most like text, when one reads like it at all.
func nearest(text string, candidates []string) (string, bool) {
	want := fold(text)
	best, found := len([]rune(want))/2+1, ""
	for _, candidate := range candidates {
		if d := distance(want, fold(candidate)); d < best {
			best, found = d, candidate
		}
	}
	return found, found != ""
}

// distance is how many letters have to be put in, taken out or changed to make one text of the other (Levenshtein).
func distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	line := make([]int, len(to)+1)
	for j := range line {
		line[j] = j
	}
	for i, r := range from {
		diagonal := line[0]
		line[0] = i + 1
		for j, s := range to {
			cost := diagonal
			if r != s {
				cost++
			}
			diagonal = line[j+1]
			line[j+1] = min(cost, line[j+1]+1, line[j]+1)
		}
	}
	return line[len(to)]
}
