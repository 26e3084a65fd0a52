package scan

import (
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/egress"
	"github.com/tagscan/tagscan/crawler/web"
)

// private says what wanted to go to addresses of this machine or its networks that nobody named, and who asked. It is used by
// one goroutine, the one that reads the events of the crawl.
type private struct {
	guard *egress.Guard
	asked map[string]*crawler.Request // the first request for a host and port
	count map[string]int
}

func newPrivate(g *egress.Guard) *private {
	return &private{guard: g, asked: map[string]*crawler.Request{}, count: map[string]int{}}
}

// request takes in a request, sent or not.
func (p *private) request(r *crawler.Request) {
	if p == nil || !strings.Contains(r.Failed, egress.NameRefused) && !strings.Contains(r.Failed, egress.AddressRefused) {
		return
	}
	u, err := url.Parse(r.URL)
	if err != nil {
		return
	}
	key := hostKey(u.Hostname(), web.Port(u))
	if p.count[key]++; p.asked[key] == nil {
		p.asked[key] = r
	}
}

// gaps are one for each host and port that was not connected to.
func (p *private) gaps() (gaps []crawler.Gap) {
	if p == nil {
		return nil
	}
	for _, refusal := range p.guard.Refusals() {
		key := hostKey(refusal.Host, refusal.Port)
		g := crawler.Gap{Kind: crawler.GapPrivate, Where: key, Count: max(1, p.count[key])}
		g.Text = fmt.Sprintf("leads to %s (%s), which nobody named: not connected to", refusal.Address, refusal.Kind)
		if r := p.asked[key]; r != nil {
			g.Page, g.Request, g.Profile, g.Consent = r.Page, r.ID, r.Profile, r.Consent
			g.Text += ", asked for by " + asker(r)
		}
		gaps = append(gaps, g)
	}
	return gaps
}

// asker says in words who made a request.
func asker(r *crawler.Request) string {
	for _, c := range r.Initiator.Chain {
		if u, err := url.Parse(c.URL); err == nil && u.Host != "" {
			return "a script or page of " + u.Host
		}
	}
	switch r.Initiator.Type {
	case "redirect":
		return "a redirect"
	case "", "other":
		return "the page, as " + r.Type
	}
	return "the page (" + r.Initiator.Type + "), as " + r.Type
}

func hostKey(host, port string) string { return net.JoinHostPort(strings.ToLower(host), port) }
