package detect

import (
	"net/url"
	"regexp"
	"strings"
)

// Names and path segments that stand for one person or one thing, and what they fold to. Order matters: the first that
// fits wins.
var folds = []struct {
	re *regexp.Regexp
	to string
}{
	{regexp.MustCompile(`(?i)^[^@\s/]{1,64}(@|%40|\[at\])[^@\s/]{1,64}\.[a-z]{2,24}$`), "{email}"},
	{regexp.MustCompile(`(?i)^\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?$`), "{uuid}"},
	{regexp.MustCompile(`^\+?[0-9][0-9 ()./-]{5,}$`), "{n}"},
	{regexp.MustCompile(`^[0-9]+$`), "{n}"},
	{regexp.MustCompile(`(?i)^[0-9a-f]{16,}$`), "{hex}"},
}

// minIDName is the length from which a name that mixes letters and digits without reading as a word is taken for an
// identifier: shorter ones are ordinary names ("utm_source2", "checkout-v3").
const minIDName = 16

// foldName folds a single JSON key or URL segment to what all of its kind share: "4711" to "{n}", an e-mail address to
// "{email}", an opaque token to "{id}". Ordinary names stay as they are.
func foldName(s string) string {
	if isName(s) {
		return s
	}
	if strings.Contains(s, "@") || strings.Contains(s, "%40") {
		s2 := strings.ReplaceAll(s, "%2E", ".")
		if folds[0].re.MatchString(s2) || strings.Contains(s2, "@") && strings.Contains(s2, ".") {
			return folds[0].to
		}
	}
	for _, f := range folds[1:] {
		if f.re.MatchString(s) {
			return f.to
		}
	}
	if len(s) >= minIDName && opaque(s) {
		return "{id}"
	}
	return s
}

// isName reports whether s has neither digits nor an @ in any spelling: most names.
func isName(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= '0' && c <= '9' || c == '@' || c == '[' || c >= 0x80 {
			return false
		}
	}
	return len(s) < 32 // longer ones may be hexadecimal in letters alone
}

// opaque reports whether s looks drawn, not named: no spaces, and its letters and digits change places often.
func opaque(s string) bool {
	switches, digits := 0, 0
	var last byte
	for i := 0; i < len(s); i++ {
		c := kindOf(s[i])
		if c == 'x' {
			return false
		}
		if c == 'd' {
			digits++
		}
		if last != 0 && c != last && (c == 'd' || last == 'd') {
			switches++
		}
		last = c
	}
	return digits >= 2 && switches >= 4
}

func kindOf(b byte) byte {
	switch {
	case b >= '0' && b <= '9':
		return 'd'
	case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z':
		return 'a'
	case b == '-', b == '_', b == '.', b == '~', b == '=', b == '+', b == ':':
		return 'p'
	}
	return 'x'
}

// FoldPath folds a field path to what all events of its kind share: indexes become [*], names that are personal values
// or identifiers become placeholders. The result holds no value and is what flows and fingerprints are made of.
func FoldPath(path string) string {
	var b strings.Builder
	b.Grow(len(path))
	for _, seg := range splitPath(path) {
		switch {
		case seg.index:
			b.WriteString("[*]")
		default:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(foldName(seg.name))
		}
	}
	return b.String()
}

type segment struct {
	name  string
	index bool
}

// splitPath cuts a field path at dots and brackets. A quoted name in brackets (["a.b"]) is one name. Package decode
// writes the dots of a name that is an e-mail address as %2E.
func splitPath(path string) []segment {
	var out []segment
	for len(path) > 0 {
		switch path[0] {
		case '.':
			path = path[1:]
		case '[':
			name, rest, index := bracket(path)
			out = append(out, segment{name, index})
			path = rest
		default:
			end := strings.IndexAny(path, ".[")
			if end < 0 {
				end = len(path)
			}
			if end == 0 {
				end = 1
			}
			out = append(out, segment{name: path[:end]})
			path = path[end:]
		}
	}
	return out
}

// bracket reads the bracket that path starts with: an index, a quoted name, or a bare name as in "ud[em]".
func bracket(path string) (name, rest string, index bool) {
	if len(path) > 1 && (path[1] == '"' || path[1] == '\'') {
		q := path[1:2]
		if end := strings.Index(path[2:], q+"]"); end >= 0 {
			return path[2 : 2+end], path[2+end+2:], false
		}
	}
	end := strings.IndexByte(path, ']')
	if end < 0 {
		return path[1:], "", false
	}
	name = path[1:end]
	return name, path[end+1:], name == "*" || strings.Trim(name, "0123456789") == ""
}

// maskURL returns raw without query and fragment, with the segments of its path that identify somebody folded: e-mail
// addresses, telephone numbers, UUIDs, opaque tokens. Short numbers stay, for a reader must find the page. What is not
// a URL comes back empty.
func maskURL(raw string) string {
	return mapSegments(raw, func(seg string) string {
		if digits(seg) && len(seg) < 7 {
			return seg
		}
		return foldName(seg)
	})
}

// foldURL returns raw without query and fragment, folded to what pages of its kind share: numbers go, too.
func foldURL(raw string) string { return mapSegments(raw, foldName) }

func mapSegments(raw string, fold func(string) string) string {
	if raw == "" {
		return ""
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return ""
	}
	segs := strings.Split(u.EscapedPath(), "/")
	for i, s := range segs {
		segs[i] = mapSegment(s, fold)
	}
	path := strings.Join(segs, "/")
	if path == "" {
		path = "/"
	}
	return u.Scheme + "://" + u.Host + path
}

// mapSegment folds one URL segment, and each part of a matrix list in it (";u=…").
func mapSegment(seg string, fold func(string) string) string {
	plain, err := url.PathUnescape(seg)
	if err != nil {
		plain = seg
	}
	if f := fold(plain); f != plain {
		return f
	}
	if !strings.ContainsAny(plain, ";=,") {
		return seg
	}
	parts := strings.FieldsFunc(plain, func(r rune) bool { return r == ';' || r == ',' })
	for i, p := range parts {
		k, v, ok := strings.Cut(p, "=")
		if ok {
			parts[i] = k + "=" + fold(v)
		} else {
			parts[i] = fold(p)
		}
	}
	return strings.Join(parts, ";")
}
