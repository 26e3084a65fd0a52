package rule

import (
	"bytes"
	"encoding/binary"
)

// cribIndex finds where a known text may stand under a cipher without trying every text at every place. What a cipher
// leaves unchanged (differences between bytes) is looked up four at a time; only what is there is compared in full.
type cribIndex struct {
	filter [1 << 10]uint64
	places map[uint64][]int32 // key of four differences → indexes of texts
	longer []int32            // texts long enough to be known by their shape alone
}

// maxKey is the length of the longest repeating XOR key that is looked for.
const maxKey = 16

// Kinds of differences; 1 to maxKey are XOR differences at that distance.
const (
	added   = maxKey + 1 // a constant was added to every byte
	turned  = maxKey + 2 // letters were rotated
	kindLen = 8          // bits of a kind in a key
)

func cribKey(kind int, four uint32) uint64 { return uint64(four)<<kindLen | uint64(kind) }

func (x *cribIndex) add(n int32, t *cribText) {
	if x.places == nil {
		x.places = map[uint64][]int32{}
	}
	put := func(kind int, four uint32) {
		k := cribKey(kind, four)
		x.places[k] = append(x.places[k], n)
		h := cribHashOf(k)
		x.filter[h>>6] |= 1 << (h & 63)
	}
	b := []byte(t.text)
	for length := 1; keyFits(length, len(b)); length++ {
		put(length, binary.LittleEndian.Uint32(b)^binary.LittleEndian.Uint32(b[length:]))
	}
	put(added, fourOf(byteSteps(b, nil)))
	put(turned, fourOf(letterSteps(b, nil)))
	if len(b) >= 12 && len(t.twins) >= 6 {
		x.longer = append(x.longer, n)
	}
}

// keyFits reports whether enough of a text of n bytes repeats under a key of the length to be no accident.
func keyFits(length, n int) bool {
	return length <= 8 && n-length >= 7 || length <= maxKey && n-length >= 10
}

func cribHashOf(k uint64) uint64 { return k * 0x9e3779b97f4a7c15 >> 48 }

func fourOf(steps []byte) uint32 { return binary.LittleEndian.Uint32(steps) }

// byteSteps are the differences between neighbours.
func byteSteps(b, out []byte) []byte {
	for i := 1; i < len(b); i++ {
		out = append(out, b[i]-b[i-1])
	}
	return out
}

// letterSteps are the distances in the alphabet between neighbouring letters, and the other bytes as they are.
func letterSteps(b, out []byte) []byte {
	for i := 1; i < len(b); i++ {
		x, y := lowerByte[b[i-1]], lowerByte[b[i]]
		switch {
		case y < 'a' || y > 'z':
			out = append(out, y|0x80)
		case x < 'a' || x > 'z':
			out = append(out, 0x7f)
		default:
			out = append(out, (y-x+26)%26)
		}
	}
	return out
}

// cipherOf returns the longest text that b hides and the name of the cipher, or nil. A text that shows in clear hides
// nothing: the pool has seen it, and left it alone for a reason.
func (w *cribber) cipherOf(b []byte) (best *cribText, name string) {
	take := func(t *cribText, cipher string) {
		if t != nil && (best == nil || len(t.text) > len(best.text)) {
			best, name = t, cipher
		}
	}
	filter := &w.pool.cribs.filter
	for i := 0; i+8 <= len(b); i++ {
		four := binary.LittleEndian.Uint32(b[i:])
		rest := b[i+1:]
		for length := 1; length <= maxKey && length+3 <= len(rest); length++ {
			x := four ^ binary.LittleEndian.Uint32(rest[length-1:])
			if h := cribHashOf(cribKey(length, x)); filter[h>>6]&(1<<(h&63)) != 0 {
				take(w.at(b, i, length, x), "xor")
			}
		}
	}
	w.steps[0], w.steps[1] = byteSteps(b, w.steps[0][:0]), letterSteps(b, w.steps[1][:0])
	for n, steps := range w.steps {
		for i := 0; i+8 <= len(b); i++ {
			take(w.at(b, i, added+n, fourOf(steps[i:])), "caesar")
		}
	}
	if best != nil {
		return best, name
	}
	for _, n := range w.pool.cribs.longer {
		t := &w.pool.cribTexts[n]
		if len(b) >= len(t.text) && substituted(b, t) && !inClear(b, t) {
			take(t, "substitution")
		}
	}
	return best, name
}

// at returns the longest text that stands at i under the cipher, or nil.
func (w *cribber) at(b []byte, i, kind int, four uint32) (best *cribText) {
	x, k := &w.pool.cribs, cribKey(kind, four)
	if h := cribHashOf(k); x.filter[h>>6]&(1<<(h&63)) == 0 {
		return nil
	}
	for _, n := range x.places[k] {
		t := &w.pool.cribTexts[n]
		if i+len(t.text) > len(b) {
			continue
		}
		var hit bool
		switch part := b[i : i+len(t.text)]; kind {
		case added:
			hit = shifted(part, []byte(t.text))
		case turned:
			hit = rotated(part, []byte(t.text))
		default:
			hit = xored(part, []byte(t.text), kind)
		}
		if hit && (best == nil || len(t.text) > len(best.text)) && !inClear(b, t) {
			best = t
		}
	}
	return best
}

func inClear(b []byte, t *cribText) bool {
	return bytes.Contains(bytes.ToLower(b), bytes.ToLower([]byte(t.text)))
}
