package egress

import (
	"context"
	"net"
	"net/http"
	"net/url"

	"github.com/tagscan/tagscan/crawler/web"
)

// Client is what tagscan asks for robots.txt and sitemaps by: it goes where the browser goes, and nowhere else. Names stay what
// they were: Host and SNI are those of the URL. If insecure is set any certificate is taken.
func (g *Guard) Client(insecure bool) http.RoundTripper {
	plain := g.transport(insecure, false)
	if g.o.TLS.none() {
		return plain
	}
	return byHost{guard: g, known: g.transport(insecure, true), others: plain}
}

func (g *Guard) transport(insecure, certificate bool) *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.DialContext = func(ctx context.Context, _, address string) (net.Conn, error) {
		if g.o.Proxy.address[address] {
			var d net.Dialer
			return d.DialContext(ctx, "tcp", address)
		}
		return g.Dial(ctx, "", address)
	}
	t.Proxy = func(req *http.Request) (*url.URL, error) { return g.proxyFor(req.Context(), req.URL) }
	t.TLSClientConfig = g.o.TLS.config(certificate)
	t.TLSClientConfig.InsecureSkipVerify = insecure
	return t
}

// proxyFor is the proxy of a URL, if it may be reached through one.
func (g *Guard) proxyFor(ctx context.Context, u *url.URL) (*url.URL, error) {
	host, port := u.Hostname(), web.Port(u)
	if _, _, mapped := g.rules.target(host, port); mapped {
		return nil, nil // a proxy would look the name up itself
	}
	through, err := g.o.Proxy.of(u.Scheme, host, port)
	if err != nil || through == nil {
		return nil, err
	}
	addrs, _ := g.lookup(ctx, host)
	if open, shut := g.divide(addrs); len(addrs) > 0 && len(open) == 0 {
		err := &refused{host, shut, kindOf(shut)}
		g.note(host, port, nil, err)
		return nil, err
	}
	return through, nil
}

// byHost shows the user's certificate to the hosts that the user named, and to no others.
type byHost struct {
	guard         *Guard
	known, others http.RoundTripper
}

func (b byHost) RoundTrip(req *http.Request) (*http.Response, error) {
	if b.guard.knows(req.URL.Hostname()) {
		return b.known.RoundTrip(req)
	}
	return b.others.RoundTrip(req)
}
