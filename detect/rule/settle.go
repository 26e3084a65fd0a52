package rule

import (
	"slices"
	"strings"
)

// witnesses lets a 32-bit checksum count if its field is about identity, or if another value's is in the same tree.
func (s *search) witnesses() {
	for _, h := range s.weak {
		ok := s.names.of(&s.tree.Fields[h.field]).has(identity | hashName)
		for _, o := range s.weak {
			ok = ok || s.pool.entries[o.entry].value != s.pool.entries[h.entry].value && o.field != h.field
		}
		if ok {
			h.conf = Likely
			s.hits = append(s.hits, h)
		}
	}
}

// lonely reports the code of a country in a field that is only called so, with no other known value in the same object: it
// is that of a shop or of the page's language.
func (s *search) lonely(h hit) bool {
	if s.pool.entries[h.entry].key != "country" || h.end-h.start > 3 || h.pattern >= 0 && s.pool.patterns[h.pattern].chain > 0 {
		return false
	}
	f := &s.tree.Fields[h.field]
	if n := s.names.of(f); len(n.tokens) > 1 && n.tokens[0] != "country" && n.tokens[0] != "shipping" || n.inGeo() || n.has(identity) {
		return false
	}
	for _, o := range s.hits {
		if o.field != h.field && s.pool.entries[o.entry].key != "country" && siblings(f, &s.tree.Fields[o.field]) {
			return false
		}
	}
	return true
}

// settle removes hits that a better one explains: the same value in what was decoded out of the field, and a longer
// span in the same field.
func (s *search) settle() {
	slices.SortStableFunc(s.hits, func(a, b hit) int {
		if a.field != b.field {
			return a.field - b.field
		}
		if a.start != b.start {
			return a.start - b.start
		}
		if a.end != b.end {
			return b.end - a.end
		}
		return s.weight(b) - s.weight(a)
	})
	s.dropStored()
	inside := map[[2]int]bool{} // entry and field that an inner hit explains
	for _, h := range s.hits {
		for up := s.tree.Fields[h.field].Parent; up >= 0; up = s.tree.Fields[up].Parent {
			inside[[2]int{int(h.entry), up}] = true
		}
	}
	kept := s.hits[:0]
	field, end := -1, 0
	for _, h := range s.hits {
		if h.field != field {
			field, end = h.field, 0
		}
		if s.clearBelow(h) {
			continue
		}
		if h.end <= end || inside[[2]int{int(h.entry), h.field}] {
			continue
		}
		end = h.end
		kept = append(kept, h)
	}
	s.hits = kept
}

// dropStored removes stored values where a known person's value explains the span or a part of it: a cookie that holds an
// e-mail address is about the address. The hits are in order.
func (s *search) dropStored() {
	s.hits = slices.DeleteFunc(s.hits, func(h hit) bool {
		return s.pool.entries[h.entry].known == ByStorage && slices.ContainsFunc(s.hits, func(o hit) bool {
			return o.field == h.field && o.start < h.end && h.start < o.end && s.pool.entries[o.entry].known != ByStorage
		})
	})
}

// clearBelow reports text in clear that stands in a field and again in what was decoded out of it: that is the place to
// judge it, for there it has a name. What is left are names of fields.
func (s *search) clearBelow(h hit) bool {
	f := &s.tree.Fields[h.field]
	if !f.Inner || h.pattern >= 0 && s.pool.patterns[h.pattern].kind > exactText {
		return false
	}
	text := f.Value[h.start:h.end]
	below := map[int]bool{h.field: true}
	for j := h.field + 1; j < len(s.tree.Fields); j++ {
		g := &s.tree.Fields[j]
		if !below[g.Parent] {
			continue
		}
		if strings.Contains(g.Value, text) {
			return true
		}
		if g.Inner {
			below[j] = true
		}
	}
	return false
}

// weight orders explanations of the same span: a persona's before a stored value's.
func (s *search) weight(h hit) int {
	switch s.pool.entries[h.entry].known {
	case ByPersona:
		return 3
	case ByObserved:
		return 2
	}
	return 1
}

func (s *search) match(h hit) Match {
	e := &s.pool.entries[h.entry]
	m := Match{
		Rule: "known-value", Class: e.class, Known: e.known, Key: e.key, Field: h.field, Start: h.start, End: h.end,
		Text: s.tree.Fields[h.field].Value[h.start:h.end], Confidence: h.conf, Origin: e.origin, More: h.more,
	}
	if h.pattern < 0 {
		return m
	}
	x := &s.pool.patterns[h.pattern]
	if x.chain > 0 {
		m.Hash, m.Form, m.Text = s.pool.chains[x.chain], Hashed, e.value
	}
	if x.kind == b64Part || x.kind == backwards {
		m.Form, m.Text = Encoded, e.value
	}
	if e.key == "city" && s.inAddress(h.field) {
		m.Class = Address
	}
	return m
}

// inAddress reports a field that is part of a postal address by the names around it or by its siblings.
func (s *search) inAddress(i int) bool {
	c := Context{Tree: s.tree, Names: s.names, i: i, f: &s.tree.Fields[i]}
	c.name = s.names.of(c.f)
	return c.inAddress()
}
