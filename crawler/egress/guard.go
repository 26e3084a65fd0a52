// Package egress is the one way out: every connection of the browser and of tagscan itself is made by its Guard, which resolves
// the name, looks at the address that it leads to, and dials that very address. One of this machine or its networks is reached
// only if the user named it. What was refused is kept, for a report. Which requests that concerns, and who asked, is for the
// recorder to say.
package egress

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/tagscan/tagscan/crawler/web"
)

// Options say what may be reached, and how. The zero value lets connections go to public addresses.
type Options struct {
	Map   []string       // HOST[:PORT]=ADDR[:PORT]: the user named where these go
	Named []string       // URLs that the user named: what they lead to may be reached
	Allow []netip.Prefix // addresses that may be reached
	Proxy Proxy          // the zero value: none
	TLS   TLS            // the zero value: connections are passed on as they are
	Users []int          // who may come to the door beside the user that tagscan runs as: the browser's, if it has one of its own

	// Lookup resolves a name; nil: as the machine does. For tests.
	Lookup func(ctx context.Context, host string) ([]netip.Addr, error)
}

// Refusal is a connection that was not made.
type Refusal struct {
	Host, Port string
	Address    netip.Addr // that it leads to
	Kind       string     // see kindOf
	Count      int
}

// refused is the error of a connection that was not made for where it leads.
type refused struct {
	host string
	addr netip.Addr
	kind string
}

func (r *refused) Error() string {
	return fmt.Sprintf("%s leads to %s (%s), which nobody named", r.host, r.addr, r.kind)
}

// Guard makes connections. It is safe for concurrent use.
type Guard struct {
	o     Options
	rules rules
	owner func(net.Conn) (uid int, err error) // whose a connection to the door is; tests give others

	mu      sync.Mutex
	named   map[netip.Addr]bool
	refused map[string]*Refusal // by host and port
	failed  map[string]string   // by host and port: Chrome's word for why the last connection was not made
	reached map[string]string   // by host and port: address of the last connection
}

// New returns a guard. It resolves the names of what the user named.
func New(ctx context.Context, o Options) (*Guard, error) {
	l, err := parseRules(o.Map)
	if err != nil {
		return nil, err
	}
	g := &Guard{
		o: o, rules: l, owner: callerOf, named: map[netip.Addr]bool{}, refused: map[string]*Refusal{}, failed: map[string]string{}, reached: map[string]string{},
	}
	for _, raw := range o.Named {
		u, err := url.Parse(raw)
		if err != nil || u.Hostname() == "" {
			continue
		}
		if _, _, mapped := l.target(u.Hostname(), web.Port(u)); mapped {
			continue
		}
		addrs, err := g.lookup(ctx, u.Hostname())
		if err != nil {
			continue // its visit says so
		}
		for _, a := range addrs {
			g.named[a] = true
		}
	}
	return g, nil
}

// Idle reports whether there is nothing to guard: every connection goes where the user said, and nothing else is asked for.
func (g *Guard) Idle() bool { return g.rules.all() && g.o.Proxy.None() && g.o.TLS.none() }

// dialTimeout bounds the making of one connection.
const dialTimeout = 15 * time.Second

// Dial connects to host:port for a URL of the scheme.
func (g *Guard) Dial(ctx context.Context, scheme, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	conn, err := g.dial(ctx, scheme, host, port)
	g.note(host, port, conn, err)
	return conn, err
}

func (g *Guard) dial(ctx context.Context, scheme, host, port string) (net.Conn, error) {
	to, toPort, mapped := g.rules.target(host, port)
	if mapped {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", net.JoinHostPort(to, toPort))
	}
	proxy, err := g.o.Proxy.of(scheme, host, port)
	if err != nil {
		return nil, err
	}
	addrs, err := g.lookup(ctx, host)
	if err != nil && proxy == nil {
		return nil, err
	}
	open, shut := g.divide(addrs)
	if len(addrs) > 0 && len(open) == 0 {
		return nil, &refused{host, shut, kindOf(shut)}
	}
	if proxy != nil && scheme == "http" && strings.HasPrefix(proxy.Scheme, "http") {
		return forward(proxy, net.JoinHostPort(host, port)), nil
	}
	if proxy != nil { // which may know a name that this machine does not
		return g.o.Proxy.dial(ctx, proxy, net.JoinHostPort(host, port))
	}
	return race(ctx, open, port)
}

// lookup resolves a host, which may be an address.
func (g *Guard) lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return []netip.Addr{a.Unmap()}, nil
	}
	if isLocalName(host) {
		return loopback, nil
	}
	find := g.o.Lookup
	if find == nil {
		find = func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		}
	}
	addrs, err := find(ctx, host)
	for i := range addrs {
		addrs[i] = addrs[i].Unmap()
	}
	if err == nil && len(addrs) == 0 {
		err = &net.DNSError{Err: "no address", Name: host, IsNotFound: true}
	}
	return addrs, err
}

// divide keeps the addresses that may be reached, and returns one that may not.
func (g *Guard) divide(addrs []netip.Addr) (open []netip.Addr, shut netip.Addr) {
	for _, a := range addrs {
		if g.open(a) {
			open = append(open, a)
		} else {
			shut = a
		}
	}
	return open, shut
}

// open reports whether an address may be reached.
func (g *Guard) open(a netip.Addr) bool {
	if kindOf(a) == "" || slices.ContainsFunc(g.o.Allow, func(p netip.Prefix) bool { return p.Contains(a) }) {
		return true
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.named[a]
}

// headStart is how long an address is tried before the next one is as well: RFC 8305, 5.
const headStart = 250 * time.Millisecond

// race connects to the first address that answers; each has a head start.
func race(ctx context.Context, addrs []netip.Addr, port string) (net.Conn, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type result struct {
		conn net.Conn
		err  error
	}
	results := make(chan result, len(addrs))
	begin := func(a netip.Addr) {
		var d net.Dialer
		conn, err := d.DialContext(ctx, "tcp", net.JoinHostPort(a.String(), port))
		results <- result{conn, err}
	}
	next, running := 0, 0
	var first error
	for {
		var wait <-chan time.Time
		if next < len(addrs) {
			go begin(addrs[next])
			next, running = next+1, running+1
			wait = time.After(headStart)
		}
		select {
		case <-wait:
		case r := <-results:
			running--
			if r.err == nil {
				go discard(running, func() net.Conn { return (<-results).conn })
				return r.conn, nil
			}
			if first == nil {
				first = r.err
			}
			if running == 0 && next == len(addrs) {
				return nil, first
			}
		}
	}
}

// discard closes connections that came too late.
func discard(n int, next func() net.Conn) {
	for range n {
		if c := next(); c != nil {
			c.Close()
		}
	}
}

// note keeps how a connection was made, or why not.
func (g *Guard) note(host, port string, conn net.Conn, err error) {
	key := net.JoinHostPort(strings.ToLower(host), port)
	g.mu.Lock()
	defer g.mu.Unlock()
	if err == nil {
		delete(g.failed, key)
		g.reached[key] = conn.RemoteAddr().String()
		return
	}
	g.failed[key] = wordOf(err)
	var r *refused
	if !errors.As(err, &r) {
		return
	}
	known := g.refused[key]
	if known == nil {
		known = &Refusal{Host: host, Port: port, Address: r.addr, Kind: r.kind}
		g.refused[key] = known
	}
	known.Count++
}

// The words of a guard that refuses, in the form of Chrome's: that a name leads where nobody may go is like one that leads
// nowhere; an address that says itself where it leads is a fault of the page.
const (
	NameRefused    = "ERR_NAME_LEADS_TO_PRIVATE_NETWORK"
	AddressRefused = "ERR_PRIVATE_NETWORK_NOT_NAMED"
)

// wordOf is Chrome's word for an error (https://source.chromium.org/chromium/chromium/src/+/main:net/base/net_error_list.h).
func wordOf(err error) string {
	var r *refused
	var dns *net.DNSError
	var proxy *proxyError
	switch {
	case errors.As(err, &r):
		if _, literal := netip.ParseAddr(strings.Trim(r.host, "[]")); literal == nil || isLocalName(r.host) {
			return AddressRefused
		}
		return NameRefused
	case errors.As(err, &proxy):
		return proxy.word
	case errors.As(err, &dns):
		return "ERR_NAME_NOT_RESOLVED"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "ERR_CONNECTION_REFUSED"
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return "ERR_ADDRESS_UNREACHABLE"
	case errors.Is(err, context.DeadlineExceeded):
		return "ERR_CONNECTION_TIMED_OUT"
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return "ERR_CONNECTION_TIMED_OUT"
	}
	return "ERR_CONNECTION_FAILED"
}

// socksFailure is all that Chrome says of a connection that the guard did not make.
const socksFailure = "ERR_SOCKS_CONNECTION_FAILED"

// Explain puts the reason into what Chrome says of a request to a URL that failed.
func (g *Guard) Explain(raw, failed string) string {
	if !strings.Contains(failed, socksFailure) {
		return failed
	}
	if word := g.of(raw, g.failed); word != "" {
		return strings.Replace(failed, socksFailure, word, 1)
	}
	return failed
}

// Reached is the address, with its port, that the last connection for a URL was made to; "" if there was none.
func (g *Guard) Reached(raw string) string { return g.of(raw, g.reached) }

// of is what a map has for the host and port of a URL.
func (g *Guard) of(raw string, values map[string]string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return values[net.JoinHostPort(strings.ToLower(u.Hostname()), web.Port(u))]
}

// Refusals are the connections that were not made, by host and port.
func (g *Guard) Refusals() []Refusal {
	g.mu.Lock()
	defer g.mu.Unlock()
	var list []Refusal
	for _, r := range g.refused {
		list = append(list, *r)
	}
	slices.SortFunc(list, func(a, b Refusal) int {
		return strings.Compare(net.JoinHostPort(a.Host, a.Port), net.JoinHostPort(b.Host, b.Port))
	})
	return list
}
