package report

import (
	"fmt"
	"io"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/rule"
)

func BenchmarkHTML(b *testing.B) {
	m := largeModel(2000, 60)
	b.ReportAllocs()
	for b.Loop() {
		if err := HTML.Write(b.Context(), io.Discard, m, WriteOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBuild(b *testing.B) {
	builder := sampleBuilder()
	for i := range maxValues {
		builder.personal("account.user_id", fmt.Sprintf("user-%08d-of-many", i))
	}
	for b.Loop() {
		builder.Build(policy.Verdict{})
	}
}

// A run of a hundred thousand requests with large bodies, all of one flow, is kept in a few megabytes.
func TestMemoryStaysFlat(t *testing.T) {
	b := NewBuilder(sampleOptions())
	heap := func() int64 {
		runtime.GC()
		var s runtime.MemStats
		runtime.ReadMemStats(&s)
		return int64(s.HeapAlloc)
	}
	feed := func(from, to int) {
		for i := from; i < to; i++ {
			page, id := fmt.Sprintf("p%d", i/50), fmt.Sprintf("r%d", i)
			feed(b, crawler.Event{Seq: int64(i), Request: &crawler.Request{ID: id, Page: page, Route: "https://shop.example/{n}", URL: "https://api.mixpanel.com/track?n=" + id, Type: "xhr", Body: crawler.NewBody(make([]byte, 2048))}})
			found(b, detect.Finding{Request: "r", Recipient: ownerOf("api.mixpanel.com"), Class: rule.Email, Field: fmt.Sprintf("body.events[%d].email", i), Page: "https://shop.example/{n}", Route: "https://shop.example/{n}",
				Value: detect.NewValue("jane.doe@mail.example"), Fingerprint: "f"})
			if i%50 == 49 {
				feed(b, crawler.Event{Page: &crawler.Page{ID: page, Task: crawler.Task{URL: "https://shop.example/1", Route: "https://shop.example/{n}"}, Outcome: crawler.Complete}})
			}
		}
	}
	feed(0, 10_000)
	before := heap()
	feed(10_000, 100_000)
	grown := heap() - before
	assert.Less(t, grown, int64(8<<20), "90,000 further requests on 1,800 pages")
	assert.Len(t, b.Flows(), 1)
	runtime.KeepAlive(b)
}
