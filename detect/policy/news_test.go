package policy

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
)

const site = "https://a.example"

// scanned is a run that saw three kinds of page in three states, with two vendors of which one is called after consent alone.
func scanned() Input {
	in := Input{Standing: Standing{
		Of: "2026-11-20T09:00:00Z", Dialog: true, Documents: Strings{site + "/", site + "/p", site + "/pay"},
		States:  []Chosen{{Consent: crawler.Unasked}, {Consent: crawler.Rejected, Proven: true}, {Consent: crawler.Accepted, Proven: true}},
		Headers: []Header{{Name: "content-security-policy", Value: "script-src 'self'", On: Strings{site + "/", site + "/p", site + "/pay"}}},
		Vendors: []Vendor{
			{ID: "alpha", Name: "Alpha", Consent: Strings{"accepted"}, On: Strings{site + "/", site + "/p"},
				Code: Strings{site + "/", site + "/p"}, Steady: Strings{"accepted"}, Direct: true},
			{ID: "beta", Consent: Strings{"accepted", "rejected", "unasked"}, On: Strings{site + "/", site + "/p", site + "/pay"},
				Steady: Strings{"accepted", "rejected", "unasked"}, Direct: true},
		},
	}}
	for _, c := range []crawler.Consent{crawler.Unasked, crawler.Rejected, crawler.Accepted} {
		for _, path := range []string{"/", "/p", "/pay"} {
			in.Pages = append(in.Pages, Page{ID: string(c) + path, URL: site + path, Route: site + path, Consent: c, Outcome: crawler.Complete})
		}
	}
	return in
}

func vendorOf(in *Input, id string) *Vendor { return in.Standing.vendor(id) }

func textsOf(v Verdict) (out []string) {
	for _, n := range v.News {
		out = append(out, n.Text)
	}
	return out
}

// TestNewsAreOneSentenceEachAndToldUntilTheyAreAccepted: each change of the site is told once, by what a baseline keeps, and fails nothing
// unless the policy says so.
func TestNewsAreOneSentenceEachAndToldUntilTheyAreAccepted(t *testing.T) {
	for name, c := range map[string]struct {
		change func(in *Input)
		want   []string
		kind   NewsKind
	}{
		"nothing": {func(in *Input) {}, nil, ""},
		"a header vanished": {func(in *Input) { in.Standing.Headers = nil },
			[]string{"the header Content-Security-Policy is not sent any more on /, /p, /pay"}, NewsHeader},
		"a header vanished on one kind of page": {func(in *Input) { in.Standing.Headers[0].On = Strings{site + "/", site + "/p"} },
			[]string{"the header Content-Security-Policy is not sent any more on /pay"}, NewsHeader},
		"a header allows more": {func(in *Input) { in.Standing.Headers[0].Value = "script-src 'self' 'unsafe-inline'" },
			[]string{"the header Content-Security-Policy is weaker on /, /p, /pay: script-src allows 'unsafe-inline'"}, NewsHeader},
		"a vendor moved": {func(in *Input) {
			vendorOf(in, "alpha").Own, vendorOf(in, "alpha").Direct = Strings{"m.a.example"}, false
		},
			[]string{"Alpha is reached only through the site's own host m.a.example now: it moved behind the site itself"}, NewsMoved},
		"a vendor's data moved, its script did not": {func(in *Input) { vendorOf(in, "alpha").Own = Strings{"m.a.example"} },
			[]string{"Alpha is reached also through the site's own host m.a.example now: it moved behind the site itself"}, NewsMoved},
		"a vendor is gone": {func(in *Input) { in.Standing.Vendors = in.Standing.Vendors[1:] },
			[]string{"Alpha is not called any more, on none of the 2 kinds of page where it was and that were seen again"}, NewsGone},
		"a refusal stopped working for a vendor": {func(in *Input) {
			v := vendorOf(in, "alpha")
			v.Consent, v.Steady = Strings{"accepted", "rejected"}, Strings{"accepted", "rejected"}
		}, []string{"the refusal stopped working: Alpha is called after refusal now, and was not before"}, NewsRefusal},
		"by chance": {func(in *Input) { vendorOf(in, "alpha").Consent = Strings{"accepted", "rejected"} }, nil, ""},
		"nobody is asked": {func(in *Input) { in.Standing.Dialog = false },
			[]string{"no consent dialog is shown any more: visitors are not asked, as they were before"}, NewsDialog},
		"the refusal is not proven": {func(in *Input) { in.Standing.States[1].Proven = false },
			[]string{"the refusal is not proven any more: nothing shows that the site took it, as it did before"}, NewsRefusal},
		"a new vendor is told as its flows are": {func(in *Input) {
			in.Standing.Vendors = append(in.Standing.Vendors, Vendor{ID: "gamma", Consent: Strings{"rejected"}, On: Strings{site + "/"}, Steady: Strings{"rejected"}})
		}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			base, _ := written(t, accept(t, nil, scanned(), nil))
			in := scanned()
			in.Standing.Of = "2026-11-21T09:00:00Z"
			c.change(&in)
			v := Judge(in, nil, base, now)
			assert.Equal(t, c.want, textsOf(v))
			assert.Equal(t, Pass, v.Result, "news fail nothing by themselves: %s", v.Sentence)
			if c.want == nil {
				return
			}
			assert.Contains(t, v.Sentence, "1 thing is not as it was.")
			strict := &Config{Policy: Rules{FailOnNews: Strings{string(c.kind)}}}
			assert.Equal(t, Fail, Judge(in, strict, base, now).Result)
			assert.Contains(t, Judge(in, strict, base, now).Sentence, "1 change of the site.")
			strict.Policy.FailOn = FailNever
			assert.Equal(t, Pass, Judge(in, strict, base, now).Result)
			base, _ = written(t, accept(t, base, in, nil))
			assert.Empty(t, Judge(in, nil, base, now).News, "once it is accepted")

			blind := in
			blind.Pages = nil
			for _, p := range in.Pages {
				p.Outcome = crawler.Blocked
				blind.Pages = append(blind.Pages, p)
			}
			blind.Standing = Standing{States: in.Standing.States}
			assert.Empty(t, Judge(blind, nil, base, now).News, "a blocked night is no news")
			after := accept(t, base, blind, nil)
			assert.Equal(t, base.Standing, after.Standing, "and changes nothing")
		})
	}
}

// TestAVendorIsGoneOnlyWhereItWasLookedFor: pages that were not seen, and a vendor that comes and goes, are no news.
func TestAVendorIsGoneOnlyWhereItWasLookedFor(t *testing.T) {
	gone := func() Input {
		in := scanned()
		in.Standing.Vendors = in.Standing.Vendors[1:]
		return in
	}
	base := accept(t, nil, scanned(), nil)
	require.Len(t, Judge(gone(), nil, base, now).News, 1)

	unseen := gone()
	for i, p := range unseen.Pages {
		if p.Route == site+"/p" && p.Consent == crawler.Accepted {
			unseen.Pages[i].Outcome = crawler.Partial
		}
	}
	assert.Empty(t, Judge(unseen, nil, base, now).News, "a kind of page where it was was not seen in its state")

	failed := gone()
	failed.Gaps = []crawler.Gap{{Kind: crawler.GapLoadFailed, Where: "https://tags.example/t.js", Text: "a script could not be loaded", Consent: crawler.Accepted}}
	assert.Empty(t, Judge(failed, nil, base, now).News, "what would have called it was not loaded")
	failed.Gaps[0].Consent = crawler.Rejected
	assert.Len(t, Judge(failed, nil, base, now).News, 1, "that was in a state in which it never was")

	passing := scanned()
	passing.Standing.Vendors[0].Passing = true
	assert.Empty(t, Judge(gone(), nil, accept(t, nil, passing, nil), now).News)

	back := accept(t, accept(t, base, gone(), nil), scanned(), nil)
	assert.Empty(t, Judge(gone(), nil, back, now).News, "it was gone and came back: it comes and goes")
}

// TestCodeWhereAPlaceMattersFails: new_place names the payment page, and a script of somebody runs there who was on other pages only.
func TestCodeWhereAPlaceMattersFails(t *testing.T) {
	cfg := &Config{Policy: Rules{NewPlace: Strings{"/pay*"}}}
	base, _ := written(t, accept(t, nil, scanned(), cfg))
	in := scanned()
	vendorOf(&in, "alpha").Code = Strings{site + "/", site + "/p", site + "/pay"}
	v := Judge(in, cfg, base, now)
	assert.Equal(t, Fail, v.Result)
	assert.Equal(t, []string{"a script of Alpha runs on /pay now, as none did before"}, textsOf(v))
	assert.Empty(t, Judge(in, nil, base, now).News, "elsewhere it is no news")
	assert.Equal(t, Pass, Judge(in, cfg, accept(t, base, in, cfg), now).Result)
}

// TestAPolicyTellsNewsByWhatInitWrote: the later of the two standings counts.
func TestAPolicyTellsNewsByWhatInitWrote(t *testing.T) {
	in := scanned()
	cfg := &Config{Standing: *in.Standing.Keep(nil, SightOf(in.Pages, nil), func(s string) string { return s })}
	assert.Empty(t, Judge(in, cfg, nil, now).News)
	in.Standing.Headers = nil
	assert.Len(t, Judge(in, cfg, nil, now).News, 1)
	in.Standing.Of = "2026-11-22T09:00:00Z"
	base, _, err := (*Baseline)(nil).Accept(in, Judge(in, cfg, nil, now), Acceptance{Reason: "seen", Now: now, Config: cfg})
	require.NoError(t, err)
	assert.Empty(t, Judge(in, cfg, base, now).News, "accepted")
	base.Standing.Of = "2026-11-01T09:00:00Z"
	assert.Len(t, Judge(in, cfg, base, now).News, 1, "init was later")
}

// TestWhatNoLongerOccursIsSaidOnceAndOfAWholeRun: a line a group, until the run is accepted.
func TestWhatNoLongerOccursIsSaidOnceAndOfAWholeRun(t *testing.T) {
	in := scanned()
	for _, line := range []string{"alpha analytics US | contact.email | accepted | https://a.example/p | plain | body | high",
		"alpha analytics US | account.user_id | accepted | https://a.example/p | plain | body | high"} {
		in.Flows = append(in.Flows, flow(t, line))
	}
	base := accept(t, nil, in, nil)
	empty := scanned()
	want := []string{"baseline: alpha (accepted): account.user_id clear, contact.email clear no longer occurs and can go"}
	assert.Equal(t, want, Judge(empty, nil, base, now).Warnings)
	partial := scanned()
	partial.Gaps = []crawler.Gap{{Kind: crawler.GapPagePartial, Page: "rejected/p", Consent: crawler.Rejected, Text: "left early"}}
	assert.Empty(t, Judge(partial, nil, base, now).Warnings, "not all was seen")
	fewer := scanned()
	fewer.Pages = fewer.Pages[:8]
	assert.Empty(t, Judge(fewer, nil, base, now).Warnings, "a page that the baseline knows was not visited")
	accepted, text := written(t, accept(t, base, empty, nil))
	assert.Empty(t, Judge(empty, nil, accepted, now).Warnings, "said once")
	assert.Contains(t, text, "unseen: ")
	again, text := written(t, accept(t, accepted, in, nil))
	assert.NotContains(t, text, "unseen: 2")
	assert.Equal(t, want, Judge(empty, nil, again, now).Warnings)
}

func TestFailOnNewsTakesKindsOnly(t *testing.T) {
	_, err := Parse("p", []byte("policy: {fail_on_news: [header, moved]}\n"))
	require.NoError(t, err)
	_, err = Parse("p", []byte("policy: {fail_on_news: [heade]}\n"))
	assert.ErrorContains(t, err, `did you mean "header"`)
	_, err = ParseBaseline("b", []byte("version: 2\nstanding: {headers: [{name: content-security-polic, value: x}]}\n"))
	assert.ErrorContains(t, err, "content-security-policy")
}

// TestAPlaceIsKnownInEveryStateAndByTheStanding: a queue sends from any page in each state, and a policy that init wrote knows where whom it
// allows was called.
func TestAPlaceIsKnownInEveryStateAndByTheStanding(t *testing.T) {
	at := func(state, path string) Input {
		in := scanned()
		in.Flows = append(in.Flows, flow(t, "beta analytics US | contact.email | accepted | https://a.example/p | plain | body | high"),
			flow(t, "beta analytics US | contact.email | rejected | https://a.example/p | plain | body | high"))
		if path != "" {
			in.Flows = append(in.Flows[:1:1], flow(t, "beta analytics US | contact.email | "+state+" | https://a.example"+path+" | plain | body | high"))
		}
		return in
	}
	cfg := &Config{Policy: Rules{NewPlace: Strings{"/pay*"}}}
	base := accept(t, nil, at("", ""), cfg)
	assert.Equal(t, Fail, Judge(at("rejected", "/pay"), cfg, base, now).Result)
	base = accept(t, base, at("rejected", "/pay"), cfg)
	both := at("rejected", "/pay")
	both.Flows[0] = flow(t, "beta analytics US | contact.email | accepted | https://a.example/pay | plain | body | high")
	assert.Equal(t, Pass, Judge(both, cfg, base, now).Result, "known after refusal, so known after consent")

	rules, err := Parse("p", []byte("policy: {new_place: [/pay*], allow: [{recipient: [alpha, beta]}]}\n"))
	require.NoError(t, err)
	assert.Equal(t, Fail, Judge(both, rules, nil, now).Result, "nobody has written down where")
	in := scanned()
	rules.Standing = *in.Standing.Keep(nil, SightOf(in.Pages, nil), func(s string) string { return s })
	assert.Equal(t, Pass, Judge(both, rules, nil, now).Result, "beta was called there")
	both.Flows = append(both.Flows, flow(t, "alpha analytics US | contact.email | accepted | https://a.example/pay | plain | body | high"))
	assert.Equal(t, Fail, Judge(both, rules, nil, now).Result, "alpha was not")
}
