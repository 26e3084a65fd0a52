package discover

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"golang.org/x/net/publicsuffix"
)

// Scope says which URLs belong to the crawl: those of the registrable domains of its seeds, narrowed by globs. The zero
// value lets nothing pass.
type Scope struct {
	sites   map[string]bool
	include []string
	exclude []string
}

// NewScope makes the scope of the seeds. extra are further registrable domains, or hosts of them, that belong to the
// site. If include is not empty a URL must match one of its globs; a URL that matches one of exclude is never followed.
//
// A glob with "://" is held against the whole URL, one that begins with "/" against the path (with and without query),
// any other against host and path. "*" stays between slashes, "**" does not.
func NewScope(seeds, extra, include, exclude []string) (*Scope, error) {
	s := &Scope{sites: map[string]bool{}, include: include, exclude: exclude}
	for _, glob := range append(append([]string{}, include...), exclude...) {
		if glob == "" || !doublestar.ValidatePattern(glob) {
			return nil, fmt.Errorf("glob %q: %w: write for example \"/docs/**\" or \"*.example.com/**\"", glob, doublestar.ErrBadPattern)
		}
	}
	for _, seed := range seeds {
		u, err := parse(seed)
		if err != nil {
			return nil, fmt.Errorf("seed: %w", err)
		}
		s.sites[siteOf(u)] = true
	}
	for _, host := range extra {
		u, err := parse("https://" + host)
		if err != nil {
			return nil, fmt.Errorf("scope: %w", err)
		}
		s.sites[siteOf(u)] = true
	}
	if len(s.sites) == 0 {
		return nil, errors.New("scope: there is no seed")
	}
	return s, nil
}

// Site returns the registrable domain of the URL's host (publicsuffix.org). A host that has none, such as an address or
// a bare name, is its own site, and then the port counts, for on one machine each port is another server.
func Site(raw string) (string, error) {
	u, err := parse(raw)
	if err != nil {
		return "", err
	}
	return siteOf(u), nil
}

func siteOf(u *url.URL) string {
	host := u.Hostname()
	if net.ParseIP(host) != nil || !strings.Contains(host, ".") {
		return u.Host
	}
	if site, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return site
	}
	return u.Host
}

// Allows reports whether the URL belongs to the crawl, and if not, why.
func (s *Scope) Allows(raw string) (ok bool, why string) {
	u, err := parse(raw)
	if err != nil {
		return false, err.Error()
	}
	return s.allows(u)
}

func (s *Scope) allows(u *url.URL) (ok bool, why string) {
	if !s.sites[siteOf(u)] {
		return false, "another site"
	}
	for _, glob := range s.exclude {
		if matches(glob, u) {
			return false, "excluded by " + glob
		}
	}
	for _, glob := range s.include {
		if matches(glob, u) {
			return true, ""
		}
	}
	if len(s.include) > 0 {
		return false, "not included"
	}
	return true, ""
}

func matches(glob string, u *url.URL) bool {
	prefix := u.Host
	switch {
	case strings.Contains(glob, "://"):
		prefix = u.Scheme + "://" + u.Host
	case strings.HasPrefix(glob, "/"):
		prefix = ""
	}
	for _, rest := range []string{u.EscapedPath(), u.Path, u.RequestURI()} {
		if ok, _ := doublestar.Match(glob, prefix+rest); ok {
			return true
		}
	}
	return false
}
