package shown

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
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

// signInWord begins the reason of a page that is not seen as somebody who is signed in sees it.
const signInWord = "sign-in"

// notSignedIn is a page that is not one of those behind the sign-in.
func notSignedIn(text string) *Instead {
	return &Instead{Kind: crawler.GapLogin, Word: signInWord, Text: text}
}

// signInPage tells a page that asks who is there, where somebody was to be signed in, or where the page that was asked for is
// behind it; nil: none was seen. Who asks for the sign-in page itself, as nobody, has seen it.
func (f *Facts) signInPage() *Instead {
	if s := f.SignIn; s != nil {
		if f.Status == http.StatusUnauthorized {
			return notSignedIn("the server answered 401, so the session does not hold")
		}
		if !f.Looked {
			return nil
		}
		switch {
		case f.Bad != "":
			return notSignedIn(fmt.Sprintf("%q is no selector: %s", s.Selector, f.Bad))
		case s.Selector != "" && !f.Match:
			return notSignedIn(fmt.Sprintf("nothing on the page matches %q", s.Selector))
		case s.Selector != "":
			return nil // what the user says that only signed-in users see is there
		case s.URL != "" && !strings.Contains(f.URL, s.URL):
			return notSignedIn(fmt.Sprintf("the page's address does not contain %q", s.URL))
		}
	} else if !f.Looked || f.Flow || !f.ledElsewhere() {
		return f.sessionOver()
	}
	if why := f.asksWho(); why != "" {
		return notSignedIn(why)
	}
	if f.mayShowMore() && f.blank() && IsSignInPath(f.URL) {
		return notSignedIn("the page is one to sign in on")
	}
	if f.SignIn != nil && f.Claimed {
		if why := f.nobody(); why != "" {
			return notSignedIn(why)
		}
		if f.Ended != "" && !f.offersOut() {
			return notSignedIn(f.Ended)
		}
	}
	return nil
}

// sessions are what applications say to who was signed in.
var sessions = sessionSayings.phrases()

// sessionOver tells a page that says, and nothing else, that a session is over: whoever is to see what is behind it needs one, though
// none was given. nil: none was seen.
func (f *Facts) sessionOver() *Instead {
	if !f.Looked || f.Flow || f.mayShowMore() || f.missing() || f.offersOut() || !f.speaks(sessions) {
		return nil
	}
	return notSignedIn("the page says that nobody is signed in")
}

// asksWho says how a page asks its visitor to sign in; "" if it does not. A field for the newsletter, or a link to the sign-in
// at the head of every page, does not.
func (s *Document) asksWho() string {
	if s.Password {
		return "the page asks for a password"
	}
	heads := slices.ContainsFunc(append([]string{s.Title}, s.Heads...), signInWords.MatchString)
	path := signInPaths.MatchString(pathOf(s.URL))
	small := s.TextLength <= 1500 && !s.offersOut()
	field, onward := s.idField()
	switch {
	case field && (onward || heads && path) && (heads || path):
		return "the page asks for a user name or e-mail address to sign in"
	case field && small && signInWords.MatchString(s.idSends()):
		return "the page asks for a user name or e-mail address to sign in"
	case small && s.OwnLinks <= 5 && s.userName() && onward:
		return "the page asks for a user name or e-mail address to sign in"
	case small && s.OwnLinks <= 5 && s.oneTimeCode():
		return "the page asks for a code to sign in"
	case small && s.TextLength <= 600 && slices.ContainsFunc(s.Buttons, passkeyWords.MatchString):
		return "the page asks for a passkey to sign in"
	case small && s.Bare() && s.TextLength <= 600 && sentWords.MatchString(s.Text):
		return "the page says that a link or a code to sign in was sent"
	case small && slices.ContainsFunc(s.Buttons, elsewhereWords.MatchString):
		return "the page offers to sign in by another service"
	case small && path && (field || heads):
		return "the page is one to sign in on"
	case small && s.TextLength <= 600 && expiredWords.MatchString(s.Text):
		return "the page says that nobody is signed in"
	case small && heads && s.TextLength <= 300 && slices.ContainsFunc(s.Buttons, signInWords.MatchString):
		return "the page has nothing but a way to sign in"
	}
	return ""
}

// idField reports whether there is a field for a user name or an e-mail address that is none of a newsletter's, and whether its
// form leads on to something that signs in.
func (s *Document) idField() (found, onward bool) {
	for _, f := range s.Fields {
		if f.asksWho() {
			found = true
			onward = onward || signInWords.MatchString(f.Sends) || onwardWords.MatchString(f.Sends)
		}
	}
	return found, onward
}

// userName reports whether there is a field that says of itself that it takes the name of who signs in.
func (s *Document) userName() bool {
	return slices.ContainsFunc(s.Fields, func(f Field) bool { return f.takes("username", "webauthn") && f.asksWho() })
}

// oneTimeCode reports whether all there is to type into is a code that was sent. Some pages have one field for each digit.
func (s *Document) oneTimeCode() bool {
	code := func(f Field) bool { return f.takes("one-time-code") }
	return slices.ContainsFunc(s.Fields, code) || len(s.Fields) > 0 && len(s.Fields) <= 8 && s.TextLength <= 600 && sentCodeWords.MatchString(s.Text)
}

// takes reports whether a field's autocomplete attribute has one of some tokens.
func (f *Field) takes(tokens ...string) bool {
	return slices.ContainsFunc(strings.Fields(strings.ToLower(f.Auto)), func(t string) bool { return slices.Contains(tokens, t) })
}

// idSends is what the buttons of such fields say.
func (s *Document) idSends() string {
	var all []string
	for _, f := range s.Fields {
		if f.asksWho() {
			all = append(all, f.Sends)
		}
	}
	return strings.Join(all, " | ")
}

// asksWho reports whether a field is for the name of who signs in.
func (f *Field) asksWho() bool {
	switch f.Type {
	case "text", "email", "tel":
	default:
		return false
	}
	if newsletterWords.MatchString(f.Label + " " + f.Name + " " + f.Sends) {
		return false
	}
	return f.takes("username", "webauthn") || f.Type == "email" || idFields.MatchString(f.Name+" "+f.Label)
}

// offersOut reports whether the page has a way to sign out, so that somebody is signed in.
func (s *Document) offersOut() bool { return slices.ContainsFunc(s.Controls, signOutWords.MatchString) }

// nobody says how the site's own services tell that nobody is signed in, as applications learn it that show no sign-in page;
// "" if they do not. One service of many that refuses is none: not everybody may use everything.
func (f *Facts) nobody() string {
	n := f.backEnd()
	out := f.offersOut()
	offers := slices.ContainsFunc(f.Buttons, signInWords.MatchString) || signInWords.MatchString(f.Title)
	const why = "the site's own services answer that nobody is signed in"
	switch {
	case n.refused == 0:
		return ""
	case out:
		return ""
	case n.nobody == n.all, n.whoNobody > 0 && n.whoNobody == n.who:
		return why
	case n.refused == n.all && (f.TextLength <= 600 || offers):
		return why
	case n.refused > 1 && 2*n.refused >= n.all && (f.TextLength <= 600 || offers):
		return why
	case n.whoRefused > 0 && n.whoRefused == n.who && offers:
		return why
	}
	return ""
}

// IsSignInPath reports whether an address is by its path one of a page to sign in on.
func IsSignInPath(address string) bool { return signInPaths.MatchString(pathOf(address)) }

// SaysSignIn reports whether a short text, such as a button's, speaks of signing in.
func SaysSignIn(text string) bool { return signInWords.MatchString(text) }
