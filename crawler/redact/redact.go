// Package redact makes of recorded events ones that can be handed to others: who was sent something, when, by whose doing and under
// which names, with a token in the place of every value that a page or its visitor had a hand in. It keeps what it knows to be
// harmless and drops the rest, so that what is added to events later is not handed out by accident. What a token says is the
// caller's business.
package redact

import (
	"encoding/json"
	"iter"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/secret"
	"github.com/tagscan/tagscan/crawler/web"
)

// Options say how values are replaced.
type Options struct {
	Token func(value string) string // what stands for a value, the same for the same one; letters and digits
	Known []string                  // values that must not stand in paths and names either
	Blobs crawler.Blobs             // of bodies that are not inline
}

type redactor struct {
	Options
	known *secret.Vault
}

// Events returns the events redacted. It can be ranged over as often as events can.
func Events(events iter.Seq2[crawler.Event, error], o Options) iter.Seq2[crawler.Event, error] {
	r := &redactor{Options: o}
	values := make([]secret.Value, 0, len(o.Known))
	for _, v := range o.Known {
		values = append(values, secret.Value{Name: "known value", Text: v})
	}
	r.known, _ = secret.New([]byte("redacted"), values...)
	return func(yield func(crawler.Event, error) bool) {
		for ev, err := range events {
			if err == nil {
				ev = r.event(ev)
			}
			if err == nil && ev == (crawler.Event{Seq: ev.Seq, Time: ev.Time, Again: ev.Again}) {
				continue
			}
			if !yield(ev, err) {
				return
			}
		}
	}
}

// event is what is left of an event: without what it is about, if nothing of it is left.
func (r *redactor) event(ev crawler.Event) crawler.Event {
	out := crawler.Event{Seq: ev.Seq, Time: ev.Time, Again: ev.Again}
	switch {
	case ev.Run != nil:
		out.Run = r.run(ev.Run)
	case ev.Page != nil:
		out.Page = r.page(ev.Page)
	case ev.Request != nil:
		out.Request = r.request(ev.Request)
	case ev.Script != nil:
		s := ev.Script
		out.Script = &crawler.Script{ID: s.ID, Page: s.Page, URL: r.address(s.URL), SHA256: s.SHA256, Size: s.Size,
			Integrity: s.Integrity, Kind: s.Kind,
			Frame: r.address(s.Frame), Target: s.Target, LoadedBy: r.causes(s.LoadedBy), Request: s.Request}
	case ev.Use != nil:
		u := *ev.Use
		u.Frame, u.Callers, u.Script = r.address(u.Frame), r.causes(u.Callers), r.causes([]crawler.Cause{u.Script})[0]
		out.Use = &u
	case ev.Cookie != nil:
		c := ev.Cookie
		out.Cookie = &crawler.Cookie{Page: c.Page, Profile: c.Profile, Consent: c.Consent, Name: r.name(c.Name), Value: r.token(c.Value),
			Domain:  c.Domain,
			Expires: c.Expires, HTTPOnly: c.HTTPOnly, Secure: c.Secure, SameSite: c.SameSite, SetBy: r.setBy(c.SetBy)}
	case ev.Storage != nil:
		s := ev.Storage
		out.Storage = &crawler.Storage{
			Page: s.Page, Profile: s.Profile, Consent: s.Consent, Origin: r.address(s.Origin), Area: s.Area, Key: r.name(s.Key), Value: r.token(s.Value),
		}
	case ev.Gap != nil:
		out.Gap = r.gap(*ev.Gap)
	}
	return out
}

func (r *redactor) run(in *crawler.Run) *crawler.Run {
	b := in.Browser
	return &crawler.Run{
		Schema: in.Schema, ID: in.ID, Tool: in.Tool, Seeds: r.addresses(in.Seeds), Started: in.Started, FirstParty: in.FirstParty,
		Deviations: in.Deviations,
		Browser: crawler.Browser{
			Product: b.Product, Kind: b.Kind, UserAgent: b.UserAgent, Sandbox: b.Sandbox, ThirdPartyCookies: b.ThirdPartyCookies,
		},
	}
}

func (r *redactor) page(p *crawler.Page) *crawler.Page {
	t := p.Task
	out := &crawler.Page{
		ID: p.ID, URL: r.address(p.URL), Outcome: p.Outcome, Status: p.Status, Started: p.Started, Ended: p.Ended, Loaded: p.Loaded,
		Clock: p.Clock, Counts: p.Counts,
		Task: crawler.Task{URL: r.address(t.URL), Profile: t.Profile, Consent: t.Consent, Depth: t.Depth, Via: t.Via, Again: t.Again},
	}
	out.Reason, _, _ = strings.Cut(p.Reason, ":")
	if d := p.Dialog; d != nil {
		out.Dialog = &crawler.Dialog{
			Seen: d.Seen, Platform: d.Platform, Action: d.Action, At: d.At, Again: d.Again, Recorded: d.Recorded, Verified: d.Verified,
			State: d.State, Clicks: d.Clicks,
		}
	}
	for _, g := range p.Gaps {
		out.Gaps = append(out.Gaps, *r.gap(g))
	}
	return out
}

// gap keeps the text, which holds no value of a person by contract, and masks what it is about.
func (r *redactor) gap(g crawler.Gap) *crawler.Gap {
	g.Where, g.Text = r.address(g.Where), r.known.String(g.Text)
	return &g
}

func (r *redactor) request(q *crawler.Request) *crawler.Request {
	mime := crawler.HeaderValue(q.Headers, "Content-Type")
	out := &crawler.Request{
		ID: q.ID, Page: q.Page, PageURL: r.address(q.PageURL), Profile: q.Profile, Consent: q.Consent, Phase: q.Phase,
		URL: r.address(q.URL), Method: q.Method, Headers: r.headers(q.Headers), Body: r.body(q.Body, mime), Unseen: q.Unseen,
		Type: q.Type, Time: q.Time, PageTime: q.PageTime, Redirect: q.Redirect, Failed: q.Failed, NotSent: q.NotSent, Source: q.Source,
		Frame:     crawler.Frame{ID: q.Frame.ID, URL: r.address(q.Frame.URL), Parent: q.Frame.Parent},
		Target:    crawler.Target{ID: q.Target.ID, Type: q.Target.Type, URL: r.address(q.Target.URL)},
		Initiator: crawler.Initiator{Type: q.Initiator.Type, Chain: r.causes(q.Initiator.Chain)},
	}
	if a := q.Response; a != nil {
		out.Response = &crawler.Response{
			Status: a.Status, Proto: a.Proto, Headers: r.headers(a.Headers), MIME: a.MIME, Address: a.Address, Size: a.Size,
			FromCache: a.FromCache, Duration: a.Duration,
		}
	}
	for _, m := range q.Messages {
		out.Messages = append(out.Messages, crawler.Message{Sent: m.Sent, Time: m.Time, Opcode: 1, Data: r.body(m.Data, "")})
	}
	return out
}

func (r *redactor) causes(list []crawler.Cause) []crawler.Cause {
	out := slices.Clone(list)
	for i := range out {
		out[i].URL, out[i].Function = r.address(out[i].URL), r.known.String(out[i].Function)
	}
	return out
}

func (r *redactor) setBy(s string) string {
	if strings.Contains(s, "://") {
		return r.address(s)
	}
	return s
}

func (r *redactor) token(value string) string {
	if value == "" {
		return ""
	}
	return r.Token(value)
}

func (r *redactor) addresses(list []string) (out []string) {
	for _, a := range list {
		out = append(out, r.address(a))
	}
	return out
}

// address keeps the scheme, the host, and of path and query what is a name.
func (r *redactor) address(raw string) string {
	if raw == "" {
		return ""
	}
	u, err := url.Parse(raw)
	if err != nil {
		return "about:" + r.token(raw)
	}
	if u.Scheme != "" && u.Host == "" {
		return u.Scheme + ":" + r.token(raw)
	}
	segments := strings.Split(u.EscapedPath(), "/")
	for i, s := range segments {
		segments[i] = url.PathEscape(r.segment(s))
	}
	out := strings.Join(segments, "/")
	if u.Host != "" {
		out = "//" + r.known.String(u.Host) + out
	}
	if u.Scheme != "" {
		out = u.Scheme + ":" + out
	}
	if q := r.pairs(u.RawQuery); q != "" {
		out += "?" + q
	}
	return out
}

// wordLike are segments of paths as programs and editors give them.
var wordLike = regexp.MustCompile(`^[A-Za-z0-9._-]{0,80}$`)

func (r *redactor) segment(s string) string {
	plain, err := url.PathUnescape(s)
	if err != nil {
		return r.token(s)
	}
	if !wordLike.MatchString(plain) || web.FoldName(plain) != plain || r.known.String(plain) != plain {
		return r.token(plain)
	}
	return plain
}

// nameLike are names as programs give them. What else stands in the place of a name may be a value.
var nameLike = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_.:$\[\]-]{0,63}$`)

// name keeps the name of a parameter, cookie, entry or field.
func (r *redactor) name(s string) string {
	if nameLike.MatchString(s) && web.FoldName(s) == s && r.known.String(s) == s {
		return s
	}
	return r.token(s)
}

// pairs are names and values as in a query.
func (r *redactor) pairs(q string) string {
	if q == "" {
		return ""
	}
	parts := strings.Split(q, "&")
	for i, p := range parts {
		name, value, named := strings.Cut(p, "=")
		if n, err := url.QueryUnescape(name); err == nil {
			name = n
		}
		if v, err := url.QueryUnescape(value); err == nil {
			value = v
		}
		parts[i] = url.QueryEscape(r.name(name))
		if named {
			parts[i] += "=" + r.token(value)
		}
	}
	return strings.Join(parts, "&")
}

// plainHeaders are response headers whose values are of HTTP and of nobody.
var plainHeaders = []string{"content-type", "content-length", "content-encoding", "cache-control", "date", "age", "expires", "vary", "server",
	"transfer-encoding",
	"connection", "strict-transport-security", "access-control-allow-origin", "access-control-allow-credentials",
	"x-content-type-options", "location"}

func (r *redactor) headers(list []crawler.Header) (out []crawler.Header) {
	for _, h := range list {
		out = append(out, crawler.Header{Name: r.name(h.Name), Value: r.header(strings.ToLower(h.Name), h.Value)})
	}
	return out
}

func (r *redactor) header(name, value string) string {
	switch {
	case name == "referer", name == "origin", name == "location":
		return r.address(value)
	case name == "cookie", name == "set-cookie":
		return r.cookies(value)
	case name == "host", strings.HasPrefix(name, ":"):
		return r.known.String(r.pathHeader(name, value))
	case web.OrdinaryHeader(name), slices.Contains(plainHeaders, name):
		return r.known.String(value)
	}
	return r.token(value)
}

// pathHeader masks the path among the headers of HTTP/2.
func (r *redactor) pathHeader(name, value string) string {
	if name == ":path" {
		return r.address(value)
	}
	return value
}

// cookies keeps the names of cookies, and of those that are set nothing else.
func (r *redactor) cookies(value string) string {
	parts := strings.Split(value, ";")
	for i, p := range parts {
		name, v, named := strings.Cut(strings.TrimSpace(p), "=")
		parts[i] = r.name(name)
		if named {
			parts[i] += "=" + r.token(v)
		}
	}
	return strings.Join(parts, "; ")
}

// body keeps the shape of JSON and forms. Of anything else it says that it was there.
func (r *redactor) body(b crawler.Body, mime string) crawler.Body {
	if b.IsZero() {
		return b
	}
	data, err := b.Bytes(r.Blobs)
	if err != nil || b.Cut {
		return r.leftOut(b)
	}
	var v any
	dec := json.NewDecoder(strings.NewReader(string(data)))
	dec.UseNumber()
	if dec.Decode(&v) == nil && !dec.More() {
		if _, leaf := v.(string); !leaf {
			text, err := json.Marshal(r.tree(v, 0))
			if err == nil {
				return crawler.NewBody(text)
			}
		}
	}
	if isForm(data, mime) {
		return crawler.NewBody([]byte(r.pairs(string(data))))
	}
	return r.leftOut(b)
}

func (r *redactor) leftOut(b crawler.Body) crawler.Body {
	return crawler.NewBody([]byte("left out: " + strconv.FormatInt(b.Size, 10) + " bytes"))
}

var formLike = regexp.MustCompile(`^[A-Za-z0-9_.~%+*\[\]$:-]{1,128}=[^\s{}<>"]*$`)

func isForm(data []byte, mime string) bool {
	return strings.HasPrefix(mime, "application/x-www-form-urlencoded") || formLike.Match(data)
}

// maxDepth bounds how deeply JSON is looked into.
const maxDepth = 64

func (r *redactor) tree(v any, depth int) any {
	switch v := v.(type) {
	case map[string]any:
		if depth > maxDepth {
			return r.token("deep")
		}
		out := make(map[string]any, len(v))
		for k, x := range v {
			out[r.name(k)] = r.tree(x, depth+1)
		}
		return out
	case []any:
		if depth > maxDepth {
			return r.token("deep")
		}
		for i := range v {
			v[i] = r.tree(v[i], depth+1)
		}
		return v
	case string:
		return r.token(v)
	case json.Number:
		return r.token(v.String())
	}
	return v
}
