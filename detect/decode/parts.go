package decode

import "strings"

// Parts opens those pieces of a list that are wrapped themselves.
var Parts = Decoder{
	Name: "list",
	Doc:  "Pieces between separators, if a piece is wrapped itself: v1|<base64>|x, a.b.<base64>, Google's _gl=1*…*_ga*<base64>.",
	Kind: Structure,
	Rank: 900,
	Gate: Gate{Some: List | Dot | Space | Slash | Control | Dash | Equal, Min: 12, Test: func(s string) bool {
		return len(s) <= maxParted && !strings.HasPrefix(s, "http") && hasWrapped(s)
	}},
	Decode: func(o *Out, s string) bool {
		o.partial = true
		if c := o.chainOf(); len(c) > 0 && c[len(c)-1] == o.d.Name {
			return false
		}
		seps := "|;,~*\x01: \n!$/.-=_"
		if shape(s)&^(Alnum|Plus|Slash|Dash|Equal|Dot) == 0 { // it may be base64 as a whole
			seps = ".-_"
		}
		for _, sep := range []byte(seps) {
			if strings.IndexByte(s, sep) < 0 {
				continue
			}
			if !o.t.work(2 * len(s)) {
				o.t.missed(CutWork)
				return false
			}
			found := false
			n := 0
			for part := range strings.SplitSeq(s, string(sep)) {
				if len(part) >= 8 && len(part) < len(s) && wrapped(part) {
					at, key := o.Index(n)
					found = o.Opens(part) || found
					o.Back(at, key)
				}
				if n++; o.full {
					break
				}
			}
			if found {
				return true
			}
		}
		return false
	},
	Examples: []Example{
		{In: "v1|amFuZUBleGFtcGxlLm9yZw==|3", Path: "[1]", Want: "jane@example.org"},
		{In: "1*1p3x8t2*_ga*amFuZUBleGFtcGxlLm9yZw..", Path: "[3]", Want: "jane@example.org"},
		{In: "authorization needed, somewhere or elsewhere", Noise: true},
		{In: "GA1.2.1234567890.1700000000", Noise: true},
	},
}

// maxParted is the length in bytes from which a text is a document, and not a list with something wrapped in it.
const maxParted = 1 << 20

// hasWrapped reports whether a run of ten letters and digits is in s that holds no separator, and is not a word.
func hasWrapped(s string) bool {
	run, seen := 0, Class(0)
	for i := range len(s) {
		c := classes[s[i]]
		if c&(Alnum|Plus|Dash|Percent) == 0 {
			run, seen = 0, 0
			continue
		}
		seen |= c
		if run++; run >= 8 && (seen&(Percent|Digits) != 0 && seen&Letters != 0 || mixed(seen)) {
			return true
		}
	}
	return false
}

// wrapped reports whether a piece could be an encoding of text: not a plain word, and not a number.
func wrapped(s string) bool {
	m := shape(s)
	switch {
	case m&Percent != 0:
		return strings.Contains(s, "%22") || strings.Contains(s, "%7B") || strings.Contains(s, "%7b") || strings.Contains(s, "%3D")
	case m&^(Alnum|Plus|Slash|Dash|Equal|Dot) != 0 || m&^(Digits|Dot|Dash) == 0 || strings.IndexByte(strings.TrimRight(s, "="), '=') >= 0:
		return false
	case m&^Hex == 0:
		return len(s) >= 12
	}
	return mixed(m) && (m&Digits != 0 || len(s) >= 16)
}

// Embedded opens JSON, tokens and URLs inside a text.
var Embedded = Decoder{
	Name: "embedded",
	Doc:  "JSON, tokens and URLs in the middle of a text, as in log lines, console messages and error reports.",
	Kind: Structure,
	Rank: 890,
	Gate: Gate{Some: Quote | List | Space | Dot, Min: 10, Test: func(s string) bool {
		return strings.Contains(s, `{"`) || strings.Contains(s, "eyJ") || strings.Contains(s, "://") || strings.Contains(s, `{\"`) || strings.Contains(s, `["`) || strings.Contains(s, "[[")
	}},
	Decode: func(o *Out, s string) bool {
		found := false
		o.partial = true
		n := 0
		for i := 0; i < len(s) && !o.full; {
			from, to := embedded(s, i)
			if to == 0 {
				break
			}
			if !o.t.work(to - i) {
				o.missed(CutWork, len(s)-i)
				break
			}
			i = to
			if from == 0 && to == len(s) {
				continue
			}
			at, key := o.Index(n)
			if o.Opens(s[from:to]) {
				found = true
				n++
			} else if s[from] == '{' || s[from] == '[' {
				i = from + 1
			}
			o.Back(at, key)
		}
		return found
	},
	Examples: []Example{
		{In: `login failed: {"mail":"jane@example.org"} (403)`, Path: "[0].mail", Want: "jane@example.org"},
		{In: "GET https://api.example/x?mail=jane%40example.org failed", Path: "[0].query.mail", Want: "jane@example.org"},
		{In: "token <eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxNyJ9.c2ln> expired", Path: "[0].payload.sub", Want: "17"},
		{In: `j:{"mail":"jane@example.org"}`, Path: "[0].mail", Want: "jane@example.org"},
		{In: "see https://example.org/about for more", Noise: true},
	},
}

// embedded returns the next piece of s from i on that could be opened; to is 0 if there is none.
func embedded(s string, i int) (from, to int) {
	for ; i < len(s); i++ {
		switch s[i] {
		case '{', '[':
			if i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '{' || s[i+1] == '\\' || s[i+1] == '[' && s[i] == '[') {
				if n := jsonEnd(s[i:]); n > 4 {
					return i, i + n
				}
				return i, len(s)
			}
		case 'e':
			if strings.HasPrefix(s[i:], "eyJ") && (i == 0 || classes[s[i-1]]&(Alnum|Dash) == 0) {
				to = i
				for to < len(s) && classes[s[to]]&(Alnum|Dash|Dot|Plus|Slash|Equal) != 0 {
					to++
				}
				if to-i >= 16 {
					return i, to
				}
			}
		case 'h':
			if strings.HasPrefix(s[i:], "http://") || strings.HasPrefix(s[i:], "https://") {
				to = i
				for to < len(s) && s[to] > ' ' && strings.IndexByte("\"'<>`|\\", s[to]) < 0 {
					to++
				}
				for strings.IndexByte(").,;:]}", s[to-1]) >= 0 {
					to--
				}
				return i, to
			}
		}
	}
	return 0, 0
}
