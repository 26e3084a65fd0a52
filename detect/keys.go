package detect

import (
	"strings"

	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/rule"
)

// maxKeys bounds how many names of fields are looked at as addresses.
const maxKeys = 50

// nameMatches finds addresses, known values and digests of these that are the name of a parameter (?jo%40example.org=1): there
// is no text that the name was read from, so the match is one of nothing in the field.
func nameMatches(ctx *rule.Context, pools []*rule.Pool, t *decode.Tree, out []rule.Match) []rule.Match {
	seen := 0
	for i := range t.Fields {
		f := &t.Fields[i]
		if f.Parent >= 0 || f.Where != decode.Query || len(f.Key) < minSecret || seen >= maxKeys {
			continue
		}
		address := strings.IndexByte(f.Key, '@') > 0
		if !address && len(f.Key) < minName {
			continue
		}
		seen++
		c := *ctx
		c.Tree = &decode.Tree{Fields: []decode.Field{{Where: f.Where, Path: "query", Value: f.Key, Parent: -1}}}
		c.Meant = nil
		var found []rule.Match
		for _, p := range pools {
			found = p.Find(c.Tree, found)
		}
		if address && len(found) == 0 {
			found = rule.FindWith([]*rule.Rule{&rule.EmailPattern}, &c, nil)
		}
		for _, m := range found {
			if m.Known == rule.ByStorage {
				continue
			}
			m.Field, m.Start, m.End, m.More = i, 0, 0, nil
			out = append(out, m)
		}
	}
	return out
}

// minName is the length in bytes from which the name of a parameter may be a digest or an identifier.
const minName = 22

// keyMatches finds e-mail addresses that are names of fields ({"jane@example.org": "editor"}). They are given to the
// text that the name was read from.
func keyMatches(ctx *rule.Context, t *decode.Tree, out []rule.Match) []rule.Match {
	seen := 0
	last := ""
	for i := range t.Fields {
		f := &t.Fields[i]
		if f.Parent < 0 || strings.IndexByte(f.Path, '@') < 0 || strings.IndexByte(t.Fields[f.Parent].Path, '@') >= 0 {
			continue
		}
		for _, seg := range splitPath(f.Path) {
			at := strings.IndexByte(seg.name, '@')
			if at < 1 || seg.index || seg.name == last || seen >= maxKeys {
				continue
			}
			last = seg.name
			seen++
			out = keyMatch(ctx, t, f.Parent, strings.ReplaceAll(seg.name, "%2E", "."), out)
		}
	}
	return out
}

func keyMatch(ctx *rule.Context, t *decode.Tree, parent int, key string, out []rule.Match) []rule.Match {
	start := strings.Index(t.Fields[parent].Value, key)
	if start < 0 {
		return out
	}
	p := &t.Fields[parent]
	c := *ctx
	c.Tree = &decode.Tree{Fields: []decode.Field{{Where: p.Where, Path: p.Path, Key: p.Key, Chain: p.Chain, Value: key, Parent: -1}}}
	c.Meant = nil
	for _, m := range rule.FindWith([]*rule.Rule{&rule.EmailPattern}, &c, nil) {
		m.Field, m.Start, m.End = parent, start+m.Start, start+m.End
		out = append(out, m)
	}
	return out
}
