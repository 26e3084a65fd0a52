package conclude

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report"
)

const (
	unasked  = crawler.Unasked
	rejected = crawler.Rejected
	accepted = crawler.Accepted
	gpc      = crawler.GPC
)

// in are the addresses of one state; in every other there are none.
func in(state crawler.Consent, urls func(v view) []string) func(v view) []string {
	return func(v view) []string {
		if v.state != state {
			return nil
		}
		return urls(v)
	}
}

func one(url func(v view) string) func(v view) []string {
	return func(v view) []string { return []string{url(v)} }
}

// honestly is what a site sends that does as it is told: pings without an identifier until there is consent.
func honestly(v view) []string {
	switch v.state {
	case accepted:
		return []string{ga(v, v.id(), grantedMode)}
	case unasked:
		return []string{ga(v, v.onePage(), "&gcs=G100&gcd=13p3p3p2p5l1&npa=1")}
	}
	return []string{ga(v, v.onePage(), deniedMode)}
}

// tcfIn are cookies with a TC string made of a good one.
func tcfIn(state crawler.Consent, change func(s tc) tc) func(v view) map[string]string {
	return func(v view) map[string]string {
		s := tcOf(v.day)
		if v.state == accepted {
			s = s.all()
		}
		if v.state == state {
			s = change(s)
		}
		if v.state == unasked {
			return nil
		}
		return map[string]string{"euconsent-v2": s.String()}
	}
}

func same(s tc) tc { return s }

// ads is a request of Google Ads.
func ads(more string) string {
	return "https://www.google.com/ccm/collect?en=page_view&tid=AW-123456789" + more
}

const pixel = "https://www.facebook.com/tr/?id=123456789012345&ev=PageView"

// tcdata is the answer of the framework's interface.
func tcdata(s tc) [][3]string {
	const rest = `","cmpId":10,"gdprApplies":true,"eventStatus":"useractioncomplete"}`
	return [][3]string{{"api", "tcdata", `{"tcString":"` + s.String() + rest}}
}

func criteo(v view, more string) string {
	return fmt.Sprintf("https://sslwidget.criteo.com/event?a=12345&v=5.23&p0=e%%3Dvh&adce=1&rnd=%d%s", v.page*991, more)
}

func uet(v view, more string) string {
	const action = "https://bat.bing.com/action/0?ti=12345678&Ver=2&evt=pageLoad&p=https%3A%2F%2Fshop.example%2F"
	return fmt.Sprintf("%s&mid=0190f3c%d-a%da-7bbb-8ccc-0123456789ab%s", action, v.page, v.page, more)
}

// oneTrust is the platform's cookie after a choice.
func oneTrust(yes bool, more string) string {
	on := "0"
	if yes {
		on = "1"
	}
	return "interactionCount=1&groups=C0001%3A1%2CC0002%3A" + on + "%2CC0004%3A" + on + more
}

// pairs of sites of which one contradicts itself, and one does not.
var pairs = []struct {
	name        string
	want        string // id, state and recipient
	lying, twin story
}{
	{"K1: an identifier that stays, after a refusal that was told", "refused-but-sent rejected google-analytics-4",
		story{sends: in(rejected, one(func(v view) string { return ga(v, v.id(), deniedMode) }))},
		story{sends: in(rejected, one(func(v view) string { return ga(v, v.onePage(), deniedMode) }))}},
	{"K1: a hashed contact", "refused-but-sent rejected bing-uet",
		story{sends: in(rejected, one(func(v view) string {
			return uet(v, "&asc=D&em=0c7e6a405862e402eb76a70f8a26fc732d07c32931e9fae9ab1582911d2e8a3b")
		}))},
		story{sends: in(rejected, one(func(v view) string { return uet(v, "&asc=D") }))}},
	{"K2: consent claimed after a refusal", "refused-but-claimed-granted rejected google-ads",
		story{sends: in(rejected, one(func(v view) string {
			return ads(grantedMode)
		}))},
		story{sends: in(rejected, one(func(v view) string {
			return ads(deniedMode)
		}))}},
	{"K2: a string with consent, to a vendor of the framework", "refused-but-claimed-granted rejected criteo",
		story{sends: in(rejected, one(func(v view) string { return criteo(v, "&gdpr=1&gdpr_consent="+tcOf(v.day).all().String()) }))},
		story{sends: in(rejected, one(func(v view) string { return criteo(v, "&gdpr=1&gdpr_consent="+tcOf(v.day).String()) }))}},
	{"K3: a platform's cookie says yes", "refused-but-recorded-granted rejected",
		story{keeps: func(v view) map[string]string {
			return map[string]string{"OptanonConsent": oneTrust(v.state != unasked, "")}
		}, sends: honestly},
		story{keeps: func(v view) map[string]string {
			return map[string]string{"OptanonConsent": oneTrust(v.state == accepted, "")}
		}, sends: honestly}},
	{"K3: the interface says yes on the next page", "refused-but-recorded-granted rejected",
		story{reads: func(v view, stage crawler.Stage) [][3]string {
			s := tcOf(v.day)
			if v.page > 1 {
				s = s.all()
			}
			return tcdata(s)
		}},
		story{reads: func(v view, stage crawler.Stage) [][3]string { // written late
			s := tcOf(v.day)
			if stage == crawler.AtAnswer || v.state == accepted {
				s = s.all()
			}
			return tcdata(s)
		}}},
	{"K3: consent mode stays granted", "refused-but-recorded-granted rejected",
		story{reads: func(v view, _ crawler.Stage) [][3]string {
			return [][3]string{{"api", "google-ics", `{"ad_storage":{"default":true},"analytics_storage":{"default":true}}`}}
		}},
		story{reads: func(v view, stage crawler.Stage) [][3]string {
			if stage == crawler.AtArrival && v.page == 1 { // an opt-in by default is not this contradiction
				return [][3]string{{"api", "google-ics", `{"ad_storage":{"default":true},"analytics_storage":{"default":true}}`}}
			}
			return [][3]string{{"api", "google-ics", `{"ad_storage":{"default":true,"update":false},"analytics_storage":{"update":false},` +
				`"functionality_storage":{"default":true},"security_storage":{"default":true}}`}}
		}}},
	{"K4: consent mode is off", "refused-but-not-told rejected google-analytics-4",
		story{sends: in(rejected, one(func(v view) string { return ga(v, v.id(), noMode) }))},
		story{sends: in(accepted, one(func(v view) string { return ga(v, v.id(), noMode) }))}},
	{"K4: Meta's pixel after a refusal", "refused-but-not-told rejected meta-pixel",
		story{sends: in(rejected, one(func(v view) string {
			return "https://www.facebook.com/tr/?id=123456789012345&ev=PageView&dl=https%3A%2F%2Fshop.example%2F"
		}))},
		story{sends: in(rejected, one(func(v view) string { return "https://connect.facebook.net/en_US/fbevents.js" }))}},
	{"K5: two signals of one vendor", "claims-disagree accepted google-analytics-4",
		story{sends: in(accepted, one(func(v view) string { return ga(v, v.id(), "&gcs=G111&gcd=13q3q3q2q5l1") }))},
		story{sends: in(accepted, one(func(v view) string { return ga(v, v.id(), "&gcs=G101&gcd=13q3r3q2q5l1") }))}},
	{"K5: consent mode and the framework's string", "claims-disagree accepted google-ads",
		story{sends: in(accepted, one(func(v view) string {
			return ads(grantedMode + "&gdpr=1&gdpr_consent=" + tcOf(v.day).String())
		}))},
		story{sends: in(accepted, one(func(v view) string {
			return ads(grantedMode + "&gdpr=1&gdpr_consent=" + tcOf(v.day).all().String())
		}))}},
	{"K6: granted by default", "granted-before-asked unasked google-analytics-4",
		story{sends: in(unasked, one(func(v view) string { return ga(v, v.id(), "&gcs=G111&gcd=13t3t3t2t5l1") }))},
		story{plain: true, sends: in(unasked, one(func(v view) string { return ga(v, v.id(), "&gcs=G111&gcd=13t3t3t2t5l1") }))}},
	{"K6: before the click on the page of the dialog", "granted-before-asked unasked bing-uet",
		story{states: []crawler.Consent{accepted}, first: one(func(v view) string { return uet(v, "&asc=G") })},
		story{states: []crawler.Consent{accepted}, first: one(func(v view) string { return uet(v, "&asc=D") }),
			sends: one(func(v view) string { return uet(v, "&asc=G") })}},
	{"K7: not among the vendors disclosed", "vendor-not-disclosed accepted criteo",
		story{keeps: tcfIn(accepted, func(s tc) tc { s.disclosed = []int{25, 755}; return s }),
			sends: in(accepted, one(func(v view) string { return criteo(v, "") }))},
		story{keeps: tcfIn(accepted, same), sends: in(accepted, one(func(v view) string { return criteo(v, "") }))}},
	{"K8: legitimate interest left on", "legitimate-interest-left-on rejected",
		story{keeps: tcfIn(rejected, func(s tc) tc { s.interests, s.vendorInterests = []int{2, 7, 8, 9, 10}, []int{25, 755}; return s })},
		story{keeps: tcfIn(accepted, func(s tc) tc { s.interests, s.vendorInterests = []int{2, 7, 8, 9, 10}, []int{25, 755}; return s })}},
	{"K8: one vendor is told of legitimate interest that the site's record has not", "legitimate-interest-left-on rejected criteo",
		story{keeps: tcfIn(rejected, same), sends: in(rejected, one(func(v view) string {
			s := tcOf(v.day)
			s.interests, s.vendorInterests = []int{2, 7}, []int{91}
			return criteo(v, "&gdpr=1&gdpr_consent="+s.String())
		}))},
		story{keeps: tcfIn(rejected, same), sends: in(rejected, one(func(v view) string {
			return criteo(v, "&gdpr=1&gdpr_consent="+tcOf(v.day).String())
		}))}},
	{"K2: a string with everything on, where the site's record has nothing", "refused-but-claimed-granted rejected criteo",
		story{keeps: tcfIn(rejected, same), sends: in(rejected, one(func(v view) string {
			s := tcOf(v.day).all()
			s.interests, s.vendorInterests = []int{2, 7}, []int{91}
			return criteo(v, "&gdpr=1&gdpr_consent="+s.String())
		}))},
		story{keeps: tcfIn(accepted, same), sends: in(accepted, one(func(v view) string {
			s := tcOf(v.day).all()
			s.interests, s.vendorInterests = []int{2, 7}, []int{91}
			return criteo(v, "&gdpr=1&gdpr_consent="+s.String())
		}))}},
	{"K9: a platform takes no note", "gpc-not-recorded gpc",
		story{states: []crawler.Consent{unasked, gpc}, keeps: func(v view) map[string]string {
			return map[string]string{"OptanonConsent": oneTrust(false, "&isGpcEnabled=0")}
		}},
		story{states: []crawler.Consent{unasked, gpc}, keeps: func(v view) map[string]string {
			return map[string]string{"OptanonConsent": oneTrust(false, "&isGpcEnabled="+map[bool]string{true: "1", false: "0"}[v.state == gpc])}
		}}},
	{"K9: nobody opted out", "gpc-not-recorded gpc",
		story{states: []crawler.Consent{gpc}, keeps: func(v view) map[string]string { return map[string]string{"usprivacy": "1YNN"} }},
		story{states: []crawler.Consent{gpc}, keeps: func(v view) map[string]string { return map[string]string{"usprivacy": "1YYN"} }}},
	{"K9: Google's parameter says that the control is off", "gpc-not-recorded gpc google-analytics-4",
		story{states: []crawler.Consent{gpc}, sends: one(func(v view) string { return ga(v, v.onePage(), "&gcs=G100&gcd=13p3p3p2p5l1&npa=1") })},
		story{states: []crawler.Consent{gpc}, sends: one(func(v view) string { return ga(v, v.onePage(), "&gcs=G100&gcd=13p3p3p2pdl1&npa=1") })}},
	{"K10: still claimed after withdrawal", "withdrawal-ignored withdrawn google-analytics-4",
		story{states: []crawler.Consent{unasked, rejected, accepted, crawler.Withdrawn}, sends: func(v view) []string {
			if v.state == crawler.Withdrawn {
				return []string{ga(v, v.id(), grantedMode)}
			}
			return honestly(v)
		}},
		story{states: []crawler.Consent{unasked, rejected, accepted, crawler.Withdrawn}, sends: honestly}},
	{"K11: no disclosed vendors", "consent-string-invalid accepted",
		story{keeps: tcfIn(accepted, func(s tc) tc { s.disclosed, s.vendors = nil, []int{25}; return s })},
		story{keeps: tcfIn(accepted, same)}},
	{"K11: for the whole web", "consent-string-invalid rejected",
		story{keeps: tcfIn(rejected, func(s tc) tc { s.global = true; return s })},
		story{keeps: tcfIn(rejected, same)}},
	{"K11: older than the click", "consent-string-invalid accepted",
		story{keeps: tcfIn(accepted, func(s tc) tc { s.created = s.created.AddDate(0, 0, -9); return s })},
		story{keeps: tcfIn(accepted, func(s tc) tc { s.created = s.created.Add(-20 * time.Hour); return s })}}, // the day before, elsewhere
	{"K11: version 1 in a request", "consent-string-invalid accepted",
		story{sends: in(accepted, one(func(v view) string { return criteo(v, "&gdpr=1&gdpr_consent=BOEFEAyOEFEAyAHABDENAIgAAAB9vABAASA") }))},
		story{sends: in(accepted, one(func(v view) string { return criteo(v, "&gdpr=1&gdpr_consent=$%7BGDPR_CONSENT_91%7D") }))}},
}

// TestContradictionsAreNamed: of each pair one site is named, by kind, state and recipient, and nothing else is said of it but what
// follows from it; the other is not named at all.
func TestContradictionsAreNamed(t *testing.T) {
	for _, p := range pairs {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			got := play(t, p.lying)
			assert.Equal(t, []string{p.want}, named(got))
			for _, c := range got {
				assert.NotNil(t, c.Recorded)
				assert.NotNil(t, c.Claimed)
				assert.NotNil(t, c.Sent)
				if c.Recipient != "" {
					assert.NotEmpty(t, c.Requests, c)
				}
			}
			assert.Empty(t, named(play(t, p.twin)), "the twin")
		})
	}
}

// named are contradictions by kind, state and recipient.
func named(cs []contradiction) []string {
	var out []string
	for _, c := range cs {
		out = append(out, c.String())
	}
	return out
}

// TestNoiseIsNoContradiction: what is odd, and no lie.
func TestNoiseIsNoContradiction(t *testing.T) {
	li := func(s tc) tc { s.interests, s.vendorInterests = []int{2, 7, 8, 9, 10}, []int{25, 91, 755}; return s }
	for name, s := range map[string]story{
		"pings of consent mode without identifiers, Google and Microsoft": {sends: func(v view) []string {
			if v.state == accepted {
				return []string{ga(v, v.id(), grantedMode), uet(v, "&asc=G&vid=0f2c77aa3d3f4f0fb4dcd2a4bb3d06f1")}
			}
			return append(honestly(v), uet(v, fmt.Sprintf("&asc=D&vid=%032x&sid=%032x", v.page*982451653, v.page*57885161)))
		}},
		"pings of pages that began in the same second": {sends: in(rejected, one(func(v view) string {
			return ga(v, v.onePage(), deniedMode+fmt.Sprintf("&sid=%d", v.day.Unix()))
		}))},
		"a session's id that lives in memory": {sends: in(rejected, one(func(v view) string {
			return uet(v, "&asc=D&sid=9b1c77aa3d3f4f0fb4dcd2a4bb3d06f1")
		}))},
		"several pings on one page share its client id": {sends: in(rejected, func(v view) []string {
			return []string{ga(v, v.onePage(), deniedMode), ga(v, v.onePage(), deniedMode+"&_s=2")}
		})},
		"a site that speaks of consent nowhere": {plain: true, states: []crawler.Consent{unasked, gpc}, sends: one(func(v view) string {
			return "https://region1.google-analytics.com/g/collect?v=2&tid=G-ABC1234567&en=page_view&cid=" + v.id()
		})},
		"legitimate interests while the dialog is up": {states: []crawler.Consent{unasked},
			sends: one(func(v view) string { return criteo(v, "&gdpr=1&gdpr_consent="+li(tcOf(v.day)).String()) })},
		"a string of the United States in Europe": {sends: func(v view) []string {
			if v.state == accepted {
				return []string{criteo(v, "&us_privacy=1YNN&gdpr=1&gdpr_consent="+tcOf(v.day).all().String())}
			}
			return []string{criteo(v, "&us_privacy=1YNN&gdpr=1&gdpr_consent="+tcOf(v.day).String())}
		}},
		"vendors that know no signal": {sends: func(v view) []string {
			return []string{"https://px.ads.linkedin.com/collect?v=2&fmt=js&pid=1234567&time=1795860000000", "https://www.collector.example/hit?x=1"}
		}},
		"only libraries are loaded": {sends: func(v view) []string {
			const gtag = "https://www.googletagmanager.com/gtag/js?id=G-ABC1234567"
			return []string{gtag, "https://bat.bing.com/bat.js", "https://fonts.gstatic.com/s/inter.woff2"}
		}},
		"the address of the page has a string of somebody else": {sends: in(rejected, one(func(v view) string {
			page := "https://shop.example/?gdpr_consent=" + tcOf(v.day).all().String() + "&gcs=G111"
			return "https://www.collector.example/hit?dl=" + url.QueryEscape(page)
		}))},
		"the law does not apply": {sends: in(rejected, one(func(v view) string {
			return "https://www.collector.example/hit?gdpr=0&gdpr_consent=" + tcOf(v.day).all().String()
		}))},
		"what is for comfort stays on": {keeps: func(v view) map[string]string {
			on := "no"
			if v.state == accepted {
				on = "yes"
			}
			const comfort = "consentid:aDFk,consent:yes,action:yes,necessary:yes,functional:yes,"
			return map[string]string{
				"cookieyes-consent": comfort + "analytics:" + on + ",performance:" + on + ",advertisement:" + on, "cmplz_functional": "allow",
			}
		}},
		"a choice that was never made": {plain: true, states: []crawler.Consent{rejected},
			sends: one(func(v view) string { return ga(v, v.id(), grantedMode) })},
		"limited data use under the control": {states: []crawler.Consent{gpc}, sends: one(func(v view) string {
			return pixel + "&dpo=LDU&dpoco=0&dpost=0"
		})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Empty(t, named(play(t, s)))
		})
	}
}

// TestOnePageIsNoVisitor: what a tag draws for one page, as it is refused storage, recognises nobody; what the browser keeps does,
// under the same name.
func TestOnePageIsNoVisitor(t *testing.T) {
	for name, c := range map[string]struct {
		story story
		want  []string
	}{
		"drawn until there is consent": {story{sends: honestly}, []string{"online.client_id accepted"}},
		"drawn for the page before the click, and kept after it": {story{
			first: in(accepted, one(func(v view) string { return ga(v, "1580273946.1795000009", "&gcs=G100&gcd=13p3p3p2p5l1&npa=1") })),
			sends: honestly,
		}, []string{"online.client_id accepted"}},
		"the same before the click and after it": {story{
			first: in(accepted, one(func(v view) string { return ga(v, v.id(), "&gcs=G100&gcd=13p3p3p2p5l1&npa=1") })),
			sends: honestly,
		}, []string{"online.client_id accepted", "online.client_id unasked"}},
		"kept in spite of the refusal": {story{sends: func(v view) []string {
			if v.state == rejected {
				return []string{ga(v, v.id(), deniedMode)}
			}
			return honestly(v)
		}}, []string{"online.client_id accepted", "online.client_id rejected"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, m := perform(t, c.story)
			var got []string
			for _, f := range m.Flows {
				if f.Class == rule.ClientID {
					got = append(got, string(f.Class)+" "+string(f.Consent))
				}
			}
			assert.ElementsMatch(t, c.want, got)
		})
	}
}

// TestContradictionsSayWhy: the evidence names the field that is wrong, or the reason.
func TestContradictionsSayWhy(t *testing.T) {
	for want, s := range map[string]story{
		"isGpcEnabled=0": {states: []crawler.Consent{gpc}, keeps: func(view) map[string]string {
			return map[string]string{"OptanonConsent": oneTrust(false, "&isGpcEnabled=0")}
		}},
		"no segment of disclosed vendors": {keeps: tcfIn(rejected, func(s tc) tc { s.disclosed = nil; return s })},
		"IsServiceSpecific=0":             {keeps: tcfIn(rejected, func(s tc) tc { s.global = true; return s })},
		"before the choice":               {keeps: tcfIn(rejected, func(s tc) tc { s.created = s.created.AddDate(0, 0, -9); return s })},
		"its flag of Global Privacy Control is 0": {states: []crawler.Consent{gpc},
			sends: one(func(v view) string { return ga(v, v.onePage(), deniedMode) })},
	} {
		t.Run(want, func(t *testing.T) {
			_, m := perform(t, s)
			require.Len(t, m.Consent.Contradictions, 1)
			assert.Contains(t, m.Consent.Contradictions[0].Evidence(), want)
		})
	}
}

// TestClaimsIdentifyNobody: a vendor that got nothing but what the visitor chose got no identifying data, in all that counts.
func TestClaimsIdentifyNobody(t *testing.T) {
	_, m := perform(t, story{sends: in(rejected, one(func(v view) string {
		s := tcOf(v.day)
		s.disclosed = []int{32}
		return "https://ib.adnxs.com/getuid?gdpr=1&gdpr_consent=" + s.String()
	}))})
	require.Len(t, m.Flows, 1)
	require.Equal(t, rule.ConsentStr, m.Flows[0].Class)
	assert.Equal(t, "No third party was sent anything that identifies a person.", m.Verdict.Sentence)
	for _, r := range m.Routes {
		assert.Zero(t, r.Recipients, r.Route)
	}
	var text strings.Builder
	require.NoError(t, report.Text.Write(context.Background(), &text, m, report.WriteOptions{}))
	assert.Contains(t, strings.Join(strings.Fields(text.String()), " "), "to 1 third party; 0 of them received data that identifies a person.")
}
