package scan

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
)

// server answers visits, the first with its first answer and so on; the last holds for all that follow.
type server struct {
	answers []answer
	asked   []time.Duration // when, from the beginning
	began   time.Time
}

type answer struct {
	status int
	after  string // Retry-After
	gap    crawler.GapKind
}

func (s *server) visit(_ context.Context, t crawler.Task) iter.Seq2[crawler.Event, error] {
	n := len(s.asked)
	a := s.answers[min(n, len(s.answers)-1)]
	s.asked = append(s.asked, time.Since(s.began))
	id := fmt.Sprintf("p%d", n+1)
	page := &crawler.Page{ID: id, Task: t, URL: t.URL, Status: a.status, Outcome: crawler.Complete, Ended: time.Now()}
	if a.status >= 400 {
		page.Outcome, page.Reason = crawler.Blocked, fmt.Sprintf("status: the server answered %d", a.status)
	}
	if a.gap != "" {
		page.Gaps = append(page.Gaps, crawler.Gap{Kind: a.gap})
	}
	doc := &crawler.Request{ID: fmt.Sprintf("r%d", n+1), Page: id, URL: t.URL, Type: "document", Response: &crawler.Response{Status: a.status}}
	if a.after != "" {
		doc.Response.Headers = []crawler.Header{{Name: "Retry-After", Value: a.after}}
	}
	return func(yield func(crawler.Event, error) bool) {
		_ = yield(crawler.Event{Request: doc}, nil) && yield(crawler.Event{Page: page}, nil)
	}
}

func TestAServerWithoutTimeIsGivenSome(t *testing.T) {
	tests := map[string]struct {
		answers []answer
		asked   int
		least   time.Duration // that passed before the last try
		outcome crawler.Outcome
		gap     crawler.GapKind
	}{
		"answered at once":                 {[]answer{{status: 200}}, 1, 0, crawler.Complete, ""},
		"503, after a second":              {[]answer{{status: 503, after: "1"}, {status: 200}}, 2, time.Second, crawler.Complete, ""},
		"429, after half a minute":         {[]answer{{status: 429, after: "30"}, {status: 200}}, 2, 30 * time.Second, crawler.Complete, ""},
		"429 twice, no word of when":       {[]answer{{status: 429}, {status: 429}, {status: 200}}, 3, 10 * time.Second, crawler.Complete, ""},
		"429 each time":                    {[]answer{{status: 429, after: "2"}}, 3, 4 * time.Second, crawler.Blocked, crawler.GapThrottled},
		"429, an hour":                     {[]answer{{status: 429, after: "3600"}}, 1, 0, crawler.Blocked, crawler.GapThrottled},
		"503, an hour, known as such":      {[]answer{{status: 503, after: "3600", gap: crawler.GapMaintenance}}, 1, 0, crawler.Blocked, crawler.GapMaintenance},
		"a bot protection that answers so": {[]answer{{status: 429, gap: crawler.GapWall}}, 1, 0, crawler.Blocked, crawler.GapWall},
		"an error of another kind":         {[]answer{{status: 500}}, 1, 0, crawler.Blocked, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &server{answers: test.answers, began: time.Now()}
				p := newPatience(func(string, time.Duration) {}, func(string, ...any) {})
				var page *crawler.Page
				var requests []*crawler.Request
				for ev, err := range p.around(s.visit)(t.Context(), crawler.Task{URL: "https://shop.example/a"}) {
					require.NoError(t, err)
					if ev.Page != nil {
						require.Nil(t, page, "one page, whatever it took")
						page = ev.Page
					}
					if ev.Request != nil {
						requests = append(requests, ev.Request)
					}
				}
				require.NotNil(t, page)
				assert.Equal(t, test.outcome, page.Outcome)
				assert.Len(t, s.asked, test.asked)
				assert.GreaterOrEqual(t, s.asked[len(s.asked)-1], test.least)
				assert.Less(t, s.asked[len(s.asked)-1], test.least+test.least/4+time.Second, "no longer than that")
				require.Len(t, requests, test.asked, "what was seen while it was turned away is kept")
				for _, r := range requests {
					assert.Equal(t, page.ID, r.Page)
				}
				var kind crawler.GapKind
				if len(page.Gaps) > 0 {
					kind = page.Gaps[0].Kind
				}
				assert.Equal(t, test.gap, kind)
			})
		})
	}
}

// visitAll visits pages one after the other and returns how they ended.
func visitAll(t *testing.T, p *patience, s *server, n int) (reasons []string) {
	for i := range n {
		for ev := range p.around(s.visit)(t.Context(), crawler.Task{URL: fmt.Sprintf("https://shop.example/%d", i)}) {
			if ev.Page != nil {
				reasons = append(reasons, ev.Page.Reason)
			}
		}
	}
	return reasons
}

func TestAHostThatWantsToBeLeftAloneIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{answers: []answer{{status: 429, after: "3600"}}, began: time.Now()}
		reasons := visitAll(t, newPatience(func(string, time.Duration) {}, func(string, ...any) {}), s, 4)
		assert.Len(t, s.asked, 1, "the others are not asked for")
		for _, r := range reasons {
			assert.True(t, strings.HasPrefix(r, "throttled: "), r)
		}
	})
}

func TestAHostThatTurnsAllAwayIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{answers: []answer{{status: 503}}, began: time.Now()}
		reasons := visitAll(t, newPatience(func(string, time.Duration) {}, func(string, ...any) {}), s, 10)
		assert.Len(t, s.asked, 3*givenUpAfter)
		assert.Len(t, reasons, 10)
	})
}

func TestWaitingEndsWithTheBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		s := &server{answers: []answer{{status: 429, after: "60"}, {status: 200}}, began: time.Now()}
		p := newPatience(func(string, time.Duration) {}, func(string, ...any) {})
		for ev := range p.around(s.visit)(ctx, crawler.Task{URL: "https://shop.example/"}) {
			if ev.Page != nil {
				assert.Contains(t, ev.Page.Reason, "more than is left of the budget")
			}
		}
		assert.Len(t, s.asked, 1)
		assert.Zero(t, time.Since(s.began))
	})
}
