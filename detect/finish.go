package detect

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/rule"
)

// maxHeld bounds the findings that wait for the comparison of profiles; more are yielded unrefuted.
const maxHeld = 30_000

// repeated reports whether a profile was captured more than once.
func (r *Run) repeated() bool {
	return slices.ContainsFunc(r.captures, func(c Capture) bool { return c.Visit > 0 })
}

// place names a field of a request of the run.
func (d *differential) spotKey(f *Finding) uint64 {
	return d.hash(f.Profile, f.PageID, f.Request, f.Field)
}

// covered remembers that something was found in a field.
func (r *Run) covered(f Finding) {
	if r.diff == nil || container(f.Class) {
		return
	}
	if r.found == nil {
		r.found = map[uint64]bool{}
	}
	if len(r.found) < maxSpots {
		r.found[r.diff.spotKey(&f)] = true
	}
}

// finish yields what only the whole run shows. false: the consumer wants no more.
func (r *Run) finish(ctx context.Context, yield func(Conclusion, error) bool) bool {
	return r.compare(yield) && r.revisit(ctx, yield) && yieldGaps(r.gaps.finish(), yield) && r.concludeConsent(yield)
}

// compare yields what the comparison of profiles shows.
func (r *Run) compare(yield func(Conclusion, error) bool) bool {
	if r.diff == nil {
		return true
	}
	verdicts := r.diff.judge()
	at := map[uint64][]int{}
	for i := range r.diff.spots {
		s := &r.diff.spots[i]
		f := r.diff.stubs[s.stub]
		f.Field = maskPath(r.diff.shapes[s.shape].path, r.diff.texts[s.value])
		key := r.diff.spotKey(&f)
		at[key] = append(at[key], i)
	}
	onePage := r.onePage(at)
	for _, f := range r.held {
		spots := at[r.diff.spotKey(&f)]
		if perPage(f) && slices.ContainsFunc(spots, func(i int) bool { return onePage[r.diff.drawnIn(&r.diff.spots[i])] }) {
			continue
		}
		f, ok := r.weigh(f, spots, verdicts)
		if !ok {
			continue
		}
		r.lessons.finding(r.pool, &f)
		if !yield(Conclusion{Finding: &f}, nil) {
			return false
		}
	}
	for _, f := range r.identifiers(verdicts) {
		if !yield(Conclusion{Finding: &f}, nil) {
			return false
		}
	}
	return true
}

// perPage reports whether a finding is of an identifier that may have been drawn for one page alone, as a tag does that was refused
// storage: then it tells nobody apart beyond that page, whatever its vendor calls it.
func perPage(f Finding) bool {
	return (f.Class == rule.ClientID || f.Class == rule.SyncedID) && !outlives(&f)
}

// drawing is a place in which a profile sent something in one state of its choice.
type drawing struct {
	place   uint64
	profile uint8
	state   crawler.Consent
}

func (d *differential) drawnIn(s *spot) drawing {
	return drawing{s.near, s.profile, d.stubs[s.stub].Consent}
}

// pageOf is a page as one visit saw it.
type pageOf struct {
	visit int32
	id    string
}

// draws is what a profile sent in a place in one state.
type draws struct {
	pages  map[pageOf]bool
	values map[uint64]bool
	lasts  bool // the browser keeps a value, or it was seen on two pages in any state
}

// onePage are the places and states in which a profile sent another value on each page, none of which the browser keeps. One page
// in a state proves nothing by itself: it counts where the profile sent other values on its other pages, in whichever state, or
// where another profile drew anew in the same state; who accepts has seen but one page before.
func (r *Run) onePage(at map[uint64][]int) map[drawing]bool {
	all := r.drawings(at)
	seen, anew := map[drawing]map[pageOf]bool{}, map[drawing]bool{} // by place and profile, by place and state
	for k, d := range all {
		of := drawing{place: k.place, profile: k.profile}
		if seen[of] == nil {
			seen[of] = map[pageOf]bool{}
		}
		maps.Copy(seen[of], d.pages)
		if !d.lasts && len(d.pages) > 1 {
			anew[drawing{place: k.place, state: k.state}] = true
		}
	}
	out := map[drawing]bool{}
	for k, d := range all {
		others := len(seen[drawing{place: k.place, profile: k.profile}]) > 1
		out[k] = !d.lasts && (others || anew[drawing{place: k.place, state: k.state}])
	}
	return out
}

// drawings gathers what was sent in each place.
func (r *Run) drawings(at map[uint64][]int) map[drawing]*draws {
	type value struct {
		place   uint64
		profile uint8
		value   uint64
	}
	all := map[drawing]*draws{}
	first := map[value]pageOf{}
	twice := map[value]bool{}
	for i := range r.diff.spots {
		s := &r.diff.spots[i]
		if s.tier == part {
			continue
		}
		k, p := r.diff.drawnIn(s), pageOf{s.visit, r.diff.stubs[s.stub].PageID}
		if all[k] == nil {
			all[k] = &draws{pages: map[pageOf]bool{}, values: map[uint64]bool{}}
		}
		all[k].pages[p], all[k].values[s.value] = true, true
		v := value{s.near, s.profile, s.value}
		seen, again := first[v]
		twice[v] = twice[v] || p.id == "" || again && seen != p
		first[v] = p
	}
	for k, d := range all {
		for v := range d.values {
			d.lasts = d.lasts || twice[value{k.place, k.profile, v}]
		}
	}
	for i := range r.held {
		if f := &r.held[i]; outlives(f) {
			for _, n := range at[r.diff.spotKey(f)] {
				all[r.diff.drawnIn(&r.diff.spots[n])].lasting()
			}
		}
	}
	return all
}

// lasting notes that the browser keeps what was sent; of a part nothing was gathered.
func (d *draws) lasting() {
	if d != nil {
		d.lasts = true
	}
}

// of is the better verdict on a spot of its two places. Others may use the wider one differently: that it is volatile
// counts only if the nearer one says nothing else.
func (d *differential) of(s *spot, verdicts map[valueKey]verdict) verdict {
	near, wide := verdicts[valueKey{s.near, s.value, s.profile}], verdicts[valueKey{s.wide, s.value, s.profile}]
	switch {
	case near == nothing:
		return wide
	case near >= fleeting && wide != proven, wide == nothing:
		return near
	case near >= fleeting:
		return wide
	case wide >= fleeting:
		return near
	}
	return max(near, wide)
}

// weigh holds a finding against the comparison of profiles: what all profiles send, or what is new with each request,
// is no identifier of a visitor; one that stays and differs is proven. The vendor's word stands: profiles that start from
// one session share its identifiers.
func (r *Run) weigh(f Finding, spots []int, verdicts map[valueKey]verdict) (Finding, bool) {
	text := f.Value.Reveal()
	value := r.diff.hash(text)
	if f.Class != rule.UserID && f.Rule != vendorRule && r.diff.shared(value) {
		return f, false
	}
	for _, i := range spots {
		s := &r.diff.spots[i]
		if s.value != value {
			continue
		}
		switch v := r.diff.of(s, verdicts); {
		case v == proven:
			f.Evidence = append(slices.Clone(f.Evidence), Evidence{differentialRule, f.Class, ByDifferential, f.Field})
			f.Confidence = Certain
		case v == volatile && f.Rule != vendorRule && (f.Class == rule.ClientID || f.Class == rule.SyncedID):
			return f, false
		case v == fleeting && f.Rule != vendorRule && !outlives(&f) && (f.Class == rule.ClientID || f.Class == rule.SyncedID):
			f.Class, f.Severity = rule.SessionID, min(f.Severity, classSeverity(rule.SessionID))
			f.identify()
		}
	}
	return f, true
}

// identifiers makes a finding of every occurrence of what the comparison shows to be an identifier, and nothing else
// has found.
func (r *Run) identifiers(verdicts map[valueKey]verdict) []Finding {
	d := r.diff
	whole := map[uint64]bool{}
	var out []Finding
	for t := range tiers {
		for i := range d.spots {
			s := &d.spots[i]
			if s.tier != t {
				continue
			}
			f, ok := r.identifier(s, d.of(s, verdicts))
			if !ok {
				continue
			}
			key := d.spotKey(&f)
			if r.found[key] || t > leaf && whole[key] {
				continue
			}
			whole[key] = whole[key] || t < part
			out = append(out, f)
		}
	}
	slices.SortStableFunc(out, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Profile, b.Profile), cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.Field, b.Field))
	})
	return out
}

func (r *Run) identifier(s *spot, v verdict) (Finding, bool) {
	d := r.diff
	shape := d.shapes[s.shape]
	if ofGroups(shape.path) {
		return Finding{}, false
	}
	name := lastName(shape.path)
	confidence := Likely
	switch v {
	case proven:
		confidence = Certain
	case steady, hinted:
		if eventName.MatchString(name) {
			return Finding{}, false
		}
		if v == hinted {
			confidence = Possible
		}
	default:
		return Finding{}, false
	}
	f := d.stubs[s.stub]
	f.Class, f.Rule, f.Known, f.Confidence = rule.ClientID, differentialRule, ByDifferential, confidence
	if sessionName.MatchString(name) {
		f.Class = rule.SessionID
	}
	f.Form, f.Where, f.Field, f.Chain = formOf(shape.chain), shape.where, maskPath(shape.path, d.texts[s.value]), shape.chain
	f.Value = NewValue(d.texts[s.value])
	r.workers[0].grade(&f, circumstance{})
	return f, true
}

// ofGroups reports whether a name in the path is that of choices and groups (experiments, consent, language), which differ
// between visitors and identify none.
func ofGroups(path string) bool {
	for _, s := range splitPath(path) {
		if !s.index && ordinaryEntry(s.name) {
			return true
		}
	}
	return false
}

// lastName is the last name in a field path.
func lastName(path string) string {
	segs := splitPath(path)
	for _, s := range slices.Backward(segs) {
		if !s.index {
			return s.name
		}
	}
	return ""
}
