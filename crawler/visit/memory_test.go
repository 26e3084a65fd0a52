package visit_test

import (
	"crypto/sha256"
	"encoding/hex"
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
	"github.com/tagscan/tagscan/crawler/capture"
	"github.com/tagscan/tagscan/crawler/chrome"
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

func sumOf(t *testing.T, r io.Reader) string {
	h := sha256.New()
	_, err := io.Copy(h, r)
	assert.NoError(t, err)
	return hex.EncodeToString(h.Sum(nil))
}

func TestMuchTrafficNeedsLittleMemory(t *testing.T) {
	const upload, middle, short, requests = 120 << 20, 3 << 20, 100_000, 10_000
	var hits atomic.Int64
	uploaded := make(chan string, 1) // what arrived of the upload, by its hash
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/upload":
			// The frame keeps the page from being left before the upload has arrived.
			html(fmt.Sprintf(`<script>fetch('/big', {method: 'POST', body: new Uint8Array(%d).fill(255)}).then(() => f.src = 'about:blank')</script><iframe id=f src=/never></iframe>`, upload))(rw, r)
		case "/never":
			<-r.Context().Done()
		case "/big":
			uploaded <- sumOf(t, r.Body)
			rw.WriteHeader(http.StatusNoContent)
		case "/short":
			html(fmt.Sprintf(`<script>fetch('/s', {method: 'POST', body: 'a'.repeat(%d)})</script>`, short))(rw, r)
		case "/middle":
			html(fmt.Sprintf(`<script>fetch('/m', {method: 'POST', body: new Uint8Array(%d).fill(7)})</script>`, middle))(rw, r)
		case "/many":
			html(fmt.Sprintf(`<script>for (let i = 0; i < %d; i++) new Image().src = '/hit?' + i</script>`, requests))(rw, r)
		case "/hit":
			hits.Add(1)
			rw.WriteHeader(http.StatusNoContent)
		default:
			_, _ = io.Copy(io.Discard, r.Body)
			rw.WriteHeader(http.StatusNoContent)
		}
	}))
	t.Cleanup(server.Close)
	out, err := capture.Create(t.TempDir(), capture.CreateOptions{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, out.Close(capture.Ending{})) })
	var kept atomic.Int64
	v := newVisitor(t, chrome.KindHeadlessShell, &web{Server: server}, visit.Options{Timeout: 2 * time.Minute, Load: 90 * time.Second, Spill: func() (crawler.Sink, error) {
		kept.Add(1)
		return out.Blobs().Sink()
	}})
	sent := func(events []crawler.Event, part string) (list []*crawler.Request) {
		for _, ev := range events {
			if ev.Request != nil && !ev.Request.NotSent && strings.Contains(ev.Request.URL, part) {
				list = append(list, ev.Request)
			}
		}
		return list
	}

	// The protocol tells a short body in a message that is held, a middle one in a message that is not.
	for _, tt := range []struct{ page, path, want string }{
		{"short", "/s", strings.Repeat("a", short)},
		{"middle", "/m", strings.Repeat("\x07", middle)},
	} {
		t.Run("a body is in the blobs before the visit ends: "+tt.page, func(t *testing.T) {
			kept.Store(0)
			p, events := visitPage(t, v, "http://shop.test/"+tt.page)
			require.Equal(t, crawler.Complete, p.Outcome, p.Reason)
			list := sent(events, tt.path)
			r := list[len(list)-1]
			assert.EqualValues(t, 1, kept.Load())
			assert.Empty(t, r.Body.Inline)
			b, err := r.Body.Bytes(out.Blobs())
			require.NoError(t, err)
			assert.Equal(t, tt.want, string(b))
		})
	}
	t.Run("an upload of 120 MB", func(t *testing.T) {
		stop := peakHeap()
		p, events := visitPage(t, v, "http://shop.test/upload")
		peak := stop()
		t.Logf("heap grew by %d MB, %s %s", peak>>20, p.Outcome, p.Reason)
		assert.Less(t, peak, int64(60<<20))
		assert.Equal(t, crawler.Complete, p.Outcome, p.Reason)
		list := sent(events, "/big")
		require.Len(t, list, 1)
		assert.Empty(t, list[0].Unseen)
		require.Len(t, uploaded, 1, "it arrived")
		assert.Equal(t, crawler.Body{Size: upload, SHA256: <-uploaded}, list[0].Body)
		blob, err := out.Blobs().Open(list[0].Body.SHA256)
		require.NoError(t, err)
		assert.Equal(t, list[0].Body.SHA256, sumOf(t, blob))
		require.NoError(t, blob.Close())
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
