package decode

import (
	"slices"
	"strings"
)

// Reverse opens text that is written backwards.
var Reverse = Decoder{
	Name: "reverse",
	Doc:  "Text written backwards; Statsig sends reversed base64. Only if a structure, an address or something known comes out.",
	Kind: Cipher,
	Rank: 340,
	Gate: Gate{Min: 8},
	Decode: func(o *Out, s string) bool {
		if !looksReversed(s) && o.t.opt.Interesting == nil {
			return false
		}
		if n := len(o.chainOf()); n > 0 && o.chainOf()[n-1] == o.d.Name {
			return false
		}
		if !looksReversed(s) && len(s) > 128 {
			return false
		}
		if !looksReversed(s) && shape(s)&High == 0 {
			turned := append(o.t.turned[:0], s...)
			o.t.turned = turned
			slices.Reverse(turned)
			if !o.t.opt.Interesting(turned) {
				return false
			}
		}
		v := reversed(s)
		switch {
		case o.t.interesting(v):
			o.Text(v)
			return true
		case !looksReversed(s):
			return false
		case strings.HasPrefix(v, "http") || strings.HasPrefix(v, "www."):
			o.Text(v)
			return true
		}
		return o.Opens(v)
	},
	Examples: []Example{
		{In: reversed("eyJtYWlsIjoiamFuZUBleGFtcGxlLm9yZyJ9"), Path: ".mail", Want: "jane@example.org"},
		{In: "3=a?/gro.elpmaxe//:sptth", Path: ".query.a", Want: "3"},
		{In: "gro.elpmaxe@enaj", Known: "jane@", Want: "jane@example.org"},
		{In: "the end, monkey", Noise: true},
	},
}

// looksReversed reports whether s ends as base64 of JSON or gzip, JSON or a URL begin, or starts with base64's padding.
func looksReversed(s string) bool {
	if s[0] == '=' && strings.Trim(s[:3], "=") != "" && shape(s)&^(Alnum|Plus|Slash|Dash|Equal) == 0 && isBase64(reversed(s)) {
		return true
	}
	if strings.IndexByte("eWw4Hph{[", s[len(s)-1]) < 0 {
		return false
	}
	for _, end := range []string{"Jye", "JXew", "IsH4", "IsI4H", "sI4H", "//:ptth", "//:sptth", ".www", `"{`, "{[", "B3JW"} {
		if strings.HasSuffix(s, end) {
			return true
		}
	}
	return false
}

// reversed turns the characters round, or the bytes if s is no text.
func reversed(s string) string {
	b := make([]byte, len(s))
	if badUTF8(s) || shape(s)&High == 0 {
		for i := range len(s) {
			b[len(s)-1-i] = s[i]
		}
		return string(b)
	}
	at := len(b)
	for _, r := range s {
		c := string(r)
		at -= len(c)
		if at < 0 {
			break
		}
		copy(b[at:], c)
	}
	return string(b)
}
