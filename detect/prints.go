package detect

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/identify"
	"github.com/tagscan/tagscan/detect/rule"
)

// printRule is the rule that says what a device fingerprint is, wherever it is known from.
const printRule = "device-fingerprint"

// printer is a script that told devices apart on a page.
type printer struct {
	use     *crawler.Use
	methods []identify.Method
}

// Printer is a script that told devices apart. That it did is a remark, and no finding: only what is sent to somebody is.
type Printer struct {
	Script  string            // its host and path, "inline code" for code in a page
	Methods []identify.Method // in which ways
	Pages   int               // on how many pages, of all visitors
	Sent    []string          // recipients that its result was sent to, by id; none: it was not seen to be sent
}

// learnUse takes in what a script did, if it told devices apart.
func (k *knowledge) learnUse(u *crawler.Use, capture int) {
	if methods := identify.Methods(u); len(methods) > 0 {
		key := pageKey{capture, u.Page}
		k.printers[key] = append(k.printers[key], printer{u, methods})
	}
}

// earlier is how much earlier than the use of an interface a request may seem that came after it: they are told by two processes.
const earlier = 500 * time.Millisecond

// print finds what scripts computed of the device and sent to a third party, of a request in which nothing is known to be a
// fingerprint yet. ok false: there is none.
func (w *worker) print(x *examined, merged []explained) (f Finding, ok bool) {
	senders := w.printersOf(x)
	known := func(m explained) bool { return m.Class == rule.Print }
	if len(senders) == 0 || x.match.Recipient.Weak || slices.ContainsFunc(merged, known) {
		return f, false
	}
	served := w.served(x)
	excluded := func(field int) bool {
		v := x.tree.Fields[field].Value
		return slices.ContainsFunc(merged, func(m explained) bool { return m.Field == field && m.Rule == vendorRule }) ||
			slices.ContainsFunc(senders, func(p printer) bool { return constant(p.use, v) }) ||
			len(v) >= minConstant && bytes.Contains(served, []byte(v))
	}
	res, ok := identify.Find(x.tree, methodsOf(senders), excluded, x.job.request.Time)
	if !ok {
		return f, false
	}
	x.printers = senders
	return w.printed(x, senders, res), true
}

// served is the page as it stood at the end, if nothing tells which script caused a request: then what stands in the page was not
// computed, and what does not was.
func (w *worker) served(x *examined) []byte {
	q := x.job.request
	if !unattributed(q) {
		return nil
	}
	html, _ := w.run.k.printed[pageKey{x.job.capture, q.Page}].Bytes(w.run.captures[x.job.capture].Blobs)
	return html
}

// unattributed reports a request of a document of which nothing says whether a script sent it. So are pictures that are asked for when
// the promise of an OfflineAudioContext is kept: Chrome 156 gives them no stack.
func unattributed(q *crawler.Request) bool {
	return q.Type == "image" && !slices.ContainsFunc(q.Initiator.Chain, func(c crawler.Cause) bool { return c.Kind != "document" })
}

// printersOf are the scripts that told devices apart and are among the causes of a request, or may be, in a fixed order.
func (w *worker) printersOf(x *examined) []printer {
	q := x.job.request
	var out []printer
	for _, p := range w.run.k.printers[pageKey{x.job.capture, q.Page}] {
		sent := identify.Sent(p.use, q.Initiator.Chain, w.loader) || unattributed(q) && p.use.Frame == q.Frame.URL
		if sent && !q.Time.Before(p.use.Time.Add(-earlier)) {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b printer) int {
		return cmp.Or(strings.Compare(a.use.Script.URL, b.use.Script.URL), strings.Compare(a.use.Script.Script, b.use.Script.Script))
	})
	return out
}

// methodsOf are the ways of all of them, in the order of identify.Methods.
func methodsOf(list []printer) []identify.Method {
	var out []identify.Method
	for _, m := range identify.All {
		if slices.ContainsFunc(list, func(p printer) bool { return slices.Contains(p.methods, m) }) {
			out = append(out, m)
		}
	}
	return out
}

// loader reports whether a cause loads everybody's scripts: that it had one of them do something does not mean that it sends it.
func (w *worker) loader(c crawler.Cause) bool {
	_, ok := w.run.a.catalog.IsTagManager(c.URL)
	return ok
}

// minConstant is the length in bytes of what is looked for in addresses of scripts.
const minConstant = 8

// constant reports whether a value was there before anything was computed: in the address of a script, as keys of accounts are.
func constant(u *crawler.Use, v string) bool {
	in := func(c crawler.Cause) bool { return strings.Contains(c.URL, v) }
	return len(v) >= minConstant && (in(u.Script) || slices.ContainsFunc(u.Callers, in))
}

// printed makes the finding. A value that the browser keeps may be an id that was drawn: that is a hint only.
func (w *worker) printed(x *examined, senders []printer, res identify.Result) Finding {
	v := x.tree.Fields[res.Field].Value
	m := rule.Match{
		Rule: printRule, Class: rule.Print, Known: rule.ByPattern, Field: res.Field, End: len(v), Text: v, Confidence: rule.Certain,
	}
	if !res.Trait {
		m.Confidence, m.Form = rule.Likely, rule.Hashed
		if len(w.run.k.owners[v]) > 0 {
			m.Confidence = rule.Possible
		}
	}
	f := w.finding(x, explained{Match: m})
	var scripts, methods []string
	for _, p := range senders {
		if name := w.scriptOf(p.use); !slices.Contains(scripts, name) {
			scripts = append(scripts, name)
		}
	}
	for _, m := range methodsOf(senders) {
		methods = append(methods, string(m))
	}
	f.add("computed from " + strings.Join(methods, ", ") + " by " + strings.Join(scripts, ", "))
	return f
}

// scriptOf names a script for people.
func (w *worker) scriptOf(u *crawler.Use) string {
	if u.Script.Kind != "script" && u.Script.Kind != "worker" || u.Script.URL == "" {
		return "inline code"
	}
	return w.run.maskKnown(scriptName(u.Script.URL))
}

// sentPrints notes who was sent what the scripts computed.
func (r *Run) sentPrints(x *examined) {
	for _, p := range x.printers {
		if r.prints == nil {
			r.prints = map[*crawler.Use][]string{}
		}
		if id := x.match.Recipient.ID; !slices.Contains(r.prints[p.use], id) {
			r.prints[p.use] = append(r.prints[p.use], id)
		}
	}
}

// Printers returns the scripts that told devices apart, also those whose result was not seen to be sent. It is complete when Conclude
// has ended.
func (r *Run) Printers() []Printer {
	at := map[string]*Printer{}
	for _, list := range r.k.printers {
		for _, p := range list {
			name := r.workers[0].scriptOf(p.use)
			if at[name] == nil {
				at[name] = &Printer{Script: name}
			}
			at[name].take(p, r.prints[p.use])
		}
	}
	var out []Printer
	for _, name := range slices.Sorted(maps.Keys(at)) {
		out = append(out, *at[name])
	}
	return out
}

// take adds what a script did on one page.
func (p *Printer) take(on printer, sent []string) {
	p.Pages++
	p.Methods = methodsOf([]printer{on, {methods: p.Methods}})
	p.Sent = append(p.Sent, sent...)
	slices.Sort(p.Sent)
	p.Sent = slices.Compact(p.Sent)
}
