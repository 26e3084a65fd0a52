package record

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/tagscan/tagscan/crawler"
)

// store moves a long body out of memory while the visit goes on. The caller holds the lock; the disk is not waited for.
func (h *hop) store() {
	r, b := h.tab.r, h.body
	if r.o.Spill == nil || len(b) <= crawler.MaxInline || h.storing {
		return
	}
	h.storing = true
	url := h.url
	go func() {
		kept, err := crawler.Pour(r.o.Spill, b)
		if err != nil {
			r.o.Logger.Warn("a body stays in memory", "url", url, "err", err)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		if h.storing && err == nil { // else the visit is told already, with the bytes
			h.kept, h.body = kept, nil
		}
		h.storing = false
		h.tab.touch()
	}()
}

// storeWait is how long bodies may be on their way to the disk when the visit is over. One that is not there by then is
// handed out with its bytes.
const storeWait = 5 * time.Second

// putAway waits until no body is on its way.
func (t *Tab) putAway(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, storeWait)
	defer cancel()
	for {
		t.r.mu.Lock()
		busy := false
		for _, h := range t.order {
			busy = busy || h.storing
		}
		if t.changed == nil {
			t.changed = make(chan struct{})
		}
		changed := t.changed
		t.r.mu.Unlock()
		if !busy {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

// length is how many bytes a body has that was cut: as its header says, else about as many as were counted.
func (h *hop) length(headers []crawler.Header) int64 {
	if n, err := strconv.ParseInt(crawler.HeaderValue(headers, "Content-Length"), 10, 64); err == nil && n > 0 {
		return n
	}
	return int64(h.cut)
}

// whyCut says what is missing of a body of so many bytes.
func (h *hop) whyCut(size int64) string {
	if h.lost != nil {
		return fmt.Sprintf("%d bytes could not be kept: %v", size, h.lost)
	}
	return fmt.Sprintf("too large: of %d bytes only the beginning was kept", size)
}
