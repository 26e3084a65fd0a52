package shown

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"

	"github.com/tagscan/tagscan/crawler"
)

// shell tells an application that did not start: a document that shows nothing, or next to nothing, though its scripts were to
// fill it. A document that is small by design, a blank one of a page for counting too, is none: it takes a reason, such as a
// script that could not be had, that threw, or a place that stands empty.
func (f *Facts) shell() *Instead {
	if !f.Looked || f.Halted || f.Status >= http.StatusBadRequest {
		return nil
	}
	if f.AsSent {
		return f.shellAsSent()
	}
	own, back := f.ownScripts(), f.backEnd()
	gaveUp := f.Threw > 0 && f.App
	reason := ""
	switch {
	case own.lost > 0:
		reason = fmt.Sprintf("%d of its %d scripts could not be loaded", own.lost, own.all)
	case f.Threw > 0:
		reason = "a script of it failed"
	case back.broken > 0 && back.broken == back.all:
		reason = "its back end failed"
	}
	empty := func(why string) *Instead {
		return &Instead{Kind: crawler.GapEmptyPage, Text: "the page stayed empty: " + why}
	}
	switch {
	case f.blank() && reason != "":
		return empty(reason)
	case f.blank() && f.lostScripts() > 0:
		return empty("scripts could not be loaded")
	case f.blank() && (f.Mounts > 0 && (f.App || own.all > 0) || needsScripts.MatchString(f.Noscript)):
		return empty("its application showed nothing")
	case f.waiting() && reason != "":
		return empty(reason)
	case f.blank() && f.busy():
		return empty("it says that it is busy, and never got beyond it")
	case f.Start && f.blank() && nothing.MatchString(f.Markup):
		return empty("the server answered with nothing at all")
	case f.waiting() && (f.Mounts > 0 || f.App || f.busy()):
		return empty("its application never got beyond loading")
	case f.unfilled() && (own.lost > 0 || gaveUp):
		return empty(reason)
	case (back.broken > 0 || gaveUp) && f.fails():
		return &Instead{Kind: crawler.GapEmptyPage, Text: "the page shows an error instead of its content: " + reasonOr(reason, "its back end failed")}
	}
	return nil
}

// shellAsSent tells it from a document as it was sent, which is empty for every application: only that its scripts could not be had, and
// that none asked the site for anything, says that it stayed so.
func (f *Facts) shellAsSent() *Instead {
	own := f.ownScripts()
	_, unbuilt := f.Unbuilt()
	all := f.scripts()
	entry := f.hasScript(entries, func(l *Load) bool { return f.own(l.URL) && l.lost() })
	elsewhere := f.hasScript(bundles, func(l *Load) bool { return !f.own(l.URL) && !l.lost() })
	lost := entry || unbuilt && !elsewhere || f.Mounts > 0 && all > 0 && f.lostScripts() == all
	if !lost || len(f.Calls) > 0 || !f.blank() && !f.waiting() && !f.unfilled() {
		return nil
	}
	text := "the page stayed empty: scripts could not be loaded"
	if own.lost > 0 {
		text = fmt.Sprintf("the page stayed empty: %d of its %d scripts could not be loaded", own.lost, own.all)
	}
	return &Instead{Kind: crawler.GapEmptyPage, Text: text}
}

// nothing is the document that a browser makes of no answer.
var nothing = regexp.MustCompile(`^<html[^>]*>\s*<head>(<meta[^>]*>|<title></title>)*</head>\s*<body[^>]*>(<pre[^>]*></pre>)?\s*</body>\s*</html>\s*$`)

// busyMark says that an element is still to be filled (https://www.w3.org/TR/wai-aria-1.2/#aria-busy).
var busyMark = regexp.MustCompile(`(?i)\saria-busy=["']?true`)

// busy reports whether the document says of a part of it that it loads.
func (f *Facts) busy() bool { return busyMark.MatchString(f.Markup) }

func reasonOr(reason, other string) string {
	if reason == "" {
		return other
	}
	return reason
}

// unfilled reports whether a place for an application stands empty in a document that says little else.
func (f *Facts) unfilled() bool {
	return f.Mounts > 0 && f.TextLength <= 200 && f.OwnLinks <= 3 && len(f.Fields) == 0
}

// waiting reports whether all that the page says is that it loads.
func (f *Facts) waiting() bool {
	return f.TextLength <= 120 && len(f.Fields) == 0 && f.TextLength > 2 && waits.MatchString(f.Text)
}

// fails reports whether a page that says little says that something went wrong.
func (f *Facts) fails() bool {
	return f.TextLength <= 800 && (f.says(failures) || failures.part.MatchString(f.Text))
}

// ownCount counts scripts of the own site.
type ownCount struct{ all, lost int }

// ownScripts counts the scripts of the own site that the main document has, and those that could not be had.
func (f *Facts) ownScripts() ownCount {
	var n ownCount
	for _, l := range f.Loads {
		if l.Script && l.Main && f.own(l.URL) {
			n.all++
			if l.lost() {
				n.lost++
			}
		}
	}
	return n
}

// lostScripts counts scripts of the main document that could not be had, whoever they are from: an application may come from
// elsewhere as a whole.
func (f *Facts) lostScripts() int {
	n := 0
	for _, l := range f.Loads {
		if l.Script && l.Main && l.lost() {
			n++
		}
	}
	return n
}

// scripts counts the scripts of the main document.
func (f *Facts) scripts() int {
	n := 0
	for _, l := range f.Loads {
		if l.Script && l.Main {
			n++
		}
	}
	return n
}

// hasScript reports whether the main document has a script with such a path of which something else is so.
func (f *Facts) hasScript(path *regexp.Regexp, so func(*Load) bool) bool {
	return slices.ContainsFunc(f.Loads, func(l Load) bool { return l.Script && l.Main && path.MatchString(pathOf(l.URL)) && so(&l) })
}

// entries are those that begin an application.
var entries = regexp.MustCompile(`(?i)(^|/)(app|main|index|bundle|client|entry|application)([.\-_~][\w.\-~]*)?\.m?js$`)

// bundles are the names of scripts that are an application, as build tools call them.
var bundles = regexp.MustCompile(`(?i)(^|/)(` +
	`(app|main|index|bundle|build|runtime|vendors?|polyfills?|client|entry|chunk|common|webpack|framework|site|scripts?|application)` +
	`([.\-_~][\w.\-~]*)?\.m?js|(_next|_nuxt|_app|static/js|assets/index)[/\-].*\.m?js)$`)

// Unbuilt reports whether the site's own scripts are missing as a whole: what they do, and whom they load, was not seen, though
// the document shows its content.
func (f *Facts) Unbuilt() (count int, ok bool) {
	own := f.ownScripts()
	if own.all == 0 || own.lost < own.all {
		return 0, false
	}
	if own.all > 1 || f.App {
		return own.all, true
	}
	if f.hasScript(bundles, func(l *Load) bool { return f.own(l.URL) }) {
		return own.all, true
	}
	return 0, false
}

// Call is what a script asked the own site for, as it was answered last.
type Call struct {
	URL    string
	Status int  // 0: no answer
	Nobody bool // its answer says that nobody is signed in, whatever its status
}

// backCount counts what scripts asked the own site for.
type backCount struct{ all, broken, refused, who, whoRefused, nobody, whoNobody int }

// whoami are the paths of services that say who is signed in.
var whoami = regexp.MustCompile(`(^|/)(me|self|whoami|user|userinfo|current[-_]?user|viewer|session|profile|account|identity)(\.json)?(/|$)`)

// backEnd counts them: those that failed, and those that were refused because nobody is signed in.
func (f *Facts) backEnd() backCount {
	var n backCount
	for _, c := range f.Calls {
		who := whoami.MatchString(pathOf(c.URL))
		n.all++
		if who {
			n.who++
		}
		switch {
		case c.Nobody:
			n.refused++
			n.nobody++
			if who {
				n.whoRefused++
				n.whoNobody++
			}
		case c.Status == 0 || c.Status >= http.StatusInternalServerError:
			n.broken++
		case c.Status == http.StatusUnauthorized || c.Status == http.StatusForbidden:
			n.refused++
			if who && c.Status == http.StatusUnauthorized {
				n.whoRefused++
			}
		}
	}
	return n
}
