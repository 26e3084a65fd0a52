package consent

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
)

// held is what a page has on record about a choice.
type held int

const (
	nothing  held = iota // nothing that can be read
	opaque               // something was written that does not say by itself which choice it stands for
	agrees               // the choice
	opposite             // the other one
)

// evidence are the records of a page that can stand for a choice: those of after the click, and of them what was not there, word for
// word, before it.
type evidence map[place]string

// evidenceOf takes those of one page. before is what was there before the click.
func evidenceOf(records []crawler.ConsentRecord, before map[place]string) evidence {
	out := evidence{}
	for _, r := range records {
		p := place{r.Source, r.Name}
		if was, ok := before[p]; r.Stage != crawler.AtArrival && (!ok || was != r.Value) {
			out[p] = r.Value
		}
	}
	return out
}

// arrival are the records of before the click.
func arrival(records []crawler.ConsentRecord) map[place]string {
	out := map[place]string{}
	for _, r := range records {
		if r.Stage == crawler.AtArrival {
			out[place{r.Source, r.Name}] = r.Value
		}
	}
	return out
}

// answers is what a record has to say after a choice: withdrawing is refusing what was accepted.
func answers(want crawler.Consent) crawler.Consent {
	if want == crawler.Withdrawn {
		return crawler.Rejected
	}
	return want
}

// holds tells what the evidence says about a choice, and which record says it. other is that of visitors who chose the opposite on
// the same site, if there are any: what is the same for both does not say which choice was made, and what differs does, whatever it
// means.
//
// A refusal holds if no record says yes. An acceptance holds if any record says yes, for a site asks for less than there is to ask.
func (e evidence) holds(want crawler.Consent, other evidence) (held, string) {
	wanted := answers(want)
	best, by := nothing, ""
	take := func(h held, what string) {
		if h > best {
			best, by = h, what
		}
	}
	against := ""
	for p, value := range e {
		s := reading(crawler.ConsentRecord{Source: p.source, Name: p.name, Value: value})
		theirs, both := other[p]
		same := both && theirs == value
		switch {
		case s.choice == wanted && (s.plain || !same):
			take(agrees, s.what)
		case s.choice != "" && s.choice != wanted && s.plain:
			against = s.what
		case s.either && !same:
			take(agrees, s.what)
		case s.either:
			against = s.what
		case both && !same && p.source != fromAPI && s.choice == "" && code.MatchString(plainText(value)) && code.MatchString(plainText(theirs)):
			take(agrees, s.what)
		default:
			take(opaque, s.what)
		}
	}
	if against != "" && (wanted == crawler.Rejected || best < agrees) {
		return opposite, against
	}
	return best, by
}

// Proof gathers the pages of a run and says for which visitors it is not proven that the site took their choice: that the site had it
// on record after the click, and still had it on a further page, without asking again. It is used by one goroutine. The zero
// value is empty.
type Proof struct {
	visitors []*chooser
}

// chooser is one visitor who made a choice.
type chooser struct {
	task  crawler.Task
	page  string // id of the page on which the choice was made last
	url   string // of that page
	at    time.Time
	again bool // the same dialog was answered before
	first evidence
	found []crawler.ConsentRecord // on that page
	began bool                    // of one who is to withdraw: consent was given
	had   map[place]string        // before the click
	later []*further
}

// further is a page that the visitor came to after the choice.
type further struct {
	started time.Time
	host    string
	found   []crawler.ConsentRecord
	seen    bool // it asked
}

// Page takes in a visit.
func (p *Proof) Page(g *crawler.Page) {
	c := p.visitor(g.Task)
	if c == nil || g.Dialog == nil {
		return
	}
	c.began = c.began || g.Dialog.Action == crawler.Accepted
	if g.Dialog.Action == g.Task.Consent {
		c.again = c.again || g.Dialog.Again
		c.page, c.url, c.at = g.ID, g.URL, g.Dialog.At
		c.had = arrival(g.Records)
		c.first, c.found = evidenceOf(g.Records, c.had), g.Records
		return
	}
	if g.Outcome == crawler.Complete || g.Outcome == crawler.Partial {
		c.later = append(c.later, &further{g.Started, hostOf(g.URL), g.Records, g.Dialog.Seen && g.Dialog.Again})
	}
}

// visitor is the one of a task; nil: it makes no choice.
func (p *Proof) visitor(t crawler.Task) *chooser {
	if !Chooses(t.Consent) {
		return nil
	}
	for _, c := range p.visitors {
		if c.task.Profile == t.Profile {
			return c
		}
	}
	c := &chooser{task: t}
	p.visitors = append(p.visitors, c)
	return c
}

// after are the pages of the site that the visitor came to after the choice.
func (c *chooser) after() (out []*further) {
	for _, f := range c.later {
		if f.started.After(c.at) && f.host == hostOf(c.url) {
			out = append(out, f)
		}
	}
	return out
}

// Owed are tasks that are needed to prove choices: where a visitor chose and came to no further page of the site, the page where it
// chose is visited once more.
func (p *Proof) Owed() (out []crawler.Task) {
	for _, c := range p.visitors {
		if c.page != "" && len(c.after()) == 0 {
			out = append(out, crawler.Task{URL: c.url, Profile: c.task.Profile, Consent: c.task.Consent, Depth: c.task.Depth, Via: ViaAgain})
		}
	}
	return out
}

// ViaAgain marks visits that are made to see whether a choice still holds.
const ViaAgain = "again"

// Gaps are the choices that are not proven, each with the reason.
func (p *Proof) Gaps() (out []crawler.Gap) {
	for _, c := range p.visitors {
		if c.page == "" {
			if c.began && c.task.Consent == crawler.Withdrawn {
				text := "no way to withdraw consent was found"
				out = append(out, crawler.Gap{Kind: crawler.GapChoice, Where: c.task.URL, Profile: c.task.Profile, Consent: c.task.Consent, Text: text})
			}
			continue
		}
		if why := c.doubt(p.opponent(c)); why != "" {
			out = append(out, crawler.Gap{
				Kind: crawler.GapChoice, Where: c.url, Page: c.page, Profile: c.task.Profile, Consent: c.task.Consent,
				Text: "the choice \"" + string(c.task.Consent) + "\" was made and is not proven to have been taken: " + why,
			})
		}
	}
	return out
}

// opponent is a visitor who chose the opposite on the same host, with the same look if there is one.
func (p *Proof) opponent(c *chooser) *chooser {
	var found *chooser
	for _, o := range p.visitors {
		if o.page == "" || answers(o.task.Consent) == answers(c.task.Consent) || o.task.Consent == crawler.Withdrawn || hostOf(o.url) != hostOf(c.url) {
			continue
		}
		if found == nil || look(o.task) == look(c.task) {
			found = o
		}
	}
	return found
}

// look is what a visitor's name has beside its state: "-phone".
func look(t crawler.Task) string { return strings.TrimPrefix(t.Profile, string(t.Consent)) }

// doubt is why the choice is not proven; empty: it is.
func (c *chooser) doubt(o *chooser) string {
	if c.task.Consent == crawler.Withdrawn {
		return c.doubtOfWithdrawal()
	}
	var theirs evidence
	asked := c.again
	if o != nil {
		theirs = o.first
	}
	first, what := c.first.holds(c.task.Consent, theirs)
	if first == opposite {
		return "the record says " + c.contrary() + " (" + what + ")"
	}
	after := c.after()
	last := nothing
	for _, f := range after {
		e := evidenceOf(f.found, c.had)
		h, by := e.holds(c.task.Consent, theirs)
		if h == opposite {
			return "on a further page the record says " + c.contrary() + " (" + by + ")"
		}
		last, asked = max(last, h), asked || f.seen
	}
	switch {
	case asked:
		return "the dialog came back"
	case len(after) == 0:
		return "no further page was seen that would show it"
	case last == agrees:
		return ""
	case first == agrees:
		return "it was forgotten on the next page"
	case first == opaque || last == opaque:
		return "the record does not say which choice it stands for"
	}
	return "nothing on record could be read"
}

// doubtOfWithdrawal is why it is not proven that consent was withdrawn: the record has to say no, or to be gone, and to stay so.
func (c *chooser) doubtOfWithdrawal() string {
	after := c.after()
	h, what := withdrawn(c.found, c.had)
	for _, f := range after {
		if h == agrees {
			h, what = withdrawn(f.found, c.had)
		}
	}
	switch {
	case h == opposite:
		return "the record still says yes (" + what + ")"
	case h != agrees:
		return "nothing on record could be read"
	case len(after) == 0:
		return "no further page was seen that would show it"
	}
	return ""
}

// withdrawn tells what the records of a page say after consent was withdrawn; had is what was there before. Some sites delete the
// record.
func withdrawn(records []crawler.ConsentRecord, had map[place]string) (held, string) {
	best := nothing
	for p, value := range had {
		if reading(crawler.ConsentRecord{Source: p.source, Name: p.name, Value: value}).choice == crawler.Accepted {
			best = agrees // unless it is still there
		}
	}
	for p, value := range evidenceOf(records, nil) {
		switch s := reading(crawler.ConsentRecord{Source: p.source, Name: p.name, Value: value}); {
		case s.choice == crawler.Accepted && s.plain, s.choice == crawler.Accepted && had[p] == value:
			return opposite, s.what
		case s.choice == crawler.Rejected:
			best = agrees
		}
	}
	return best, ""
}

// contrary is what a record says that says the opposite.
func (c *chooser) contrary() string {
	if answers(c.task.Consent) == crawler.Rejected {
		return "yes"
	}
	return "no"
}

// Chooses reports whether a visitor in a state makes a choice.
func Chooses(c crawler.Consent) bool {
	return slices.Contains([]crawler.Consent{crawler.Accepted, crawler.Rejected, crawler.Withdrawn}, c)
}

func hostOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Host)
}
