package visit

import (
	"context"
	_ "embed"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/record"
	"github.com/tagscan/tagscan/crawler/web"
)

// seenJS is a function of a CSS selector, which may be empty; see seen for what it returns.
//
//go:embed seen.js
var seenJS string

// seen is what a page's main document shows, open shadow roots included. What asks for consent is left out: it lies over
// whatever page there is. Texts stay in this package: none goes into a gap.
type seen struct {
	URL        string
	Title      string
	Match      bool   // something matches the selector
	Bad        string // why the selector is none
	Heads      []string
	Text       string // the first 3,000 characters
	TextLength int    // characters of all of it
	OwnLinks   int    // addresses of the own site that links lead to, besides the page's own
	Fields     []seenField
	Password   bool     // a single field that asks for the present password
	Buttons    []string // what the buttons and links that can be seen say, short ones only
	Controls   []string // as Buttons, with those of menus that are closed
	Drawn      int      // pictures, drawings, videos and the like of 16 pixels and more
	Frames     []seenFrame
	Scripts    []string // addresses of script elements
	Inline     int      // script elements with text
	Mounts     int      // elements that an application would fill and that are empty
	App        bool     // the document looks like an application's
	Noscript   string   // what is said to those without scripts
	Markup     string   // the document's HTML, of a document with little text only
}

// seenField is a field to type into.
type seenField struct {
	Type, Auto, Name, Label string
	Sends                   string // what the buttons of its form say
}

// seenFrame is a frame element.
type seenFrame struct {
	Src           string
	Srcdoc        bool
	Seen          bool
	Width, Height int
}

// facts are what is known of a visit when it is over: whether the page that was asked for was seen is told by them alone.
type facts struct {
	seen
	looked  bool             // the document could be looked at
	Asked   string           // the address that was asked for
	Status  int              // of the main document
	Headers []crawler.Header // of its answer
	Loads   []load           // its scripts and frames
	Data    []load           // what its scripts asked third parties for, the last answer of each address
	Calls   []call           // what its scripts asked the own site for
	Threw   int              // exceptions that no script caught
	SignIn  *SignIn          // what somebody who is signed in sees; nil: nobody is
	claimed bool             // somebody is to be signed in: a session was given, or a recording signs in
	halted  bool             // its scripts were stopped, for it loaded itself again and again
	flow    bool             // it is a page of a recording, which leads where it leads
	start   bool             // it is where the crawl begins: nobody has linked to it by mistake
	Ended   string           // why the session that was given does not hold for the page's site; "" if it may
}

// instead is what was shown instead of the page.
type instead struct {
	Kind crawler.GapKind
	Text string // one clause, without an address or words of the page
	Word string // first word of the page's reason, if it is not the kind
}

func (i *instead) reason() string {
	if i.Word != "" {
		return i.Word + ": " + i.Text
	}
	return string(i.Kind) + ": " + i.Text
}

// instead tells what was shown instead of the page, the particular before the general; nil: the page itself, as far as is known.
func (f *facts) instead() *instead {
	for _, look := range []func() *instead{f.wall, f.signInPage, f.maintenance, f.shell, f.errorPage, f.gate} {
		if i := look(); i != nil {
			return i
		}
	}
	return nil
}

// lookTries is how often a document that does not answer in time is looked at: on a busy machine a long one takes a while.
const lookTries = 3

// look takes what the page shows, before anything is typed or tried: what that opens is not what was asked for. What it tells
// is looked at again when all that the page has loaded is known.
func (p *visit) look(ctx context.Context) error {
	selector := ""
	if p.v.o.SignIn != nil {
		selector = p.v.o.SignIn.Selector
	}
	var err error
	for range lookTries {
		err = p.tab.Evaluate(ctx, "("+seenJS+")("+quote(selector)+")", &p.facts.seen)
		if !errors.Is(err, record.ErrTimeout) || ctx.Err() != nil {
			break
		}
	}
	if err != nil {
		return err
	}
	p.lookIntoFrames(ctx)
	st := p.tab.rec.State()
	p.facts.looked, p.facts.Status, p.facts.Threw, p.facts.halted = true, st.Status, st.Exceptions, st.Runaway
	p.instead = p.facts.instead()
	return nil
}

// maxFramesLooked is into how many frames of a document is looked that has nothing else to show.
const maxFramesLooked = 3

// lookIntoFrames adds what frames show to what a document shows that is hardly anything else: a sign-in, a puzzle or an error in a frame
// that fills the page is what the visitor sees. A frame that cannot be looked at adds nothing.
func (p *visit) lookIntoFrames(ctx context.Context) {
	s := &p.facts.seen
	if !s.bare() || !slices.ContainsFunc(s.Frames, seenFrame.fills) {
		return
	}
	frames := p.tab.Frames()
	main := slices.IndexFunc(frames, func(f Frame) bool { return f.Parent == "" })
	if main < 0 {
		return
	}
	looked := 0
	for _, f := range frames {
		if f.Parent != frames[main].ID || looked >= maxFramesLooked {
			continue
		}
		looked++
		var in seen
		if p.tab.EvaluateIn(ctx, f, "("+seenJS+")('')", &in) == nil && slices.ContainsFunc(s.Frames, func(e seenFrame) bool { return e.fills() && e.shows(f.URL) }) {
			s.add(&in)
		}
	}
}

// fills reports whether a frame is large enough to be what a page is about.
func (f seenFrame) fills() bool { return f.Seen && f.Width >= 200 && f.Height >= 120 }

// shows reports whether the frame may show an address: it was given one of its site, or none.
func (f seenFrame) shows(raw string) bool {
	return f.Srcdoc || f.Src == "" || web.Site(f.Src) == web.Site(raw)
}

// add takes what a frame shows for the document's own.
func (s *seen) add(in *seen) {
	s.Heads, s.Fields = append(s.Heads, in.Heads...), append(s.Fields, in.Fields...)
	s.Buttons, s.Controls = append(s.Buttons, in.Buttons...), append(s.Controls, in.Controls...)
	s.Text = strings.TrimSpace(s.Text + " " + in.Text)
	s.TextLength += in.TextLength
	s.Drawn += in.Drawn
	s.Password = s.Password || in.Password
}

// blank reports whether nothing at all can be seen. Frames of one dot are for counting.
func (s *seen) blank() bool {
	if s.TextLength > 2 || s.Drawn > 0 || len(s.Fields) > 0 {
		return false
	}
	for _, f := range s.Frames {
		if f.Seen && f.Width >= 50 && f.Height >= 30 {
			return false
		}
	}
	return true
}

// bare reports whether the document is too small to be a page of the site: at most some sentences, hardly a link to another of
// its pages, nothing to type into.
func (s *seen) bare() bool { return s.TextLength <= 1500 && s.OwnLinks <= 5 && len(s.Fields) == 0 }

// says reports whether the title or a heading is, as a whole, what a table holds.
func (s *seen) says(t phrases) bool {
	for _, head := range append([]string{s.Title}, s.Heads...) {
		if t.whole.MatchString(strings.TrimSpace(head)) {
			return true
		}
	}
	return false
}

// ledElsewhere reports whether the page is not the one that was asked for by its address. What a link to a part of a page or
// another scheme changes does not count.
func (f *facts) ledElsewhere() bool { return f.Asked != "" && f.URL != "" && !samePage(f.Asked, f.URL) }

// own reports whether an address is of the page's own site.
func (f *facts) own(raw string) bool { return web.Site(raw) == web.Site(f.URL) }

// pathOf is the path of an address, in lower case.
func pathOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Path)
}
