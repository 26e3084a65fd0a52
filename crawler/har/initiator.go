package har

import (
	"encoding/json"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
)

// parseInitiator reads the initiator that Chrome writes (an object as in its protocol) or that another tool does (a URL),
// without what browser extensions have to do with it.
func parseInitiator(raw json.RawMessage) crawler.Initiator {
	return withoutExtensions(initiatorIn(raw))
}

func initiatorIn(raw json.RawMessage) crawler.Initiator {
	var in harInitiator
	var from string
	if json.Unmarshal(raw, &from) == nil && from != "" {
		return crawler.Initiator{Type: "other", Chain: []crawler.Cause{{URL: web.WithoutFragment(from)}}}
	}
	if json.Unmarshal(raw, &in) != nil {
		return crawler.Initiator{}
	}
	out := crawler.Initiator{Type: strings.ToLower(string(in.Type))}
	for stack, depth := in.Stack, 0; stack != nil && depth < maxStacks; stack, depth = stack.Parent, depth+1 {
		for i, f := range stack.CallFrames {
			c := crawler.Cause{
				URL: web.WithoutFragment(string(f.URL)), Function: string(f.Function), Line: int(f.Line) + 1, Column: int(f.Column) + 1,
			}
			if i == 0 && depth > 0 {
				c.Async = string(stack.Description)
			}
			out.Chain = append(out.Chain, c)
		}
	}
	if len(out.Chain) == 0 && in.URL != "" {
		c := crawler.Cause{URL: web.WithoutFragment(string(in.URL))}
		if in.Line != nil {
			c.Line = int(*in.Line) + 1
		}
		out.Chain = append(out.Chain, c)
	}
	return out
}

// maxStacks bounds a chain of asynchronous stacks; Chrome keeps 32 at tagscan's own setting.
const maxStacks = 256

// initiator writes what parseInitiator reads.
func initiator(in crawler.Initiator) json.RawMessage {
	out := harInitiator{Type: loose(in.Type)}
	if out.Type == "" {
		out.Type = "other"
	}
	if in.Type == "script" || len(in.Chain) > 1 || (len(in.Chain) == 1 && in.Chain[0].Function != "") {
		out.Stack = stackOf(in.Chain)
	} else if len(in.Chain) == 1 {
		out.URL = loose(in.Chain[0].URL)
		if in.Chain[0].Line > 0 {
			out.Line = new(number(in.Chain[0].Line - 1))
		}
	}
	raw, _ := json.Marshal(out) // strings and numbers always marshal
	return raw
}

// stackOf starts a new stack at every cause that is bound to the one before by more than a call.
func stackOf(chain []crawler.Cause) *harStack {
	stack := &harStack{CallFrames: []harFrame{}}
	first := stack
	for i, c := range chain {
		if i > 0 && c.Async != "" {
			stack.Parent = &harStack{Description: loose(c.Async)}
			stack = stack.Parent
		}
		stack.CallFrames = append(stack.CallFrames, harFrame{Function: loose(c.Function), ScriptID: loose(c.Script), URL: loose(c.URL),
			Line: number(max(0, c.Line-1)), Column: number(max(0, c.Column-1))})
	}
	return first
}
