package transforms_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestHTMLToText(t *testing.T) {
	texts(t, "html_to_text", map[string]string{
		// unchanged
		"Soft rib knit.":                   "Soft rib knit.",
		"  two\n lines  kept \n":           "two\n lines  kept",
		"I <3 this; size <M and >L & more": "I <3 this; size <M and >L & more",
		"AT&T, R&D; Salt & Pepper":         "AT&T, R&D; Salt & Pepper",
		"Soft.\r\n\r\nWashes well.":        "Soft.\n\nWashes well.",
		"Soft\u200f, warm\u202e\x00.":      "Soft, warm.",
		"":                                 "",
		"  ":                               "",
		// entities
		"Cold wash&nbsp;&amp; hang dry":            "Cold wash & hang dry",
		"Cold wash&amp;nbsp;&amp;amp; hang dry":    "Cold wash & hang dry",
		"&#39;Made to layer.&#39;":                 "'Made to layer.'",
		"&amp;#39;twice&amp;#39;":                  "'twice'",
		"&bull; one\n&bull; two":                   "• one\n• two",
		"&notit; stays &unknown; &#xE9;":           "&notit; stays &unknown; é",
		"first\n\nsecond &amp; last":               "first\n\nsecond & last",
		"&lt;p&gt;Escaped&lt;/p&gt;&lt;p&gt;HTML&": "Escaped\n\nHTML&",
		"3 &lt; 4": "3 < 4",
		// markup
		"<p>Soft rib knit.&#39;Made to layer.&#39;</p>":                                       "Soft rib knit.'Made to layer.'",
		"<p>One</p><p>Two</p>":                                                                "One\n\nTwo",
		"<p>One</p>\n\n\n   <p>Two   words</p>":                                               "One\n\nTwo words",
		"One<br>Two<br/>Three<br />Four":                                                      "One\nTwo\nThree\nFour",
		"One<br><br><br>Two":                                                                  "One\n\nTwo",
		"<div>One</div><div>Two</div>":                                                        "One\nTwo",
		"Features:<ul><li>Soft</li><li> Warm </li></ul>End":                                   "Features:\n\n• Soft\n• Warm\n\nEnd",
		"<ul><li><p>Soft</p></li><li><p>Warm</p><p>Dry</p></li></ul>":                         "• Soft\n• Warm\nDry",
		"<ul>\n<li></li><li>Only</li></ul>":                                                   "• Only",
		"<ul><li>Outer<ul><li>Inner</li></ul></li></ul><p>After</p>":                          "• Outer\n• Inner\n\nAfter",
		"<style>p{color:red}</style><p style=\"x\">Text</p><script>alert(1)</script>":         "Text",
		"<script>if (a<b) {}</script>Left":                                                    "Left",
		"<p>Unclosed <b>bold":                                                                 "Unclosed bold",
		"<p>Cut off <a href=\"http":                                                           "Cut off",
		"<p>Love <3":                                                                          "Love <3",
		"<b>Bold</b> line\nwrapped\n\nNext paragraph":                                         "Bold line wrapped\n\nNext paragraph",
		"<b>Fits <M> and <L></b>":                                                             "Fits <M> and <L>",
		"<widget id=\"1\">in</widget> <b>x</b>":                                               "in x",
		"<!-- note --><p>Text</p>":                                                            "Text",
		"<!DOCTYPE html><html><head><title>T</title></head><body><p>B</p></body>":             "B",
		"<o:p></o:p><p class=\"MsoNormal\">Word&nbsp;text</p>":                                "Word text",
		"<table><tr><td>Chest</td><td>34</td></tr><tr><td>Waist</td><td>28</td></tr></table>": "Chest 34\nWaist 28",
		"<pre>a\nb</pre>":                                                                     "a\nb",
		"<p>a&nbsp;&nbsp; b</p>":                                                              "a b",
		"<p>twice &amp;eacute; and &amp;amp;</p>":                                             "twice é and &",
		"<p>use &lt;b&gt; for bold</p>":                                                       "use <b> for bold",
		"<P>CAPS</P><BR>x":                                                                    "CAPS\n\nx",
		"<h2>Head</h2>Body":                                                                   "Head\n\nBody",
		"<p>emoji 👩\u200D🌾 and \u202Eoverride</p>":                                            "emoji 👩\u200D🌾 and override",
		"<span>only</span>":                                                                   "only",
		"<p></p>":                                                                             "",
		"text <img src=\"a.jpg\"> after":                                                      "text after",
		"<dl><dt>Fabric</dt><dd>Cotton</dd></dl>":                                             "Fabric\nCotton",
		"<svg><title>x</title><path d=\"\"/></svg><p>Text</p>":                                "Text",
		"<p>Cotton.<p>Silk.":                                                                  "Cotton.\n\nSilk.",
	})
}

func TestShortText(t *testing.T) {
	for _, c := range []struct {
		text  string
		limit int64
		want  any
	}{
		{"Soft rib knit.", 75, "Soft rib knit."},
		{"First paragraph.\n\nSecond.", 75, "First paragraph."},
		{"First\nline  two\n \nSecond.", 75, "First line two"},
		{"Ideal for cold-weather training or work outdoors, the Hoodie promises superior warmth", 75,
			"Ideal for cold-weather training or work outdoors, the Hoodie promises"},
		{"Warm, soft, and dry", 11, "Warm, soft"},
		{"Warm - soft", 7, "Warm"},
		{"exactly ten", 11, "exactly ten"},
		{"cut at the gap", 6, "cut at"},
		{"Donaudampfschiff", 5, "Donau"},
		{"Cafe\u0301 au lait", 5, "Cafe\u0301"},
		{"Cafe\u0301", 4, "Caf"},
		{"ééééé ééééé", 7, "ééééé"},
		{"The end! More", 8, "The end!"},
		{"", 75, nil},
		{"\n\n", 75, nil},
		{"text", 0, nil},
		{"text", -1, nil},
		{"windows\r\n\r\nsecond", 75, "windows"},
	} {
		got := call(t, "short_text", c.text, c.limit)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("short_text(%q, %d) (-want +got):\n%s", c.text, c.limit, diff)
		}
	}
}

func FuzzHTMLToText(f *testing.F) {
	for _, seed := range []string{"<p>One</p><p>Two</p>", "&amp;nbsp;", "<ul><li><li>x</ul>", "<script>", "a<b", "<pre>\n\n\n</pre>x", "<br><br>", "<!--", "</li></ul>",
		"<svg><svg></svg>x", "<b>\u202E</b>", "&lt;p&gt;x"} {
		f.Add(seed, int64(75))
	}
	f.Fuzz(func(t *testing.T, text string, limit int64) {
		got, _ := call(t, "html_to_text", text).(string)
		if !utf8.ValidString(got) || got != strings.TrimSpace(got) {
			t.Fatalf("html_to_text(%q) = %q is not valid or not trimmed", text, got)
		}
		if len(got) > 8*len(text)+16 {
			t.Fatalf("html_to_text(%q) grew to %d bytes", text, len(got))
		}
		short, _ := call(t, "short_text", got, limit).(string)
		if n := utf8.RuneCountInString(short); int64(n) > max(limit, 0) || strings.ContainsAny(short, "\n\t") {
			t.Fatalf("short_text(%q, %d) = %q", got, limit, short)
		}
	})
}
