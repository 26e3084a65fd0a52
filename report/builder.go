package report

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/consent"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
)

// Options is what a Builder needs to know beside events and findings. All may be left out.
type Options struct {
	// OwnerOf names whose a host is (no port) where there is no request to it: detect.Owners. recipient.FirstParty is the
	// site itself. Without it hosts go by their registrable domain. Who received a request is what Judged says.
	OwnerOf func(host string) recipient.Recipient
	// Advice is what to set at the recipient so that it is no longer sent the class; "" if there is nothing particular.
	Advice func(recipientID string, class rule.Class) string
	// Redact masks what identifies somebody in a text, beside what the builder masks itself.
	Redact func(string) string
	// Persona are the keys of the known values that were looked for.
	Persona []string
	// Known are the known values by persona key. They are masked wherever they stand, found in a request or not.
	Known map[string][]string
	// Key makes the tokens that correlate equal values within a project; without it there are none.
	Key  []byte
	Made Made
}

// Builder makes a Model out of the events of a run and the conclusions about it. What it keeps grows with the number of
// distinct flows, scripts, cookies, pages and gaps, not with requests or findings: bodies are never kept.
type Builder struct {
	o        Options
	run      crawler.Run
	started  bool
	ended    crawler.Event
	own      web.Sites // registrable domains of the site, if OwnerOf is missing
	owners   map[string]recipient.Recipient
	parties  map[string]*party
	visits   map[string]*visit // by page id, until its Page event
	pages    []Page
	group    detect.Grouper
	scripts  map[scriptKey]*script
	loads    map[Load]bool
	cookies  map[cookieKey]*cookie
	states   map[crawler.Consent]*state
	carried  map[carriedKey]bool // cookie names that requests to third parties carried
	stored   map[storedKey]bool  // values of the storage that requests to third parties carried
	values   map[string]bool     // personal values to be masked everywhere
	names    map[string]bool     // parts of names, in lower case, to be masked in titles
	requests int
	third    int
	findings int
	missing  int
	gaps     []crawler.Gap
	contra   []consent.Contradiction
	facts    map[factsKey]consent.Facts // about consent
	notes    []string                   // of ends and interruptions

	documents documents // of the site's own pages
}

// maxValues bounds the personal values that are remembered for masking, and the values of storage for tracing.
const maxValues = 20_000

// NewBuilder returns an empty Builder.
func NewBuilder(o Options) *Builder {
	b := &Builder{
		o: o, own: web.Sites{}, owners: map[string]recipient.Recipient{}, parties: map[string]*party{},
		visits: map[string]*visit{}, scripts: map[scriptKey]*script{}, loads: map[Load]bool{},
		cookies: map[cookieKey]*cookie{}, states: map[crawler.Consent]*state{}, carried: map[carriedKey]bool{},
		documents: documents{}, stored: map[storedKey]bool{}, facts: map[factsKey]consent.Facts{}, values: map[string]bool{}, names: map[string]bool{},
	}
	b.known(o.Known)
	return b
}

// factsKey is a recipient in a state of the visitor's choice.
type factsKey struct {
	recipient string
	state     crawler.Consent
}

// visit is what must be remembered of a page until it is left.
type visit struct {
	requests int
	third    int
	party    map[string]string // recipient id by request id
	scripts  []ran
	parties  map[string]bool
	document []crawler.Header // of the answer to the page's own document
	route    string           // as it was concluded for the page's document: without known values
}

// party gathers what is known of one recipient.
type party struct {
	r        recipient.Recipient
	hosts    set
	accounts set
	events   set
	routes   set
	requests int
	by       map[crawler.Consent]int // requests
	visits   map[crawler.Consent]set // pages, by id
	own      set                     // the site's own hosts that stand in for it
	referer  bool
	direct   bool // reached under a host of its own, not only behind one of the site's
	brings   map[string]*Brought
	reach    *reach
	met      string // address of the first page on which it was met
}

// set is a set of strings that is listed in order.
type set map[string]bool

func (s set) add(v string) {
	if v != "" {
		s[v] = true
	}
}

func (s set) list() []string { return slices.Sorted(maps.Keys(s)) }

// Event takes the next event of the run. What is concluded about the requests of a visit must come before its Page event; what comes
// later, as about a report that Chrome uploads late, counts towards the run and no longer towards its page.
func (b *Builder) Event(e crawler.Event) {
	if !e.Time.IsZero() && e.Time.After(b.ended.Time) {
		b.ended.Time = e.Time
	}
	switch {
	case e.Run != nil:
		b.startRun(e.Run)
	case e.Request != nil:
		b.request(e.Request)
	case e.Script != nil:
		b.script(e.Script)
	case e.Cookie != nil:
		b.cookie(e.Cookie, e)
	case e.Page != nil:
		b.page(e.Page)
	case e.Note != nil && e.Note.Kind == "interrupted":
		b.notes = append(b.notes, e.Note.Text)
	}
}

// startRun takes the facts of the run; where several captures are told as one, those of the first.
func (b *Builder) startRun(r *crawler.Run) {
	if !b.started {
		b.run, b.started = *r, true
	}
	b.own.Add(r.Seeds...)
	b.own.Add(r.FirstParty...)
	b.known(r.Persona)
}

// owner names who receives what is sent to the host of a URL.
func (b *Builder) owner(raw string) recipient.Recipient {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || !onTheWeb(u) {
		return recipient.Recipient{}
	}
	return b.ownerOf(u.Hostname())
}

// onTheWeb reports whether something is fetched from a host: not a browser's own page, extension or error.
func onTheWeb(u *url.URL) bool {
	switch u.Scheme {
	case "http", "https", "ws", "wss":
		return true
	}
	return false
}

func (b *Builder) ownerOf(host string) recipient.Recipient {
	if r, ok := b.owners[host]; ok {
		return r
	}
	var r recipient.Recipient
	switch d := web.DomainOf(host); {
	case b.o.OwnerOf != nil:
		r = b.o.OwnerOf(host)
	case b.own[d]:
		r = recipient.Recipient{ID: recipient.FirstParty, Name: d, How: recipient.OwnHost}
	default:
		r = recipient.Recipient{ID: d, Name: d, How: recipient.Unknown}
	}
	b.owners[host] = r
	return r
}

func isThird(r recipient.Recipient) bool { return r.ID != "" && r.ID != recipient.FirstParty }

func (b *Builder) party(r recipient.Recipient) *party {
	p := b.parties[r.ID]
	if p == nil {
		p = &party{r: r, hosts: set{}, accounts: set{}, events: set{}, routes: set{}, own: set{},
			by: map[crawler.Consent]int{}, visits: map[crawler.Consent]set{}, brings: map[string]*Brought{}}
		b.parties[r.ID] = p
	}
	if p.r.How == recipient.Unknown || p.r.Weak && !r.Weak {
		p.r = r
	}
	p.direct = p.direct || r.Via == ""
	return p
}

func (b *Builder) visit(id string) *visit {
	v := b.visits[id]
	if v == nil {
		v = &visit{party: map[string]string{}, parties: map[string]bool{}}
		b.visits[id] = v
	}
	return v
}

// request takes the facts of a request that a Content-Security-Policy is made of. Who received it is said by Judged.
func (b *Builder) request(r *crawler.Request) {
	if !r.NotSent && r.Initiator.Type != "extension" {
		b.load(r)
		b.document(r)
	}
}

// Conclusion takes the next conclusion about the events.
func (b *Builder) Conclusion(c detect.Conclusion) {
	switch {
	case c.Judged != nil:
		b.judged(c.Judged)
	case c.Finding != nil:
		b.finding(*c.Finding)
	case c.Gap != nil:
		b.gaps = append(b.gaps, *c.Gap)
		if c.Gap.Kind == crawler.GapChoice {
			b.doubt(*c.Gap)
		}
	case c.Consent != nil:
		b.facts[factsKey{c.Consent.Recipient, c.Consent.Consent}] = *c.Consent
	case c.Contradiction != nil:
		b.contra = append(b.contra, *c.Contradiction)
	}
}

// judged counts a request to whom it went.
func (b *Builder) judged(j *detect.Judged) {
	v := b.visit(j.PageID)
	v.party[j.Request] = j.Recipient.ID
	if j.Type == "document" {
		v.route = cmp.Or(v.route, j.Route)
	}
	if j.NotSent || j.Apart || j.Host == "" {
		return
	}
	b.requests++
	v.requests++
	if !j.Third() {
		return
	}
	b.third++
	v.third++
	v.parties[j.Recipient.ID] = true
	p := b.party(j.Recipient)
	p.requests++
	p.by[j.Consent]++
	p.visited(j)
	p.routes.add(j.Route)
	p.hosts.add(j.Host)
	for _, name := range j.Cookies {
		b.carried[carriedKey{j.Recipient.ID, j.Host, name}] = true
	}
	p.referer = p.referer || j.Referer
	b.bring(j, v)
}

// bring notes who led to a request: the third parties in its initiator chain, and the one that redirected to it.
func (b *Builder) bring(j *detect.Judged, v *visit) {
	how, to := "request", j.Recipient
	if j.Type == "script" || j.Type == "document" {
		how = "script"
	}
	seen := map[string]bool{to.ID: true}
	direct := true
	if from := v.party[j.Redirect]; j.Redirect != "" && from != recipient.FirstParty && !seen[from] && from != "" {
		b.brought(from, to, "redirect", true)
		seen[from] = true
		direct = false
	}
	for _, c := range j.Via {
		from := b.owner(c.URL)
		if !isThird(from) || seen[from.ID] {
			continue
		}
		seen[from.ID] = true
		b.party(from)
		b.brought(from.ID, to, how, direct)
		direct = false
	}
}

func (b *Builder) brought(from string, to recipient.Recipient, how string, direct bool) {
	p := b.parties[from]
	if p == nil {
		return
	}
	br := p.brings[to.ID]
	if br == nil {
		br = &Brought{ID: to.ID, Name: to.Name, Country: countryName(to.Country), How: how}
		p.brings[to.ID] = br
	}
	br.Requests++
	br.Direct = br.Direct || direct
	if how == "script" {
		br.How = how
	}
}

func (b *Builder) page(p *crawler.Page) {
	v := b.visit(p.ID)
	delete(b.visits, p.ID)
	route := cmp.Or(v.route, p.Task.Route, web.Route(cmp.Or(p.URL, p.Task.URL)))
	pg := Page{
		ID: p.ID, URL: detect.MaskURL(cmp.Or(p.URL, p.Task.URL)), Route: route, Title: p.Title, Consent: p.Task.Consent,
		Profile: p.Task.Profile, Outcome: p.Outcome, Reason: p.Reason, Status: p.Status, Requests: v.requests,
		Third: v.third, Missing: missingOf(p.Counts), Shot: p.Screenshot.SHA256,
	}
	if d := p.Ended.Sub(p.Started); !p.Started.IsZero() && d > 0 {
		pg.Seconds = float64(d.Milliseconds()) / 1000
	}
	if d := p.Dialog; d != nil {
		pg.Dialog = &Dialog{Seen: d.Seen, Platform: d.Platform, Action: d.Action, Verified: d.Verified, State: d.State,
			Text: d.Text, Clicks: d.Clicks, Ticked: d.Ticked}
	}
	if b.doubted(&pg) {
		pg.Dialog.Verified = false
	}
	b.missing += p.Counts.BodiesMissing
	b.known(p.Observed)
	b.known(p.Typed)
	b.stateOf(pg)
	if v.document != nil && p.Outcome == crawler.Complete {
		b.documents.add(route, v.document)
	}
	b.reached(p, route, v)
	for id := range v.parties {
		if party := b.parties[id]; party != nil && party.met == "" {
			party.met = pg.URL
		}
	}
	b.pages = append(b.pages, pg)
}

func missingOf(c crawler.Completeness) []string {
	var out []string
	if c.NotAttached > 0 {
		out = append(out, plural(c.NotAttached, "frame or worker")+" not recorded")
	}
	if c.DecodeFailed > 0 {
		out = append(out, plural(c.DecodeFailed, "browser message")+" not understood")
	}
	if c.BodiesMissing > 0 {
		out = append(out, plural(c.BodiesMissing, "request body")+" not seen")
	}
	for _, cap := range c.CapsReached {
		out = append(out, "limit reached: "+cap)
	}
	return out
}

// finding takes the next finding. What was found about the site's own hosts is kept apart from the recipients.
func (b *Builder) finding(f detect.Finding) {
	b.findings++
	b.group.Add(f)
	if v := f.Value.Reveal(); v != "" && f.Form != detect.Hashed && f.Form != detect.Masked {
		b.personal(f.Class, v)
	}
	if !isThird(f.Recipient) {
		return
	}
	p := b.party(f.Recipient)
	p.hosts.add(f.Host)
	p.routes.add(f.Route)
	p.accounts.add(f.Account)
	if len(p.events) < 12 {
		p.events.add(f.EventName)
	}
	if f.Known == detect.ByStorage && len(b.stored) < maxValues/10 {
		b.stored[storedKey{f.Recipient.ID, f.Value.Reveal()}] = true
	}
}

// Flows are the flows of the findings so far, the worst first: what policy.Judge is asked about.
func (b *Builder) Flows() []detect.Flow {
	flows := b.group.Flows()
	sortFlows(flows)
	return flows
}

// Input is what policy.Judge needs to know of the run.
func (b *Builder) Input() policy.Input {
	in := policy.Input{Flows: b.Flows(), Gaps: b.gaps, Contradictions: b.contradictionsToJudge()}
	in.Standing = b.standing(in.Flows)
	in.Pages, in.Scripts = toJudge(b.pages, b.sortedScripts())
	return in
}

// toJudge is what policy.Judge needs to know of pages and scripts.
func toJudge(pages []Page, scripts []Script) (ps []policy.Page, ss []policy.Script) {
	for _, p := range pages {
		ps = append(ps, policy.Page{
			ID: p.ID, URL: p.URL, Route: p.Route, Consent: p.Consent, Outcome: p.Outcome, Reason: p.Reason, Status: p.Status,
		})
	}
	for _, s := range scripts {
		ss = append(ss, policy.Script{URL: s.URL, SHA256: s.SHA256, Owner: s.Owner, Integrity: s.Integrity, Kind: s.Kind, Routes: s.Routes})
	}
	return ps, ss
}

func itoa(n int) string { return strconv.Itoa(n) }

// plainURL is a URL without query, fragment and user. What Go takes for no URL is cut at the first "?" or "#".
func plainURL(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw[:len(raw)-len(strings.TrimLeftFunc(raw, func(r rune) bool { return r != '?' && r != '#' }))]
	}
	if u.Scheme == "data" || u.Scheme == "blob" || u.Opaque != "" {
		return u.Scheme + ":"
	}
	u.RawQuery, u.Fragment, u.RawFragment, u.User, u.ForceQuery = "", "", "", nil, false
	return u.String()
}

// causeURL is the address of a cause as a report may show it: documents are pages, and named as those are.
func causeURL(c crawler.Cause) string {
	if c.Kind == "document" {
		return detect.MaskURL(c.URL)
	}
	return plainURL(c.URL)
}
