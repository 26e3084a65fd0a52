package recipient

import (
	"slices"
	"strings"

	"github.com/tagscan/tagscan/detect/decode"
)

// relayed returns the endpoint of a vendor whose whole request the site passes on: one parameter of an address of its own is
// the vendor's address, wrapped so that nobody reads it. That of a picture or of a page that somebody was on is written plainly.
func (s *search) relayed() *endpoint {
	if s.t == nil || !s.first {
		return nil
	}
	for i := range s.t.Fields {
		f := &s.t.Fields[i]
		if f.Parent < 0 || !strings.HasPrefix(f.Value, "http") || s.t.Fields[f.Parent].Parent >= 0 || !wrapped(f) {
			continue
		}
		inner := &search{c: s.c, r: s.r, address: newAddress(f.Value)}
		e, _ := s.c.claims(inner.host, inner.path, func(e *endpoint) bool {
			return slices.ContainsFunc(e.paths, func(g glob) bool { return g.match(inner.path) })
		})
		if e != nil {
			return e
		}
	}
	return nil
}

// wrapped reports whether a field was decoded out of a text that says nothing to its reader, and out of nothing else.
func wrapped(f *decode.Field) bool {
	opaque := false
	for _, d := range f.Chain {
		switch d {
		case "base64", "hex", "base32", "reverse", "rot13", "gzip", "zlib":
			opaque = true
		case "percent", "plus":
		default:
			return false
		}
	}
	return opaque
}
