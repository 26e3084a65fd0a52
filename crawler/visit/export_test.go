package visit

// BrowserOf returns the process id of the visitor's present browser; 0 if it has none at the moment.
func BrowserOf(v *Visitor) int {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.engine == nil {
		return 0
	}
	return v.engine.browser.PID()
}

// EndBrowser lets the visitor's present browser end by itself, which cuts the connection to it.
func EndBrowser(v *Visitor) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.engine != nil {
		_ = v.engine.browser.Session().Send("Browser.close", nil)
	}
}

// WallSamples are pages of the table of walls, one of each kind in turn, each with the name of the wall; "" if it is none.
func WallSamples() (out [][2]string) {
	for i, w := range walls {
		if i%4 == 0 {
			out = append(out, [2]string{w.Hits[0], w.Name}, [2]string{w.Misses[0], ""})
		}
	}
	return out
}
