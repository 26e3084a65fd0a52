package discover

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler/web"
)

// Harmful returns the word for which a URL must not be followed, because following it may end the session, delete or
// cancel something, buy, vote, confirm, or make the visitor's choice about cookies; "" if it is a page.
//
// A GET that acts is the worse mistake for the site, a page that is missed the worse one for the scan, so a word alone
// decides nothing: it must be a whole segment and stand where an action stands, which is at the end of the path, beside
// the thing that it is done to. /orders/9/cancel, /cart/add?id=3 and /newsletter/confirm/x act; /exit, /en/buy,
// /products/remover, /help?topic=delete and /list?filter=remove are pages.
func Harmful(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return harmful(u)
}

// Chooses is Harmful's word for what makes the visitor's choice about cookies.
const Chooses = "consent"

func harmful(u *url.URL) string {
	q := readParams(u)
	if w := q.acts(); w != "" {
		return w
	}
	label, _, _ := strings.Cut(u.Hostname(), ".")
	if segments := readSegments(u.Path); web.IsChoiceAddress(u.String()) && !(trail{segments, q, docsHosts[label]}).inManual(len(segments)) {
		return Chooses
	}
	paths := append(q.paths(), u.Path)
	if strings.HasPrefix(u.Fragment, "/") || strings.HasPrefix(u.Fragment, "!") { // by others a page is scrolled
		paths = append(paths, strings.TrimLeft(u.Fragment, "!/~"))
	}
	for _, p := range paths {
		segments := readSegments(p)
		t := trail{segments, q, docsHosts[label]}
		if readsConsent(segments, q) && !t.inManual(len(segments)) {
			return Chooses
		}
		if w := t.acts(); w != "" {
			return w
		}
	}
	return ""
}

// segment is a place of a path.
type segment struct {
	text   string
	words  []string
	joined string // the words as one
	script bool   // it is the name of a script, not of a page: delete.php
	id     bool   // it names one thing of many
	slug   bool   // it does so in words: red-shoe-12345
}

var (
	reScript = regexp.MustCompile(`(?i)^\.(php\d?|phtml|aspx?|ashx|jspx?|jsf|do|action|cgi|pl|cfm|dll)$`)
	reMarkup = regexp.MustCompile(`(?i)^\.(html?|xhtml|shtml)$`)
	reWhole  = regexp.MustCompile(`^[+-]?\d+$`)
	reYear   = regexp.MustCompile(`^(19|20)\d\d$`)
	reNumbed = regexp.MustCompile(`^[A-Za-z]{0,4}[-_:]?\d+([-_:,][A-Za-z]{0,4}\d+)*$`) // p5_q1, 123:1, A-12
)

// maxSegments bounds how much of a path is looked at, from its end.
const maxSegments = 16

func readSegments(p string) []segment {
	parts := strings.FieldsFunc(p, func(r rune) bool { return r == '/' })
	if len(parts) > maxSegments {
		parts = parts[len(parts)-maxSegments:]
	}
	segments := make([]segment, len(parts))
	for i, text := range parts {
		segments[i] = readSegment(text)
	}
	for i := range parts {
		for n := web.DateAt(parts[i:]); n > 0; n-- {
			segments[i+n-1].id = false // /2024/05/12 names a day, not a thing
		}
	}
	return segments
}

func readSegment(text string) segment {
	text, _, _ = strings.Cut(text, ";") // /cart;jsessionid=1
	s := segment{text: text}
	if ext := path.Ext(text); reScript.MatchString(ext) || reMarkup.MatchString(ext) {
		s.script = reScript.MatchString(ext)
		text = strings.TrimSuffix(text, ext)
	}
	if _, name, ok := strings.Cut(text, ":"); ok && !reNumbed.MatchString(text) {
		text = name // Special:UserLogout
	}
	s.words = wordsOf(text)
	s.joined = strings.Join(s.words, "")
	folded := web.FoldSegment(text)
	s.slug = folded == "{slug}"
	switch {
	case folded == "{n}":
		s.id = reWhole.MatchString(text) || strings.ContainsAny(text, "-_:") && reNumbed.MatchString(text) // 4.2 is a version
	case folded == "{uuid}", folded == "{hash}", folded == "{id}", folded == "{email}":
		s.id = true
	case strings.HasPrefix(text, "@"):
		s.id = true
	default:
		s.id = len(s.words) > 0 && strings.ContainsAny(text, "0123456789") && reNumbed.MatchString(text)
	}
	return s
}

// is reports whether the segment is a word of the set.
func (s segment) is(set map[string]bool) bool { return s.joined != "" && set[s.joined] }

// verb returns the word of the set that the segment begins or ends with, if all others are of others.
func (s segment) verb(set map[string]bool, others ...map[string]bool) string {
	if s.is(set) {
		return s.joined
	}
	if len(s.words) < 2 || len(s.words) > 6 {
		return ""
	}
	if len(s.words) > 2 && bagWords[s.words[0]] { // Cart-AddProduct
		if w := (segment{words: s.words[1:], joined: strings.Join(s.words[1:], "")}).verb(set, others...); w != "" {
			return w
		}
	}
	// A verb may be two words itself: "log out", "sign off".
	for n := 2; n >= 1; n-- {
		if len(s.words) <= n {
			continue
		}
		first, last := strings.Join(s.words[:n], ""), strings.Join(s.words[len(s.words)-n:], "")
		if set[first] && allOf(s.words[n:], others) {
			return first
		}
		if set[last] && allOf(s.words[:len(s.words)-n], others) {
			return last
		}
	}
	return ""
}

func allOf(words []string, sets []map[string]bool) bool {
	for _, w := range words {
		if !slices.ContainsFunc(sets, func(set map[string]bool) bool { return set[w] }) {
			return false
		}
	}
	return true
}

// trail is a path with what is asked of it.
type trail struct {
	segments []segment
	params   params
	docs     bool // of a host that holds documentation
}

// acts returns the word by which the path acts.
func (t trail) acts() string {
	if w := t.leaves(); w != "" {
		return w
	}
	for i, s := range t.segments {
		if w := s.verb(alwaysWords, fillWords); w != "" && (!t.inDocs(i) || t.beside(i).any()) {
			return w
		}
		if s.script && s.is(jobScripts) {
			return s.joined
		}
	}
	at := t.end()
	if at < 0 {
		return ""
	}
	if w := t.actsOnAny(); w != "" {
		return w
	}
	near := t.beside(at)
	for _, rule := range deeds {
		if w := rule.find(t, at, near); w != "" {
			return w
		}
	}
	return ""
}

// actsOnAny finds a plain verb with the name of any thing, before an id or with one in the query: /delete-slider/3,
// /approvepayroll/12, /delete-contact?id=3, /delete/12/team.
func (t trail) actsOnAny() string {
	for i, s := range t.segments {
		if len(s.words) == 0 || len(s.words) > 4 || t.inManual(i) {
			continue
		}
		if i == len(t.segments)-2 && s.is(undoWords) && t.segments[i+1].is(bagWords) && !t.inDocs(i) {
			return s.joined // /empty/cart
		}
		onID := i+1 < len(t.segments) && t.segments[i+1].id
		byQuery := i == len(t.segments)-1 && t.params.id()
		if !onID && !byQuery {
			continue
		}
		if w := s.words[0]; plainWords[w] {
			return w
		}
		if s.words[0] == "add" && len(s.words) > 2 && s.words[1] == "to" {
			return "add"
		}
		for _, v := range plainPrefixes {
			if rest, ok := strings.CutPrefix(s.words[0], v); ok && len(rest) > 2 {
				return v
			}
		}
	}
	return ""
}

// plainPrefixes are plain verbs that are written as one with their thing: deletedata. What follows is longer than an
// ending, as in "remover".
var plainPrefixes = []string{"delete", "remove", "approve", "hapus", "eliminar"}

// leaves finds what ends a session. A page of a documentation may be called so, below its other segments.
func (t trail) leaves() string {
	for i, s := range t.segments {
		last := i == len(t.segments)-1
		switch {
		case s.verb(leaveWords, accountWords, fillWords) != "":
			if last || !t.inDocs(i) {
				return s.verb(leaveWords, accountWords, fillWords)
			}
		case s.script && len(s.words) <= 4 && slices.ContainsFunc(s.words, func(w string) bool { return leaveWords[w] }):
			return s.joined
		case last && s.is(map[string]bool{"slo": true}) && i > 0 && t.segments[i-1].of(accountWords):
			return s.joined
		case last && (s.is(leaveOrGo) || s.is(exitWords)):
			below := i > 0 && t.segments[i-1].of(accountWords)
			alone := s.is(leaveOrGo) && (i == 0 || i == 1 && web.IsLocale(t.segments[0].text))
			if below || alone || s.script {
				return s.joined
			}
		}
	}
	return ""
}

// of reports whether one of the segment's words is of the set: my-account.
func (s segment) of(set map[string]bool) bool {
	return s.is(set) || len(s.words) <= 3 && slices.ContainsFunc(s.words, func(w string) bool { return set[w] })
}

// end returns the index of the last segment that says something: what follows it names the thing alone, by an id or by
// pairs of a name and an id. -1: there is none.
func (t trail) end() int {
	i := len(t.segments) - 1
	for i >= 0 {
		switch {
		case t.segments[i].id, t.segments[i].slug, t.segments[i].is(ways):
			i--
		default:
			return t.verbBefore(i)
		}
	}
	return -1
}

// maxObject is how many segments after a verb may name what it is done to.
const maxObject = 8

// verbBefore looks from a segment that is no id to the left for a verb to which all that follows is the object, as in
// /delete/item/5 and /wishlist/add/red-shoe; if there is none it is the segment itself.
func (t trail) verbBefore(i int) int {
	if t.segments[i].isDeed() {
		return i
	}
	for j := i - 1; j >= 0 && i-j <= maxObject; j-- {
		s := t.segments[j]
		if !s.isDeed() {
			continue
		}
		named := j > 0 && (t.segments[j-1].of(bagWords) || t.segments[j-1].of(ownWords) || t.segments[j-1].is(thingWords))
		if named && !t.inDocs(j) || t.pairs(j+1) {
			return j
		}
	}
	return i
}

// pairs reports whether the segments from i on are ids, and names each with an id after it.
func (t trail) pairs(i int) bool {
	found := false
	for ; i < len(t.segments); i++ {
		if t.segments[i].id {
			found = true
			continue
		}
		if i+1 >= len(t.segments) || !t.segments[i+1].id {
			return false
		}
	}
	return found
}

// isDeed reports whether a segment is a verb, with or without what it is done to.
func (s segment) isDeed() bool {
	for _, d := range deeds {
		if s.verb(d.words, bagWords, ownWords, thingWords, fillWords) != "" {
			return true
		}
	}
	return s.verb(alwaysWords, fillWords) != ""
}

// inDocs reports whether the segment stands below what holds pages about words, or names of goods.
func (t trail) inDocs(at int) bool {
	return t.docs || slices.ContainsFunc(t.segments[:at], func(s segment) bool { return s.is(docsWords) })
}

// manuals are documentation proper: a number in their paths is a version.
var manuals = wordSet(`docs doc documentation reference ref manual handbook apidocs swagger javadoc dictionary thesaurus`)

// inManual reports whether the segment stands in documentation proper.
func (t trail) inManual(at int) bool {
	return t.docs || slices.ContainsFunc(t.segments[:at], func(s segment) bool { return s.is(manuals) })
}

// nearby says what a verb stands beside.
type nearby struct {
	after   bool // an id follows
	slug    bool // something in words follows
	before  bool // an id precedes, with at most one word between
	year    bool // that id may be a year
	arg     bool // a parameter names something
	id      bool // a parameter names one thing
	bag     bool // the parent is a bag, an own thing, a thing
	own     bool
	thing   bool
	order   bool // the parent is an order, or a voucher
	ofThing bool // the one above the parent is a thing: /orders/a-b/cancel
}

func (n nearby) any() bool { return n.after || n.before || n.arg }

func (t trail) beside(at int) nearby {
	n := nearby{arg: t.params.arg(), id: t.params.id()}
	rest := t.segments[at+1:]
	n.after = slices.ContainsFunc(rest, func(s segment) bool { return s.id })
	n.slug = len(rest) > 0 && !n.after
	for back := 1; back <= 2 && at-back >= 0; back++ {
		if s := t.segments[at-back]; s.id {
			n.before, n.year = true, reYear.MatchString(s.text)
			break
		}
	}
	if at > 0 {
		parent := t.segments[at-1]
		n.bag, n.own, n.thing, n.order = parent.of(bagWords), parent.of(ownWords), parent.is(thingWords), parent.is(orderWords)
	}
	n.ofThing = at > 1 && (t.segments[at-2].is(thingWords) || t.segments[at-2].is(ownWords) || t.segments[at-2].is(bagWords)) && !t.inDocs(at)
	if t.inDocs(at) {
		n.own, n.thing, n.order = false, false, false
		if t.inManual(at) {
			n.before, n.after, n.bag, n.arg = false, false, false, n.id
		}
	}
	return n
}

// deed is a kind of action: its words, and what must stand beside one of them.
type deed struct {
	words map[string]bool
	// alone: the verb by itself, or with fillers
	alone func(nearby) bool
	// put together with the name of a thing: delete-account
	with func(n nearby, thing string) bool
}

var deeds = []deed{
	{undoWords,
		func(n nearby) bool {
			return n.after || n.slug && (n.bag || n.own || n.thing) || n.before || n.arg || n.bag || n.own || n.ofThing
		},
		func(n nearby, thing string) bool {
			return n.after || n.slug || n.before || n.arg || n.ofThing || bagWords[thing] || ownWords[thing]
		}},
	{doWords,
		func(n nearby) bool {
			return n.after || n.slug && (n.bag || n.own || n.thing) || n.before && !n.year || n.arg || n.bag || n.ofThing && !n.year
		},
		func(n nearby, thing string) bool {
			return n.after || n.slug && n.own || n.before && !n.year || n.id || n.ofThing && !n.year || bagWords[thing]
		}},
	{placeWords,
		func(n nearby) bool { return n.before && !n.year || n.bag || n.ofThing && !n.year },
		func(n nearby, _ string) bool { return n.before && !n.year || n.ofThing && !n.year }},
	{endWords,
		func(n nearby) bool { return n.after },
		func(n nearby, _ string) bool { return n.after }},
	{bagVerbs,
		func(n nearby) bool { return n.bag && (n.after || n.slug || n.arg) },
		func(n nearby, thing string) bool { return bagWords[thing] && (n.after || n.arg) }},
	{buyWords,
		func(n nearby) bool { return n.after || n.before && !n.year || n.id || n.bag },
		func(n nearby, _ string) bool { return n.after || n.before && !n.year || n.id }},
	{serverWords,
		func(n nearby) bool { return n.own || n.bag || n.before && !n.year && n.ofThing },
		func(n nearby, thing string) bool { return ownWords[thing] && n.any() }},
	{orderVerbs,
		func(n nearby) bool { return n.order },
		func(n nearby, _ string) bool { return n.order }},
	{oneTimeWords,
		func(n nearby) bool { return n.after || n.slug || n.arg },
		func(n nearby, _ string) bool { return n.after || n.arg }},
	{subscribeWords,
		func(n nearby) bool { return n.id || n.before && !n.year },
		func(n nearby, _ string) bool { return n.id }},
	{leaveWord,
		func(n nearby) bool { return n.before && n.ofThing },
		func(n nearby, _ string) bool { return n.before && n.ofThing }},
	{payWords,
		func(n nearby) bool { return n.after || n.before && !n.year || n.ofThing || n.id },
		func(n nearby, _ string) bool { return n.after || n.before && !n.year }},
}

// jobScripts do a site's housekeeping whenever somebody asks for them.
var jobScripts = wordSet(`cron wpcron runcron cronjob scheduler`)

// leaveWord gives up a membership: /teams/3/leave. Elsewhere it is a page, as of an employer's rules.
var leaveWord = wordSet(`leave verlassen quitter abandonar lascia verlaten lämna forlad opuść opustit покинуть`)

// find returns the deed's word if the segment at is one and stands beside what it is done to.
func (d deed) find(t trail, at int, near nearby) string {
	s := t.segments[at]
	if s.is(d.words) || s.verb(d.words, fillWords) != "" {
		if d.alone(near) {
			return s.joined
		}
		return ""
	}
	if w := s.verb(d.words, bagWords, ownWords, thingWords, fillWords); w != "" {
		if d.with(near, strings.TrimSuffix(strings.TrimPrefix(s.joined, w), w)) && !(t.inDocs(at) && !near.any()) {
			return w
		}
		return ""
	}
	// delete_customer_group.php?id=3: a script may name any thing.
	if w := s.ends(d.words); w != "" && s.script && near.id {
		return w
	}
	return ""
}

// ends returns the word of the set that the segment begins or ends with.
func (s segment) ends(set map[string]bool) string {
	if len(s.words) == 0 || len(s.words) > 5 {
		return ""
	}
	for _, w := range []string{s.words[0], s.words[len(s.words)-1]} {
		if set[w] {
			return w
		}
	}
	return ""
}
