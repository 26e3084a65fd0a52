package detect_test

import (
	"context"
	"encoding/json"
	"iter"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
)

// mixed are requests of about 2 KB each, half of them with somebody's data in it, as the corpus draws them.
func mixed(n int) ([]sample, person) {
	d := newDraw(77)
	p := d.person()
	var out []sample
	for len(out) < n {
		var s sample
		switch d.IntN(4) {
		case 0:
			list := p.data()
			s = d.wrapped(p, list[d.IntN(len(list))], d.IntN(3), d.IntN(3) == 0, true, textWraps, "persona")
		case 1:
			s = d.vendorSample(p, "persona")
		default:
			s = sample{request: harmless[d.IntN(len(harmless))].make(d)}
		}
		pad(d, &s.request)
		out = append(out, s)
	}
	return out, p
}

// pad brings a JSON request to about 2 KB with properties as a tracker sends them; one without a body gets one.
func pad(d draw, r *crawler.Request) {
	var doc map[string]any
	if len(r.Body.Inline) > 0 && json.Unmarshal(r.Body.Inline, &doc) != nil {
		return
	}
	if doc == nil {
		doc = map[string]any{"v": "2.3.1"}
	}
	var items []any
	for size := len(r.URL) + len(r.Body.Inline); size < 1500; size += 135 {
		items = append(items, map[string]any{"sku": "SKU-" + d.digits(7), "price": 10 + d.IntN(90), "label": one(d, "Oak table", "Wool blanket", "Ceramic lamp"),
			"list": "search_results", "pos": d.IntN(30), "ok": true, "at": d.moment(), "variant": one(d, "blue", "oak-dark", "xl")})
	}
	doc["items"] = items
	if r.Method == "GET" {
		r.Method = "POST"
	}
	r.Body = crawler.NewBody([]byte(jsonOf(doc)))
}

func size(samples []sample) (n int64) {
	for i := range samples {
		r := &samples[i].request
		n += int64(len(r.URL) + len(r.Body.Inline))
		for _, h := range r.Headers {
			n += int64(len(h.Name) + len(h.Value))
		}
	}
	return n
}

// The whole pipeline on one core: parse, decode, known values, rules, recipients, merge.
func BenchmarkPipeline(b *testing.B) {
	samples, p := mixed(2000)
	a, err := detect.New(detect.Config{Persona: p.persona(), Workers: 1})
	require.NoError(b, err)
	b.SetBytes(size(samples))
	findings := 0
	for b.Loop() {
		for _, err := range a.Analyze(context.Background(), events(samples), nil) {
			require.NoError(b, err)
			findings++
		}
	}
	b.ReportMetric(float64(len(samples)*b.N)/b.Elapsed().Seconds(), "requests/s")
	require.Positive(b, findings)
}

// What it costs before the first request: the catalog and the pool of known values.
func BenchmarkSetUp(b *testing.B) {
	p := newDraw(77).person()
	one := []sample{{request: newDraw(1).request("GET", "https://t.example.net/", "", nil)}}
	for b.Loop() {
		a, err := detect.New(detect.Config{Persona: p.persona()})
		require.NoError(b, err)
		for _, err := range a.Analyze(context.Background(), events(one), nil) {
			require.NoError(b, err)
		}
	}
}

// A capture of any length is looked at in the same memory.
func TestMemoryStaysFlatOverALongStream(t *testing.T) {
	samples, p := mixed(200)
	a := analyzer(t, detect.Config{Persona: p.persona()})
	var total int64
	long := func(rounds int) iter.Seq2[crawler.Event, error] {
		return func(yield func(crawler.Event, error) bool) {
			seq := int64(0)
			for range rounds {
				for i := range samples {
					seq++
					r := samples[i].request // a copy, as a reader makes
					r.Page = "p1"
					if !yield(crawler.Event{Seq: seq, Request: &r}, nil) {
						return
					}
				}
				total += size(samples)
			}
		}
	}
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	var early, late uint64
	n := 0
	for _, err := range a.Analyze(context.Background(), long(60), nil) {
		require.NoError(t, err)
		n++
		switch n {
		case 2000:
			early = heap()
		case 12000:
			late = heap()
		}
	}
	t.Logf("%d findings in %d MB; heap %d MB early, %d MB late", n, total>>20, early>>20, late>>20)
	require.NotZero(t, late, "too few findings to measure")
	assert.Less(t, int64(late)-int64(early), int64(16<<20))
}

// The same over captures that are read again for what they teach.
func BenchmarkRun(b *testing.B) {
	samples, p := mixed(2000)
	a, err := detect.New(detect.Config{Persona: p.persona(), Workers: 1})
	require.NoError(b, err)
	b.SetBytes(size(samples))
	findings := 0
	for b.Loop() {
		run := a.Open(detect.Capture{Events: func() iter.Seq2[crawler.Event, error] { return events(samples) }})
		for _, err := range run.Findings(context.Background()) {
			require.NoError(b, err)
			findings++
		}
	}
	require.Positive(b, findings)
}
