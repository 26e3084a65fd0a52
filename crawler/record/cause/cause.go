// Package cause explains why a request was sent and how a script came to run: it turns the evidence of a tab (who asked for
// what, by which calls, in which document) into chains of causes, nearest first, up to the HTML that started it.
//
// It is pure: it knows no browser, no lock and no clock, and does not change its evidence. Gathering the evidence is left
// to package record, and what the causes mean to package detect.
package cause

import "time"

// Names that the protocol gives. A script's is unique only in the renderer that runs it.
type (
	TargetID string // of a page, a cross-site frame, a worker
	FrameID  string
	LoaderID string // names a document: every navigation of a frame has one of its own
	ScriptID string
)

// Evidence is all that is known of a tab when it is over. It must not change while it is explained.
type Evidence struct {
	Requests []*Request         // in the order in which they were sent
	Scripts  []*Ran             // in the order in which they ran
	Frames   map[FrameID]*Frame // the last that is known of each
	Own      string             // begins the addresses of the scripts that the crawler itself runs in pages: they are no causes
}

// Request is one request; each hop of a redirect is one of its own.
type Request struct {
	ID        string // names it in the run; may be empty
	URL       string // without fragment
	Kind      string // resource type, lower case
	Frame     FrameID
	Loader    LoaderID // the document that it was sent for; of a document, that document. Empty in workers
	Document  string   // address of that
	Sent      time.Time
	Initiator Initiator
	Target    *Target  // that sent it; nil: not known
	Before    *Request // the hop that was redirected to it; nil: none was
	Landed    string   // the address that its redirects led to in the end; empty: there were none
	AsksFor   *Request // of a preflight: the request that it asks leave for; nil: not known, or it is none
	Main      bool     // it fetches a document of the tab's main frame
	Refresh   bool     // of a document: the one before in its frame has asked for it, by a meta element or a header

	Unexplained bool // nobody tells which script sent it, though one did
	ByBrowser   bool // the browser's own process sent it, when a script had put it off; it is unexplained then
}

// Initiator is what the protocol says of the reason for a request:
// https://chromedevtools.github.io/devtools-protocol/tot/Network/#type-Initiator.
type Initiator struct {
	Type    string  `json:"type"`
	URL     string  `json:"url"`
	Line    float64 `json:"lineNumber"` // from 0
	Column  float64 `json:"columnNumber"`
	Request string  `json:"requestId"` // of a preflight
	Stack   *Stack  `json:"stack"`
}

// Stack is a call stack, nearest call first, with the stacks that it was scheduled from:
// https://chromedevtools.github.io/devtools-protocol/tot/Runtime/#type-StackTrace.
type Stack struct {
	Description string   `json:"description"` // of a stack that scheduled another: how
	Calls       []Call   `json:"callFrames"`
	Parent      *Stack   `json:"parent"`
	Elsewhere   *StackID `json:"parentId"` // the rest of the stack, in another target: where a worker was started
}

// Call is one call of a stack.
type Call struct {
	Function string   `json:"functionName"`
	Script   ScriptID `json:"scriptId"`
	URL      string   `json:"url"`
	Line     int      `json:"lineNumber"`   // from 0
	Column   int      `json:"columnNumber"` // from 0
}

// StackID names a stack of another target.
type StackID struct {
	ID       string `json:"id"`
	Debugger string `json:"debuggerId"`
}

// GoesOn returns where a stack goes on in another target, or nil.
func (s *Stack) GoesOn() *StackID {
	for ; s != nil; s = s.Parent {
		if s.Elsewhere != nil {
			return s.Elsewhere
		}
	}
	return nil
}

// Script is a script that ran in a target.
type Script struct {
	ID      ScriptID
	URL     string // empty: made from text
	Line    int    // where it begins in the document that it stands in, from 0
	Column  int
	Hash    string // SHA-256 of its source, hex
	Stack   *Stack // of the calls that made it from text; nil or empty: none did
	Renamed bool   // it says that it is another (sourceURL), and its calls bear that name; URL is where it was loaded from, "" if nowhere
	Claim   string // what it says that it is

	Frame    FrameID
	Loader   LoaderID // the document that it ran in; empty in workers
	Document string   // address of that
	Since    time.Time
	Former   *Script // that had the same id in a renderer that the target has left
}

// Ran is a script and the target that ran it.
type Ran struct {
	*Script
	In *Target
}

// Frame is one holder of documents.
type Frame struct {
	ID, Parent FrameID // no parent: the main frame of a page
	Under      LoaderID
	ParentURL  string  // address of the document that it was made in, which Under names
	Stack      *Stack  // of the scripts that made it; nil: it stood in the HTML
	By         *Target // that those ran in
}

// Target is a page, a frame with a renderer of its own, or a worker.
type Target struct {
	ID      TargetID
	Type    string // as the protocol says: page, iframe, worker, shared_worker …
	URL     string
	Parent  *Target // that started it; nil: the browser, or it is not known
	Scripts map[ScriptID]*Script
	Started map[StackID]*Stack  // where it was started, in its parent, by what its own stacks say of where they go on
	Leavers map[LoaderID][]Call // the handlers that waited for a document's end
}

// script returns a script that ran in the target: the last with that id that fits, or the last if none does; nil: it is not
// known.
func (t *Target) script(id ScriptID, fits func(*Script) bool) *Script {
	if t == nil {
		return nil
	}
	for s := t.Scripts[id]; s != nil; s = s.Former {
		if fits(s) {
			return s
		}
	}
	return t.Scripts[id]
}

// isPage reports whether the target shows documents.
func (t *Target) isPage() bool { return t.Type == "page" || t.Type == "iframe" }
