package decode

import "strings"

// Bracketed opens lists of bare words in brackets.
var Bracketed = Decoder{
	Name: "bracketed",
	Doc:  "Bare words in brackets: [hash1,hash2], as Criteo sends its digests in a doubly encoded list. Each must be long and hold a digit.",
	Kind: Structure,
	Rank: 101,
	Gate: Gate{Min: 10, First: "[", Chars: Alnum | Dash | Dot | At | Plus | List | Brace | Slash | Equal, Test: isBracketed},
	Decode: func(o *Out, s string) bool {
		n := 0
		for item := range strings.SplitSeq(s[1:len(s)-1], ",") {
			if item != "" {
				o.Item(n, item, Text)
			}
			n++
		}
		return true
	},
	Examples: []Example{
		{In: "[5d41402abc4b2a76b9719d911017c592]", Path: "[0]", Want: "5d41402abc4b2a76b9719d911017c592"},
		{In: "p1=e%3Dce%26m%3D%255Bf1bd8d4b8e5c9d0c3f2f5d4d1e0f7a6b,jane9%2540example.org%255D", Path: ".p1.m[1]", Want: "jane9@example.org"},
		{In: "[undefined]", Noise: true},
		{In: "[data-id]", Noise: true},
		{In: "[1,2,3,4,5]", Noise: true},
	},
}

func isBracketed(s string) bool {
	if s[len(s)-1] != ']' {
		return false
	}
	for item := range strings.SplitSeq(s[1:len(s)-1], ",") {
		if m := shape(item); item != "" && (len(item) < 8 || m&Digits == 0 || m&Letters == 0 || m&Brace != 0) {
			return false
		}
	}
	return true
}
