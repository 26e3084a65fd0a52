package rule

import (
	"strings"

	"github.com/tagscan/tagscan/detect/decode"
)

// splitText is a known value as it may be spread over fields: without separators, in lower case.
type splitText struct {
	entry int32
	text  string
	parts int // how many parts at least
}

// split looks for values in parts over neighbouring fields of one object: local part and domain, a card in four boxes,
// day, month and year.
func (w *cribber) split() {
	texts := w.pool.splitTexts
	if len(texts) == 0 {
		return
	}
	t := w.c.Tree
	for i := range t.Fields {
		if !w.startsPart(t.Fields[i].Value) {
			continue
		}
		v := splitPart(t, i)
		if v == "" {
			continue
		}
		for _, x := range texts {
			if fields := w.join(i, v, x); fields != nil {
				w.found(i, x.entry, func(m *Match) { m.Form, m.More = Split, fields })
			}
		}
	}
}

// startsPart reports whether the first letter or digit of a value begins one that may be spread.
func (w *cribber) startsPart(v string) bool {
	for i := range min(len(v), 64) {
		if wordByte[v[i]] {
			return v[i] >= 0x80 || w.pool.splitStart[lowerByte[v[i]]]
		}
	}
	return false
}

// splitPart is the field's value as it would be a part of a split one, or "".
func splitPart(t *decode.Tree, i int) string {
	f := &t.Fields[i]
	if f.Inner || f.Value == "" || len(f.Value) > 64 || f.Where == decode.Header || f.Where == decode.Cookie || f.Where == decode.Path {
		return ""
	}
	return strings.ToLower(lettersOf(f.Value))
}

// addSplitTexts keeps what may be spread over fields.
func (p *Pool) addSplitTexts(i int32) {
	e := &p.entries[i]
	add := func(parts int, texts ...string) {
		for _, t := range unique(texts...) {
			if t = strings.ToLower(lettersOf(t)); len(t) >= 8 {
				p.splitTexts = append(p.splitTexts, splitText{i, t, parts})
				p.splitStart[t[0]] = true
				if t[0] == '0' { // a day or month may be written without
					p.splitStart[t[1]] = true
				}
			}
		}
	}
	switch e.key {
	case "email":
		local, domain, _ := strings.Cut(e.value, "@")
		add(2, e.value, domain+local)
	case "phone":
		add(2, e.forms.digits...)
	case "payment_card", "iban", "national_id":
		add(2, e.value)
	case "dob":
		if d, ok := parseDate(e.value); ok {
			add(3, d.Format("20060102"), d.Format("02012006"), d.Format("01022006"))
		}
	}
}

// join follows the neighbours of field i as long as they continue the text; it returns the fields after i, or nil.
func (w *cribber) join(i int, v string, x splitText) []int {
	date := w.pool.entries[x.entry].key == "dob"
	if date && len(v) == 1 {
		v = "0" + v
	}
	if !strings.HasPrefix(x.text, v) || len(v) >= len(x.text) || !date && len(v) < 2 {
		return nil
	}
	t := w.c.Tree
	rest := x.text[len(v):]
	var fields []int
	for j := i + 1; j < len(t.Fields) && j < i+12 && rest != ""; j++ {
		if !siblings(&t.Fields[i], &t.Fields[j]) && !neighbours(&t.Fields[i], &t.Fields[j]) {
			continue
		}
		part := splitPart(t, j)
		if date && len(part) == 1 {
			part = "0" + part
		}
		if part == "" || !strings.HasPrefix(rest, part) {
			if len(fields) > 0 || date {
				return nil
			}
			continue
		}
		rest = rest[len(part):]
		fields = append(fields, j)
	}
	if rest != "" || len(fields)+1 < x.parts || len(fields) > 8 {
		return nil
	}
	return fields
}

// neighbours reports fields of the same name in neighbouring elements of a list, and fields that are parameters of one
// query.
func neighbours(a, b *decode.Field) bool {
	return a.Parent == b.Parent && a.Where == b.Where && (a.Where == decode.Query || a.Key != "" && a.Key == b.Key)
}
