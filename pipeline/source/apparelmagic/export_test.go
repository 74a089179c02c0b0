package apparelmagic

import "net/http"

// GetOnly shows what keeps a probe from writing.
func GetOnly(next http.RoundTripper) http.RoundTripper { return getOnly{next} }

// Shape shows what a report makes of a value.
func Shape(text string) string { return shape(text) }
