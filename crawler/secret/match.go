package secret

import (
	"bytes"
	"slices"
	"strings"
)

const (
	// anchor is how many bytes of a spelling are looked up at every place of a text.
	anchor = 4
	// prefix is how many bytes tell most spellings apart that begin alike, as those of the cookies of one site do.
	prefix = 16
)

// matcher finds the spellings in bytes: at every place one look into a table of bits, and only where that says so into those of the
// spellings that begin there.
type matcher struct {
	maybe   []uint64 // bits of the hashes of anchors
	short   map[[anchor]byte][]pair
	long    map[[prefix]byte][]pair // each list with the longest first
	longest int
}

// maybeBits is some sixty for each anchor of fifty secrets.
const maybeBits = 1 << 20

func hashOf(a [anchor]byte) uint32 {
	x := uint32(a[0]) | uint32(a[1])<<8 | uint32(a[2])<<16 | uint32(a[3])<<24
	return (x * 2654435761) >> 12 // Knuth's multiplicative hash, twenty bits of it
}

func newMatcher(pairs []pair) matcher {
	m := matcher{short: map[[anchor]byte][]pair{}, long: map[[prefix]byte][]pair{}, maybe: make([]uint64, maybeBits/64)}
	seen := map[[2]string]bool{}
	slices.SortStableFunc(pairs, func(a, b pair) int { return len(b.from) - len(a.from) })
	for _, p := range pairs {
		if len(p.from) < minLength || seen[[2]string{p.from, p.alphabet}] {
			continue
		}
		seen[[2]string{p.from, p.alphabet}] = true
		h := hashOf([anchor]byte([]byte(p.from[:anchor])))
		m.maybe[h/64] |= 1 << (h % 64)
		m.longest = max(m.longest, len(p.from))
		if len(p.from) >= prefix {
			a := [prefix]byte([]byte(p.from[:prefix]))
			m.long[a] = append(m.long[a], p)
			continue
		}
		a := [anchor]byte([]byte(p.from[:anchor]))
		m.short[a] = append(m.short[a], p)
	}
	return m
}

// at returns the longest spelling that stands at a place.
func (m *matcher) at(b []byte, i int) (pair, bool) {
	a := [anchor]byte(b[i : i+anchor])
	h := hashOf(a)
	if m.maybe[h/64]&(1<<(h%64)) == 0 {
		return pair{}, false
	}
	if len(b)-i >= prefix {
		if p, ok := first(m.long[[prefix]byte(b[i:i+prefix])], b[i:]); ok {
			return p, true
		}
	}
	return first(m.short[a], b[i:])
}

func first(list []pair, b []byte) (pair, bool) {
	for _, p := range list {
		if len(b) >= len(p.from) && string(b[:len(p.from)]) == p.from {
			return p, true
		}
	}
	return pair{}, false
}

// replace returns b with all spellings replaced, b itself if there are none. b is not changed.
func (m *matcher) replace(b []byte) []byte {
	out, rest, changed := m.scan(b, len(b))
	if !changed {
		return b
	}
	return append(out, rest...)
}

// settled replaces what stands in b before its last hold bytes. rest is what was not looked at yet, and the byte before it, for its
// bits may be another's.
func (m *matcher) settled(b []byte, hold int) (out, rest []byte) {
	out, rest, changed := m.scan(b, len(b)-hold)
	if !changed {
		end := len(b) - hold
		return b[:end-1], b[end-1:]
	}
	last := len(out) - 1
	return out[:last], append([]byte{out[last]}, rest...)
}

// scan looks at every place before end, and returns what is before the last of them with all spellings replaced, and what is
// behind. changed is false if there is nothing to replace: then nothing is returned.
func (m *matcher) scan(b []byte, end int) (out, rest []byte, changed bool) {
	done := 0
	for i := 0; i+anchor <= len(b) && i < end; i++ {
		p, ok := m.at(b, i)
		if !ok {
			continue
		}
		if !changed {
			changed, out = true, make([]byte, 0, len(b))
			b = bytes.Clone(b) // its edges are changed
		}
		out = append(out, b[done:i]...)
		if len(out) > 0 {
			out[len(out)-1] = p.left.shared(p.alphabet, out[len(out)-1])
		}
		out = append(out, p.to...)
		done = i + len(p.from)
		if done < len(b) {
			b[done] = p.right.shared(p.alphabet, b[done])
		}
		i = done - 1
	}
	if !changed {
		return nil, nil, false
	}
	if done < end {
		out = append(out, b[done:end]...)
		done = end
	}
	return out, b[done:], true
}

// shared is a letter of base64 with the bits of the token in the place of those of the value. A letter whose bits are others is
// left alone: something else stands there.
func (e edge) shared(alphabet string, letter byte) byte {
	i := strings.IndexByte(alphabet, letter)
	if e.mask == 0 || i < 0 || byte(i)&e.mask != e.value {
		return letter
	}
	return alphabet[byte(i)&^e.mask|e.token]
}
