package plan

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// FileError is a plan file that cannot be used.
type FileError struct {
	Why  string
	Next string
}

func (e *FileError) Error() string { return "plan: " + e.Why }

// Hint says what to do.
func (e *FileError) Hint() string { return e.Next }

// Write writes the plan as one JSON document, one record per line, summary first and digest last, and returns the digest. The
// digest covers everything but run and created.
func Write(w io.Writer, p Plan) (string, error) {
	out := bufio.NewWriter(w)
	hash := sha256.New()
	head := p
	head.Changes, head.Requests, head.Touches, head.Digest = nil, nil, nil, ""
	covered := head
	covered.Run, covered.Created = "", time.Time{}
	if err := json.NewEncoder(hash).Encode(covered); err != nil {
		return "", fmt.Errorf("write plan: %w", err)
	}
	fields, err := json.Marshal(struct {
		Version       int       `json:"version"`
		Run           string    `json:"run"`
		Created       time.Time `json:"created"`
		Brand         string    `json:"brand"`
		BrandID       string    `json:"brand_id"`
		Policy        string    `json:"policy"`
		DesiredDigest string    `json:"desired_digest"`
		CurrentDigest string    `json:"current_digest"`
		Complete      bool      `json:"complete"`
		Applyable     bool      `json:"applyable"`
		Summary       Summary   `json:"summary"`
	}{p.Version, p.Run, p.Created, p.Brand, p.BrandID, p.Policy, p.DesiredDigest, p.CurrentDigest, p.Complete, p.Applyable, p.Summary})
	if err != nil {
		return "", fmt.Errorf("write plan: %w", err)
	}
	out.Write(fields[:len(fields)-1]) //nolint:errcheck // bufio keeps the first error for Flush
	records(out, hash, "changes", p.Changes)
	records(out, hash, "requests", p.Requests)
	records(out, hash, "touches", p.Touches)
	digest := hex.EncodeToString(hash.Sum(nil))
	fmt.Fprintf(out, ",\n\"digest\":%q}\n", digest)
	if err := out.Flush(); err != nil {
		return "", fmt.Errorf("write plan: %w", err)
	}
	return digest, nil
}

func records[T any](out *bufio.Writer, hash io.Writer, name string, list []T) {
	fmt.Fprintf(out, ",\n%q:[", name)
	for i, record := range list {
		data, err := json.Marshal(record)
		if err != nil { // plan values always marshal
			panic(err)
		}
		if i > 0 {
			out.WriteByte(',') //nolint:errcheck // see Flush
		}
		out.WriteByte('\n')      //nolint:errcheck // see Flush
		out.Write(data)          //nolint:errcheck // see Flush
		hash.Write(data)         //nolint:errcheck // a hash never fails
		hash.Write([]byte{'\n'}) //nolint:errcheck // a hash never fails
	}
	out.WriteString("]") //nolint:errcheck // see Flush
}

// Read reads a plan and refuses, with a sentence, what is no plan, of another version, or edited since it was written.
func Read(r io.Reader) (Plan, error) {
	var p Plan
	decoder := json.NewDecoder(r)
	if err := decoder.Decode(&p); err != nil {
		return Plan{}, &FileError{"the file is no plan document: " + err.Error(), "make one with fairesync plan -o FILE"}
	}
	if p.Version != Version {
		return Plan{}, &FileError{fmt.Sprintf("the file is of version %d, this program reads version %d", p.Version, Version), "plan again with this program"}
	}
	said := p.Digest
	var again bytes.Buffer
	digest, err := Write(&again, p)
	if err != nil {
		return Plan{}, err
	}
	if digest != said {
		return Plan{}, &FileError{"the file was changed after it was written", "plan again; to leave something out, change the configuration or the source"}
	}
	return p, nil
}
