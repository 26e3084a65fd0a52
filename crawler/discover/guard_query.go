package discover

import (
	"net/url"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler/web"
)

// param is one parameter of a query, as the guard reads it.
type param struct {
	name  segment // the last of a.b[c]
	value string
}

type params []param

// readParams reads the query of a URL; servers of old separate with semicolons, too.
func readParams(u *url.URL) params {
	query := u.RawQuery
	if _, more, ok := strings.Cut(u.Fragment, "?"); ok {
		query += "&" + more
	}
	var list params
	for pair := range strings.FieldsFuncSeq(query, func(r rune) bool { return r == '&' || r == ';' }) {
		name, value, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(name)
		if err != nil || name == "" {
			continue
		}
		if plain, err := url.QueryUnescape(value); err == nil {
			value = plain
		}
		list = append(list, param{segment{text: name, words: wordsOf(name), joined: strings.Join(wordsOf(name), "")}, value})
	}
	return list
}

// paths are the values by which a server chooses a page by a path: route=checkout/cart/add.
func (q params) paths() []string {
	var list []string
	for _, p := range q {
		isPath := strings.Contains(strings.Trim(p.value, "/"), "/") && !strings.Contains(p.value, "://")
		if isPath && (p.name.is(pageParams) || p.name.is(pathParams)) {
			list = append(list, p.value)
		}
	}
	return list
}

// arg reports whether a parameter can name what an action is done to.
func (q params) arg() bool {
	return slices.ContainsFunc(q, func(p param) bool {
		return p.value != "" && !web.Carried(p.name.text) && !p.name.is(passiveParams) && !p.name.is(pageParams) && !p.selects()
	})
}

// id reports whether one names a single thing.
func (q params) id() bool {
	return slices.ContainsFunc(q, func(p param) bool {
		if p.value == "" || web.Carried(p.name.text) || p.selects() {
			return false
		}
		n := len(p.name.words)
		return p.name.is(idParams) || n > 1 && (idParams[p.name.words[n-1]] || p.name.words[0] == "id") ||
			strings.HasSuffix(p.name.joined, "id") && readSegment(p.value).id
	})
}

// selects reports whether the parameter says what to do: action, edd_action, SessionMode.
func (p param) selects() bool {
	if p.name.is(actionParams) {
		return true
	}
	n := len(p.name.words)
	return n > 1 && len(p.name.words[n-1]) > 2 && actionParams[p.name.words[n-1]]
}

// acts returns the word by which the query acts, whatever the path.
func (q params) acts() string {
	for _, p := range q {
		if p.name.is(tokenParams) {
			return "form token"
		}
		if w := q.byName(p); w != "" {
			return w
		}
		if p.selects() || p.name.is(pageParams) {
			if w := q.byValue(p); w != "" {
				return w
			}
		}
	}
	return ""
}

// byName reads parameters that are verbs themselves: ?logout=1, ?add-to-cart=12, ?delete=3.
func (q params) byName(p param) string {
	if off := fold(p.value); off == "0" || off == "false" || off == "no" {
		return ""
	}
	if w := p.name.verb(leaveWords, accountWords, fillWords); w != "" {
		return w
	}
	value := readSegment(p.value)
	one := p.value == "" || value.id || isYes(p.value)
	if w := p.name.verb(alwaysWords, fillWords); w != "" {
		return w
	}
	if p.name.is(viewVerbs) {
		return ""
	}
	if n := len(p.name.words); n > 2 && buyWords[p.name.words[n-2]+p.name.words[n-1]] && value.id {
		return p.name.joined // swift_buy_now=13
	}
	if p.name.is(undoWords) || p.name.is(onOne) {
		if one || value.is(ways) {
			return p.name.joined
		}
		return ""
	}
	if w := p.name.verb(undoWords, bagWords, ownWords, fillWords); w != "" && p.value != "" {
		return w
	}
	if w := p.name.verb(undoWords, thingWords, fillWords); w != "" && !viewVerbs[w] && p.value != "" {
		return w
	}
	if w := p.name.verb(addWords, bagWords, fillWords); w != "" && (one || len(p.name.words) > 1) {
		return w
	}
	if w := p.name.verb(buyWords, fillWords); w != "" && len(p.name.words) > 1 && value.id {
		return w
	}
	return ""
}

var (
	// viewVerbs change how a list is shown, as names of parameters.
	viewVerbs = wordSet(`clear empty void undo`)
	// onOne are verbs that a parameter's name may be, done to the thing in its value.
	onOne = wordSet(`vote upvote downvote like dislike follow unfollow favorite favourite bookmark approve ban`)
	ways  = wordSet(`up down plus minus`)
	// addWords put something into a bag.
	addWords = wordSet(`add remove delete del ajouter supprimer`)
	// selectWords act when a parameter says to do so, if another names what: action=lock&topic=3.
	selectWords = wordSet(`set setflag update save insert copy move merge lock unlock sticky mark markasread markread send install reset
		switch notify announce process release clean cleanup close open run subscribe rate star report reorder archive`)
)

// joinedVerbs begin words of an action that are written as one.
var joinedVerbs = []string{"delete", "remove", "cancel", "accept", "decline", "unsubscribe"}

func isYes(value string) bool {
	switch fold(value) {
	case "1", "true", "yes", "y", "on", "all":
		return true
	}
	return false
}

// byValue reads ?action=delete&id=3 and ?page=logout.
func (q params) byValue(p param) string {
	if strings.Contains(p.value, "/") {
		return "" // a path, see paths
	}
	last := p.value
	if i := strings.LastIndexAny(last, ".:"); i >= 0 && !reScript.MatchString(last[i:]) {
		last = last[i+1:] // user.logout
	}
	s := readSegment(last)
	if w := s.verb(leaveWords, accountWords, fillWords); w != "" {
		return w
	}
	if !p.selects() {
		return ""
	}
	switch {
	case s.is(leaveOrGo), s.is(exitWords):
		return s.joined
	case s.verb(alwaysWords, fillWords) != "":
		return s.verb(alwaysWords, fillWords)
	case s.ends(undoWords) != "":
		return s.ends(undoWords)
	case len(s.words) == 1 && slices.ContainsFunc(joinedVerbs, func(v string) bool { return strings.HasPrefix(s.joined, v) }):
		return s.joined // deletetopic
	case !q.arg() || len(s.words) == 0:
		return ""
	}
	if w := s.ends(doWords); w != "" && (!addWords[w] || q.id()) {
		return w // add alone shows a form
	}
	for _, set := range []map[string]bool{placeWords, buyWords, payWords, selectWords} {
		if set[s.words[0]] || s.is(set) {
			return s.words[0]
		}
	}
	if i := slices.IndexFunc(s.words, func(w string) bool { return addWords[w] }); i >= 0 && q.id() {
		return s.words[i] // yith-woocompare-add-product
	}
	return ""
}

// readsConsent finds links that make the visitor's choice about cookies: /consent?c=all, /cookies/accept,
// ?cookie-consent=reject. They are buttons, not pages.
func readsConsent(segments []segment, q params) bool {
	for _, p := range q {
		value := readSegment(p.value)
		named := p.name.is(consentWords) || p.name.verb(setsCookies, fillWords) != ""
		if named && (value.is(choiceWords) || p.value == "" && p.name.is(setsCookies)) {
			return true
		}
	}
	for i, s := range segments {
		last := i == len(segments)-1
		switch {
		case last && s.is(setsCookies):
			return true
		case !s.is(consentWords):
			continue
		case i == len(segments)-2 && segments[i+1].is(choiceWords):
			return true
		case last && s.is(consentOnly) && q.arg():
			return true
		case last && slices.ContainsFunc(q, func(p param) bool {
			return !p.name.is(passiveParams) && !web.Carried(p.name.text) && (readSegment(p.value).is(choiceWords) || p.name.is(choiceWords))
		}):
			return true
		}
	}
	return false
}

// consentOnly are names of places where nothing but a choice is made.
var consentOnly = wordSet(`consent cookieconsent cookiesconsent consents setconsent saveconsent cookiechoice gdprconsent trackingconsent`)
