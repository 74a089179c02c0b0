package transforms_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNameWords(t *testing.T) {
	got := map[string]any{}
	for _, name := range []string{
		"Men/Tops/Hoodies & Sweatshirts", "Dresses", "dress", "Toys for the Bath", "Wrist-Watches", "Café Glasses - Kids'", "Bus", "the", " ", "Taxes", "Women's V-Neck T-Shirts", "Size M",
	} {
		got[name] = call(t, "name_words", name)
	}
	want := map[string]any{
		"Men/Tops/Hoodies & Sweatshirts": "hoody\nmen\nsweatshirt\ntop", "Dresses": "dress", "dress": "dress", "Toys for the Bath": "bath\ntoy",
		"Wrist-Watches": "watch\nwrist", "Café Glasses - Kids'": "cafe\nglass\nkid", "Bus": "bus", "the": nil, " ": nil, "Taxes": "tax", "Women's V-Neck T-Shirts": "tshirt\nvneck\nwomen", "Size M": "m\nsize",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("name_words (-want +got):\n%s", diff)
	}
}
