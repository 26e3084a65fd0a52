package scan

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/discover"
)

func TestCausesAreNamedWithWhatHelps(t *testing.T) {
	for reason, want := range map[string]Cause{
		"dns: net::ERR_NAME_NOT_RESOLVED":              {"https://a.test/: the name does not resolve (net::ERR_NAME_NOT_RESOLVED)", "--map"},
		"tls: net::ERR_CERT_AUTHORITY_INVALID":         {"https://a.test/: its certificate is not trusted (net::ERR_CERT_AUTHORITY_INVALID)", "--insecure"},
		"connect: net::ERR_CONNECTION_REFUSED":         {"https://a.test/: nothing listens at that host and port (net::ERR_CONNECTION_REFUSED)", "running"},
		"connect: net::ERR_CONNECTION_RESET":           {"https://a.test/: the server cannot be reached (net::ERR_CONNECTION_RESET)", "firewall"},
		"redirects: net::ERR_TOO_MANY_REDIRECTS":       {"https://a.test/: it redirects without end (net::ERR_TOO_MANY_REDIRECTS)", "--session"},
		"timeout: navigation: no load event after 30s": {"https://a.test/: it did not answer in time", "--timeout"},
		"something else: entirely":                     {"https://a.test/: something else: entirely", "doctor"},
	} {
		got := causeOf(t.Context(), nil, &crawler.Page{Task: crawler.Task{URL: "https://a.test/?token=secret"}, Reason: reason})
		assert.Equal(t, want.Text, got.Text)
		assert.Contains(t, got.Hint, want.Hint, reason)
	}
}

func TestAServerThatSpeaksHTTPIsNamed(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	address := strings.Replace(srv.URL, "http:", "https:", 1)
	failed := &crawler.Page{Task: crawler.Task{URL: address}, Reason: "tls: net::ERR_SSL_PROTOCOL_ERROR"}
	got := causeOf(t.Context(), srv.Client(), failed)
	assert.Equal(t, Cause{address + ": the server there speaks http and not https", "say " + srv.URL}, got)
	odd, err := net.Listen("tcp", "127.0.0.1:0") // answers what it does not understand by something that is no HTTP
	assert.NoError(t, err)
	defer odd.Close()
	go oddly(odd)
	failed.Task.URL = "https://" + odd.Addr().String() + "/"
	got = causeOf(t.Context(), srv.Client(), failed)
	assert.Contains(t, got.Text, "speaks http and not https")
	other := httptest.NewTLSServer(http.NotFoundHandler())
	defer other.Close()
	failed.Task.URL = other.URL
	got = causeOf(t.Context(), other.Client(), failed)
	assert.Contains(t, got.Text, "does not speak TLS as a browser does")
}

// oddly answers HTTP to a request and text without a head to anything else, until the listener is closed.
func oddly(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		first := make([]byte, 1)
		if _, err := conn.Read(first); err == nil && first[0] == 'H' {
			fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		} else {
			fmt.Fprint(conn, "<html>bad request</html>")
		}
		conn.Close()
	}
}

func TestAStartPageThatRobotsKeepOutIsNamed(t *testing.T) {
	got, ok := causeOfSkip(discover.Skip{Task: crawler.Task{URL: "https://a.test/", Via: "seed"}, Why: discover.ByRobots, Detail: "it does not allow that"})
	assert.True(t, ok)
	assert.Equal(t, "https://a.test/: robots.txt keeps the start page out: it does not allow that", got.Text)
	assert.Contains(t, got.Hint, "--ignore-robots")
	_, ok = causeOfSkip(discover.Skip{Task: crawler.Task{URL: "https://a.test/x", Via: "link", Depth: 1}, Why: discover.ByRobots})
	assert.False(t, ok)
}
