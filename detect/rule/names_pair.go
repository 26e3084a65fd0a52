package rule

import (
	"strings"

	"github.com/tagscan/tagscan/detect/decode"
)

// valueNames are names of fields that hold what a field beside them names: {"key": "email", "value": "…"}, and within an
// OpenTelemetry attribute {"key": "user.email", "value": {"stringValue": "…"}}. labelFields are the names of the others.
var (
	valueNames  = wordSet(`value val v stringvalue strvalue currentvalue fieldvalue newvalue answer`)
	labelFields = wordSet(`name key field fieldname attribute attributename property propertyname param parameter k n fieldid inputname`)
)

// at is of for a field of a tree: where the name only says that it is the value of something, a field beside it says of
// what.
func (n *Names) at(t *decode.Tree, i int) *nameInfo {
	f := &t.Fields[i]
	info := n.of(f)
	if info.class != "" && info.class != Purchase || !valueNames[info.flat] {
		return info
	}
	parent := parentPath(f)
	word := labelBeside(t, i, parent)
	if outer, ok := strings.CutSuffix(parent, "value."); ok && word == "" {
		parent = outer
		word = labelBeside(t, i, parent)
	}
	if word == "" {
		return info
	}
	path := parent + word
	named, ok := n.m[path]
	if !ok {
		if len(n.m) >= maxNames {
			clear(n.m)
		}
		named = readName(f.Where, path, word)
		n.m[path] = named
	}
	if named.class == "" {
		return info
	}
	return named
}

// labelBeside returns the text of the field that names what stands at i: one of the nearest in the object parent.
func labelBeside(t *decode.Tree, i int, parent string) string {
	for _, dir := range [2]int{-1, 1} {
		for j, steps := i+dir, 0; j >= 0 && j < len(t.Fields) && steps < 6; j, steps = j+dir, steps+1 {
			g := &t.Fields[j]
			if g.Parent != t.Fields[i].Parent {
				break
			}
			if g.Kind == decode.Text && len(g.Key) > 0 && len(g.Key) < 16 && labelFields[Squeeze(g.Key)] && parentPath(g) == parent && isFieldName(g.Value) {
				return g.Value
			}
		}
	}
	return ""
}

// isFieldName reports a text that could be the name of a field.
func isFieldName(s string) bool {
	if len(s) < 2 || len(s) > 48 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !wordByte[c] && c != '.' && c != '-' && c != '_' && c != '$' && c != '[' && c != ']' || c >= 0x80 {
			return false
		}
	}
	return true
}
