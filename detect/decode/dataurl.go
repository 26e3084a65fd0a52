package decode

import "strings"

// DataURL opens data: URLs.
var DataURL = Decoder{
	Name: "data-url",
	Doc:  "data: URLs (RFC 2397), base64 or percent-encoded; images and fonts in them are left alone.",
	Kind: Encoding,
	Rank: 75,
	Gate: Gate{Min: 7, First: "dD", Test: func(s string) bool {
		return strings.EqualFold(s[:5], "data:") && isDataHead(s[5:min(len(s), 200)])
	}},
	Decode: func(o *Out, s string) bool {
		head, data, _ := strings.Cut(s[5:], ",")
		if dullData(head) {
			return false
		}
		v, _ := o.t.unpercent(data, false)
		if strings.HasSuffix(head, ";base64") {
			v = o.t.keep(unbase64(nil, strings.TrimRight(v, "="), &stdAlphabet))
		}
		if media(v) {
			return false
		}
		if readable(v) {
			o.Text(v)
			return true
		}
		return o.Undone(v)
	},
	Examples: []Example{
		{In: "data:application/json;base64,eyJhIjoiYiJ9", Path: ".a", Want: "b"},
		{In: "data:text/plain,jane%40example.org", Want: "jane@example.org"},
		{In: "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", Noise: true},
		{In: "data: one, two", Noise: true},
	},
}

// dullData reports whether what follows "data:" is the head of an image, a font or another file that carries no values.
func dullData(head string) bool {
	for _, dull := range [...]string{"image/", "font/", "video/", "audio/", "application/font", "application/wasm", "application/x-font"} {
		if strings.HasPrefix(head, dull) {
			return !strings.HasPrefix(head, "image/svg")
		}
	}
	return false
}

// isDataHead reports whether s starts with a media type, parameters and a comma.
func isDataHead(s string) bool {
	head, _, ok := strings.Cut(s, ",")
	return ok && shape(head)&^(Alnum|Slash|Dash|Plus|Dot|List|Equal) == 0
}
