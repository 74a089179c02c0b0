package review

// Answer is one row of a decision sheet as it came back, or one line of a CSV. Cells are text as a person sees them; nothing is
// judged yet.
type Answer struct {
	ID          string            `json:"id"`          // of the question, or of the exception
	Fingerprint string            `json:"fingerprint"` // as it stood in the row
	Action      string            `json:"action"`
	Value       string            `json:"value"`
	Note        string            `json:"note"`
	Reviewer    string            `json:"reviewer"`
	Sheet       string            `json:"sheet"`             // its name now
	Row         int               `json:"row"`               // 1-based
	Shown       map[string]string `json:"shown,omitempty"`   // locked cells by header, to see whether a key was damaged
	Number      bool              `json:"number,omitempty"`  // the value came as a number, not as text: it may have lost zeros
	Notices     []string          `json:"notices,omitempty"` // what was odd about its cells: a formula whose last result was taken, say
	Invalid     string            `json:"invalid,omitempty"` // why its cells cannot be read at all; blank: they can
}

// Verdict is what became of an answer.
type Verdict string

// The verdicts. Only accepted answers lay down decisions.
const (
	Accepted    Verdict = "accepted"
	Known       Verdict = "known"       // accepted before: it lays down nothing new
	Stale       Verdict = "stale"       // the values it answers have changed since, or are not asked about any more
	Unknown     Verdict = "unknown"     // its key is none of this brand's questions
	Invalid     Verdict = "invalid"     // its action or value cannot be obeyed
	Duplicate   Verdict = "duplicate"   // the same answer stands in another row
	Conflicting Verdict = "conflicting" // another row says otherwise; neither is taken
)

// Verdicts are all of them, in the order reports list them.
var Verdicts = []Verdict{Accepted, Known, Stale, Unknown, Invalid, Duplicate, Conflicting}

// Judged is an answer with what became of it.
type Judged struct {
	Answer    Answer     `json:"answer"`
	Verdict   Verdict    `json:"verdict"`
	Why       string     `json:"why,omitempty"`     // one sentence, and what to do
	Subject   string     `json:"subject,omitempty"` // what it is about, for people
	Decisions []Decision `json:"decisions,omitempty"`
}

// Workbook is an answered workbook as it was read.
type Workbook struct {
	Brand   string   `json:"brand"`
	BrandID string   `json:"brand_id"`
	Run     string   `json:"run"`
	Digest  string   `json:"digest"`            // first 16 hex digits of the SHA-256 of the file
	Answers []Answer `json:"answers"`           // rows whose action, value, note or reviewer was filled in, beyond what was prefilled
	Notices []string `json:"notices,omitempty"` // about the file as a whole
}
