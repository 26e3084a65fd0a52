package record

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/record/apis"
	"github.com/tagscan/tagscan/crawler/record/cause"
)

const (
	maxUses   = 500 // scripts of a visit whose use of interfaces is told
	maxStacks = 8   // unlike stacks that are kept of what one script did
)

// use is what one script did with interfaces that tell devices apart.
type use struct {
	member *member
	script *cause.Script // nil: it is not known
	url    string        // as the stack names it
	first  time.Time
	state  crawler.Consent
	stacks []*cause.Stack
	apis   []crawler.APIUse
}

// watch has a target's scripts watched, before any of them runs.
func (r *Recorder) watch(s *chrome.Session, kind string) {
	switch kind {
	case "page", "iframe":
		_ = s.Send("Page.addScriptToEvaluateOnNewDocument", map[string]any{
			"source": r.apis.Source, "includeCommandLineAPI": true, "runImmediately": true,
		})
	case "worker", "shared_worker", "service_worker":
		_ = s.Send("Runtime.evaluate", map[string]any{"expression": r.apis.Source, "includeCommandLineAPI": true, "silent": true})
	}
}

// watched takes an exception in if it is how the watch tells what it saw; false: it is the page's own.
func (r *Recorder) watched(m *member, ev chrome.Event) (bool, error) {
	if !bytes.Contains(ev.Params, []byte(r.apis.Key)) {
		return false, nil
	}
	var e struct {
		Details struct {
			Stack     *cause.Stack `json:"stackTrace"`
			Exception struct {
				Description string `json:"description"`
			} `json:"exception"`
		} `json:"exceptionDetails"`
	}
	if err := decodeEvent(ev.Params, &e); err != nil {
		return true, err
	}
	if call, ok := r.apis.Parse(e.Details.Exception.Description); ok {
		m.tab.use(m, call, e.Details.Stack)
	}
	return true, nil
}

// use adds a call to those of the script that made it. The caller holds the lock.
func (t *Tab) use(m *member, call apis.Call, stack *cause.Stack) {
	by := nearest(stack)
	if by == nil {
		return
	}
	script := m.scripts[by.Script]
	i := slices.IndexFunc(t.uses, func(u *use) bool { return u.member == m && u.script == script && (script != nil || u.url == by.URL) })
	if i < 0 {
		if len(t.uses) == maxUses {
			return
		}
		i = len(t.uses)
		t.uses = append(t.uses, &use{member: m, script: script, url: by.URL, first: time.Now(), state: t.meta.Task.Consent})
	}
	u := t.uses[i]
	u.apis = apis.Add(u.apis, call)
	alike := func(o *cause.Stack) bool { return slices.Equal(scriptsOf(o), scriptsOf(stack)) }
	if len(u.stacks) < maxStacks && !slices.ContainsFunc(u.stacks, alike) {
		u.stacks = append(u.stacks, stack)
	}
}

// nearest is the first call of a stack that is not of the watch; nil: there is none.
func nearest(s *cause.Stack) *cause.Call {
	for ; s != nil; s = s.Parent {
		for i := range s.Calls {
			if !strings.HasPrefix(s.Calls[i].URL, OwnScript) {
				return &s.Calls[i]
			}
		}
	}
	return nil
}

// scriptsOf are the scripts of a stack and of those that scheduled it, each once in a row. The watch's own differ with each call.
func scriptsOf(s *cause.Stack) []cause.ScriptID {
	var out []cause.ScriptID
	for ; s != nil; s = s.Parent {
		for _, c := range s.Calls {
			if !strings.HasPrefix(c.URL, OwnScript) {
				out = append(out, c.Script)
			}
		}
	}
	return slices.Compact(out)
}

// use makes the crawler's use of what a script did; nil: nobody knows which script it was.
func (a *account) use(u *use) *crawler.Use {
	in := a.actors[u.member]
	out := &crawler.Use{
		Page: a.meta.Page, Profile: a.meta.Task.Profile, Consent: u.state, Target: in.kind, Time: u.first.UTC(), APIs: u.apis, Frame: in.URL,
	}
	if u.script != nil && u.script.Document != "" {
		out.Frame = u.script.Document
	}
	for _, s := range u.stacks {
		chain := a.chains.Calls(s, &in.Target)
		for i, c := range chain {
			switch {
			case i == 0 && out.Script.Kind == "":
				out.Script = c
			case i > 0 && !sameScript(c, out.Script) && !slices.ContainsFunc(out.Callers, func(o crawler.Cause) bool { return sameScript(c, o) }):
				out.Callers = append(out.Callers, c)
			}
		}
	}
	if out.Script.Kind == "" {
		return nil
	}
	slices.SortFunc(out.APIs, func(a, b crawler.APIUse) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

func sameScript(a, b crawler.Cause) bool { return a.URL == b.URL && a.Script == b.Script }
