package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/consent"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
)

// The synthetic run that the tests render: a shop with an account area, a tag manager and a dozen vendors. Every
// personal value of it is in planted, so that tests can look for them.
var planted = []string{
	"margarethe.vogelsang@mailbox.example", "Margarethe Vogelsang", "+49 151 23456789", "usr_8f3a91c2d4", "org_557-klm-20",
	"Kastanienallee 41", "hunter2-correct-horse", "dob:1987-04-12",
}

var start = time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)

func owners() map[string]recipient.Recipient {
	r := func(id, name, owner, country, cat string) recipient.Recipient {
		return recipient.Recipient{ID: id, Name: name, Owner: owner, Country: country, Category: cat, How: recipient.ByEndpoint}
	}
	return map[string]recipient.Recipient{
		"shop.example":                {ID: recipient.FirstParty, Name: "shop.example", How: recipient.OwnHost},
		"www.shop.example":            {ID: recipient.FirstParty, Name: "shop.example", How: recipient.OwnHost},
		"api.mixpanel.com":            r("mixpanel", "Mixpanel", "Mixpanel, Inc.", "US", "analytics"),
		"cdn.mxpnl.com":               r("mixpanel", "Mixpanel", "Mixpanel, Inc.", "US", "analytics"),
		"www.googletagmanager.com":    r("google-tag-manager", "Google Tag Manager", "Google LLC", "US", "tag-manager"),
		"www.google-analytics.com":    r("google-analytics", "Google Analytics", "Google LLC", "US", "analytics"),
		"googleads.g.doubleclick.net": r("google-ads", "Google Ads", "Google LLC", "US", "ads"),
		"rs.fullstory.com":            r("fullstory", "FullStory", "FullStory, Inc.", "US", "session-replay"),
		"o1.ingest.sentry.io":         r("sentry", "Sentry", "Functional Software, Inc.", "US", "error-monitoring"),
		"www.facebook.com":            r("meta-pixel", "Meta Pixel", "Meta Platforms, Inc.", "US", "ads"),
		"connect.facebook.net":        r("meta-pixel", "Meta Pixel", "Meta Platforms, Inc.", "US", "ads"),
		"js.stripe.com":               r("stripe", "Stripe", "Stripe, Inc.", "US", "payments"),
		"api-iam.intercom.io":         r("intercom", "Intercom", "Intercom R&D Unlimited Company", "IE", "chat"),
		"px.ads.linkedin.com":         r("linkedin-insight", "LinkedIn Insight", "LinkedIn Ireland Unlimited Company", "IE", "ads"),
		"matomo.partner.example":      r("matomo", "Matomo", "InnoCraft Ltd", "NZ", "analytics"),
		"fonts.gstatic.com":           r("google-fonts", "Google Fonts", "Google LLC", "US", "fonts"),
	}
}

func ownerOf(host string) recipient.Recipient {
	if r, ok := owners()[host]; ok {
		return r
	}
	return recipient.Recipient{ID: web.DomainOf(host), Name: web.DomainOf(host), How: recipient.Unknown}
}

func sampleOptions() Options {
	return Options{
		OwnerOf: ownerOf,
		Advice: func(id string, c rule.Class) string {
			if id == "mixpanel" && c == rule.Email {
				return "remove $email from people.set and identify by an id of your own that means nothing elsewhere."
			}
			if id == "fullstory" && c == rule.FormInput {
				return "mask form fields by default (Privacy settings, Private by Default) or add the class fs-mask."
			}
			return ""
		},
		Persona: []string{"email", "full_name", "phone", "user_id", "org_id"},
		Key:     []byte("project key of the tests"),
		Made:    Made{Tool: "tagscan 0.9.0", Catalog: "2026-11-18 (214 vendors)", Rules: "12"},
	}
}

// feed gives a builder an event and, before it, what detection would conclude about it.
func feed(b *Builder, e crawler.Event) {
	if r := e.Request; r != nil {
		host := domainHost(r.URL)
		to := ownerOf(host)
		if b.o.OwnerOf != nil {
			to = b.o.OwnerOf(host)
		}
		j := detect.Judged{Request: r.ID, Seq: e.Seq, PageID: r.Page, Route: r.Route, Consent: r.Consent, Host: host, URL: plainURL(r.URL), Method: r.Method,
			Type: r.Type, Recipient: to, Own: to.ID == recipient.FirstParty, NotSent: r.NotSent, Redirect: r.Redirect,
			Referer: crawler.HeaderValue(r.Headers, "Referer") != "", Via: r.Initiator.Chain}
		for pair := range strings.SplitSeq(crawler.HeaderValue(r.Headers, "Cookie"), ";") {
			if name, _, _ := strings.Cut(strings.TrimSpace(pair), "="); name != "" {
				j.Cookies = append(j.Cookies, name)
			}
		}
		b.Conclusion(detect.Conclusion{Judged: &j})
	}
	b.Event(e)
}

func found(b *Builder, f detect.Finding) { b.Conclusion(detect.Conclusion{Finding: &f}) }

type sampler struct {
	b   *Builder
	seq int64
	req int
}

func (s *sampler) event(e crawler.Event) {
	s.seq++
	e.Seq, e.Time = s.seq, start.Add(time.Duration(s.seq)*time.Second)
	feed(s.b, e)
}

type sent struct {
	class  rule.Class
	value  string
	where  decode.Where
	field  string
	chain  []string
	form   detect.Form
	sev    rule.Severity
	reason []string
}

// send makes a request and the findings in it.
func (s *sampler) send(page, route string, consent crawler.Consent, url, typ string, via []crawler.Cause, data ...sent) {
	s.req++
	id := fmt.Sprintf("r%d", s.req)
	host := domainHost(url)
	s.event(crawler.Event{Request: &crawler.Request{ID: id, Page: page, PageURL: route, Route: route, Consent: consent, URL: url,
		Method: "POST", Type: typ, Initiator: crawler.Initiator{Type: "script", Chain: via},
		Headers: []crawler.Header{{Name: "Referer", Value: "https://shop.example/"}, {Name: "Cookie", Value: "IDE=abcdefgh12345678"}}}})
	for _, d := range data {
		r := ownerOf(host)
		tm := ""
		for _, c := range via {
			if domainHost(c.URL) == "www.googletagmanager.com" {
				tm = "Google Tag Manager"
			}
		}
		f := detect.Finding{Request: id, Seq: s.seq, PageID: page, Page: route, Route: route, Host: host, URL: plainURL(url), Method: "POST",
			Recipient: r, Class: d.class, Rule: string(d.class), Form: d.form, Known: detect.ByPersona, Confidence: detect.Certain,
			Where: d.where, Field: d.field, Chain: d.chain, Value: detect.NewValue(d.value), Consent: consent, Phase: crawler.Load,
			Severity: d.sev, Reasons: d.reason, Via: via, TagManager: tm, EventName: "page_view", Account: "proj-20417"}
		f.Fingerprint = detect.FlowFingerprint(f.FlowKey())
		if d.form == detect.Encoded {
			f.Steps = []detect.Step{{Decoder: "form", Result: "data=eyJldmVudCI6…"}, {Decoder: "base64", Result: `{"event":"$identify","properties":{…`}, {Decoder: "json", Result: f.Value.String()}}
		}
		if d.form == detect.Hashed {
			f.Known = detect.ByPersona
			f.Value = detect.NewValue(d.value)
		}
		found(s.b, f)
	}
}

func domainHost(u string) string {
	r, err := parseURL(u)
	if err != nil {
		return ""
	}
	return r
}

// sampleBuilder feeds the whole run into a Builder.
func sampleBuilder() *Builder {
	b := NewBuilder(sampleOptions())
	s := &sampler{b: b}
	s.event(crawler.Event{Run: &crawler.Run{Schema: 1, ID: "00c0ffee00c0ffee", Tool: "tagscan 0.9.0", Seeds: []string{"https://shop.example/"}, Started: start,
		Browser: crawler.Browser{Product: "Chrome/156.0.8078.79"}, Options: map[string]string{"max-pages": "40", "consent": "unasked,rejected,accepted"}}})
	gtm := []crawler.Cause{{URL: "https://cdn.mxpnl.com/libs/mixpanel-2-latest.min.js", Function: "_send", Line: 3, Column: 1182},
		{URL: "https://www.googletagmanager.com/gtm.js?id=GTM-ABC", Line: 412, Column: 7, Async: "PendingScript"}, {URL: "https://shop.example/account", Kind: "document"}}
	own := []crawler.Cause{{URL: "https://shop.example/assets/app.js", Function: "track", Line: 88}, {URL: "https://shop.example/", Kind: "document"}}
	meta := []crawler.Cause{{URL: "https://connect.facebook.net/en_US/fbevents.js", Line: 21}, {URL: "https://www.googletagmanager.com/gtm.js", Line: 412}, {URL: "https://shop.example/", Kind: "document"}}
	fs := []crawler.Cause{{URL: "https://rs.fullstory.com/s/fs.js", Line: 2}, {URL: "https://shop.example/assets/app.js", Line: 3}}
	routes := []string{"https://shop.example/", "https://shop.example/product/{n}", "https://shop.example/account", "https://shop.example/account/orders/{n}", "https://shop.example/checkout", "https://shop.example/login", "https://shop.example/search"}
	inURL, before, after := []string{"in a URL"}, []string{"before consent"}, []string{"after refusal"}
	n := 0
	for _, consent := range []crawler.Consent{crawler.Unasked, crawler.Rejected, crawler.Accepted} {
		for i, route := range routes {
			n++
			page := fmt.Sprintf("p%d", n)
			var why []string
			bump := rule.Severity(0)
			switch consent {
			case crawler.Unasked:
				why, bump = before, 1
			case crawler.Rejected:
				why, bump = after, 1
			}
			s.send(page, route, consent, "https://www.googletagmanager.com/gtm.js?id=GTM-ABC", "script", own[1:])
			s.send(page, route, consent, "https://fonts.gstatic.com/s/inter.woff2", "font", own[1:])
			s.send(page, route, consent, "https://www.google-analytics.com/g/collect?dl=x", "ping", meta[1:],
				sent{rule.ClientID, "1203918273.1699999999", decode.Query, "query.cid", nil, detect.Plain, rule.Medium + min(bump, 1), append([]string{"in a URL"}, why...)},
				sent{rule.PageURL, route, decode.Query, "query.dl", nil, detect.Plain, rule.Low, why},
				sent{rule.Screen, "1440x900", decode.Query, "query.sr", nil, detect.Plain, rule.Low, nil})
			if consent == crawler.Accepted {
				s.send(page, route, consent, "https://www.facebook.com/tr", "image", meta,
					sent{rule.ClickID, "fb.1.1699.1234567890", decode.Query, "query.fbp", nil, detect.Plain, rule.High, inURL})
				s.send(page, route, consent, "https://googleads.g.doubleclick.net/pagead/x", "image", meta[1:],
					sent{rule.SyncedID, "1203918273.1699999999", decode.Query, "query.auid", nil, detect.Plain, rule.High, inURL})
			}
			if i >= 2 && i <= 4 && consent != crawler.Rejected {
				s.send(page, route, consent, "https://api.mixpanel.com/track/", "xhr", gtm,
					sent{rule.Email, planted[0], decode.BodyIn, "body.data[0].properties.$email", []string{"form", "base64", "json"}, detect.Encoded, rule.High + bump, why},
					sent{rule.Name, planted[1], decode.BodyIn, "body.data[0].properties.$name", []string{"form", "base64", "json"}, detect.Encoded, rule.High, why},
					sent{rule.UserID, planted[3], decode.BodyIn, "body.data[0].properties.distinct_id", []string{"form", "base64", "json"}, detect.Encoded, rule.Medium, why},
					sent{rule.OrgID, planted[4], decode.BodyIn, "body.data[0].properties.org_id", []string{"form", "base64", "json"}, detect.Encoded, rule.Medium, why},
					sent{rule.Coarse, "Leipzig", decode.BodyIn, "body.data[0].properties.$city", []string{"form", "base64", "json"}, detect.Encoded, rule.Low, nil},
					sent{rule.UserAgent, "Mozilla/5.0 (X11; Linux)", decode.BodyIn, "body.data[0].properties.$browser", []string{"form", "base64", "json"}, detect.Encoded, rule.Low, nil},
					sent{rule.Referrer, "https://shop.example/login", decode.BodyIn, "body.data[0].properties.$referrer", []string{"form", "base64", "json"}, detect.Encoded, rule.Low, nil})
				s.send(page, route, consent, "https://o1.ingest.sentry.io/api/1/envelope/", "fetch", own,
					sent{rule.UserID, planted[3], decode.BodyIn, "body[2].user.id", []string{"envelope", "json"}, detect.Plain, rule.Medium, why},
					sent{rule.IP, "203.0.113.77", decode.BodyIn, "body[2].user.ip_address", []string{"envelope", "json"}, detect.Plain, rule.Medium, why})
			}
			if route == routes[4] || route == routes[5] {
				s.send(page, route, consent, "https://rs.fullstory.com/rec/bundle", "xhr", fs,
					sent{rule.FormInput, planted[5], decode.BodyIn, "body.Evts[3].Args[1]", []string{"gzip", "json"}, detect.Compressed, min(rule.High+bump, rule.Critical), append([]string{"while typing, before submit"}, why...)},
					sent{rule.Replay, "<div class=account>", decode.BodyIn, "body.Evts[0]", []string{"gzip", "json"}, detect.Compressed, rule.High, why})
			}
			if route == routes[5] && consent == crawler.Accepted {
				s.send(page, route, consent, "https://rs.fullstory.com/rec/bundle", "xhr", fs,
					sent{rule.Password, planted[6], decode.BodyIn, "body.Evts[9].Args[1]", []string{"gzip", "json"}, detect.Compressed, rule.Critical, []string{"while typing, before submit"}})
			}
			if route == routes[4] {
				s.send(page, route, consent, "https://www.facebook.com/tr", "image", meta,
					sent{rule.Email, planted[0], decode.Query, "query.udff[em]", []string{"sha256"}, detect.Hashed, rule.Critical, append([]string{"in a URL"}, why...)},
					sent{rule.Phone, planted[2], decode.Query, "query.udff[ph]", []string{"sha256"}, detect.Hashed, rule.Critical, append([]string{"in a URL"}, why...)})
				s.send(page, route, consent, "https://px.ads.linkedin.com/collect", "image", meta[1:],
					sent{rule.Referrer, "https://shop.example/checkout?mail=" + planted[0], decode.Header, "header.referer", nil, detect.Plain, rule.Medium, why})
				s.send(page, route, consent, "https://js.stripe.com/v3/", "script", own[1:])
			}
			if route == routes[6] {
				s.send(page, route, consent, "https://matomo.partner.example/matomo.php", "xhr", own,
					sent{rule.Search, "noise cancelling", decode.Query, "query.search", nil, detect.Plain, rule.High, inURL})
				s.send(page, route, consent, "https://beacon.tracker-unknown.example/b", "ping", meta[1:],
					sent{rule.ClientID, "a81bc81b-dead-4e5d-abff-90865d1e13b1", decode.BodyIn, "body.id", []string{"json"}, detect.Plain, rule.Medium, why})
			}
			for k, sc := range []struct{ url, integrity string }{{"https://shop.example/assets/app.js", ""}, {"https://www.googletagmanager.com/gtm.js", ""}, {"https://cdn.mxpnl.com/libs/mixpanel-2-latest.min.js", ""}, {"https://js.stripe.com/v3/", "sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC"}, {"https://rs.fullstory.com/s/fs.js", ""}} {
				s.event(crawler.Event{Script: &crawler.Script{ID: fmt.Sprintf("s%d-%d", n, k), Page: page, URL: sc.url, SHA256: fmt.Sprintf("%064x", k+1), Size: int64(40_000 * (k + 1)), Kind: "external", Integrity: sc.integrity,
					Frame: route, LoadedBy: own[1:]}})
			}
			s.event(crawler.Event{Script: &crawler.Script{Page: page, SHA256: fmt.Sprintf("%064x", 77), Size: 512, Kind: "inline", Frame: route}})
			s.event(crawler.Event{Cookie: &crawler.Cookie{Page: page, Consent: consent, Name: "_ga", Value: "GA1.1.1203918273.1699999999", Domain: ".shop.example", Path: "/", Expires: start.AddDate(2, 0, 0), SetBy: "https://www.google-analytics.com/g.js"}})
			s.event(crawler.Event{Cookie: &crawler.Cookie{Page: page, Consent: consent, Name: "session", Value: "s3cr3t-" + planted[3], Domain: "shop.example", Path: "/", Secure: true, SameSite: "Lax"}})
			if consent == crawler.Accepted {
				s.event(crawler.Event{Cookie: &crawler.Cookie{Page: page, Consent: consent, Name: "IDE", Value: "abcdefgh12345678", Domain: ".doubleclick.net", Path: "/", Secure: true, HTTPOnly: true, Expires: start.AddDate(1, 1, 0), SetBy: "https://googleads.g.doubleclick.net/pagead/x"}})
			}
			outcome, reason := crawler.Complete, ""
			if route == routes[6] && consent == crawler.Rejected {
				outcome, reason = crawler.Partial, "timeout: still loading after 45 s"
			}
			fields := []string{"search/off/q"}
			switch i {
			case 4:
				fields = []string{"email/email/email", "text/street-address/street", "text/cc-number/card", "tel/tel/phone"}
			case 5:
				fields = []string{"email/username/login", "password/current-password/password"}
			}
			s.event(crawler.Event{Page: &crawler.Page{ID: page, Task: crawler.Task{URL: route, Route: route, Consent: consent, Profile: string(consent)},
				URL: route, Title: "Margarethe Vogelsang – Shop", Outcome: outcome, Reason: reason, Status: 200, Started: start, Ended: start.Add(1700 * time.Millisecond), Loaded: start,
				Dialog: &crawler.Dialog{Seen: true, Platform: "onetrust", Action: consent, Verified: consent != crawler.Unasked},
				Reach:  []crawler.Reach{{Frame: route, Fields: fields, Cookies: []string{"_ga", "session"}, Storage: []string{"local:user", "local:theme"}}}}})
		}
	}
	return b
}

func sampleModel() *Model {
	b := sampleBuilder()
	for _, g := range []crawler.Gap{
		{Kind: crawler.GapPagePartial, Where: "https://shop.example/checkout", Consent: crawler.Rejected, Text: "timeout: still loading after 45 s"},
		{Kind: crawler.GapUnreachable, Where: "px.ads.linkedin.com", Recipient: "linkedin-insight", Consent: crawler.Accepted, Count: 3, Text: "could not be reached (name_not_resolved)"},
		{Kind: crawler.GapLinksLeftOut, Where: "https://shop.example/logout", Count: 12, Text: "links left out: they log out"},
	} {
		b.Conclusion(detect.Conclusion{Gap: &g})
	}
	for _, c := range sampleConsent() {
		b.Conclusion(c)
	}
	return b.Build(policy.Judge(b.Input(), nil, nil, start))
}

// sampleConsent is what detection would conclude about consent: one vendor is told yes after a refusal, and the site records yes.
func sampleConsent() []detect.Conclusion {
	recorded := []consent.Said{{Name: "OptanonConsent", Says: "granted", Text: "C0001, C0002, C0004 granted"}}
	denied := []consent.Said{{Name: "gcs", Says: "denied", Text: "ad_storage, analytics_storage denied", Value: "G100"},
		{Name: "gcd", Says: "denied", Text: "ad_storage, analytics_storage, ad_user_data, ad_personalization denied", Value: "13p3p3p2p5l1"}}
	granted := []consent.Said{{Name: "gcs", Says: "granted", Text: "ad_storage, analytics_storage granted", Value: "G111"}}
	sight := func(id, url string, claimed []consent.Said) []consent.Sight {
		return []consent.Sight{{Request: id, Page: "https://shop.example/", Method: "GET", URL: url, Claimed: claimed}}
	}
	const collect = "https://www.google-analytics.com/g/collect"
	site := consent.Facts{Consent: crawler.Rejected, Pressed: crawler.Rejected, Recorded: recorded}
	before := consent.Facts{Recipient: "google-analytics", Consent: crawler.Unasked, Claimed: denied, Sent: []rule.Class{rule.ClientID},
		Requests: []string{"r3"}, Count: 1, Sights: sight("r3", collect, denied)}
	after := consent.Facts{Recipient: "google-analytics", Consent: crawler.Rejected, Pressed: crawler.Rejected, Recorded: recorded,
		Claimed: granted, Sent: []rule.Class{rule.ClientID}, Requests: []string{"r40", "r41"}, Count: 2, Sights: sight("r40", collect, granted)}
	low := consent.Facts{Recipient: "meta-pixel", Consent: crawler.Accepted, Pressed: crawler.Accepted, Claimed: denied,
		Requests: []string{"r60"}, Count: 1}
	return []detect.Conclusion{
		{Consent: &site}, {Consent: &before}, {Consent: &after},
		{Contradiction: &consent.Contradiction{ID: consent.ClaimedGranted, Facts: after}},
		{Contradiction: &consent.Contradiction{ID: consent.Recorded, Facts: site}},
		{Contradiction: &consent.Contradiction{ID: consent.Disagree, Facts: low}},
	}
}
