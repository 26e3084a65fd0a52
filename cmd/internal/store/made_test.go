package store

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report"
	"github.com/tagscan/tagscan/report/history"
)

var firstDay = time.Date(2025, 1, 1, 4, 0, 0, 0, time.UTC)

// vendors are who the invented sites send to: two of one owner among them.
var vendors = []history.PartyDetail{
	{Name: "Mixpanel", Owner: "Mixpanel, Inc."}, {Name: "Google Analytics 4", Owner: "Google LLC", Parent: "Alphabet Inc."},
	{Name: "Google Ads", Owner: "Google LLC", Parent: "Alphabet Inc."}, {Name: "Hotjar", Owner: "Hotjar Ltd"},
}

var vendorIDs = []string{"mixpanel", "google-analytics-4", "google-ads", "hotjar"}

// made invents the scans of a site, a day each. Flows begin and end, are missed now and then, and some scans see little.
func made(site string, days int, seed uint64) []*history.Scan {
	rnd := rand.New(rand.NewPCG(seed, 7))
	type life struct {
		history.Sight
		from, to int
	}
	var lives []life
	for v, id := range vendorIDs {
		for _, class := range []rule.Class{"contact.email", "account.user_id", "online.client_id"} {
			for _, form := range []detect.Form{detect.Clear, detect.Hashed} {
				if rnd.IntN(3) == 0 {
					continue
				}
				k := detect.FlowKey{Recipient: id, Class: class, Consent: []crawler.Consent{crawler.Accepted, crawler.Unasked}[rnd.IntN(2)], Form: form}
				d := &history.Detail{Title: string(class), Routes: []string{"https://" + site + ".test/", "https://" + site + ".test/cart"}[:1+rnd.IntN(2)],
					Wheres: []string{"body"}, Fields: []string{fmt.Sprintf("body.f%d", v)}, Chain: []string{"json"}}
				from := rnd.IntN(days)
				lives = append(lives, life{history.Sight{FlowKey: k, Print: detect.FlowFingerprint(k), Severity: rule.High, Decision: policy.New, Detail: d}, from, from + rnd.IntN(days)})
			}
		}
	}
	var out []*history.Scan
	for day := range days {
		s := &history.Scan{Site: site, ID: fmt.Sprintf("%s-%03d", site, day), At: firstDay.AddDate(0, 0, day), Result: policy.Pass,
			Made: report.Made{Tool: "tagscan test", Catalog: "c1"}, Kept: history.Kept{Path: fmt.Sprintf("/runs/%s/%d", site, day), Capture: "c0ffee"}, Assets: &history.Assets{}}
		var looks []history.Look
		for _, c := range []crawler.Consent{crawler.Accepted, crawler.Unasked} {
			for _, path := range []string{"/", "/cart"} {
				l := history.Look{Route: "https://" + site + ".test" + path, Consent: c, Whole: 1}
				if rnd.IntN(30) == 0 {
					l.Whole, l.Other = 0, 1
				}
				looks = append(looks, l)
			}
		}
		s.Covers = history.NewCoverage(looks)
		if rnd.IntN(12) == 0 {
			s.Result = policy.Incomplete
			s.Blind = []history.Blind{{Kind: []crawler.GapKind{crawler.GapWall, crawler.GapMaintenance}[rnd.IntN(2)]}}
		}
		requests := map[string]int{}
		for _, l := range lives {
			if day < l.from || day >= l.to || rnd.IntN(15) == 0 || len(s.Blind) > 0 && rnd.IntN(2) == 0 {
				continue
			}
			f := l.Sight
			f.Requests, f.Findings, f.Request = 1+rnd.IntN(5), 1+rnd.IntN(9), fmt.Sprint("r", rnd.IntN(500))
			requests[f.Recipient] += f.Requests
			s.Flows = append(s.Flows, f)
		}
		for v, id := range vendorIDs {
			if requests[id] == 0 {
				continue
			}
			d := vendors[v]
			d.Hosts, d.Accounts, d.Consents, d.Routes = []string{id + ".test"}, []string{fmt.Sprintf("acc-%s-%d", site, day/30)}, []crawler.Consent{crawler.Accepted}, 2
			s.Parties = append(s.Parties, history.Party{ID: id, Requests: requests[id], Severity: rule.High, Detail: &d})
		}
		out = append(out, s)
	}
	return out
}
