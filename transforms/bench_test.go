package transforms_test

import "testing"

func BenchmarkFunctions(b *testing.B) {
	for _, c := range []struct {
		name string
		args []any
	}{
		{"clean_key", []any{"LW2207-SAG-M"}},
		{"clean_text", []any{"Soft rib knit made to layer, with a “wrap” front."}},
		{"fold", []any{"Ribbed Wrap Top – Sage"}},
		{"html_to_text", []any{"<p>Soft rib knit.&#39;Made to layer.&#39;</p><ul><li>Soft</li><li>Warm</li></ul>"}},
		{"money_text", []any{"$1,250.00", "."}},
		{"money_text", []any{"24.50", "."}},
		{"money_currency", []any{"24.50"}},
		{"number_text", []any{"31.00"}},
		{"size_rank", []any{"XL"}},
		{"size_rank", []any{"30x32"}},
		{"size_rank", []any{"Heather Grey"}},
		{"gtin_ok", []any{"012345678905"}},
		{"image_problem", []any{"https://files.example.test/lw2207/front.jpg"}},
		{"image_identity", []any{"https://files.example.test/lw2207/front.jpg?v=1", "v"}},
		{"similarity", []any{"Women's Tops", "Women's Knit Tops"}},
		{"split_list", []any{"https://x.test/a.jpg,https://x.test/b.jpg"}},
		{"is_placeholder", []any{"Ribbed Wrap Top"}},
		{"country_alpha3", []any{"Portugal"}},
	} {
		function := find(b, c.name)
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := function.Call(c.args); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
