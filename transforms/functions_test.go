package transforms_test

import (
	"slices"
	"strings"
	"testing"

	"fairesync/transforms"

	"github.com/google/go-cmp/cmp"
)

// call runs a function by name; nil is NULL.
func call(t *testing.T, name string, args ...any) any {
	t.Helper()
	value, err := find(t, name).Call(args)
	if err != nil {
		t.Fatalf("%s(%v): %v", name, args, err)
	}
	return value
}

func find(t testing.TB, name string) transforms.Function {
	t.Helper()
	for _, function := range transforms.Functions() {
		if function.Name == name {
			return function
		}
	}
	t.Fatalf("there is no function %s", name)
	return transforms.Function{}
}

// texts checks a function of one text, "" meaning NULL.
func texts(t *testing.T, name string, want map[string]string) {
	t.Helper()
	for input, expected := range want {
		got, _ := call(t, name, input).(string)
		if diff := cmp.Diff(expected, got); diff != "" {
			t.Errorf("%s(%q) (-want +got):\n%s", name, input, diff)
		}
	}
}

// holds checks a predicate.
func holds(t *testing.T, name string, yes, no []string) {
	t.Helper()
	for _, input := range yes {
		if call(t, name, input) != true {
			t.Errorf("%s(%q) = false, want true", name, input)
		}
	}
	for _, input := range no {
		if call(t, name, input) != false {
			t.Errorf("%s(%q) = true, want false", name, input)
		}
	}
}

func TestFunctionsAreAListOneCanRead(t *testing.T) {
	functions := transforms.Functions()
	if !slices.IsSortedFunc(functions, func(a, b transforms.Function) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("functions are not sorted by name")
	}
	for _, function := range functions {
		if function.About == "" || !strings.HasSuffix(function.About, ".") || strings.Contains(function.About, "\n") {
			t.Errorf("%s: about is %q, want one sentence", function.Name, function.About)
		}
		if len(function.Arguments) == 0 || function.Result.String() == "" {
			t.Errorf("%s: arguments %v, result %v", function.Name, function.Arguments, function.Result)
		}
	}
}

func TestNullInNullOut(t *testing.T) {
	values := map[transforms.Type]any{transforms.Text: "1", transforms.Integer: int64(1), transforms.Boolean: true, transforms.Double: 1.0}
	for _, function := range transforms.Functions() {
		for null := range function.Arguments {
			args := make([]any, len(function.Arguments))
			for i, argument := range function.Arguments {
				if i != null {
					args[i] = values[argument]
				}
			}
			if got, err := function.Call(args); got != nil || err != nil {
				t.Errorf("%s with NULL as argument %d = %v, %v; want NULL", function.Name, null+1, got, err)
			}
		}
	}
}

func TestMistakesInTheSQLAreErrors(t *testing.T) {
	for _, c := range []struct {
		name string
		args []any
		want string
	}{
		{"fold", []any{}, "fold takes 1 arguments, not 0"},
		{"fold", []any{int64(1)}, "argument 1 of fold is int64, not VARCHAR"},
		{"short_text", []any{"a", "b"}, "argument 2 of short_text is string, not BIGINT"},
		{"exact", []any{"%", "1", "2"}, `exact: operator is "%", not + - * or /`},
		{"exact", []any{"%", "junk", "2"}, `exact: operator is "%", not + - * or /`},
		{"money_text", []any{"1", ";"}, `money_text: decimal sign is ";", not '.' or ','`},
		{"money_minor", []any{"1", "up"}, `money_minor: rounding is "up", not 'half_up' or blank`},
	} {
		_, err := find(t, c.name).Call(c.args)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s%v: error %v, want %s", c.name, c.args, err, c.want)
		}
	}
}
