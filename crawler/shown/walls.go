package shown

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
)

// Wall is what a bot protection or a waiting room shows instead of the page. That its script is on a page is none: most of
// them look at every visitor of every page. A wall is a document that is hardly anything else, or an answer that says so.
type Wall struct {
	Name   string
	Kind   crawler.GapKind // GapWall or GapQueue
	Source string          // who describes the marks: the vendor, or its own open source
	Proves []mark          // in the answer's head or the address: proof by themselves
	Only   []mark          // stand on the wall alone: proof in a document that is too small for a page
	Puzzle []mark          // a puzzle that forms have too: proof where there is nothing but it
	Sensor []mark          // stand on ordinary pages too: proof where nothing can be seen, or where the page says so itself

	// Hits are walls and Misses ordinary pages of the same vendor, all of them made up: header lines of the answer and an empty
	// line, if there are any to tell, and HTML. A first line that is a number is the status.
	Hits, Misses []string
}

// mark is a pattern on a part of what was seen.
type mark struct {
	in part
	re *regexp.Regexp
}

// part is what a mark is looked for in.
type part int

const (
	head    part = iota // header lines of the main document's answer, "name: value"
	address             // the address that was shown in the end
	asked               // addresses of scripts and frames, one a line
	markup              // HTML
	said                // title and text
)

func marks(in part, patterns ...string) []mark {
	out := make([]mark, len(patterns))
	for i, p := range patterns {
		out[i] = mark{in, regexp.MustCompile(`(?im)` + p)}
	}
	return out
}

// unseen is how a puzzle says that it shows nothing but its answer: it is a sensor then.
var unseen = regexp.MustCompile(`(?i)data-size="invisible"|size=invisible|render=(6L|[\w-]{30,})`)

// wall tells a bot protection or waiting room; nil: none was seen.
func (f *Facts) wall() *Instead {
	parts := map[part]string{
		head: headerLines(f.Headers), address: f.URL, markup: f.Markup, said: f.Title + "\n" + f.Text,
		asked: strings.Join(f.askedFor(), "\n"),
	}
	has := func(ms []mark) bool {
		return slices.ContainsFunc(ms, func(m mark) bool { return m.re.MatchString(parts[m.in]) })
	}
	for _, w := range Walls {
		if has(w.Proves) {
			return w.shown()
		}
	}
	covered := strings.Join(f.covering(), "\n")
	for _, w := range Walls {
		if slices.ContainsFunc(w.Only, func(m mark) bool { return m.in == asked && m.re.MatchString(covered) }) {
			return w.shown()
		}
	}
	if !f.Looked || !f.Bare() {
		return f.wallBySaying()
	}
	for _, w := range Walls {
		if has(w.Only) {
			return w.shown()
		}
	}
	if f.mayShowMore() {
		return nil
	}
	nothing := f.blank() && f.Mounts == 0 && f.lostScripts() == 0
	alone := f.TextLength <= 300 && f.OwnLinks <= 1 && !unseen.MatchString(f.Markup+parts[asked])
	for _, w := range Walls {
		about := challenges
		if w.Kind == crawler.GapQueue {
			about = queues
		}
		strange := f.refused() || f.TextLength <= 700 && (f.says(about) || about.part.MatchString(f.Text))
		if (strange || alone) && has(w.Puzzle) || strange && has(w.Sensor) || nothing && has(w.loaded()) && f.loadsOnly(w) {
			return w.shown()
		}
	}
	if said := f.wallBySaying(); said != nil {
		return said
	}
	if f.Status == http.StatusAccepted && f.blank() && len(f.Scripts)+f.Inline > 0 {
		return aChallenge
	}
	return nil
}

// aChallenge is one of a protection that nobody knows.
var aChallenge = &Instead{Kind: crawler.GapWall, Text: "a bot protection showed a challenge instead of the page"}

// wallBySaying tells a wall by what it says alone. A puzzle has a field for its answer.
func (f *Facts) wallBySaying() *Instead {
	if !f.Looked || f.TextLength > 1500 || f.OwnLinks > 5 || !f.few() || f.mayShowMore() {
		return nil
	}
	if r := f.refusal(); r != nil {
		return r
	}
	switch {
	case f.speaks(challenges):
		return aChallenge
	case f.speaks(queues):
		return &Instead{Kind: crawler.GapQueue, Text: "a waiting room was shown instead of the page"}
	}
	return nil
}

// FrameWall is the gap of a frame that shows a wall instead of what the page has it for: a frame is held to the same as a page. nil: none was
// seen.
func (s *Document) FrameWall() *crawler.Gap {
	f := Facts{Document: *s, Looked: true, Asked: s.URL, Status: http.StatusOK}
	if f.wall() == nil {
		return nil
	}
	const text = "a frame could not be loaded: it shows a bot protection's challenge or a refusal instead of its content"
	return &crawler.Gap{Kind: crawler.GapLoadFailed, Where: s.URL, Text: text}
}

// covering are the addresses of frames so large that they lie over the page, or are all of it.
func (f *Facts) covering() []string {
	var out []string
	for _, x := range f.Frames {
		if x.Seen && x.Width >= 600 && x.Height >= 400 {
			out = append(out, x.Src)
		}
	}
	return out
}

// loaded are the marks of a sensor that the document itself loads. That a network in front of a site sets its cookie says
// nothing about an empty document.
func (w Wall) loaded() []mark {
	return slices.DeleteFunc(slices.Clone(w.Sensor), func(m mark) bool { return m.in == head })
}

// loadsOnly reports whether a document that is known as it was sent has no scripts of its own besides those of a wall, which could
// have filled it.
func (f *Facts) loadsOnly(w Wall) bool {
	if !f.AsSent {
		return true
	}
	ofWall := func(l Load) bool {
		return slices.ContainsFunc(w.loaded(), func(m mark) bool { return m.in == asked && m.re.MatchString(l.URL) })
	}
	return !slices.ContainsFunc(f.Loads, func(l Load) bool { return l.Script && l.Main && f.own(l.URL) && !ofWall(l) })
}

func (w Wall) shown() *Instead {
	if w.Kind == crawler.GapQueue {
		return &Instead{Kind: w.Kind, Text: fmt.Sprintf("a waiting room (%s) was shown instead of the page", w.Name)}
	}
	return &Instead{Kind: w.Kind, Text: fmt.Sprintf("a bot protection (%s) showed a challenge instead of the page", w.Name)}
}

// refused reports whether the status is one that bot protections answer with.
func (f *Facts) refused() bool {
	switch f.Status {
	case http.StatusAccepted, http.StatusForbidden, http.StatusMethodNotAllowed, http.StatusNotAcceptable,
		http.StatusPreconditionRequired, http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return true
	}
	return false
}

// askedFor lists the addresses of scripts and frames: those that stand in the document and those that were asked for.
func (f *Facts) askedFor() []string {
	out := slices.Clone(f.Scripts)
	for _, x := range f.Frames {
		out = append(out, x.Src)
	}
	for _, l := range f.Loads {
		out = append(out, l.URL)
	}
	return out
}

// headerLines are headers as a mark looks at them.
func headerLines(hs []crawler.Header) string {
	var b strings.Builder
	for _, h := range hs {
		for value := range strings.SplitSeq(h.Value, "\n") {
			fmt.Fprintf(&b, "%s: %s\n", h.Name, strings.TrimSpace(value))
		}
	}
	return b.String()
}
