package cause

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
)

// site is the evidence of a page of shop.test, document "L", as a test goes on to tell it. Everything happens a second after what was
// told before.
type site struct {
	Evidence
	page *Target
	now  time.Time
}

func newSite() *site {
	s := &site{
		Evidence: Evidence{Own: "tagscan://", Frames: map[FrameID]*Frame{"main": {ID: "main"}}},
		page:     &Target{ID: "page", Type: "page", URL: "https://shop.test/", Parent: &Target{ID: "tab", Type: "tab", URL: "https://shop.test/"}, Scripts: map[ScriptID]*Script{}},
		now:      time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC),
	}
	s.document("main", "L", "https://shop.test/", Initiator{Type: "other"}).Main = true
	return s
}

func (s *site) tick() time.Time {
	s.now = s.now.Add(time.Second)
	return s.now
}

// document is the request for a document of a frame.
func (s *site) document(frame FrameID, loader LoaderID, url string, in Initiator) *Request {
	r := &Request{URL: url, Kind: "document", Frame: frame, Loader: loader, Document: url, Sent: s.tick(), Initiator: in, Target: s.page}
	s.Requests = append(s.Requests, r)
	return r
}

// ask is a request of the page.
func (s *site) ask(kind, url string, in Initiator) *Request {
	r := &Request{URL: url, Kind: kind, Frame: "main", Loader: "L", Document: "https://shop.test/", Sent: s.tick(), Initiator: in, Target: s.page}
	s.Requests = append(s.Requests, r)
	return r
}

// run is a script that runs in the page. What its address names, or its id where it has none, is its hash too.
func (s *site) run(id ScriptID, url string, by *Stack) *Script {
	x := &Script{ID: id, URL: url, Hash: "hash of " + string(id), Stack: by, Frame: "main", Loader: "L", Document: "https://shop.test/", Since: s.tick(), Former: s.page.Scripts[id]}
	s.page.Scripts[id] = x
	s.Scripts = append(s.Scripts, &Ran{x, s.page})
	return x
}

// load is a script that the page asks for and runs.
func (s *site) load(id ScriptID, url string, in Initiator) *Script {
	s.ask("script", url, in)
	return s.run(id, url, nil)
}

func parser(url string) Initiator { return Initiator{Type: "parser", URL: url} }

func script(st *Stack) Initiator { return Initiator{Type: "script", Stack: st} }

// calls is a stack of the calls of some scripts, "id url", nearest first.
func calls(scripts ...string) *Stack {
	st := &Stack{Calls: []Call{}}
	for i, s := range scripts {
		id, url, _ := strings.Cut(s, " ")
		st.Calls = append(st.Calls, Call{Script: ScriptID(id), URL: url, Line: i})
	}
	return st
}

// from says from where a stack was scheduled.
func (s *Stack) from(how string, parent *Stack) *Stack {
	s.Parent = parent
	parent.Description = how
	return s
}

// names are the causes of a chain in short: what each is bound by to the one before, and its address; its kind stands for the address
// of what has none.
func names(chain []crawler.Cause) []string {
	var out []string
	for _, c := range chain {
		_, name, _ := strings.Cut(c.URL, "://")
		if name == "" {
			name = c.URL
		}
		if name == "" || c.Kind == "eval" || c.Kind == "unknown" {
			name = c.Kind
		}
		if c.Async != "" {
			name = c.Async + " " + name
		}
		out = append(out, name)
	}
	return out
}

const (
	tm  = "https://tm.test/tm.js"
	tag = "https://v.test/v.js"
)

// tagged is a page that loads a tag manager which loads a tag, script "2".
func tagged() *site {
	s := newSite()
	s.load("1", tm, parser("https://shop.test/"))
	s.load("2", tag, script(calls("1 "+tm)))
	return s
}

func TestCausesOfRequests(t *testing.T) {
	for _, tt := range []struct {
		what string
		tell func() (*site, *Request)
		want []string
	}{
		{"a picture in the HTML", func() (*site, *Request) {
			s := newSite()
			return s, s.ask("image", "https://col.test/", parser("https://shop.test/"))
		}, []string{"shop.test/"}},
		{"a tag that a tag manager brought", func() (*site, *Request) {
			s := tagged()
			return s, s.ask("fetch", "https://col.test/", script(calls("2 "+tag)))
		}, []string{"v.test/v.js", "tm.test/tm.js", "shop.test/"}},
		{"after a timer", func() (*site, *Request) {
			s := tagged()
			return s, s.ask("fetch", "https://col.test/", script(calls("2 "+tag).from("setTimeout", calls("1 "+tm))))
		}, []string{"v.test/v.js", "setTimeout tm.test/tm.js", "shop.test/"}},
		{"through another's wrapper", func() (*site, *Request) {
			s := tagged()
			s.load("3", "https://wrap.test/w.js", parser("https://shop.test/"))
			return s, s.ask("fetch", "https://col.test/", script(calls("2 "+tag, "3 https://wrap.test/w.js")))
		}, []string{"v.test/v.js", "wrap.test/w.js", "tm.test/tm.js", "shop.test/"}},
		{"put off to the end of an injected script", func() (*site, *Request) {
			s := tagged()
			return s, s.ask("fetch", "https://col.test/", script(calls().from("PendingScript", calls("1 "+tm))))
		}, []string{"v.test/v.js", "PendingScript tm.test/tm.js", "shop.test/"}},
		{"a call of tagscan's own is none", func() (*site, *Request) {
			s := tagged()
			return s, s.ask("fetch", "https://col.test/", script(calls("9 tagscan://page", "8", "2 "+tag)))
		}, []string{"v.test/v.js", "tm.test/tm.js", "shop.test/"}},
		{"a script that says it is tagscan's", func() (*site, *Request) {
			s := tagged()
			x := s.page.Scripts["2"]
			x.Renamed, x.Claim = true, "tagscan://page"
			return s, s.ask("fetch", "https://col.test/", script(calls("2 tagscan://page")))
		}, []string{"v.test/v.js", "tm.test/tm.js", "shop.test/"}},
		{"code made from text that says it is a vendor's", func() (*site, *Request) {
			s := tagged()
			x := s.run("3", "", calls("2 "+tag))
			x.Renamed, x.Claim = true, "https://js.pay.test/v3/"
			return s, s.ask("fetch", "https://col.test/", script(calls("3 https://js.pay.test/v3/")))
		}, []string{"eval", "v.test/v.js", "tm.test/tm.js", "shop.test/"}},
		{"a redirect has the causes of what was redirected", func() (*site, *Request) {
			s := tagged()
			first := s.ask("image", "https://col.test/", script(calls("2 "+tag)))
			second := s.ask("image", "https://sync.test/", Initiator{Type: "other"})
			second.Before, first.Landed = first, second.URL
			return s, second
		}, []string{"v.test/v.js", "tm.test/tm.js", "shop.test/"}},
		{"the script came from where a redirect led to", func() (*site, *Request) {
			s := newSite()
			s.ask("script", tag, parser("https://shop.test/")).Landed = "https://real.test/real.js"
			s.run("1", tag, nil)
			return s, s.ask("fetch", "https://col.test/", script(calls("1 "+tag)))
		}, []string{"real.test/real.js", "shop.test/"}},
		{"a preflight has the causes of what it asks leave for", func() (*site, *Request) {
			s := tagged()
			main := s.ask("fetch", "https://col.test/", script(calls("2 "+tag)))
			pre := s.ask("preflight", "https://col.test/", Initiator{Type: "preflight"})
			pre.AsksFor = main
			return s, pre
		}, []string{"v.test/v.js", "tm.test/tm.js", "shop.test/"}},
		{"code that was made from text", func() (*site, *Request) {
			s := tagged()
			s.run("3", "", calls("2 "+tag))
			return s, s.ask("fetch", "https://col.test/", script(calls("3")))
		}, []string{"eval", "v.test/v.js", "tm.test/tm.js", "shop.test/"}},
		{"a script in the HTML", func() (*site, *Request) {
			s := newSite()
			s.run("1", "https://shop.test/", nil).Line = 12
			return s, s.ask("fetch", "https://col.test/", script(calls("1 https://shop.test/")))
		}, []string{"shop.test/"}},
		{"a style sheet", func() (*site, *Request) {
			s := tagged()
			s.ask("stylesheet", "https://v.test/a.css", script(calls("2 "+tag)))
			return s, s.ask("image", "https://col.test/", parser("https://v.test/a.css"))
		}, []string{"v.test/a.css", "v.test/v.js", "tm.test/tm.js", "shop.test/"}},
		{"a frame that stands in the HTML", func() (*site, *Request) {
			s := newSite()
			s.Frames["f"] = &Frame{ID: "f", Parent: "main", Under: "L", ParentURL: "https://shop.test/"}
			s.document("f", "F", "https://one.test/", Initiator{Type: "other"})
			r := s.ask("image", "https://col.test/", parser("https://one.test/"))
			r.Frame, r.Loader, r.Document = "f", "F", "https://one.test/"
			return s, r
		}, []string{"one.test/", "frame shop.test/"}},
		{"a frame that a script made", func() (*site, *Request) {
			s := tagged()
			s.Frames["f"] = &Frame{ID: "f", Parent: "main", Under: "L", ParentURL: "https://shop.test/", Stack: calls("2 " + tag), By: s.page}
			s.document("f", "F", "https://one.test/", Initiator{Type: "other"})
			r := s.ask("image", "https://col.test/", parser("https://one.test/"))
			r.Frame, r.Loader, r.Document = "f", "F", "https://one.test/"
			return s, r
		}, []string{"one.test/", "frame v.test/v.js", "tm.test/tm.js", "shop.test/"}},
		{"a document without a request, in a frame that a script made", func() (*site, *Request) {
			s := tagged()
			s.Frames["f"] = &Frame{ID: "f", Parent: "main", Under: "L", ParentURL: "https://shop.test/", Stack: calls("2 " + tag), By: s.page}
			r := s.ask("image", "https://col.test/", parser("about:srcdoc"))
			r.Frame, r.Loader, r.Document = "f", "F", "about:srcdoc"
			return s, r
		}, []string{"about:srcdoc", "frame v.test/v.js", "tm.test/tm.js", "shop.test/"}},
		{"a document that had itself refreshed", func() (*site, *Request) {
			s := newSite()
			s.Frames["f"] = &Frame{ID: "f", Parent: "main", Under: "L", ParentURL: "https://shop.test/"}
			s.document("f", "F", "https://one.test/", Initiator{Type: "other"})
			s.document("f", "G", "https://one.test/next", Initiator{Type: "other"}).Refresh = true
			r := s.ask("image", "https://col.test/", parser("https://one.test/next"))
			r.Frame, r.Loader = "f", "G"
			return s, r
		}, []string{"one.test/next", "frame one.test/", "frame shop.test/"}},
		{"the same script in two documents, each as it came there", func() (*site, *Request) {
			s := tagged()
			r := s.ask("script", tag, parser("https://two.test/"))
			r.Frame, r.Loader, r.Document = "f", "F", "https://two.test/"
			s.Frames["f"] = &Frame{ID: "f", Parent: "main", Under: "L", ParentURL: "https://shop.test/"}
			x := s.run("3", tag, nil)
			x.Frame, x.Loader, x.Document = "f", "F", "https://two.test/"
			hit := s.ask("fetch", "https://col.test/", script(calls("3 "+tag)))
			hit.Frame, hit.Loader = "f", "F"
			return s, hit
		}, []string{"v.test/v.js", "two.test/", "frame shop.test/"}},
		{"the id of a script of the renderer before", func() (*site, *Request) {
			s := tagged()
			s.run("2", "https://shop.test/other.js", nil)
			return s, s.ask("fetch", "https://col.test/", script(calls("2 "+tag)))
		}, []string{"v.test/v.js", "tm.test/tm.js", "shop.test/"}},
		{"a worker, and who started it", func() (*site, *Request) {
			s := tagged()
			w := &Target{ID: "w", Type: "worker", URL: "https://shop.test/w.js", Parent: s.page, Scripts: map[ScriptID]*Script{}}
			w.Started = map[StackID]*Stack{{"7", "d"}: calls("2 " + tag)}
			x := &Script{ID: "1", URL: w.URL, Since: s.tick()}
			w.Scripts["1"] = x
			s.Scripts = append(s.Scripts, &Ran{x, w})
			st := calls("1 " + w.URL)
			st.Parent = &Stack{Elsewhere: &StackID{"7", "d"}}
			r := s.ask("fetch", "https://col.test/", script(st))
			r.Target, r.Frame, r.Loader, r.Document = w, "", "", w.URL
			return s, r
		}, []string{"shop.test/w.js", "worker v.test/v.js", "tm.test/tm.js", "shop.test/"}},
		{"the script of a worker", func() (*site, *Request) {
			s := tagged()
			w := &Target{ID: "w", Type: "worker", URL: "https://shop.test/w.js", Parent: s.page, Started: map[StackID]*Stack{{"7", "d"}: calls("2 " + tag)}}
			s.Scripts = append(s.Scripts, &Ran{&Script{ID: "1", URL: w.URL, Since: s.tick()}, w})
			return s, s.ask("other", w.URL, Initiator{Type: "other"})
		}, []string{"v.test/v.js", "tm.test/tm.js", "shop.test/"}},
		{"a service worker, of which no more is known", func() (*site, *Request) {
			s := newSite()
			w := &Target{ID: "w", Type: "service_worker", URL: "https://shop.test/sw.js"}
			r := s.ask("fetch", "https://col.test/", Initiator{Type: "other"})
			r.Target, r.Frame, r.Loader, r.Document = w, "", "", ""
			return s, r
		}, []string{"shop.test/sw.js"}},
		{"sent while the document went, when one script waited for that", func() (*site, *Request) {
			s := tagged()
			s.page.Leavers = map[LoaderID][]Call{"L": {{Script: "2", Line: 1}, {Script: "2", Line: 9}}}
			r := s.ask("ping", "https://col.test/", Initiator{})
			r.Unexplained = true
			return s, r
		}, []string{"v.test/v.js", "tm.test/tm.js", "shop.test/"}},
		{"sent while the document went, when two did", func() (*site, *Request) {
			s := tagged()
			s.page.Leavers = map[LoaderID][]Call{"L": {{Script: "1"}, {Script: "2"}}}
			r := s.ask("ping", "https://col.test/", Initiator{})
			r.Unexplained = true
			return s, r
		}, []string{"unknown", "shop.test/"}},
		{"put off by a script, and sent by the browser", func() (*site, *Request) {
			s := tagged()
			s.page.Leavers = map[LoaderID][]Call{"L": {{Script: "2"}}}
			r := s.ask("fetch", "https://col.test/", Initiator{Type: "script"})
			r.Unexplained, r.ByBrowser = true, true
			return s, r
		}, []string{"unknown", "shop.test/"}},
		{"the page's own document", func() (*site, *Request) {
			s := newSite()
			return s, s.Requests[0]
		}, nil},
		{"nobody knows anything", func() (*site, *Request) {
			s := newSite()
			r := &Request{URL: "https://col.test/", Sent: s.tick()}
			s.Requests = append(s.Requests, r)
			return s, r
		}, nil},
	} {
		t.Run(tt.what, func(t *testing.T) {
			s, r := tt.tell()
			c := New(&s.Evidence)
			chain := c.Request(r)
			assert.Equal(t, tt.want, names(chain))
			assert.Equal(t, chain, c.Request(r), "the same again")
		})
	}
}

func TestCausesOfScripts(t *testing.T) {
	s := tagged()
	s.run("3", "", calls("2 "+tag))
	s.run("4", "https://shop.test/", nil).Line = 3
	c := New(&s.Evidence)
	var got [][]string
	for _, x := range s.Scripts {
		got = append(got, names(c.Script(x)))
	}
	assert.Equal(t, [][]string{
		{"shop.test/"},
		{"tm.test/tm.js", "shop.test/"},
		{"v.test/v.js", "tm.test/tm.js", "shop.test/"},
		{"shop.test/"},
	}, got)
	assert.Same(t, s.Requests[2], c.Asked(s.Scripts[1].Script))
	assert.Same(t, s.Requests[0], c.Asked(s.Scripts[3].Script), "the document that it stands in")
	assert.Nil(t, c.Asked(s.Scripts[2].Script), "nobody asked for text")
}

func TestPlacesAndFunctionsAreTold(t *testing.T) {
	s := tagged()
	s.run("3", "", calls("2 "+tag))
	st := calls("3")
	st.Calls[0].Function, st.Calls[0].Line, st.Calls[0].Column = "send", 9, 4
	chain := New(&s.Evidence).Request(s.ask("fetch", "https://col.test/", script(st)))
	require.NotEmpty(t, chain)
	assert.Equal(t, crawler.Cause{Function: "send", Line: 10, Column: 5, Script: "hash of 3", Kind: "eval"}, chain[0])
}

// chained is a page whose scripts each load the next, and send so many requests.
func chained(scripts, requests int) (*site, []*Request) {
	const deep = 32 // as many stacks as Chrome is asked to remember
	s := newSite()
	url := func(i int) string { return fmt.Sprintf("https://v%d.test/s.js", i) }
	stack := func(i, line int) *Stack {
		var first, last *Stack
		for n := 0; n <= deep && i-n >= 0; n++ {
			st := &Stack{Calls: []Call{{Function: "f", Script: ScriptID(fmt.Sprint(i - n)), URL: url(i - n), Line: line}}}
			if line = 3; last == nil {
				first = st
			} else {
				st.Description, last.Parent = "PendingScript", st
			}
			last = st
		}
		return first
	}
	for i := range scripts {
		in := parser("https://shop.test/")
		if i > 0 {
			in = script(stack(i-1, 3))
		}
		s.load(ScriptID(fmt.Sprint(i)), url(i), in)
	}
	var sent []*Request
	for i := range requests {
		st := stack(i%scripts, 10)
		if i%2 == 1 && st.Parent != nil {
			st.Calls = nil // put off to the end of the script
		}
		sent = append(sent, s.ask("image", fmt.Sprintf("https://col.test/?%d", i), script(st)))
	}
	return s, sent
}

// A page may load scripts that load scripts, without end, and have code make itself again from text; a chain does not.
func TestChainsAreBounded(t *testing.T) {
	s, sent := chained(2000, 2)
	c := New(&s.Evidence)
	for _, r := range sent {
		assert.LessOrEqual(t, len(c.Request(r)), maxChain)
	}
	assert.Len(t, c.Request(s.Requests[2000]), maxChain, "of the last script")
}

// Each tick of a timer that was given text is code of its own, which the one before made. However many there were, it is told who
// began.
func TestTheBeginningOfWhatRepeatsItselfIsTold(t *testing.T) {
	const ticks = 5000
	s := tagged()
	s.load("t", "https://timer.test/t.js", parser("https://shop.test/"))
	for i := range ticks {
		by := calls("t https://timer.test/t.js", fmt.Sprintf("e%d", i-1))
		if i == 0 {
			by = calls("2 " + tag)
		}
		s.run(ScriptID(fmt.Sprintf("e%d", i)), "", by).Hash = "tick"
	}
	st := calls("t https://timer.test/t.js", fmt.Sprintf("e%d", ticks-1))
	c := New(&s.Evidence)
	chain := names(c.Request(s.ask("fetch", "https://col.test/", script(st))))
	assert.Equal(t, []string{"timer.test/t.js", "eval", "shop.test/", "v.test/v.js", "tm.test/tm.js"}, chain)
	assert.Less(t, len(c.seen), 3*maxIdle, "not all are looked at")
}

// The same of a document that has itself loaded again and again.
func TestTheBeginningOfWhatIsRefreshedIsTold(t *testing.T) {
	s := tagged()
	s.Frames["f"] = &Frame{ID: "f", Parent: "main", Under: "L", ParentURL: "https://shop.test/"}
	s.document("f", "F0", "https://one.test/", script(calls("2 "+tag)))
	for i := range 5000 {
		s.document("f", LoaderID(fmt.Sprint("F", i+1)), "https://one.test/", Initiator{Type: "other"}).Refresh = true
	}
	r := s.ask("image", "https://col.test/", parser("https://one.test/"))
	r.Frame, r.Loader = "f", "F5000"
	c := New(&s.Evidence)
	assert.Equal(t, []string{"one.test/", "frame one.test/", "frame v.test/v.js", "tm.test/tm.js", "shop.test/"}, names(c.Request(r)))
	assert.Less(t, len(c.seen), 4*maxIdle, "not all are looked at")
}

// What is looked for is found without looking at all of it, also where the order of what was recorded is not that of time.
func TestHistory(t *testing.T) {
	at := func(sec int) time.Time { return time.Unix(int64(sec), 0) }
	for _, tt := range []struct {
		times            []int
		when             int
		notAfter, before int
	}{
		{nil, 5, -1, -1},
		{[]int{1, 3, 5}, 0, -1, -1},
		{[]int{1, 3, 5}, 3, 1, 0},
		{[]int{1, 3, 5}, 4, 1, 1},
		{[]int{1, 3, 5}, 9, 2, 2},
		{[]int{3, 3, 3}, 3, 2, -1},
		{[]int{1, 7, 2, 9}, 3, 2, 2},
		{[]int{9, 8, 7}, 7, 2, -1},
	} {
		h := &history[int]{}
		for i, sec := range tt.times {
			h.add(i, at(sec))
		}
		h.settle()
		assert.Equal(t, tt.notAfter, h.notAfter(at(tt.when)), "%v at %d", tt.times, tt.when)
		assert.Equal(t, tt.before, h.before(at(tt.when)), "%v before %d", tt.times, tt.when)
	}
}

// How much a chain looks at does not depend on how much there is: what is counted is what it explains on its way, not time.
func TestTheCostOfAChainDoesNotGrowWithThePage(t *testing.T) {
	steps := func(scripts, requests int) (most int) {
		s, sent := chained(scripts, requests)
		c := New(&s.Evidence)
		for _, r := range sent {
			c.Request(r)
			most = max(most, len(c.seen))
		}
		return most
	}
	assert.Equal(t, steps(100, 200), steps(2000, 4000))
}

// 10,000 requests over 2,000 scripts that load one another, and half and twice as many of each.
func BenchmarkChains(b *testing.B) {
	for _, n := range []int{1, 2, 4} {
		scripts, requests := 1000*n, 5000*n
		b.Run(fmt.Sprintf("%d_over_%d", requests, scripts), func(b *testing.B) {
			s, sent := chained(scripts, requests)
			before := heap()
			var most uint64
			b.ReportAllocs()
			for b.Loop() {
				c := New(&s.Evidence)
				told := make([][]crawler.Cause, 0, len(sent))
				for _, r := range sent {
					told = append(told, c.Request(r))
				}
				b.StopTimer()
				most = max(most, heap())
				runtime.KeepAlive(told)
				b.StartTimer()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*requests), "ns/request")
			b.ReportMetric((float64(most)-float64(before))/1e6, "MB-held")
		})
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
