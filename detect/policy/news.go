package policy

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/rule"
)

// NewsKind says what kind of thing is not as it was.
type NewsKind string

const (
	NewsHeader  NewsKind = "header"  // a security header vanished or became weaker
	NewsMoved   NewsKind = "moved"   // a vendor is reached through the site's own host now
	NewsDirect  NewsKind = "direct"  // it is reached under its own host again
	NewsGone    NewsKind = "gone"    // a vendor is not called any more
	NewsRefusal NewsKind = "refusal" // what the visitor chose is not kept to any more
	NewsDialog  NewsKind = "dialog"  // the consent dialog is not shown any more
	NewsScript  NewsKind = "script"  // somebody's code runs where it did not, and where a new place matters (new_place)
)

// NewsInfo explains a kind of news.
type NewsInfo struct {
	Kind NewsKind
	Doc  string // what it says, one sentence
}

// NewsKinds are all kinds.
var NewsKinds = []NewsInfo{
	{NewsRefusal, "A vendor is called before any choice, after refusal or withdrawal or with Global Privacy Control, and was not; " +
		"or the refusal is proven no more."},
	{NewsDialog, "A consent dialog was shown, and is not any more."},
	{NewsMoved, "A vendor is reached through a host of the site's own, where it was not before."},
	{NewsHeader, "A response header that protects pages is not sent any more, or allows more."},
	{NewsScript, "Somebody's code runs with the page's rights on a kind of page that new_place names, where it did not before."},
	{NewsDirect, "A vendor that was reached through a host of the site's own only is reached under its own."},
	{NewsGone, "A vendor is not called any more."},
}

// News is one thing about the site that is not as it was when its standing was written down, in a sentence.
type News struct {
	Kind      NewsKind      `json:"kind"`
	ID        string        `json:"id"` // of what it is about, the same from run to run
	Recipient string        `json:"recipient,omitempty"`
	Severity  rule.Severity `json:"severity"`
	Text      string        `json:"text"`            // one sentence, without a full stop
	Fails     bool          `json:"fails,omitempty"` // it makes the run fail
}

// Words of fail_on_news beside the kinds.
const newsAll, newsNone = "all", "none"

// newsFails reports whether news of a kind fail a run: none unless the policy says so.
func (r *Rules) newsFails(kind NewsKind) bool {
	return r.FailOn != FailNever && slices.ContainsFunc(r.FailOnNews, func(w string) bool { return w == newsAll || w == string(kind) })
}

// checkFailOnNews says what is wrong with fail_on_news; "" if nothing is.
func checkFailOnNews(list Strings) string {
	words := []string{newsAll, newsNone}
	for _, k := range NewsKinds {
		words = append(words, string(k.Kind))
	}
	for _, w := range list {
		if !slices.Contains(words, w) {
			return "fail_on_news: " + notOneOf(w, words)
		}
	}
	return ""
}

// standing is what news are told by: that of the policy or that of the baseline, whichever was written of the later run; nil if
// there is none.
func (j *judge) standing() *Standing {
	of := &j.cfg.Standing
	if b := j.base; b != nil && b.Standing.known() && (!of.known() || b.Standing.Of >= of.Of) {
		of = &b.Standing
	}
	if !of.known() {
		return nil
	}
	return of
}

// stands reports whether the recipient of a flow was called on a kind of page before, if no baseline knows better where the flow was.
func (j *judge) stands(f *detect.Flow, route string) bool {
	if j.base != nil {
		for a := range j.base.entries() {
			if a.inSomeState(f) {
				return false
			}
		}
	}
	v := j.standing().vendor(f.Recipient.ID)
	return v != nil && on(v.On, route)
}

// news tells what of the site is not as it was.
func (j *judge) news(in Input, sight *Sight) []News {
	old := j.standing()
	if old == nil || len(in.Pages) == 0 {
		return nil
	}
	out := in.Standing.Since(old, sight)
	for i := range out {
		out[i].Fails = j.cfg.Policy.newsFails(out[i].Kind)
	}
	return append(out, j.newCode(in, old)...)
}

// newCode tells whose code runs on kinds of page on which a new place matters, where it did not: as new_place says, it fails.
func (j *judge) newCode(in Input, old *Standing) (out []News) {
	for i := range in.Standing.Vendors {
		v := &in.Standing.Vendors[i]
		var where []string
		for _, route := range v.Code {
			was := old.vendor(v.ID)
			known := !on(old.Routes, route) || was != nil && on(was.Code, route)
			if !known && j.placeMatters(v.ID, route) {
				where = append(where, pathOf(route))
			}
		}
		if len(where) > 0 {
			out = append(out, News{NewsScript, "script " + v.ID, v.ID, rule.High, "a script of " + v.name() + " runs on " + someOf(where) +
				" now, as none did before", j.cfg.Policy.FailOn != FailNever})
		}
	}
	return out
}

// placeMatters reports whether the policy says of a kind of page that a new place there fails, for all or for this recipient.
func (j *judge) placeMatters(recipient, route string) bool {
	fails := func(list Strings) bool {
		return slices.ContainsFunc(list, func(w string) bool { return w == placeFails || w != placeQuiet && routeGlob(w, route) })
	}
	for _, r := range j.rules {
		if r.Action == Allow && len(r.Recipient) > 0 && len(r.NewPlace) > 0 && one(r.Recipient, glob, recipient) {
			return fails(r.NewPlace)
		}
	}
	return fails(j.cfg.Policy.NewPlace)
}

// Since tells what is not as it was. sight says how far the run could see that s is of: what is missing beyond that is not gone.
func (s *Standing) Since(old *Standing, sight *Sight) []News {
	if !old.known() {
		return nil
	}
	out := s.refusalsSince(old, sight)
	out = append(out, s.dialogSince(old, sight)...)
	out = append(out, s.hostsSince(old)...)
	out = append(out, s.headersSince(old)...)
	for i := range old.Vendors {
		o := &old.Vendors[i]
		if s.vendor(o.ID) != nil || o.Passing || o.Gone {
			continue
		}
		if n := o.missed(old, sight); n > 0 {
			out = append(out, News{NewsGone, "gone " + o.ID, o.ID, rule.Info,
				o.name() + " is not called any more, on none of the " + count(n, "kind") + " of page where it was and that were seen again", false})
		}
	}
	return out
}

// enoughSeen is the share, in per cent, of the kinds of page on which a vendor was called that must have been seen again before it is
// called gone: some page is not there any more, or fails, in every other night.
const enoughSeen = 80

// missed is how many kinds of page a vendor is missing on, if that is enough to call it gone; else 0.
func (v *Vendor) missed(old *Standing, sight *Sight) int {
	if sight.BlindTo(v.ID) || len(v.On) == 0 {
		return 0
	}
	least := len(v.On)
	states := 0
	for _, c := range v.Consent {
		if chosen := old.state(crawler.Consent(c)); chosen == nil || len(chosen.On) == 0 {
			continue // nobody looked there before, either
		}
		states++
		n := 0
		for _, route := range v.On {
			if sight.Saw(route, crawler.Consent(c)) {
				n++
			}
		}
		least = min(least, n)
	}
	if states == 0 || least*100 < len(v.On)*enoughSeen {
		return 0
	}
	return least
}

// withoutLeave are the states in which nothing is agreed to, in words.
var withoutLeave = []struct {
	state crawler.Consent
	word  string
}{
	{crawler.Unasked, "before any choice"}, {crawler.Rejected, "after refusal"}, {crawler.Withdrawn, "after withdrawal"},
	{crawler.GPC, "with Global Privacy Control"},
}

// refusalsSince tells of refusals that do not work any more, in one sentence for each state; or at all.
func (s *Standing) refusalsSince(old *Standing, sight *Sight) (out []News) {
	for _, w := range withoutLeave {
		was, is := old.state(w.state), s.state(w.state)
		if was == nil || is == nil || w.state == crawler.Unasked && !old.Dialog {
			continue
		}
		var names, ids []string
		severity := rule.Medium
		for i := range s.Vendors {
			v := &s.Vendors[i]
			if !v.called(w.state, old) {
				continue
			}
			names, ids = append(names, v.name()), append(ids, v.ID)
			if slices.Contains(v.Data, string(w.state)) {
				severity = rule.High
			}
		}
		if len(names) > 0 {
			are := " is"
			if len(names) > 1 {
				are = " are"
			}
			text := andOf(names) + are + " called " + w.word + " now, and was not before"
			if w.state == crawler.Rejected {
				text = "the refusal stopped working: " + text
			}
			if len(names) > 1 {
				text = strings.Replace(text, "was not", "were not", 1)
			}
			out = append(out, News{NewsRefusal, "refusal " + string(w.state) + " " + strings.Join(ids, " "), onlyOne(ids), severity, text, false})
		}
		if w.state == crawler.Rejected && was.Proven && !is.Proven && len(sight.seen[w.state]) > 0 {
			out = append(out, News{NewsRefusal, "refusal unproven", "", rule.Medium,
				"the refusal is not proven any more: nothing shows that the site took it, as it did before", false})
		}
	}
	return out
}

// called reports whether a vendor that was known is called in a state in which it was not, on pages that were seen there then, and by
// no chance.
func (v *Vendor) called(c crawler.Consent, old *Standing) bool {
	was := old.vendor(v.ID)
	if was == nil || was.Passing || was.in(c) || v.Passing || !v.in(c) || !slices.Contains(v.Steady, string(c)) {
		return false
	}
	return slices.ContainsFunc(v.On, func(route string) bool { return on(old.state(c).On, route) })
}

func onlyOne(ids []string) string {
	if len(ids) == 1 {
		return ids[0]
	}
	return ""
}

// dialogSince tells that the consent dialog is not shown any more.
func (s *Standing) dialogSince(old *Standing, sight *Sight) []News {
	again := func(route string) bool { return on(old.Routes, route) }
	if !old.Dialog || s.Dialog || !slices.ContainsFunc(sight.routes(), again) {
		return nil
	}
	const text = "no consent dialog is shown any more: visitors are not asked, as they were before"
	return []News{{Kind: NewsDialog, ID: "dialog", Severity: rule.Medium, Text: text}}
}

// hostsSince tells of vendors that hide behind a host of the site's own now, where blockers and readers of the requests do not see
// them, and of those that do not any more.
func (s *Standing) hostsSince(old *Standing) (out []News) {
	for i := range s.Vendors {
		v := &s.Vendors[i]
		was := old.vendor(v.ID)
		switch {
		case was == nil:
		case len(was.Own) == 0 && len(v.Own) > 0:
			how := "only through "
			if v.Direct {
				how = "also through "
			}
			out = append(out, News{NewsMoved, "moved " + v.ID, v.ID, rule.Medium,
				v.name() + " is reached " + how + hostWord(v.Own) + " now: it moved behind the site itself", false})
		case len(was.Own) > 0 && len(v.Own) == 0 && v.Direct:
			out = append(out, News{NewsDirect, "direct " + v.ID, v.ID, rule.Info,
				v.name() + " is reached directly now, and not through " + hostWord(was.Own), false})
		}
	}
	return out
}

func hostWord(hosts []string) string {
	if len(hosts) == 1 {
		return "the site's own host " + hosts[0]
	}
	return "the site's own hosts " + andOf(hosts)
}

// headersSince tells of security headers that vanished or became weaker, one sentence a header.
func (s *Standing) headersSince(old *Standing) (out []News) {
	for _, h := range securityHeaders {
		var gone, weak []string
		why := ""
		for _, route := range s.Documents {
			was, had := old.header(h.name, route)
			is, has := s.header(h.name, route)
			switch {
			case !had:
			case !has && h.name == "x-frame-options" && s.framed(route):
			case !has:
				gone = append(gone, pathOf(route))
			default:
				if w := h.weaker(was, is); w != "" {
					weak, why = append(weak, pathOf(route)), w
				}
			}
		}
		name := http.CanonicalHeaderKey(h.name)
		var text []string
		if len(gone) > 0 {
			text = append(text, "is not sent any more on "+someOf(gone))
		}
		if len(weak) > 0 {
			text = append(text, "is weaker on "+someOf(weak)+": "+why)
		}
		if len(text) > 0 {
			out = append(out, News{NewsHeader, "header " + h.name, "", h.severity, "the header " + name + " " + strings.Join(text, ", and "), false})
		}
	}
	return out
}

// framed reports whether a Content-Security-Policy says who may frame a kind of page, which makes X-Frame-Options void.
func (s *Standing) framed(route string) bool {
	value, _ := s.header("content-security-policy", route)
	return cspOf(value)["frame-ancestors"] != nil
}

// someOf lists at most three kinds of page and counts the rest.
func someOf(list []string) string {
	list = sorted(list)
	if len(list) <= 3 {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more kinds of page", strings.Join(list[:3], ", "), len(list)-3)
}

// andOf lists at most five names and counts the rest: "a, b and c".
func andOf(names []string) string {
	const most = 5
	if n := len(names); n > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), n-most)
	} else if n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}

// newsClause tells how many things that fail nothing are not as they were; "" if all are.
func newsClause(v Verdict) string {
	n := 0
	for _, x := range v.News {
		if !x.Fails {
			n++
		}
	}
	switch n {
	case 0:
		return ""
	case 1:
		return " 1 thing is not as it was."
	default:
		return fmt.Sprintf(" %d things are not as they were.", n)
	}
}
