package consent

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/crawler"
)

// seenBy are the pages of one visitor: where it chose, what was there before and after, and what a further page had.
type seenBy struct {
	before, after, next map[string]string
	again               bool // the dialog was there once more
	alone               bool // there was no further page
}

var clicked = time.Date(2026, 11, 29, 3, 0, 0, 0, time.UTC)

func cookies(stage crawler.Stage, of map[string]string) (out []crawler.ConsentRecord) {
	for name, value := range of {
		source := fromCookie
		if name == "google_tag_data.ics" || name == "__tcfapi" {
			source = fromAPI
		}
		out = append(out, crawler.ConsentRecord{Stage: stage, Source: source, Name: name, Value: value})
	}
	return out
}

func (s seenBy) take(p *Proof, state crawler.Consent) {
	task := crawler.Task{URL: "https://shop.example/", Profile: string(state), Consent: state}
	first := &crawler.Page{ID: "1" + string(state), Task: task, URL: task.URL, Outcome: crawler.Complete, Started: clicked.Add(-time.Second),
		Dialog:  &crawler.Dialog{Seen: true, Action: state, At: clicked},
		Records: append(cookies(crawler.AtArrival, s.before), cookies(crawler.AtAnswer, s.after)...)}
	p.Page(first)
	if s.alone {
		return
	}
	p.Page(&crawler.Page{ID: "2" + string(state), Task: task, URL: task.URL + "next", Outcome: crawler.Complete, Started: clicked.Add(time.Second),
		Dialog: &crawler.Dialog{Seen: s.again, Again: s.again}, Records: cookies(crawler.AtLeaving, s.next)})
}

const (
	oneTrustNo    = "interactionCount=1&groups=C0001:1,C0002:0,C0004:0"
	oneTrustYes   = "interactionCount=1&groups=C0001:1,C0002:1,C0004:1"
	defaultDenied = `{"ad_storage":{"default":false},"analytics_storage":{"default":false}}`
	updateDenied  = `{"ad_storage":{"default":false,"update":false},"analytics_storage":{"default":false,"update":false},"functionality_storage":{"update":true}}`
	updateGranted = `{"ad_storage":{"default":false,"update":true},"analytics_storage":{"default":false,"update":true}}`
)

func same(name, value string) seenBy {
	of := map[string]string{name: value}
	return seenBy{after: of, next: of}
}

func TestARefusalIsProvenByTheRecord(t *testing.T) {
	for name, c := range map[string]struct {
		seenBy
		accepted *seenBy
		why      string
	}{
		"the record says no":             {same("OptanonConsent", oneTrustNo), nil, ""},
		"consent mode says no":           {same("google_tag_data.ics", updateDenied), nil, ""},
		"a record of the site's own":     {same("cookie_choice", "necessary"), nil, ""},
		"the record says yes":            {same("OptanonConsent", oneTrustYes), nil, "the record says yes (OneTrust record (OptanonConsent))"},
		"one record says yes, one no":    {seenBy{after: map[string]string{"c": "none", "google_tag_data.ics": updateGranted}}, nil, "the record says yes (Google consent mode table (google_tag_data.ics))"},
		"its own record says yes":        {same("cookies", "accepted"), nil, "the record says yes (what the site itself keeps)"},
		"yes on the next page":           {seenBy{after: map[string]string{"c": "none"}, next: map[string]string{"c": "all"}}, nil, "on a further page the record says yes (what the site itself keeps)"},
		"forgotten":                      {seenBy{after: map[string]string{"c": "none"}}, nil, "it was forgotten on the next page"},
		"written late":                   {seenBy{next: map[string]string{"OptanonConsent": oneTrustNo}}, nil, ""},
		"the dialog came back":           {seenBy{after: map[string]string{"c": "none"}, next: map[string]string{"c": "none"}, again: true}, nil, "the dialog came back"},
		"nothing kept":                   {seenBy{}, nil, "nothing on record could be read"},
		"only what was there before":     {seenBy{before: map[string]string{"google_tag_data.ics": defaultDenied}, after: map[string]string{"google_tag_data.ics": defaultDenied}}, nil, "nothing on record could be read"},
		"no further page":                {seenBy{after: map[string]string{"c": "none"}, alone: true}, nil, "no further page was seen that would show it"},
		"that somebody was asked":        {same("seen", "1"), nil, "the record does not say which choice it stands for"},
		"the same as after acceptance":   {same("seen", "1"), ptr(same("seen", "1")), "the record does not say which choice it stands for"},
		"another than after acceptance":  {same("c", "2"), ptr(same("c", "1")), ""},
		"services of unknown names":      {same("klaro", `{"chat":true,"matomo":false}`), ptr(same("klaro", `{"chat":true,"matomo":true}`)), ""},
		"the same services":              {same("klaro", `{"chat":true,"matomo":false}`), ptr(same("klaro", `{"chat":true,"matomo":false}`)), "the record says yes (Klaro record)"},
		"an id is no record":             {same("sid", "a8f9c0"), ptr(same("sid", "b7c1d2")), "the record does not say which choice it stands for"},
		"asked whether it was asked":     {same("consent", "1"), nil, "the record does not say which choice it stands for"},
		"accepts the opposite elsewhere": {same("c", "none"), ptr(same("c", "all")), ""},
	} {
		t.Run(name, func(t *testing.T) {
			var p Proof
			c.take(&p, crawler.Rejected)
			if c.accepted != nil {
				c.accepted.take(&p, crawler.Accepted)
			}
			why := ""
			for _, g := range p.Gaps() {
				assert.Equal(t, crawler.GapChoice, g.Kind)
				if g.Consent == crawler.Rejected {
					why = g.Text
				}
			}
			if c.why == "" {
				assert.Empty(t, why)
				return
			}
			assert.Equal(t, `the choice "rejected" was made and is not proven to have been taken: `+c.why, why)
		})
	}
}

func ptr(s seenBy) *seenBy { return &s }

func TestAnAcceptanceIsProvenByTheRecord(t *testing.T) {
	for name, c := range map[string]struct {
		seenBy
		why string
	}{
		"the record says yes":          {same("OptanonConsent", oneTrustYes), ""},
		"yes to what is asked for":     {same("OptanonConsent", "interactionCount=1&groups=C0001:1,C0002:1,C0004:0"), ""},
		"the record says no":           {same("OptanonConsent", oneTrustNo), "the record says no (OneTrust record (OptanonConsent))"},
		"its own":                      {same("consent", "1"), ""},
		"opted out of nothing besides": {seenBy{after: map[string]string{"usprivacy": "1YYN", "c": "all"}, next: map[string]string{"usprivacy": "1YYN", "c": "all"}}, ""},
	} {
		var p Proof
		c.take(&p, crawler.Accepted)
		var why []string
		for _, g := range p.Gaps() {
			why = append(why, g.Text)
		}
		if c.why == "" {
			assert.Empty(t, why, name)
		} else {
			assert.Equal(t, []string{`the choice "accepted" was made and is not proven to have been taken: ` + c.why}, why, name)
		}
	}
}

func TestWhoChoseOnItsOnlyPageComesAgain(t *testing.T) {
	var p Proof
	seenBy{after: map[string]string{"c": "none"}, alone: true}.take(&p, crawler.Rejected)
	same("c", "all").take(&p, crawler.Accepted)
	owed := p.Owed()
	if assert.Len(t, owed, 1) {
		assert.Equal(t, crawler.Task{URL: "https://shop.example/", Profile: "rejected", Consent: crawler.Rejected, Via: ViaAgain}, owed[0])
	}
}

func TestAWithdrawalIsProvenByTheRecord(t *testing.T) {
	yes := map[string]string{"OptanonConsent": oneTrustYes}
	for name, c := range map[string]struct {
		seenBy
		why string
	}{
		"the record says no": {seenBy{before: yes, after: map[string]string{"OptanonConsent": oneTrustNo}, next: map[string]string{"OptanonConsent": oneTrustNo}}, ""},
		"the record is gone": {seenBy{before: yes}, ""},
		"it still says yes":  {seenBy{before: yes, after: yes, next: yes}, "the record still says yes (OneTrust record (OptanonConsent))"},
		"yes again":          {seenBy{before: yes, next: yes}, "the record still says yes (OneTrust record (OptanonConsent))"},
		"nothing to read":    {seenBy{}, "nothing on record could be read"},
	} {
		var p Proof
		task := crawler.Task{URL: "https://shop.example/", Profile: "withdrawn", Consent: crawler.Withdrawn}
		p.Page(&crawler.Page{Task: task, URL: task.URL, Started: clicked.Add(-time.Minute), Outcome: crawler.Complete, Dialog: &crawler.Dialog{Action: crawler.Accepted}})
		c.take(&p, crawler.Withdrawn)
		var why []string
		for _, g := range p.Gaps() {
			why = append(why, g.Text)
		}
		if c.why == "" {
			assert.Empty(t, why, name)
		} else {
			assert.Equal(t, []string{`the choice "withdrawn" was made and is not proven to have been taken: ` + c.why}, why, name)
		}
	}
	var p Proof
	task := crawler.Task{URL: "https://shop.example/", Profile: "withdrawn", Consent: crawler.Withdrawn}
	p.Page(&crawler.Page{Task: task, URL: task.URL, Outcome: crawler.Complete, Dialog: &crawler.Dialog{Action: crawler.Accepted}})
	assert.Equal(t, "no way to withdraw consent was found", p.Gaps()[0].Text)
}
