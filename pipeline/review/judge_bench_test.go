package review_test

import (
	"fmt"
	"testing"

	"fairesync/pipeline/review"
)

// BenchmarkJudge judges 50,000 answers, a third of which name a SKU that is not there, by 200,000 known SKUs.
func BenchmarkJudge(b *testing.B) {
	const answers = 50_000
	vocabulary := review.Vocabulary{}
	for n := range 200_000 {
		vocabulary.Ours = append(vocabulary.Ours, fmt.Sprintf("%08d", n))
	}
	var record review.Record
	book := review.Workbook{Brand: "luma", Run: run}
	for n := range answers {
		q := variantQuestion(fmt.Sprintf("po_%d", n), fmt.Sprintf("F-%d", n))
		record.Questions = append(record.Questions, q)
		answer := reply(q, "link", fmt.Sprintf("%08d", n))
		if n%3 == 0 {
			answer.Value, answer.Number = fmt.Sprint(n), true
		}
		answer.Row, answer.Shown = n+2, map[string]string{"SKU": q.SKU, "Style": "TP-1"}
		book.Answers = append(book.Answers, answer)
	}
	b.ReportAllocs()
	for b.Loop() {
		judged := review.Judge(book, record, record, vocabulary, nil, at)
		if n := review.Count(judged)[review.Accepted]; n != answers-(answers+2)/3 {
			b.Fatalf("%d accepted", n)
		}
	}
}
