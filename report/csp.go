package report

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/report/harmless"
)

// CSP is a Content-Security-Policy (Level 3) for the site and for each kind of page that would have allowed exactly what
// was seen, and integrity attributes (Subresource Integrity) for scripts whose bytes did not change during the run.
var CSP = Format{Name: "csp", Ext: ".txt", Stem: "csp", Doc: "a Content-Security-Policy and integrity attributes that allow exactly what was seen", Write: writeCSP}

// directives by CDP resource type: what governs a load from the main frame (CSP Level 3, section 6.1).
var directives = map[string]string{
	"script": "script-src", "stylesheet": "style-src", "image": "img-src", "font": "font-src", "media": "media-src",
	"xhr": "connect-src", "fetch": "connect-src", "ping": "connect-src", "websocket": "connect-src", "eventsource": "connect-src",
	"manifest": "manifest-src", "prefetch": "default-src",
}

// directiveOrder is that of the printed policy.
var directiveOrder = []string{"default-src", "script-src", "style-src", "img-src", "font-src", "connect-src", "media-src", "frame-src", "worker-src", "manifest-src"}

// load notes what the main frame loaded. What frames of other origins load is governed by their own policies.
func (b *Builder) load(r *crawler.Request) {
	d := directives[r.Type]
	switch {
	case r.Type == "document" && r.Frame.Parent != "":
		d = "frame-src"
	case r.Frame.Parent != "":
		return
	case r.Type == "script" && strings.Contains(r.Target.Type, "worker") && r.Target.URL == r.URL:
		d = "worker-src"
	}
	if d == "" || r.Type == "preflight" {
		return
	}
	u, err := url.Parse(r.URL)
	if err != nil || u.Host == "" {
		return
	}
	source := u.Scheme + "://" + u.Host
	switch page, err := url.Parse(cmp.Or(r.PageURL, r.Frame.URL)); {
	case err == nil && page.Host == u.Host && page.Scheme == u.Scheme:
		source = "'self'"
	case d == "script-src":
		source = plainURL(r.URL)
	}
	b.loads[Load{r.Route, d, source}] = true
}

// inline notes code without a URL that ran in the main frame: by its hash, evaluated code by the keyword it takes.
func (b *Builder) inline(s ran, p *crawler.Page, route string) {
	if s.key.url != "" || s.frame != "" && !sameDocument(s.frame, p.URL) {
		return
	}
	source := "'unsafe-eval'"
	if s.key.kind != "eval" {
		if source = "'sha256-" + base64Hex(s.key.sha) + "'"; source == "'sha256-'" {
			return
		}
	}
	b.loads[Load{route, "script-src", source}] = true
}

// base64Hex turns a hash in hex into base64; "" if it is none.
func base64Hex(h string) string {
	raw, err := hex.DecodeString(h)
	if err != nil {
		return ""
	}
	return base64.StdEncoding.EncodeToString(raw)
}

func (b *Builder) sortedLoads() []Load {
	out := make([]Load, 0, len(b.loads))
	for l := range b.loads {
		out = append(out, l)
	}
	slices.SortFunc(out, func(a, b Load) int {
		return cmp.Or(strings.Compare(a.Route, b.Route), cmp.Compare(slices.Index(directiveOrder, a.Directive), slices.Index(directiveOrder, b.Directive)),
			strings.Compare(a.Source, b.Source))
	})
	return out
}

func writeCSP(_ context.Context, w io.Writer, m *Model, _ WriteOptions) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# What a Content-Security-Policy of %s would have to allow, as seen on %s.\n", harmless.Line(m.Run.Site), m.Run.Started.Format("2006-01-02"))
	b.WriteString("# Start with Content-Security-Policy-Report-Only: pages, states and visitors that were not scanned may need more.\n")
	b.WriteString("# Style attributes and style elements are not in it: if the site has any, add their hashes to style-src.\n")
	b.WriteString("\n# The whole site\n")
	b.WriteString("Content-Security-Policy: " + policyOf(m.Loads) + "\n")
	for start := 0; start < len(m.Loads); {
		end := start
		for end < len(m.Loads) && m.Loads[end].Route == m.Loads[start].Route {
			end++
		}
		fmt.Fprintf(&b, "\n# %s\nContent-Security-Policy: %s\n", harmless.Line(m.Loads[start].Route), policyOf(m.Loads[start:end]))
		start = end
	}
	writeSRI(&b, m)
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("csp report: %w", err)
	}
	return nil
}

// policyOf is the value of the header that allows the loads, and nothing else.
func policyOf(loads []Load) string {
	by := map[string][]string{}
	for _, l := range loads {
		if s := sourceExpr(l.Source); s != "" && !slices.Contains(by[l.Directive], s) {
			by[l.Directive] = append(by[l.Directive], s)
		}
	}
	parts := []string{}
	for _, d := range directiveOrder {
		sources := by[d]
		slices.Sort(sources)
		switch {
		case len(sources) > 0:
			parts = append(parts, d+" "+strings.Join(sources, " "))
		case d == "default-src":
			parts = append(parts, "default-src 'none'")
		}
	}
	return strings.Join(append(parts, "base-uri 'self'", "object-src 'none'"), "; ")
}

// sourceExpr is a source as the header can hold it: what could end a source, a directive or the line is percent-encoded.
func sourceExpr(s string) string {
	return strings.NewReplacer(" ", "%20", ";", "%3B", ",", "%2C", "\n", "", "\r", "", "\t", "%09").Replace(harmless.Line(s))
}

func writeSRI(b *strings.Builder, m *Model) {
	hashes := map[string][]string{}
	var order []string
	for _, s := range m.Scripts {
		if s.URL == "" || s.Owner == "first-party" || s.Kind == "worker" {
			continue
		}
		if hashes[s.URL] == nil {
			order = append(order, s.URL)
		}
		if !slices.Contains(hashes[s.URL], s.SHA256) {
			hashes[s.URL] = append(hashes[s.URL], s.SHA256)
		}
	}
	if len(order) == 0 {
		return
	}
	b.WriteString("\n# Integrity of third-party scripts. Pin only versioned files: a vendor that changes the file breaks the page.\n")
	attr := strings.NewReplacer(`&`, "&amp;", `"`, "&quot;", "<", "&lt;", ">", "&gt;")
	for _, u := range order {
		if n := len(hashes[u]); n > 1 {
			fmt.Fprintf(b, "# %s had %d contents during the run and cannot be pinned\n", harmless.Line(u), n)
			continue
		}
		if h := base64Hex(hashes[u][0]); h != "" {
			fmt.Fprintf(b, "<script src=\"%s\" integrity=\"sha256-%s\" crossorigin=\"anonymous\"></script>\n", attr.Replace(harmless.Line(u)), h)
		}
	}
}
