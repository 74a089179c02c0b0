package transforms

import (
	"math"
	"slices"
	"strings"
)

// similarity compares two names: half by the words they share, half by the letter triples, each as twice the shared count over
// the sum of both (Dice). Equal names after folding are 1, names without letters and digits 0. Four decimals.
func similarity(a, b string) float64 {
	a, b = fold(a), fold(b)
	switch {
	case a == "" || b == "":
		return 0
	case a == b:
		return 1
	}
	words := dice(strings.Fields(a), strings.Fields(b))
	triples := dice(trigrams(a), trigrams(b))
	return math.Round((words+triples)*5000) / 10000
}

// trigrams are all runs of three characters, each word padded so that beginnings weigh more.
func trigrams(text string) []string {
	var found []string
	for word := range strings.FieldsSeq(text) {
		runes := []rune("  " + word + " ")
		for i := range len(runes) - 2 {
			found = append(found, string(runes[i:i+3]))
		}
	}
	return found
}

func dice(a, b []string) float64 {
	slices.Sort(a)
	slices.Sort(b)
	shared := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch strings.Compare(a[i], b[j]) {
		case 0:
			shared, i, j = shared+1, i+1, j+1
		case -1:
			i++
		default:
			j++
		}
	}
	return 2 * float64(shared) / float64(len(a)+len(b))
}

func similarityCall(args []any) (any, error) {
	return similarity(args[0].(string), args[1].(string)), nil
}
