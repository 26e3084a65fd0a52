// Package web holds the words that everything about the web is said in: the host of an address, the domain that somebody
// registered, an address without its fragment or query. It is a leaf: it imports nothing of ours and decides nothing.
package web

import (
	"net"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Host returns the host of an absolute URL, lower case, without port, brackets and trailing dot; "" if there is none. It
// is made for text that need not be a URL, and many times cheaper than parsing.
func Host(raw string) string {
	_, rest, ok := strings.Cut(raw, "://")
	if !ok {
		return ""
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	if v6, _, ok := strings.Cut(strings.TrimPrefix(rest, "["), "]"); ok && rest[0] == '[' {
		return strings.ToLower(v6)
	}
	host, _, _ := strings.Cut(rest, ":")
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// Registrable returns the domain that somebody registered (https://publicsuffix.org): "shop.example" for
// "www.shop.example". ok is false for what nobody registers: an address, a single label, a public suffix.
func Registrable(host string) (domain string, ok bool) {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if host == "" || isAddress(host) {
		return "", false
	}
	d, err := publicsuffix.EffectiveTLDPlusOne(host)
	return d, err == nil
}

// isAddress reports an IP address. A host that ends in a number is one, or none at all
// (https://url.spec.whatwg.org/#ends-in-a-number-checker).
func isAddress(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	return last != "" && strings.Trim(last, "0123456789") == "" || net.ParseIP(strings.Trim(host, "[]")) != nil
}

// Domain is Registrable, and the host itself where nobody registered it.
func Domain(host string) string {
	if d, ok := Registrable(host); ok {
		return d
	}
	return strings.TrimSuffix(strings.ToLower(host), ".")
}

// Site returns the Domain of a URL's host; "" if it has none.
func Site(raw string) string { return Domain(Host(raw)) }

// DomainOf is Site for what a person may write either way: a URL or a host.
func DomainOf(s string) string {
	switch {
	case strings.Contains(s, "://"):
		return Site(s)
	case net.ParseIP(s) != nil:
		return s
	}
	return Site("host://" + s)
}

// KnownSuffix reports whether a host ends in a suffix under which names are registered, by ICANN or by the owner of a private
// suffix such as github.io.
func KnownSuffix(host string) bool {
	suffix, icann := publicsuffix.PublicSuffix(host)
	return icann || strings.Contains(suffix, ".")
}

// Sites are the Domains of one owner. The zero value has none, and cannot be added to.
type Sites map[string]bool

// SitesOf are those of URLs and hosts.
func SitesOf(list ...string) Sites {
	s := Sites{}
	s.Add(list...)
	return s
}

// Add takes in the sites of URLs and hosts.
func (s Sites) Add(list ...string) {
	for _, x := range list {
		if d := DomainOf(x); d != "" {
			s[d] = true
		}
	}
}

// Own reports whether a URL or a host is the owner's.
func (s Sites) Own(x string) bool { return s[DomainOf(x)] }

// WithoutFragment cuts off what a browser shows and the wire never carries.
func WithoutFragment(raw string) string {
	raw, _, _ = strings.Cut(raw, "#")
	return raw
}

// WithoutQuery is a URL up to its query or fragment.
func WithoutQuery(raw string) string {
	if i := strings.IndexAny(raw, "?#"); i >= 0 {
		return raw[:i]
	}
	return raw
}
