package apis

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
)

func TestTheWatchHasANameThatNobodyGuesses(t *testing.T) {
	a, b := New("own://"), New("own://")
	assert.NotEqual(t, a.Key, b.Key)
	assert.Contains(t, a.Source, "const "+a.Key+" = ")
	assert.NotContains(t, a.Source, "KEY")
	assert.True(t, strings.HasSuffix(a.Source, "//# sourceURL=own://watch\n"))
}

func TestOnlyTheWatchIsItself(t *testing.T) {
	a, b := New("own://"), New("own://")
	condition := a.Key + "(3,arguments,this)\n//# sourceURL=own://use"
	assert.True(t, a.Is(hash(condition)))
	assert.True(t, a.Is(hash(a.Source)))
	assert.False(t, b.Is(hash(condition)))
	assert.False(t, a.Is(hash("alert(1)\n//# sourceURL=own://use")), "a page can use the address, not the name")
}

func TestWhatTheWatchSaysIsRead(t *testing.T) {
	w := New("own://")
	tests := []struct {
		name, said string
		want       Call
		ok         bool
	}{
		{"a use", w.Key + ": Navigator.platform ", Call{Name: "Navigator.platform"}, true},
		{"a canvas", w.Key + ": HTMLCanvasElement.toDataURL 26 6 3 0 0 0", Call{"HTMLCanvasElement.toDataURL", []int{26, 6, 3, 0, 0, 0}}, true},
		{"a fraction", w.Key + ": AudioBuffer.getChannelData 10.5", Call{"AudioBuffer.getChannelData", []int{10}}, true},
		{"of the page", "Error: HTMLCanvasElement.toDataURL", Call{}, false},
		{"no name", w.Key + ": ", Call{}, false},
		{"no number", w.Key + ": A.b undefined", Call{}, false},
	}
	for _, c := range tests {
		got, ok := w.Parse(c.said)
		require.Equal(t, c.ok, ok, c.name)
		if ok {
			assert.Equal(t, c.want, got, c.name)
		}
	}
}

func TestCallsAddUp(t *testing.T) {
	var all []crawler.APIUse
	for _, c := range []Call{
		{"WebGLRenderingContext.getParameter", []int{37446}}, {"WebGLRenderingContext.getParameter", []int{3379}},
		{"WebGLRenderingContext.getParameter", []int{3379}},
		{"CanvasRenderingContext2D.font", []int{20}}, {"CanvasRenderingContext2D.font", []int{50}},
		{"HTMLCanvasElement.toDataURL", []int{10, 20, 12, 1, 0, 0}}, {"HTMLCanvasElement.toDataURL", []int{10, 20, 12, 1, 0, 0}},
		{"Screen.width", nil},
	} {
		all = Add(all, c)
	}
	assert.Equal(t, []crawler.APIUse{
		{Group: "webgl", Name: "WebGLRenderingContext.getParameter", Count: 3, Parameters: []int{3379, 37446}},
		{Group: "fonts", Name: "CanvasRenderingContext2D.font", Count: 2, Amount: 50},
		{
			Group: "canvas", Name: "HTMLCanvasElement.toDataURL", Count: 2,
			Reads: []crawler.CanvasRead{{Width: 10, Height: 20, Characters: 12, Saved: true}},
		},
		{Group: "screen", Name: "Screen.width", Count: 1},
	}, all)
}
