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

// Domain returns the domain that somebody registered (https://publicsuffix.org): "shop.example" for "www.shop.example". An
// address, a single label and a public suffix are their own.
func Domain(host string) string {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if host == "" || net.ParseIP(strings.Trim(host, "[]")) != nil {
		return host
	}
	d, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return host
	}
	return d
}

// Site returns the registrable domain of a URL's host; "" if it has none.
func Site(raw string) string { return Domain(Host(raw)) }

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
