package detect

import (
	"context"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/detect/rule"
)

// learn takes in what the conclusions about a request teach.
func (r *Run) learn(x *examined) {
	l := r.lessons
	if len(x.traces) > 0 {
		l.traces.keep(requestRef{x.job.capture, x.job.seq}, x.traces)
	}
	if x.own {
		l.own(r.pool, x.contacts)
	}
}

// taught makes what was learned known to what is looked at from now on, if it is not to be looked for afterwards.
func (r *Run) taught() {
	if l := r.lessons; r.pool != nil && l.put < len(l.list) && (!l.again || l.traces.full()) {
		l.putInto(r.pool)
	}
}

// holdHash keeps a finding of a hash until the end of the run, which may tell what it is of. false: it is to be told now.
func (r *Run) holdHash(f *Finding, capture int) bool {
	l := r.lessons
	if f.Form != Hashed || keysOfLessons[f.Class] == "" {
		return false
	}
	if !l.again || len(l.held) >= maxHeld {
		f.add(l.ofHash(f))
		return false
	}
	l.held = append(l.held, heldHash{capture, *f})
	return true
}

// add says something more of a finding, unless it is said.
func (f *Finding) add(reason string) {
	if reason != "" && !slices.Contains(f.Reasons, reason) {
		f.Reasons = append(slices.Clip(f.Reasons), reason)
	}
}

// spotOf names where in a run something was found, and of what class.
type spotOf struct {
	request requestRef
	field   string
	class   rule.Class
}

// revisit yields what the lessons of the run find in requests that were looked at before they were learned, and then the
// findings that waited for them. false: the consumer wants no more.
func (r *Run) revisit(ctx context.Context, yield func(Conclusion, error) bool) bool {
	solved := map[spotOf]bool{}
	if !r.lookAgain(ctx, solved, yield) {
		return false
	}
	l := r.lessons
	for i := range l.held {
		h := &l.held[i]
		if solved[spotOf{requestRef{h.capture, h.Seq}, h.Field, h.Class}] {
			continue
		}
		h.add(l.ofHash(&h.Finding))
		if !yield(Conclusion{Finding: &h.Finding}, nil) {
			return false
		}
	}
	return true
}

// lookAgain examines the requests that left a trace of a lesson. solved takes in the hashes that were found before, and are
// found again with what they are of.
func (r *Run) lookAgain(ctx context.Context, solved map[spotOf]bool, yield func(Conclusion, error) bool) bool {
	if len(r.lessons.list) == 0 {
		return true
	}
	pool := r.lessons.pool()
	wanted := r.lessons.traces.with(pool.Traces())
	if len(wanted) == 0 {
		return true
	}
	look := func(w *worker, j job) *examined { return w.reexamine(j, pool) }
	var jobs []job
	for ev, err := range r.events(ctx) {
		if err != nil {
			yield(Conclusion{}, err)
			return false
		}
		if ev.Request == nil || !wanted[requestRef{ev.capture, ev.Seq}] {
			continue
		}
		jobs = append(jobs, job{ev.Request, ev.Seq, ev.capture})
		if len(jobs) < windowRequests {
			continue
		}
		if !r.reexamine(jobs, look, solved, yield) {
			return false
		}
		jobs = jobs[:0]
	}
	return r.reexamine(jobs, look, solved, yield)
}

func (r *Run) reexamine(jobs []job, look func(*worker, job) *examined, solved map[spotOf]bool, yield func(Conclusion, error) bool) bool {
	for len(jobs) > 0 {
		done := r.examineAll(jobs, look)
		jobs = jobs[len(done):]
		for _, x := range done {
			for i := range x.findings {
				f := &x.findings[i]
				solved[spotOf{requestRef{x.job.capture, x.job.seq}, f.Field, f.Class}] = true
				if !yield(Conclusion{Finding: f}, nil) {
					x.release()
					return false
				}
			}
			x.release()
		}
	}
	return true
}

// reexamine looks at a request with what the run has taught, and finds what is new by that.
func (w *worker) reexamine(j job, lessons *rule.Pool) *examined {
	x, facts := w.open(j)
	if x.aside() {
		return x
	}
	before := slices.Clone(merge(x.tree, w.matches(x, facts, nil)))
	for _, m := range merge(x.tree, w.matches(x, facts, lessons)) {
		if m.Known == rule.ByObserved && m.Origin != "" && newly(m.Match, before) {
			x.findings = append(x.findings, w.finding(x, m))
		}
	}
	return x
}

// newly reports whether a match of a lesson says more than what was found before: that somebody's datum is there at all, or
// what a hash is of. An identifier adds nothing where another was found.
func newly(m rule.Match, before []explained) bool {
	for i := range before {
		b := &before[i].Match
		if b.Field != m.Field || b.End <= m.Start || m.End <= b.Start || container(b.Class) {
			continue
		}
		switch {
		case b.Class == m.Class && b.Known == rule.ByField && len(b.Hash) > 0 && len(m.Hash) > 0 && !strings.HasPrefix(m.Hash[0], "?"):
		case b.Class == m.Class, m.Class == rule.UserID, m.Class == rule.SyncedID:
			return false
		}
	}
	return true
}
