package discover

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"path"
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

// maxURL bounds the length in bytes of a URL that is followed; browsers and servers stop at about this size.
const maxURL = 8 << 10

var errNotHTTP = errors.New("only http and https are followed")

// Normalize returns the URL in the spelling under which it is visited: scheme and host in lower case, the host in ASCII,
// no default port, no dot segments, percent escapes in capitals and only where they are needed, and no fragment, unless it
// is one by which a page routes ("#/" or "#!"). It refuses everything but http and https, and URLs with a user or password.
func Normalize(raw string) (string, error) {
	u, err := parse(raw)
	if err != nil {
		return "", err
	}
	return u.String(), nil
}

func parse(raw string) (*url.URL, error) {
	if len(raw) > maxURL {
		return nil, fmt.Errorf("URL of %d bytes is longer than %d", len(raw), maxURL)
	}
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		return nil, err
	}
	u.Scheme = strings.ToLower(u.Scheme)
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("%q: %w", raw, errNotHTTP)
	case u.Opaque != "" || u.Hostname() == "":
		return nil, fmt.Errorf("%q has no host: write it as https://host/path", raw)
	case u.User != nil:
		return nil, fmt.Errorf("URL for %s holds a user or password: leave it out", u.Hostname())
	}
	if u.Host, err = normalHost(u); err != nil {
		return nil, err
	}
	u.Path, u.RawPath = normalPath(u)
	if !strings.HasPrefix(u.Fragment, "/") && !strings.HasPrefix(u.Fragment, "!") {
		u.Fragment, u.RawFragment = "", ""
	}
	u.ForceQuery = false
	return u, nil
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
	if port == "" || (u.Scheme == "http" && port == "80") || (u.Scheme == "https" && port == "443") {
		return host, nil
	}
	return host + ":" + port, nil
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

func isCarried(name string) bool {
	name = strings.ToLower(name)
	return carried[name] || strings.HasPrefix(name, "utm_")
}

// Key names the page that a URL leads to: URLs with the same key are one page. "" if it is none.
func Key(raw string) string {
	u, err := parse(raw)
	if err != nil {
		return ""
	}
	return key(u)
}

// key names the page that a URL leads to: URLs with the same key are visited once. It leaves out the scheme, a slash at
// the end, what tells where a visitor came from, and the order of the query.
func key(u *url.URL) string {
	pairs := slices.DeleteFunc(queryPairs(u), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		return isCarried(name)
	})
	slices.Sort(pairs)
	k := u.Host + strings.TrimSuffix(u.EscapedPath(), "/")
	if len(pairs) > 0 {
		k += "?" + strings.Join(pairs, "&")
	}
	if u.Fragment != "" {
		k += "#" + u.Fragment
	}
	return k
}

func queryPairs(u *url.URL) []string {
	return slices.DeleteFunc(strings.Split(u.RawQuery, "&"), func(pair string) bool { return pair == "" })
}
