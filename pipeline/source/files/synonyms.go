package files

import (
	"slices"
	"strings"
	"unicode"
)

// synonym lists the headers a field is known by, folded, best first (wms/contract §4.3). One header per field is taken: a second
// one is often something else, such as a style number beside the SKU. There are none for quantity: inventory.column names it,
// and says what the number means.
type synonym struct {
	field   string
	headers []string
}

var synonyms = []synonym{
	{"sku", []string{"sku", "variantsku", "skucode", "skunumber", "itemsku", "item", "itemnumber", "itemno", "itemnum", "itemcode",
		"productcode", "stockcode", "partno", "partnumber", "stylecolorsize", "defaultcode", "itemid"}},
	{"style", []string{"handle", "style", "stylenumber", "styleno", "stylenum", "stylecode", "parentsku", "matrixparent", "parent",
		"model", "modelnumber", "productid"}},
	{"name", []string{"name", "title", "productname", "producttitle", "stylename", "itemname", "itemdescription", "shortdesc"}},
	{"description", []string{"description", "longdescription", "longdesc", "productdescription", "bodyhtml", "body",
		"marketingcopy", "webdescription"}},
	{"short_description", []string{"shortdescription", "tagline"}},
	{"category", []string{"category", "productcategory", "categories", "department", "class", "collection", "subclass"}},
	{"product_type", []string{"producttype", "type"}},
	{"tags", []string{"tags"}},
	{"size_position", []string{"sizeposition", "sizeorder", "sizesort"}},
	{"gtin", []string{"gtin", "upc", "upccode", "barcode", "ean", "variantbarcode", "upcean", "upca", "ean13", "gtin14"}},
	{"unit_multiplier", []string{"unitmultiplier", "casepack", "caseqty", "innerpack"}},
	{"minimum_order_quantity", []string{"minqty", "moq", "minimumorderquantity", "minorderqty", "minimumquantity"}},
	{"made_in_country", []string{"countryoforigin", "coo", "madein", "madeincountry", "countryofmanufacture", "origin"}},
	{"tariff_code", []string{"hts", "htscode", "hscode", "tariffcode", "harmonizedcode", "variantharmonizedcode"}},
	{"alias", []string{"alias"}},
}

// wholesale and retail headers; with a currency behind them ("Wholesale CAD") they are that geography's.
var (
	wholesaleHeaders = []string{"wholesale", "wholesaleprice", "wsp", "whls", "price1", "netprice", "dealer", "dealerprice", "tradeprice"}
	retailHeaders    = []string{"retail", "retailprice", "msrp", "srp", "rrp", "compareat", "compareatprice", "variantcompareatprice",
		"listprice", "suggretail", "suggestedretail", "suggestedretailprice"}
	// ambiguousPrices are wholesale in one system's export and retail in another's.
	ambiguousPrices = []string{"price", "unitprice", "variantprice"}
)

// axis is an option a product varies along, told by its header.
type axis struct {
	name    string // what Faire shows
	headers []string
}

// axes in the order they become options: colour before size, as the trade lists them.
var axes = []axis{
	{"Color", []string{"color", "colour", "colorname", "colourname", "colorcode", "colourcode"}},
	{"Size", []string{"size", "sizename", "sizecode"}},
	{"Dimension", []string{"dim", "dimension"}},
}

// active headers; of an inverted one the value y means no.
var (
	activeHeaders   = []string{"active", "status", "isactive", "enabled", "productonline", "published", "web"}
	invertedHeaders = []string{"disabled", "discontinued", "inactive"}
)

// weights are headers whose unit is part of the name; a plain one may have a unit column beside it.
var weights = []struct{ header, unit string }{
	{"weight", ""}, {"wt", ""}, {"weightlb", "lb"}, {"weightlbs", "lb"}, {"wtlb", "lb"}, {"weightoz", "oz"}, {"wtoz", "oz"},
	{"weightkg", "kg"}, {"wtkg", "kg"}, {"weightg", "g"}, {"grams", "g"}, {"variantgrams", "g"},
}

// images are headers of picture columns without their number ("Image 1"), the hero's first.
var images = []string{"mainimage", "baseimage", "image", "images", "imageurl", "imageurls", "imagesrc", "imagelink", "altimage",
	"altimageurl", "additionalimage", "additionalimages", "additionalimagelink", "picture", "pictureurl", "photo", "photourl"}

// others make a row known as the header but feed no field.
var others = []string{"vendor", "brand", "season", "delivery", "uom", "updated", "lastmodified", "variantimage", "imageposition",
	"qty", "quantity", "onhand", "qtyonhand", "available", "qtyavailable", "inventory", "stock", "variantinventoryqty"}

// shared are columns of a Shopify export, beside those of product fields, that only a handle's first row fills.
var shared = []string{"vendor", "standardproducttype", "customproducttype", "giftcard", "seotitle", "seodescription", "collection",
	"published", "status", "title", "bodyhtml", "type", "tags", "productcategory"}

// fold reduces a header to what tells it from others: letters and digits, in lower case.
func fold(header string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, header)
}

// isImage says whether a folded header is of a picture column, and whether of the hero.
func isImage(folded string) (image, hero bool) {
	base := strings.TrimRight(folded, "0123456789")
	at := slices.Index(images, base)
	return at >= 0, at == 0 || at == 1
}

// optionHeader splits "Option1 Name" and "Option 2 Value" into number and part; 0 when it is none of them.
func optionHeader(folded string) (number int, part string) {
	rest, ok := strings.CutPrefix(folded, "option")
	if !ok || rest == "" || rest[0] < '1' || rest[0] > '3' {
		return 0, ""
	}
	if part = rest[1:]; part != "name" && part != "value" {
		return 0, ""
	}
	return int(rest[0] - '0'), part
}

// isKnown says whether a folded header is one of those above, and whether it is a SKU's.
func isKnown(folded string) (known, sku bool) {
	for _, s := range synonyms {
		if slices.Contains(s.headers, folded) {
			return true, s.field == "sku"
		}
	}
	for _, a := range axes {
		if slices.Contains(a.headers, folded) {
			return true, false
		}
	}
	for _, w := range weights {
		if w.header == folded {
			return true, false
		}
	}
	for _, list := range [][]string{ambiguousPrices, activeHeaders, invertedHeaders, others} {
		if slices.Contains(list, folded) {
			return true, false
		}
	}
	if image, _ := isImage(folded); image {
		return true, false
	}
	if number, _ := optionHeader(folded); number > 0 {
		return true, false
	}
	return isPrice(folded), false
}

func isPrice(folded string) bool {
	for _, list := range [][]string{wholesaleHeaders, retailHeaders} {
		for _, header := range list {
			rest, ok := strings.CutPrefix(folded, header)
			if ok && (rest == "" || slices.Contains(currencies, rest)) {
				return true
			}
		}
	}
	return false
}

// currencies of the geographies Faire sells in (contract §5.1), folded.
var currencies = []string{"usd", "cad", "gbp", "aud", "eur"}
