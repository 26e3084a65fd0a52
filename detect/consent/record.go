package consent

import (
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/signal"
)

// record is what a site keeps, or its platform tells, about the visitor's choice.
type record struct {
	name string
	site string // whose cookie or storage it is; empty if it was read on the page
	r    signal.Record
}

// recordOf reads a record; false for what is none.
func recordOf(source, name, value string) (record, bool) {
	if len(value) > maxClaim*4 {
		return record{}, false
	}
	r, ok := signal.Record{}, false
	if source == "api" {
		r, _ = signal.Decode(signal.Kind(name), value)
		ok = r.Kind != ""
	}
	if !ok {
		r, ok = signal.Recognise(name, value)
	}
	broken := ok && r.Kind == signal.TCString.Kind && brokenTC.MatchString(value)
	if !ok || r.Err() != nil && !broken {
		return record{}, false
	}
	r.Name = name
	return record{name: name, r: r}, true
}

// stages in the order of a visit.
var stages = []crawler.Stage{crawler.AtArrival, crawler.AtAnswer, crawler.AtLeaving}

// afterChoice reports whether a record was read when the choice of its state had been made.
func (v *visitor) afterChoice(k kept) bool {
	at, ok := v.pressed[k.consent]
	switch {
	case k.consent == crawler.Unasked, k.consent == crawler.GPC:
		return true
	case k.consent == Withdrawn && !ok:
		return true
	case !ok:
		return false
	case k.answers == k.consent && k.stage != crawler.AtArrival:
		return true
	}
	return !k.started.IsZero() && k.started.After(at)
}

// last are the records of a visitor in a state as they stood last, each by its name: some platforms write late, and some forget.
func (v *visitor) last(state crawler.Consent) []record {
	by := map[string]int{}
	var out []record
	for _, k := range v.records { // pages come in the order in which they ended
		if k.consent != state || !v.afterChoice(k) {
			continue
		}
		name := strings.ToLower(k.name)
		i, ok := by[name]
		if !ok {
			i = len(out)
			by[name] = i
			out = append(out, record{})
		}
		out[i] = k.record
	}
	return out
}

// recorded are the records of all visitors of a state as they stood last.
func (b *Book) recorded(state crawler.Consent) []record {
	if out, ok := b.records[state]; ok {
		return out
	}
	var out []record
	for _, profile := range b.profiles() {
		out = append(out, b.visitors[profile].last(state)...)
	}
	b.records[state] = out
	return out
}

// optional are the categories that a refusal refuses. What is for comfort is often counted among what is necessary, and a name that
// says nothing may be.
var optional = []signal.Category{
	signal.Statistics, signal.Advertising, signal.Social, signal.Storage, signal.Sale, signal.Sharing,
}

// googleSignals are the entries of Google's table that its tags act upon; the others are what sites need to work.
var googleSignals = []string{"ad_storage", "analytics_storage", "ad_user_data", "ad_personalization"}

// consents reports whether a record, after a refusal, says that the visitor consented.
func consents(r *signal.Record) bool {
	table := r.Kind == signal.GoogleICS.Kind
	unclear := 0
	for _, p := range r.Purposes {
		if p.Basis != signal.Consent || p.State != signal.Granted || table && !slices.Contains(googleSignals, p.ID) {
			continue
		}
		if table || r.TCF != nil || slices.Contains(optional, p.Category) {
			return true
		}
		if p.Category == "" {
			unclear++
		}
	}
	if table {
		return false
	}
	all := r.Says == signal.Granted && (unclear > 0 || len(r.Purposes) == 0)
	return all || r.Providers != nil && r.Providers.Consented.Len() > 0
}
