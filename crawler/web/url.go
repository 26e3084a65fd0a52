package web

import (
	"fmt"
	"net"
	"net/url"
	"path"
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

// Normalize gives an absolute URL the spelling under which it is one with its others: scheme and host in lower case, the
// host in ASCII, no default port, no dot segments, percent escapes in capitals and only where they are needed, and no
// fragment, unless it is one by which a page routes ("#/" or "#!").
func Normalize(u *url.URL) error {
	host, err := normalHost(u)
	if err != nil {
		return err
	}
	u.Scheme, u.Host = strings.ToLower(u.Scheme), host
	u.Path, u.RawPath = normalPath(u)
	if !strings.HasPrefix(u.Fragment, "/") && !strings.HasPrefix(u.Fragment, "!") {
		u.Fragment, u.RawFragment = "", ""
	}
	u.ForceQuery = false
	return nil
}

func normalHost(u *url.URL) (string, error) {
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if net.ParseIP(host) == nil {
		ascii, err := idna.Lookup.ToASCII(host)
		if err == nil {
			host = ascii
		} else if strings.ContainsFunc(host, func(r rune) bool { return r > 0x7e || r <= ' ' }) {
			return "", fmt.Errorf("host %q: %w", host, err)
		}
	}
	host = strings.TrimRight(host, ".")
	if host == "" {
		return "", fmt.Errorf("%q has no host", u.Host)
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	port := u.Port()
	if port == "" || (strings.EqualFold(u.Scheme, "http") && port == "80") || (strings.EqualFold(u.Scheme, "https") && port == "443") {
		return host, nil
	}
	return host + ":" + port, nil
}

// Port is the port of an address: the one it names, else that of its scheme (http, ws: 80; https, wss: 443).
func Port(u *url.URL) string {
	switch p := u.Port(); {
	case p != "":
		return p
	case u.Scheme == "https", u.Scheme == "wss":
		return "443"
	}
	return "80"
}

// normalPath resolves dot segments on the escaped path, so that an escaped slash stays one.
func normalPath(u *url.URL) (plain, raw string) {
	raw = normalEscapes(u.EscapedPath())
	clean := path.Clean("/" + raw)
	if clean != "/" && (strings.HasSuffix(raw, "/") || strings.HasSuffix(raw, "/.") || strings.HasSuffix(raw, "/..")) {
		clean += "/"
	}
	plain, err := url.PathUnescape(clean)
	if err != nil {
		return u.Path, u.RawPath
	}
	return plain, clean
}

// normalEscapes decodes escapes of characters that need none (RFC 3986, 2.3) and writes the others in capitals.
func normalEscapes(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			hi, lo := unhex(s[i+1]), unhex(s[i+2])
			if hi >= 0 && lo >= 0 {
				if c := byte(hi<<4 | lo); isUnreserved(c) {
					b.WriteByte(c)
				} else {
					b.WriteString(strings.ToUpper(s[i : i+3]))
				}
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

func isUnreserved(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

// carried are query parameters that tell where a visitor came from and that a page's content does not depend on.
var carried = map[string]bool{
	"gclid": true, "gbraid": true, "wbraid": true, "gclsrc": true, "dclid": true, "fbclid": true, "msclkid": true, "ttclid": true,
	"twclid": true, "li_fat_id": true, "igshid": true, "yclid": true, "mc_cid": true, "mc_eid": true, "_ga": true, "_gl": true,
	"hsa_acc": true, "hsa_cam": true, "_hsenc": true, "_hsmi": true, "mkt_tok": true, "vero_id": true, "srsltid": true, "epik": true,
	"phpsessid": true, "jsessionid": true, "sid": true,
}

// Carried reports whether a query parameter only tells where a visitor came from.
func Carried(name string) bool {
	name = strings.ToLower(name)
	return carried[name] || strings.HasPrefix(name, "utm_")
}

// Pairs are the parameters of a URL's query, name=value, as they stand there.
func Pairs(u *url.URL) []string {
	return slices.DeleteFunc(strings.Split(u.RawQuery, "&"), func(pair string) bool { return pair == "" })
}

// NamesSite reports whether the query of an address names the site that was asked for: a gate lets its visitors through to
// there, a new home does not.
func NamesSite(at, asked string) bool {
	u, err := url.Parse(at)
	if err != nil {
		return false
	}
	query := strings.ToLower(u.RawQuery)
	if plain, err := url.QueryUnescape(query); err == nil {
		query += "&" + plain
	}
	host := Host(asked)
	return host != "" && strings.Contains(query, host)
}
