package visit

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func env(name string) (string, bool) {
	v, ok := map[string]string{"TAGSCAN_PASSWORD": "p$w}d", "EMPTY": ""}[name]
	return v, ok
}

func TestRecordingsAreReadAsDevToolsWritesThem(t *testing.T) {
	rec, err := ReadRecording(strings.NewReader(`{"title": "Login", "timeout": 9000, "steps": [
		{"type": "setViewport", "width": 1200, "height": 800, "deviceScaleFactor": 1, "isMobile": false, "hasTouch": false, "isLandscape": false},
		{"type": "navigate", "url": "https://a.example/", "assertedEvents": [{"type": "navigation", "url": "https://a.example/", "title": "A"}]},
		{"type": "click", "target": "main", "selectors": [["aria/User"], ["#user"], ["xpath///*[@id=\"user\"]"], ["pierce/#user"], ["my-el", "input"]], "offsetX": 10.5, "offsetY": 3, "frame": [0, 1]},
		{"type": "change", "selectors": ["#pw", ["#pw2"]], "value": "x${TAGSCAN_PASSWORD}${EMPTY}$5", "timeout": 100},
		{"type": "keyDown", "key": "Enter"}, {"type": "close"}]}`), env)
	require.NoError(t, err)
	assert.Equal(t, "https://a.example/", rec.start())
	assert.Equal(t, []int{0, 1}, rec.Steps[2].Frame)
	assert.Equal(t, selectors{{"#pw"}, {"#pw2"}}, rec.Steps[3].Selectors)
	assert.Equal(t, "xp$w}d$5", rec.Steps[3].Value)
	assert.Equal(t, 100*time.Millisecond, rec.timeout(rec.Steps[3]))
	assert.Equal(t, 9*time.Second, rec.timeout(rec.Steps[4]))
	assert.NotContains(t, rec.Steps[3].about(), "p$w}d")
}

func TestRecordingsThatCannotBeReplayedNameTheStep(t *testing.T) {
	nav := `{"type": "navigate", "url": "https://a.example/"}`
	for in, want := range map[string]string{
		`[]`:            "recording: ",
		`{"steps": []}`: "no steps",
		`{"steps": [{"type": "keyUp", "key": "a"}]}`:                                           "no step of type navigate",
		`{"steps": [` + nav + `, {"type": "dance"}]}`:                                          "step 2 (dance): the type is none of change, click",
		`{"steps": [` + nav + `, {"type": "click"}]}`:                                          "step 2 (click): it has no selectors",
		`{"steps": [` + nav + `, {"type": "change", "selectors": ["a"], "value": "${NOPE}"}]}`: "the environment has no NOPE",
		`{"steps": [{"type": "navigate", "url": "file:///etc/passwd"}]}`:                       "not an http",
		`{"steps": [` + nav + `, {"type": "click", "selectors": [5]}]}`:                        "neither a text",
	} {
		_, err := ReadRecording(strings.NewReader(in), env)
		assert.ErrorContains(t, err, want, in)
	}
}

func FuzzReadRecording(f *testing.F) {
	f.Add(`{"steps": [{"type": "navigate", "url": "https://a.example/"}, {"type": "click", "selectors": [["a", "b"], "c"], "frame": [1]}]}`)
	f.Fuzz(func(t *testing.T, in string) {
		rec, err := ReadRecording(strings.NewReader(in), env)
		if err == nil {
			for _, s := range rec.Steps {
				assert.NotEmpty(t, s.about())
				assert.Positive(t, rec.timeout(s))
			}
		}
	})
}
