package visit

import (
	"context"
	"slices"
	"strings"
)

// document is a frame with what was read of it.
type document struct {
	frame     Frame
	collected collected
}

// policy is the Content-Security-Policy in force in a document. One that was made without an address of its own has its
// parent's too (https://www.w3.org/TR/CSP3/#security-inherit-csp).
func (p *visit) policy(docs []document, i int) string {
	var list []string
	for range docs { // no deeper than there are documents
		d := docs[i]
		list = append(list, d.frame.csp, d.collected.CSP)
		if !local(d.collected.URL) {
			break
		}
		if i = slices.IndexFunc(docs, func(o document) bool { return o.frame.ID == d.frame.Parent }); i < 0 {
			break
		}
	}
	return strings.Join(slices.DeleteFunc(list, func(s string) bool { return s == "" }), ", ")
}

// local reports whether a document with the URL was made by its parent and not fetched.
func local(u string) bool {
	scheme, _, _ := strings.Cut(u, ":")
	return slices.Contains([]string{"about", "blob", "data"}, scheme)
}

// sandboxes reads the sandbox attributes of the frames' elements. Only documents that have such an element are asked.
func (p *visit) sandboxes(ctx context.Context, docs []document) {
	for _, d := range docs {
		i := slices.IndexFunc(docs, func(o document) bool { return o.frame.ID == d.frame.Parent })
		if i < 0 || len(docs[i].collected.Sandbox) == 0 {
			continue
		}
		if v, ok := sandboxOf(ctx, docs[i].frame, d.frame.ID); ok {
			p.sandbox[d.frame.ID] = v
		}
	}
}

// sandboxOf reads the sandbox attribute of the element that holds a frame; ok is false if it has none.
func sandboxOf(ctx context.Context, parent Frame, frame string) (value string, ok bool) {
	var owner struct {
		Node int64 `json:"backendNodeId"`
	}
	if parent.session.Call(ctx, "DOM.getFrameOwner", map[string]any{"frameId": frame}, &owner) != nil {
		return "", false
	}
	var described struct {
		Node struct {
			Attributes []string `json:"attributes"` // name, value, name, value …
		} `json:"node"`
	}
	if parent.session.Call(ctx, "DOM.describeNode", map[string]any{"backendNodeId": owner.Node}, &described) != nil {
		return "", false
	}
	for pair := range slices.Chunk(described.Node.Attributes, 2) {
		if len(pair) == 2 && pair[0] == "sandbox" {
			if value = strings.TrimSpace(pair[1]); value == "" {
				value = "(empty)"
			}
			return value, true
		}
	}
	return "", false
}
