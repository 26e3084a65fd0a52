package detect

import (
	"net"
	"net/url"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// hostOf returns the host of a URL, lower case, without port; "" if there is none.
func hostOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// registrable returns the domain that somebody registered: "shop.example" for "www.shop.example". An address, a single
// label and a public suffix are their own.
func registrable(host string) string {
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
