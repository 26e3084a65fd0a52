package visit

import (
	"context"
	_ "embed"
	"errors"
	"slices"

	"github.com/tagscan/tagscan/crawler/record"
	"github.com/tagscan/tagscan/crawler/shown"
	"github.com/tagscan/tagscan/crawler/web"
)

// seenJS is a function of a CSS selector, which may be empty; see shown.Document for what it returns.
//
//go:embed seen.js
var seenJS string

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
		err = p.tab.Evaluate(ctx, "("+seenJS+")("+quote(selector)+")", &p.facts.Document)
		if !errors.Is(err, record.ErrTimeout) || ctx.Err() != nil {
			break
		}
	}
	if err != nil {
		return err
	}
	p.lookIntoFrames(ctx)
	p.lookForWalls(ctx)
	st := p.tab.rec.State()
	p.facts.Looked, p.facts.Status, p.facts.Threw, p.facts.Halted = true, st.Status, st.Exceptions, st.Runaway
	p.instead = p.facts.Instead()
	return nil
}

// lookForWalls looks into the frames of other sites that are large enough to be what the page has them for.
func (p *visit) lookForWalls(ctx context.Context) {
	p.walled = nil
	s := &p.facts.Document
	if !slices.ContainsFunc(s.Frames, shown.Frame.Fills) {
		return
	}
	frames := p.tab.Frames()
	main := slices.IndexFunc(frames, func(f Frame) bool { return f.Parent == "" })
	looked := 0
	for _, f := range frames {
		if main < 0 || looked >= maxFramesLooked {
			return
		}
		fills := func(e shown.Frame) bool { return e.Fills() && e.Shows(f.URL) }
		if f.Parent != frames[main].ID || web.Site(f.URL) == web.Site(s.URL) || !slices.ContainsFunc(s.Frames, fills) {
			continue
		}
		looked++
		var in shown.Document
		if p.tab.EvaluateIn(ctx, f, "("+seenJS+")('')", &in) != nil {
			continue
		}
		if gap := in.FrameWall(); gap != nil {
			p.walled = append(p.walled, *gap)
		}
	}
}

// maxFramesLooked is into how many frames of a document is looked that has nothing else to show.
const maxFramesLooked = 3

// lookIntoFrames adds what frames show to what a document shows that is hardly anything else: a sign-in, a puzzle or an error in a frame
// that fills the page is what the visitor sees. A frame that cannot be looked at adds nothing.
func (p *visit) lookIntoFrames(ctx context.Context) {
	s := &p.facts.Document
	if !s.Bare() || !slices.ContainsFunc(s.Frames, shown.Frame.Fills) {
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
		var in shown.Document
		if p.tab.EvaluateIn(ctx, f, "("+seenJS+")('')", &in) == nil && slices.ContainsFunc(s.Frames, func(e shown.Frame) bool { return e.Fills() && e.Shows(f.URL) }) {
			s.Add(&in)
		}
	}
}
