package har

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tagscan/tagscan/crawler"
)

// shortfall gathers what is told at the end of the file, with its count.
type shortfall struct {
	unknown int               // requests of which nobody says the consent state
	nowhere int               // requests of which nobody knows whose site they belong to
	unnamed int               // requests that name no page and lead to none
	skipped map[string]int    // entries that could not be read, by what is wrong with them
	first   map[string]string // the id of the first of them
	after   bool              // something that is no HAR follows in the file
	apart   int               // requests of extensions
	toThem  int               // requests to extensions
}

// What is wrong with an entry that is skipped.
const (
	noAddress = "without an address that can be known"
	noEntry   = "without a request"
)

func (s *shortfall) skip(why, id string) {
	if s.skipped == nil {
		s.skipped, s.first = map[string]int{}, map[string]string{}
	}
	if s.skipped[why]++; s.skipped[why] == 1 {
		s.first[why] = id
	}
}

// found are the gaps of what is in the file and was not read.
func (s *shortfall) found() []crawler.Gap {
	var out []crawler.Gap
	for _, why := range []string{noAddress, noEntry} {
		if n := s.skipped[why]; n > 0 {
			out = append(out, crawler.Gap{
				Kind: crawler.GapHARSkipped, Where: "log.entries from " + s.first[why], Count: n, Text: count(n, "entry", "entries") + " " + why,
			})
		}
	}
	if s.after {
		out = append(out, crawler.Gap{Kind: crawler.GapHARSkipped, Count: 1, Text: "what follows the HAR in the file could not be read"})
	}
	return out
}

// extensions tells how many requests of extensions were set apart; nil if there were none.
func (s *shortfall) extensions() *crawler.Note {
	if s.apart+s.toThem == 0 {
		return nil
	}
	return &crawler.Note{
		Level: "info", Kind: "extensions",
		Text: count(s.apart, "request", "requests") + " of browser extensions set apart, " +
			count(s.toThem, "request", "requests") + " to them left out: they are not the site's",
	}
}

// count is a number and what it counts.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// unsaid are the gaps of every HAR that tagscan did not write: what such a file does not say.
func (h *reader) unsaid() []crawler.Gap {
	var out []crawler.Gap
	add := func(kind crawler.GapKind, n int, text string) {
		out = append(out, crawler.Gap{Kind: kind, Count: n, Text: text})
	}
	if n := h.short.nowhere; n > 0 {
		add(crawler.GapHARNoPages, n, "the HAR has no page and no document, so whose site it is is not known")
	} else if n := h.unplaced(); n > 0 {
		add(crawler.GapHARNoPages, n, "of "+count(n, "request", "requests")+" the HAR does not say which of its pages sent it")
	}
	out = append(out, h.unreached(h.pages.site)...)
	withheld, n := h.cookies.lacks(h.isDevTools())
	if withheld != "" {
		add(crawler.GapHARNoCookies, n, withheld)
	}
	if h.short.unknown > 0 {
		add(crawler.GapHARConsent, 1, "nobody says in which consent state the HAR was recorded")
	}
	unproven := "a HAR does not prove that it holds everything that was sent"
	if withheld == "" && h.mayWithhold() {
		unproven += ", and this one has no cookies, which DevTools leave out unless told not to"
	}
	add(crawler.GapHARUnproven, 1, unproven)
	return out
}

// unplaced is how many requests name a page that the file does not list, and of which it shows no document, or name and
// lead to none where not even the documents of listed pages name theirs.
func (h *reader) unplaced() int {
	n := 0
	for _, t := range h.tables {
		if t.adopted {
			n = h.short.unnamed
		}
	}
	for _, t := range h.tables {
		for _, p := range t.list {
			if !p.listed && !p.found && !p.told && p.shown != content {
				n += p.Counts.Requests
			}
		}
	}
	return n
}

// broken says where and how the file ends before its end.
func (h *reader) broken(why error) crawler.Gap {
	if isCutOff(why) {
		return crawler.Gap{Kind: crawler.GapTruncated, Count: 1, Text: fmt.Sprintf("the HAR is cut off after entry %d", h.entries)}
	}
	return crawler.Gap{Kind: crawler.GapDamaged, Count: 1, Text: fmt.Sprintf("the HAR cannot be read after entry %d", h.entries)}
}

// isDevTools reports whether Chrome's panel, or that of a browser made of it, saved the file.
func (h *reader) isDevTools() bool { return toolOf(h.run.Tool, " ").Name == "WebInspector" }

// chromeVersion is the major version of Chrome that a User-Agent names, 0 if it names none.
func chromeVersion(agent string) int {
	_, rest, _ := strings.Cut(agent, " Chrome/")
	major, _, _ := strings.Cut(rest, ".")
	n, _ := strconv.Atoi(major)
	return n
}

// firstSanitized is the first Chrome whose panel leaves cookies out unless told not to; type stripped has the source.
const firstSanitized = 130

// mayWithhold reports whether the tool may have left cookies out, and nothing shows that it did not.
func (h *reader) mayWithhold() bool {
	return h.isDevTools() && !h.cookies.stripped.seen && chromeVersion(h.agent) >= firstSanitized
}
