package recipient_test

import (
	"fmt"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/detect/recipient"
)

// A name server on loopback that answers from a table of aliases, one hop an answer or all at once.
func nameServer(t *testing.T, aliases map[string]string, whole bool) (addr string, asked *atomic.Int32) {
	t.Helper()
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	asked = new(atomic.Int32)
	s := &dns.Server{PacketConn: pc, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		asked.Add(1)
		a := new(dns.Msg)
		a.SetReply(q)
		name := q.Question[0].Name
		for i := 0; i < 20; i++ {
			target, ok := aliases[name]
			if !ok {
				break
			}
			a.Answer = append(a.Answer, &dns.CNAME{Hdr: dns.RR_Header{Name: name, Rrtype: dns.TypeCNAME, Class: dns.ClassINET}, Target: target})
			name = target
			if !whole {
				break
			}
		}
		_ = w.WriteMsg(a)
	})}
	done := make(chan error, 1)
	go func() { done <- s.ActivateAndServe() }()
	t.Cleanup(func() {
		assert.NoError(t, s.Shutdown())
		assert.NoError(t, <-done)
	})
	return pc.LocalAddr().String(), asked
}

func TestDNSFollowsTheWholeChain(t *testing.T) {
	aliases := map[string]string{
		"metrics.shop.example.":               "Shop.Example.data.adobedc.net.",
		"shop.example.data.adobedc.net.":      "edge.map.fastly.net.",
		"loop.shop.example.":                  "loop2.shop.example.",
		"loop2.shop.example.":                 "loop.shop.example.",
		"Shop.Example.data.adobedc.net.":      "edge.map.fastly.net.",
		"unrelated.shop.example.":             "cdn.example.",
		"_dnslink.metrics.shop.example.":      "x.example.",
		"deep.shop.example.":                  "a.example.",
		"a.example.":                          "b.example.",
		"b.example.":                          "vendor.dnsdelegation.io.",
		"notvendor.shop.example.dns.example.": "x.",
	}
	silent, err := net.ListenPacket("udp", "127.0.0.1:0") // never answers
	require.NoError(t, err)
	defer silent.Close()
	d, err := recipient.NewDNS(silent.LocalAddr().String(), 10*time.Millisecond)
	require.NoError(t, err)
	start := time.Now()
	for i := range 1000 {
		assert.Empty(t, d.Chain(fmt.Sprintf("h%d.shop.example", i)))
	}
	assert.Less(t, time.Since(start), 5*time.Second, "it goes on asking a server that does not answer")
	for _, whole := range []bool{true, false} {
		addr, asked := nameServer(t, aliases, whole)
		d, err := recipient.NewDNS(addr, time.Second)
		require.NoError(t, err)
		assert.Equal(t, []string{"shop.example.data.adobedc.net", "edge.map.fastly.net"}, d.Chain("metrics.shop.example"))
		assert.Equal(t, []string{"a.example", "b.example", "vendor.dnsdelegation.io"}, d.Chain("deep.shop.example"))
		assert.Empty(t, d.Chain("none.shop.example"))
		assert.LessOrEqual(t, len(d.Chain("loop.shop.example")), 10)
		n := asked.Load()
		d.Chain("metrics.shop.example")
		assert.Equal(t, n, asked.Load(), "the answer was not kept")
	}
}
