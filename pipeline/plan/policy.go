package plan

// codePolicy holds what the configured policy leaves out.
const codePolicy = "PLAN_POLICY"

// allows says whether a change may be sent under the configured policy; what it leaves out is planned, shown and held.
//
//	policy      | sends
//	------------+-----------------------------------------------------------------------------------
//	full        | everything
//	create-only | new products and variants, with the option values and the stock they need
//	prices-only | prices of what is on Faire
//	stock-only  | quantities of what is on Faire, that of what stops selling included
func (r Rules) allows(c Change) bool {
	onFaire := c.VariantID != ""
	switch r.Policy {
	case "create-only":
		return c.Action == Create && !(c.Kind == KindInventory && onFaire) || c.Kind == KindOptionSet
	case "prices-only":
		return c.Kind == KindPrice && c.Action == Update
	case "stock-only":
		return onFaire && firstField(c) == fieldOnHand
	}
	return true
}

// excludes says whether the configuration leaves a field out altogether, of creates too.
func (r Rules) excludes(field string) bool { return r.Fields[family(field)] == "exclude" }
