package visit

import (
	"strings"

	"github.com/tagscan/tagscan/crawler/shown"
)

// SignIn is how to tell that a page is seen by somebody who is signed in.
type SignIn = shown.SignIn

// ParseSignIn reads "SELECTOR" or a part of a URL, which begins with "/" or has a "://".
func ParseSignIn(s string) SignIn {
	if strings.HasPrefix(s, "/") || strings.Contains(s, "://") {
		return SignIn{URL: s}
	}
	return SignIn{Selector: s}
}

// signsIn reports whether a recording is one of somebody signing in: it comes to a page for that, or fills a field for it.
func (rec *Recording) signsIn() bool {
	for _, s := range rec.Steps {
		if shown.IsSignInPath(s.URL) || s.secret {
			return true
		}
		for _, chain := range s.Selectors {
			if said := strings.ToLower(strings.Join(chain, " ")); strings.Contains(said, "passw") || shown.SaysSignIn(said) {
				return true
			}
		}
	}
	return false
}
