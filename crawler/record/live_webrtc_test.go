package record

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler/chrome"
)

// A page of the connections that does not come up is opened again, and not waited for as long as a busy machine may take at the most.
func TestThePageOfTheConnectionsIsOpenedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, began, opened := &Recorder{browser: &chrome.Browser{}}, time.Now(), 0
		require.NoError(t, r.listening(context.Background(), func() error {
			if opened++; opened == 2 {
				return r.webrtc.Take(`["ready", null]`, time.Now())
			}
			return nil
		}))
		assert.Equal(t, 2, opened)
		assert.Less(t, time.Since(began), usualOpening+time.Second)
	})
	gone := errors.New("the browser is gone")
	r := &Recorder{browser: &chrome.Browser{}}
	require.ErrorIs(t, r.listening(context.Background(), func() error { return gone }), gone)
}
