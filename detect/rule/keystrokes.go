package rule

import (
	"strconv"
	"strings"

	"github.com/tagscan/tagscan/detect/decode"
)

// Keystrokes joins what is sent one character at a time, as replay, chat and form analytics do. Feed it the trees of one
// page in the order of time. Its zero value is ready. It is not safe for use by several goroutines.
type Keystrokes struct {
	lines map[string]*line
	id    []byte // room for the name of a line
}

// line is what was typed into one element so far.
type line struct {
	text []byte
	told map[int32]bool
}

// Bounds of the memory of a page: elements, and characters kept of each.
const (
	maxLines    = 256
	maxLineText = 256
)

// Add takes the tree of the next request to host and returns a match for every known value that the characters so far
// complete; the match stands at the field of its last character.
func (k *Keystrokes) Add(host string, t *decode.Tree, p *Pool) (out []Match) {
	if p == nil || len(p.entries) == 0 {
		return nil
	}
	for i := range t.Fields {
		f := &t.Fields[i]
		if f.Inner || len(f.Value) > 9 || f.Where == decode.Path || f.Where == decode.Header || f.Where == decode.Cookie {
			continue
		}
		char, ok := typed(f)
		if !ok {
			continue
		}
		k.id = append(append(k.id[:0], host...), ' ')
		k.id = append(append(appendFolded(k.id, f.Path), ' '), elementOf(t, i)...)
		l := k.line(k.id)
		if l == nil {
			continue
		}
		if char == 0 {
			l.text = l.text[:max(0, len(l.text)-1)]
			continue
		}
		if len(l.text) >= maxLineText {
			l.text = append(l.text[:0], l.text[maxLineText/2:]...)
		}
		l.text = append(l.text, char)
		out = append(out, l.complete(i, p)...)
	}
	return out
}

func (k *Keystrokes) line(id []byte) *line {
	if k.lines == nil {
		k.lines = map[string]*line{}
	}
	l := k.lines[string(id)]
	if l == nil && len(k.lines) < maxLines {
		l = &line{told: map[int32]bool{}}
		k.lines[string(id)] = l
	}
	return l
}

// typed reads a character, a key's name or a key code; 0 is a deletion.
func typed(f *decode.Field) (byte, bool) {
	v := f.Value
	if len(v) == 1 && f.Kind != decode.Number && v[0] >= 0x20 && v[0] < 0x7f {
		return v[0], true
	}
	switch v {
	case "Backspace":
		return 0, true
	case "Space":
		return ' ', true
	}
	if len(v) == 4 && strings.HasPrefix(v, "Key") {
		return lowerByte[v[3]], true
	}
	if len(v) == 6 && strings.HasPrefix(v, "Digit") {
		return v[5], true
	}
	if f.Kind != decode.Number && len(v) > 3 {
		return 0, false
	}
	name := strings.ToLower(f.Key)
	if n, err := strconv.Atoi(v); err == nil && n >= 32 && n < 127 && (strings.Contains(name, "code") || name == "which" || name == "char") {
		if n >= 'A' && n <= 'Z' && name != "charcode" && name != "char" {
			n += 32
		}
		return byte(n), true
	}
	return v0(v, f.Kind)
}

// v0 takes a digit that is typed as a number in JSON.
func v0(v string, kind decode.Kind) (byte, bool) {
	if kind == decode.Number && len(v) == 1 {
		return v[0], true
	}
	return 0, false
}

// appendFolded adds the path to b with its indexes replaced by *.
func appendFolded(b []byte, path string) []byte {
	for {
		i := strings.IndexByte(path, '[')
		if i < 0 {
			break
		}
		end := strings.IndexByte(path[i:], ']')
		if end < 0 {
			break
		}
		b = append(append(b, path[:i]...), "[*]"...)
		path = path[i+end+1:]
	}
	return append(b, path...)
}

// elementOf returns the value of a sibling that names the element: target, id, name, selector.
func elementOf(t *decode.Tree, i int) string {
	f := &t.Fields[i]
	for j := max(0, i-12); j < len(t.Fields) && j < i+12; j++ {
		g := &t.Fields[j]
		if j == i || g.Inner || len(g.Value) > 80 || !namesElement(g.Key) || !siblings(f, g) {
			continue
		}
		return g.Value
	}
	return ""
}

// namesElement reports the key of a field that says which element something was typed into.
func namesElement(key string) bool {
	if key == "" || key[0] < 0x80 && wordByte[key[0]] && strings.IndexByte("tefnsi", lowerByte[key[0]]) < 0 {
		return false
	}
	switch Squeeze(key) {
	case "target", "el", "element", "elementid", "id", "name", "selector", "field", "fieldid", "fieldname", "nodeid", "inputid", "input", "tgt":
		return true
	}
	return false
}

// typedText is a known value as somebody types it.
type typedText struct {
	entry int32
	text  string
	alone bool // it is part of other values: it counts where nothing else was typed, and nothing that begins with it is known
}

// beginsOther reports whether another known value begins with the text, so that the text may be its first letters.
func (p *Pool) beginsOther(t typedText) bool {
	for _, o := range p.typed {
		if len(o.text) > len(t.text) && equalFold(o.text[:len(t.text)], t.text) && !o.alone && !wordEnds(o.text, len(t.text)) {
			return true
		}
	}
	return false
}

// wordEnds reports a blank at the place.
func wordEnds(s string, at int) bool { return s[at] == ' ' }

// addTyped keeps the ways somebody types a value.
func (p *Pool) addTyped(i int32) {
	for _, t := range typedForms(&p.entries[i]) {
		if len(t) >= 5 {
			p.typed = append(p.typed, typedText{i, t, typedAlone[p.entries[i].key]})
		}
	}
}

// complete reports the known values that the last character finished.
func (l *line) complete(field int, p *Pool) (out []Match) {
	for _, t := range p.typed {
		n := len(l.text) - len(t.text)
		if n < 0 || lowerByte[l.text[len(l.text)-1]] != lowerByte[t.text[len(t.text)-1]] || l.told[t.entry] || !equalFold(string(l.text[n:]), t.text) {
			continue
		}
		if t.alone && (n > 0 || p.beginsOther(t)) {
			continue
		}
		x := &p.entries[t.entry]
		l.told[t.entry] = true
		out = append(out, Match{Rule: "keystrokes", Class: x.class, Known: x.known, Key: x.key, Field: field, End: 1, Text: x.value, Form: Split, Confidence: Certain})
	}
	return out
}

// typedAlone are the keys of values that are parts of longer ones.
var typedAlone = map[string]bool{"first_name": true, "last_name": true}

// typedForms are the ways somebody types a value.
func typedForms(e *entry) []string {
	switch e.key {
	case "username", "city", "region", "country", "gender": // they are parts of what comes after
		return nil
	}
	switch {
	case len(e.forms.digits) > 0:
		return append([]string{e.value}, e.forms.digits...)
	case len(e.value) < 5:
		return nil
	}
	return []string{e.value, fold(e.value)}
}
