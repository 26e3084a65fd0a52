package signal

import (
	"fmt"
	"strings"
	"time"
)

const base64url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// sextets has the value of every character of base64url plus one, 0 for all others.
var sextets = func() (t [256]byte) {
	for i := range len(base64url) {
		t[base64url[i]] = byte(i + 1)
	}
	return t
}()

// bits reads a base64url string as numbers, high bit first. The first fault stops it: everything after reads as 0.
type bits struct {
	text  string // without padding
	pos   int    // in bits
	fault *Fault
	minor *Fault // does not keep the string from being read

	fib   bool // ids in ranges are Fibonacci-coded, as GPP strings have them; 16 bits each otherwise, as TC strings have them
	exact bool // a set in ranges must end with the largest id it announces: what tells the two codings apart
}

// newBits begins to read text. Characters that the alphabet lacks, and padding, are faults.
func newBits(text string) *bits {
	b := &bits{text: strings.TrimRight(text, "=")}
	for i := range len(b.text) {
		if sextets[b.text[i]] == 0 {
			b.fail(FaultAlphabet, "character %d, %q, is not one of base64url", i+1, b.text[i])
			return b
		}
	}
	switch {
	case b.text == "":
		b.fail(FaultEmpty, "is empty")
	case len(b.text) != len(text):
		b.minor = &Fault{Code: FaultPadding, Text: "ends in padding, which the format does not have"}
	}
	return b
}

func (b *bits) fail(code FaultCode, format string, args ...any) {
	if b.fault == nil {
		b.fault = &Fault{Code: code, Text: fmt.Sprintf(format, args...)}
	}
}

func (b *bits) left() int { return 6*len(b.text) - b.pos }

// int reads a number of n bits, 36 at most; what names it in a fault.
func (b *bits) int(n int, what string) int {
	if b.fault != nil {
		return 0
	}
	if b.left() < n {
		b.fail(FaultTruncated, "ends after %d bits, in the middle of its %s", 6*len(b.text), what)
		return 0
	}
	v := 0
	for n > 0 {
		have := 6 - b.pos%6
		take := min(have, n)
		sextet := int(sextets[b.text[b.pos/6]] - 1)
		v = v<<take | sextet>>(have-take)&(1<<take-1)
		b.pos += take
		n -= take
	}
	return v
}

func (b *bits) bool(what string) bool { return b.int(1, what) == 1 }

// time reads a time in tenths of a second since 1970.
func (b *bits) time(what string) time.Time {
	ds := b.int(36, what)
	if ds == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(ds) * 100).UTC()
}

// letters reads two letters of six bits each, A = 0.
func (b *bits) letters(what string) string {
	s := [2]byte{}
	for i := range s {
		c := b.int(6, what)
		if c > 25 {
			b.fail(FaultValue, "has no letter in its %s", what)
			return ""
		}
		s[i] = 'A' + byte(c)
	}
	if b.fault != nil {
		return ""
	}
	return string(s[:])
}

// flags reads a field of n bits; bit 1 is the first.
func (b *bits) flags(n int, what string) IDs {
	var s IDs
	for id := 1; id <= n && b.fault == nil; id++ {
		if !b.bool(what) {
			continue
		}
		if last := len(s.ranges) - 1; last >= 0 && s.ranges[last].last == id-1 {
			s.ranges[last].last = id
			continue
		}
		s.ranges = append(s.ranges, idRange{id, id})
	}
	if b.fault != nil {
		return IDs{}
	}
	return s
}

// number reads an id in a range; last is the one before it, which Fibonacci-coded ones count from.
func (b *bits) number(last int, what string) int {
	if b.fib {
		return b.fibonacci(last, what)
	}
	return b.int(16, what)
}

// fibonacci reads a number in Fibonacci coding, which ends at two ones in a row, and adds it to the last one.
func (b *bits) fibonacci(last int, what string) int {
	v, small, big := 0, 1, 2
	for before := false; b.fault == nil; {
		bit := b.bool(what)
		switch {
		case bit && before:
			return b.id(last+v, what)
		case bit:
			v += small
		}
		if v > maxID {
			return b.id(v, what)
		}
		before = bit
		small, big = min(big, 2*maxID), min(small+big, 2*maxID)
	}
	return 0
}

// maxID is the largest id that vendors and sections can have: 16 bits.
const maxID = 1<<16 - 1

func (b *bits) id(v int, what string) int {
	if v > maxID && b.fault == nil {
		b.fail(FaultValue, "has the id %d in its %s, which is too large", v, what)
		return 0
	}
	return v
}

// ids reads ranges: how many there are in 12 bits, then for each a bit that says whether it is a range or a single id, and
// one or two numbers.
func (b *bits) ids(what string) IDs {
	var s IDs
	last := 0
	for n := b.int(12, what); n > 0 && b.fault == nil; n-- {
		isRange := b.bool(what)
		first := b.number(last, what)
		last = first
		if isRange {
			last = b.number(last, what)
		}
		if last < first {
			b.fail(FaultValue, "has a range of %s from %d back to %d", what, first, last)
		}
		s.ranges = append(s.ranges, idRange{first, last})
	}
	if b.fault != nil {
		return IDs{}
	}
	s = s.merged()
	if s.Has(0) {
		b.fail(FaultValue, "has the id 0 in its %s", what)
	}
	return s
}

// optimized reads a set of vendors in the shorter of two forms: the largest id in 16 bits, a bit, then ranges or a bit for
// each id.
func (b *bits) optimized(what string) IDs {
	most := b.int(16, what)
	if !b.bool(what) {
		return b.flags(most, what)
	}
	s := b.ids(what)
	if last := s.last(); b.exact && last != most {
		b.fail(FaultValue, "announces %d as the largest of its %s, and ends with %d", most, what, last)
	}
	return s
}

// end says what follows the last field: zeros alone fill up to a whole character or byte.
func (b *bits) end() *Fault {
	for b.fault == nil && b.left() > 0 {
		if n := min(b.left(), 30); b.int(n, "padding") != 0 {
			b.fail(FaultTrailing, "has bits that are set after its last field")
		}
	}
	if b.fault == nil {
		return b.minor
	}
	return b.fault
}
