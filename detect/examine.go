package detect

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
	"github.com/tagscan/tagscan/detect/consent"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
)

// vendorRule is the id of the rule that trusts the vendor's own documentation.
const vendorRule = "vendor-field"

// examined is what was concluded about one request.
type examined struct {
	job       job
	host      string
	own       bool // the site's own, and nobody else's in disguise: not looked into
	apart     bool // of a browser extension: the site has nothing to do with it
	local     bool // was to go to a program of the visitor's machine or network, and was held back here
	match     recipient.Match
	tree      *decode.Tree
	findings  []Finding
	attempted []Finding // what a request that never left would have carried
	notes     []string
	stub      Finding // what all findings of the request share
	dialog    *crawler.Dialog
	outlines  map[int]string // of fields
	claims    []consent.Claim
	traces    []uint32     // what it holds, to be looked at again
	contacts  []rule.Match // whom it is about, if it is the site's own
	printers  []printer    // that computed what it holds of the device
}

// aside reports a request in which nothing is looked for: the site's own, an extension's, one that nobody was to be sent.
func (x *examined) aside() bool {
	q := x.job.request
	return x.own || x.apart || x.unsent() && !notReached(q.Failed)
}

// unsent reports a request that reached nobody, and would reach nobody at a visitor's.
func (x *examined) unsent() bool { return x.job.request.NotSent && !x.local }

// release gives the tree's memory back. What was concluded from it stays valid.
func (x *examined) release() {
	if x.tree != nil {
		x.tree.Release()
		x.tree = nil
	}
}

// open decodes a request and names its recipient. It returns what its page shows to everybody, too.
func (w *worker) open(j job) (*examined, crawler.SiteFacts) {
	r := w.run
	q := j.request
	x := &examined{job: j, host: web.Host(q.URL)}
	site := recipient.Site{Page: r.k.ownPage(q), FirstParty: r.k.firstParty, Resolver: r.a.cfg.Resolver}
	x.tree = decode.Options{Budget: r.a.cfg.Budget, Interesting: r.pool.Interesting, Memory: r.memory}.Request(q, r.captures[j.capture].Blobs)
	x.match = r.a.catalog.Resolve(q, x.tree, site)
	if x.match.Recipient.How == recipient.OwnHost && x.match.LooksLike != nil {
		x.match.Recipient = *x.match.LooksLike
	}
	x.own = x.match.Recipient.ID == recipient.FirstParty && !r.a.cfg.IncludeFirstParty
	x.apart = ofExtension(q)
	x.local = !x.own && heldBack(q, x.host)
	x.stub = w.stub(x)
	facts := crawler.SiteFacts{}
	if p := r.k.pages[pageKey{j.capture, q.Page}]; p != nil {
		facts, x.dialog = p.facts, p.dialog
	}
	return x, facts
}

// examine looks at a request and finds what identifies. It only reads what the run knows.
func (w *worker) examine(j job) *examined {
	x, facts := w.open(j)
	if x.own {
		x.contacts = rule.FindContacts(w.context(x, facts), nil)
	}
	if x.aside() {
		return x
	}
	attempt := x.unsent()
	if !attempt {
		x.claims = claimsOf(x.tree)
		if w.run.lessons.remembers() {
			x.traces = tracesOf(x.tree, nil)
		}
	}
	recorded := false // a recording is one datum, however many nodes of a page it tells of
	merged := merge(x.tree, w.matches(x, facts))
	x.findings = make([]Finding, 0, len(merged))
	for _, m := range merged {
		if m.Class == rule.Replay {
			if recorded {
				continue
			}
			recorded = true
		}
		if m.Info != "" {
			f := &x.tree.Fields[m.Field]
			x.notes = append(x.notes, string(m.Class)+" in "+FoldPath(f.Path)+": "+m.Info)
			continue
		}
		x.findings = append(x.findings, w.finding(x, m))
	}
	if f, ok := w.print(x, merged); ok {
		x.findings = append(x.findings, f)
	}
	if attempt {
		x.attempted, x.findings = x.findings, nil
	}
	return x
}

// extensionSchemes are those of the addresses of browser extensions.
var extensionSchemes = []string{"chrome-extension:", "moz-extension:", "safari-web-extension:", "ms-browser-extension:"}

// ofExtension reports whether a browser extension sent the request, or was sent it: a HAR of somebody's own browser has
// such requests among those of the site.
func ofExtension(q *crawler.Request) bool {
	return q.Initiator.Type == "extension" || slices.ContainsFunc(extensionSchemes, func(s string) bool {
		return strings.HasPrefix(q.URL, s) || strings.HasPrefix(q.PageURL, s)
	})
}

// matches collects what the pool, the vendor's documentation, the rules and the cribs say.
func (w *worker) matches(x *examined, facts crawler.SiteFacts) []rule.Match {
	r, t := w.run, x.tree
	all := r.pool.Find(t, w.found[:0])
	all = slices.DeleteFunc(all, func(m rule.Match) bool {
		if m.Known == rule.ByObserved && m.Class == rule.SyncedID {
			return !r.lessons.foreign(m.Text, x.host)
		}
		return m.Known == rule.ByStorage && x.match.Recipient.Via == "" && !r.k.foreign(m.Text, x.host)
	})
	for i := range all {
		if m := &all[i]; m.Known == rule.ByStorage {
			if c := r.k.sureOf(*m); rank(Confidence(c)) < rank(Confidence(m.Confidence)) {
				m.Confidence = c
			}
		}
	}
	clear(w.meant)
	for _, f := range x.match.Fields {
		switch {
		case f.Neutral:
			w.meant[f.Field] = ""
		case f.Class == rule.UserID && ofNobody(t, f.Field):
			w.meant[f.Field] = ""
		case f.Class != "":
			w.meant[f.Field] = f.Class
			all = append(all, vendorMatch(t, f))
		}
	}
	ctx := w.context(x, facts)
	ctx.Meant = w.meant
	all = keyMatches(ctx, t, rule.Find(ctx, all))
	all = nameMatches(ctx, r.pool, t, all)
	if tables := labelTables(t); tables != nil {
		all = slices.DeleteFunc(all, func(m rule.Match) bool { return onlyLabelled(tables, &t.Fields[m.Field], m) })
	}
	all = supported(t, all)
	done := append(w.done[:0], make([]bool, len(t.Fields))...)
	for _, m := range all {
		for i := m.Field; i >= 0 && !done[i]; i = t.Fields[i].Parent {
			done[i] = true
		}
	}
	all = append(all, ctx.Cribs(r.pool, done)...)
	all = slices.DeleteFunc(all, func(m rule.Match) bool {
		f := &t.Fields[m.Field]
		return automatic(f, m) || accidental(f, m)
	})
	w.found, w.done = all, done
	return all
}

// context is what rules know of a request.
func (w *worker) context(x *examined, facts crawler.SiteFacts) *rule.Context {
	return &rule.Context{
		Tree: x.tree, Host: x.host, Site: web.Site(x.job.request.PageURL), Facts: facts, Names: w.names,
		FirstParty: x.match.Recipient.ID == recipient.FirstParty, Visitor: w.run.k.visitor(),
		Ads: x.match.Recipient.Advertising(), Disguised: x.match.Recipient.Via != "",
	}
}

// ofNobody reports the key of an evaluation context that is no person's: its own object says that it is anonymous, and of another
// kind than a user (https://launchdarkly.com/docs/home/flags/context-kinds). Such keys are environments, builds, services.
func ofNobody(t *decode.Tree, i int) bool {
	key := &t.Fields[i]
	object := objectOf(key)
	anonymous, kind := false, ""
	for j := max(0, i-contextFields); j < min(len(t.Fields), i+contextFields); j++ {
		g := &t.Fields[j]
		if g.Parent != key.Parent || objectOf(g) != object {
			continue
		}
		switch g.Key {
		case "anonymous":
			anonymous = g.Value == "true"
		case "kind":
			kind = g.Value
		}
	}
	return anonymous && kind != "" && kind != "user" && kind != "device"
}

// contextFields is how far apart in a payload the fields of one evaluation context are at most.
const contextFields = 24

// vendorMatch is what the vendor's documentation says of a field. The value was checked when the meaning was given.
func vendorMatch(t *decode.Tree, f recipient.Meaning) rule.Match {
	v := t.Fields[f.Field].Value
	m := rule.Match{
		Rule: vendorRule, Class: f.Class, Known: rule.ByField, Field: f.Field, End: len(v), Text: v, Confidence: rule.Certain,
	}
	switch f.Class {
	case rule.Email, rule.Phone, rule.Name, rule.Address, rule.BirthDate:
		if fn := digestName(v); fn != "" {
			m.Form, m.Hash = rule.Hashed, []string{"?" + fn}
		}
	}
	return m
}

var hexDigest = regexp.MustCompile(`^(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}|[0-9a-fA-F]{128})$`)

// digestName guesses the hash function of a text that has the shape of a hexadecimal digest, "" if it has none.
func digestName(v string) string {
	if !hexDigest.MatchString(v) {
		return ""
	}
	return map[int]string{32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}[len(v)]
}

// supported drops what the vendor's documentation alone says is an e-mail address, though it has the shape of one and
// the rules, which know placeholders, would not have it.
func supported(t *decode.Tree, all []rule.Match) []rule.Match {
	var addresses []int
	for _, m := range all {
		if m.Class == rule.Email && m.Rule != vendorRule {
			addresses = append(addresses, m.Field, t.Fields[m.Field].Parent)
		}
	}
	return slices.DeleteFunc(all, func(m rule.Match) bool {
		return m.Rule == vendorRule && m.Class == rule.Email && strings.Contains(t.Fields[m.Field].Value, "@") && !slices.Contains(addresses, m.Field)
	})
}

// minAddressPart is the length in bytes from which both halves of an e-mail address are no accident among bytes: three
// random ones are an address in one of some thousand kilobytes.
const minAddressPart = 3

// accidental reports whether an unknown e-mail address is a few bytes of something that is no text.
func accidental(f *decode.Field, m rule.Match) bool {
	if m.Class != rule.Email || m.Known != rule.ByPattern || !strings.ContainsAny(f.Value, "\x00\x01\x02\x03\x04\x05\x06\x07\x08") {
		return false
	}
	local, domain, _ := strings.Cut(m.Text, "@")
	name, _, _ := strings.Cut(domain, ".")
	return len(local) < minAddressPart || len(name) < minAddressPart
}

// automatic reports whether a match is in what every browser sends with every request: such headers are told of by
// contact. The Referer header counts only for the personal data in the address, not for the address.
func automatic(f *decode.Field, m rule.Match) bool {
	if f.Where != decode.Header {
		return false
	}
	name := headerName(f.Path)
	if name == "referer" || name == "origin" {
		switch m.Class {
		case rule.PageURL, rule.Referrer, rule.Title, rule.Search:
			return m.Known != rule.ByPersona && m.Known != rule.ByObserved
		}
		return name == "origin"
	}
	return web.OrdinaryHeader(name)
}

// headerName is the name of the header that a field path begins with, lower case.
func headerName(path string) string {
	name := strings.TrimPrefix(path, string(decode.Header)+".")
	if end := strings.IndexAny(name, ".["); end > 0 {
		name = name[:end]
	}
	return lowerASCII(name)
}

func lowerASCII(s string) string { return strings.ToLower(s) }

// replaceFold replaces every old in s, whatever its ASCII case.
func replaceFold(s, old, with string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		if i+len(old) <= len(s) && strings.EqualFold(s[i:i+len(old)], old) {
			b.WriteString(with)
			i += len(old)
			continue
		}
		b.WriteByte(s[i])
		i++
	}
	return b.String()
}
