package decode

import "strings"

// Rot13 opens text whose letters are shifted by 13.
var Rot13 = Decoder{
	Name: "rot13",
	Doc:  "Letters shifted by 13 places. Only if a web address, an e-mail address or something known comes out.",
	Kind: Cipher,
	Rank: 800,
	Gate: Gate{Min: 5},
	Decode: func(o *Out, s string) bool {
		looks := looksRot13(s)
		if !looks && o.t.opt.Interesting == nil || len(s) > 1<<16 {
			return false
		}
		if c := o.chainOf(); len(c) > 0 && c[len(c)-1] == o.d.Name {
			return false
		}
		if shape(s)&Letters == 0 {
			return false
		}
		if !looks && !strings.HasPrefix(s, "rlW") && !strings.HasPrefix(s, "U4fV") {
			if len(s) < 8 || len(s) > 128 {
				return false
			}
			o.t.turned = appendRot13(o.t.turned[:0], s)
			if !o.t.opt.Interesting(o.t.turned) {
				return false
			}
		}
		v := rot13(s)
		if strings.HasPrefix(s, "rlW") || strings.HasPrefix(s, "U4fV") { // base64 of JSON or gzip
			return o.Opens(v)
		}
		// What is known and untouched by the shift, digits, was there before it.
		if looks || !o.t.interesting(s) {
			o.Text(v)
			return true
		}
		return false
	},
	Examples: []Example{
		{In: "wnar@rknzcyr.bet", Want: "jane@example.org"},
		{In: "uggcf://rknzcyr.bet/?n=3", Path: ".query.a", Want: "3"},
		{In: rot13("eyJtYWlsIjoiamFuZUBleGFtcGxlLm9yZyJ9"), Path: ".mail", Want: "jane@example.org"},
		{In: "Wnar Qbr", Known: "Jane Doe", Want: "Jane Doe"},
		{In: "jane@example.org", Noise: true},
		{In: "fb.1.1763937249123.55512", Known: "1763937249123", Noise: true},
	},
}

func looksRot13(s string) bool {
	if strings.HasPrefix(s, "uggc") && (strings.HasPrefix(s, "uggc://") || strings.HasPrefix(s, "uggcf://")) {
		return true
	}
	if strings.HasPrefix(s, "rlW") || strings.HasPrefix(s, "U4fV") {
		return len(s) > 12 && shape(s)&^(Alnum|Plus|Slash|Dash|Equal) == 0
	}
	if at := strings.IndexByte(s, '@'); at > 0 {
		for _, end := range []string{".pbz", ".bet", ".arg", ".qr", ".se", ".vb", ".pb.hx", ".rqh", ".vg", ".rh"} {
			if strings.HasSuffix(s, end) {
				return shape(s)&^(Alnum|Dash|Dot|At|Plus) == 0 && end != ".se"
			}
		}
	}
	return false
}

func rot13(s string) string { return string(appendRot13(nil, s)) }

func appendRot13(b []byte, s string) []byte {
	b = append(b, s...)
	for i, c := range b {
		switch {
		case c >= 'a' && c <= 'z':
			b[i] = 'a' + (c-'a'+13)%26
		case c >= 'A' && c <= 'Z':
			b[i] = 'A' + (c-'A'+13)%26
		}
	}
	return b
}
