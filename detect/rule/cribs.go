package rule

import (
	"encoding/base64"
	"encoding/hex"
	"iter"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/tagscan/tagscan/detect/decode"
)

// Budgets of the cribs, for one tree. They hold the cost of a request with nothing to find below a millisecond.
const (
	cribLeaf  = 4 << 10  // bytes of a leaf that ciphers are tried on
	cribBytes = 64 << 10 // bytes in all
	cribSalts = 16       // salts for one digest
	cribHash  = 4000     // hashes in all
)

// cribsOf tries what needs no key on the leaves that nothing explained: home-made ciphers, salts from sibling fields,
// split values. explained tells which fields have a match already; its length may be less than that of the fields.
func cribsOf(t *decode.Tree, p *Pool, explained []bool) []Match {
	c := &Context{Tree: t}
	return c.Cribs(p, explained)
}

// Cribs tries what cribsOf tries, with the hosts of page and recipient as salts.
func (c *Context) Cribs(p *Pool, explained []bool) []Match {
	if len(p.entries) == 0 {
		return nil
	}
	if c.Names == nil {
		c.Names = nameMemory.Get().(*Names)
		defer func() { nameMemory.Put(c.Names); c.Names = nil }()
	}
	w := cribbers.Get().(*cribber)
	defer w.release()
	w.c, w.pool, w.explained, w.bytes, w.hashes, w.out = c, p, explained, cribBytes, cribHash, nil
	w.split()
	for i := range c.Tree.Fields {
		if w.open(i) {
			w.ciphers(i)
			w.salted(i)
		}
	}
	return w.out
}

// cribber is one run of the cribs over a tree.
type cribber struct {
	c         *Context
	pool      *Pool
	explained []bool
	bytes     int
	hashes    int
	out       []Match
	steps     [2][]byte // room for differences
	raw       []byte    // and for what is looked at
	opened    []byte
}

// cribbers are those at rest, for the room they have.
var cribbers = sync.Pool{New: func() any { return new(cribber) }}

func (w *cribber) release() {
	w.c, w.pool, w.explained, w.out = nil, nil, nil, nil
	cribbers.Put(w)
}

// cribText is a known value long enough to be recognised through a cipher.
type cribText struct {
	entry int32
	text  string
	twins []twin // bytes that occur again: the shape of the text
}

// twin says that the byte at a place is the one that stood so many bytes before.
type twin struct{ at, back int }

// addCribTexts keeps the spellings of a value that ciphers are tried for.
func (p *Pool) addCribTexts(i int32) {
	e := &p.entries[i]
	if len(e.value) < 8 || len(e.value) > 200 || e.forms.isLat || e.forms.isLon || commonWords[strings.ToLower(e.value)] {
		return
	}
	for _, t := range unique(e.value, strings.ToLower(e.value), fold(e.value)) {
		if len(t) < 8 {
			continue
		}
		x := cribText{entry: i, text: t, twins: twins([]byte(t))}
		p.cribs.add(int32(len(p.cribTexts)), &x)
		p.cribTexts = append(p.cribTexts, x)
	}
}

// open reports a leaf that nothing explained and that may hide something.
func (w *cribber) open(i int) bool {
	f := &w.c.Tree.Fields[i]
	if f.Inner && f.Kind != decode.Binary && !oneToken(f.Value) || len(f.Value) < 8 || i < len(w.explained) && w.explained[i] && !strangerAddress(f.Value) || f.Kind == decode.Bool || f.Where == decode.Header && plumbing(f.Key) {
		return false
	}
	return f.Kind != decode.Number || len(f.Value) > 15
}

// oneToken reports a short text without structure that a decoder took apart all the same: a cipher's output may have
// an = or & in it.
func oneToken(v string) bool {
	return len(v) <= 256 && !strings.ContainsAny(v[:1], "{[<\"") && !strings.ContainsAny(v, " \n") && strings.Count(v, "&") < 2
}

// strangerAddress reports a leaf that is an e-mail address and nothing else. One that no pool knows may be one that it
// knows, with its letters rotated.
func strangerAddress(v string) bool {
	return len(v) <= 128 && strings.Count(v, "@") == 1 && !strings.ContainsAny(v, " {<\"=")
}

// ciphers tries XOR, Caesar and substitution on the leaf and on what base64 or hex make of it.
func (w *cribber) ciphers(i int) {
	v := w.c.Tree.Fields[i].Value
	if len(v) > cribLeaf || w.bytes < len(v) {
		return
	}
	p := w.pool
	key := p.quiet.Key(v)
	switch {
	case p.quiet.Has(key, readsAsText):
		return
	case p.quiet.Has(key, hidesNothing):
		w.bytes -= len(v)
		return
	case readable(v):
		p.remember(key, readsAsText)
		return
	}
	w.bytes -= len(v)
	for b := range w.cipherBytes(v) {
		if t, name := w.cipherOf(b); t != nil {
			w.found(i, t.entry, func(m *Match) { m.Cipher, m.Form = name, Encoded })
			return
		}
	}
	p.remember(key, hidesNothing)
}

// found adds a match of the whole leaf.
func (w *cribber) found(i int, entry int32, dress func(*Match)) {
	e := &w.pool.entries[entry]
	m := Match{Rule: "crib", Class: e.class, Known: e.known, Key: e.key, Field: i, End: len(w.c.Tree.Fields[i].Value), Text: e.value, Confidence: Likely}
	dress(&m)
	w.out = append(w.out, m)
}

// readable reports text that is what it seems: words and blanks, an address, a number, a UUID.
func readable(v string) bool {
	if isURL(v) || isUUID(v) || digestShape(v) != "" && isHexText(v) || digitsOf(v) == v {
		return true
	}
	if strings.Count(v, " ")*12 > len(v) && utf8.ValidString(v) && letterShare(v) > 60 {
		return true
	}
	for _, word := range [...]string{"Mozilla/", "function", "http", "iglu:", "application/", "text/"} {
		if strings.Contains(v, word) {
			return true
		}
	}
	return false
}

func isHexText(v string) bool {
	for i := range len(v) {
		if !isHex(v[i]) {
			return false
		}
	}
	return true
}

// cipherBytes returns the bytes that a cipher may have made: the leaf itself, its characters as bytes, and what base64
// or hex hide.
func (w *cribber) cipherBytes(v string) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		w.raw = append(w.raw[:0], v...)
		_ = yield(w.raw) && w.latin(v, yield) && w.unwrapped(v, yield)
	}
}

// latin yields the characters as bytes, if all of them are of the first 256 and some are not ASCII.
func (w *cribber) latin(v string, yield func([]byte) bool) bool {
	if isASCII(v) || !utf8.ValidString(v) {
		return true
	}
	w.raw = w.raw[:0]
	for _, r := range v {
		if r > 255 {
			return true
		}
		w.raw = append(w.raw, byte(r))
	}
	return yield(w.raw)
}

// unwrapped yields what base64 and hex make of a leaf.
func (w *cribber) unwrapped(v string, yield func([]byte) bool) bool {
	trimmed := strings.TrimRight(v, "=")
	if !base64Alphabet(trimmed) {
		return true
	}
	enc := base64.RawStdEncoding
	if strings.ContainsAny(trimmed, "-_") {
		enc = base64.RawURLEncoding
	}
	var err error
	w.raw = append(w.raw[:0], trimmed...)
	if len(trimmed)%4 != 1 {
		if w.opened, err = enc.AppendDecode(w.opened[:0], w.raw); err == nil && len(w.opened) >= 8 && !yield(w.opened) {
			return false
		}
	}
	w.raw = append(w.raw[:0], v...)
	if !isHexText(v) {
		return true
	}
	w.opened, err = hex.AppendDecode(w.opened[:0], w.raw)
	return err != nil || len(w.opened) < 8 || yield(w.opened)
}

// xored reports whether b is the text under a repeating key of that length: b[i]^b[i+length] does not depend on the key.
func xored(b, t []byte, length int) bool {
	for j := 0; j+length < len(t); j++ {
		if b[j]^b[j+length] != t[j]^t[j+length] {
			return false
		}
	}
	return true
}

// shifted reports whether b is the text with a constant added to every byte.
func shifted(b, t []byte) bool {
	shift := b[0] - t[0]
	for j := range t {
		if b[j]-t[j] != shift {
			return false
		}
	}
	return shift != 0
}

// rotated compares letters up to a rotation of the alphabet; everything else must be equal.
func rotated(b, t []byte) bool {
	rot, letters := -1, 0
	for j := range t {
		x, y := lowerByte[t[j]], lowerByte[b[j]]
		if x < 'a' || x > 'z' {
			if t[j] != b[j] {
				return false
			}
			continue
		}
		if y < 'a' || y > 'z' {
			return false
		}
		r := (int(y) - int(x) + 26) % 26
		if rot >= 0 && r != rot {
			return false
		}
		rot = r
		letters++
	}
	return letters >= 6 && rot > 0
}

// twins lists the bytes that occur again: what no monoalphabetic substitution changes.
func twins(b []byte) []twin {
	var last [256]int
	var out []twin
	for i, c := range b {
		if last[c] > 0 {
			out = append(out, twin{i, i + 1 - last[c]})
		}
		last[c] = i + 1
	}
	return out
}

// substituted looks for a window of b with the shape of the text.
func substituted(b []byte, x *cribText) bool {
	n := len(x.text)
window:
	for i := 0; i+n <= len(b); i++ {
		for _, t := range x.twins {
			if b[i+t.at] != b[i+t.at-t.back] {
				continue window
			}
		}
		var seen [256]bool
		next, same := 0, 0
		for j := range n {
			if b[i+j] == x.text[j] {
				if same++; same*4 > n {
					continue window // nearly in clear: the same name in another spelling
				}
			}
			if next < len(x.twins) && x.twins[next].at == j {
				next++
				continue
			}
			if seen[b[i+j]] {
				continue window
			}
			seen[b[i+j]] = true
		}
		return true
	}
	return false
}
