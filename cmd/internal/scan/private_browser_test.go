package scan

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/cmd/internal/console"
	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/capture"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/egress"
	"github.com/tagscan/tagscan/crawler/visit"
)

// intoTheNetwork is a page that goes to a port of this machine in every way that a page has. %[1]s is the port, %[2]s that of UDP.
const intoTheNetwork = `<!doctype html><title>Shop</title><h1>Shop</h1><p>Words and more words, as a page of a shop has them.</p>
<link rel="preconnect" href="http://preconnect.test:%[1]s"><link rel="dns-prefetch" href="http://dns.test:%[1]s">
<link rel="preload" as="fetch" href="http://preload.test:%[1]s/x"><link rel="stylesheet" href="http://style.test:%[1]s/x.css">
<img src="http://img.test:%[1]s/x.png"><img src="/redirect"><iframe src="http://frame.test:%[1]s/"></iframe>
<iframe src="/redirect?frame"></iframe><script src="http://script.test:%[1]s/x.js"></script>
<a href="http://inside.shop.test:%[1]s/">a link to one's own site</a><a href="/redirect?page">a page that leads there</a>
<iframe name="target"></iframe><form id="form" method="post" target="target" action="http://form.test:%[1]s/"><input name="a" value="b"></form>
<script>
form.submit();
for (const host of ['fetch.test', 'localhost', 'a.localhost', '127.0.0.1', '2130706433', '[::1]', '[::ffff:7f00:1]', 'meta.test', '169.254.169.254'])
	fetch('http://' + host + ':%[1]s/x', {method: 'POST', mode: 'no-cors', body: 'data'}).catch(() => {});
navigator.sendBeacon('http://beacon.test:%[1]s/x', 'data');
try { new WebSocket('ws://socket.test:%[1]s/x') } catch (e) {}
try { new EventSource('http://events.test:%[1]s/x') } catch (e) {}
new Worker(URL.createObjectURL(new Blob(["fetch('http://worker.test:%[1]s/x', {mode: 'no-cors'}).catch(() => {})"])));
window.open('http://popup.test:%[1]s/');
for (const url of ['stun:127.0.0.1:%[2]s', 'turn:127.0.0.1:%[2]s?transport=udp', 'turn:127.0.0.1:%[1]s?transport=tcp', 'stun:stun.test:%[2]s']) {
	const peer = new RTCPeerConnection({iceServers: [{urls: url, username: 'a', credential: 'b'}]});
	peer.createDataChannel('x');
	peer.createOffer().then((o) => peer.setLocalDescription(o));
}
</script>`

// TestAPageDoesNotSteerTheBrowserIntoTheNetwork: a public site that leads to a server of this machine in every way that pages
// have. Nothing comes there, by TCP or UDP, and all of it is told with who asked.
func TestAPageDoesNotSteerTheBrowserIntoTheNetwork(t *testing.T) {
	connections := &atomic.Int64{}
	inside := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "secret") }))
	inside.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			connections.Add(1)
		}
	}
	inside.Start()
	t.Cleanup(inside.Close)
	_, port, err := net.SplitHostPort(inside.Listener.Addr().String())
	require.NoError(t, err)

	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	datagrams := &atomic.Int64{}
	listened := make(chan struct{})
	go func() {
		defer close(listened)
		for b := make([]byte, 2048); ; datagrams.Add(1) {
			if _, _, err := udp.ReadFrom(b); err != nil {
				return
			}
		}
	}()
	_, udpPort, err := net.SplitHostPort(udp.LocalAddr().String())
	require.NoError(t, err)

	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(w, intoTheNetwork, port, udpPort)
		case "/redirect":
			http.Redirect(w, r, "http://redirect.test:"+port+"/", http.StatusTemporaryRedirect)
		case "/robots.txt":
			io.WriteString(w, "Sitemap: http://sitemap.shop.test:"+port+"/sitemap.xml\n")
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(shop.Close)

	binary, err := chrome.Find(chrome.FindOptions{})
	require.NoError(t, err)
	dir := filepath.Join(t.TempDir(), "run")
	res, err := Run(t.Context(), Options{
		Tool: "test", Seeds: []string{"http://shop.test/"}, Dir: dir, States: []crawler.Consent{crawler.Unasked}, Workers: 2, PerRoute: 3,
		Visit: visit.Options{Dwell: time.Second, Chrome: chrome.Options{Binary: binary, Map: []string{"shop.test=" + shop.Listener.Addr().String()}}},
		Egress: egress.Options{Lookup: func(_ context.Context, host string) ([]netip.Addr, error) {
			if host == "meta.test" {
				return []netip.Addr{netip.MustParseAddr("169.254.169.254")}, nil
			}
			return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
		}},
		Console: console.New(io.Discard, console.Options{}), Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	require.NoError(t, udp.Close())
	<-listened
	assert.Zero(t, connections.Load(), "connections to what nobody named")
	assert.Zero(t, datagrams.Load(), "datagrams to what nobody named")
	assert.GreaterOrEqual(t, res.Seen, 1)

	run, err := capture.Open(dir)
	require.NoError(t, err)
	told := map[string]crawler.Gap{}
	var reasons []string
	for ev, err := range run.Events() {
		require.NoError(t, err)
		if g := ev.Gap; g != nil && g.Kind == crawler.GapPrivate {
			told[strings.TrimSuffix(g.Where, ":"+port)] = *g
		}
		if p := ev.Page; p != nil {
			reasons = append(reasons, p.Task.URL+" "+string(p.Outcome)+" "+p.Reason)
		}
		if r := ev.Request; r != nil {
			assert.NotContains(t, r.Failed, "SOCKS", r.URL)
			assert.False(t, r.Response != nil && strings.Contains(r.URL, port), "%s was answered", r.URL)
		}
	}
	for _, host := range []string{
		"preload.test", "style.test", "img.test", "redirect.test", "frame.test", "script.test", "form.test", "fetch.test", "localhost",
		"127.0.0.1", "[::1]", "meta.test", "169.254.169.254", "beacon.test", "socket.test", "events.test", "worker.test", "popup.test",
		"inside.shop.test", "sitemap.shop.test",
	} {
		g, ok := told[host]
		if assert.True(t, ok, "%s is told", host) {
			assert.Contains(t, g.Text, "which nobody named")
		}
	}
	assert.Contains(t, told["fetch.test"].Text, "asked for by a script or page of shop.test")
	assert.Contains(t, strings.Join(reasons, "\n"), "http://inside.shop.test:"+port+"/ failed dns: net::"+egress.NameRefused)
	assert.Contains(t, strings.Join(reasons, "\n"), "http://shop.test/redirect?page failed dns: net::"+egress.NameRefused)
}
