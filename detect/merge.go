package detect

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/rule"
)

// explained is a match and what else explains the same bytes.
type explained struct {
	rule.Match
	evidence []Evidence
}

// merge keeps one explanation for each span of a tree: that of the deepest field a text was unwrapped to, the longest
// where they overlap, the best known where they are equal. What is left out becomes evidence of what swallowed it. The
// result is in order of fields and positions.
func merge(t *decode.Tree, matches []rule.Match) []explained {
	if len(matches) == 0 {
		return nil
	}
	m := merger{tree: t, byField: make(map[int][]int, len(matches)), all: make([]explained, 0, len(matches))}
	for _, x := range matches {
		if x.Field < 0 || x.Field >= len(t.Fields) {
			continue
		}
		m.byField[x.Field] = append(m.byField[x.Field], len(m.all))
		m.all = append(m.all, explained{Match: x})
	}
	m.dropped = make([]bool, len(m.all))
	m.lineage()
	m.spans()
	out := m.all[:0]
	for i := range m.all {
		if !m.dropped[i] {
			out = append(out, m.all[i])
		}
	}
	slices.SortStableFunc(out, func(a, b explained) int {
		return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(a.Start, b.Start), compareMatches(a.Match, b.Match))
	})
	return out
}

// take learns from another match of the same text what this one does not say: that it is a hash, and of what; that it
// stands for nobody. What is known of a person is not doubted.
func (e *explained) take(x rule.Match) {
	if e.Form == rule.Bare && len(e.Hash) == 0 && x.Class == e.Class {
		e.Form, e.Hash = x.Form, x.Hash
	}
	if e.Info == "" && e.Known != rule.ByPersona && e.Known != rule.ByObserved {
		e.Info = x.Info
	}
}

type merger struct {
	tree    *decode.Tree
	all     []explained
	dropped []bool
	byField map[int][]int // field → indexes in all
}

// raw is the text that a match explains, as it stands in its field.
func (m *merger) raw(x rule.Match) string {
	v := m.tree.Fields[x.Field].Value
	if x.Start < 0 || x.End > len(v) || x.Start >= x.End {
		return v
	}
	return v[x.Start:x.End]
}

// drop removes match i in favour of match by; by < 0: for nothing.
func (m *merger) drop(i, by int) {
	if m.dropped[i] {
		return
	}
	m.dropped[i] = true
	if by < 0 {
		return
	}
	x := m.all[i]
	e := Evidence{Rule: x.Rule, Class: x.Class, Known: Known(x.Known), Field: m.tree.Fields[x.Field].Path}
	to := &m.all[by]
	if x.Field == to.Field && x.Start <= to.Start && x.End >= to.End || x.Text == to.Text {
		to.take(x.Match)
	}
	if to.Rule == e.Rule && to.Class == e.Class && x.Field == to.Field {
		return
	}
	for _, e := range append(x.evidence, e) {
		if !slices.Contains(to.evidence, e) {
			to.evidence = append(to.evidence, e)
		}
	}
}

// lineage settles matches in a field that something was decoded out of. If a field decoded from it holds the same text,
// what was concluded there counts, for it is seen closer; if not (the text is a name, or spans what was split), the
// match stays. A digest that was decoded once more into its bytes stays where it is readable.
func (m *merger) lineage() {
	below := m.descendants()
	for i := range m.all {
		x := m.all[i].Match
		subtree := below[x.Field]
		if len(subtree) == 0 {
			continue
		}
		raw := m.raw(x)
		held, by := false, -1
		if x.Known == rule.ByField && !container(x.Class) && x.End-x.Start == len(m.tree.Fields[x.Field].Value) {
			by = m.closest(subtree)
			held = by >= 0 // the name is that of the whole; what is in it was told apart
		}
		for _, d := range subtree {
			field := &m.tree.Fields[d]
			same := m.sameIn(d, x)
			clear := len(x.Hash) == 0 && len(x.Text) >= 4 && containsFold(field.Value, x.Text) // it was turned round, or shifted
			if clear || containsFold(field.Value, raw) {
				held, by = true, max(by, same)
				continue
			}
			if same < 0 {
				continue
			}
			if len(x.Hash) > 0 || x.Cipher != "" {
				m.drop(same, i)
			} else {
				held, by = true, same
			}
		}
		if held {
			m.drop(i, by)
		}
	}
}

// descendants lists, for each field with matches, the fields decoded from it.
func (m *merger) descendants() map[int][]int {
	below := map[int][]int{}
	for i := range m.tree.Fields {
		for p := m.tree.Fields[i].Parent; p >= 0 && p < len(m.tree.Fields); p = m.tree.Fields[p].Parent {
			if _, ok := m.byField[p]; ok {
				below[p] = append(below[p], i)
			}
			if m.tree.Fields[p].Parent >= p {
				break
			}
		}
	}
	return below
}

// closest returns the first match in the fields that tells of a person, or -1.
func (m *merger) closest(fields []int) int {
	for _, f := range fields {
		for _, i := range m.byField[f] {
			if !m.dropped[i] && !container(m.all[i].Class) && m.all[i].Info == "" {
				return i
			}
		}
	}
	return -1
}

// sameIn returns the match in the field that says what x says, or -1.
func (m *merger) sameIn(field int, x rule.Match) int {
	for _, i := range m.byField[field] {
		y := m.all[i]
		if !m.dropped[i] && y.Class == x.Class && strings.EqualFold(y.Text, x.Text) {
			return i
		}
	}
	return -1
}

// spans settles matches of one field that overlap: the best stays.
func (m *merger) spans() {
	for _, list := range m.byField {
		order := slices.Clone(list)
		slices.SortFunc(order, func(a, b int) int {
			return cmp.Or(compareMatches(m.all[a].Match, m.all[b].Match), cmp.Compare(a, b))
		})
		for k, i := range order {
			if m.dropped[i] {
				continue
			}
			for _, j := range order[k+1:] {
				if !m.dropped[j] && m.swallows(i, j) {
					m.drop(j, i)
				}
			}
		}
	}
}

// swallows reports whether match i explains what match j does. A text that tells of something else than itself (a page
// address, a title, what was typed) does not explain the personal data in it. What a field is for and what stands in it are
// two things: the name of a field says the first of the whole, and leaves standing what was found in a part of it.
func (m *merger) swallows(i, j int) bool {
	a, b := m.all[i].Match, m.all[j].Match
	if a.End <= b.Start || b.End <= a.Start {
		return false
	}
	equal := a.Start == b.Start && a.End == b.End
	switch {
	case equal && slot(b) && personal(a):
		return a.Class == b.Class
	case equal, a.Class == b.Class:
		return true
	case a.Known == rule.ByField && personal(b):
		return false
	}
	return !container(a.Class) && !container(b.Class)
}

// slots are the classes of identifiers that take whatever a site puts there: an account's number, a random text, an address.
var slots = []rule.Class{rule.UserID, rule.ClientID, rule.SyncedID, rule.OrgID}

// slot reports whether the vendor's documentation says that the field holds an identifier, whatever that is.
func slot(m rule.Match) bool { return m.Rule == vendorRule && slices.Contains(slots, m.Class) }

// personal reports whether a match is of somebody's data by the text itself, whatever the field is for.
func personal(m rule.Match) bool {
	switch {
	case m.Info != "" || m.Class == rule.ClientID || m.Class == rule.SyncedID:
		return false
	case m.Known == rule.ByPersona, m.Known == rule.ByObserved:
		return true
	}
	return m.Known == rule.ByPattern && (provesItself(m.Class) || m.Class == rule.Phone && strings.HasPrefix(m.Text, "+"))
}

// wrapped reports whether a is the name of a field or a shape, and b the datum of the same class that stands in a part of it: a
// shape may take in a bracket or a word before it, and what is known is surer than both.
func wrapped(a, b rule.Match) bool {
	if a.Class != b.Class || b.End-b.Start >= a.End-a.Start || b.Start < a.Start || b.End > a.End {
		return false
	}
	return a.Known == rule.ByField && personal(b) || a.Known == rule.ByPattern && (b.Known == rule.ByPersona || b.Known == rule.ByObserved)
}

// container reports whether data of the class may hold other personal data within.
func container(c rule.Class) bool {
	info, _ := rule.InfoOf(c)
	return info.Holds
}

// compareMatches orders explanations of overlapping spans, best first: leaks before mere information, what is known of a
// person before the name of a field of the same class that holds more, the longest span, then how it is known, then how
// sure, then what says more.
func compareMatches(a, b rule.Match) int {
	return cmp.Or(
		cmp.Compare(boolRank(wrapped(a, b)), boolRank(wrapped(b, a))),
		cmp.Compare(b.End-b.Start, a.End-a.Start),
		cmp.Compare(knownRank(a), knownRank(b)),
		cmp.Compare(rank(Confidence(b.Confidence)), rank(Confidence(a.Confidence))),
		cmp.Compare(boolRank(container(a.Class)), boolRank(container(b.Class))),
		cmp.Compare(len(a.Hash), len(b.Hash)),
		cmp.Compare(classSeverity(b.Class), classSeverity(a.Class)),
		cmp.Compare(a.Class, b.Class),
		cmp.Compare(a.Rule, b.Rule),
		cmp.Compare(a.Text, b.Text),
	)
}

// provesItself reports whether a text of the class is one whatever its field is for.
func provesItself(c rule.Class) bool {
	info, _ := rule.InfoOf(c)
	return info.Proves
}

// knownRank orders ways of knowing: what is known of the person, then what proves itself, then the vendor's word, then
// other shapes, then names, then that it was stored.
func knownRank(m rule.Match) int {
	switch {
	case m.Info != "":
		return 9
	case m.Known == rule.ByPersona:
		return 0
	case m.Known == rule.ByObserved:
		return 1
	case m.Known == rule.ByPattern && provesItself(m.Class):
		return 2
	case m.Rule == vendorRule:
		return 3
	case m.Known == rule.ByPattern:
		return 4
	case m.Known == rule.ByField:
		return 5
	}
	return 6
}

func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}

// containsFold reports whether s holds sub, ignoring ASCII case.
func containsFold(s, sub string) bool {
	if strings.Contains(s, sub) {
		return true
	}
	if len(sub) == 0 || len(sub) > len(s) {
		return len(sub) == 0
	}
	first := lower(sub[0])
	for i := 0; i+len(sub) <= len(s); i++ {
		if lower(s[i]) == first && strings.EqualFold(s[i:i+len(sub)], sub) {
			return true
		}
	}
	return false
}

func lower(b byte) byte {
	if b >= 'A' && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}
