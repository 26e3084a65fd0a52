package decode

import "strings"

// KeyValues opens lists of names and values.
var KeyValues = Decoder{
	Name: "kv",
	Doc:  "Lists of names and values with other signs than a form's: a=b;c=d, a:b|c:d, a=b,c=d, em~x*ph~y; Google's tv.1~em.<hash>~pn.<hash>.",
	Kind: Structure,
	Rank: 400,
	Gate: Gate{Some: Equal | List, Min: 7, Test: func(s string) bool { sep, _ := kvSigns(s); return sep != 0 }},
	Decode: func(o *Out, s string) bool {
		sep, eq := kvSigns(s)
		n := 0
		for pair := range strings.SplitSeq(s, string(sep)) {
			name, value, ok := strings.Cut(strings.TrimSpace(pair), string(eq))
			if !ok {
				if pair != "" {
					o.Item(n, pair, Text)
				}
			} else {
				v, u := o.t.unpercent(value, false)
				o.undone(nil, u)
				o.Field(name, strings.Trim(v, `"' `), Text)
			}
			if n++; o.full {
				break
			}
		}
		return true
	},
	Examples: []Example{
		{In: "u1=17;u2=jane%40example.org", Path: ".u2", Want: "jane@example.org"},
		{In: "email:jane@example.org|plan:pro", Path: ".email", Want: "jane@example.org"},
		{In: "tv.1~em.K2nqvTzMkkVNG2vYyIkPlhvPVFbHiFWu~pn.8pGhVxYqQzNn", Path: ".pn", Want: "8pGhVxYqQzNn"},
		{In: "uid=17, name=Jane Doe", Path: ".name", Want: "Jane Doe"},
		{In: ",id:cb141203,c:na0Cpm,mail:jane@example.org", Path: ".mail", Want: "jane@example.org"},
		{In: "color: red; width: 10px", Noise: true},
		{In: "12:30,13:40", Noise: true},
		{In: "text/html; charset=utf-8", Noise: true},
		{In: "Hello: this is, well: nothing", Noise: true},
	},
}

// kvSigns returns the byte between pairs and the byte between name and value; 0 if s is no list of at least two pairs.
func kvSigns(s string) (sep, eq byte) {
	if len(s) > 1<<14 {
		return 0, 0
	}
	s = strings.TrimLeft(s, ",;|&")
	eq = '='
	i := strings.IndexByte(s, '=')
	if i <= 0 || i > 40 {
		if strings.HasPrefix(s, "tv.") && strings.IndexByte(s, '~') > 0 {
			return '~', '.'
		}
		if i = strings.IndexByte(s, ':'); i <= 0 || i > 40 {
			if i = strings.IndexByte(s, '~'); i <= 0 || strings.IndexByte(s, '*') < i {
				return 0, 0
			}
			return pick(s, "*", '~'), '~'
		}
		eq = ':'
	}
	if !isParameter(s[:i]) {
		return 0, 0
	}
	seps := ";|,~*\x01\n\t"
	if eq == ':' {
		seps = "|;,~*\n"
	}
	return pick(s, seps, eq), eq
}

// pick returns the first of seps that divides s into at least two pairs; three in four parts must be pairs.
func pick(s, seps string, eq byte) byte {
	for _, sep := range []byte(seps) {
		if sep == eq || strings.IndexByte(s, sep) < 0 {
			continue
		}
		pairs, parts, css := 0, 0, 0
		for part := range strings.SplitSeq(strings.TrimRight(s, string(sep)+" "), string(sep)) {
			parts++
			name, value, ok := strings.Cut(part, string(eq))
			name = strings.TrimSpace(name)
			if ok && isParameter(name) && !strings.HasPrefix(value, "//") {
				pairs++
				if eq == ':' && (strings.IndexByte(name, '-') > 0 || strings.HasPrefix(value, " ") || styles[name]) {
					css++
				}
			}
		}
		if pairs >= 2 && pairs*4 >= parts*3 && css*2 <= pairs {
			return sep
		}
	}
	return 0
}

var styles = set("color width height display position margin padding top left right bottom background opacity transform font border overflow cursor")

// isParameter reports a text that could be the name of a parameter.
func isParameter(s string) bool {
	return len(s) > 0 && len(s) <= 40 && classes[s[0]]&(Letters|Dash) != 0 && shape(s)&^(Alnum|Dash|Dot) == 0
}

// Matrix opens parameters in a path segment.
var Matrix = Decoder{
	Name: "matrix",
	Doc:  "Parameters behind a semicolon in a path segment: Floodlight's /activityi;src=1;u1=…;ord=1, /map;a=b.",
	Kind: Structure,
	Rank: 195,
	Gate: Gate{Min: 5, Needs: Equal | List, Test: isMatrix},
	Decode: func(o *Out, s string) bool {
		_, rest, _ := strings.Cut(s, ";")
		o.pairs(strings.TrimRight(rest, "?"), ";")
		return true
	},
	Examples: []Example{
		{In: "activityi;src=123;type=login;u1=jane%40example.org;ord=1", Path: ".u1", Want: "jane@example.org"},
		{In: "for(i=0;i<3;i++)", Noise: true},
	},
}

func isMatrix(s string) bool {
	head, rest, ok := strings.Cut(s, ";")
	eq := strings.IndexByte(rest, '=')
	return ok && eq > 0 && shape(head)&^(Alnum|Dash|Dot) == 0 && isParameter(rest[:eq])
}

// MapsParam opens the pb parameter of Google Maps.
var MapsParam = Decoder{
	Name: "maps-pb",
	Doc:  "Protocol buffers in a URL: !1m2!1sBerlin!2d13.4!3d52.5, as Google Maps sends places and coordinates.",
	Kind: Structure,
	Rank: 85,
	Gate: Gate{Min: 6, First: "!", Test: func(s string) bool { return classes[s[1]]&Digits != 0 && strings.Count(s, "!") > 1 }},
	Decode: func(o *Out, s string) bool {
		n := 0
		for part := range strings.SplitSeq(s[1:], "!") {
			d := digits(part)
			if d == 0 || d >= len(part) {
				return false
			}
			kind := Text
			switch part[d] {
			case 'm':
				continue
			case 'd', 'f', 'i', 'e', 'u', 'v', 'y', 'b', 'x':
				kind = Number
			case 's', 'B', 'z':
			default:
				return false
			}
			o.Item(n, part[d+1:], kind)
			n++
		}
		return n > 0
	},
	Examples: []Example{
		{In: "!1m2!1sUnter den Linden 1!2d13.39!3d52.51", Path: "[1]", Want: "13.39"},
		{In: "!1 and !2", Noise: true},
	},
}
