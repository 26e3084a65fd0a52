package visit

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/tagscan/tagscan/crawler"
)

// SignIn is how to tell that a page is seen by somebody who is signed in. A page on which that does not hold is blocked:
// what it did not send proves nothing.
type SignIn struct {
	Selector string // CSS: must match something in the main document
	URL      string // must be part of the page's URL
}

// String names what is checked.
func (s SignIn) String() string {
	if s.Selector != "" {
		return s.Selector
	}
	return s.URL
}

// ParseSignIn reads "SELECTOR" or a part of a URL, which begins with "/" or has a "://".
func ParseSignIn(s string) SignIn {
	if strings.HasPrefix(s, "/") || strings.Contains(s, "://") {
		return SignIn{URL: s}
	}
	return SignIn{Selector: s}
}

// errNotSignedIn is why a page is blocked.
type errNotSignedIn struct{ why string }

func (e errNotSignedIn) Error() string { return "sign-in: " + e.why }

// signedIn checks that the page is one of those behind the sign-in.
func (p *visit) signedIn(ctx context.Context) error {
	s := p.v.o.SignIn
	if s == nil {
		if p.task.Via == "flow" || samePage(p.task.URL, p.tab.URL()) {
			return nil
		}
		s = &SignIn{} // led elsewhere: what asks for a password there is a login wall, not the page
	}
	err := s.check(ctx, p.tab)
	var not errNotSignedIn
	if errors.As(err, &not) {
		p.page.Outcome, p.page.Reason = crawler.Blocked, not.Error()
		return nil
	}
	return err
}

// samePage reports whether two addresses differ in scheme, query, "www." or a closing slash at most.
func samePage(a, b string) bool {
	plain := func(raw string) string {
		u, err := url.Parse(raw)
		if err != nil {
			return raw
		}
		return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.") + strings.TrimSuffix(u.Path, "/")
	}
	return plain(a) == plain(b)
}

// check returns errNotSignedIn if the tab's page is not seen signed in.
func (s SignIn) check(ctx context.Context, t *Tab) error {
	var found struct {
		Match    bool
		Bad      string
		URL      string
		Password bool
	}
	if err := t.Evaluate(ctx, "("+signInJS+")("+quote(s.Selector)+")", &found); err != nil {
		return err
	}
	switch {
	case found.Bad != "":
		return errNotSignedIn{fmt.Sprintf("%q is no selector: %s", s.Selector, found.Bad)}
	case s.Selector != "" && !found.Match:
		return errNotSignedIn{fmt.Sprintf("nothing on the page matches %q", s.Selector)}
	case s.URL != "" && !strings.Contains(found.URL, s.URL):
		return errNotSignedIn{fmt.Sprintf("the page is at %s, which does not contain %q", found.URL, s.URL)}
	case s == (SignIn{}) && found.Password:
		return errNotSignedIn{"the page asks for a password"}
	case s.URL != "" && found.Password:
		return errNotSignedIn{"the page asks for a password"}
	}
	return nil
}

// signInJS looks for the selector, in open shadow roots too, and for a single password field that can be seen and asks for
// the present password: forms that set a new one have two, or say so.
const signInJS = `(sel) => {
  const roots = [document];
  for (let i = 0; i < roots.length && roots.length < 300; i++) for (const e of roots[i].querySelectorAll('*')) if (e.shadowRoot) roots.push(e.shadowRoot);
  const out = { Match: false, Bad: '', URL: location.href, Password: false };
  if (sel) try { out.Match = roots.some((r) => r.querySelector(sel)); } catch (e) { out.Bad = e.message; }
  const fields = roots.flatMap((r) => Array.from(r.querySelectorAll('input[type=password]'))).filter((e) => e.getClientRects().length && getComputedStyle(e).visibility === 'visible');
  out.Password = fields.length === 1 && fields[0].autocomplete !== 'new-password';
  return out;
}`
