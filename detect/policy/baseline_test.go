package policy

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
)

// accept is the baseline that accepts all that is new in the flows.
func accept(t *testing.T, base *Baseline, in Input, cfg *Config, prints ...string) *Baseline {
	t.Helper()
	out, _, err := base.Accept(in, Judge(in, cfg, base, now), Acceptance{Reason: "first scan", Now: now, Fingerprints: prints})
	require.NoError(t, err)
	return out
}

// written is the baseline as it was written and read back.
func written(t *testing.T, b *Baseline) (*Baseline, string) {
	t.Helper()
	var w bytes.Buffer
	require.NoError(t, b.Write(&w))
	back, err := ParseBaseline("b.yaml", w.Bytes())
	require.NoError(t, err, w.String())
	var again bytes.Buffer
	require.NoError(t, back.Write(&again))
	assert.Equal(t, w.String(), again.String())
	return back, w.String()
}

func TestBaselineFileIsSortedAndReadsBack(t *testing.T) {
	var flows []detect.Flow
	for _, r := range []string{"zeta", "alpha", "mid"} {
		flows = append(flows, flow(t, r+" ads NO | contact.email | accepted | https://a.example/p/{n} | plain | body,query | high"))
	}
	pages := append([]Page{{URL: "https://a.example/p/4711", Route: "https://a.example/p/{n}", Consent: "accepted", Outcome: crawler.Complete},
		{URL: "https://other.example/x", Route: "https://other.example/x", Consent: "accepted", Outcome: crawler.Complete}}, complete...)
	in := Input{Flows: flows, Pages: pages}
	base, _, err := (*Baseline)(nil).Accept(in, Judge(in, nil, nil, now), Acceptance{Reason: "because: \"quoted\" # no comment", Now: now, Until: now})
	require.NoError(t, err)
	back, text := written(t, base)
	assert.Equal(t, baselineHead+`version: 2
site: "https://a.example"
pages:
- /p/4711
- "https://other.example/x"
reason: "because: \"quoted\" # no comment"
since: 2026-11-23
accepted:
- recipient: alpha
  consent: accepted
  until: 2026-11-23
  flows:
  - {class: contact.email, form: clear, on: ["/p/{n}"], url: ["/p/{n}"], print: "`+flows[1].Fingerprint[:12]+`"}
`, text[:strings.Index(text, "- recipient: mid")])
	assert.Less(t, strings.Index(text, "alpha"), strings.Index(text, "zeta"))
	v := Judge(in, nil, back, now)
	assert.Equal(t, Pass, v.Result)
	assert.Empty(t, v.Flows[0].Also)
	_, err = ParseBaseline("b.yaml", []byte("accepted:\n- recipeint: x\n"))
	assert.ErrorContains(t, err, "did you mean \"recipient\"?")
	_, err = ParseBaseline("b.yaml", []byte("accepted:\n- {recipient: x, flows: [{class: contact.email}]}\n"))
	assert.ErrorContains(t, err, "x (unknown) needs a reason")
	_, err = ParseBaseline("b.yaml", []byte("version: 3\n"))
	assert.ErrorContains(t, err, "version: 3 is newer")
	_, err = ParseBaseline("b.yaml", []byte("accepted:\n- {recipient: x, reason: r, flows: [{class: a, form: hashd}]}\n"))
	assert.ErrorContains(t, err, "did you mean \"hashed\"?")
}

func TestBaselineOfVersion1IsTakenOver(t *testing.T) {
	const old = `version: 1
flows:
- {fingerprint: 0123456789abcdef, recipient: x, class: contact.email, consent: accepted, route: "https://a.example/", reason: dpa, accepted: 2026-01-05}
- {fingerprint: 1123456789abcdef, recipient: x, class: contact.email, consent: accepted, route: "https://a.example/", reason: dpa, accepted: 2026-01-05}
- {fingerprint: 2123456789abcdef, recipient: x, class: contact.email, consent: accepted, route: "https://a.example/pay", reason: dpa, accepted: 2026-01-05}
- {fingerprint: 3123456789abcdef, recipient: x, class: account.password, consent: accepted, route: "https://a.example/", reason: known, was: forbidden}
- {fingerprint: 4123456789abcdef, recipient: y, class: contact.email, consent: accepted, route: "https://a.example/", reason: late, until: 2026-11-01}
scripts:
- {url: "https://a.example/a.js", sha256: "01", reason: r}
`
	base, err := ParseBaseline("b.yaml", []byte(old))
	require.NoError(t, err)
	assert.Equal(t, "the baseline is of version 1: its 5 entries accept 3 flows, each in any form; tagscan accept writes it as version 2", base.Migrated())
	f := func(s string) detect.Flow { return flow(t, s) }
	in := Input{Pages: complete, Flows: []detect.Flow{
		f("x ads NO | contact.email | accepted | https://a.example/ | plain | query | high"),
		f("x ads NO | contact.email | accepted | https://a.example/pay | hashed | body | high"),
		f("x ads NO | contact.email | rejected | https://a.example/ | plain | body | high"),
		f("x ads NO | account.password | accepted | https://a.example/ | plain | body | critical"),
		f("x ads NO | account.password | accepted | https://a.example/pay | plain | body | critical"),
		f("y ads NO | contact.email | accepted | https://a.example/ | plain | body | high"),
	}}
	cfg, err := Parse("p", []byte("policy: {forbid: [{class: account.password}]}"))
	require.NoError(t, err)
	v := Judge(in, cfg, base, now)
	var got []Decision
	for _, x := range v.Flows {
		got = append(got, x.Decision)
	}
	assert.Equal(t, []Decision{Ignored, Ignored, New, Ignored, Forbidden, New}, got, "an entry that expired accepts nothing; one that forgave forgives where it did")
	assert.Empty(t, v.Flows[0].Also)
	assert.Contains(t, v.Warnings, base.Migrated())
	back, text := written(t, base)
	assert.Contains(t, text, "version: 2\n")
	assert.Empty(t, back.Migrated(), "said once")
	assert.Equal(t, got[0], Judge(in, cfg, back, now).Flows[0].Decision)
	assert.Len(t, back.Scripts, 1)
}

func TestPlacesAreDecidedAndTheWorstCounts(t *testing.T) {
	base := flow(t, "x analytics US | contact.email | accepted | https://a.example/ | plain | body | high")
	two := base
	two.Places = append(append([]detect.Place{}, base.Places...), place(base, "https://a.example/pay", "query", rule.Critical, detect.Plain))
	low := base
	low.Places = append(append([]detect.Place{}, base.Places...), place(base, "https://a.example/pay", "body", rule.Low, detect.Encoded))
	for src, tt := range map[string]struct {
		f    detect.Flow
		want string
		on   []string
	}{
		"{allow: [{id: a, recipient: x}]}":                                                           {two, "allowed a", nil},
		"{allow: [{id: a, route: /}]}":                                                               {two, "new default", []string{"https://a.example/pay"}},
		"{allow: [{id: a, route: [/, /pay]}]}":                                                       {two, "allowed a", nil},
		"{allow: [{id: a, place: body}]}":                                                            {two, "new default", []string{"https://a.example/pay"}},
		"{allow: [{id: a, severity: '<=high'}]}":                                                     {two, "new default", []string{"https://a.example/pay"}},
		"{allow: [{id: a, form: clear}]}":                                                            {low, "allowed a", nil},
		"{allow: [{id: a, form: plain}]}":                                                            {low, "new default", []string{"https://a.example/pay"}},
		"{allow: [{id: a, form: '!hashed'}]}":                                                        {low, "allowed a", nil},
		"{default: allow, forbid: [{id: f, route: /pay}]}":                                           {two, "forbidden f", []string{"https://a.example/pay"}},
		"{default: allow, forbid: [{id: f, place: url}]}":                                            {two, "forbidden f", []string{"https://a.example/pay"}},
		"{default: allow, forbid: [{id: f, severity: critical}]}":                                    {two, "forbidden f", []string{"https://a.example/pay"}},
		"{forbid: [{id: f, route: /pay}]}":                                                           {two, "forbidden f", []string{"https://a.example/pay"}},
		"{ignore: [{route: /pay, reason: r, until: 2027-01-01}]}":                                    {two, "new default", []string{"https://a.example/"}},
		"{allow: [{id: a, route: /}], ignore: [{route: /pay, reason: r, until: 2027-01-01}]}":        {two, "ignored ignore", []string{"https://a.example/pay"}},
		"{ignore: [{fingerprint: " + base.Fingerprint[:12] + ", reason: r, until: 2027-01-01}]}":     {two, "ignored ignore", nil},
		"{ignore: [{fingerprint: " + two.Places[1].Fingerprint + ", reason: r, until: 2027-01-01}]}": {two, "new default", []string{"https://a.example/"}},
	} {
		v := judged(t, "policy: "+src, nil, tt.f)
		assert.Equal(t, tt.want, string(v.Flows[0].Decision)+" "+v.Flows[0].Rule, src)
		assert.Equal(t, tt.on, v.Flows[0].On, src)
	}
	guess := two
	guess.Places = append([]detect.Place{}, two.Places...)
	guess.Places[1].Weak = true
	v := judged(t, "policy: {default: allow, forbid: [{id: f, route: /pay}]}", nil, guess)
	assert.Equal(t, Forbidden, v.Flows[0].Decision)
	assert.False(t, v.Flows[0].Fails, "a guess never fails a run")
	cfg, err := Parse("p", []byte("policy: {default: allow, forbid: [{id: f, route: /pay}]}"))
	require.NoError(t, err)
	_, why := cfg.Policy.Explain(two)
	assert.Contains(t, why, "so for https://a.example/pay, and otherwise for 1 place of 2")
}

func TestALaterReasonStandsWithWhatItIsFor(t *testing.T) {
	one := flow(t, "x ads NO | contact.email | accepted | https://a.example/ | plain | body | high")
	two := flow(t, "x ads NO | contact.phone | accepted | https://a.example/ | plain | body | high")
	base := accept(t, nil, Input{Flows: []detect.Flow{one}, Pages: complete}, nil)
	in := Input{Flows: []detect.Flow{one, two}, Pages: complete}
	later, n, err := base.Accept(in, Judge(in, nil, base, now), Acceptance{Reason: "DPA 2", Now: now.AddDate(0, 1, 0)})
	require.NoError(t, err)
	assert.Equal(t, 1, n)
	back, text := written(t, later)
	assert.Equal(t, 1, strings.Count(text, "first scan"))
	assert.Contains(t, text, "- recipient: x\n  consent: accepted\n  reason: \"DPA 2\"\n  accepted: 2026-12-23\n  flows:\n  - {class: contact.phone,")
	v := Judge(in, nil, back, now)
	assert.Equal(t, []string{"first scan", "DPA 2"}, []string{v.Flows[0].Reason, v.Flows[1].Reason})
}

func TestNewPlaces(t *testing.T) {
	f := flow(t, "x analytics US | contact.email | accepted | https://a.example/ | plain | body | high")
	moved := func(route string, where decode.Where, sev rule.Severity) Input {
		m := f
		m.Places = append(append([]detect.Place{}, f.Places...), place(f, route, where, sev))
		return Input{Flows: []detect.Flow{m}, Pages: complete}
	}
	first := Input{Flows: []detect.Flow{f}, Pages: complete}
	pay := moved("https://a.example/pay/card", "body", rule.High)
	for name, tt := range map[string]struct {
		policy string
		in     Input
		want   string
	}{
		"quiet unless said otherwise": {"{}", pay, "ignored baseline"},
		"quiet if said so":            {"{new_place: quiet}", pay, "ignored baseline"},
		"policy-wide":                 {"{new_place: fail}", pay, "new new_place"},
		"on the kinds of page named":  {"{new_place: [/pay*, /signup]}", pay, "new new_place"},
		"and on no others":            {"{new_place: [/signup]}", pay, "ignored baseline"},
		"in an address":               {"{new_place: fail}", moved("https://a.example/", "query", rule.Critical), "new new_place"},
		"not where nothing is new":    {"{new_place: fail}", first, "ignored baseline"},
		"by the rule that allows":     {"{allow: [{id: a, recipient: x, new_place: /pay*}]}", pay, "new new_place"},
		"the rule before the policy":  {"{new_place: fail, allow: [{id: a, recipient: x, new_place: quiet}]}", pay, "allowed a"},
		"an ignore is an ignore":      {"{new_place: fail, ignore: [{recipient: x, reason: r, until: 2027-01-01}]}", pay, "ignored ignore"},
	} {
		base := accept(t, nil, first, nil)
		cfg, err := Parse("p", []byte("policy: "+tt.policy))
		require.NoError(t, err)
		v := Judge(tt.in, cfg, base, now)
		assert.Equal(t, tt.want, string(v.Flows[0].Decision)+" "+v.Flows[0].Rule, name)
		fails := strings.HasPrefix(tt.want, "new")
		assert.Equal(t, fails, v.Flows[0].Fails, name)
		if fails {
			assert.Equal(t, "1 accepted flow in a new place.", v.Sentence, name)
			again, _ := written(t, accept(t, base, tt.in, cfg))
			assert.Equal(t, Pass, Judge(tt.in, cfg, again, now).Result, "%s: accepted", name)
		}
	}
	cfg, err := Parse("p", []byte("policy: {new_place: fail}"))
	require.NoError(t, err)
	assert.False(t, Judge(moved("https://a.example/pay", "body", rule.Low), cfg, accept(t, nil, first, nil), now).Flows[0].Fails, "below the threshold")
	learned := accept(t, accept(t, nil, first, nil), pay, nil)
	assert.Empty(t, Judge(pay, nil, learned, now).Flows[0].Also, "accept takes note of where known flows are")
	assert.Equal(t, "first scan", learned.Accepted[0].Reason)
}

func TestAcceptingAPlaceAcceptsNoOther(t *testing.T) {
	f := flow(t, "x analytics US | contact.email | accepted | https://a.example/ | plain | body,query | high")
	in := Input{Flows: []detect.Flow{f}, Pages: complete}
	cfg, err := Parse("p", []byte("policy: {new_place: fail}"))
	require.NoError(t, err)
	base := accept(t, nil, in, cfg, f.Places[0].Fingerprint[:12])
	v := Judge(in, cfg, base, now)
	assert.Equal(t, NewPlace, v.Flows[0].Rule)
	assert.Equal(t, Pass, Judge(in, nil, base, now).Result)
}

// shop is what a scan of a shop of 20 pages finds: ten vendors in three consent states. What differs from scan to scan is
// drawn: which pages of a kind were visited, in which fields a queue put its events, which script sent them.
func shop(rnd *rand.Rand) Input {
	var routes []string
	for _, p := range strings.Fields("/ /en /en/c/{slug} /en/p/{slug} /en/search /en/cart /checkout /checkout/pay /account /account/orders/{n} /login /blog /blog/{slug}") {
		routes = append(routes, "https://shop.example"+p)
	}
	vendors := []string{"ga4", "google-ads", "meta-pixel", "mixpanel", "amplitude", "hotjar", "sentry", "intercom", "criteo", "tiktok"}
	classes := []rule.Class{rule.ClientID, rule.PageURL, rule.Title, rule.Referrer, rule.Screen, rule.UserAgent, rule.Locale, rule.Email, rule.UserID}
	in := Input{}
	for i, state := range []crawler.Consent{crawler.Unasked, crawler.Rejected, crawler.Accepted} {
		for n := range 20 {
			in.Pages = append(in.Pages, Page{URL: fmt.Sprintf("https://shop.example/en/p/loaf-%d", n), Route: routes[n%len(routes)], Consent: state, Outcome: crawler.Complete})
		}
		for v, vendor := range vendors {
			if i < 2 && v > 3 {
				continue // most wait for consent
			}
			for c, class := range classes {
				form := detect.Plain
				if class == rule.Email {
					form = detect.Hashed
				}
				f := detect.Flow{Recipient: recipient.Recipient{ID: vendor, Name: vendor, Category: "analytics"}, Class: class, Consent: state,
					Form: form.OfFlow(), Severity: rule.Severity(1 + c%4), Confidence: detect.Certain}
				f.Fingerprint = detect.FlowFingerprint(f.Key())
				for range 3 + rnd.IntN(12) {
					p := place(f, routes[rnd.IntN(len(routes))], decode.Where([]string{"body", "query"}[rnd.IntN(2)]), rule.Severity(1+rnd.IntN(4)), form)
					p.Field, p.Sender = fmt.Sprintf("body.queue.k%d", rnd.IntN(99)), fmt.Sprint("app-", rnd.IntN(9), ".js")
					f.Places = append(f.Places, p)
				}
				in.Flows = append(in.Flows, f)
			}
		}
	}
	rnd.Shuffle(len(in.Flows), func(i, j int) { in.Flows[i], in.Flows[j] = in.Flows[j], in.Flows[i] })
	return in
}

func TestAnUnchangedShopPassesAfterItWasAccepted(t *testing.T) {
	rnd := rand.New(rand.NewPCG(14, 1))
	first := shop(rnd)
	assert.Equal(t, Fail, Judge(first, nil, nil, now).Result)
	base, text := written(t, accept(t, nil, first, nil))
	assert.LessOrEqual(t, strings.Count(text, "\n"), 300, "a person reviews it in one sitting")
	for range 10 {
		scan := shop(rnd)
		v := Judge(scan, nil, base, now)
		assert.Equal(t, Pass, v.Result, v.Sentence)
		for _, w := range v.Warnings {
			assert.NotContains(t, w, "no longer occurs")
		}
	}
	again := shop(rnd)
	added := again.Flows[0]
	added.Recipient.ID = "clarity"
	added.Places = []detect.Place{place(added, "https://shop.example/", "body", rule.High)}
	again.Flows = append(again.Flows, added)
	v := Judge(again, nil, base, now)
	assert.Equal(t, "1 flow that nobody agreed to.", v.Sentence, "and one new vendor is one flow")
}

func TestTwoPeoplesAdditionsDoNotTouchEachOther(t *testing.T) {
	rnd := rand.New(rand.NewPCG(14, 2))
	in := shop(rnd)
	base, text := written(t, accept(t, nil, in, nil))
	with := func(vendor string) string {
		more := in
		f := flow(t, vendor+" ads US | contact.email | accepted | https://shop.example/ | plain | body | high")
		more.Flows = append(append([]detect.Flow{}, in.Flows...), f)
		_, s := written(t, accept(t, base, more, nil))
		return s
	}
	a, b := with("aaa"), with("zzz")
	lines := func(s string) []string { return strings.Split(s, "\n") }
	// Where one line of the base stands in both, in the same order, a merge of texts keeps both additions.
	for _, added := range []string{a, b} {
		i := 0
		all := lines(text)
		for _, l := range lines(added) {
			if i < len(all) && l == all[i] {
				i++
			}
		}
		assert.Equal(t, len(all), i, "additions only")
	}
	merged := strings.Replace(b, "accepted:\n- recipient: amplitude", "accepted:\n"+a[strings.Index(a, "- recipient: aaa"):strings.Index(a, "- recipient: amplitude")]+"- recipient: amplitude", 1)
	both, err := ParseBaseline("b.yaml", []byte(merged))
	require.NoError(t, err)
	assert.Len(t, both.Accepted, len(base.Accepted)+2)
}
