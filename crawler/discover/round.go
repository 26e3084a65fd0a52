package discover

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
)

// candidate is a URL that was found and not decided on.
type candidate struct {
	page
	late  bool   // only visitors other than the leader were led to it
	nth   int    // in the order in which all were found
	kind  string // its route, or what is taken for it until pages of it were seen, see web.Routes.Kind
	of    int    // how many pages of its kind come before it
	class class
	was   *earlier // the page of an earlier crawl that it is

	putOff bool // for a round, see round.mayBeBetter
}

// meet takes in that it was found once more: what the leader finds, or finds nearer to a start page, counts.
func (c *candidate) meet(t crawler.Task, u *url.URL, late bool) {
	better := Named(t) && !Named(c.task) || !Named(c.task) && c.late == late && closer(t, u, c)
	if c.late && !late || better {
		c.late = c.late && late
		c.task, c.url = t, u
		c.task.URL = u.String()
	}
}

// closer reports whether t is to be preferred to the task of c, which is for the same page: the order in which the two were
// found must not matter.
func closer(t crawler.Task, u *url.URL, c *candidate) bool {
	return cmp.Or(cmp.Compare(t.Depth, c.task.Depth), strings.Compare(u.String(), c.task.URL), strings.Compare(t.Via, c.task.Via)) < 0
}

// class is what comes first in a round.
type class int

const (
	asked    class = iota // by the user
	again                 // an earlier crawl visited it
	withData              // its address carries data of a person, or is one that is shown to a person whose data is known
	withForm              // by its address it has a form
	newKind               // no page of its kind was visited
	oneMore               // of a kind of which there are others
)

// reason says for a person why the page was chosen.
func (c *candidate) reason() string {
	why := ""
	switch c.class {
	case asked:
		why = "it was asked for"
	case again:
		why = "an earlier scan visited it"
	case withData:
		why = "its address speaks of a person's data"
	case withForm:
		why = "by its address it has a form"
	case newKind:
		why = "a kind of page not seen yet"
	case oneMore:
		why = fmt.Sprintf("number %d of its kind", c.of+1)
	}
	if c.late {
		why += "; only linked to after a choice"
	}
	return why
}

// earlier is a page that an earlier crawl visited.
type earlier struct {
	page
	place string // its key without the query
	bare  bool   // nothing is known of its query
}

// earlierPages are the pages at addresses, in their order and each once.
func (f *Frontier) earlierPages(addresses []string) (list []*earlier) {
	for _, a := range addresses {
		u, err := parse(a)
		if err != nil || strings.ContainsAny(u.Path, "{}") { // folded: the address itself is not known
			continue
		}
		t := crawler.Task{URL: u.String(), Depth: 1, Via: viaEarlier}
		if why, _ := f.unfit(t, u); why == "" || why == OtherSite {
			list = append(list, &earlier{page: page{t, u, key(u)}, place: placeKey(u), bare: u.RawQuery == ""})
		}
	}
	slices.SortFunc(list, func(a, b *earlier) int { return strings.Compare(a.key, b.key) })
	return slices.CompactFunc(list, func(a, b *earlier) bool { return a.key == b.key })
}

// viaEarlier is the Via of a task that only an earlier crawl knows of.
const viaEarlier = "earlier"

// placeKey is the key of a URL without its query.
func placeKey(u *url.URL) string {
	bare := *u
	bare.RawQuery = ""
	return key(&bare)
}

// candidates are what was found by the leader, or only by others. f.mu is held.
func (f *Frontier) candidates(late bool) (list []*candidate) {
	for _, c := range f.found {
		if c.late == late {
			list = append(list, c)
		}
	}
	return list
}

// settle decides on candidates and returns those that are taken, in order. What remains is decided on later.
func (f *Frontier) settle(ctx context.Context, candidates []*candidate) (taken []*candidate) {
	f.learn(candidates)
	r := f.newRound(candidates)
	if taken = r.take(ctx); len(taken) > 0 {
		return taken
	}
	// Nothing else is to be had: the earlier pages that no link leads to any more.
	f.mu.Lock()
	var old []*candidate
	for _, e := range f.before {
		if why, _ := f.unfit(e.task, e.url); why == "" && !f.seen[e.key] {
			f.seen[e.key] = true
			f.added++
			c := &candidate{page: e.page, nth: f.added}
			f.found[e.key] = c
			old = append(old, c)
		}
	}
	f.before = nil
	f.mu.Unlock()
	if len(old) == 0 {
		return nil
	}
	f.learn(old)
	r = f.newRound(old)
	for _, c := range r.order {
		c.class = again
	}
	return r.take(ctx)
}

// learn teaches the routes what is known by now, in an order that does not depend on which page ended first.
func (f *Frontier) learn(candidates []*candidate) {
	f.mu.Lock()
	shown := f.shown
	f.shown = nil
	f.mu.Unlock()
	byKey := slices.SortedFunc(slices.Values(candidates), func(a, b *candidate) int { return strings.Compare(a.key, b.key) })
	for _, c := range byKey {
		if c.task.Via == "seed" {
			f.routes.Begin(c.url)
		}
	}
	learned := f.routes.See(shown...)
	for _, c := range byKey {
		if what := f.routes.Learn(c.url); what != "" {
			learned = append(learned, what)
		}
	}
	for _, what := range learned {
		if f.opt.OnRoute != nil {
			f.opt.OnRoute(what)
		}
	}
}

// round is a round that is being decided.
type round struct {
	f      *Frontier
	order  []*candidate
	routes map[string]int // pages of the list, by route
	kinds  map[string]int // and by kind
	fresh  map[string]int // pages of this round, by kinds that are not proven
	pages  int            // of the list
	better int            // pages of this round that are more than one more of a kind
	owed   int            // places that are kept for pages of an earlier crawl which were not found yet
}

// newRound counts what the list has, by what is known of routes now, and orders the candidates.
func (f *Frontier) newRound(candidates []*candidate) *round {
	f.mu.Lock()
	defer f.mu.Unlock()
	r := &round{f: f, routes: map[string]int{}, kinds: map[string]int{}, fresh: map[string]int{}, pages: len(f.list)}
	for _, p := range f.list {
		r.routes[f.routes.Fold(p.url)]++
		r.kinds[f.kind(p.url)]++
	}
	r.order = slices.Clone(candidates)
	slices.SortFunc(r.order, byAddress)
	f.recognise(r.order)
	r.owed = len(f.before)
	n := map[string]int{}
	for _, c := range r.order {
		c.task.Route, c.kind = f.routes.Fold(c.url), f.kind(c.url)
		c.of = r.kinds[c.kind] + n[c.kind]
		c.class = classOf(c)
		if c.class > again {
			n[c.kind]++
		}
	}
	slices.SortStableFunc(r.order, func(a, b *candidate) int {
		n := cmp.Compare(a.class, b.class)
		switch a.class {
		case asked:
			return cmp.Or(n, cmp.Compare(a.nth, b.nth))
		case newKind:
			return cmp.Or(n, cmp.Compare(a.single(), b.single()))
		case oneMore:
			return cmp.Or(n, cmp.Compare(a.of, b.of))
		}
		return n
	})
	return r
}

// single is 0 for a page of a kind that may stand for many pages, such as that of a product, and 1 for one that stands for
// itself.
func (c *candidate) single() int {
	if strings.Contains(c.kind, "{") {
		return 0
	}
	return 1
}

// byAddress puts short paths before long ones, and each length in order of its letters.
func byAddress(a, b *candidate) int {
	return cmp.Or(cmp.Compare(strings.Count(a.key, "/"), strings.Count(b.key, "/")), strings.Compare(a.key, b.key))
}

// kind is the kind of page that a URL is taken for: pages that speak of data or have a form are of a kind of their own.
func (f *Frontier) kind(u *url.URL) string {
	if carriesData(u) || hasForm(u) {
		return f.routes.Fold(u)
	}
	return f.routes.Kind(u)
}

func classOf(c *candidate) class {
	switch {
	case Named(c.task):
		return asked
	case c.was != nil:
		return again
	case c.of > 0:
		return oneMore
	case carriesData(c.url):
		return withData
	case hasForm(c.url):
		return withForm
	}
	return newKind
}

// recognise finds which candidates, in their order, are pages of an earlier crawl: those at the same address, and where
// nothing is known of the query of the earlier one, the first at the same place. f.mu is held.
func (f *Frontier) recognise(order []*candidate) {
	for _, exact := range []bool{true, false} {
		f.before = slices.DeleteFunc(f.before, func(e *earlier) bool {
			for _, p := range f.list {
				if e.key == p.key || !exact && e.bare && e.place == placeKey(p.url) {
					return true
				}
			}
			i := slices.IndexFunc(order, func(c *candidate) bool {
				return c.was == nil && (e.key == c.key || !exact && e.bare && e.place == placeKey(c.url))
			})
			if i >= 0 {
				order[i].was = e
			}
			return i >= 0
		})
	}
}

// take decides on all candidates in their order.
func (r *round) take(ctx context.Context) (taken []*candidate) {
	f := r.f
	for _, c := range r.order {
		if r.waits(c) {
			continue
		}
		why, detail := f.judge(ctx, r, c)
		f.mu.Lock()
		delete(f.found, c.key)
		f.mu.Unlock()
		if why != "" {
			f.skip(Skip{c.task, why, detail}, c.key)
			continue
		}
		r.count(c)
		taken = append(taken, c)
	}
	return taken
}

// waits reports whether a candidate is decided on in a later round.
func (r *round) waits(c *candidate) bool {
	if c.class <= again || r.out() {
		return false
	}
	return r.unproven(c) || r.limited() && (r.isOwed() || r.mayBeBetter(c))
}

func (r *round) limited() bool { return r.f.opt.MaxPages > 0 }

// unproven reports whether enough pages of a kind are visited with this round that nobody has seen yet: where several are
// taken to be of one route, as siblings in one folder are, there are no more of them in one round than of a route, for
// after it that is known.
func (r *round) unproven(c *candidate) bool {
	limit := r.f.opt.PerRoute
	return limit > 0 && c.kind != c.task.Route && r.routes[c.task.Route] < limit && r.fresh[c.kind] >= limit
}

// isOwed reports whether the places that are left are owed to pages of an earlier crawl: they are kept until it is known
// whether a link leads there.
func (r *round) isOwed() bool { return r.owed > 0 && r.pages >= r.f.opt.MaxPages-r.owed }

// keptBack is the part of all pages that is not given away to new kinds of pages as soon as they are found.
const keptBack = 4

// mayBeBetter reports whether a page is put off because the pages of this round may lead to better ones: one more of a kind
// waits as long as there are others, and the last places are given to kinds of pages only after one more round, which may
// find pages with data or forms, such as those at the end of an order.
func (r *round) mayBeBetter(c *candidate) bool {
	switch c.class {
	case oneMore:
		return r.better > 0
	case newKind:
		if !c.putOff && r.pages >= r.f.opt.MaxPages-r.f.opt.MaxPages/keptBack {
			c.putOff = true
			return true
		}
	}
	return false
}

// out reports whether there is no room for any more page.
func (r *round) out() bool { return r.f.opt.MaxPages > 0 && r.pages >= r.f.opt.MaxPages }

func (r *round) count(c *candidate) {
	r.pages++
	r.routes[c.task.Route]++
	r.fresh[c.kind]++
	if c.class < oneMore {
		r.better++
	}
}

// full says which limit keeps the candidate out; "" if none does.
func (r *round) full(c *candidate) (why Why, detail string) {
	if limit := r.f.opt.PerRoute; limit > 0 && r.routes[c.task.Route] >= limit && !Named(c.task) {
		return RouteLimit, c.task.Route
	}
	if r.out() {
		return PageLimit, ""
	}
	return "", ""
}

// judge asks robots.txt of what was named before it counts pages: who named a page wants to know that it is kept out.
func (f *Frontier) judge(ctx context.Context, r *round, c *candidate) (why Why, detail string) {
	why, detail = r.full(c)
	if why != "" && !Named(c.task) {
		return why, detail
	}
	if f.opt.Robots != nil {
		if detail := f.opt.Robots.refuses(ctx, c.url); detail != "" {
			return ByRobots, detail
		}
	}
	return why, detail
}

var (
	// dataParams are names of parameters that carry data of a person.
	dataParams = wordSet(`email mail emailaddress useremail phone tel telephone mobile name firstname lastname fullname username user userid uid
		customer customerid member memberid birthday birthdate dob gender zip zipcode postcode plz address street city iban order orderid ordernumber
		transactionid lat lng lon latitude longitude login account token hash eid contactid`)
	// dataWords are words of addresses that are shown to a person whose data is known.
	dataWords = wordSet(`thanks thankyou thank danke merci gracias grazie obrigado bedankt tack kiitos confirmation confirmed bestaetigung bestatigung
		success erfolg received account konto myaccount meinkonto compte moncompte cuenta micuenta profile profil perfil profilo dashboard
		orders bestellungen order settings`)
	// formWords are words of addresses whose pages ask a person something.
	formWords = wordSet(`contact contactus kontakt kontaktformular contacto contatti contato nouscontacter signup register registration registrieren
		registrierung inscription registro iscrizione join login signin anmelden anmeldung connexion newsletter checkout kasse caisse panier cart
		warenkorb basket bag carrito payment zahlung paiement pay quote angebot devis demo requestdemo trial booking book buchen buchung reservation
		reservierung appointment termin apply application bewerbung bewerben jobs careers karriere feedback survey umfrage support ticket
		subscribe abonnieren search suche recherche buscar form formular formulaire enquiry inquiry anfrage donate spenden calculator rechner`)
)

// carriesData reports whether an address carries data of a person, as ?email= does, or is one that a person is shown whose
// data is known: /thanks, /account.
func carriesData(u *url.URL) bool {
	for _, p := range readParams(u) {
		if p.value != "" && !web.Carried(p.name.text) && (p.name.is(dataParams) || strings.Contains(p.value, "@")) {
			return true
		}
	}
	return slices.ContainsFunc(readSegments(u.Path), func(s segment) bool { return s.speaksOf(dataWords) || web.FoldSegment(s.text) == "{email}" })
}

// hasForm reports whether a page has a form by its address.
func hasForm(u *url.URL) bool {
	segments := readSegments(u.Path)
	return len(segments) > 0 && segments[len(segments)-1].speaksOf(formWords)
}

// speaksOf reports whether the segment is of the words, alone or with few others.
func (s segment) speaksOf(words map[string]bool) bool {
	return s.is(words) || len(s.words) <= 3 && slices.ContainsFunc(s.words, func(w string) bool { return words[w] })
}
