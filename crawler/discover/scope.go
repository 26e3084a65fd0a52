package discover

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/tagscan/tagscan/crawler/web"
)

// Scope says which URLs belong to the crawl: those of the registrable domains of its seeds, narrowed by globs. The zero
// value lets nothing pass. It is safe for use by several goroutines.
type Scope struct {
	mu      sync.RWMutex // guards sites
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
		s.sites[site(u)] = true
	}
	for _, host := range extra {
		u, err := parse("https://" + host)
		if err != nil {
			return nil, fmt.Errorf("scope: %w", err)
		}
		s.sites[site(u)] = true
	}
	if len(s.sites) == 0 {
		return nil, errors.New("scope: there is no seed")
	}
	return s, nil
}

// siteOf returns the registrable domain of the URL's host (publicsuffix.org). A host that has none, such as an address or
// a bare name, is its own site, and then the port counts, for on one machine each port is another server.
func siteOf(raw string) (string, error) {
	u, err := parse(raw)
	if err != nil {
		return "", err
	}
	return site(u), nil
}

func site(u *url.URL) string {
	if d, ok := web.Registrable(u.Hostname()); ok {
		return d
	}
	return u.Host
}

// Allows reports whether the URL belongs to the crawl, and if not, why.
func (s *Scope) Allows(raw string) (ok bool, why string) {
	u, err := parse(raw)
	if err != nil {
		return false, err.Error()
	}
	w, detail := s.refuses(u)
	if w == "" {
		return true, ""
	}
	return false, Skip{Why: w, Detail: detail}.String()
}

// Holds reports whether the URL is on a site of the crawl, whatever the globs say.
func (s *Scope) Holds(raw string) bool {
	u, err := parse(raw)
	return err == nil && s.holds(u)
}

func (s *Scope) holds(u *url.URL) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.sites[site(u)]
}

// Adopt makes the site of the URL one of the crawl's.
func (s *Scope) Adopt(raw string) {
	u, err := parse(raw)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sites[site(u)] = true
}

// refuses says why a URL does not belong to the crawl; "" if it does.
func (s *Scope) refuses(u *url.URL) (why Why, detail string) {
	if !s.holds(u) {
		return OtherSite, site(u)
	}
	for _, glob := range s.exclude {
		if matches(glob, u) {
			return Excluded, glob
		}
	}
	for _, glob := range s.include {
		if matches(glob, u) {
			return "", ""
		}
	}
	if len(s.include) > 0 {
		return NotIncluded, ""
	}
	return "", ""
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
