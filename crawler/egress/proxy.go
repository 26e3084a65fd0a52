package egress

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"

	"golang.org/x/net/http/httpproxy"
	"golang.org/x/net/proxy"

	"github.com/tagscan/tagscan/crawler/web"
)

// Proxy says through which proxy a connection goes. The zero value: through none.
type Proxy struct {
	choose  func(*url.URL) (*url.URL, error)
	address map[string]bool // hosts with ports of the proxies
}

// direct is the name of no proxy, whatever the environment says.
const direct = "direct"

// NewProxy reads the address of a proxy, http://, https:// or socks5://; empty is what the environment says: HTTP_PROXY,
// HTTPS_PROXY and NO_PROXY, in either case. NO_PROXY holds for a proxy that was given, too. Scripts that choose a proxy (PAC) are
// not run.
func NewProxy(address string) (Proxy, error) {
	c := httpproxy.FromEnvironment()
	switch address {
	case direct:
		return Proxy{}, nil
	case "":
	default:
		u, err := url.Parse(address)
		if err != nil || u.Host == "" {
			return Proxy{}, fmt.Errorf("proxy %q is no address as http://proxy.example:3128", address)
		}
		if _, secret := u.User.Password(); secret {
			return Proxy{}, errors.New("a proxy's password is no argument: put its address into HTTPS_PROXY and HTTP_PROXY")
		}
		c.HTTPProxy, c.HTTPSProxy = address, address
	}
	p := Proxy{choose: c.ProxyFunc(), address: map[string]bool{}}
	for _, raw := range []string{c.HTTPProxy, c.HTTPSProxy} {
		if raw == "" {
			continue
		}
		u, err := parseProxy(raw)
		if err != nil {
			return Proxy{}, err
		}
		p.address[hostPort(u)] = true
	}
	if len(p.address) == 0 {
		return Proxy{}, nil
	}
	return p, nil
}

// parseProxy reads a proxy's address, which may be host:port alone.
func parseProxy(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		u, err = url.Parse("http://" + raw)
	}
	if err != nil || u.Host == "" {
		return nil, errors.New("the proxy of the environment has no address as http://proxy.example:3128")
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
		return u, nil
	}
	return nil, fmt.Errorf("a proxy that speaks %s is not supported: http, https and socks5 are", u.Scheme)
}

func hostPort(u *url.URL) string {
	port := u.Port()
	switch u.Scheme {
	case "socks5", "socks5h":
		port = cmp.Or(port, "1080")
	default:
		port = web.Port(u)
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// None reports whether there is no proxy.
func (p Proxy) None() bool { return p.choose == nil }

// Addresses are the hosts, with their ports, of the proxies.
func (p Proxy) Addresses() []string { return slices.Sorted(maps.Keys(p.address)) }

// of is the proxy for a host and port, nil: none. Nobody's scheme is never proxied.
func (p Proxy) of(scheme, host, port string) (*url.URL, error) {
	if p.None() || scheme == "" {
		return nil, nil
	}
	return p.choose(&url.URL{Scheme: scheme, Host: net.JoinHostPort(host, port)})
}

// proxyError is a proxy that does not do what it is for. word is Chrome's.
type proxyError struct {
	word string
	err  error
}

func (e *proxyError) Error() string { return "proxy: " + e.err.Error() }
func (e *proxyError) Unwrap() error { return e.err }

// dial connects to an address through a proxy.
func (p Proxy) dial(ctx context.Context, u *url.URL, address string) (net.Conn, error) {
	if u.Scheme == "socks5" || u.Scheme == "socks5h" {
		d, err := proxy.FromURL(u, &net.Dialer{})
		if err != nil {
			return nil, &proxyError{"ERR_PROXY_CONNECTION_FAILED", err}
		}
		conn, err := d.(proxy.ContextDialer).DialContext(ctx, "tcp", address)
		if err != nil {
			return nil, &proxyError{"ERR_SOCKS_CONNECTION_HOST_UNREACHABLE", err}
		}
		return conn, nil
	}
	conn, err := dialHTTPProxy(ctx, u)
	if err != nil {
		return nil, &proxyError{"ERR_PROXY_CONNECTION_FAILED", err}
	}
	if err := connect(ctx, conn, u, address); err != nil {
		conn.Close()
		return nil, &proxyError{"ERR_TUNNEL_CONNECTION_FAILED", err}
	}
	return conn, nil
}

func dialHTTPProxy(ctx context.Context, u *url.URL) (net.Conn, error) {
	if u.Scheme == "https" {
		d := tls.Dialer{Config: &tls.Config{ServerName: u.Hostname()}}
		return d.DialContext(ctx, "tcp", hostPort(u))
	}
	var d net.Dialer
	return d.DialContext(ctx, "tcp", hostPort(u))
}

// connect asks a proxy for a tunnel: RFC 9110, 9.3.6.
func connect(ctx context.Context, conn net.Conn, u *url.URL, address string) error {
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	req := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: address}, Host: address, Header: http.Header{}}
	if u.User != nil {
		password, _ := u.User.Password()
		req.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(u.User.Username()+":"+password)))
	}
	if err := req.Write(conn); err != nil {
		return err
	}
	in := bufio.NewReaderSize(conn, 512)
	resp, err := http.ReadResponse(in, req)
	switch {
	case err != nil:
		return err
	case resp.StatusCode != http.StatusOK:
		return fmt.Errorf("it answered %d", resp.StatusCode)
	case in.Buffered() > 0:
		return errors.New("it said something before the tunnel was used")
	}
	return nil
}

// forward is a connection whose requests, of HTTP/1.1 without TLS, are asked of a proxy: most proxies make no tunnels to port 80.
func forward(u *url.URL, host string) net.Conn {
	ours, theirs := net.Pipe()
	transport := &http.Transport{Proxy: http.ProxyURL(u), DisableCompression: true}
	handler := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = "http", cmp.Or(r.In.Host, host)
			r.Out.Host = r.In.Host
		},
		Transport: transport, FlushInterval: -1,
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }, // no answer of ours is the site's
	}
	l := &oneConn{conn: theirs, closed: make(chan struct{})}
	server := &http.Server{Handler: handler, ConnState: func(_ net.Conn, s http.ConnState) {
		if s == http.StateClosed || s == http.StateHijacked {
			l.Close()
		}
	}}
	go func() {
		_ = server.Serve(l)
		transport.CloseIdleConnections()
	}()
	return ours
}

// oneConn is a listener at which one connection arrives.
type oneConn struct {
	conn   net.Conn
	given  sync.Once
	shut   sync.Once
	closed chan struct{}
}

func (l *oneConn) Accept() (net.Conn, error) {
	var c net.Conn
	l.given.Do(func() { c = l.conn })
	if c != nil {
		return c, nil
	}
	<-l.closed
	return nil, net.ErrClosed
}

func (l *oneConn) Close() error {
	l.shut.Do(func() { close(l.closed) })
	return nil
}

func (l *oneConn) Addr() net.Addr { return l.conn.LocalAddr() }
