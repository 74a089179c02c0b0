package transforms_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// wearing orders: within a list every size stands strictly after the one before, except those on one line of a list.
var wearing = [][][]string{
	{{"One Size", "OS", "O/S", "ONE SIZE", "one-size", "OSFA", "One Size (fits most)"}, {"XXS"}, {"S"}},
	{{"XXXS", "3XS"}, {"XXS", "2XS", "XX-Small"}, {"XS", "Xs", "X-Small", "Extra Small", "x small", "XSM"}, {"XS/S"}, {"S", "Small", "SM", "S (4-6)", "sml"},
		{"S/M", "Small/Medium", "S-M"}, {"S-L"}, {"M", "Med", "MEDIUM", "md"}, {"M/L"}, {"L", "Large", "LG", "lrg"}, {"LT"}, {"L/XL"},
		{"XL", "Xl", "X-Large", "Extra Large", "xlarge", "XLG", "1XL"}, {"XL-2XL", "XL/XXL", "XL to 2XL"}, {"XXL", "2XL", "2 XL", "XX-Large", "xxlarge", "2X-Large"},
		{"2X"}, {"3XL", "XXXL"}, {"3X/4X"}, {"4XL"}, {"5XL"}, {"10XL"}},
	{{"Preemie"}, {"NB", "Newborn"}, {"0M"}, {"0-3M", "0/3M", "0-3 months", "0 - 3 mo", "0–3M"}, {"3M", "3 months", "3mo"}, {"3-6M", "3/6M"}, {"6M"}, {"6-9M"}, {"6-12M"},
		{"9M"}, {"12M"}, {"12-18M"}, {"18M"}, {"18-24M"}, {"24M"}, {"2T", "2Y", "2 years"}, {"2T-4T", "2-4T"}, {"3T"}, {"4T"}, {"5T"}, {"10Y"}},
	{{"YXS", "Youth XS"}, {"YS", "Youth Small"}, {"YM"}, {"YL"}, {"YXL"}, {"XS"}},
	{{"000"}, {"00"}, {"0"}, {"0-2"}, {"2", "02", "US 2", "Size 2", "2 US"}, {"4"}, {"6"}, {"6X"}, {"6-8", "6/8"}, {"7"}, {"7.5", "7 1/2", "7½"}, {"8"}, {"8.5"}, {"8.5M", "8.5 M"}, {"8.5W"},
		{"10"}, {"12"}, {"14W"}},
	{{"28"}, {"28x30", "28X30", "28 x 30", "28/30", "W28 L30", "28W x 30L", "28W30L"}, {"28x32"}, {"30"}, {"30x28"}, {"30x32"}, {"32"}, {"40x34"}},
	{{"32A"}, {"32B"}, {"34AA"}, {"34A"}, {"34B"}, {"34C"}, {"34D"}, {"34DD"}, {"34DDD"}, {"34E"}, {"36A"}},
	{{"EU 36", "EUR 36", "36 EU"}, {"38"}, {"EU38.5"}},
	{{"50 ml"}, {"8 fl oz", "8 fl. oz."}, {"500ml"}, {"1 gal"}},
	{{"200g"}, {"0.45 lb"}, {"8 oz", "8oz"}, {"1 lb"}, {"1kg"}},
	{{"10 mm"}, {"3 cm"}, {`12"`, "12 in", "12 inches"}, {"2 ft"}},
	{{"2T"}, {"YS"}, {"S"}, {"4"}, {"10 ml"}},
}

func TestSizeRank(t *testing.T) {
	for _, list := range wearing {
		last, lastSize := int64(-1), ""
		for _, equal := range list {
			var place int64
			for i, size := range equal {
				got, ok := call(t, "size_rank", size).(int64)
				switch {
				case !ok:
					t.Errorf("size_rank(%q) is NULL", size)
				case i == 0 && got <= last:
					t.Errorf("%q stands at %d, not after %q at %d", size, got, lastSize, last)
				case i > 0 && got != place:
					t.Errorf("%q stands at %d, %q at %d, want the same place", size, got, equal[0], place)
				}
				if i == 0 {
					place = got
				}
			}
			last, lastSize = place, equal[0]
		}
	}
}

func TestSizeRankOfNoSize(t *testing.T) {
	for _, text := range []string{"", " ", "Red", "Black/White", "2-2-2", "S-M-L", "L-S", "8-6", "S-8", "King", "A", "XM", "-", "/", "S/", "Sage Green", "x",
		"1E400", "99999999", "0/3M,3/6M", "()", "30 wide-leg", "four", "Lavender", "Mint", "Stone", "Extra", "-5"} {
		if got := call(t, "size_rank", text); got != nil {
			t.Errorf("size_rank(%q) = %v, want NULL", text, got)
		}
	}
}

// TestSizesSortAsWorn shuffles a whole size run and wants it back by rank.
func TestSizesSortAsWorn(t *testing.T) {
	function := find(t, "size_rank")
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SampledFrom(wearing).Draw(t, "list")
		var worn []string
		for _, equal := range list {
			worn = append(worn, equal[0])
		}
		shuffled := rapid.Permutation(worn).Draw(t, "shuffled")
		slices.SortFunc(shuffled, func(a, b string) int {
			placeA, errA := function.Call([]any{a})
			placeB, errB := function.Call([]any{b})
			if errA != nil || errB != nil {
				t.Fatal(errA, errB)
			}
			return int(min(max(placeA.(int64)-placeB.(int64), -1), 1))
		})
		if !slices.Equal(worn, shuffled) {
			t.Fatalf("sorted %v, worn %v", shuffled, worn)
		}
	})
}

func FuzzSizeRank(f *testing.F) {
	for _, list := range wearing {
		for _, equal := range list {
			f.Add(equal[0])
		}
	}
	f.Add("x-x-x-x s")
	f.Add("999999 kg")
	f.Fuzz(func(t *testing.T, text string) {
		got := call(t, "size_rank", text)
		if place, ok := got.(int64); ok && place <= 0 {
			t.Fatalf("size_rank(%q) = %d", text, place)
		}
		if padded := call(t, "size_rank", " "+text+" "); padded != got {
			t.Fatalf("size_rank(%q) = %v, with blanks around %v", text, got, padded)
		}
	})
}
