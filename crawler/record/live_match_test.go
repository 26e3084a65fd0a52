package record

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/record/netlog"
)

// A request that its document gave up before it was sent does not take what another document sent to the same address, though it was
// told first.
func TestWhatWasGivenUpTakesNothing(t *testing.T) {
	began := time.Date(2026, 11, 29, 7, 0, 0, 0, time.UTC)
	from := func(document string) []crawler.Header { return []crawler.Header{{Name: "Referer", Value: document}} }
	givenUp := &hop{headers: from("https://frame.test/closes"), sent: began, failed: aborted}
	other := &hop{headers: from("https://frame.test/stays"), sent: began.Add(20 * time.Millisecond)}
	logged := &netlog.Request{ID: 1, Headers: from("https://frame.test/stays"), At: began.Add(time.Millisecond), Written: true}
	assert.Equal(t, []pair{{other, logged}}, deal([]*hop{givenUp, other}, []*netlog.Request{logged}))

	// Where both were sent, each has its own, in whichever order they were.
	first := &netlog.Request{ID: 2, Headers: from("https://frame.test/closes"), At: began.Add(2 * time.Millisecond), Written: true}
	assert.ElementsMatch(t, []pair{{other, logged}, {givenUp, first}}, deal([]*hop{givenUp, other}, []*netlog.Request{logged, first}))
}
