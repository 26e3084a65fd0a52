package rule

import (
	"strings"
)

// digitRuns compares runs of digits and separators with the known digit strings.
func (s *search) digitRuns(i int, v string) {
	var digits [64]byte
	var at [64]int
	for j := 0; j < len(v); {
		if v[j] < '0' || v[j] > '9' {
			j++
			continue
		}
		n, k, gap := 0, j, 0
		for ; k < len(v) && n < len(digits) && gap <= 3; k++ {
			switch c := v[k]; {
			case c >= '0' && c <= '9':
				digits[n], at[n] = c, k
				n++
				gap = 0
			case besideDigits[c]:
				gap++
			default:
				gap = 99
			}
		}
		if n >= s.pool.minDigit {
			s.digitRun(i, v, digits[:n], at[:n])
		}
		j = at[n-1] + 1
	}
}

// besideDigits are the bytes that stand between the digits of a number as people write it; two make a hard space.
var besideDigits = func() (t [256]bool) {
	for _, c := range []byte(" ()-./\u00a0+") {
		t[c] = true
	}
	return t
}()

func (s *search) digitRun(i int, v string, digits []byte, at []int) {
	run := string(digits)
	for d, e := range s.pool.digits {
		for from := 0; ; {
			k := strings.Index(run[from:], d)
			if k < 0 {
				break
			}
			a, b := from+k, from+k+len(d)
			from = a + 1
			// a neighbour that touches without separator makes it another number
			if a > 0 && at[a-1] == at[a]-1 || b < len(at) && at[b] == at[b-1]+1 {
				continue
			}
			start, end := at[a], at[b-1]+1
			if start > 0 && v[start-1] < 0x80 && isLetter(v[start-1]) && !escaped(v, start) || end < len(v) && isLetter(v[end]) {
				continue
			}
			if start > 0 && v[start-1] == '+' {
				start--
			}
			if !s.digitsStand(i, e, len(d)) {
				continue
			}
			s.hits = append(s.hits, hit{field: i, start: start, end: end, pattern: -1, entry: e, conf: Certain})
		}
	}
}

// digitsStand: a short number needs a fitting name, for counters and times have seven digits too.
func (s *search) digitsStand(i int, e int32, n int) bool {
	if n >= 9 {
		return true
	}
	x := &s.pool.entries[e]
	return s.names.at(s.tree, i).fits(x.key, x.class)
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
