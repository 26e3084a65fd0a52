package decode

// Base58 opens base58 in the alphabet of Bitcoin.
var Base58 = Decoder{
	Name: "base58",
	Doc:  "Base58 (Bitcoin's alphabet, without 0 O I l). Only up to 200 letters: the time grows with the square.",
	Kind: Encoding,
	Rank: 330,
	Gate: Gate{Min: 11, Chars: Alnum, Test: isBase58},
	Decode: func(o *Out, s string) bool {
		o.t.work(len(s) * len(s) / 8)
		v := o.t.keep(unbase58(s))
		if len(v) < 8 && !o.t.interesting(v) {
			return false
		}
		return printable(v, len(v)) && (len(v) >= 12 || shape(v)&High == 0) && o.Undone(v)
	},
	Examples: []Example{
		{In: "E8ucQ83yR94s3GJMCyL1RY", Want: "jane@example.org"},
		{In: "a1b2c3d4e5f6a7b8", Noise: true},
		{In: "5HpHagT65TZzG1PH3CSu63k8DbpvD8s5ip4nEB3kEsreKAnc", Noise: true},
	},
}

var base58Letters = alphabet("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")

func isBase58(s string) bool {
	if len(s) > 200 || s[0] == '1' {
		return false
	}
	m := shape(s)
	if m&(HexUp|Up) == 0 || m&(HexLow|Low) == 0 {
		return false
	}
	for i := range len(s) {
		if base58Letters[s[i]] == 255 {
			return false
		}
	}
	return true
}

func unbase58(s string) []byte {
	words := make([]uint32, 0, 64) // little-endian
	for len(s) > 0 {
		n := min(5, len(s))
		mul, add := uint64(1), uint64(0)
		for i := range n {
			mul *= 58
			add = add*58 + uint64(base58Letters[s[i]])
		}
		s = s[n:]
		for i, w := range words {
			add += uint64(w) * mul
			words[i] = uint32(add)
			add >>= 32
		}
		if add > 0 {
			words = append(words, uint32(add))
		}
	}
	b := make([]byte, 0, 4*len(words))
	for i := len(words) - 1; i >= 0; i-- {
		for shift := 24; shift >= 0; shift -= 8 {
			if c := byte(words[i] >> shift); c != 0 || len(b) > 0 {
				b = append(b, c)
			}
		}
	}
	return b
}
