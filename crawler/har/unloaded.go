package har

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/shown"
	"github.com/tagscan/tagscan/crawler/web"
)

// unloaded is what the file shows of scripts, frames and hosts that were not had, so that what they would have done is not in it.
type unloaded struct {
	scripts map[string]bool // addresses that were told
	hosts   map[string]*silence
}

// silence is a host of which the file has requests without an answer, and no reason.
type silence struct {
	answered bool
	n        int
	first    *crawler.Request
}

// maxUnloaded bounds what is remembered of each.
const maxUnloaded = 10_000

// frame tells the frame of a page that shows a wall; nil if there is none.
func (u *unloaded) frame(r *crawler.Request, page *page) *crawler.Gap {
	framed := page != nil && isDocument(r) && r.Frame.Parent == page.ID && r.Frame.URL == r.URL && web.Site(r.URL) != web.Site(page.URL)
	if !framed || r.Response == nil || r.Response.Status >= http.StatusBadRequest || !strings.Contains(r.Response.MIME, "html") {
		return nil
	}
	doc, err := shown.FromHTML(r.URL, r.Response.Body.Inline)
	if err != nil {
		return nil
	}
	gap := doc.FrameWall()
	if gap != nil {
		gap.Page, gap.Request, gap.Consent, gap.Count = r.Page, r.ID, r.Consent, 1
	}
	return gap
}

// load tells a script or frame whose server answered with an error or with something else, each address once; nil if there is none.
func (u *unloaded) load(e *harEntry, r *crawler.Request, page *page, site string) *crawler.Gap {
	if r.Response == nil {
		return nil
	}
	what, own := "", web.Site(r.URL) == web.Site(site)
	kind, why := crawler.NotLoaded(r.Response.Status)
	if r.Type == "script" && kind == "" {
		kind, why = e.noScript(r, own)
	}
	switch {
	case kind == "":
		return nil
	case r.Type == "script":
		what = "a script"
	case r.Type == "document" && page != nil && r.Frame.Parent == page.ID && r.Frame.URL == r.URL:
		what = "a frame"
	default:
		return nil
	}
	at := web.WithoutQuery(r.URL)
	if u.scripts[at] || len(u.scripts) >= maxUnloaded {
		return nil
	}
	if u.scripts == nil {
		u.scripts = map[string]bool{}
	}
	u.scripts[at] = true
	return &crawler.Gap{Kind: kind, Where: r.URL, Page: r.Page, Request: r.ID, Consent: r.Consent, Count: 1, Text: what + " " + why}
}

// maxAskingQuery is how long the query of a script's address may be that is asked for what it does: longer ones send something, and what
// comes is no matter.
const maxAskingQuery = 100

// noScript says why what came for a script is none; "" if it may be one. Of the site itself nothing may be all that there is to run.
func (e *harEntry) noScript(r *crawler.Request, own bool) (kind crawler.GapKind, why string) {
	_, query, _ := strings.Cut(r.URL, "?")
	nothing := r.Response.Status == http.StatusNoContent || r.Response.Status == http.StatusOK && e.isEmpty(r)
	page := pageStart.Match(r.Response.Body.Inline)
	switch {
	case page && own:
		return crawler.GapLoadMissing, "is not there: the server answered with a page"
	case page:
		return crawler.GapLoadFailed, "could not be loaded: the server answered with something else"
	case nothing && !own && len(query) <= maxAskingQuery:
		return crawler.GapLoadFailed, "could not be loaded: the server answered with nothing"
	}
	return "", ""
}

// pageStart is how a page begins, and no script.
var pageStart = regexp.MustCompile(`(?i)^\s*<(!doctype\s+html|html|head|body|title|h1|center)\b`)

// hear takes down whether a host answered. A failure of which the tool gives the reason is told by detection.
func (u *unloaded) hear(e *harEntry, r *crawler.Request) {
	host := web.Host(r.URL)
	if host == "" || r.NotSent || e.isSocket(r) {
		return
	}
	s := u.hosts[host]
	if s == nil {
		if len(u.hosts) >= maxUnloaded {
			return
		}
		if u.hosts == nil {
			u.hosts = map[string]*silence{}
		}
		s = &silence{}
		u.hosts[host] = s
	}
	switch {
	case r.Response != nil:
		s.answered = true
	case r.Failed == "" && e.Response.isThere():
		if s.n++; s.first == nil {
			s.first = r
		}
	}
}

// isThere reports whether the file says anything of an answer, be it that none came.
func (r *harResponse) isThere() bool {
	return r.Status != 0 || r.Headers != nil || r.Content.MimeType != "" || r.Content.Text != nil
}

// unreached tells the hosts of other sites that never answered.
func (u *unloaded) unreached(site string) []crawler.Gap {
	var out []crawler.Gap
	for host, s := range u.hosts {
		if s.answered || s.n == 0 || web.Site(s.first.URL) == web.Site(site) {
			continue
		}
		out = append(out, crawler.Gap{
			Kind: crawler.GapUnreachable, Where: host, Page: s.first.Page, Request: s.first.ID, Consent: s.first.Consent, Count: s.n,
			Text: "could not be reached: the HAR has no answer of it",
		})
	}
	slices.SortFunc(out, func(a, b crawler.Gap) int { return strings.Compare(a.Where, b.Where) })
	return out
}
