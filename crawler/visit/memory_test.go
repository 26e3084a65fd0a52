package visit_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/record"
	"github.com/tagscan/tagscan/crawler/visit"
)

// peakHeap measures, until stop is called, by how many bytes the heap grew at most.
func peakHeap() (stop func() int64) {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	base, done, ended := m.HeapAlloc, make(chan struct{}), make(chan struct{})
	peak := base
	go func() {
		defer close(ended)
		for {
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapAlloc)
			select {
			case <-done:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}()
	return func() int64 { close(done); <-ended; return int64(peak - base) }
}

func TestMuchTrafficNeedsLittleMemory(t *testing.T) {
	const upload, middle, requests = 120 << 20, 3 << 20, 10_000
	var uploaded, hits atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/upload":
			html(fmt.Sprintf(`<script>fetch('/big', {method: 'POST', body: new Uint8Array(%d).fill(255)})</script>`, upload))(rw, r)
		case "/middle":
			html(fmt.Sprintf(`<script>fetch('/m', {method: 'POST', body: new Uint8Array(%d).fill(7)})</script>`, middle))(rw, r)
		case "/many":
			html(fmt.Sprintf(`<script>for (let i = 0; i < %d; i++) new Image().src = '/hit?' + i</script>`, requests))(rw, r)
		case "/hit":
			hits.Add(1)
			rw.WriteHeader(http.StatusNoContent)
		default:
			n, _ := io.Copy(io.Discard, r.Body)
			uploaded.Add(n)
			rw.WriteHeader(http.StatusNoContent)
		}
	}))
	t.Cleanup(server.Close)
	out, err := record.Create(t.TempDir(), record.CreateOptions{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, out.Close(record.Ending{})) })
	var kept atomic.Int64
	v := newVisitor(t, chrome.KindHeadlessShell, &web{Server: server}, visit.Options{Timeout: 2 * time.Minute, Load: 90 * time.Second, Keep: func(b []byte) (crawler.Body, error) {
		kept.Add(1)
		return out.Blobs().Put(b)
	}})
	sent := func(events []crawler.Event, part string) (list []*crawler.Request) {
		for _, ev := range events {
			if ev.Request != nil && !ev.Request.NotSent && strings.Contains(ev.Request.URL, part) {
				list = append(list, ev.Request)
			}
		}
		return list
	}

	t.Run("a body is in the blobs before the visit ends", func(t *testing.T) {
		p, events := visitPage(t, v, "http://shop.test/middle")
		require.Equal(t, crawler.Complete, p.Outcome, p.Reason)
		list := sent(events, "/m")
		r := list[len(list)-1]
		assert.EqualValues(t, 1, kept.Load())
		assert.Empty(t, r.Body.Inline)
		b, err := r.Body.Bytes(out.Blobs())
		require.NoError(t, err)
		assert.Equal(t, strings.Repeat("\x07", middle), string(b))
	})
	t.Run("an upload of 120 MB", func(t *testing.T) {
		uploaded.Store(0)
		stop := peakHeap()
		p, events := visitPage(t, v, "http://shop.test/upload")
		peak := stop()
		t.Logf("heap grew by %d MB, %s %s", peak>>20, p.Outcome, p.Reason)
		assert.Less(t, peak, int64(400<<20))
		require.EqualValues(t, upload, uploaded.Load())
		list := sent(events, "/big")
		require.Len(t, list, 1)
		assert.Contains(t, list[0].Unseen, "too large")
		assert.EqualValues(t, upload, list[0].Body.Size)
		assert.True(t, list[0].Body.Cut)
		assert.Equal(t, strings.Repeat("\xff", crawler.MaxInline), string(list[0].Body.Inline))
		assert.Equal(t, crawler.Partial, p.Outcome)
	})
	t.Run("10,000 requests", func(t *testing.T) {
		stop := peakHeap()
		p, events := visitPage(t, v, "http://shop.test/many")
		peak := stop()
		t.Logf("heap grew by %d MB, %s %s", peak>>20, p.Outcome, p.Reason)
		assert.Less(t, peak, int64(150<<20))
		require.EqualValues(t, requests, hits.Load())
		assert.Len(t, sent(events, "/hit?"), requests)
	})
}
