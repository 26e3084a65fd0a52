package signal

import (
	"iter"
	"slices"
	"strconv"
	"strings"
)

// IDs is a set of ids, held as ranges. The zero value is empty.
type IDs struct {
	ranges []idRange // sorted, apart by at least one
}

type idRange struct{ first, last int }

// idsOf makes a set.
func idsOf(ids ...int) IDs {
	var s IDs
	for _, id := range ids {
		s.ranges = append(s.ranges, idRange{id, id})
	}
	return s.merged()
}

// merged sorts the ranges and joins those that touch.
func (s IDs) merged() IDs {
	slices.SortFunc(s.ranges, func(a, b idRange) int { return a.first - b.first })
	var out []idRange
	for _, r := range s.ranges {
		if n := len(out); n > 0 && r.first <= out[n-1].last+1 {
			out[n-1].last = max(out[n-1].last, r.last)
			continue
		}
		out = append(out, r)
	}
	return IDs{out}
}

// Has reports whether id is in the set.
func (s IDs) Has(id int) bool {
	i, found := slices.BinarySearchFunc(s.ranges, id, func(r idRange, id int) int { return r.first - id })
	return found || i > 0 && id <= s.ranges[i-1].last
}

// Len is how many ids the set has.
func (s IDs) Len() int {
	n := 0
	for _, r := range s.ranges {
		n += r.last - r.first + 1
	}
	return n
}

// last is the largest id, 0 of an empty set.
func (s IDs) last() int {
	if n := len(s.ranges); n > 0 {
		return s.ranges[n-1].last
	}
	return 0
}

// All yields the ids in ascending order.
func (s IDs) All() iter.Seq[int] {
	return func(yield func(int) bool) {
		for _, r := range s.ranges {
			for id := r.first; id <= r.last; id++ {
				if !yield(id) {
					return
				}
			}
		}
	}
}

// Slice returns the ids in ascending order, nil if there are none.
func (s IDs) Slice() []int { return slices.Collect(s.All()) }

// String writes the set for a person: "1-11, 755", "none".
func (s IDs) String() string {
	if len(s.ranges) == 0 {
		return "none"
	}
	var b strings.Builder
	for i, r := range s.ranges {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Itoa(r.first))
		if r.last > r.first {
			b.WriteString("-" + strconv.Itoa(r.last))
		}
	}
	return b.String()
}

// MarshalText implements encoding.TextMarshaler with the words of String.
func (s IDs) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
