package transforms

import (
	"encoding/json"
	"math/big"
	"slices"
	"strings"
)

// arithmetic says that a node is + - * or / on numbers.
func arithmetic(n node) bool {
	return n.Class == "FUNCTION" && n.IsOperator && slices.Contains([]string{"+", "-", "*", "/"}, n.FunctionName)
}

// numeric says that a node is a constant number.
func numeric(n node) bool {
	if n.Class != "CONSTANT" || n.Value.IsNull {
		return false
	}
	switch n.Value.Type.ID {
	case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT", "DECIMAL", "DOUBLE", "FLOAT":
		return true
	}
	return false
}

// conditional says that a node is true or false.
func conditional(n node) bool {
	return n.Class == "COMPARISON" || n.Class == "CONJUNCTION" || n.Class == "BETWEEN" || slices.Contains([]string{
		"OPERATOR_NOT", "OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL", "COMPARE_IN", "COMPARE_NOT_IN"}, n.Type)
}

// decimal reads a constant exactly; a DOUBLE (1e3, or more digits than DuckDB keeps) is none.
func (v constant) decimal() (decimal, bool) {
	unscaled, ok := new(big.Int), false
	if v.Type.ID == "DOUBLE" || v.Type.ID == "FLOAT" {
		return decimal{}, false
	}
	var halves struct { // above 64 bits
		Upper json.Number `json:"upper"`
		Lower json.Number `json:"lower"`
	}
	if strings.HasPrefix(string(v.Value), "{") {
		upper, lower := new(big.Int), new(big.Int)
		if err := json.Unmarshal(v.Value, &halves); err != nil {
			return decimal{}, false
		}
		_, okUpper := upper.SetString(halves.Upper.String(), 10)
		_, okLower := lower.SetString(halves.Lower.String(), 10)
		ok = okUpper && okLower
		unscaled.Add(upper.Lsh(upper, 64), lower)
	} else {
		_, ok = unscaled.SetString(string(v.Value), 10)
	}
	scale := 0
	if v.Type.ID == "DECIMAL" {
		if v.Type.Info == nil || v.Type.Info.Scale < 0 || v.Type.Info.Scale > 38 {
			return decimal{}, false
		}
		scale = v.Type.Info.Scale
	}
	return decimal{unscaled: unscaled, scale: scale}, ok
}

// construct names a node as the author of the expression knows it.
func construct(n node) string {
	switch n.Class {
	case "FUNCTION":
		if n.IsOperator {
			name := map[string]string{"~~": "LIKE", "!~~": "NOT LIKE", "~~*": "ILIKE", "!~~*": "NOT ILIKE", "~~~": "GLOB"}[n.FunctionName]
			if name == "" {
				name = n.FunctionName
			}
			return "the operator " + name
		}
		if n.FunctionName == "count_star" {
			return "the function count"
		}
		return "the function " + n.FunctionName
	case "WINDOW":
		return "the window function " + n.FunctionName
	case "COMPARISON":
		return "a comparison"
	case "CONJUNCTION":
		return strings.TrimPrefix(n.Type, "CONJUNCTION_")
	case "CAST":
		return "a cast to " + n.Cast.ID
	case "STAR":
		return "*"
	case "SUBQUERY":
		return "a subquery"
	case "LAMBDA":
		return "-> (a lambda or a JSON path)"
	case "PARAMETER":
		return "a parameter"
	case "BETWEEN":
		return "BETWEEN"
	case "COLLATE":
		return "COLLATE"
	case "CONSTANT":
		return "a constant of type " + n.Value.Type.ID
	case "CASE":
		return "CASE"
	}
	words := map[string]string{
		"OPERATOR_NOT": "NOT", "OPERATOR_IS_NULL": "IS NULL", "OPERATOR_IS_NOT_NULL": "IS NOT NULL", "COMPARE_IN": "IN", "COMPARE_NOT_IN": "NOT IN",
		"OPERATOR_COALESCE": "coalesce", "ARRAY_EXTRACT": "[ ]", "ARRAY_SLICE": "[ : ]", "STRUCT_EXTRACT": "access to a field", "OPERATOR_TRY": "TRY",
		"ARRAY_CONSTRUCTOR": "a list",
	}
	if word := words[n.Type]; word != "" {
		return word
	}
	return strings.ToLower(strings.ReplaceAll(n.Class, "_", " "))
}
