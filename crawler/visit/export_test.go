package visit

// BrowserOf returns the process id of the visitor's only browser; 0 if it has none or several at the moment.
func BrowserOf(v *Visitor) int {
	if list := v.present(); len(list) == 1 {
		return list[0].browser.PID()
	}
	return 0
}

// Browsers is how many browsers the visitor has.
func Browsers(v *Visitor) int { return len(v.present()) }

// EndBrowser lets the visitor's present browsers end by themselves, which cuts the connection to them.
func EndBrowser(v *Visitor) {
	for _, e := range v.present() {
		_ = e.browser.Session().Send("Browser.close", nil)
	}
}
