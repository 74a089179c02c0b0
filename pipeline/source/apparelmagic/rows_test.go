package apparelmagic_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/check"
	"fairesync/pipeline/config"
	"fairesync/pipeline/source/apparelmagic"
	"fairesync/pipeline/source/apparelmagic/emulator"
	"fairesync/pipeline/source/sourcetest"
	"fairesync/pipeline/stage"
)

// sample is the invented account of contract §1.11, with the mess of §1.12 round it.
const sample = `{
"products":[
 {"product_id":"1041","style_number":"LW-2207","description":"RIBBED WRAP TOP","category":"Tops","class":"Knits","season":"SPRING 2027",
  "division_id":"2","is_product":"1","is_component":"0","is_gift_card":"0","is_emblem":"0","price":"24.50","retail_price":"52.00",
  "price_groups":[{"name":"Distributor","price":"19.00"},{"name":"CAD Wholesale","price":"33.00"},{"name":"","price":"1"}],
  "specs":[{"id":"1","name":"Neckline","value":"V"}],
  "content":"95% Rayon 5% Spandex","origin":"PT","care_instructions":"Cold wash&nbsp;&amp; hang dry","tariff_code":"6109.10",
  "web_title":"Ribbed Wrap Top","web_description":"<p>Soft rib knit.&#39;Made to layer.&#39;</p>","b2b_web_title":"",
  "weight":"0.45","weight_unit":"lb","size_range_id":"3","size_range_info":{"size_01":"S","size_02":"M","size_03":"L","size_04":""},
  "tags":[{"text":"bestseller"},{"text":" new\nin "},{"text":"bestseller"}],
  "images":[{"img":"https://files.example.test/back.jpg","is_catalog_image":"0","position":"1"},
   {"img":"https://files.example.test/side.jpg","is_catalog_image":"1","position":"10"},
   {"img":" https://files.example.test/front.jpg ","is_catalog_image":"1","position":"2"},
   {"img":"https://files.example.test/back.jpg","is_catalog_image":"0","position":"9"},{"img":""}],
  "bill_of_materials":[{"x":"1"}],"shopify_sync":false,"novel_field":7.50,"novel_list":[]},
 {"product_id":"1042","style_number":"SC-1","description":"SCARF","is_product":true,"price":"10.00","images":null,"tags":"red, warm,,red"},
 {"product_id":"1043","style_number":"ZIP","is_product":"0","is_component":"1"},
 {"product_id":"1044","style_number":"GIFT","is_product":"1","is_gift_card":"1"}
],
"inventory":[
 {"sku_id":"8810","product_id":"1041","attr_2":"Sage","attr_2_name":"Sage Green","attr_3":"Petite","size":"M","size_position":"2",
  "product_attribute_id":"515","sku_concat":"LW-2207SageM","sku_alt":"LW2207-SAG-M","upc_display":"012345678905","price":"24.50",
  "price_offset":"0.00","active":"1","qty_inventory":"37.00","qty_avail_sell":"31.00","extra":null},
 {"sku_id":"8811","product_id":"1041","attr_2":"sage ","size":"l","sku_concat":"LW-2207SageL","sku_alt":"","price":"24.5","price_offset":"2.50",
  "active":"0","qty_avail_sell":"-3","qty_min_inventory":"5","location":"A1","warehouse_id":"1"},
 {"sku_id":"8811","product_id":"1041","attr_2":"sage ","size":"l","sku_concat":"LW-2207SageL","sku_alt":"","price":"24.5","price_offset":"2.50",
  "active":"0","qty_avail_sell":"4.25","qty_min_inventory":"5","location":"B2","warehouse_id":"2","qty_open_po":"6"},
 {"sku_id":"9","product_id":"1042","attr_2":"","size":"","sku_concat":"SC-1","price":"10.00","active":true,"qty_avail_sell":"a few","warehouse_id":"1"},
 {"sku_id":"9","product_id":"1042","attr_2":"","size":"","sku_concat":"SC-1","price":"10.00","active":true,"qty_avail_sell":"3","warehouse_id":"2"},
 {"sku_id":"77","product_id":"1043","size":"10in","price":"0.10","active":"1"},
 {"sku_id":"78","product_id":"1044","sku_alt":"GC","price":"50.00","active":"1"},
 {"sku_id":"79","product_id":"4711","sku_alt":"LOST","price":"5.00","active":"1"},
 {"sku_id":"80","product_id":"4712","is_component":"1","price":"5.00","active":"1"},
 {"sku_id":"81","product_id":"","sku_alt":"NOSTYLE","price":"5.00","active":"1"}
],
"product_attributes":[
 {"id":"515","product_id":"1041","attr_2":"Sage","images":[{"img":"https://files.example.test/sage-1.jpg"},{"img":"https://files.example.test/sage-2.jpg"}]},
 {"id":"516","product_id":"1042","color":"Red","images":[{"img":"https://files.example.test/red.jpg"}]}
],
"size_ranges":[{"id":"3","name":"Alpha","size_01":"XS","size_02":"S"}],
"divisions":[{"id":"2","name":"Women"}]}`

func sampled(t testing.TB, switches emulator.Switches) *emulator.Server {
	t.Helper()
	held, err := emulator.ReadAccount(strings.NewReader(sample))
	if err != nil {
		t.Fatal(err)
	}
	return serve(held, switches)
}

func TestRowsOfTheSample(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := extract(t, open(t, sampled(t, emulator.Switches{})))
		const productImages = "https://files.example.test/front.jpg\nhttps://files.example.test/side.jpg\nhttps://files.example.test/back.jpg"
		want := []map[string]string{
			// A style without colours and sizes has no axes. A quantity nobody can read stays as it is.
			{"_sku_id": "9", "_row": "1", "_kind": "sku", "_problem": "", "_style": "1042", "sku_concat": "SC-1", "sku_alt": "", "active": "1",
				"qty_avail_sell": "a few", "_option1_name": "", "_option1_value": "", "_option2_name": "", "_option3_name": "",
				"_tags": "red\nwarm", "_images": "", "_product_images": "", "_size_position": "", "_category": "", "_division": "",
				"product.description": "SCARF", "product.is_product": "1"},
			{"_sku_id": "9", "_row": "2", "_kind": "ignored", "_problem": "FEED_WAREHOUSE_ROW", "qty_avail_sell": "3"},
			{"_sku_id": "77", "_row": "3", "_kind": "ignored", "_problem": "FEED_KIND_IGNORED", "_style": "1043"},
			{"_sku_id": "78", "_row": "4", "_kind": "ignored", "_problem": "FEED_KIND_IGNORED", "_style": "1044"},
			{"_sku_id": "79", "_row": "5", "_kind": "quarantined", "_problem": "FEED_CHILD_ORPHAN", "_style": "4711", "sku_alt": "LOST"},
			{"_sku_id": "80", "_row": "6", "_kind": "ignored", "_problem": "FEED_KIND_IGNORED", "_style": "4712"},
			{"_sku_id": "81", "_row": "7", "_kind": "quarantined", "_problem": "FEED_CHILD_ORPHAN", "_style": ""},
			{"_sku_id": "8810", "_row": "8", "_file": "inventory", "_kind": "sku", "_problem": "", "_style": "1041", "sku_alt": "LW2207-SAG-M",
				"upc_display": "012345678905", "price": "24.50", "active": "1", "qty_avail_sell": "31.00", "extra": "",
				"_option1_name": "Color", "_option1_value": "Sage Green", "_option2_name": "Size", "_option2_value": "M",
				"_option3_name": "Style", "_option3_value": "Petite", "_size_position": "2", "_category": "Tops > Knits", "_division": "Women",
				"_images":         "https://files.example.test/sage-1.jpg\nhttps://files.example.test/sage-2.jpg",
				"_product_images": productImages, "_tags": "bestseller\nnew in",
				"product.style_number": "LW-2207", "product.web_description": "<p>Soft rib knit.&#39;Made to layer.&#39;</p>",
				"product.price_groups.CAD Wholesale": "33.00", "product.price_groups.Distributor": "19.00", "product.specs.Neckline": "V",
				"product.shopify_sync": "0", "product.novel_field": "7.50", "product.retail_price": "52.00", "product.origin": "PT"},
			// The colour differs in case and blanks and lacks its long name; size and place come from the style's own range.
			{"_sku_id": "8811", "_row": "9", "_kind": "sku", "_problem": "", "sku_alt": "", "sku_concat": "LW-2207SageL", "active": "0",
				"qty_avail_sell": "1.25", "qty_open_po": "6", "qty_min_inventory": "5", "location": "A1", "warehouse_id": "1",
				"_option1_name": "Color", "_option1_value": "Sage Green", "_option2_value": "l", "_option3_name": "Style", "_option3_value": "",
				"_size_position": "3", "_images": "https://files.example.test/sage-1.jpg\nhttps://files.example.test/sage-2.jpg"},
			{"_sku_id": "8811", "_row": "10", "_kind": "ignored", "_problem": "FEED_WAREHOUSE_ROW", "qty_avail_sell": "4.25", "location": "B2"},
		}
		if diff := cmp.Diff(want, narrowed(sink.Rows("item"), want)); diff != "" {
			t.Errorf("rows (-want +got):\n%s", diff)
		}
		wantFound := []check.Exception{{
			Code: "FEED_VALUE_INVALID", EntityKey: "8811", SKU: "LW-2207SageL", Style: "1041", Field: "price", Detail: "price_offset",
			Column: "price", File: "inventory", Row: 9,
			Found: "price 24.5 with price_offset 2.50", Wanted: "27.00, or no offset: the style's price is 24.50",
		}}
		if diff := cmp.Diff(wantFound, sink.Exceptions()); diff != "" {
			t.Errorf("exceptions (-want +got):\n%s", diff)
		}
	})
}

func TestColumnsOfTheSample(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		table, _ := extract(t, open(t, sampled(t, emulator.Switches{}))).Described("item")
		for _, column := range []string{"product.images", "product.tags", "product.price_groups", "product.bill_of_materials", "product.novel_list"} {
			if slices.Contains(table.Columns, column) {
				t.Errorf("list %s became a column", column)
			}
		}
		for _, column := range []string{"attr_3", "retail_price_offset", "product.joor_web_title", "product.alt_code"} {
			if !slices.Contains(table.Columns, column) {
				t.Errorf("known column %s is missing", column)
			}
		}
		want := map[string][]string{
			"sku": {"sku_alt", "sku_concat"}, "style": {"_style"}, "style_code": {"product.style_number", "style_number"},
			"name":        {"product.b2b_web_title", "product.joor_web_title", "product.web_title", "product.description", "product.style_number"},
			"description": {"product.b2b_web_description", "product.web_description"},
			"category":    {"product.category"}, "product_type": {"product.category"}, "tags": {"_tags"},
			"option1_name": {"_option1_name"}, "option1_value": {"_option1_value"}, "option2_name": {"_option2_name"},
			"option2_value": {"_option2_value"}, "option3_name": {"_option3_name"}, "option3_value": {"_option3_value"},
			"size_position": {"_size_position"}, "gtin": {"upc_display"}, "images": {"_images"}, "product_images": {"_product_images"},
			"active": {"active"}, "quantity": {"qty_avail_sell"}, "made_in_country": {"product.origin"}, "tariff_code": {"product.tariff_code"},
			"weight": {"weight", "product.weight"}, "weight_unit": {"product.weight_unit"},
		}
		if diff := cmp.Diff(want, table.Fields); diff != "" {
			t.Errorf("fields (-want +got):\n%s", diff)
		}
	})
}

// TestMapping: a field of the configuration replaces the default of that field, and only of that.
func TestMapping(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := open(t, sampled(t, emulator.Switches{}), func(o *apparelmagic.Options) {
			o.Settings.Mapping = map[string]config.Columns{
				"sku": {"sku_concat"}, "gtin": {`replace(upc_display, '-', '')`}, "short_description": {"product.alt_code"},
			}
		})
		sink := extract(t, source)
		table, _ := sink.Described("item")
		got := map[string][]string{}
		for _, field := range []string{"sku", "gtin", "short_description", "quantity"} {
			got[field] = table.Fields[field]
		}
		want := map[string][]string{
			"sku": {"sku_concat"}, "gtin": {`replace(upc_display, '-', '')`}, "short_description": {"product.alt_code"}, "quantity": {"qty_avail_sell"},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("fields (-want +got):\n%s", diff)
		}
	})
}

// TestShapesMeanTheSame: however an account writes numbers, flags, tags and empty lists, the rows are equal (contract §3.9).
func TestShapesMeanTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plain := extract(t, open(t, sampled(t, emulator.Switches{})))
		for _, switches := range []emulator.Switches{
			{Numbers: true},
			{Tags: "strings", EmptyLists: "null"},
			{Tags: "strings", EmptyLists: "absent", Numbers: true, LastID: "ignored"},
		} {
			other := extract(t, open(t, sampled(t, switches)))
			if diff := cmp.Diff(plain.Rows("item"), other.Rows("item")); diff != "" {
				t.Errorf("%+v (-strings +other):\n%s", switches, diff)
			}
			if diff := cmp.Diff(plain.Exceptions(), other.Exceptions()); diff != "" {
				t.Errorf("%+v: exceptions:\n%s", switches, diff)
			}
		}
	})
}

// TestForeignNamesDoNotCollide: fields named like our columns are kept under another name.
func TestForeignNamesDoNotCollide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		held := account(1)
		held.Inventory[0]["_kind"] = "mine"
		held.Inventory[0]["product.price"] = "11"
		want := []map[string]string{{"_kind": "sku", "inventory._kind": "mine", "inventory.product.price": "11", "product.price": "24.50"}}
		sink := extract(t, open(t, serve(held, emulator.Switches{})))
		if diff := cmp.Diff(want, narrowed(sink.Rows("item"), want)); diff != "" {
			t.Errorf("rows (-want +got):\n%s", diff)
		}
	})
}

// TestAnEmptyAccount delivers an empty table; that it is empty is for the gate to judge.
func TestAnEmptyAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := extract(t, open(t, serve(emulator.Account{}, emulator.Switches{})))
		if !sink.Closed("item") || len(sink.Rows("item")) != 0 {
			t.Errorf("delivered %v with %d rows", sink.Closed("item"), len(sink.Rows("item")))
		}
	})
}

func TestCapabilities(t *testing.T) {
	source := open(t, serve(emulator.Account{}, emulator.Switches{}))
	want := stage.Capabilities{
		ProductDetail: true, StableSKUID: true, Inventory: true,
		Missing:   []string{"short_description", "unit_multiplier", "minimum_order_quantity"},
		Wholesale: stage.Native, Retail: stage.Native, Images: stage.Native, Variants: stage.Native, Alias: stage.Mapped,
		Times: "the account's, which is not told (guessed)",
	}
	if diff := cmp.Diff(want, source.Capabilities()); diff != "" {
		t.Errorf("capabilities (-want +got):\n%s", diff)
	}
	if source.Name() != "wms" {
		t.Errorf("name %q", source.Name())
	}
}

var _ sourcetest.Source = (*apparelmagic.Source)(nil)
