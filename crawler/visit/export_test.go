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
