package visit

import (
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
)

// Network is what stands between the browser and the network. What it knows replaces what the browser can say of a connection
// that somebody else made.
type Network interface {
	// Explain puts the reason into the browser's word for why a request for the URL failed.
	Explain(url, failed string) string
	// Reached is the address, with its port, that serves the URL; "" if it is not known.
	Reached(url string) string
}

// explain tells of a request what the network knows of it.
func (v *Visitor) explain(r *crawler.Request) {
	if v.o.Network == nil || r == nil {
		return
	}
	if r.Failed != "" {
		r.Failed = v.o.Network.Explain(r.URL, r.Failed)
	}
	if r.Response != nil && r.Response.Address != "" {
		r.Response.Address = v.o.Network.Reached(r.URL)
	}
}

// explainFailure does so of a page that could not be loaded: the last document that was asked for in its place says why.
func (p *visit) explainFailure(events []crawler.Event) {
	if p.v.o.Network == nil || p.failure == "" {
		return
	}
	for _, ev := range slices.Backward(events) {
		r := ev.Request
		if r == nil || r.Type != "document" || r.Page != p.page.ID || !strings.Contains(r.Failed, "net::") {
			continue
		}
		if r.Failed != p.failure {
			p.page.Outcome, p.page.Reason = classify(navigationError{text: r.Failed})
		}
		return
	}
	if why := p.v.o.Network.Explain(p.task.URL, p.failure); why != p.failure {
		p.page.Outcome, p.page.Reason = classify(navigationError{text: why})
	}
}
