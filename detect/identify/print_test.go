package identify

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/decode"
)

func read(r crawler.CanvasRead) crawler.APIUse {
	return crawler.APIUse{Group: "canvas", Name: "HTMLCanvasElement.toDataURL", Count: 1, Reads: []crawler.CanvasRead{r}}
}

func traits(n int) (out []crawler.APIUse) {
	for i := range n {
		out = append(out, crawler.APIUse{Group: []crawler.APIGroup{"navigator", "screen"}[i%2], Name: crawler.APIName(rune('a' + i)), Count: 1})
	}
	return out
}

func TestWhatTellsDevicesApart(t *testing.T) {
	rendered := crawler.APIUse{Group: "audio", Name: soundRendered, Count: 1}
	card := func(others ...int) []crawler.APIUse {
		return []crawler.APIUse{{Group: "webgl", Name: "WebGLRenderingContext.getParameter", Parameters: append(others, unmaskedTo)}}
	}
	tests := []struct {
		name string
		apis []crawler.APIUse
		want []Method
	}{
		{"text on a canvas", []crawler.APIUse{read(crawler.CanvasRead{Width: 240, Height: 60, Characters: 15})}, []Method{Canvas}},
		{"emoji on a canvas", []crawler.APIUse{read(crawler.CanvasRead{Width: 300, Height: 150})}, nil},
		{"a picture for people", []crawler.APIUse{read(crawler.CanvasRead{Width: 1600, Height: 900, Characters: 20})}, nil},
		{"a chart", []crawler.APIUse{read(crawler.CanvasRead{Width: 600, Height: 300, Characters: 20, Saved: true})}, nil},
		{"a photo made smaller", []crawler.APIUse{read(crawler.CanvasRead{Width: 240, Height: 60, Characters: 15, Lossy: true})}, nil},
		{"a pixel", []crawler.APIUse{read(crawler.CanvasRead{Width: 1, Height: 1, Characters: 15})}, nil},
		{"the graphics card and its limits", card(1, 2, 3, 4, 5, 6, 7, 8), []Method{Graphics}},
		{"the graphics card, for a workaround", card(3379), nil},
		{"the sound of an oscillator", []crawler.APIUse{rendered, {Name: "AudioBuffer.getChannelData", Amount: 5000}}, []Method{Sound}},
		{"ten seconds of music", []crawler.APIUse{rendered, {Name: "AudioBuffer.getChannelData", Amount: 441_000}}, nil},
		{"a sound that is played", []crawler.APIUse{{Name: "AudioBuffer.getChannelData", Amount: 5000}}, nil},
		{"fonts of a system", []crawler.APIUse{{Group: "fonts", Amount: 50}}, []Method{Fonts}},
		{"fonts of an editor", []crawler.APIUse{{Group: "fonts", Amount: 20}}, nil},
		{"a sweep", traits(10), []Method{Traits}},
		{"what sites adapt to", traits(8), nil},
	}
	for _, c := range tests {
		assert.Equal(t, c.want, Methods(&crawler.Use{APIs: c.apis}), c.name)
	}
}

func TestWhoSentIt(t *testing.T) {
	lib, loader := crawler.Cause{URL: "https://cdn.x/lib.js", Kind: "script"}, crawler.Cause{URL: "https://tags.x/gtm.js", Kind: "script"}
	app := crawler.Cause{URL: "https://a.x/", Script: "ab", Kind: "inline"}
	u := &crawler.Use{Script: lib, Callers: []crawler.Cause{app, loader}}
	everybodys := func(c crawler.Cause) bool { return c.URL == loader.URL }
	at := func(c crawler.Cause) crawler.Cause { c.Line, c.Function = 7, "f"; return c }
	assert.True(t, Sent(u, []crawler.Cause{at(lib)}, everybodys))
	assert.True(t, Sent(u, []crawler.Cause{at(app), {URL: "https://a.x/", Kind: "document"}}, everybodys))
	assert.False(t, Sent(u, []crawler.Cause{at(loader)}, everybodys), "it loads everybody's")
	assert.True(t, Sent(u, []crawler.Cause{at(loader)}, nil))
	other := []crawler.Cause{{URL: "https://a.x/", Script: "cd", Kind: "inline"}, {URL: "https://a.x/", Kind: "document"}}
	assert.False(t, Sent(u, other, everybodys), "another part of the page")
	assert.False(t, Sent(&crawler.Use{}, []crawler.Cause{{Kind: "eval"}}, nil))
}

func TestTheResultIsFound(t *testing.T) {
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	all := []Method{Canvas, Graphics, Sound, Fonts, Traits}
	tests := []struct {
		name, body string
		methods    []Method
		want       string // field; empty: there is none
		trait      bool
	}{
		{"a digest", `{"v":"9f1c2d3e1b2c4d5e8f90a1b2c3d4e5f6","p":1}`, all, "body.v", false},
		{"by its name, of two", `{"a":"0f1c2d3e1b2c4d5e8f90a1b2c3d4e5f6","fp":"9f1c2d3e1b2c4d5e8f90a1b2c3d4e5f6"}`, all, "body.fp", false},
		{"in base64", `{"x":"q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA="}`, all, "body.x", false},
		{"a number", `{"u":2165984322}`, all, "body.u", false},
		{"a number, of traits alone", `{"u":2165984322}`, []Method{Graphics, Traits}, "", false},
		{"a moment", `{"u":1795953600}`, all, "", false},
		{"a number against caches", `{"cb":2165984322}`, all, "", false},
		{"a key", `{"apiKey":"9f1c2d3e1b2c4d5e8f90a1b2c3d4e5f6"}`, all, "", false},
		{"the id of an event", `{"event_id":"9f1c2d3e1b2c4d5e8f90a1b2c3d4e5f6","trace_id":"9f1c2d3e1b2c4d5e8f90a1b2c3d4e5f7"}`, all, "", false},
		{"a word", `{"v":"telescopes and lamps","w":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}`, all, "", false},
		{"the graphics card", `{"q":["x","ANGLE (Mesa, llvmpipe, OpenGL 4.5)"]}`, all, "body.q[1]", true},
		{"the graphics card, nobody asked", `{"q":["x","ANGLE (Mesa, llvmpipe, OpenGL 4.5)"]}`, []Method{Canvas}, "", false},
		{"a sum of samples", `{"z":124.04347527516074}`, all, "body.z", true},
		{"how long it took", `{"time":124.04347527516074}`, all, "", false},
		{"a list of fonts", `{"l":["Arial","Calibri","Candara","Corbel","Georgia","Impact","Menlo","Tahoma","Times","Verdana"]}`, all, "body.l[0]", true},
		{"two fonts", `{"l":["Arial","Calibri"]}`, all, "", false},
		{"a canvas", `{"m":"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"}`, all, "body.m", true},
	}
	for _, c := range tests {
		q := &crawler.Request{URL: "https://in.example/e", Method: "POST", Body: crawler.NewBody([]byte(c.body))}
		tree := decode.Options{}.Request(q, nil)
		got, ok := Find(tree, c.methods, func(int) bool { return false }, now)
		if !assert.Equal(t, c.want != "", ok, c.name) || !ok {
			continue
		}
		assert.Equal(t, c.want, tree.Fields[got.Field].Path, c.name)
		assert.Equal(t, c.trait, got.Trait, c.name)
	}
}
