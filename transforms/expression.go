package transforms

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// ExpressionError is why a mapping expression is refused, as one sentence.
type ExpressionError struct {
	Problem string
	Next    string
}

func (e *ExpressionError) Error() string { return e.Problem }

// Hint says what may stand in an expression.
func (e *ExpressionError) Hint() string { return e.Next }

const expressionHint = "an expression is made of columns, constants, + - * /, ||, coalesce, CASE WHEN with comparisons and AND, OR, NOT, and lower, upper, trim, replace"

// expressionLimit bounds the SQL of one expression; nobody writes that much by hand.
const expressionLimit = 1 << 16

// CompileExpression turns one mapping expression into SQL that gives VARCHAR. ast is what DuckDB's
// json_serialize_sql('SELECT <expression>') returned. The SQL is built from the recognised parts of the tree; no text of the
// author passes through it but names that columns knows and quoted constants. Anything unknown is an *ExpressionError.
//
// columns maps a source header to the SQL that reads it; a header with dots arrives in parts and is looked up joined. All
// columns are VARCHAR as the source wrote them. decimal is the source's decimal sign, "." or ",": arithmetic reads columns
// with it, and results are written with it, so that a mapped value reads the same whether it is a column or computed.
//
// Blank cells count as NULL in coalesce and IS NULL. A comparison with a number or with arithmetic compares numbers, any other
// = or <> text; < > <= >= between two texts compare numbers where both sides are some.
func CompileExpression(ast []byte, columns func(name string) (sqlName string, ok bool), decimal string) (string, error) {
	if decimal != "." && decimal != "," {
		return "", fmt.Errorf("decimal sign is %q, not \".\" or \",\"", decimal)
	}
	item, err := singleItem(ast)
	if err != nil {
		return "", err
	}
	c := compiler{columns: columns, decimal: decimal}
	sql := c.text(item)
	if c.err != nil {
		return "", c.err
	}
	return sql, nil
}

// node is an expression of DuckDB's parse tree, as far as it is recognised.
type node struct {
	Class        string          `json:"class"`
	Type         string          `json:"type"`
	Alias        string          `json:"alias"`
	ColumnNames  []string        `json:"column_names"`
	FunctionName string          `json:"function_name"`
	Schema       string          `json:"schema"`
	Catalog      string          `json:"catalog"`
	Children     []node          `json:"children"`
	Distinct     bool            `json:"distinct"`
	IsOperator   bool            `json:"is_operator"`
	Filter       json.RawMessage `json:"filter"`
	OrderBys     struct {
		Orders []json.RawMessage `json:"orders"`
	} `json:"order_bys"`
	Value      constant `json:"value"`
	CaseChecks []struct {
		When node `json:"when_expr"`
		Then node `json:"then_expr"`
	} `json:"case_checks"`
	Else  *node     `json:"else_expr"`
	Left  *node     `json:"left"`
	Right *node     `json:"right"`
	Child *node     `json:"child"`
	Cast  valueType `json:"cast_type"`
}

type valueType struct {
	ID   string `json:"id"`
	Info *struct {
		Scale int `json:"scale"`
	} `json:"type_info"`
}

type constant struct {
	Type   valueType       `json:"type"`
	IsNull bool            `json:"is_null"`
	Value  json.RawMessage `json:"value"`
}

// parsedSQL is the answer of json_serialize_sql.
type parsedSQL struct {
	Error      bool   `json:"error"`
	Message    string `json:"error_message"`
	Statements []struct {
		Node json.RawMessage `json:"node"`
	} `json:"statements"`
}

// selectNode is a SELECT; every part but the list must be absent.
type selectNode struct {
	Type       string            `json:"type"`
	Modifiers  []json.RawMessage `json:"modifiers"`
	SelectList []node            `json:"select_list"`
	CTEs       struct {
		Map []json.RawMessage `json:"map"`
	} `json:"cte_map"`
	From struct {
		Type string `json:"type"`
	} `json:"from_table"`
	Where     json.RawMessage   `json:"where_clause"`
	Groups    []json.RawMessage `json:"group_expressions"`
	GroupSets []json.RawMessage `json:"group_sets"`
	Handling  string            `json:"aggregate_handling"`
	Having    json.RawMessage   `json:"having"`
	Sample    json.RawMessage   `json:"sample"`
	Qualify   json.RawMessage   `json:"qualify"`
}

// singleItem unwraps SELECT <expression> and refuses every other shape.
func singleItem(ast []byte) (node, error) {
	refuse := func(problem string) (node, error) {
		return node{}, &ExpressionError{Problem: problem, Next: expressionHint}
	}
	var parsed parsedSQL
	if err := json.Unmarshal(ast, &parsed); err != nil {
		return node{}, fmt.Errorf("parse tree of an expression: %w", err)
	}
	if parsed.Error {
		return refuse("it is no SQL expression: " + parsed.Message)
	}
	if len(parsed.Statements) != 1 {
		return refuse(fmt.Sprintf("it holds %d statements instead of one expression", len(parsed.Statements)))
	}
	var outer struct {
		Type string `json:"type"`
	}
	var selected selectNode
	if err := json.Unmarshal(parsed.Statements[0].Node, &outer); err != nil {
		return node{}, fmt.Errorf("parse tree of an expression: %w", err)
	}
	if outer.Type != "SELECT_NODE" {
		return refuse("it holds a whole query (UNION and the like) instead of one expression")
	}
	if err := json.Unmarshal(parsed.Statements[0].Node, &selected); err != nil {
		return node{}, fmt.Errorf("parse tree of an expression: %w", err)
	}
	switch {
	case len(selected.SelectList) != 1:
		return refuse(fmt.Sprintf("it holds %d expressions instead of one", len(selected.SelectList)))
	case selected.From.Type != "EMPTY":
		return refuse("it holds FROM; an expression reads the columns of its own row")
	case present(selected.Where), len(selected.Groups) > 0, len(selected.GroupSets) > 0, present(selected.Having), present(selected.Qualify),
		present(selected.Sample), len(selected.CTEs.Map) > 0, selected.Handling != "STANDARD_HANDLING":
		return refuse("it holds clauses of a query (WHERE, GROUP BY and the like) instead of one expression")
	case len(selected.Modifiers) > 0:
		return refuse("it holds DISTINCT, ORDER BY or LIMIT instead of one expression")
	case selected.SelectList[0].Alias != "":
		return refuse("it names its result with AS " + selected.SelectList[0].Alias)
	}
	return selected.SelectList[0], nil
}

func present(raw json.RawMessage) bool { return len(raw) > 0 && !bytes.Equal(raw, []byte("null")) }

// compiler builds SQL bottom-up and keeps the first refusal.
type compiler struct {
	columns func(string) (string, bool)
	decimal string
	err     error
}

func (c *compiler) refuse(problem string, args ...any) string {
	if c.err == nil {
		c.err = &ExpressionError{Problem: fmt.Sprintf(problem, args...), Next: expressionHint}
	}
	return "NULL"
}

// sized passes SQL on unless it grew out of bounds.
func (c *compiler) sized(sql string) string {
	if len(sql) > expressionLimit {
		return c.refuse("it is too long")
	}
	return sql
}

// text compiles a node to SQL of type VARCHAR, numbers written with the source's decimal sign.
func (c *compiler) text(n node) string {
	if c.err != nil {
		return "NULL"
	}
	switch {
	case n.Class == "COLUMN_REF":
		return c.column(n)
	case n.Class == "CONSTANT":
		return c.constantText(n)
	case arithmetic(n):
		if c.decimal == "," {
			return c.sized("replace(" + c.number(n) + ", '.', ',')")
		}
		return c.number(n)
	case n.Class == "FUNCTION":
		return c.call(n)
	case n.Type == "OPERATOR_COALESCE":
		parts := make([]string, len(n.Children))
		for i, child := range n.Children {
			parts[i] = c.notBlank(child)
		}
		return c.sized("coalesce(" + strings.Join(parts, ", ") + ")")
	case n.Class == "CASE":
		return c.choice(n)
	case n.Class == "CAST" && n.Cast.ID == "BOOLEAN" && n.Child != nil && n.Child.Class == "CONSTANT": // true and false
		switch string(n.Child.Value.Value) {
		case `"t"`:
			return "'true'"
		case `"f"`:
			return "'false'"
		}
	case conditional(n):
		return c.refuse("%s stands outside CASE WHEN", construct(n))
	}
	return c.refuse("%s is not accepted", construct(n))
}

// number compiles a node to SQL that gives plain decimal text, or NULL where it is no number.
func (c *compiler) number(n node) string {
	if c.err != nil {
		return "NULL"
	}
	switch {
	case arithmetic(n) && len(n.Children) == 2:
		return c.sized("exact(" + Literal(n.FunctionName) + ", " + c.number(n.Children[0]) + ", " + c.number(n.Children[1]) + ")")
	case arithmetic(n) && len(n.Children) == 1 && n.FunctionName == "-":
		return c.sized("exact('-', '0', " + c.number(n.Children[0]) + ")")
	case arithmetic(n) && len(n.Children) == 1 && n.FunctionName == "+":
		return c.number(n.Children[0])
	case arithmetic(n):
		return c.refuse("%s with %d operands is not accepted", n.FunctionName, len(n.Children))
	case n.Class == "CONSTANT" && numeric(n):
		value, ok := n.Value.decimal()
		if !ok {
			return c.refuse("the number %s cannot be read exactly; write it out in digits", n.Value.Value)
		}
		return Literal(value.String())
	case n.Class == "CONSTANT" && n.Value.Type.ID == "VARCHAR" && !n.Value.IsNull:
		return c.refuse("the text %s stands where a number is needed; write it without quotes", c.constantText(n))
	}
	return c.sized("money_text(" + c.text(n) + ", " + Literal(c.decimal) + ")")
}

// condition compiles what stands after WHEN.
func (c *compiler) condition(n node) string {
	if c.err != nil {
		return "NULL"
	}
	switch {
	case n.Class == "COMPARISON" && n.Left != nil && n.Right != nil && comparisons[n.Type] != "":
		return c.comparison(*n.Left, comparisons[n.Type], *n.Right)
	case n.Class == "CONJUNCTION" && len(n.Children) > 0:
		word := map[string]string{"CONJUNCTION_AND": " AND ", "CONJUNCTION_OR": " OR "}[n.Type]
		if word == "" {
			break
		}
		parts := make([]string, len(n.Children))
		for i, child := range n.Children {
			parts[i] = c.condition(child)
		}
		return c.sized("(" + strings.Join(parts, word) + ")")
	case n.Type == "OPERATOR_NOT" && len(n.Children) == 1:
		return c.sized("(NOT " + c.condition(n.Children[0]) + ")")
	case n.Type == "OPERATOR_IS_NULL" && len(n.Children) == 1:
		return c.sized("(" + c.notBlank(n.Children[0]) + " IS NULL)")
	case n.Type == "OPERATOR_IS_NOT_NULL" && len(n.Children) == 1:
		return c.sized("(" + c.notBlank(n.Children[0]) + " IS NOT NULL)")
	case (n.Type == "COMPARE_IN" || n.Type == "COMPARE_NOT_IN") && len(n.Children) > 1:
		sign, word := "=", " OR "
		if n.Type == "COMPARE_NOT_IN" {
			sign, word = "<>", " AND "
		}
		parts := make([]string, 0, len(n.Children)-1)
		for _, child := range n.Children[1:] {
			parts = append(parts, c.comparison(n.Children[0], sign, child))
		}
		return c.sized("(" + strings.Join(parts, word) + ")")
	case n.Class == "COLUMN_REF":
		return c.refuse("column %q stands as a condition; compare it with a value", strings.Join(n.ColumnNames, "."))
	}
	return c.refuse("%s is not accepted as a condition", construct(n))
}

// comparisons that have one sign in SQL.
var comparisons = map[string]string{
	"COMPARE_EQUAL": "=", "COMPARE_NOTEQUAL": "<>", "COMPARE_LESSTHAN": "<", "COMPARE_GREATERTHAN": ">",
	"COMPARE_LESSTHANOREQUALTO": "<=", "COMPARE_GREATERTHANOREQUALTO": ">=",
	"COMPARE_DISTINCT_FROM": "IS DISTINCT FROM", "COMPARE_NOT_DISTINCT_FROM": "IS NOT DISTINCT FROM",
}

// ordering signs mean something else for numbers than for text.
var ordering = []string{"<", ">", "<=", ">="}

func (c *compiler) comparison(left node, sign string, right node) string {
	cast := func(n node) string { return "TRY_CAST(" + c.number(n) + " AS DECIMAL(38,12))" }
	switch {
	case numeric(left) || numeric(right) || arithmetic(left) || arithmetic(right):
		return c.sized("(" + cast(left) + " " + sign + " " + cast(right) + ")")
	case slices.Contains(ordering, sign) && left.Class != "CONSTANT" && right.Class != "CONSTANT":
		a, b := cast(left), cast(right)
		return c.sized(fmt.Sprintf("(CASE WHEN %s IS NOT NULL AND %s IS NOT NULL THEN %s %s %s ELSE %s %s %s END)",
			a, b, a, sign, b, c.text(left), sign, c.text(right)))
	}
	return c.sized("(" + c.text(left) + " " + sign + " " + c.text(right) + ")")
}

func (c *compiler) choice(n node) string {
	var b strings.Builder
	b.WriteString("CASE")
	for _, check := range n.CaseChecks {
		b.WriteString(" WHEN " + c.condition(check.When) + " THEN " + c.text(check.Then))
	}
	if n.Else != nil {
		b.WriteString(" ELSE " + c.text(*n.Else))
	}
	b.WriteString(" END")
	return c.sized("(" + b.String() + ")")
}

// functions a mapping may call, with the least and most arguments.
var functions = map[string][2]int{"lower": {1, 1}, "upper": {1, 1}, "trim": {1, 2}, "replace": {3, 3}, "||": {2, 2}}

func (c *compiler) call(n node) string {
	bounds, known := functions[n.FunctionName]
	switch {
	case !known || n.Schema != "" && n.Schema != "main" || n.Catalog != "":
		return c.refuse("%s is not accepted", construct(n))
	case n.Distinct || present(n.Filter) || len(n.OrderBys.Orders) > 0:
		return c.refuse("%s with DISTINCT, FILTER or ORDER BY is not accepted", construct(n))
	case len(n.Children) < bounds[0] || len(n.Children) > bounds[1]:
		return c.refuse("%s with %d arguments is not accepted", construct(n), len(n.Children))
	}
	parts := make([]string, len(n.Children))
	for i, child := range n.Children {
		parts[i] = c.text(child)
	}
	if n.FunctionName == "||" {
		return c.sized("(" + strings.Join(parts, " || ") + ")")
	}
	return c.sized(n.FunctionName + "(" + strings.Join(parts, ", ") + ")")
}

func (c *compiler) column(n node) string {
	name := strings.Join(n.ColumnNames, ".")
	sql, ok := c.columns(name)
	if !ok {
		return c.refuse("there is no column %q", name)
	}
	return sql
}

// notBlank makes a blank cell NULL.
func (c *compiler) notBlank(n node) string {
	sql := c.text(n)
	if n.Class == "COLUMN_REF" {
		return "(CASE WHEN trim(" + sql + ") <> '' THEN " + sql + " END)"
	}
	return sql
}

func (c *compiler) constantText(n node) string {
	switch {
	case n.Value.IsNull:
		return "CAST(NULL AS VARCHAR)"
	case n.Value.Type.ID == "VARCHAR":
		var text string
		if err := json.Unmarshal(n.Value.Value, &text); err != nil {
			return c.refuse("a text constant cannot be read")
		}
		return Literal(text)
	case numeric(n):
		return strings.ReplaceAll(c.number(n), ".", c.decimal)
	}
	return c.refuse("a constant of type %s is not accepted", n.Value.Type.ID)
}
