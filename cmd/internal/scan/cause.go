package scan

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/discover"
	"github.com/tagscan/tagscan/crawler/egress"
)

// Cause is why nothing could be seen, and what to do about it.
type Cause struct{ Text, Hint string }

// causes explain reasons of failed visits by the first word of Page.Reason, or by it and Chrome's error.
var causes = []struct{ reason, text, hint string }{
	{"dns: net::" + egress.NameRefused, "the name leads to an address of this machine or its networks", "--allow-private CIDR lets it be reached, if it is yours"},
	{"private: ", "it is an address of this machine or its networks", "--allow-private CIDR lets it be reached, if it is yours"},
	{"proxy: ", "the proxy does not connect to it", "see --proxy, HTTP_PROXY, HTTPS_PROXY and NO_PROXY"},
	{"dns: ", "the name does not resolve", "check the spelling; --map sends a name to an address, for staging"},
	{"tls: net::ERR_SSL_PROTOCOL_ERROR", "what answers there does not speak TLS as a browser does", "say http:// if it is plain http"},
	{"tls: net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH", "its TLS is one that browsers refuse", "no option helps: the server must be mended"},
	{"tls: ", "its certificate is not trusted", "--insecure accepts any certificate, for staging and tests"},
	{"connect: net::ERR_CONNECTION_REFUSED", "nothing listens at that host and port", "is the server running, and on that port?"},
	{"connect: net::ERR_INTERNET_DISCONNECTED", "this machine has no network", "`tagscan doctor` looks at this machine"},
	{"connect: net::ERR_UNSAFE_PORT", "browsers refuse that port", "serve it on another one"},
	{"connect: ", "the server cannot be reached", "check the address, the network and the firewall"},
	{"redirects: ", "it redirects without end", "it may want a cookie: give it a session with --session"},
	{"timeout: ", "it did not answer in time", "give it more with --timeout"},
	{"browser: ", "the browser failed", "`tagscan doctor` looks at this machine"},
}

// causeOf explains the first page that failed.
func causeOf(ctx context.Context, client *http.Client, p *crawler.Page) Cause {
	at := withoutQuery(p.Task.URL)
	if strings.HasPrefix(p.Reason, "tls: net::ERR_SSL_PROTOCOL_ERROR") && speaksPlain(ctx, client, p.Task.URL) {
		return Cause{at + ": the server there speaks http and not https", "say " + plain(at)}
	}
	for _, c := range causes {
		if strings.HasPrefix(p.Reason, c.reason) {
			return Cause{at + ": " + c.text + detail(p.Reason), c.hint}
		}
	}
	return Cause{at + ": " + p.Reason, "`tagscan doctor` looks at this machine"}
}

// detail is Chrome's own word for what happened, in brackets.
func detail(reason string) string {
	if i := strings.Index(reason, "net::"); i >= 0 {
		word, _, _ := strings.Cut(reason[i:], " ")
		return " (" + word + ")"
	}
	return ""
}

// speaksPlain asks whether a server that was addressed with https answers in http, at the same port.
func speaksPlain(ctx context.Context, client *http.Client, address string) bool {
	if client == nil {
		return false
	}
	err := head(ctx, client, address)
	if errors.Is(err, http.ErrSchemeMismatch) {
		return true
	}
	var record tls.RecordHeaderError
	u, bad := url.Parse(address)
	return errors.As(err, &record) && bad == nil && u.Port() != "" && head(ctx, client, plain(address)) == nil
}

// head asks for the head of an answer; nil: one came.
func head(ctx context.Context, client *http.Client, address string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, address, nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func plain(address string) string {
	if u, err := url.Parse(address); err == nil {
		u.Scheme = "http"
		return u.String()
	}
	return address
}

// causeOfSkip explains a start page that was not visited.
func causeOfSkip(s discover.Skip) (Cause, bool) {
	if !discover.Named(s.Task) {
		return Cause{}, false
	}
	at := withoutQuery(s.Task.URL)
	switch s.Why {
	case discover.ByRobots:
		return Cause{at + ": robots.txt keeps the start page out: " + s.Detail, "--ignore-robots does not ask it, for sites that are yours"}, true
	case discover.NotAPage:
		return Cause{at + ": it is no address that can be visited", "give absolute http or https URLs"}, true
	}
	return Cause{}, false
}
