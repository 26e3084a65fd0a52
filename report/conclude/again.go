package conclude

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
)

// ConfirmOption is the name in crawler.Run.Options that says how many fresh visitors may look again; missing: none.
const ConfirmOption = "confirm"

// look is what one fresh visitor saw who looked at pages again.
type look struct {
	pages []crawler.Page       // of the visitor, in the order in which they ended
	blind bool                 // something was not seen that could hide a flow
	found map[string]bool      // fingerprints of flows
	asked map[endpointKey]bool // who was sent anything at all
}

// endpointKey is a recipient and where it takes its data.
type endpointKey struct{ recipient, host, path string }

// looksOf lists the visitors of a capture who looked at pages again, by profile.
func looksOf(profiles []Profile) (map[string]*look, error) {
	looks := map[string]*look{}
	for _, p := range profiles {
		if run := runOf([]Profile{p}); p.Name != "" || run == nil || run.Options[ConfirmOption] == "" {
			continue // nobody was to look again, or whose visit it is is said by somebody else
		}
		for ev, err := range p.Capture.Events() {
			if err != nil {
				return nil, err
			}
			if ev.Again == 0 || ev.Page == nil {
				continue
			}
			l := looks[ev.Page.Task.Profile]
			if l == nil {
				l = &look{found: map[string]bool{}, asked: map[endpointKey]bool{}}
				looks[ev.Page.Task.Profile] = l
			}
			l.pages = append(l.pages, crawler.Page{ID: ev.Page.ID, Task: ev.Page.Task, Outcome: ev.Page.Outcome})
		}
	}
	return looks, nil
}

// again tells how often the flows were seen that fresh visitors looked for; nil if none did. What these visitors sent is
// detected beside all that the crawl saw, so that they are compared with its visitors as those are with each other.
func (o Options) again(ctx context.Context, profiles []Profile) (map[string]detect.Stability, error) {
	looks, err := looksOf(profiles)
	if err != nil || len(looks) == 0 {
		return nil, err
	}
	run, err := o.open(profiles, true)
	if err != nil {
		return nil, err
	}
	sights := map[string][]detect.Finding{} // of the crawl, by flow
	for c, err := range run.Conclude(ctx, nil) {
		switch {
		case err != nil:
			return nil, err
		case c.Finding != nil:
			if l := looks[c.Finding.Profile]; l != nil {
				l.found[c.Finding.Fingerprint] = true
			} else if s := sights[c.Finding.Fingerprint]; len(s) < maxCompared {
				sights[c.Finding.Fingerprint] = append(s, *c.Finding)
			}
		case c.Judged != nil:
			if l := looks[c.Judged.Profile]; l != nil && c.Judged.Third() {
				l.asked[endpointOf(c.Judged.Recipient.ID, c.Judged.Host, c.Judged.URL)] = true
			}
		case c.Gap != nil:
			if l := looks[c.Gap.Profile]; l != nil {
				info, known := crawler.InfoOfGap(c.Gap.Kind)
				l.blind = l.blind || info.Hides || !known
			}
		}
	}
	out := map[string]detect.Stability{}
	for _, l := range looks {
		for _, flow := range l.flows() {
			s := out[flow]
			s.Looks, s.Seen = cmp.Or(s.Looks, 1), cmp.Or(s.Seen, 1) // the crawl's
			switch {
			case l.saw(flow, sights[flow]):
				s.Looks, s.Seen = s.Looks+1, s.Seen+1
			case l.could(flow):
				s.Looks++
			default:
				s.Blind++
			}
			out[flow] = s
		}
	}
	return out, nil
}

// maxCompared is how many sights of a flow are compared with the requests of those who looked again: it was seen in one visit.
const maxCompared = 50

// flows are those that the visitor looked for.
func (l *look) flows() []string {
	var out []string
	for i := range l.pages {
		out = append(out, l.pages[i].Task.For...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// saw reports whether the visitor met the flow. One that only the comparison of visitors shows cannot be found in a visitor of
// two pages: it counts as met where the same recipient was sent something at the same place.
func (l *look) saw(flow string, sights []detect.Finding) bool {
	return l.found[flow] || slices.ContainsFunc(sights, func(f detect.Finding) bool {
		compared := f.Known == detect.ByDifferential || f.Known == detect.ByStorage
		return compared && l.asked[endpointOf(f.Recipient.ID, f.Host, f.URL)]
	})
}

// could reports whether the visitor would have met the flow if it had been there: the pages on which it was looked for were
// seen whole, and so was what came before them.
func (l *look) could(flow string) bool {
	if l.blind {
		return false
	}
	asked := 0
	for i := range l.pages {
		if p := &l.pages[i]; p.Outcome != crawler.Complete {
			return false
		} else if slices.Contains(p.Task.For, flow) {
			asked++
		}
	}
	return asked > 0
}

func endpointOf(recipient, host, raw string) endpointKey {
	path := ""
	if u, err := url.Parse(raw); err == nil {
		path = strings.TrimSuffix(u.Path, "/")
	}
	return endpointKey{recipient, host, path}
}

// Again lists the visits by which fresh visitors look again for what would fail the run and was seen in one visit only, if at
// most so many may look: for each visitor of the crawl that saw such a flow its first page, where a choice was made there, and
// the pages of the flows. A task's Profile is that of the crawl's visitor; who looks gets one of its own.
func (o Options) Again(ctx context.Context, most int, profiles ...Profile) ([]crawler.Task, error) {
	c, err := o.Conclude(ctx, nil, profiles...)
	if err != nil {
		return nil, err
	}
	wanted := map[string][]string{} // flows by page
	for _, f := range c.Verdict.Unsettled(c.Input, most) {
		if id := f.Example.PageID; id != "" {
			wanted[id] = append(wanted[id], f.Fingerprint)
		}
	}
	if len(wanted) == 0 {
		return nil, nil
	}
	first := map[string]crawler.Page{} // by profile
	var pages []crawler.Page
	for _, p := range profiles {
		for ev, err := range crawler.Crawled(p.Capture.Events()) {
			if err != nil {
				return nil, err
			}
			if ev.Page == nil || ev.Page.Task.Via == "flow" {
				continue // a recording is replayed for every visitor
			}
			page := crawler.Page{ID: ev.Page.ID, Task: ev.Page.Task, Started: ev.Page.Started}
			if f, ok := first[page.Task.Profile]; !ok || page.Started.Before(f.Started) {
				first[page.Task.Profile] = page
			}
			if len(wanted[page.ID]) > 0 {
				pages = append(pages, page)
			}
		}
	}
	var tasks []crawler.Task
	for _, p := range pages {
		begin := first[p.Task.Profile]
		chooses := p.Task.Consent == crawler.Accepted || p.Task.Consent == crawler.Rejected
		had := slices.ContainsFunc(tasks, func(t crawler.Task) bool { return t.Profile == p.Task.Profile })
		if chooses && !had && begin.Task.URL != p.Task.URL {
			tasks = append(tasks, begin.Task)
		}
		t := p.Task
		t.For = wanted[p.ID]
		slices.Sort(t.For)
		tasks = append(tasks, t)
	}
	return tasks, nil
}
