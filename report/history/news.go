package history

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/rule"
)

// back says that something is there again that was told to be gone.
const back = "back"

// Kinds of news.
const (
	ofFlow      = "flow"
	ofRecipient = "recipient"
	ofScript    = "script"
	ofHeader    = "header"
	ofConsent   = "consent"
	ofGap       = "gap"
)

// News is one thing that a scan changed in what is known of a site. It holds no value of a person.
type News struct {
	Kind      string          `json:"kind"`
	State     string          `json:"state"` // new, changed, gone, back
	Key       string          `json:"key"`   // what it is about: equal for all news of one thing
	Mark      string          `json:"mark,omitempty"`
	Site      string          `json:"site"`
	Recipient string          `json:"recipient,omitempty"` // id
	Class     rule.Class      `json:"class,omitempty"`
	Consent   crawler.Consent `json:"consent,omitempty"`
	Severity  rule.Severity   `json:"severity"`
	Fails     bool            `json:"fails,omitempty"` // the policy fails it
	Scan      string          `json:"scan"`
	At        time.Time       `json:"at"` // of the scan
	Text      string          `json:"text"`
	Allow     string          `json:"allow,omitempty"` // the line of a policy that would allow it
	Flows     []string        `json:"flows,omitempty"` // fingerprints of the flows that are told with their recipient
	under     []News          // these flows, as they would be told by themselves
}

// Replay tells the news of a site's scans, which must be in order of time. It is pure: the same scans make the same news.
//
// The first scans are the base line, against which nothing is news but what a policy or baseline fails: the first scan, and those
// after it as long as none could have seen what is met now, at most maxBase. After that a thing is new once it is confirmed: a
// flow that one visit saw and nobody looked for again is told at once if it is grave, else with the second scan in a row that
// sees it; one that fresh visitors mostly did not see with the third; who is brought along by others, as the bidders of an auction
// are, later still. What only may be so is no news. A thing is gone when a
// scan that would have seen it did not, more often in a row than it was ever missed while it was there. What tagscan's own catalog
// or rules may have brought is none of the site's, and no news unless the policy fails it.
func Replay(scans []*Scan) []News {
	r := &replay{scans: scans, topics: map[string]*topic{}, headers: map[[2]string]string{}, dropped: map[[2]string]bool{}, hosts: map[string]string{}}
	var out []News
	for i, s := range scans {
		r.now, r.s, r.news, r.met = i, s, nil, map[string]bool{}
		r.recipients()
		r.flows()
		r.contradictions()
		r.scripts()
		r.missing()
		r.headersOf()
		r.blindness()
		out = append(out, r.told()...)
	}
	return out
}

const (
	// maxBase is how many scans the base line is at most: a watch that never sees all is not to keep silent for ever.
	maxBase = 3
	// runBlind is how many scans in a row that could not see enough are news of their own: one may be bad luck.
	runBlind = 3
)

// receives ends the text about a recipient that is there.
const receives = " receives requests"

// topic is what is known of one thing that has a life.
type topic struct {
	news     News // as it would be told now
	state    string
	first    int // scan that saw it first
	near     int // last scan that saw it
	running  int // scans in a row that saw it
	missed   int // scans in a row that would have seen it and did not
	longest  int // the most of these that it came back from
	patience int // further ones to wait for
	known    bool
	gone     bool // it was told to be gone
	failed   bool
	worst    rule.Severity
	misses   func(*Scan) string // why a scan did not see it; "" if it would have
	hidden   func(*Scan) bool   // whether an earlier scan may have overlooked it
}

type replay struct {
	scans   []*Scan
	now     int
	s       *Scan
	topics  map[string]*topic
	met     map[string]bool
	news    []News
	headers map[[2]string]string // by kind of page and name
	dropped map[[2]string]bool   // headers that were told to be gone
	hosts   map[string]string    // who had a host last
	blind   int
	isBlind bool
}

// sighting is a thing as the scan in hand met it.
type sighting struct {
	news     News
	enough   int // scans in a row that make it sure; 0: it never is
	patience int
	misses   func(*Scan) string
	hidden   func(*Scan) bool
	tools    bool // tagscan's own knowledge may have brought it
}

// meet notes a sighting, and tells it if it is news.
func (r *replay) meet(g sighting) {
	n := g.news
	n.Site, n.Scan, n.At = r.s.Site, r.s.ID, r.s.At
	key := n.Kind + " " + n.Key
	t := r.topics[key]
	if t == nil {
		t = &topic{first: r.now}
		r.topics[key] = t
	}
	r.met[key] = true
	if t.missed > 0 {
		t.longest = max(t.longest, t.missed)
	}
	if t.missed > 0 || t.near != r.now-1 {
		t.running = r.runningAfter(t)
	}
	t.running++
	t.missed, t.near, t.news, t.misses, t.hidden, t.patience = 0, r.now, n, g.misses, g.hidden, g.patience
	fails := n.Fails && r.s.Judged
	switch {
	case g.enough == 0 || !t.known && t.running < g.enough:
		return
	case !t.known:
		t.known = true
		r.arrived(t, fails, g.tools)
	case fails && !t.failed:
		r.tell(n, Changed, "fails", n.Text+": the policy fails it now")
	case n.Severity > t.worst && n.Kind != ofRecipient: // its flows tell it
		r.tell(n, Changed, n.Severity.String(), fmt.Sprintf("%s: severity %s became %s", n.Text, t.worst, n.Severity))
	}
	t.failed = fails
	t.worst = max(t.worst, n.Severity)
}

// runningAfter is how many scans in a row saw a thing that the last scan did not: those before stay in the row if the scans
// between could not tell.
func (r *replay) runningAfter(t *topic) int {
	if t.missed > 0 {
		return 0
	}
	return t.running
}

// arrived tells a thing that is sure to be there now, if that is news.
func (r *replay) arrived(t *topic, fails, tools bool) {
	switch {
	case t.gone:
		r.tell(t.news, back, "", t.news.Text)
	case fails:
		r.tell(t.news, New, "", t.news.Text)
	case tools || r.inBase(t):
	default:
		r.tell(t.news, New, "", t.news.Text)
	}
	t.gone = false
}

// inBase reports whether no scan before the thing was first seen could have seen it.
func (r *replay) inBase(t *topic) bool {
	if t.first >= maxBase {
		return false
	}
	return !slices.ContainsFunc(r.scans[:t.first], func(s *Scan) bool { return !t.hidden(s) })
}

// missing goes through what the scan in hand did not meet.
func (r *replay) missing() {
	for _, key := range sortedKeys(r.topics) {
		t := r.topics[key]
		if r.met[key] || t.misses(r.s) != "" {
			continue
		}
		t.missed++
		if !t.known || t.missed <= t.longest+t.patience {
			continue
		}
		t.known, t.gone, t.worst, t.failed = false, true, 0, false
		n := t.news
		n.Fails, n.Allow = false, ""
		text := n.Text
		if name, ok := strings.CutSuffix(text, receives); ok && n.Kind == ofRecipient {
			text = name + " receives nothing any more"
		}
		r.tell(n, Gone, "", text+", last seen in the scan of "+day(t.news.At))
	}
}

func (r *replay) tell(n News, state, mark, text string) {
	n.State, n.Mark, n.Text = state, mark, text
	n.Site, n.Scan, n.At = r.s.Site, r.s.ID, r.s.At
	r.news = append(r.news, n)
}

// retooled reports whether tagscan's own knowledge is another than at the scan before.
func (r *replay) retooled() bool {
	if r.now == 0 {
		return false
	}
	was, is := r.scans[r.now-1].Made, r.s.Made
	return was.Catalog != is.Catalog || was.Rules != is.Rules
}

// told are the news of the scan in hand: a recipient that is new, gone or back is one message, with its flows in it.
func (r *replay) told() []News {
	of := map[[2]string]*News{}
	for i := range r.news {
		if n := &r.news[i]; n.Kind == ofRecipient {
			of[[2]string{n.Recipient, n.State}] = n
		}
	}
	flows := map[*News][]string{}
	r.news = slices.Clone(r.news)
	for i := range r.news {
		n := &r.news[i]
		party := of[[2]string{n.Recipient, n.State}]
		if n.Kind != ofFlow || party == nil {
			continue
		}
		flows[party] = append(flows[party], n.Text)
		party.Flows, party.under = append(party.Flows, n.Key), append(party.under, *n)
		if party.Class == "" || n.Severity > party.Severity {
			party.Class, party.Consent, party.Severity, party.Allow = n.Class, n.Consent, n.Severity, n.Allow
		}
		party.Fails = party.Fails || n.Fails
	}
	var out []News
	for i := range of {
		n := *of[i]
		if list := flows[of[i]]; len(list) > 0 {
			n.Text += ": " + few(list)
		}
		out = append(out, n)
	}
	for _, n := range r.news {
		if n.Kind == ofRecipient || n.Kind == ofFlow && of[[2]string{n.Recipient, n.State}] != nil {
			continue
		}
		out = append(out, n)
	}
	slices.SortFunc(out, func(a, b News) int {
		return cmp.Or(
			cmp.Compare(b.Severity, a.Severity), strings.Compare(a.Kind, b.Kind), strings.Compare(a.Key, b.Key), strings.Compare(a.State, b.State),
		)
	})
	return out
}

// Told is what was told of a thing before.
type Told struct {
	Kind, Key, State, Mark, Scan string
	At                           time.Time // of the scan
}

// Told is what is to be remembered of news: what they tell of a recipient is told of its flows, too.
func (n News) Told() []Told {
	out := []Told{{Kind: n.Kind, Key: n.Key, State: n.State, Mark: n.Mark, Scan: n.Scan, At: n.At}}
	for _, print := range n.Flows {
		out = append(out, Told{Kind: ofFlow, Key: print, State: n.State, Scan: n.Scan, At: n.At})
	}
	return out
}

// Untold are the news of scans from a time on that are not told yet: nothing is told twice of one scan, and no state of a thing
// that it is in after the latest scan of which anything was told.
func Untold(news []News, told []Told, from time.Time) []News {
	present := map[string]string{} // "in" or "out", as told last
	done := map[Told]bool{}
	told = slices.Clone(told)
	slices.SortStableFunc(told, func(a, b Told) int { return a.At.Compare(b.At) })
	for _, t := range told {
		present[t.topic()] = within(t.State, present[t.topic()])
		done[t.once()] = true
	}
	var out []News
	for _, n := range news {
		if n.At.Before(from) {
			continue
		}
		each := append([]News{n}, n.under...)
		fresh := make([]bool, len(each))
		for i, x := range each {
			t := x.Told()[0]
			is := within(x.State, present[t.topic()])
			fresh[i] = !done[t.once()] && (x.State == Changed || is != present[t.topic()])
			done[t.once()], present[t.topic()] = true, is
		}
		if fresh[0] { // and its flows with it
			out = append(out, n)
			continue
		}
		for i, x := range n.under {
			if fresh[i+1] {
				out = append(out, x)
			}
		}
	}
	return out
}

func (t Told) topic() string { return t.Kind + " " + t.Key }

// once is what is to be told once only: a change whichever scan it is of, another state once for each scan.
func (t Told) once() Told {
	t.At = time.Time{}
	if t.State == Changed {
		t.Scan = ""
	} else {
		t.Mark = ""
	}
	return t
}

// within is where a thing is after it was told to be in a state.
func within(state, before string) string {
	switch state {
	case New, back:
		return "in"
	case Gone:
		return "out"
	}
	return before
}
