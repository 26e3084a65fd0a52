package discover

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler/web"
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
	if err := web.Normalize(u); err != nil {
		return nil, err
	}
	return u, nil
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
	pairs := slices.DeleteFunc(web.Pairs(u), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		return web.Carried(name)
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
