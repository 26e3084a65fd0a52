package decode

import "unicode/utf8"

// Latin1 opens bytes that were turned into characters one by one.
var Latin1 = Decoder{
	Name: "latin1",
	Doc:  "Bytes as characters: U+0000 to U+00FF each stand for a byte. fflate's and pako's 'binary strings' put zlib and gzip into JSON that way (rrweb, PostHog recordings).",
	Kind: Encoding,
	Rank: 15,
	Gate: Gate{Bytes: true, Min: 8, Needs: High, Test: isLatin1},
	Decode: func(o *Out, s string) bool {
		v := fromChars(s)
		if v == "" {
			return false
		}
		if !badUTF8(v) && readable(v) { // UTF-8 taken for Latin-1
			o.Text(v)
			return true
		}
		return (v[0] >= utf8.RuneSelf || v[0] < ' ' || magic(v)) && o.Opens(v)
	},
	Examples: []Example{
		{In: "x\u009c\u00aaV\u00caM\u00cc\u00ccQ\u00b2R\u00caJ\u00ccKuH\u00adH\u00cc-\u00c8I\u00d5\u00cb/JW\u00aa\u0005\u0004\u0000\u0000\u00ff\u00ff\u0083B\t\u009e", Path: ".mail", Want: "jane@example.org"},
		{In: "JÃ¼rgen MÃ¼ller", Want: "Jürgen Müller"},
		{In: "Jürgen Müller", Noise: true},
		{In: "naïve façade", Noise: true},
	},
}

// isLatin1 reports whether s could be bytes taken for characters: all of its first 64 are below U+0100.
func isLatin1(s string) bool {
	n := 0
	for _, r := range s {
		if r > 0xff || r == utf8.RuneError {
			return false
		}
		if n++; n == 64 {
			break
		}
	}
	return true
}

// fromChars returns the bytes that the characters of s stand for, "" if one stands for none.
func fromChars(s string) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			return ""
		}
		b = append(b, byte(r))
	}
	return string(b)
}
