package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
)

// Gap is what a run did not see, as it is told: the gaps of one kind that say the same of one recipient, gathered.
type Gap struct {
	Kind       crawler.GapKind   `json:"kind"`
	Text       string            `json:"text"`                // one clause, without a full stop
	Recipient  string            `json:"recipient,omitempty"` // id of who was to receive something, or did
	Count      int               `json:"count"`
	Where      []string          `json:"where,omitempty"` // addresses, hosts, files: sorted, at most mostWhere
	More       int               `json:"more,omitempty"`  // how many places there are besides
	Consents   []crawler.Consent `json:"consents,omitempty"`
	Pages      []string          `json:"pages,omitempty"` // ids of visits: at most maxWhere
	Incomplete bool              `json:"incomplete"`      // it makes the run incomplete
	Remedy     string            `json:"remedy"`
}

// maxWhere bounds the places that a gathered gap names, maxAsked those that somebody asked for by name: who asked for eight addresses is
// told which of them were not seen.
const (
	maxWhere = 5
	maxAsked = 50
)

// mostWhere is how many places a gap of a kind names.
func mostWhere(kind crawler.GapKind) int {
	switch kind {
	case crawler.GapLedElsewhere, crawler.GapStartMoved, crawler.GapNamedNotVisited:
		return maxAsked
	}
	return maxWhere
}

// Words of incomplete_on beside the kinds of gaps.
const (
	onDefault = "default" // the kinds that could hide personal data sent to a third party
	onAll     = "all"
)

// incomplete is the one place where it is decided whether a gap makes a run incomplete: the policy's incomplete_on, read
// from left to right, the last entry that speaks of the kind deciding; without it the kinds that could hide personal data
// sent to a third party (crawler.GapInfo.Hides) do.
func (r *Rules) incomplete(kind crawler.GapKind) bool {
	info, known := crawler.InfoOfGap(kind)
	hides := info.Hides || !known // what this tagscan does not know is not harmless
	if len(r.IncompleteOn) == 0 {
		return hides
	}
	counts := false
	for _, entry := range r.IncompleteOn {
		word, not := strings.CutPrefix(entry, "!")
		switch {
		case word == onDefault:
			counts = counts || hides && !not
		case word == onAll || glob(word, string(kind)):
			counts = !not
		}
	}
	return counts
}

// gaps gathers and judges what was not seen: what makes the run incomplete first, then in the order of the stages.
func (j *judge) gaps(in Input) []Gap {
	type key struct {
		kind            crawler.GapKind
		recipient, text string
	}
	by := map[key]*Gap{}
	places := map[key]map[string]bool{}
	var order []*Gap
	for _, g := range withoutPages(in) {
		k := key{g.Kind, g.Recipient, g.Text}
		o := by[k]
		if o == nil {
			info, _ := crawler.InfoOfGap(g.Kind)
			o = &Gap{Kind: g.Kind, Text: g.Text, Recipient: g.Recipient, Remedy: info.Remedy, Incomplete: j.cfg.Policy.incomplete(g.Kind)}
			by[k], places[k] = o, map[string]bool{}
			order = append(order, o)
		}
		o.Count += g.N()
		if g.Where != "" && len(places[k]) < 10_000 {
			places[k][g.Where] = true
		}
		if g.Consent != "" && !slices.Contains(o.Consents, g.Consent) {
			o.Consents = append(o.Consents, g.Consent)
		}
		if g.Page != "" && len(o.Pages) < maxWhere && !slices.Contains(o.Pages, g.Page) {
			o.Pages = append(o.Pages, g.Page)
		}
	}
	out := make([]Gap, 0, len(order))
	for k, o := range by {
		for w := range places[k] {
			o.Where = append(o.Where, w)
		}
		slices.Sort(o.Where)
		if n, most := len(o.Where), mostWhere(o.Kind); n > most {
			o.Where, o.More = o.Where[:most], n-most
		}
		slices.Sort(o.Consents)
	}
	for _, o := range order {
		out = append(out, *o)
	}
	for _, g := range in.Gathered {
		if slices.ContainsFunc(out, g.same) {
			continue
		}
		g.Incomplete = j.cfg.Policy.incomplete(g.Kind)
		out = append(out, g)
	}
	j.forgiveNoPage(out)
	slices.SortStableFunc(out, func(a, b Gap) int {
		return cmp.Or(
			compareBool(b.Incomplete, a.Incomplete), cmp.Compare(rankOf(a.Kind), rankOf(b.Kind)), cmp.Compare(b.Count, a.Count),
			strings.Compare(a.Recipient, b.Recipient), strings.Compare(a.Text, b.Text),
		)
	})
	return out
}

// forgiveNoPage makes that no page was seen completely count for nothing where nothing else counts and the policy has said that what
// kept the pages from being complete does not.
func (j *judge) forgiveNoPage(gaps []Gap) {
	none, counts, forgiven := -1, false, false
	for i, g := range gaps {
		info, _ := crawler.InfoOfGap(g.Kind)
		switch {
		case g.Kind == crawler.GapNoPage:
			none = i
		case g.Incomplete:
			counts = true
		case info.Hides:
			forgiven = true
		}
	}
	if none >= 0 && forgiven && !counts && !j.cfg.Policy.names(crawler.GapNoPage) {
		gaps[none].Incomplete = false
	}
}

// names reports whether incomplete_on speaks of a kind by its name.
func (r *Rules) names(kind crawler.GapKind) bool {
	return slices.Contains(r.IncompleteOn, string(kind))
}

// withoutPages are the gaps of a run, and one more if no page at all was seen completely: a run that saw nothing is not
// clean, whoever made it.
func withoutPages(in Input) []crawler.Gap {
	told := func(g Gap) bool { return g.Kind == crawler.GapNoPage }
	if slices.ContainsFunc(in.Gathered, told) || slices.ContainsFunc(in.Pages, func(p Page) bool { return p.Outcome == crawler.Complete }) {
		return in.Gaps
	}
	g := crawler.Gap{Kind: crawler.GapNoPage, Text: "no page was seen completely"}
	if n := len(in.Pages); n > 0 {
		g.Text = "none of " + count(n, "visit") + " saw its page completely"
	}
	return append(slices.Clone(in.Gaps), g)
}

// With is the verdict with further gaps: those that showed after the judgement, in the files of a run. It can turn a pass
// into incomplete and nothing else. cfg may be nil.
func (v Verdict) With(gaps []crawler.Gap, cfg *Config) Verdict {
	j := judge{cfg: cfg.orDefault()}
	seen := Page{Outcome: crawler.Complete} // whether pages were seen was judged before
	more := slices.DeleteFunc(j.gaps(Input{Gaps: gaps, Pages: []Page{seen}}), func(g Gap) bool {
		return slices.ContainsFunc(v.Gaps, g.same)
	})
	v.Gaps = append(slices.Clone(more), v.Gaps...)
	if v.Result == Pass && slices.ContainsFunc(more, func(g Gap) bool { return g.Incomplete }) {
		v.Result = Incomplete
		v.Sentence = incompleteSentence(v, j.cfg)
	}
	return v
}

// same reports whether two gathered gaps say the same.
func (g Gap) same(o Gap) bool {
	return g.Kind == o.Kind && g.Text == o.Text && g.Recipient == o.Recipient && slices.Equal(g.Where, o.Where)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// rankOf is the place of a kind in the list of kinds.
func rankOf(kind crawler.GapKind) int {
	return slices.IndexFunc(crawler.GapKinds, func(i crawler.GapInfo) bool { return i.Kind == kind })
}

// checkIncompleteOn says what is wrong with incomplete_on; "" if nothing is.
func checkIncompleteOn(list Strings) string {
	if list != nil && len(list) == 0 {
		return `incomplete_on: is empty; leave it out for the default, or write ["!all"] if no gap is to count`
	}
	for _, entry := range list {
		word := strings.TrimPrefix(entry, "!")
		if word == onDefault || word == onAll {
			continue
		}
		if !slices.ContainsFunc(crawler.GapKinds, func(i crawler.GapInfo) bool { return glob(word, string(i.Kind)) }) {
			return "incomplete_on: " + notOneOf(entry, gapWords)
		}
	}
	return ""
}

// gapWords are what incomplete_on can name.
var gapWords = func() []string {
	words := []string{onDefault, onAll}
	for _, i := range crawler.GapKinds {
		words = append(words, string(i.Kind))
	}
	return words
}()

// String tells a gap in one line: "2 × page-blocked: the server answered 403 (https://shop.example/a)".
func (g Gap) String() string {
	s := string(g.Kind) + ": " + g.Text
	if g.Count > 1 {
		s = fmt.Sprintf("%d × %s", g.Count, s)
	}
	if len(g.Where) > 0 {
		s += " (" + strings.Join(g.Where, ", ")
		if g.More > 0 {
			s += fmt.Sprintf(" and %d more", g.More)
		}
		s += ")"
	}
	return s
}

// Fact is the gap as one conclusion, for a stream.
func (g Gap) Fact() *crawler.Gap {
	f := &crawler.Gap{Kind: g.Kind, Where: strings.Join(g.Where, " "), Recipient: g.Recipient, Count: g.Count, Text: g.Text}
	if len(g.Consents) == 1 {
		f.Consent = g.Consents[0]
	}
	if len(g.Pages) == 1 {
		f.Page = g.Pages[0]
	}
	return f
}
