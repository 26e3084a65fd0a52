package detect

import (
	"strings"

	"github.com/tagscan/tagscan/crawler/web"
)

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
			b.WriteString(web.FoldName(seg.name))
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
