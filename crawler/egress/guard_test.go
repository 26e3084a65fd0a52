package egress

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/proxy"
)

func TestKindsOfAddresses(t *testing.T) {
	for kind, addresses := range map[string][]string{
		"": {
			"8.8.8.8", "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
			"169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255", "192.169.0.0", "198.18.0.1",
			"203.0.113.7", "223.255.255.255", "2606:4700::1111", "2a00:1450:4001::200e", "2001:db8::1", "64:ff9b::8.8.8.8",
			"2002:0808:0808::1", "::ffff:8.8.8.8", "2001:0:4136:e378:8000:63bf:f7f7:f7f7", "2a00::5efe:808:808",
		},
		"loopback": {
			"127.0.0.1", "127.1.2.3", "127.255.255.255", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1",
			"::ffff:0:127.0.0.1", "2001:0:4136:e378:8000:63bf:80ff:fffe", "2a00::5efe:7f00:1",
		},
		"private": {
			"10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.1", "fc00::1", "fdff::1", "fec0::1", "::ffff:10.1.2.3",
			"64:ff9b::a00:1", "64:ff9b:1::1", "2002:c0a8:101::1",
		},
		"link-local":  {"169.254.0.1", "169.254.255.255", "fe80::1", "fe80::1%eth0", "febf::1", "::ffff:169.254.1.1"},
		"shared":      {"100.64.0.0", "100.127.255.255"},
		"metadata":    {"169.254.169.254", "169.254.170.2", "100.100.100.200", "192.0.0.192", "168.63.129.16", "fd00:ec2::254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe"},
		"unspecified": {"0.0.0.0", "0.1.2.3", "::", "::ffff:0.0.0.0"},
		"reserved":    {"192.0.0.1", "240.0.0.1", "255.255.255.255"},
		"multicast":   {"224.0.0.1", "239.255.255.255", "ff02::1"},
	} {
		for _, a := range addresses {
			assert.Equal(t, kind, kindOf(netip.MustParseAddr(a)), a)
		}
	}
}

// names is a resolver of tests.
func names(table map[string][]string) func(context.Context, string) ([]netip.Addr, error) {
	return func(_ context.Context, host string) ([]netip.Addr, error) {
		var list []netip.Addr
		for _, a := range table[host] {
			list = append(list, netip.MustParseAddr(a))
		}
		if len(list) == 0 {
			return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
		}
		return list, nil
	}
}

// TestWhoMayBeReached is the guard's decision, without a connection: what is refused, and by which word, and what is not.
func TestWhoMayBeReached(t *testing.T) {
	resolver := names(map[string][]string{
		"private.example": {"10.1.2.3"}, "local.example": {"127.0.0.1"}, "meta.example": {"169.254.169.254"}, "six.example": {"fd12::1"},
		"mapped.example": {"::ffff:10.1.2.3"}, "sinkhole.example": {"0.0.0.0"}, "intranet.example": {"10.9.9.9"}, "other.example": {"10.9.9.8"},
	})
	for host, want := range map[string]string{
		"private.example": NameRefused, "local.example": NameRefused, "meta.example": NameRefused, "six.example": NameRefused,
		"mapped.example": NameRefused, "sinkhole.example": NameRefused, "other.example": NameRefused,
		"10.1.2.3": AddressRefused, "127.0.0.1": AddressRefused, "::1": AddressRefused, "::ffff:127.0.0.1": AddressRefused,
		"169.254.169.254": AddressRefused, "localhost": AddressRefused, "LOCALHOST.": AddressRefused, "a.localhost": AddressRefused,
		"nowhere.example": "ERR_NAME_NOT_RESOLVED",
	} {
		g, err := New(t.Context(), Options{Lookup: resolver, Named: []string{"https://intranet.example/start"}})
		require.NoError(t, err)
		_, err = g.Dial(t.Context(), "http", net.JoinHostPort(host, "80"))
		require.Error(t, err, host)
		assert.Equal(t, want, wordOf(err), host)
		assert.Equal(t, "net::"+want, g.Explain("http://"+bracketed(host)+"/x", "net::"+socksFailure), host)
		assert.Equal(t, want != "ERR_NAME_NOT_RESOLVED", len(g.Refusals()) == 1, host)
	}
	for what, o := range map[string]Options{
		"named":            {Named: []string{"http://private.example/"}},
		"named by address": {Named: []string{"http://10.1.2.3:8080/"}},
		"allowed":          {Allow: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}},
	} {
		o.Lookup = resolver
		g, err := New(t.Context(), o)
		require.NoError(t, err)
		assert.True(t, g.open(netip.MustParseAddr("10.1.2.3")), what)
		assert.False(t, g.open(netip.MustParseAddr("10.2.2.3")), what)
		assert.False(t, g.open(netip.MustParseAddr("127.0.0.1")), what)
	}
}

func bracketed(host string) string {
	if a, err := netip.ParseAddr(host); err == nil && a.Is6() {
		return "[" + host + "]"
	}
	return host
}

// listener counts connections at an address of this machine.
func listener(t testing.TB, h http.Handler) (address string, connections *atomic.Int64) {
	connections = &atomic.Int64{}
	s := httptest.NewUnstartedServer(h)
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	return s.Listener.Addr().String(), connections
}

func hello(text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, text) })
}

// TestANameThatChangesItsMind is rebinding: what was looked at is what is dialled.
func TestANameThatChangesItsMind(t *testing.T) {
	address, connections := listener(t, hello("secret"))
	_, port, _ := net.SplitHostPort(address)
	asked := 0
	g, err := New(t.Context(), Options{
		Named: []string{"http://rebind.example/"},
		Lookup: func(context.Context, string) ([]netip.Addr, error) {
			if asked++; asked == 1 {
				return []netip.Addr{netip.MustParseAddr("203.0.113.1")}, nil // while the user names it
			}
			return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
		},
	})
	require.NoError(t, err)
	_, err = g.Dial(t.Context(), "http", net.JoinHostPort("rebind.example", port))
	require.Error(t, err)
	assert.Equal(t, NameRefused, wordOf(err))
	assert.Zero(t, connections.Load())
}

// throughDoor asks for a URL as the browser does.
func throughDoor(t *testing.T, g *Guard, raw string) (string, error) {
	t.Helper()
	door, err := g.Open()
	require.NoError(t, err)
	defer func() { require.NoError(t, door.Close()) }()
	u, err := url.Parse(raw)
	require.NoError(t, err)
	d, err := proxy.SOCKS5("tcp", door.listeners[u.Scheme].Addr().String(), nil, proxy.Direct)
	require.NoError(t, err)
	transport := &http.Transport{DialContext: d.(proxy.ContextDialer).DialContext}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport}).Get(raw)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return string(b), err
}

func TestTheDoorLeadsWhereTheUserSaid(t *testing.T) {
	address, connections := listener(t, hello("mapped"))
	_, port, _ := net.SplitHostPort(address)
	g, err := New(t.Context(), Options{Map: []string{"shop.test:80=" + address}, Lookup: names(nil)})
	require.NoError(t, err)
	got, err := throughDoor(t, g, "http://shop.test/")
	require.NoError(t, err)
	assert.Equal(t, "mapped", got)
	assert.Equal(t, address, g.Reached("http://shop.test/"))
	assert.EqualValues(t, 1, connections.Load())

	_, err = throughDoor(t, g, "http://127.0.0.1:"+port+"/") // the same server, by an address that nobody named
	require.Error(t, err)
	assert.EqualValues(t, 1, connections.Load(), "not connected to")
	require.Len(t, g.Refusals(), 1)
	assert.Equal(t, "loopback", g.Refusals()[0].Kind)
}

func TestTheClientIsGuarded(t *testing.T) {
	address, connections := listener(t, hello("secret"))
	_, port, _ := net.SplitHostPort(address)
	g, err := New(t.Context(), Options{Lookup: names(map[string][]string{"inside.example": {"127.0.0.1"}})})
	require.NoError(t, err)
	client := &http.Client{Transport: g.Client(false)}
	_, err = client.Get("http://inside.example:" + port + "/robots.txt")
	var r *refused
	require.True(t, errors.As(err, &r), "%v", err)
	assert.Zero(t, connections.Load())
}

func TestOneMapForAllNeedsNoGuard(t *testing.T) {
	for rule, idle := range map[string]bool{"*=127.0.0.1:8080": true, "*:80=127.0.0.1:8080": false, "*.test=127.0.0.1": false} {
		g, err := New(t.Context(), Options{Map: []string{rule}})
		require.NoError(t, err)
		assert.Equal(t, idle, g.Idle(), rule)
	}
}
