package discover

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/temoto/robotstxt"
)

const (
	// robotsAgent is the product token by which a robots.txt may address tagscan (RFC 9309, 2.2.1).
	robotsAgent = "tagscan"
	// maxRobots is how much of a robots.txt is read: RFC 9309, 2.5, asks for at least 500 KiB.
	maxRobots = 512 << 10
	// robotsTimeout bounds the wait for one robots.txt.
	robotsTimeout = 15 * time.Second
	// maxCrawlDelay bounds what a robots.txt may ask for; longer ones are a way to say "never".
	maxCrawlDelay = 30 * time.Second
)

// Robots answers from the robots.txt of each origin, fetched once. As RFC 9309 has it, a server that says there is none
// (4xx) allows everything and one that fails (5xx) forbids everything; 429 counts as a failure, as it does for Google
// (https://developers.google.com/search/docs/crawling-indexing/robots/robots_txt#http-status-codes). A server that cannot be reached at all allows
// everything: the visit then says what is wrong. It is safe for use by several goroutines.
type Robots struct {
	client *http.Client

	mu    sync.Mutex
	hosts map[string]*robotsOfHost
}

type robotsOfHost struct {
	once   sync.Once
	data   *robotstxt.RobotsData // nil: unreachable
	status int                   // of the answer; 0: none came
}

// NewRobots returns a Robots that fetches by the client (see egress.Guard).
func NewRobots(client *http.Client) *Robots {
	return &Robots{client: client, hosts: map[string]*robotsOfHost{}}
}

// Allowed reports whether the robots.txt of the URL's origin lets tagscan visit it.
func (r *Robots) Allowed(ctx context.Context, raw string) bool {
	u, err := parse(raw)
	return err == nil && r.allowed(ctx, u)
}

func (r *Robots) allowed(ctx context.Context, u *url.URL) bool { return r.refuses(ctx, u) == "" }

// refuses says in a clause why tagscan may not visit the URL; "" if it may.
func (r *Robots) refuses(ctx context.Context, u *url.URL) string {
	h := r.load(ctx, u)
	switch {
	case h.data == nil || h.data.TestAgent(u.RequestURI(), robotsAgent):
		return ""
	case h.status >= 500 || h.status == http.StatusTooManyRequests:
		return fmt.Sprintf("it could not be read, for the server answered %d, and that forbids everything", h.status)
	}
	return "it does not allow that"
}

// Sitemaps returns the sitemaps that the robots.txt of the URL's origin names.
func (r *Robots) Sitemaps(ctx context.Context, raw string) []string {
	u, err := parse(raw)
	if err != nil {
		return nil
	}
	if data := r.load(ctx, u).data; data != nil {
		return data.Sitemaps
	}
	return nil
}

// delay returns the Crawl-delay of the URL's origin, if its robots.txt was read. A nil Robots has none.
func (r *Robots) delay(u *url.URL) time.Duration {
	if r == nil {
		return 0
	}
	data := r.load(context.Background(), u).data
	if data == nil {
		return 0
	}
	if g := data.FindGroup(robotsAgent); g != nil {
		return min(g.CrawlDelay, maxCrawlDelay)
	}
	return 0
}

func (r *Robots) load(ctx context.Context, u *url.URL) *robotsOfHost {
	origin := u.Scheme + "://" + u.Host
	r.mu.Lock()
	h := r.hosts[origin]
	if h == nil {
		h = &robotsOfHost{}
		r.hosts[origin] = h
	}
	r.mu.Unlock()
	h.once.Do(func() { h.data, h.status = r.fetch(ctx, origin) })
	return h
}

func (r *Robots) fetch(ctx context.Context, origin string) (data *robotstxt.RobotsData, status int) {
	resp, err := get(ctx, r.client, origin+"/robots.txt", robotsTimeout)
	if err != nil {
		return nil, 0
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxRobots))
	if err != nil {
		return nil, 0
	}
	data, err = robotstxt.FromStatusAndBytes(asFailure(resp.StatusCode), body)
	if err != nil {
		return nil, resp.StatusCode // not a robots.txt, such as a page served for every path
	}
	return data, resp.StatusCode
}

// asFailure makes 429 an error of the server's.
func asFailure(status int) int {
	if status == http.StatusTooManyRequests {
		return http.StatusServiceUnavailable
	}
	return status
}
