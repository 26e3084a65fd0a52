package cause

import (
	"sort"
	"time"
)

// history is a list of what happened, asked for the last of it at a moment. It need not be in the order of time.
type history[T any] struct {
	what []T
	from []time.Time // from[i] is the earliest time of what[i:]; complete once settle was called
}

func (h *history[T]) add(x T, at time.Time) {
	h.what = append(h.what, x)
	h.from = append(h.from, at)
}

// settle makes the list ready to be asked.
func (h *history[T]) settle() {
	for i := len(h.from) - 2; i >= 0; i-- {
		if h.from[i].After(h.from[i+1]) {
			h.from[i] = h.from[i+1]
		}
	}
}

// notAfter returns the index of the last of the list that was not after a moment, -1 if all was.
func (h *history[T]) notAfter(at time.Time) int {
	// The times in from never fall; where the last of them is that is not after the moment, there the list's own is that.
	return sort.Search(len(h.from), func(i int) bool { return h.from[i].After(at) }) - 1
}

// before returns the index of the last of the list that was before a moment, -1 if nothing was.
func (h *history[T]) before(at time.Time) int {
	return sort.Search(len(h.from), func(i int) bool { return !h.from[i].Before(at) }) - 1
}

// inDocument names an address in a document.
type inDocument struct {
	url    string
	loader LoaderID
}

// callIn is a call in a document.
type callIn struct {
	call   Call
	loader LoaderID
}

// maxPlaces bounds from how many places of a document one script is known to have been asked for: a page that asks for it from
// more is polling, and any of them will do.
const maxPlaces = 32

// index finds what a walk asks for, each in a few steps, so that a chain costs no more in a tab with many requests.
type index struct {
	fetched  map[string]*history[*Request] // the requests that fetched a script or a document, by address
	first    map[inDocument]*Request       // of those that a document made the first
	shown    map[FrameID]*documents        // the requests for the documents of a frame
	workers  map[string]start              // where dedicated workers were started, by the address of their script
	injected map[callIn]*history[*Request] // the requests for scripts that a call asked for, in the order in which those came to run
}

// documents are the requests for the documents of a frame.
type documents struct {
	history[*Request]
	other []int // by index: where the last before it is that was for another document; -1: there is none
}

// start is a stack, and the target that it is of.
type start struct {
	stack *Stack
	in    *Target
}

func newIndex(e *Evidence) *index {
	x := &index{
		fetched: map[string]*history[*Request]{}, first: map[inDocument]*Request{}, shown: map[FrameID]*documents{},
	}
	for _, r := range e.Requests {
		switch r.Kind {
		case "script", "document", "stylesheet", "other", "":
			x.addFetched(r)
		}
		if r.Kind == "document" {
			x.addShown(r)
		}
	}
	for _, h := range x.fetched {
		h.settle()
	}
	for _, h := range x.shown {
		h.settle()
	}
	x.workers = workersOf(e.Scripts)
	x.injected = x.injections(e)
	return x
}

func (x *index) addFetched(r *Request) {
	h := x.fetched[r.URL]
	if h == nil {
		h = &history[*Request]{}
		x.fetched[r.URL] = h
	}
	h.add(r, r.Sent)
	key := inDocument{r.URL, r.Loader}
	if x.first[key] == nil {
		x.first[key] = r
	}
}

func (x *index) addShown(r *Request) {
	d := x.shown[r.Frame]
	if d == nil {
		d = &documents{}
		x.shown[r.Frame] = d
	}
	other := len(d.what) - 1
	if other >= 0 && d.what[other].Loader == r.Loader {
		other = d.other[other]
	}
	d.other = append(d.other, other)
	d.add(r, r.Sent)
}

// workersOf finds where dedicated workers were started. Of several with one script it is the one that last ran something.
func workersOf(scripts []*Ran) map[string]start {
	out, seen := map[string]start{}, map[*Target]bool{}
	for i := len(scripts) - 1; i >= 0; i-- {
		t := scripts[i].In
		if seen[t] || t.Type != "worker" || t.Parent == nil {
			continue
		}
		seen[t] = true
		if s := t.startedAt(); s != nil && out[t.URL].stack == nil {
			out[t.URL] = start{s, t.Parent}
		}
	}
	return out
}

// startedAt is the stack that started the target, nil if it is not known. One target has one; if it is told under several names,
// it is that of the first by name.
func (t *Target) startedAt() *Stack {
	var name StackID
	var found *Stack
	for id, s := range t.Started {
		if s != nil && (found == nil || id.Debugger+id.ID < name.Debugger+name.ID) {
			name, found = id, s
		}
	}
	return found
}

// injections finds which calls asked for which scripts.
func (x *index) injections(e *Evidence) map[callIn]*history[*Request] {
	asking := map[inDocument][]*Request{} // the requests for a script, one for every call that asked for it
	known := map[inDocument]map[Call]bool{}
	for _, r := range e.Requests {
		if r.Kind != "script" || r.Initiator.Stack == nil || len(r.Initiator.Stack.Calls) == 0 {
			continue
		}
		key, call := inDocument{r.URL, r.Loader}, r.Initiator.Stack.Calls[0]
		if known[key][call] || len(asking[key]) >= maxPlaces {
			continue
		}
		if known[key] == nil {
			known[key] = map[Call]bool{}
		}
		known[key][call] = true
		asking[key] = append(asking[key], r)
	}
	out := map[callIn]*history[*Request]{}
	for _, s := range e.Scripts {
		if s.URL == "" {
			continue
		}
		for _, r := range asking[inDocument{s.URL, s.Loader}] {
			key := callIn{r.Initiator.Stack.Calls[0], s.Loader}
			if out[key] == nil {
				out[key] = &history[*Request]{}
			}
			out[key].add(r, s.Since)
		}
	}
	for _, h := range out {
		h.settle()
	}
	return out
}

// asked finds the request for a script or a document: the first that the document made, else the last before a moment; nil: there
// is none.
func (x *index) asked(url string, at place) *Request {
	if r := x.first[inDocument{url, at.loader}]; r != nil {
		return r
	}
	h := x.fetched[url]
	if h == nil {
		return nil
	}
	return h.what[max(0, h.notAfter(at.before))]
}

// previous is the document that a frame showed before another one; nil: there was none.
func (x *index) previous(r *Request) *Request {
	d := x.shown[r.Frame]
	if d == nil {
		return nil
	}
	for i := d.before(r.Sent); i >= 0; {
		switch o := d.what[i]; {
		case o.Loader == r.Loader:
			i = d.other[i]
		case !o.Sent.Before(r.Sent):
			i--
		default:
			return o
		}
	}
	return nil
}

// cameToRun is the request for the script that a call asked for and that came to run last before a moment; nil: there is none.
func (x *index) cameToRun(call Call, at place) *Request {
	h := x.injected[callIn{call, at.loader}]
	if h == nil {
		return nil
	}
	if i := h.notAfter(at.before); i >= 0 {
		return h.what[i]
	}
	return nil
}
