package chrome

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pipe is a connection to a browser that the test plays.
func pipe(t *testing.T) (c *conn, browser *io.PipeWriter) {
	t.Helper()
	fromBrowser, browser := io.Pipe()
	toBrowser, out := io.Pipe()
	go io.Copy(io.Discard, toBrowser)
	c = newConn(newReader(fromBrowser, 1<<20, nil), out)
	t.Cleanup(func() {
		browser.Close()
		out.Close()
		<-c.done
		<-c.written
	})
	return c, browser
}

// A browser whose words make no sense is lost: calls that wait are told at once, and nothing panics.
func TestABrowserThatTalksNonsenseIsLost(t *testing.T) {
	for name, words := range map[string]string{
		"half an object": "{\x00", "a list": "[]\x00", "id of another type": `{"id":"one"}` + "\x00", "method of another type": `{"method":7}` + "\x00", "no JSON": "hello\x00", "ends inside a message": `{"id":1`,
	} {
		t.Run(name, func(t *testing.T) {
			c, browser := pipe(t)
			failed := make(chan error, 1)
			go func() { failed <- c.call(context.Background(), "", "Browser.getVersion", nil, nil) }()
			require.Eventually(t, func() bool { c.mu.Lock(); defer c.mu.Unlock(); return len(c.calls) == 1 }, time.Second, time.Millisecond)
			_, err := io.WriteString(browser, words)
			require.NoError(t, err)
			browser.Close()
			select {
			case err := <-failed:
				assert.ErrorContains(t, err, "connection to the browser lost")
			case <-time.After(5 * time.Second):
				t.Fatal("the call hangs")
			}
			assert.Error(t, c.call(context.Background(), "", "Browser.getVersion", nil, nil), "later calls fail too")
		})
	}
}

// What is merely unknown is passed on or ignored, and the connection stands.
func TestUnknownWordsAreNoFault(t *testing.T) {
	c, browser := pipe(t)
	heard := make(chan string, 10)
	c.listen(func(ev Event) { heard <- ev.Method })
	for _, words := range []string{`{"method":"Hologram.appeared","params":{"a":[1,{"b":null}]}}`, `{"id":4711,"result":{}}`, `{"method":"Page.loadEventFired","params":{},"sessionId":"S","more":true}`} {
		_, err := io.WriteString(browser, words+"\x00")
		require.NoError(t, err)
	}
	for _, want := range []string{"Hologram.appeared", "Page.loadEventFired"} {
		select {
		case got := <-heard:
			assert.Equal(t, want, got)
		case <-time.After(5 * time.Second):
			t.Fatal("the event was lost")
		}
	}
}
