package decode

import "strings"

// Zlib opens zlib streams.
var Zlib = Decoder{
	Name: "zlib",
	Doc:  "Zlib (RFC 1950): Datadog's and Sentry replay's workers, pako.deflate.",
	Kind: Compression,
	Rank: 12,
	Gate: Gate{Bytes: true, Min: 8, First: "\x48\x58\x68\x78", Test: func(s string) bool { return isZlib(s) }},
	Decode: func(o *Out, s string) bool {
		v, whole, _ := o.inflate(s[2:])
		return (whole || len(v) > 16) && o.unpacked(v)
	},
	Examples: []Example{
		{In: zlibExample, Path: ".mail", Want: "jane@example.org"},
		{In: zlibExample[:len(zlibExample)-5], Path: ".mail", Want: "jane@example.org"},
		{In: "x\x9cnothing", Noise: true},
	},
}

const zlibExample = "x\x9c\xaaV\xcaM\xcc\xccQ\xb2R\xcaJ\xccKuH\xadH\xcc-\xc8I\xd5\xcb/JW\xaa\x05\x04\x00\x00\xff\xff\x83B\t\x9e"

// Deflate opens DEFLATE without any header.
var Deflate = Decoder{
	Name: "deflate",
	Doc:  "Raw DEFLATE (RFC 1951), by trial: pako.deflateRaw and CompressionStream('deflate-raw') leave no header.",
	Kind: Compression,
	Rank: 700,
	Gate: Gate{Bytes: true, Some: Control | High, Min: 8, Test: func(s string) bool { return s[0]&6 != 6 && s[0]&6 != 0 && binary(s) }},
	Decode: func(o *Out, s string) bool {
		head := s[:min(len(s), 1<<10)]
		v, whole, rest := o.inflate(head)
		if len(head) == len(s) && whole && len(rest) > 4 || len(v) < 6 || !whole && (len(v) < 24 || o.guess()) || o.badHead(v) {
			return false
		}
		if len(head) < len(s) {
			v, _, _ = o.inflate(s)
		}
		return o.unpacked(v)
	},
	Examples: []Example{
		{In: zlibExample[2 : len(zlibExample)-4], Path: ".mail", Want: "jane@example.org"},
		{In: "kZ\x92\x9b\x98\x99\xb3!+1/\xd5!\xb5\x221\xb7 'U/\xbf(}Qf\x8a \x00", Path: ".mail", Want: "jane@example.org"},                                                    // MessagePack
		{In: "\xdb\xc9\xc0\x94\x92\x9b\x98\x99S\x90\x95\x98\x97\xea\x90Z\x91\x98[\x90\x93\xaa\x97_\x94\x9e\x94\x99\x22\xa1\x05\x00", Path: ".mail", Want: "jane@example.org"}, // CBOR
	},
}

// badHead reports whether s neither reads as text nor starts like a further compression or a packed map. Where the input
// was a guess, the text must have no control bytes, and more than a few different letters: accidents repeat themselves.
func (o *Out) badHead(s string) bool {
	if magic(s) || packedHead(s) || strings.HasPrefix(s, `{"`) || strings.HasPrefix(s, `["`) || strings.HasPrefix(s, `[{"`) {
		return false
	}
	s = s[:min(len(s), 200)]
	if !o.guess() && len(s) >= 16 && shape(s)&(Control|High) == 0 {
		return false
	}
	return !readable(s) || o.guess() && (binary(s) || letters(s) < 8)
}

// letters returns how many different bytes are in s.
func letters(s string) (n int) {
	var seen [256]bool
	for i := range len(s) {
		if !seen[s[i]] {
			seen[s[i]] = true
			n++
		}
	}
	return n
}
