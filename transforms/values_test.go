package transforms_test

import (
	"strings"
	"testing"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

func TestGTIN(t *testing.T) {
	texts(t, "gtin_digits", map[string]string{
		"012345678905": "012345678905", "0 12345 67890 5": "012345678905", "0-12345-67890-5": "012345678905", "'012345678905": "012345678905",
		" 4006381333931 ": "4006381333931", "96385074": "96385074", "10012345678902": "10012345678902", "0–12345–67890–5": "012345678905",
		"12345678905": "12345678905", // eleven digits: a lost zero is reported, not repaired
		"":            "", "12345678905.0": "", "1.23457E+11": "", "N/A": "", "TBD": "", "012345678905 012345678912": "", "ABC12345678": "", "1234567": "", "0123456789050 45": "",
	})
	holds(t, "gtin_ok",
		[]string{"012345678905", "4006381333931", "96385074", "10012345678902", "036000291452"},
		[]string{"012345678906", "12345678905", "4006381333930", "", "0 12345 67890 5", "abc", "000000000000", "1234567890128901", "٠١٢٣٤٥٦٧"})
}

func TestTariffDigits(t *testing.T) {
	texts(t, "tariff_digits", map[string]string{
		"340600": "340600", "3406.00": "340600", "3406.00.0000": "3406000000", "6109 10 00 12": "6109100012", "'0901210000": "0901210000", " 6109.10 ": "610910",
		"": "", "3406": "", "34060000000": "", "6109-10": "", "HS 610910": "", "000000": "", "n/a": "",
	})
}

func TestSplitList(t *testing.T) {
	texts(t, "split_list", map[string]string{
		"a.jpg":                                     "a.jpg",
		"a.jpg|b.jpg":                               "a.jpg\nb.jpg",
		"a.jpg, b.jpg ,c.jpg":                       "a.jpg\nb.jpg\nc.jpg",
		"a.jpg;b.jpg;":                              "a.jpg\nb.jpg",
		"a.jpg\r\nb.jpg\n\n":                        "a.jpg\nb.jpg",
		"a.jpg\rb.jpg":                              "a.jpg\nb.jpg",
		"a.jpg,\nb.jpg,\n":                          "a.jpg\nb.jpg",
		"Red, White and Blue|Green":                 "Red, White and Blue\nGreen",
		"a.jpg\nb.jpg,c.jpg":                        "a.jpg\nb.jpg\nc.jpg", // two columns, one of them a list
		"/m/h/mh01-a.jpg,/m/h/mh01-b.jpg":           "/m/h/mh01-a.jpg\n/m/h/mh01-b.jpg",
		"https://x.test/a.jpg,https://x.test/b.jpg": "https://x.test/a.jpg\nhttps://x.test/b.jpg",
		"https://x.test/w_300,h_200/a.jpg":          "https://x.test/w_300,h_200/a.jpg",
		"https://x.test/w_3,h_2/a.jpg,https://x.test/b.jpg": "https://x.test/w_3,h_2/a.jpg\nhttps://x.test/b.jpg",
		"https://x.test/a.jpg, b.jpg":                       "https://x.test/a.jpg\nb.jpg",
		"https://x.test/a.jpg | https://x.test/b.jpg":       "https://x.test/a.jpg\nhttps://x.test/b.jpg",
		"https://x.test/a b.jpg":                            "https://x.test/a b.jpg",
		"https://x.test/a.jpg https://x.test/b.jpg":         "https://x.test/a.jpg\nhttps://x.test/b.jpg",
		"HTTP://x.test/a.jpg;HTTP://x.test/b.jpg":           "HTTP://x.test/a.jpg\nHTTP://x.test/b.jpg",
		"//x.test/a.jpg,//x.test/b.jpg":                     "//x.test/a.jpg\n//x.test/b.jpg",
		"https://x.test/a.jpg;v=1":                          "https://x.test/a.jpg;v=1",
		"https://x.test/a.jpg\nhttps://x.test/b.jpg,":       "https://x.test/a.jpg\nhttps://x.test/b.jpg",
		"https://x.test/?next=https://y.test/a.jpg":         "https://x.test/?next=https://y.test/a.jpg",
		"":           "",
		" , ; | \n":  "",
		"bestseller": "bestseller",
		"https://x.test/a.jpg,https://x.test/a.jpg":             "https://x.test/a.jpg\nhttps://x.test/a.jpg",
		"https://x.test/a.jpg,\n  https://x.test/b.jpg \t\n\n|": "https://x.test/a.jpg\nhttps://x.test/b.jpg",
	})
}

func TestImageIdentity(t *testing.T) {
	for _, c := range []struct{ url, ignore, want string }{
		{"https://x.test/a.jpg", "", "https://x.test/a.jpg"},
		{" https://x.test/a.jpg#top ", "", "https://x.test/a.jpg"},
		{"https://x.test/a.jpg?v=1&w=2", "", "https://x.test/a.jpg?v=1&w=2"},
		{"https://x.test/a.jpg?v=1&w=2", "v", "https://x.test/a.jpg?w=2"},
		{"https://x.test/a.jpg?v=1&w=2&v=3", "v,w", "https://x.test/a.jpg"},
		{"https://x.test/a.jpg?b=1&a=2", "x", "https://x.test/a.jpg?b=1&a=2"}, // the order stays
		{"https://x.test/a.jpg?X-Amz-Date=1&X-Amz-Signature=2&id=7", "X-Amz-*", "https://x.test/a.jpg?id=7"},
		{"https://x.test/a.jpg?V=1", "v", "https://x.test/a.jpg?V=1"},
		{"https://x.test/a.jpg?%76=1&k", "v", "https://x.test/a.jpg?k"},
		{"https://x.test/a.jpg?", "v", "https://x.test/a.jpg"},
		{"https://x.test/a.jpg?v=1#f?w=2", " v , w ", "https://x.test/a.jpg"},
		{"https://x.test/a.jpg?token=%zz&%zz=1", "token", "https://x.test/a.jpg?%zz=1"},
		{"https://x.test/a.jpg ?v=1", "v", "https://x.test/a.jpg"},
		{"https://x.test/a.jpg #top", "v", "https://x.test/a.jpg"},
		{"", "v", ""},
	} {
		got, _ := call(t, "image_identity", c.url, c.ignore).(string)
		if got != c.want {
			t.Errorf("image_identity(%q, %q) = %q, want %q", c.url, c.ignore, got, c.want)
		}
	}
}

func TestImageProblem(t *testing.T) {
	texts(t, "image_problem", map[string]string{
		"https://files.example.test/lw2207/front.jpg": "",
		"http://files.example.test/a.jpg":             "",
		"https://files.example.test:8443/a?id=1":      "",
		"https://93.184.216.34/a.jpg":                 "",
		"https://[2606:2800:220:1::1]/a.jpg":          "",
		"https://bücher.example/a.jpg":                "",
		"HTTPS://FILES.EXAMPLE.TEST/A.JPG":            "",
		"":                                            "blank",
		"front.jpg":                                   "has no scheme (http or https)",
		"//cdn.example.test/a.jpg":                    "has no scheme (http or https)",
		"/m/h/mh01.jpg":                               "has no scheme (http or https)",
		"http:/a.jpg":                                 "has no scheme (http or https)",
		"ftp://files.example.test/a.jpg":              "scheme ftp is not http or https",
		"file:///etc/passwd":                          "scheme file is not http or https",
		"data:image/png;base64,AAAA":                  "has no scheme (http or https)",
		"https://user:secret@files.example.test/a":    "contains a user name",
		"https://user@files.example.test/a":           "contains a user name",
		"https://files.example.test/a b.jpg":          "contains a space",
		"https://files.example.test/a\u00A0b.jpg":     "contains a space",
		"https://files.example.test/a\x00b.jpg":       "contains a control character",
		"https://files.example.test/\u202Egpj.a":      "contains a control character",
		"https:///a.jpg":                              "has no host",
		"https://files.example.test/%zz":              "not a URL",
		"https://files.example.test:port/a":           "not a URL",
		"https://localhost/a.jpg":                     "host is loopback",
		"https://LOCALHOST./a.jpg":                    "host is loopback",
		"https://img.localhost/a.jpg":                 "host is loopback",
		"http://127.0.0.1:8080/a.jpg":                 "host is loopback",
		"http://127.9.9.9/a.jpg":                      "host is loopback",
		"http://[::1]/a.jpg":                          "host is loopback",
		"http://[::ffff:127.0.0.1]/a.jpg":             "host is loopback",
		"http://10.1.2.3/a.jpg":                       "host is private",
		"http://172.16.0.1/a.jpg":                     "host is private",
		"http://192.168.0.10/a.jpg":                   "host is private",
		"http://169.254.169.254/latest":               "host is private",
		"http://100.64.0.1/a.jpg":                     "host is private",
		"http://0.0.0.0/a.jpg":                        "host is private",
		"http://0.1.2.3/a.jpg":                        "host is private",
		"http://224.0.0.1/a.jpg":                      "host is private",
		"http://255.255.255.255/a.jpg":                "host is private",
		"http://[fc00::1]/a.jpg":                      "host is private",
		"http://[fe80::1%25eth0]/a.jpg":               "host is private",
		"http://[::ffff:192.168.0.1]/a.jpg":           "host is private",
		"http://[::]/a.jpg":                           "host is private",
		"http://127.1/a.jpg":                          "host is no name and no full address",
		"http://2130706433/a.jpg":                     "host is no name and no full address",
		"http://0x7f.0.0.1/a.jpg":                     "host is no name and no full address",
		"http://nas/a.jpg":                            "host is private",
		"http://printer.local/a.jpg":                  "host is private",
		"http://img.corp/a.jpg":                       "host is private",
		"https://x.test/" + strings.Repeat("a", 2033): "",
		"https://x.test/" + strings.Repeat("a", 2034): "longer than 2,048 characters",
	})
}

func FuzzImageProblem(f *testing.F) {
	for _, seed := range []string{"https://files.example.test/a.jpg?v=1#x", "http://[::1]:80/", "//x", "http://user@h/", "http://0x7f.1/", "?\n&&&", "https://a.b/?a=1&b=2&a=3"} {
		f.Add(seed, "v")
	}
	f.Fuzz(func(t *testing.T, url, ignore string) {
		problem := call(t, "image_problem", url)
		if text, ok := problem.(string); ok && (text == "" || len(text) > 80+len(url)) {
			t.Fatalf("image_problem(%q) = %q", url, text)
		}
		identity := call(t, "image_identity", url, ignore)
		if identity == nil {
			return
		}
		if again := call(t, "image_identity", identity, ignore); again != identity {
			t.Fatalf("image_identity(%q, %q) = %q, then %q", url, ignore, identity, again)
		}
		if strings.Contains(identity.(string), "#") {
			t.Fatalf("image_identity(%q, %q) = %q keeps a fragment", url, ignore, identity)
		}
		if parts, ok := call(t, "split_list", url).(string); ok && call(t, "split_list", parts) == nil {
			t.Fatalf("split_list(%q) = %q, then NULL", url, parts)
		}
	})
}

func TestCountryAlpha3(t *testing.T) {
	texts(t, "country_alpha3", map[string]string{
		"PT": "PRT", "pt": "PRT", "PRT": "PRT", "Portugal": "PRT", " portugal ": "PRT", "US": "USA", "USA": "USA", "U.S.A.": "USA", "U.S.": "USA", "United States": "USA",
		"United States of America": "USA", "The United States": "USA", "UK": "GBR", "U.K.": "GBR", "GB": "GBR", "England": "GBR", "United Kingdom": "GBR", "China": "CHN",
		"PRC": "CHN", "P.R.C.": "CHN", "Made in Italy": "ITA", "made in the USA": "USA", "Viet Nam": "VNM", "Vietnam": "VNM", "South Korea": "KOR", "Korea, Republic of": "KOR",
		"Türkiye": "TUR", "Turkey": "TUR", "Côte d'Ivoire": "CIV", "Ivory Coast": "CIV", "Czech Republic": "CZE", "Hong Kong": "HKG", "Bosnia and Herzegovina": "BIH",
		"Trinidad & Tobago": "TTO", "The Netherlands": "NLD", "DR Congo": "COD", "UAE": "ARE", "México": "MEX", "Sri Lanka": "LKA", "Burma": "MMR", "Taiwan": "TWN",
		"": "", "XX": "", "Imported": "", "Europe": "", "N/A": "", "Narnia": "", "made in": "", "USA / China": "", "12": "",
	})
}

// TestCountriesAreComplete compares the table with the standard's codes and names as golang.org/x/text has them.
func TestCountriesAreComplete(t *testing.T) {
	checked := 0
	names := display.English.Regions()
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			region, err := language.ParseRegion(string(a) + string(b))
			if err != nil || !region.IsCountry() || region.Canonicalize() != region || region.ISO3() == "ZZZ" || region.String() != string(a)+string(b) {
				continue
			}
			switch region.String() {
			case "AC", "CP", "DG", "EA", "IC", "TA", "XK", "UN", "EU", "EZ", // reserved or made up, not of ISO 3166-1
				"AN", "CS", "FQ", "NT", "PC", "SU", "YU": // withdrawn
				continue
			}
			for _, written := range []string{region.String(), region.ISO3(), names.Name(region)} {
				if got := call(t, "country_alpha3", written); got != region.ISO3() {
					t.Errorf("country_alpha3(%q) = %v, want %s", written, got, region.ISO3())
				}
			}
			checked++
		}
	}
	if checked != 249 {
		t.Errorf("checked %d countries, want the 249 of ISO 3166-1", checked)
	}
}
