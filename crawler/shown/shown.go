// Package shown tells what a page shows instead of its content: a bot protection, a waiting room, a sign-in, maintenance, an
// application that did not start, a gate. It decides by facts alone, which a visit gathers in a browser and a HAR's reader from
// what the file holds; and it says which scripts and frames a page wanted and did not get. What follows from that for a visit is
// left to them.
package shown

import (
	"net/url"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
)

// Document is what a page's main document shows, open shadow roots included. What asks for consent is left out: it lies over
// whatever page there is. None of its texts goes into a gap.
type Document struct {
	URL        string
	Title      string
	Match      bool   // something matches the selector
	Bad        string // why the selector is none
	Heads      []string
	Text       string // the first 3,000 characters
	TextLength int    // characters of all of it
	OwnLinks   int    // addresses of the own site that links lead to, besides the page's own
	Over       string // the first 1,000 characters of what lies over the page in a layer of its own
	Beneath    int    // characters of text beneath that, without those of headers and footers
	LinksUnder int    // as OwnLinks, beneath that and above the footer
	Fields     []Field
	Password   bool     // a single field that asks for the present password
	Buttons    []string // what the buttons and links that can be seen say, short ones only
	Controls   []string // as Buttons, with those of menus that are closed
	Drawn      int      // pictures, drawings, videos and the like of 16 pixels and more
	Frames     []Frame
	Scripts    []string // addresses of script elements
	Inline     int      // script elements with text
	Mounts     int      // elements that an application would fill and that are empty
	App        bool     // the document looks like an application's
	Noscript   string   // what is said to those without scripts
	Markup     string   // the document's HTML, of a document with little text only
}

// Field is a field to type into.
type Field struct {
	Type, Auto, Name, Label string
	Sends                   string // what the buttons of its form say
}

// Frame is a frame element.
type Frame struct {
	Src           string
	Srcdoc        bool
	Seen          bool
	Width, Height int
}

// Facts are what is known of a visit when it is over: whether the page that was asked for was seen is told by them alone.
type Facts struct {
	Document
	Looked  bool             // the document could be looked at
	Asked   string           // the address that was asked for
	Status  int              // of the main document
	Headers []crawler.Header // of its answer
	Cut     bool             // the document was cut off on the way, and its beginning shown
	Loads   []Load           // its scripts and frames
	Data    []Load           // what its scripts asked third parties for, the last answer of each address
	Calls   []Call           // what its scripts asked the own site for
	Threw   int              // exceptions that no script caught
	SignIn  *SignIn          // what somebody who is signed in sees; nil: nobody is
	Claimed bool             // somebody is to be signed in: a session was given, or a recording signs in
	Halted  bool             // its scripts were stopped, for it loaded itself again and again
	Flow    bool             // it is a page of a recording, which leads where it leads
	Start   bool             // it is where the crawl begins: nobody has linked to it by mistake
	Named   bool             // somebody named it: no link led there
	AsSent  bool             // the document is known as it was sent, and not as its scripts made it
	Asks    bool             // scripts of such a document asked for something beyond themselves
	Ended   string           // why the session that was given does not hold for the page's site; "" if it may
}

// Instead is what was shown instead of the page.
type Instead struct {
	Kind crawler.GapKind
	Text string // one clause, without an address or words of the page
	Word string // first word of the page's reason, if it is not the kind
}

// Reason is what a visit's reason says of it.
func (i *Instead) Reason() string {
	if i.Word != "" {
		return i.Word + ": " + i.Text
	}
	return string(i.Kind) + ": " + i.Text
}

// Instead tells what was shown instead of the page, the particular before the general; nil: the page itself, as far as is known.
func (f *Facts) Instead() *Instead {
	for _, look := range []func() *Instead{f.wall, f.signInPage, f.maintenance, f.shell, f.errorPage, f.gate, f.absent} {
		if i := look(); i != nil {
			return i
		}
	}
	return nil
}

// Fills reports whether a frame is large enough to be what a page is about.
func (f Frame) Fills() bool { return f.Seen && f.Width >= 200 && f.Height >= 120 }

// Shows reports whether the frame may show an address: it was given one of its site, or none.
func (f Frame) Shows(raw string) bool {
	return f.Srcdoc || f.Src == "" || web.Site(f.Src) == web.Site(raw)
}

// Add takes what a frame shows for the document's own.
func (s *Document) Add(in *Document) {
	s.Heads, s.Fields = append(s.Heads, in.Heads...), append(s.Fields, in.Fields...)
	s.Buttons, s.Controls = append(s.Buttons, in.Buttons...), append(s.Controls, in.Controls...)
	s.Text = strings.TrimSpace(s.Text + " " + in.Text)
	s.TextLength += in.TextLength
	s.Drawn += in.Drawn
	s.Password = s.Password || in.Password
}

// blank reports whether nothing at all can be seen. Frames of one dot are for counting.
func (s *Document) blank() bool {
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

// Bare reports whether the document is too small to be a page of the site: at most some sentences, hardly a link to another of
// its pages, nothing to type into.
func (s *Document) Bare() bool { return s.TextLength <= 1500 && s.OwnLinks <= 5 && len(s.Fields) == 0 }

// says reports whether the title or a heading is, as a whole, what a table holds.
func (s *Document) says(t phrases) bool {
	for _, head := range append([]string{s.Title}, s.Heads...) {
		if t.whole.MatchString(strings.TrimSpace(head)) {
			return true
		}
	}
	return false
}

// mayShowMore reports whether scripts may have shown anything in a document that is known as it was sent: they have a place for it,
// and came, or asked for something.
func (f *Facts) mayShowMore() bool {
	own := f.ownScripts()
	return f.AsSent && (f.App || f.Mounts > 0) && (f.Asks || own.all > own.lost)
}

// ledElsewhere reports whether the page is not the one that was asked for by its address. What a link to a part of a page or
// another scheme changes does not count.
func (f *Facts) ledElsewhere() bool { return f.Asked != "" && f.URL != "" && !samePage(f.Asked, f.URL) }

// own reports whether an address is of the page's own site.
func (f *Facts) own(raw string) bool { return web.Site(raw) == web.Site(f.URL) }

// pathOf is the path of an address, in lower case.
func pathOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Path)
}
