package decode

import "strings"

// Form opens name=value&name=value.
var Form = Decoder{
	Name: "form",
	Doc:  "application/x-www-form-urlencoded, as bodies, in query strings and inside other values.",
	Kind: Structure,
	Rank: 130,
	Gate: Gate{Min: 3, Needs: Equal, Test: isForm},
	Decode: func(o *Out, s string) bool {
		s = strings.TrimRight(s, "\r\n")
		s = strings.TrimPrefix(s, "?")
		o.pairs(s, "&")
		return true
	},
	Examples: []Example{
		{In: "user=Jane+Doe&mail=jane%40example.org", Path: ".mail", Want: "jane@example.org"},
		{In: "user=Jane+Doe&mail=jane%40example.org", Path: ".user", Want: "Jane Doe"},
		{In: "ud[em]=jane%40example.org&cd%5Bx%5D=1", Path: ".ud[em]", Want: "jane@example.org"},
		{In: "data=%7B%22a%22%3A%22b%22%7D", Path: ".data.a", Want: "b"},
		{In: "mail=jane+x@example.org&tel=+4915112345678", Path: ".mail", Want: "jane+x@example.org"},
		{In: "q=Write+to+jane.doe%40example.org+now&v=2", Path: ".q", Want: "Write to jane.doe@example.org now"},
		{In: "q=to+jane.doe%40example.org&v=2", Path: ".q", Known: "jane.doe@example.org", Want: "to jane.doe@example.org"},
		{In: "q=to+jane+x%40example.org&v=2", Path: ".q", Known: "jane+x@example.org", Want: "to jane+x@example.org"},
		{In: "q=jane+x%40example.org&v=2", Path: ".q", Want: "jane+x@example.org"},
		{In: "?a=1&debug&b=2", Path: ".b", Want: "2"},
		{In: "aGVsbG8gd29ybGQ=", Noise: true},
		{In: "a == b && c == d", Noise: true},
	},
}

// isForm reports whether s starts like a form: a name without odd signs, =, and a value that is not just more =.
func isForm(s string) bool {
	s = strings.TrimPrefix(s, "?")
	eq := strings.IndexByte(s, '=')
	amp := strings.IndexByte(s, '&')
	if amp == 0 || amp > 0 && amp < eq {
		if amp == 0 || shape(s[:amp])&^(Alnum|Dash|Dot) != 0 {
			return false
		}
		s = s[amp+1:]
		eq -= amp + 1
	}
	if eq < 1 || eq > 100 || shape(s[:eq])&(Space|Control|Angle|High|Slash|Other|Quote|Equal) != 0 {
		return false
	}
	if strings.Trim(s[eq:], "=") == "" {
		return false
	}
	if strings.HasSuffix(s, "//:sptth") || strings.HasSuffix(s, "//:ptth") { // a URL backwards
		return false
	}
	if amp < 0 { // one pair only: the name must be a word, the value without signs of code, and no other list
		if sep, _ := kvSigns(s); sep != 0 {
			return false
		}
		return shape(s[:eq])&^(Alnum|Dash|Dot|Brace|Percent) == 0 && eq <= 40 && s[eq+1] != '=' && s[eq+1] != ' '
	}
	return s[eq+1:] != "" && s[eq+1] != ' '
}

// pairs gives the name=value pairs of s. A pair without a name or without a value has an index in its place.
func (o *Out) pairs(s, sep string) {
	base := o.chain
	n := 0
	for pair := range strings.SplitSeq(s, sep) {
		name, value, named := strings.Cut(pair, "=")
		if pair == "" {
			continue
		}
		var u undo
		if !named || name == "" {
			value, u = o.t.unpercent(strings.TrimPrefix(pair, "="), true)
			o.undone(base, u)
			o.Item(n, value, Text)
		} else {
			name, _ = o.t.unpercent(name, true)
			value, u = o.t.unpercent(value, true)
			o.undone(base, u)
			o.Field(name, value, Text)
		}
		n++
		if o.full {
			break
		}
	}
	o.chain = base
}

// undone sets the chain for the next value: this decoder's, and what unpercent did besides.
func (o *Out) undone(base []string, u undo) {
	if base == nil {
		base = o.t.chain(o.t.Fields[o.parent].Chain, o.d.Name)
	}
	o.chain = o.t.undone(base, u)
}
