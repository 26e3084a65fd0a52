package visit

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
)

// The form in which Playwright 1.64 writes storageState.
const playwrightState = `{
  "cookies": [
    {"name": "sid", "value": "abc", "domain": "app.example", "path": "/", "expires": -1, "httpOnly": true, "secure": true, "sameSite": "Lax"},
    {"name": "old", "value": "x", "domain": ".app.example", "path": "/", "expires": 1000.5, "httpOnly": false, "secure": false, "sameSite": "None"}
  ],
  "origins": [{"origin": "https://app.example", "localStorage": [{"name": "token", "value": "{\"a\":1}"}]}]
}`

func TestSessionReadsPlaywrightsState(t *testing.T) {
	s, err := ReadSession(strings.NewReader(playwrightState))
	require.NoError(t, err)
	var o Options
	expired := s.Restore(&o, time.Unix(2000, 0))
	assert.Equal(t, []string{"old"}, expired)
	require.Len(t, o.Cookies, 1)
	assert.Equal(t, "sid", o.Cookies[0].Name)
	assert.True(t, o.Cookies[0].HTTPOnly)
	require.Len(t, o.Storage, 1)
	assert.Equal(t, "https://app.example", o.Storage[0].Origin)
	assert.Equal(t, `{"a":1}`, o.Storage[0].Value)

	var out bytes.Buffer
	require.NoError(t, s.Write(&out))
	again, err := ReadSession(&out)
	require.NoError(t, err)
	assert.ElementsMatch(t, s.Cookies, again.Cookies)
	assert.Equal(t, s.Origins, again.Origins)
}

func TestSessionKeepsWhatATabHas(t *testing.T) {
	l := &login{
		local:  map[string]map[string]string{"https://app.example": {"b": "2"}, "https://sso.example": {}, "https://none.example": {}},
		ofTabs: map[string]map[string]string{"https://app.example": {"token": "t1"}, "https://sso.example": {"step": "3"}},
	}
	s, err := l.session()
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, s.Write(&out))
	again, err := ReadSession(&out)
	require.NoError(t, err)
	var o Options
	again.Restore(&o, time.Unix(2000, 0))
	assert.Equal(t, []crawler.Storage{
		{Origin: "https://app.example", Area: "local", Key: "b", Value: "2"},
		{Origin: "https://app.example", Area: "session", Key: "token", Value: "t1"},
		{Origin: "https://sso.example", Area: "session", Key: "step", Value: "3"},
	}, o.Storage)
}

func TestSessionRefusesWhatIsNone(t *testing.T) {
	for in, want := range map[string]string{
		`[]`:                              "session",
		`{}`:                              "no cookies",
		`{"cookies":[{"value":"x"}]}`:     "cookie 1",
		`{"origins":[{"origin":"nope"}]}`: "not an origin",
	} {
		_, err := ReadSession(strings.NewReader(in))
		assert.ErrorContains(t, err, want)
	}
}
