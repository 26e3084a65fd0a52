package decode

import (
	"html"
	"strings"
)

// HTMLEntities opens &amp; &#64; &#x40;.
var HTMLEntities = Decoder{
	Name: "html",
	Doc:  "Character references of HTML: &amp; &quot; &#64; &#x40;.",
	Kind: Encoding,
	Rank: 110,
	Gate: Gate{Min: 5, Needs: Amp, Test: hasEntity},
	Decode: func(o *Out, s string) bool {
		v := html.UnescapeString(s)
		if v == s {
			return false
		}
		o.Text(v)
		return true
	},
	Examples: []Example{
		{In: "jane&#64;example.org", Want: "jane@example.org"},
		{In: "&#x6a;ane&commat;example.org", Want: "jane@example.org"},
		{In: "{&quot;mail&quot;:&quot;jane@example.org&quot;}", Path: ".mail", Want: "jane@example.org"},
		{In: "a=1&b=2;c", Noise: true},
		{In: "Simon & Garfunkel; live", Noise: true},
	},
}

// hasEntity reports whether a reference is in s, with its semicolon: names alone are parameters of queries.
func hasEntity(s string) bool {
	for {
		i := strings.IndexByte(s, '&')
		if i < 0 {
			return false
		}
		s = s[i+1:]
		end := strings.IndexByte(s[:min(len(s), 10)], ';')
		if end > 1 && shape(s[:end])&^(Alnum|Other) == 0 && (s[0] == '#' || shape(s[:end])&^Letters == 0) {
			return true
		}
	}
}
