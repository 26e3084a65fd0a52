package visit

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"

	"github.com/tagscan/tagscan/crawler"
)

// Session is what makes a visitor signed in: cookies, and web storage by origin. Its JSON is that of Playwright's
// storageState (https://playwright.dev/docs/api/class-browsercontext#browser-context-storage-state), so that either tool
// reads the other's files; Playwright's has no session storage, where some applications keep their token. It is a secret.
type Session struct {
	Cookies []SessionCookie `json:"cookies"`
	Origins []SessionOrigin `json:"origins"`
}

// SessionCookie is one cookie. Expires is in seconds since 1970; -1 is a session cookie.
type SessionCookie struct {
	Name     string  `json:"name"`
	Value    string  `json:"value"`
	Domain   string  `json:"domain"`
	Path     string  `json:"path"`
	Expires  float64 `json:"expires"`
	HTTPOnly bool    `json:"httpOnly"`
	Secure   bool    `json:"secure"`
	SameSite string  `json:"sameSite,omitempty"` // Strict, Lax, None
}

// SessionOrigin is the web storage of one origin. Session storage is that of a tab; every tab of a visitor begins with it.
type SessionOrigin struct {
	Origin         string      `json:"origin"`
	LocalStorage   []NameValue `json:"localStorage"`
	SessionStorage []NameValue `json:"sessionStorage,omitempty"`
}

// NameValue is one entry of web storage.
type NameValue struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// ReadSession reads a session file: one that tagscan wrote, or Playwright's storageState.
func ReadSession(r io.Reader) (Session, error) {
	var s Session
	dec := json.NewDecoder(r)
	if err := dec.Decode(&s); err != nil {
		return s, fmt.Errorf("session: %w", err)
	}
	if len(s.Cookies) == 0 && len(s.Origins) == 0 {
		return s, errors.New("session: there are no cookies and no origins in it")
	}
	for i, c := range s.Cookies {
		if c.Name == "" || c.Domain == "" {
			return s, fmt.Errorf("session: cookie %d has no name or no domain", i+1)
		}
	}
	for _, o := range s.Origins {
		if u, err := url.Parse(o.Origin); err != nil || u.Host == "" {
			return s, fmt.Errorf("session: %q is not an origin", o.Origin)
		}
	}
	return s, nil
}

// Write writes the session, sorted, so that the same session gives the same bytes.
func (s Session) Write(w io.Writer) error {
	slices.SortFunc(s.Cookies, func(a, b SessionCookie) int {
		return cmp.Or(strings.Compare(a.Domain, b.Domain), strings.Compare(a.Path, b.Path), strings.Compare(a.Name, b.Name))
	})
	slices.SortFunc(s.Origins, func(a, b SessionOrigin) int { return strings.Compare(a.Origin, b.Origin) })
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(s)
}

// Restore puts the session into the options: every profile begins with it. Cookies that have expired by now are left out,
// and named, for a session of which the important part is gone is no session; pages of their sites tell it.
func (s Session) Restore(o *Options, now time.Time) (expired []string) {
	for _, c := range s.Cookies {
		p := &network.CookieParam{
			Name: c.Name, Value: c.Value, Domain: c.Domain, Path: cmp.Or(c.Path, "/"), HTTPOnly: c.HTTPOnly, Secure: c.Secure,
			SameSite: network.CookieSameSite(c.SameSite),
		}
		if c.Expires > 0 {
			sec, frac := math.Modf(c.Expires)
			at := time.Unix(int64(sec), int64(frac*1e9))
			if !at.After(now) {
				expired = append(expired, c.Name)
				o.Expired = append(o.Expired, p)
				continue
			}
			p.Expires = cdp.TimeSinceEpoch(c.Expires)
		}
		o.Cookies = append(o.Cookies, p)
	}
	for _, origin := range s.Origins {
		for _, e := range origin.LocalStorage {
			o.Storage = append(o.Storage, crawler.Storage{Origin: origin.Origin, Area: "local", Key: e.Name, Value: e.Value})
		}
		for _, e := range origin.SessionStorage {
			o.Storage = append(o.Storage, crawler.Storage{Origin: origin.Origin, Area: "session", Key: e.Name, Value: e.Value})
		}
	}
	return expired
}
