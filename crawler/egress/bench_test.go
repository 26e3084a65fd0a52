package egress

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/proxy"
)

// BenchmarkDoor compares requests for 15 KB that come through the door with such as go straight to the server, over connections
// that are kept and over new ones.
func BenchmarkDoor(b *testing.B) {
	address, _ := listener(b, hello(strings.Repeat("x", 15_000)))
	g, err := New(b.Context(), Options{Map: []string{"shop.test=" + address}})
	require.NoError(b, err)
	door, err := g.Open()
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, door.Close()) })
	d, err := proxy.SOCKS5("tcp", door.listeners["http"].Addr().String(), nil, proxy.Direct)
	require.NoError(b, err)
	for name, through := range map[string]bool{"direct": false, "guarded": true} {
		for kind, fresh := range map[string]bool{"kept": false, "new": true} {
			b.Run(name+"/"+kind, func(b *testing.B) {
				transport := &http.Transport{DisableKeepAlives: fresh}
				raw := "http://" + address + "/"
				if through {
					transport.DialContext, raw = d.(proxy.ContextDialer).DialContext, "http://shop.test/"
				}
				client := &http.Client{Transport: transport}
				for b.Loop() {
					resp, err := client.Get(raw)
					require.NoError(b, err)
					_, err = io.Copy(io.Discard, resp.Body)
					require.NoError(b, err)
					resp.Body.Close()
				}
				transport.CloseIdleConnections()
			})
		}
	}
}
