package rule

import "strings"

// A trace is a key of 32 bits of a text that could be a value known only later: a digest, an identifier, a number. Requests
// leave traces, and what is learned has some; a request that has none of them does not hold it. Two texts may have one trace.

// minTrace and maxTrace bound, in bytes, the texts that leave a trace. Shorter ones prove nothing, longer ones are documents.
const (
	minTrace = 8
	maxTrace = 128
)

// Kinds of bytes in texts that leave traces.
const (
	inWord  = 1 << iota // letters and digits
	inToken             // of an identifier or an address: a word's, and . - _ @
	inCode              // of base64
)

var traceByte = func() (t [256]byte) {
	for c := range 256 {
		if b := byte(c); b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' {
			t[c] = inWord | inToken | inCode
		}
	}
	t['.'], t['@'] = inToken, inToken
	t['-'], t['_'] = inToken|inCode, inToken|inCode
	t['+'], t['/'] = inCode, inCode
	return t
}()

// Traces calls yield for every trace of a field's value: of its words, its tokens, what could be base64 of a digest, the whole if
// it is short, and its digits if it could be a telephone number.
func Traces(v string, yield func(trace uint32)) {
	var start [3]int // of the run of each kind of bytes
	var digit [3]int // the last digit that was seen, as an index from 1
	last := 0
	flush := func(k, end int) {
		n := end - start[k]
		if n < minTrace || n > maxTrace {
			return
		}
		if k == 2 {
			if digestCode(n) {
				yield(traceOf(v[start[k]:end]))
			}
			return
		}
		if digit[k] > start[k] {
			yield(traceOf(v[start[k]:end]))
		}
	}
	for i := range len(v) {
		kinds := traceByte[v[i]]
		if isDigit(v[i]) {
			last = i + 1
			digit[0], digit[1] = last, last
		}
		if kinds == inWord|inToken|inCode {
			continue
		}
		for k := range 3 {
			if kinds&(1<<k) == 0 {
				flush(k, i)
				start[k] = i + 1
			}
		}
	}
	for k := range 3 {
		flush(k, len(v))
	}
	if start[1] > 0 && len(v) >= minTrace && len(v) <= maxTrace && last > 0 {
		yield(traceOf(v))
	}
	if last > 0 && len(v) <= maxPhoneText {
		if d := digitsOf(v); len(d) >= certainDigits && len(d) < len(v) {
			yield(traceOf(d))
		}
	}
}

// maxPhoneText is the length in bytes of the longest telephone number as people write it.
const maxPhoneText = 24

// digestCode reports the number of base64 digits, without padding, of a digest of 16, 20, 32 or 64 bytes.
func digestCode(n int) bool { return n == 22 || n == 27 || n == 43 || n == 86 }

// traceOf is the trace of a text: FNV-1a of its folded bytes.
func traceOf(s string) uint32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(foldByte[s[i]])) * 16777619
	}
	return h
}

// Traces are the traces of the pool's patterns, in the forms in which they leave one.
func (p *Pool) Traces() map[uint32]bool {
	out := map[uint32]bool{}
	for i := range p.patterns {
		switch x := &p.patterns[i]; x.kind {
		case plainText, exactText, hexDigest, b64Digest:
			out[traceOf(strings.TrimSpace(x.text))] = true
		}
	}
	for d := range p.digits {
		out[traceOf(d)] = true
	}
	return out
}
