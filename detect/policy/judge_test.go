package policy

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
)

var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// flow makes a flow with one place for each part of the request from
// "recipient category country | class | consent | route | form,form | where,where | severity".
func flow(t *testing.T, s string) detect.Flow {
	t.Helper()
	p := strings.Split(s, "|")
	require.Len(t, p, 7, s)
	for i := range p {
		p[i] = strings.TrimSpace(p[i])
	}
	who := strings.Fields(p[0])
	sev, err := rule.ParseSeverity(p[6])
	require.NoError(t, err)
	forms := []detect.Form{}
	for _, x := range strings.Split(p[4], ",") {
		forms = append(forms, detect.Form(x))
	}
	f := detect.Flow{Recipient: recipient.Recipient{ID: who[0], Name: who[0], Category: who[1], Country: strings.Trim(who[2], "?")}, Class: rule.Class(p[1]),
		Consent: crawler.Consent(p[2]), Form: forms[0].OfFlow(), Severity: sev, Confidence: detect.Certain}
	f.Fingerprint = detect.FlowFingerprint(f.Key())
	for _, x := range strings.Split(p[5], ",") {
		f.Places = append(f.Places, place(f, p[3], decode.Where(x), sev, forms...))
	}
	return f
}

// place makes a place of a flow.
func place(f detect.Flow, route string, where decode.Where, sev rule.Severity, forms ...detect.Form) detect.Place {
	return detect.Place{Fingerprint: detect.PlaceFingerprint(f.Fingerprint, route, where, "field", "", ""), Route: route, Where: where, Field: "field",
		Severity: sev, Confidence: detect.Certain, Forms: forms, Findings: 1, Requests: 1}
}

const thirty = `
policy:
  default: review
  allow:
  - {id: a1, recipient: mixpanel, class: [online.*, device.*]}
  - {id: a2, recipient: mixpanel, class: account.user_id, consent: accepted}
  - {id: a3, category: analytics, class: device.*}
  - {id: a4, class: consent.state}
  - {id: a5, recipient: "google-*", class: behaviour.page_url}
  - {id: a6, recipient: meta, class: contact.email, form: hashed, consent: accepted}
  - {id: a7, recipient: stripe, route: /checkout*}
  - {id: a8, recipient: sentry, severity: "<=medium"}
  - {id: a9, country: [EEA], class: online.client_id}
  - {id: a10, recipient: intercom, place: body}
  - {id: a11, category: fonts}
  - {id: a12, recipient: partner, class: "*", route: "https://shop.example/partner/*"}
  - {id: a13, recipient: matomo, class: behaviour.*, consent: [accepted, unasked]}
  - {id: a14, recipient: hotjar, class: content.replay, route: /blog*, consent: accepted}
  - {id: a15, class: [network.ip], country: DE}
  forbid:
  - {id: f1, class: account.password}
  - {id: f2, class: payment.*, recipient: "!stripe"}
  - {id: f3, consent: rejected, category: ads}
  - {id: f4, category: session-replay}
  - {id: f5, country: "!EEA", class: identity.national_id}
  - {id: f6, place: url, class: contact.email}
  - {id: f7, recipient: meta, class: contact.phone}
  - {id: f8, class: contact.email, form: plain}
  - {id: f9, country: CN}
  - {id: f10, route: /health/*, category: [ads, social]}
  - {id: f11, recipient: "unknown-*"}
  - {id: f12, class: location.precise}
  - {id: f13, recipient: mixpanel, class: online.synced_id}
  - {id: f14, consent: gpc, class: online.*}
  - {id: f15, severity: critical, category: chat}
`

func TestThirtyRulesDecideAsTheyRead(t *testing.T) {
	cfg, err := Parse("tagscan.yaml", []byte(thirty))
	require.NoError(t, err)
	const home, pay = "https://shop.example/", "https://shop.example/checkout/pay"
	for s, want := range map[string]string{
		"mixpanel analytics US | online.client_id | accepted | " + home + " | plain | body | medium":               "allowed a1",
		"mixpanel analytics US | online.synced_id | accepted | " + home + " | plain | body | medium":               "forbidden f13", // an exact class beats a glob
		"mixpanel analytics US | account.user_id | accepted | " + home + " | plain | body | medium":                "allowed a2",
		"mixpanel analytics US | account.user_id | unasked | " + home + " | plain | body | high":                   "new default",
		"mixpanel analytics US | online.client_id | gpc | " + home + " | plain | body | high":                      "forbidden f14", // neither is narrower: forbidding wins
		"mixpanel analytics US | account.password | accepted | " + home + " | plain | body | critical":             "forbidden f1",
		"amplitude analytics US | device.screen | unasked | " + home + " | plain | body | low":                     "allowed a3",
		"ga analytics US | consent.state | rejected | " + home + " | plain | query | info":                         "allowed a4",
		"google-ads ads US | behaviour.page_url | accepted | " + home + " | plain | query | low":                   "allowed a5",
		"google-ads ads US | behaviour.page_url | rejected | " + home + " | plain | query | medium":                "forbidden f3",
		"meta ads US | contact.email | accepted | " + home + " | hashed | body | high":                             "allowed a6",
		"meta ads US | contact.email | accepted | " + home + " | plain | body | high":                              "forbidden f8",
		"meta ads US | contact.email | accepted | " + home + " | hashed | query | high":                            "forbidden f6",
		"meta ads US | contact.phone | accepted | " + home + " | hashed | body | high":                             "forbidden f7",
		"stripe payments US | payment.card | unasked | " + pay + " | plain | body | critical":                      "allowed a7",
		"stripe payments US | payment.card | unasked | " + home + " | plain | body | critical":                     "new default",
		"paypal payments US | payment.iban | unasked | " + pay + " | plain | body | critical":                      "forbidden f2",
		"sentry error-monitoring US | account.user_id | unasked | " + home + " | plain | body | medium":            "allowed a8",
		"sentry error-monitoring US | account.user_id | unasked | " + home + " | plain | body | high":              "new default",
		"etracker analytics DE | online.client_id | unasked | " + home + " | plain | body | medium":                "allowed a9",
		"etracker analytics CH | online.client_id | unasked | " + home + " | plain | body | medium":                "new default",
		"intercom chat IE | contact.email | accepted | " + home + " | encoded | body | high":                       "allowed a10",
		"intercom chat IE | contact.email | accepted | " + home + " | encoded | body,query | high":                 "forbidden f6",
		"intercom chat IE | contact.phone | accepted | " + home + " | encoded | body | critical":                   "forbidden f15",
		"gfonts fonts US | behaviour.referrer | unasked | " + home + " | plain | header | low":                     "allowed a11",
		"partner other FR | contact.address | accepted | https://shop.example/partner/x | plain | body | high":     "allowed a12",
		"partner other FR | contact.address | accepted | https://shop.example/y | plain | body | high":             "new default",
		"matomo analytics NZ | behaviour.search | unasked | " + home + " | plain | query | high":                   "allowed a13",
		"hotjar session-replay MT | content.replay | accepted | https://shop.example/blog/a | plain | body | high": "allowed a14",
		"hotjar session-replay MT | content.replay | unasked | https://shop.example/blog/a | plain | body | high":  "forbidden f4",
		"log other DE | network.ip | unasked | " + home + " | plain | body | medium":                               "allowed a15",
		"idcheck other ?? | identity.national_id | accepted | " + home + " | plain | body | critical":              "forbidden f5", // an unknown country is not in the EEA
		"idcheck other NO | identity.national_id | accepted | " + home + " | plain | body | critical":              "new default",
		"tiktok ads CN | behaviour.title | accepted | " + home + " | plain | body | low":                           "forbidden f9",
		"pixel social US | behaviour.title | accepted | https://shop.example/health/x | plain | body | low":        "forbidden f10",
		"unknown-1 other US | behaviour.title | accepted | " + home + " | plain | body | low":                      "forbidden f11",
		"maps maps US | location.precise | accepted | " + home + " | plain | query | high":                         "forbidden f12",
		"first-party hosting DE | account.password | accepted | " + home + " | plain | body | critical":            "allowed first-party",
	} {
		f := flow(t, s)
		v := Judge(Input{Flows: []detect.Flow{f}}, cfg, nil, now)
		assert.Equal(t, want, string(v.Flows[0].Decision)+" "+v.Flows[0].Rule, s)
		r, why := cfg.Policy.Explain(f)
		if v.Flows[0].Rule == "default" {
			assert.Contains(t, why, "no rule speaks of")
		} else if f.Recipient.ID != recipient.FirstParty {
			assert.Equal(t, v.Flows[0].Rule, r.ID)
			assert.Contains(t, why, fmt.Sprintf("line %d", r.Line))
		}
	}
}

func TestSpecificityOrderDoesNotDependOnTheFile(t *testing.T) {
	f := flow(t, "mixpanel analytics US | online.client_id | accepted | https://a.example/ | plain | body | medium")
	for _, src := range []string{
		"policy:\n  forbid:\n  - {id: wide, class: online.*}\n  allow:\n  - {id: narrow, class: online.client_id}\n",
		"policy:\n  allow:\n  - {id: narrow, class: online.client_id}\n  forbid:\n  - {id: wide, class: online.*}\n",
	} {
		cfg, err := Parse("f", []byte(src))
		require.NoError(t, err)
		r, ok := cfg.Policy.Decide(f, f.Places[0])
		require.True(t, ok)
		assert.Equal(t, "narrow", r.ID)
	}
}

var complete = []Page{{Route: "https://a.example/", Consent: "accepted", Outcome: crawler.Complete}}

func judged(t *testing.T, yaml string, base *Baseline, flows ...detect.Flow) Verdict {
	t.Helper()
	cfg, err := Parse("tagscan.yaml", []byte(yaml))
	require.NoError(t, err)
	return Judge(Input{Flows: flows, Pages: complete}, cfg, base, now)
}

func TestResultsWithoutAPolicy(t *testing.T) {
	f := func(sev string) detect.Flow {
		return flow(t, "x analytics US | contact.email | accepted | https://a.example/ | plain | body | "+sev)
	}
	weak, hint := f("critical"), f("critical")
	weak.Places[0].Weak = true
	hint.Places[0].Confidence = detect.Possible
	for name, tt := range map[string]struct {
		in   Input
		want Result
	}{
		"medium fails":         {Input{Flows: []detect.Flow{f("medium")}, Pages: complete}, Fail},
		"low passes":           {Input{Flows: []detect.Flow{f("low")}, Pages: complete}, Pass},
		"a guess passes":       {Input{Flows: []detect.Flow{weak}, Pages: complete}, Pass},
		"a hint passes":        {Input{Flows: []detect.Flow{hint}, Pages: complete}, Pass},
		"nothing seen":         {Input{}, Incomplete},
		"interrupted":          {Input{Pages: complete, Gaps: gaps(crawler.GapInterrupted)}, Incomplete},
		"partial only":         {Input{Pages: []Page{{Route: "/", Outcome: crawler.Partial, Reason: "timeout"}}}, Incomplete},
		"one of two partial":   {Input{Pages: complete, Gaps: gaps(crawler.GapPagePartial)}, Incomplete},
		"a dead link":          {Input{Pages: complete, Gaps: gaps(crawler.GapPageMissing)}, Pass},
		"a download":           {Input{Pages: complete, Gaps: gaps(crawler.GapDownload)}, Pass},
		"a login wall":         {Input{Pages: complete, Gaps: gaps(crawler.GapLogin)}, Incomplete},
		"limits":               {Input{Pages: complete, Gaps: gaps(crawler.GapNotVisited, crawler.GapLinksLeftOut)}, Pass},
		"a kind from tomorrow": {Input{Pages: complete, Gaps: gaps("of-tomorrow")}, Incomplete},
		"bad and incomplete":   {Input{Flows: []detect.Flow{f("high")}, Gaps: gaps(crawler.GapInterrupted)}, Fail},
	} {
		v := Judge(tt.in, nil, nil, now)
		assert.Equal(t, tt.want, v.Result, name)
		assert.NotEmpty(t, v.Sentence, name)
		if tt.want == Incomplete {
			assert.NotEmpty(t, v.Gaps, name)
			assert.True(t, v.Gaps[0].Incomplete, name)
			assert.NotEmpty(t, v.Gaps[0].Text, name)
		}
	}
}

func gaps(kinds ...crawler.GapKind) []crawler.Gap {
	var out []crawler.Gap
	for _, k := range kinds {
		out = append(out, crawler.Gap{Kind: k, Text: "for the test"})
	}
	return out
}

// TestEveryKindOfGapIsJudged: each kind makes a run incomplete exactly if it could hide something, and never fails one.
func TestEveryKindOfGapIsJudged(t *testing.T) {
	for _, info := range crawler.GapKinds {
		want := Pass
		if info.Hides {
			want = Incomplete
		}
		v := Judge(Input{Pages: complete, Gaps: gaps(info.Kind)}, nil, nil, now)
		assert.Equal(t, want, v.Result, info.Kind)
		require.Len(t, v.Gaps, 1, info.Kind)
		assert.Equal(t, info.Remedy, v.Gaps[0].Remedy, info.Kind)
	}
}

func TestIncompleteOn(t *testing.T) {
	for src, want := range map[string]Result{
		"":                                       Incomplete,
		"incomplete_on: default":                 Incomplete,
		"incomplete_on: [default, '!bot-wall']":  Pass,
		"incomplete_on: ['!bot-wall', default]":  Incomplete,
		"incomplete_on: unreachable":             Pass,
		"incomplete_on: bot-*":                   Incomplete,
		"incomplete_on: [all, '!bot-*']":         Pass,
		"incomplete_on: [default, download]":     Incomplete,
		"incomplete_on: [download, unreachable]": Pass,
	} {
		cfg, err := Parse("x.yaml", []byte("policy:\n  fail_on: new\n  "+src))
		require.NoError(t, err, src)
		assert.Equal(t, want, Judge(Input{Pages: complete, Gaps: gaps(crawler.GapWall)}, cfg, nil, now).Result, src)
	}
	cfg, err := Parse("x.yaml", []byte("policy: {incomplete_on: [default, download]}"))
	require.NoError(t, err)
	assert.Equal(t, Incomplete, Judge(Input{Pages: complete, Gaps: gaps(crawler.GapDownload)}, cfg, nil, now).Result)
	_, err = Parse("x.yaml", []byte("policy: {incomplete_on: [bot-wal]}"))
	assert.ErrorContains(t, err, `did you mean "bot-wall"`)
	_, err = Parse("x.yaml", []byte("policy: {incomplete_on: []}"))
	assert.ErrorContains(t, err, "is empty")
}

// What a policy lets pass does not come back as "no page was seen completely", which it leads to; what it does not let pass stays.
func TestNoPageFollowsFromWhatIsForgiven(t *testing.T) {
	partial := []Page{{URL: "https://a.example/", Outcome: crawler.Partial}}
	for src, want := range map[string]Result{
		"incomplete_on: [default, '!bot-wall']":                        Pass,
		"incomplete_on: [default, '!bot-wall', no-page]":               Incomplete,
		"incomplete_on: [default, '!bot-wall', '!unreachable']":        Pass,
		"incomplete_on: [default, '!unreachable']":                     Incomplete,
		"incomplete_on: [default, '!har-no-pages', '!har-no-cookies']": Incomplete,
	} {
		cfg, err := Parse("x.yaml", []byte("policy:\n  "+src))
		require.NoError(t, err, src)
		assert.Equal(t, want, Judge(Input{Pages: partial, Gaps: gaps(crawler.GapWall)}, cfg, nil, now).Result, src)
	}
	cfg, err := Parse("x.yaml", []byte("policy: {incomplete_on: [default, '!bot-wall']}"))
	require.NoError(t, err)
	assert.Equal(t, Incomplete, Judge(Input{Pages: partial}, cfg, nil, now).Result, "nothing was forgiven that was there")
}

func TestGapsThatSayTheSameAreOne(t *testing.T) {
	in := Input{Pages: complete}
	for _, where := range []string{"g", "a", "b", "c", "d", "e", "f", "a"} {
		in.Gaps = append(in.Gaps, crawler.Gap{Kind: crawler.GapBody, Recipient: "x", Where: where, Count: 2, Text: "gone", Consent: crawler.Rejected})
	}
	in.Gaps = append(in.Gaps, crawler.Gap{Kind: crawler.GapBody, Recipient: "y", Text: "gone"}, crawler.Gap{Kind: crawler.GapDownload, Text: "a file"})
	v := Judge(in, nil, nil, now)
	require.Len(t, v.Gaps, 3)
	g := v.Gaps[0]
	assert.Equal(t, 16, g.Count)
	assert.Equal(t, []string{"a", "b", "c", "d", "e"}, g.Where)
	assert.Equal(t, 2, g.More)
	assert.Equal(t, []crawler.Consent{crawler.Rejected}, g.Consents)
	assert.Equal(t, "16 × body-unseen: gone (a, b, c, d, e and 2 more)", g.String())
	assert.Equal(t, crawler.GapDownload, v.Gaps[2].Kind, "what hides nothing comes last")
}

func TestFailOnAndSeverity(t *testing.T) {
	f := flow(t, "x analytics US | contact.email | accepted | https://a.example/ | plain | body | high")
	ignore := "\n  ignore:\n  - {recipient: x, reason: r, until: 2027-01-01}\n"
	for src, want := range map[string]Result{
		"policy: {severity: critical}":                    Pass,
		"policy: {severity: high}":                        Fail,
		"policy: {fail_on: never}":                        Pass,
		"policy: {default: allow}":                        Pass,
		"policy: {default: forbid}":                       Fail,
		"policy:" + ignore:                                Pass,
		"policy:\n  fail_on: any" + ignore:                Fail,
		"policy: {allow: [{recipient: x}]}":               Pass,
		"policy: {fail_on: any, allow: [{recipient: x}]}": Pass,
	} {
		assert.Equal(t, want, judged(t, src, nil, f).Result, src)
	}
}

func TestWarningsNameWhatNeedsAPerson(t *testing.T) {
	f := flow(t, "x analytics US | contact.email | accepted | https://a.example/ | plain | body | high")
	v := judged(t, `policy:
  allow:
  - {id: idle, recipient: nobody}
  ignore:
  - {recipient: x, reason: old, until: 2026-11-22}
  - {recipient: x, reason: soon, until: 2026-11-30}
  - {recipient: y, reason: unused, until: 2027-06-01}
`, nil, f)
	assert.Equal(t, Ignored, v.Flows[0].Decision)
	assert.Equal(t, "soon", v.Flows[0].Reason, "an ignore that has expired ignores nothing")
	assert.Equal(t, []string{
		`line 3: rule "idle" matches nothing`, "line 5: ignore expired on 2026-11-22 (old)",
		"line 6: ignore expires on 2026-11-30 (soon)", "line 7: ignore matches nothing and can go (unused)",
	}, v.Warnings)
	day := judged(t, "policy: {ignore: [{recipient: x, reason: r, until: 2026-11-23}]}", nil, f)
	assert.Equal(t, Ignored, day.Flows[0].Decision, "the last day counts")
}

func TestBaselineAcceptsWhatWasSeenAndNoMore(t *testing.T) {
	f := flow(t, "x analytics US | contact.email | accepted | https://a.example/ | plain | body | high")
	in := Input{Flows: []detect.Flow{f}, Pages: complete}
	_, _, err := (*Baseline)(nil).Accept(in, Judge(in, nil, nil, now), Acceptance{Now: now})
	require.ErrorContains(t, err, "reason")
	base, n, err := (*Baseline)(nil).Accept(in, Judge(in, nil, nil, now), Acceptance{Reason: "first scan", Now: now, Until: now.AddDate(0, 1, 0)})
	require.NoError(t, err)
	assert.Equal(t, 1, n)
	v := Judge(in, nil, base, now)
	assert.Equal(t, Pass, v.Result)
	assert.Equal(t, "baseline", v.Flows[0].Rule)
	assert.Equal(t, "first scan", v.Flows[0].Reason)

	moved := f
	moved.Places = append([]detect.Place{place(f, "https://a.example/other", "query", rule.Critical)}, f.Places...)
	v = Judge(Input{Flows: []detect.Flow{moved}, Pages: complete}, nil, base, now)
	assert.Equal(t, Ignored, v.Flows[0].Decision, "a new place of what was accepted is quiet")
	assert.Equal(t, []string{"https://a.example/other"}, v.Flows[0].Also)
	assert.Equal(t, Pass, v.Result)

	for name, other := range map[string]string{
		"hashed is another flow": "x analytics US | contact.email | accepted | https://a.example/ | hashed | body | high",
		"another consent state":  "x analytics US | contact.email | rejected | https://a.example/ | plain | body | high",
		"another class":          "x analytics US | contact.phone | accepted | https://a.example/ | plain | body | high",
		"another recipient":      "y analytics US | contact.email | accepted | https://a.example/ | plain | body | high",
	} {
		assert.Equal(t, New, Judge(Input{Flows: []detect.Flow{flow(t, other)}, Pages: complete}, nil, base, now).Flows[0].Decision, name)
	}
	assert.Equal(t, Ignored, Judge(Input{Flows: []detect.Flow{flow(t, "x analytics US | contact.email | accepted | https://a.example/ | compressed | body | high")},
		Pages: complete}, nil, base, now).Flows[0].Decision, "what can be read is clear, whatever it is wrapped in")

	late := Judge(in, nil, base, now.AddDate(0, 2, 0))
	assert.Equal(t, Fail, late.Result, "what has expired is not accepted")
	assert.Contains(t, strings.Join(late.Warnings, "\n"), "expired on 2026-12-23")

	gone := Judge(Input{Pages: complete}, nil, base, now)
	assert.Contains(t, strings.Join(gone.Warnings, "\n"), "no longer occurs")
	unseen := Judge(Input{Pages: []Page{{Route: "https://a.example/", Consent: "accepted", Outcome: crawler.Partial}}}, nil, base, now)
	assert.NotContains(t, strings.Join(unseen.Warnings, "\n"), "no longer occurs", "what was not looked for is not gone")
}

func TestForbiddenIsAcceptedOnlyByName(t *testing.T) {
	f := flow(t, "x analytics US | account.password | accepted | https://a.example/ | plain | body | critical")
	in := Input{Flows: []detect.Flow{f}, Pages: complete}
	first := Judge(in, nil, nil, now)
	snapshot, _, err := (*Baseline)(nil).Accept(in, first, Acceptance{Reason: "snapshot", Now: now})
	require.NoError(t, err)
	cfg, err := Parse("f", []byte("policy: {forbid: [{class: account.password}]}"))
	require.NoError(t, err)
	v := Judge(in, cfg, snapshot, now)
	assert.Equal(t, Forbidden, v.Flows[0].Decision, "a rule written later beats a snapshot")
	_, n, err := snapshot.Accept(in, v, Acceptance{Reason: "all", Now: now})
	require.NoError(t, err)
	assert.Zero(t, n)
	named, _, err := snapshot.Accept(in, v, Acceptance{Reason: "known", Now: now, Fingerprints: []string{f.Fingerprint[:12]}})
	require.NoError(t, err)
	assert.Equal(t, Ignored, Judge(in, cfg, named, now).Flows[0].Decision)
	_, _, err = snapshot.Accept(in, v, Acceptance{Reason: "x", Now: now, Fingerprints: []string{"ffffffffffff"}})
	require.ErrorContains(t, err, "ffffffffffff")
}

func TestScriptInventory(t *testing.T) {
	cfg, err := Parse("f", []byte(`scripts:
- route: /checkout*
  allow: [self, "https://cdn.pay.example/*"]
  integrity: required
  scripts:
  - {url: self, owner: shop, why: our code}
  - {url: "https://cdn.pay.example/v3.js", owner: payments, why: takes the card}
  - {url: "https://cdn.pay.example/never.js", owner: payments, why: was there once}
`))
	require.NoError(t, err)
	route := []string{"https://shop.example/checkout/pay"}
	in := Input{Pages: complete, Scripts: []Script{
		{URL: "https://shop.example/a.js", SHA256: "01", Owner: recipient.FirstParty, Routes: route},
		{URL: "https://cdn.pay.example/v3.js", SHA256: "02", Owner: "pay", Integrity: "sha384-x", Routes: route},
		{URL: "https://cdn.pay.example/other.js", SHA256: "03", Owner: "pay", Integrity: "sha384-x", Routes: route},
		{URL: "https://cdn.pay.example/v3.js", SHA256: "04", Owner: "pay", Routes: route},
		{URL: "https://evil.example/x.js", SHA256: "05", Owner: "evil", Integrity: "sha384-x", Routes: route},
		{SHA256: "06", Kind: "inline", Routes: route},
		{URL: "https://evil.example/x.js", SHA256: "05", Owner: "evil", Routes: []string{"https://shop.example/"}},
	}}
	decisions := func(v Verdict) (out []ScriptDecision) {
		for _, s := range v.Scripts {
			out = append(out, s.Decision)
		}
		return out
	}
	v := Judge(in, cfg, nil, now)
	assert.Equal(t, []ScriptDecision{ScriptAllowed, ScriptAllowed, ScriptUnowned, ScriptUnpinned, ScriptUnlisted, ScriptUnlisted}, decisions(v))
	assert.Equal(t, "takes the card (owner: payments)", v.Scripts[1].Why)
	assert.Equal(t, Fail, v.Result)
	assert.Contains(t, strings.Join(v.Warnings, "\n"), "never.js")

	in.Scripts = in.Scripts[:2]
	v = Judge(in, cfg, nil, now)
	assert.Equal(t, Pass, v.Result)
	base, n, err := (*Baseline)(nil).Accept(in, v, Acceptance{Reason: "reviewed", Now: now, Scripts: true})
	require.NoError(t, err)
	assert.Equal(t, 2, n)
	assert.Equal(t, Pass, Judge(in, cfg, base, now).Result)
	in.Scripts[1].SHA256 = "ff"
	v = Judge(in, cfg, base, now)
	assert.Equal(t, ScriptChanged, v.Scripts[1].Decision)
	assert.Equal(t, Fail, v.Result, "a hash that changed since the review is a violation")
}

func BenchmarkJudge(b *testing.B) {
	cfg, err := Parse("f", []byte(thirty))
	require.NoError(b, err)
	var in Input
	for i := range 2000 {
		in.Flows = append(in.Flows, detect.Flow{Recipient: recipient.Recipient{ID: fmt.Sprint("v", i%60), Category: "ads"}, Class: rule.Email, Consent: crawler.Consent(fmt.Sprint(i)), Severity: rule.High,
			Places: []detect.Place{{Route: fmt.Sprint("https://a.example/", i), Severity: rule.High}}})
	}
	for b.Loop() {
		Judge(in, cfg, nil, now)
	}
}
