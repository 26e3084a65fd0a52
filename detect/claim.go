package detect

import (
	"strings"

	"github.com/tagscan/tagscan/crawler/signal"
	"github.com/tagscan/tagscan/detect/rule"
)

// minClaim is the length of the shortest claim about consent that could be taken for an identifier: gcd without a container.
const minClaim = 10

// isClaim reports whether a field holds what the request claims about consent. It differs between those who refused and those
// who accepted, stays the same within each, and identifies nobody.
func isClaim(path, value string) bool {
	r, ok := signal.Recognise(lastName(path), value)
	return ok && r.Claim()
}

// shown wraps what was found in a field. A claim about consent is shown as it is, for it is what the reader has to compare.
func shown(class rule.Class, path, text string) Value {
	text = strings.Clone(text)
	if class == rule.ConsentStr && isClaim(path, text) {
		return Value{text: text, mask: text}
	}
	return NewValue(text)
}
