package detect

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/rule"
)

// stub makes a Finding of what all data of a request share.
func (w *worker) stub(x *examined) Finding {
	q := x.job.request
	f := Finding{
		Request: q.ID, Seq: x.job.seq, PageID: q.Page, Page: w.page(q.PageURL), Route: w.route(q), Profile: q.Profile, Host: x.host,
		URL: w.run.maskKnown(MaskURL(q.URL)), Method: q.Method, Time: q.Time, Recipient: x.match.Recipient, Account: x.match.Account,
		EventName: x.match.Event, Consent: cmp.Or(q.Consent, crawler.Unknown), Phase: q.Phase, Via: w.causes(q.Initiator.Chain),
		TagManager: w.run.tagManager(q.Initiator.Chain),
	}
	f.Sender = sender(f.TagManager, f.Via, w.script)
	return f
}

// causes are the causes of a request without what their addresses say about people: the address of a page or frame is
// masked as that of any page; that of a script keeps its path, which names it.
func (w *worker) causes(chain []crawler.Cause) []crawler.Cause {
	out := slices.Clone(chain)
	for i := range out {
		c := &out[i]
		switch {
		case c.URL == "":
		case c.Kind != "script" && c.Kind != "worker":
			c.URL = cmp.Or(w.page(c.URL), web.WithoutQuery(c.URL))
		default:
			c.URL = w.run.maskKnown(web.WithoutQuery(c.URL))
		}
	}
	return out
}

// finding makes a Finding of an explained span.
func (w *worker) finding(x *examined, m explained) Finding {
	field := &x.tree.Fields[m.Field]
	f := x.stub
	f.Class, f.Rule, f.Known, f.Confidence = m.Class, m.Rule, Known(m.Known), Confidence(m.Confidence)
	f.Form, f.Where, f.Field = dress(field.Chain, m.Match), field.Where, strings.Clone(maskPath(field.Path, m.Text))
	f.Chain, f.Value, f.Evidence = chainOf(field.Chain, m.Match, field.Kind == decode.Binary && m.End-m.Start == len(field.Value)), shown(m.Class, field.Path, m.Text), m.evidence
	if f.Form == Encoded || f.Form == Compressed || len(field.Chain) > 2 {
		f.Steps = x.steps(m.Field)
	}
	if f.Recipient.Weak {
		f.Confidence = Possible
	}
	for i := range f.Evidence {
		f.Evidence[i].Field = maskPath(f.Evidence[i].Field, m.Text)
	}
	w.grade(&f, circumstance{
		referer:    f.Where == decode.Header && headerName(field.Path) == "referer",
		unanswered: unanswered(x.job.request, f.Consent, x.dialog), keyed: keyed(m.Match),
	})
	if name := w.run.k.secrets[m.Text]; name != "" {
		f.add("is the " + name)
	}
	if x.local {
		f.add(heldBackReason)
	}
	f.add(w.run.lessons.reason(m.Match))
	learned := m.Known == rule.ByObserved && m.Origin != "" && m.Class == rule.Email && rule.TestAddress(m.Text)
	if learned && !w.run.k.visitor() {
		f.Confidence = Confidence(rule.Lower(rule.Confidence(f.Confidence)))
	}
	if m.Tester || learned {
		f.add("looks like a test account")
	}
	return f
}

// grade sets severity and fingerprints once all else is there.
func (w *worker) grade(f *Finding, c circumstance) {
	c.where, c.consent, c.phase, c.form = f.Where, f.Consent, f.Phase, f.Form
	f.Severity, f.Reasons = grade(classSeverity(f.Class), c)
	f.Severity = restrained(f.Severity, f.Class, f.Known, f.Confidence)
	w.identify(f)
}

// tagManager names the tag manager that a chain of causes leads through.
func (r *Run) tagManager(chain []crawler.Cause) string {
	for _, c := range chain {
		if c.URL == "" {
			continue
		}
		if tm, ok := r.a.catalog.IsTagManager(c.URL); ok {
			return tm.Name
		}
	}
	return ""
}

// dress is the form of a datum: what the match knows of it, else what the chain tells.
func dress(chain []string, m rule.Match) Form {
	switch {
	case m.Form == rule.Masked:
		return Masked
	case m.Form == rule.Split:
		return Split
	case m.Form == rule.Hashed || len(m.Hash) > 0:
		return Hashed
	case m.Cipher != "":
		return Encoded
	}
	return formOf(chain)
}

// digestSpellings are how digests are written; a raw digest that was found behind one was not wrapped in it.
var digestSpellings = map[string]bool{"hex": true, "base64": true, "base64url": true}

// chainOf is the whole way to a datum, outside in: decoders, then a cipher, then hash functions from the outermost on.
// raw says that a digest was found as bytes.
func chainOf(chain []string, m rule.Match, raw bool) []string {
	out := slices.Clone(chain)
	if n := len(out); n > 0 && len(m.Hash) > 0 && digestSpellings[out[n-1]] && raw {
		out = out[:n-1]
	}
	if m.Cipher != "" {
		out = append(out, m.Cipher)
	}
	for _, h := range slices.Backward(m.Hash) {
		out = append(out, strings.TrimPrefix(h, "?"))
	}
	return out
}

// keyed reports whether a hash took a secret key that the recipient does not have.
func keyed(m rule.Match) bool {
	return slices.ContainsFunc(m.Hash, func(h string) bool { return strings.HasPrefix(h, "hmac") })
}

// unanswered reports whether a consent dialog stood open when the request was sent.
func unanswered(q *crawler.Request, state crawler.Consent, d *crawler.Dialog) bool {
	if d == nil || !d.Seen {
		return false
	}
	if d.Action != "" && !d.At.IsZero() && !q.Time.IsZero() {
		return q.Time.Before(d.At)
	}
	return state == crawler.Unasked
}

// maskPath folds the names in a field path that are personal values; indexes stay.
func maskPath(path, text string) string {
	if len(text) >= 5 && containsFold(path, text) {
		path = replaceFold(path, text, "{value}")
	}
	if !strings.Contains(path, "@") && !longDigits(path) {
		return path
	}
	var b strings.Builder
	for _, seg := range splitPath(path) {
		name := seg.name
		if !seg.index {
			if f := web.FoldName(name); f == "{email}" || f == "{n}" && len(name) >= minPhone {
				name = f
			}
		}
		switch {
		case seg.index:
			b.WriteString("[" + name + "]")
		case b.Len() > 0:
			b.WriteString("." + name)
		default:
			b.WriteString(name)
		}
	}
	return b.String()
}

// longDigits reports whether s has as many digits in a row as a telephone number.
func longDigits(s string) bool {
	run := 0
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			run = 0
		} else if run++; run >= minPhone {
			return true
		}
	}
	return false
}

// maxOutline is how many bytes of a decoding step are shown.
const maxOutline = 120

// steps tells how the field was unwrapped, outermost first. Only the outline of each result is kept.
func (x *examined) steps(field int) []Step {
	t := x.tree
	var out []Step
	for i := field; i >= 0; i = t.Fields[i].Parent {
		f := &t.Fields[i]
		from := 0
		if f.Parent >= 0 {
			from = len(t.Fields[f.Parent].Chain)
		}
		name := strings.Join(f.Chain[min(from, len(f.Chain)):], " > ")
		out = append(out, Step{Decoder: cmp.Or(name, string(f.Where)), Result: x.outline(i)})
		if f.Parent >= i {
			break
		}
	}
	slices.Reverse(out)
	return out
}

// outline is that of a field, which many findings of a request may have been unwrapped from.
func (x *examined) outline(field int) string {
	s, ok := x.outlines[field]
	if !ok {
		if x.outlines == nil {
			x.outlines = map[int]string{}
		}
		s = outline(x.tree.Fields[field].Value)
		x.outlines[field] = s
	}
	return s
}

// outline shows the beginning of a text with its punctuation and the names of its fields, and every other word masked.
func outline(s string) string {
	cut := len(s) > maxOutline
	if cut {
		s = s[:maxOutline]
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		c := s[i]
		if kindOf(c) == 'a' || kindOf(c) == 'd' || c >= 0x80 {
			end := i
			for end < len(s) && (kindOf(s[end]) == 'a' || kindOf(s[end]) == 'd' || s[end] >= 0x80 || s[end] == '_') {
				end++
			}
			b.WriteString(outlineWord(s, i, end))
			i = end
			continue
		}
		if c < ' ' {
			c = ' '
		}
		b.WriteByte(c)
		i++
	}
	if cut {
		b.WriteString("…")
	}
	return b.String()
}

// outlineWord masks s[i:end], unless it is the name of a field: what stands before a colon or an equals sign.
func outlineWord(s string, i, end int) string {
	word := s[i:end]
	if i > 0 && s[i-1] == '@' || end < len(s) && s[end] == '@' {
		return Mask(word)
	}
	rest := s[end:]
	name := len(rest) > 1 && rest[0] == '=' && rest[1] != '=' || strings.HasPrefix(rest, `":`) || strings.HasPrefix(rest, `\":`)
	if name && len(word) <= 32 && web.FoldName(word) == word && !longDigits(word) && !drawn(word) {
		return word
	}
	return Mask(strings.ToValidUTF8(word, ""))
}
