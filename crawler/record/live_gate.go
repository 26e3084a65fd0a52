package record

import "net/http"

// hold is what a tab refuses while somebody acts on it: to go away from the documents that it shows.
type hold struct {
	frames  map[string]bool // that stay as they are
	refused int
}

// Stay keeps the documents that the tab shows now until leave is called: their frames are not navigated, whatever is
// clicked or submitted, and no new document is asked for by another method than GET. refused counts what was held back.
func (t *Tab) Stay() (leave func() (refused int)) {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	h := &hold{frames: map[string]bool{}}
	for id, f := range t.r.frames {
		if f.tab == t && f.url != "" && f.url != blank {
			h.frames[id] = true
		}
	}
	t.hold = h
	return func() int {
		t.r.mu.Lock()
		defer t.r.mu.Unlock()
		if t.hold == h {
			t.hold = nil
		}
		return h.refused
	}
}

// refuses reports whether a paused request must not leave. The caller holds the lock.
func (r *Recorder) refuses(p *paused) bool {
	if r.o.Refuse != nil && r.o.Refuse(p.Request.Method, p.Request.URL) {
		return true
	}
	if p.Type != "Document" {
		return false
	}
	t, m := r.tabOf(p)
	if t == nil || t.hold == nil {
		return false
	}
	if !t.hold.frames[p.Frame] && p.Request.Method == http.MethodGet && (m == nil || !m.popup) {
		return false
	}
	t.hold.refused++
	return true
}
