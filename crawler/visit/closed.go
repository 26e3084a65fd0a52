package visit

import (
	"context"
	"fmt"

	"github.com/tagscan/tagscan/crawler/record"
)

// maxClosed bounds the closed shadow roots of a frame that are handed to a script.
const maxClosed = 50

// EachClosedRoot calls a function, given as JavaScript, with a node or more in every closed shadow root of a frame. Scripts
// reach open roots by themselves, and closed ones in no way.
func (t *Tab) EachClosedRoot(ctx context.Context, f Frame, function string) error {
	slow := fmt.Errorf("%w: shadow roots took %v", record.ErrTimeout, evalTimeout)
	ctx, cancel := context.WithTimeoutCause(ctx, t.browser.Patient(evalTimeout), slow)
	defer cancel()
	ids, err := closedRoots(ctx, f)
	if err != nil || len(ids) == 0 {
		return err
	}
	w, err := f.world(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		var node struct {
			Object struct {
				ID string `json:"objectId"`
			} `json:"object"`
		}
		resolve := map[string]any{"backendNodeId": id, "executionContextId": w}
		if err := f.session.Call(ctx, "DOM.resolveNode", resolve, &node); err != nil {
			return fmt.Errorf("shadow root: %w", err)
		}
		call := map[string]any{"objectId": node.Object.ID, "functionDeclaration": "function() { (" + function + ")(this); }"}
		if err := f.session.Call(ctx, "Runtime.callFunctionOn", call, nil); err != nil {
			return fmt.Errorf("shadow root: %w", err)
		}
	}
	return nil
}

// snapshot is what DOMSnapshot.captureSnapshot tells of nodes: https://chromedevtools.github.io/devtools-protocol/tot/DOMSnapshot/
type snapshot struct {
	Strings   []string `json:"strings"`
	Documents []struct {
		FrameID int `json:"frameId"` // in Strings
		Nodes   struct {
			Parent         []int   `json:"parentIndex"`
			Type           []int   `json:"nodeType"`
			BackendNodeID  []int64 `json:"backendNodeId"`
			ShadowRootType struct {
				Index []int `json:"index"` // of the nodes that are in a shadow root
				Value []int `json:"value"` // its kind, in Strings
			} `json:"shadowRootType"`
		} `json:"nodes"`
	} `json:"documents"`
}

// fragment is the nodeType of shadow roots.
const fragment = 11

// closedRoots are nodes directly below a frame's closed shadow roots, one or more of each, from a snapshot, which needs nothing
// enabled in the page.
func closedRoots(ctx context.Context, f Frame) ([]int64, error) {
	var snap snapshot
	if err := f.session.Call(ctx, "DOMSnapshot.captureSnapshot", map[string]any{"computedStyles": []string{}}, &snap); err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	var out []int64
	for _, d := range snap.Documents {
		if snap.text(d.FrameID) != f.ID {
			continue
		}
		inside := map[int]bool{}
		for i, node := range d.Nodes.ShadowRootType.Index {
			if i >= len(d.Nodes.ShadowRootType.Value) || node >= len(d.Nodes.BackendNodeID) || node >= len(d.Nodes.Parent) {
				break
			}
			if snap.text(d.Nodes.ShadowRootType.Value[i]) != "closed" {
				continue
			}
			inside[node] = true
			parent := d.Nodes.Parent[node]
			top := !inside[parent] || parent < len(d.Nodes.Type) && d.Nodes.Type[parent] == fragment
			if top && len(out) < maxClosed {
				out = append(out, d.Nodes.BackendNodeID[node])
			}
		}
	}
	return out, nil
}

func (s snapshot) text(i int) string {
	if i < 0 || i >= len(s.Strings) {
		return ""
	}
	return s.Strings[i]
}
