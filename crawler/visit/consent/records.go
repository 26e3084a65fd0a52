package consent

import (
	"cmp"
	"maps"
	"slices"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/signal"
)

// Where a record of consent was read.
const (
	fromAPI     = "api"
	fromCookie  = "cookie"
	fromLocal   = "local"
	fromSession = "session"
)

// maxRecords bounds what is kept of one look at a page.
const maxRecords = 80

// place is where an entry stands.
type place struct{ source, name string }

// entries are what the main document has at one moment: the answers of its consent APIs, all cookies it sends, all it has stored.
type entries map[place]string

// entries reads them. What cannot be read is not there.
func (a *answer) entries() entries {
	out := entries{}
	for name, value := range a.apis() {
		out[place{fromAPI, name}] = value
	}
	var stored struct{ Local, Session map[string]string }
	_ = a.tab.Evaluate(a.ctx, storageScript, &stored)
	for name, value := range stored.Local {
		out[place{fromLocal, name}] = value
	}
	for name, value := range stored.Session {
		out[place{fromSession, name}] = value
	}
	cookies, _ := a.tab.Cookies(a.ctx)
	for name, value := range cookies {
		out[place{fromCookie, name}] = value
	}
	return out
}

// apis asks the page's consent APIs, and gives those that do not answer at once a moment of page time.
func (a *answer) apis() map[string]string {
	var got struct {
		Done  bool
		Found map[string]string
	}
	for range 2 {
		got.Found = nil
		if a.tab.EvaluateInPage(a.ctx, readScript, &got) != nil || got.Done {
			break
		}
		if a.tab.Wait(a.ctx, tick) != nil {
			break
		}
	}
	return got.Found
}

// since are the entries that were not there before, or not like this.
func (e entries) since(before entries) entries {
	out := entries{}
	for p, v := range e {
		if was, ok := before[p]; !ok || was != v {
			out[p] = v
		}
	}
	return out
}

// records are the entries that say something about consent, sorted: those in a known format, and of a site's own those in written,
// which the visitor's choice has set.
func (e entries) records(stage crawler.Stage, written map[place]bool) []crawler.ConsentRecord {
	var out []crawler.ConsentRecord
	for _, p := range slices.SortedFunc(maps.Keys(e), comparePlaces) {
		if len(out) == maxRecords {
			break
		}
		if known(p.name, e[p]) || written[p] && tells(p.name, e[p]) {
			out = append(out, crawler.ConsentRecord{Stage: stage, Source: p.source, Name: p.name, Value: e[p]})
		}
	}
	return out
}

// known reports whether an entry is in a format that package signal reads.
func known(name, value string) bool {
	_, ok := signal.Recognise(name, value)
	return ok
}

func comparePlaces(a, b place) int {
	return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.name, b.name))
}
