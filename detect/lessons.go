package detect

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler/web"
	"github.com/tagscan/tagscan/detect/rule"
)

// lessons are what detection itself teaches about the visitor of a run: addresses, telephone numbers and identifiers that it
// found anywhere, also in what the site sends to itself and in what the browser keeps, and digests that a field says are
// those of an address. They are looked for in all of the run, in every normal form and hash: see Run.revisit.
//
// A Run that reads its captures again keeps a trace of what each request holds, and looks once more at those that have
// one of a lesson. One that judges a stream looks for a lesson in what comes after it.
type lessons struct {
	list   []lesson             // in the order in which they were learned
	seen   map[lessonKey]bool   // what is in list
	hashes map[string]bool      // the digests in list, lower case
	put    int                  // how many of list are in the pool of the run
	told   map[lessonKey]string // in what a value was met in clear first, by the value
	homes  map[string][]string  // registrable domains that are sent an identifier by themselves
	traces traces
	held   []heldHash
	again  bool // the captures can be read again
}

// heldHash is the finding of a hash: what it is of, the end of the run may tell.
type heldHash struct {
	capture int
	Finding
}

// lesson is one value that was learned. fn is the hash function of a digest, "" if the text is the value itself.
type lesson struct {
	class            rule.Class
	text, fn, origin string
}

type lessonKey struct {
	class rule.Class
	text  string // lower case
}

const (
	// maxLessons bounds the values that one run teaches; a page cannot fill the pool with made-up addresses. More people than
	// this are in no visitor's traffic.
	maxLessons = 400
	// minAccount and maxAccount bound the length in bytes of the id of an account that is looked for: shorter ones are numbers
	// that also count other things, longer ones documents.
	minAccount, maxAccount = 6, 128
	// minAccountDigits are those that a text of words and numbers needs to be nobody else's.
	minAccountDigits = 4
)

func newLessons() *lessons {
	return &lessons{seen: map[lessonKey]bool{}, hashes: map[string]bool{}, told: map[lessonKey]string{}, homes: map[string][]string{}}
}

// remembers reports whether requests are to leave traces, to be looked at again.
func (l *lessons) remembers() bool { return l.again && !l.traces.full() }

// keysOfLessons are the persona keys of the classes whose values are learned.
var keysOfLessons = map[rule.Class]string{
	rule.Email: "email", rule.Phone: "phone", rule.UserID: "user_id", rule.ClientID: "client_id",
}

// add takes in a value, unless the run knows it already.
func (l *lessons) add(known *rule.Pool, x lesson) {
	key := lessonKey{x.class, strings.ToLower(x.text)}
	if len(l.list) >= maxLessons || l.seen[key] || known != nil && known.SeenLearned(keysOfLessons[x.class], x.text) {
		return
	}
	if x.fn != "" {
		l.hashes[key.text] = true
	} else if l.onlyHash(x) {
		return
	}
	l.seen[key] = true
	l.list = append(l.list, x)
}

// onlyHash reports an identifier that is the digest of an address or a number, as another field says: that is what it is then,
// wherever it serves as an id.
func (l *lessons) onlyHash(x lesson) bool {
	return x.fn == "" && (x.class == rule.UserID || x.class == rule.ClientID) && l.hashes[strings.ToLower(x.text)]
}

// pool makes a pool of the lessons: the values first, for they tell what digests are of.
func (l *lessons) pool() *rule.Pool {
	p := rule.NewPool(nil)
	for _, digests := range []bool{false, true} {
		for _, x := range l.list {
			if (x.fn != "") == digests && !l.onlyHash(x) {
				x.into(p)
			}
		}
	}
	return p
}

// into puts a lesson into a pool.
func (x lesson) into(p *rule.Pool) {
	key, class := keysOfLessons[x.class], x.class
	if class == rule.ClientID {
		class = rule.SyncedID // wherever else it is met, somebody else has it
	}
	if x.fn != "" {
		p.AddDigest(class, key, x.text, x.fn, x.origin)
		return
	}
	p.AddLearned(class, key, x.text, x.origin)
}

// putInto puts into the pool what was learned since the last time.
func (l *lessons) putInto(p *rule.Pool) {
	for _, x := range l.list[l.put:] {
		if !l.onlyHash(x) {
			x.into(p)
		}
	}
	l.put = len(l.list)
}

// finding learns from a finding in what a third party was sent.
func (l *lessons) finding(known *rule.Pool, f *Finding) {
	text := f.Value.Reveal()
	x := lesson{class: f.Class, text: text}
	switch {
	case keysOfLessons[f.Class] == "" || text == "" || f.Form == Masked || f.Confidence == Possible:
		return
	case f.Form == Hashed && f.Known == ByFieldName:
		if f.Class != rule.Email && f.Class != rule.Phone || len(f.Chain) == 0 {
			return
		}
		x.fn, x.origin = f.Chain[len(f.Chain)-1], "was sent to "+f.Recipient.Name+" as that of "+one(f.Class)
		l.add(known, x)
		return
	case f.Form == Hashed:
		return
	}
	if f.Class == rule.ClientID {
		if domain := web.Domain(f.Host); !slices.Contains(l.homes[text], domain) {
			l.homes[text] = append(l.homes[text], domain)
		}
	}
	x.origin = "that was sent in clear to " + f.Recipient.Name
	l.tell(x)
	if f.Known != ByPersona && f.Known != ByObserved && teaches(f.Class, f.Rule, text) {
		l.add(known, x)
	}
}

// own learns from what the site sends to itself.
func (l *lessons) own(known *rule.Pool, matches []rule.Match) {
	for _, m := range matches {
		x := lesson{class: m.Class, text: m.Text, origin: "that stands in clear in a request of the site to itself"}
		switch {
		case keysOfLessons[m.Class] == "" || m.Info != "" || m.Confidence == rule.Possible || m.Form == rule.Masked:
		case len(m.Hash) > 0:
			if m.Class == rule.Email || m.Class == rule.Phone {
				x.fn, x.origin = strings.TrimPrefix(m.Hash[len(m.Hash)-1], "?"), "stands in a request of the site to itself as that of "+one(m.Class)
				l.add(known, x)
			}
		default:
			l.tell(x)
			if teaches(m.Class, m.Rule, m.Text) {
				l.add(known, x)
			}
		}
	}
}

// tell keeps where a value was met in clear first.
func (l *lessons) tell(x lesson) {
	if key := (lessonKey{x.class, strings.ToLower(x.text)}); l.told[key] == "" && len(l.told) < maxLessons {
		l.told[key] = x.origin
	}
}

// teaches reports whether a text that a rule found is one to look for in all of the run. Addresses and numbers prove
// themselves; an identifier needs the vendor's word, or a claim of a token, and a text that nobody has by chance.
func teaches(class rule.Class, ruleID, text string) bool {
	switch class {
	case rule.Email:
		return strings.Contains(text, "@")
	case rule.Phone:
		return countDigits(text) >= minNumber
	case rule.UserID:
		said := ruleID == vendorRule || ruleID == rule.JWTSubject.ID || ruleID == rule.UserIDField.ID && !digits(text)
		return said && len(text) >= minAccount && len(text) <= maxAccount && !strings.ContainsAny(text, " \n") &&
			(countDigits(text) >= minAccountDigits || drawn(text))
	case rule.ClientID:
		return ruleID == vendorRule && len(text) >= minStored && len(text) <= maxStored && drawn(text)
	}
	return false
}

// minNumber is how many digits of a telephone number are no accident: a national number without its area code has fewer.
const minNumber = 9

func countDigits(s string) (n int) {
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}

// foreign reports whether an identifier that was learned arrives at somebody who does not get it as its own.
func (l *lessons) foreign(text, host string) bool {
	homes := l.homes[text]
	return len(homes) > 0 && !slices.Contains(homes, web.Domain(host))
}

// reason says of a known value what the run tells of it, "" if nothing.
func (l *lessons) reason(m rule.Match) string {
	switch {
	case m.Origin == "" || m.Known != rule.ByObserved:
		return ""
	case len(m.Hash) == 0:
		return one(m.Class) + " " + m.Origin
	case strings.HasPrefix(m.Hash[0], "?"):
		return "the same hash " + m.Origin
	}
	return "hash of " + one(m.Class) + " " + m.Origin
}

// ofHash says of a hash what the whole run tells of its value.
func (l *lessons) ofHash(f *Finding) string {
	origin := l.told[lessonKey{f.Class, strings.ToLower(strings.TrimSpace(f.Value.Reveal()))}]
	if origin == "" {
		return ""
	}
	return "hash of " + one(f.Class) + " " + origin
}

// one is a datum of the class in a sentence: "an e-mail address".
func one(c rule.Class) string {
	if c == rule.SyncedID {
		c = rule.ClientID
	}
	info, _ := rule.InfoOf(c)
	noun := info.Noun()
	if strings.ContainsRune("aeio", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

// kept makes the addresses known that stand in what the browser keeps, by address the host that keeps it.
func (l *lessons) kept(p *rule.Pool, addresses map[string]string) {
	for _, a := range slices.Sorted(maps.Keys(addresses)) {
		x := lesson{class: rule.Email, text: a, origin: "that stands in clear in the storage of " + addresses[a]}
		l.tell(x)
		if !p.SeenLearned(keysOfLessons[x.class], x.text) {
			x.into(p)
		}
	}
}

// addressForm matches what could be an e-mail address in a stored value.
var addressForm = regexp.MustCompile(`[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}`)

// addressesIn returns the e-mail addresses of persons in a stored value.
func addressesIn(value string) []string {
	if !strings.Contains(value, "@") && !strings.Contains(value, "%40") {
		return nil
	}
	var out []string
	for range 3 {
		plain, err := url.QueryUnescape(value)
		if err != nil || plain == value {
			break
		}
		value = plain
	}
	for _, a := range addressForm.FindAllString(value, maxParts) {
		if rule.PersonAddress(a) && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}
