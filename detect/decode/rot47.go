package decode

import "strings"

// Rot47 opens text whose printable characters are shifted by 47.
var Rot47 = Decoder{
	Name: "rot47",
	Doc:  "Printable characters of ASCII shifted by 47 places, half their number: {\" becomes LQ. Only if JSON or a web address comes out; sent by fraud detection (ad-score).",
	Kind: Cipher,
	Rank: 801,
	Gate: Gate{Min: 8, First: "L,9", Test: func(s string) bool {
		return strings.HasPrefix(s, "LQ") || strings.HasPrefix(s, ",L") || strings.HasPrefix(s, ",Q") || strings.HasPrefix(s, "9EEAi^^") || strings.HasPrefix(s, "9EEADi^^")
	}},
	Decode: func(o *Out, s string) bool { return o.Opens(rot47(s)) },
	Examples: []Example{
		{In: rot47(`{"mail":"jane@example.org"}`), Path: ".mail", Want: "jane@example.org"},
		{In: rot47(`[{"page":"https://shop.example/?mail=jane%40example.org"}]`), Path: "[0].page.query.mail", Want: "jane@example.org"},
		{In: rot47("https://shop.example/?id=17"), Path: ".query.id", Want: "17"},
		{In: "LQ>D8 is a place", Noise: true},
	},
}

func rot47(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c > ' ' && c < 0x7f {
			b[i] = '!' + (c-'!'+47)%94
		}
	}
	return string(b)
}
