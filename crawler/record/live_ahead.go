package record

import "time"

// ahead reports whether a target is of a page that is rendered before anybody goes there.
func (m *member) ahead() bool {
	for ; m != nil; m = m.parent {
		if m.info.Subtype == "prerender" {
			return true
		}
	}
	return false
}

// activated notes that the tab shows a page now that was rendered ahead. The caller holds the lock.
func (t *Tab) activated(m *member) {
	if m.parent != t.tab {
		return
	}
	t.main, t.handedOver = m, false
	t.state.Navigations++
	t.state.Loaded, t.state.Stopped = m.loaded, time.Time{}
	t.r.frame(m.info.ID, "", t, m)
	t.show(m.info.URL, true)
	t.touch()
}
