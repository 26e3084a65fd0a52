package detect

import "fmt"

// Stability is how often a flow was seen when it was looked for: by the crawl, and then by fresh visitors of the same page in
// the same consent state. The zero value is that of a flow that nobody looked for again.
type Stability struct {
	Seen  int `json:"seen"`            // how often, the crawl's one time among them
	Looks int `json:"looks"`           // of how many looks
	Blind int `json:"blind,omitempty"` // further looks that did not see the page whole, and so say nothing
}

// Looked reports whether anybody looked again, blind or not.
func (s Stability) Looked() bool { return s.Looks > 1 || s.Blind > 0 }

// Unstable reports whether the flow was missing in at least half of the looks: then nobody can say that the site sends it, and
// a gate must not rest on it.
func (s Stability) Unstable() bool { return s.Looks > 1 && 2*s.Seen <= s.Looks }

// Settled reports whether no further look can change the answer, if there are at most so many looks in all.
func (s Stability) Settled(looks int) bool { return s.Looks > 1 && 2*s.Seen > looks }

// String is "seen 3 of 3", "seen 1 of 4: not stable"; "" if nobody looked again.
func (s Stability) String() string {
	switch {
	case !s.Looked():
		return ""
	case s.Looks < 2:
		return "seen once; no further look saw the page"
	case s.Unstable():
		return fmt.Sprintf("seen %d of %d: not stable", s.Seen, s.Looks)
	}
	return fmt.Sprintf("seen %d of %d", s.Seen, s.Looks)
}
