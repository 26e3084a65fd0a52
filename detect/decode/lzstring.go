package decode

import (
	"unicode/utf16"
	"unicode/utf8"
)

// LZString opens what lz-string's compressToBase64 and compressToUint8Array make.
var LZString = Decoder{
	Name:   "lz-string",
	Doc:    "LZ-string (pieroxy), compressToBase64: CleverTap, older PostHog (lz64). Six bits a letter.",
	Kind:   Compression,
	Rank:   310,
	Gate:   Gate{Min: 8, Chars: Alnum | Plus | Slash | Equal | Space, Test: isLZ},
	Decode: func(o *Out, s string) bool { return o.lz(s, &stdAlphabet) },
	Examples: []Example{
		{In: "N4IgtghglgNiBcIBWEB2BTAAugHhMADjOgHQD2ATgOYgC+QA", Path: ".mail", Want: "jane@example.org"},
		{In: "FYQwdgpgAhAeIFsAOAbCA6A9gJwOZA==", Want: "jane@example.org"},
		{In: "QxKd93jfmMkw01zzPq", Noise: true},
	},
}

// LZStringURI opens what compressToEncodedURIComponent makes.
var LZStringURI = Decoder{
	Name: "lz-string-uri",
	Doc:  "LZ-string (pieroxy), compressToEncodedURIComponent: base64 with + - $. A form turns its + into a space.",
	Kind: Compression,
	Rank: 311,
	Gate: Gate{Min: 8, Chars: Alnum | Plus | Dash | List | Space, Test: isLZ},
	Decode: func(o *Out, s string) bool {
		return o.lz(s, &lzAlphabet)
	},
	Examples: []Example{
		{In: "N4IgtghglgNiBcIBWEB2BTAAugHhMADjOgHQD2ATgOYgA0IUAJggIwAMALAGxsCc-AXyA", Path: ".mail", Want: "jane@example.org"},
	},
}

// LZStringUTF16 opens what compressToUTF16 and compress make.
var LZStringUTF16 = Decoder{
	Name: "lz-string-utf16",
	Doc:  "LZ-string (pieroxy), compressToUTF16: 15 bits a character, and compress: 16 bits a character.",
	Kind: Compression,
	Rank: 312,
	Gate: Gate{Bytes: true, Min: 8, Needs: High},
	Decode: func(o *Out, s string) bool {
		if n := utf8.RuneCountInString(s); n < 4 || !manyHigh(s) || o.guess() && badUTF8(s) {
			return false
		}
		units := utf16.Encode([]rune(s))
		wide := make([]uint16, len(units))
		ok := true
		for i, u := range units {
			wide[i] = u - 32
			ok = ok && u >= 32 && u < 32800
		}
		if ok && o.lzUnits(wide, 15) {
			return true
		}
		return o.lzUnits(units, 16)
	},
	Examples: []Example{
		{In: "ᯡࡍ䄬ঀᬰᜨː䂖ʸN䁜ጠܹ栧‾怳䂓ࠢ粠 ", Path: ".mail", Want: "jane@example.org"},
		{In: "日本語のページです。東京", Noise: true},
	},
}

var lzAlphabet = alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-$")

// isLZ reports whether the first letters are those of an LZ-string: the code for "a new character of 8 bits" and a
// printable character, or for one of 16 bits.
func isLZ(s string) bool {
	v := stdAlphabet[s[0]]
	if s[0] == '-' {
		v = 62
	}
	return v < 64 && (v>>4 == 0 || v>>4 == 2) && mixed(shape(s))
}

func manyHigh(s string) bool {
	n := 0
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			n++
		}
	}
	return n*2 > len(s)
}

func (o *Out) lz(s string, letters *[256]byte) bool {
	units := make([]uint16, 0, len(s))
	for i := range len(s) {
		c := s[i]
		if c == '=' {
			break
		}
		if c == ' ' {
			c = '+'
		}
		v := letters[c]
		if v == 255 {
			return false
		}
		units = append(units, uint16(v))
	}
	return o.lzUnits(units, 6)
}

func (o *Out) lzUnits(units []uint16, width int) bool {
	limit, why := o.t.mayOutput()
	r := lzReader{units: units, width: width, limit: int(limit)}
	v := r.read()
	o.t.spent.output += int64(len(v))
	o.t.work(unpacking * len(v))
	if r.cut {
		o.missed(why, len(units)*width/8)
	}
	if len(v) < 4 || r.ended && !r.exact() || !r.ended && (len(v) < 24 || !clearText(v[:24])) || !readable(v[:min(len(v), 100)]) && !o.t.interesting(v) {
		return false
	}
	o.t.earn(len(v))
	o.add(v, Text)
	return true
}

// lzReader undoes LZ-string: LZ78 over 16-bit units whose codes grow in width, written bit by bit, lowest first, into
// units of width bits, highest first.
type lzReader struct {
	units []uint16
	width int
	at    int // bits read
	limit int // bytes of output
	ended bool
	cut   bool
	over  bool // read beyond the end
}

func (r *lzReader) bits(n int) (v int) {
	for i := range n {
		u := r.at / r.width
		if u >= len(r.units) {
			r.over = true
			return 0
		}
		if r.units[u]>>(r.width-1-r.at%r.width)&1 != 0 {
			v |= 1 << i
		}
		r.at++
	}
	return v
}

// A code names an entry of the dictionary; the first three stand for a new character of 8 bits, of 16 bits, and the end.
func (r *lzReader) read() string {
	dict := make([][]uint16, 3, 64)
	var out []uint16
	var last []uint16
	for width, grow := 2, 4; ; {
		code := r.bits(width)
		if len(dict) == 3 && code == 3 {
			return "" // the first code must be a character
		}
		var entry []uint16
		switch {
		case r.over:
			return text16(out)
		case code == 2:
			r.ended = true
			return text16(out)
		case code < 2:
			dict = append(dict, []uint16{uint16(r.bits(8 << code))})
			entry = dict[len(dict)-1]
			if last != nil {
				if grow--; grow == 0 {
					grow = 1 << width
					width++
				}
			}
		case code < len(dict):
			entry = dict[code]
		case code == len(dict) && last != nil:
			entry = append(last[:len(last):len(last)], last[0])
		default:
			return text16(out)
		}
		if last == nil {
			last = entry
			out = append(out, entry...)
			width, grow = 3, 4
			continue
		}
		out = append(out, entry...)
		if len(out) > r.limit {
			r.cut = true
			return text16(out[:max(r.limit, 0)])
		}
		dict = append(dict, append(last[:len(last):len(last)], entry[0]))
		last = entry
		if grow--; grow == 0 {
			grow = 1 << width
			width++
		}
	}
}

// exact reports whether the end was reached in one of the last two units, and only zeros follow.
func (r *lzReader) exact() bool {
	for u := r.at; u < len(r.units)*r.width; u++ {
		if r.units[u/r.width]>>(r.width-1-u%r.width)&1 != 0 {
			return false
		}
	}
	return len(r.units)*r.width-r.at <= 16+2*r.width
}

func text16(units []uint16) string {
	b := make([]byte, 0, len(units))
	for _, r := range utf16.Decode(units) {
		b = utf8.AppendRune(b, r)
	}
	return string(b)
}
