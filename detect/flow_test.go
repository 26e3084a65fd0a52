package detect

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
)

func flowFindings() []Finding {
	mixpanel := recipient.Recipient{ID: "mixpanel", Name: "Mixpanel"}
	f := func(request string, seq int64, class rule.Class, s rule.Severity, page, field string, consent crawler.Consent) Finding {
		x := Finding{
			Request: request, Seq: seq, Class: class, Severity: s, Page: page, Route: "https://shop.example/product/{n}", Field: field, Recipient: mixpanel,
			Confidence: Certain, Form: Plain, Known: ByPersona, Where: "body", Consent: consent, Rule: "known-value", Value: NewValue("x@y.example"),
		}
		x.identify()
		return x
	}
	return []Finding{
		f("r1", 1, rule.Email, rule.High, "https://shop.example/product/1", "body.data[0].email", "accepted"),
		f("r2", 2, rule.Email, rule.High, "https://shop.example/product/2", "body.data[7].email", "accepted"),
		f("r2", 2, rule.Email, rule.Critical, "https://shop.example/product/2", "query.em", "accepted"),
		f("r3", 3, rule.Email, rule.High, "https://shop.example/product/1", "body.data[0].email", "rejected"),
		f("r3", 3, rule.Title, rule.Low, "https://shop.example/product/1", "body.title", "accepted"),
	}
}

func TestFindingsOfOneKindAreOneFlow(t *testing.T) {
	flows := Flows(flowFindings())
	require.Len(t, flows, 3)
	first := flows[0]
	assert.Equal(t, FlowKey{"mixpanel", rule.Email, crawler.Accepted, Clear}, first.Key())
	assert.Equal(t, rule.Critical, first.Severity, "that of the worst place")
	assert.Equal(t, 3, first.Findings)
	assert.Equal(t, 2, first.Requests)
	assert.Equal(t, []string{"https://shop.example/product/1", "https://shop.example/product/2"}, first.Pages)
	require.Len(t, first.Places, 2, "one for each field, whatever its index")
	assert.Equal(t, "query.em", first.Places[0].Field, "the worst comes first")
	assert.Equal(t, "body.data[*].email", first.Places[1].Field)
	assert.Equal(t, rule.High, first.Places[1].Severity)
	assert.Equal(t, 2, first.Places[1].Requests)
	assert.Len(t, first.Places[1].Sights, 2)
	assert.Equal(t, first.Example.Fingerprint, first.Fingerprint)
	assert.Equal(t, first.Places[0].Fingerprint, first.Example.Place)
	assert.Equal(t, rule.Title, flows[2].Class, "worst first")
}

func TestWhatAFlowIs(t *testing.T) {
	base := flowFindings()[0]
	change := func(f func(*Finding)) []Flow {
		other := base
		other.Request, other.Seq = "other", 99
		f(&other)
		other.identify()
		return Flows([]Finding{base, other})
	}
	for name, tt := range map[string]struct {
		change        func(*Finding)
		flows, places int // places of the first flow
	}{
		"another request":                 {func(*Finding) {}, 1, 1},
		"another kind of page":            {func(f *Finding) { f.Route = "https://shop.example/checkout" }, 1, 2},
		"another field":                   {func(f *Finding) { f.Field = "body.user.mail" }, 1, 2},
		"another part of the request":     {func(f *Finding) { f.Where = "query" }, 1, 2},
		"through a tag manager":           {func(f *Finding) { f.TagManager = "Google Tag Manager" }, 1, 2},
		"behind a host of the site's own": {func(f *Finding) { f.Recipient.Via = "m.shop.example" }, 1, 2},
		"compressed":                      {func(f *Finding) { f.Form = Compressed }, 1, 1},
		"by another rule":                 {func(f *Finding) { f.Rule = "email-pattern" }, 1, 1},
		"hashed":                          {func(f *Finding) { f.Form = Hashed }, 2, 1},
		"masked":                          {func(f *Finding) { f.Form = Masked }, 2, 1},
		"in another consent state":        {func(f *Finding) { f.Consent = crawler.Rejected }, 2, 1},
		"another class":                   {func(f *Finding) { f.Class = rule.Phone }, 2, 1},
		"another recipient":               {func(f *Finding) { f.Recipient.ID = "segment" }, 2, 1},
	} {
		flows := change(tt.change)
		require.Len(t, flows, tt.flows, name)
		assert.Len(t, flows[0].Places, tt.places, name)
	}
}

func TestAGuessDoesNotMakeAFlowWorse(t *testing.T) {
	sure := flowFindings()[0]
	sure.Severity = rule.Medium
	hint := sure
	hint.Request, hint.Field, hint.Severity, hint.Confidence = "r9", "query.m", rule.Critical, Possible
	guessed := hint
	guessed.Field, guessed.Confidence, guessed.Recipient.Weak = "query.n", Certain, true
	f := Flows([]Finding{hint, guessed, sure})[0]
	assert.Equal(t, rule.Medium, f.Severity)
	assert.Equal(t, Certain, f.Confidence)
	assert.False(t, f.Recipient.Weak)
	assert.True(t, f.Solid())
	alone := Flows([]Finding{guessed})[0]
	assert.True(t, alone.Recipient.Weak)
	assert.False(t, alone.Solid())
}

func TestAFlowOfEndlessFieldsLosesNoKindOfPage(t *testing.T) {
	var g Grouper
	for i := range maxFlowPlaces + 500 {
		f := flowFindings()[0]
		f.Request, f.Seq, f.Field, f.TagManager = fmt.Sprint("r", i), int64(i), fmt.Sprintf("body.f%s", letters(i)), letters(i)
		if i >= maxFlowPlaces {
			f.Route = fmt.Sprintf("https://shop.example/late%d", i%3)
		}
		g.Add(f)
	}
	flows := g.Flows()
	require.Len(t, flows, 1)
	assert.Equal(t, maxFlowPlaces+500, flows[0].Findings)
	assert.Len(t, flows[0].Places, maxFlowPlaces+3)
	assert.Subset(t, flows[0].Routes(), []string{"https://shop.example/late0", "https://shop.example/late1", "https://shop.example/late2"})
}

// letters is a name without digits, which folding would take out.
func letters(n int) string {
	s := ""
	for ; n > 0; n /= 20 {
		s += string(rune('a' + n%20))
	}
	return s + "x"
}

func TestSendersSurviveTheNextBuild(t *testing.T) {
	from := func(url string) Finding { return Finding{Via: []crawler.Cause{{URL: url, Kind: "script"}}} }
	for want, urls := range map[string][]string{
		"shop.example/assets/app.{build}.js":      {"https://shop.example/assets/app.3f9c0a17.js", "https://shop.example/assets/app.77e0b1d2.js?v=2"},
		"shop.example/_next/chunks/{build}.js":    {"https://shop.example/_next/chunks/4711.js", "https://shop.example/_next/chunks/12.js"},
		"shop.example/assets/index-{build}.js":    {"https://shop.example/assets/index-BxK9dPq2.js", "https://shop.example/assets/index-C0qZr1Ld.js", "https://shop.example/assets/index-DkJvQmRt.js"},
		"cdn.vendor.example/sdk/{build}/agent.js": {"https://cdn.vendor.example/sdk/v3/agent.js", "https://cdn.vendor.example/sdk/v4/agent.js"},
		"cdn.vendor.example/checkout.js":          {"https://cdn.vendor.example/checkout.js"},
		"shop.example/fullpage.js":                {"https://shop.example/fullpage.js"},
		"inline":                                  {""},
	} {
		for _, u := range urls {
			f := from(u)
			if u == "" {
				f.Via = []crawler.Cause{{Kind: "inline"}}
			}
			assert.Equal(t, want, senderOf(&f), u)
		}
	}
	managed := from("https://shop.example/a.js")
	managed.TagManager = "Tealium iQ"
	assert.Equal(t, "Tealium iQ", senderOf(&managed))
	assert.Empty(t, senderOf(&Finding{Via: []crawler.Cause{{Kind: "document", URL: "https://shop.example/"}}}))
}

func TestAdvertisersWithoutAnOwnerAreOneRecipient(t *testing.T) {
	one, two := flowFindings()[0], flowFindings()[1]
	one.Recipient = recipient.Recipient{ID: recipient.UnknownAds, Name: "Advertising, unknown owner"}
	two.Recipient = one.Recipient
	one.Host, two.Host = "a1.ads.example", "b7.pixels.example"
	flows := Flows([]Finding{one, two})
	require.Len(t, flows, 1)
	require.Len(t, flows[0].Places, 2, "the hosts are places")
	assert.ElementsMatch(t, []string{"a1.ads.example", "b7.pixels.example"}, []string{flows[0].Places[0].Host, flows[0].Places[1].Host})
}

func TestFlowsDoNotDependOnTheOrderOfFindings(t *testing.T) {
	findings := flowFindings()
	want := Flows(findings)
	for range 20 {
		findings = append(findings[1:], findings[0])
		assert.Equal(t, want, Flows(findings))
		slices.Reverse(findings)
		assert.Equal(t, want, Flows(findings))
	}
}

func TestFingerprints(t *testing.T) {
	key := FlowKey{"mixpanel", rule.Email, crawler.Unasked, Clear}
	flow := FlowFingerprint(key)
	assert.Equal(t, "e7a101a9ed7ab847ba7f262fccb20194", flow, "it must never change: people's baselines and policies hold it")
	for _, other := range []FlowKey{{"segment", key.Class, key.Consent, key.Form}, {key.Recipient, rule.Phone, key.Consent, key.Form},
		{key.Recipient, key.Class, crawler.Rejected, key.Form}, {key.Recipient, key.Class, key.Consent, Hashed}} {
		assert.NotEqual(t, flow, FlowFingerprint(other))
	}
	assert.NotEqual(t, FlowFingerprint(FlowKey{"a", "bc", "", ""}), FlowFingerprint(FlowKey{"ab", "c", "", ""}), "parts do not run together")
	of := func(field string) string {
		return PlaceFingerprint(flow, "https://shop.example/", "body", field, "app.js", "")
	}
	assert.Regexp(t, `^[0-9a-f]{32}$`, of("body.email"))
	assert.Equal(t, of("body.events[3].email"), of("body.events[41].email"))
	assert.Equal(t, of("body.users.jane@example%2Eorg.plan"), of("body.users.joe%2Edoe@mail%2Eexample%2Ecom.plan"))
	assert.Equal(t, of("body.byId.550e8400-e29b-41d4-a716-446655440000.name"), of("body.byId.9f1b8a00-e29b-41d4-a716-446655440999.name"))
	assert.NotEqual(t, of("body.email"), of("body.mail"))
	assert.NotEqual(t, of("body.email"), PlaceFingerprint(flow, "https://shop.example/a", "body", "body.email", "app.js", ""))
	assert.NotEqual(t, of("body.email"), PlaceFingerprint(flow, "https://shop.example/", "query", "body.email", "app.js", ""))
	assert.NotEqual(t, of("body.email"), PlaceFingerprint(flow, "https://shop.example/", "body", "body.email", "other.js", ""))
}

func TestPathsFoldToTheirKind(t *testing.T) {
	for in, want := range map[string]string{
		"body.data[0].properties.$email":      "body.data[*].properties.$email",
		"query.ud[em]":                        "query.ud.em",
		"body.4711.x":                         "body.{n}.x",
		"body[\"a.b\"].c":                     "body.a.b.c",
		"header.x-user":                       "header.x-user",
		"body.k.8fK2mQ9xLp3Zr7Tt":             "body.k.{id}",
		"body.9f86d081884c7d659a2feaa0.x":     "body.{hash}.x",
		"body.checkout_step_2.utm_source":     "body.checkout_step_2.utm_source",
		"body.events[2].jane%40example%2Eorg": "body.events[*].{email}",
	} {
		assert.Equal(t, want, FoldPath(in), in)
	}
}

func TestMaskedURLsKeepNoQueryAndNobody(t *testing.T) {
	for in, want := range map[string]string{
		"https://shop.example/p/4711?email=a@b.example#x":                           "https://shop.example/p/4711",
		"https://shop.example/u/jane.doe@mail.example/orders":                       "https://shop.example/u/{email}/orders",
		"https://shop.example/u/jane.doe%40mail.example":                            "https://shop.example/u/{email}",
		"https://shop.example/t/550e8400-e29b-41d4-a716-446655440000/x":             "https://shop.example/t/{uuid}/x",
		"https://shop.example/call/+4915112345678":                                  "https://shop.example/call/{n}",
		"https://ads.example/a/b;u=8fK2mQ9xLp3Zr7Tt9;ord=1":                         "https://ads.example/a/b;u={id};ord=1",
		"https://shop.example":                                                      "https://shop.example/",
		"not a url":                                                                 "",
		"https://shop.example/reset/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3In0.x": "https://shop.example/reset/{id}",
	} {
		assert.Equal(t, want, MaskURL(in), in)
	}
}
