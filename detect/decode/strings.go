package decode

import (
	"strings"
	"unicode/utf8"
)

// Strings takes the readable strings out of a binary format that nothing else opens.
var Strings = Decoder{
	Name: "strings",
	Doc:  "Readable strings out of unknown binary data, those with their length before them first: OpenReplay, Yandex's and others' own formats.",
	Kind: Structure,
	Rank: 990,
	Gate: Gate{Bytes: true, Some: Control | High, Min: 8, Test: binary},
	Decode: func(o *Out, s string) bool {
		if o.guess() || o.encoded() || nearlyText(s) {
			return false // a guess that went wrong, not a format
		}
		n := 0
		for i := 0; i < len(s) && !o.full; {
			from, to := nextString(s, i)
			if to == 0 {
				break
			}
			o.Item(n, s[from:to], Text)
			n++
			i = to
		}
		return n > 0
	},
	Examples: []Example{
		{In: "\x00\x01\x10jane@example.org\x02\xff\xfe", Path: "[0]", Want: "jane@example.org"},
		{In: "\x7f\x00\x08Jane Doe@@\x00\x01", Path: "[0]", Want: "Jane Doe"},
		{In: "\x00\x01\x02\x03\x04\x05\x06\x07\x08\xff", Noise: true},
	},
}

// encoded reports whether the input came out of an encoding, and not of a compression or a structure.
func (o *Out) encoded() bool {
	c := o.chainOf()
	for _, d := range o.t.table.decoders {
		if len(c) > 0 && d.Name == c[len(c)-1] {
			return d.Kind == Encoding || d.Kind == Cipher
		}
	}
	return false
}

// nearlyText reports whether s holds hardly anything but text: fewer than one byte in 32 is a control byte or not UTF-8.
func nearlyText(s string) bool {
	n := 0
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f {
			n++
		}
	}
	return n*32 < len(s)
}

// nextString returns the next string of s from i on: one whose length stands before it as a varint, else a run of at
// least 6 printable characters. to is 0 if there is none.
func nextString(s string, i int) (from, to int) {
	for i < len(s) {
		if n, used := varint(s[i:]); used > 0 && used < 5 && n >= 3 && n <= uint64(min(len(s)-i-used, 1<<16)) {
			v := s[i+used : i+used+int(n)]
			if !binary(v[:min(len(v), 64)]) && printable(v, len(v)) && !badUTF8(v) && (len(v) > 5 || shape(v)&(Letters|High) != 0) && utf8.RuneStart(v[0]) && (n >= 32 || s[i] < ' ') {
				return i + used, i + used + int(n)
			}
		}
		to = i
		for to < len(s) {
			c := s[to]
			if c >= utf8.RuneSelf {
				r, size := utf8.DecodeRuneInString(s[to:])
				if r == utf8.RuneError || r < 0xa0 {
					break
				}
				to += size
				continue
			}
			if c < ' ' && c != '\t' || c == 0x7f {
				break
			}
			to++
		}
		if to-i >= 6 && wordy(s[i:to]) {
			return i, to
		}
		i = max(to, i+1)
	}
	return 0, 0
}

// wordy reports whether a run of characters holds four letters or digits in a row, or an @ among such.
func wordy(s string) bool {
	run := 0
	for i := range len(s) {
		if classes[s[i]]&(Alnum|High|At) != 0 {
			if run++; run == 4 {
				return true
			}
		} else {
			run = 0
		}
	}
	return false
}

// varint reads a base-128 number, lowest seven bits first; used is 0 if there is none.
func varint(s string) (n uint64, used int) {
	for i := range min(len(s), 10) {
		n |= uint64(s[i]&0x7f) << (7 * i)
		if s[i] < 0x80 {
			return n, i + 1
		}
	}
	return 0, 0
}

// BEL opens New Relic's own text format.
var BEL = Decoder{
	Name: "new-relic-bel",
	Doc:  "New Relic's BEL: bel.7; then nodes of numbers in base 36 and texts after an apostrophe, with \\ before , ; and \\.",
	Kind: Structure,
	Rank: 45,
	Gate: Gate{Bytes: true, Min: 8, First: "b", Test: func(s string) bool { return strings.HasPrefix(s, "bel.") && digits(s[4:]) > 0 }},
	Decode: func(o *Out, s string) bool {
		n := 0
		for i := 0; i < len(s) && !o.full; i++ {
			if s[i] != '\'' || i == 0 || s[i-1] != ',' && s[i-1] != ';' && classes[s[i-1]]&Alnum == 0 {
				continue
			}
			from := i + 1
			for i = from; i < len(s) && s[i] != ',' && s[i] != ';'; i++ {
				if s[i] == '\\' {
					i++
				}
			}
			v := s[from:min(i, len(s))]
			if strings.IndexByte(v, '\\') >= 0 {
				v = strings.NewReplacer(`\,`, ",", `\;`, ";", `\\`, `\`).Replace(v)
			}
			if v != "" {
				o.Item(n, v, Text)
				n++
			}
		}
		return n > 0
	},
	Examples: []Example{
		{In: "bel.7;2,1,a,4w,,,'POST,5k,'api.example:443,'/login?mail=jane%40example.org;5,'plan,'pro\\, yearly;", Path: "[2].query.mail", Want: "jane@example.org"},
		{In: "bel.7;2,1;5,'plan,'pro\\, yearly;", Path: "[1]", Want: "pro, yearly"},
		{In: "bel.air", Noise: true},
	},
}
