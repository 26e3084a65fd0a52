package discover

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Tries is how often an address is asked for, all in all, whose server says that it has no time.
const Tries = 3

// longestWait is what robots.txt and sitemaps are waited for between two tries.
const longestWait = time.Minute

// Busy reports whether a status says that the server has no time now and may have some later.
func Busy(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
}

// RetryAfter reads the header of that name, seconds or a date (RFC 9110, 10.2.3); false if it says nothing.
func RetryAfter(value string, now time.Time) (time.Duration, bool) {
	value = strings.TrimSpace(value)
	if n, err := strconv.ParseInt(value, 10, 64); err == nil && n >= 0 {
		const year = 365 * 24 * 60 * 60
		return time.Duration(min(n, year)) * time.Second, true
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now)), true
	}
	return 0, false
}

// Backoff is how long to wait after so many tries, the first is 1, where the server does not say: 2 s, 8 s, 32 s, and up to a
// quarter more, so that those who were turned away together do not come back together.
func Backoff(tries int) time.Duration {
	d := 2 * time.Second << (2 * (min(tries, 5) - 1))
	return d + rand.N(d/4)
}

// get asks for an address, and again if the server is busy. Each try has the timeout to itself, until its body is closed.
func get(ctx context.Context, client *http.Client, address string, timeout time.Duration) (*http.Response, error) {
	for try := 1; ; try++ {
		resp, err := getOnce(ctx, client, address, timeout)
		if err != nil || !Busy(resp.StatusCode) || try == Tries {
			return resp, err
		}
		wait, said := RetryAfter(resp.Header.Get("Retry-After"), time.Now())
		if !said {
			wait = Backoff(try)
		}
		if wait > longestWait {
			return resp, nil // the caller says what it was answered
		}
		resp.Body.Close()
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

func getOnce(ctx context.Context, client *http.Client, address string, timeout time.Duration) (*http.Response, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("no answer in %v", timeout))
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		cancel()
		return nil, err
	}
	resp, err := client.Do(req)
	if err != nil {
		cancel()
		return nil, err
	}
	resp.Body = endingBody{resp.Body, cancel}
	return resp, nil
}

// endingBody ends the time of a try with its body.
type endingBody struct {
	io.ReadCloser
	end context.CancelFunc
}

func (b endingBody) Close() error {
	defer b.end()
	return b.ReadCloser.Close()
}
