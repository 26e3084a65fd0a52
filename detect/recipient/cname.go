package recipient

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"
)

// Resolver finds the DNS aliases of a host.
type Resolver interface {
	// Chain returns every name that host is an alias for, in order, without host itself; none if it has no alias or cannot be looked up.
	Chain(host string) []string
}

// DNS is a Resolver that asks a name server and keeps the answers. net.LookupCNAME returns only the last name of a
// chain, which loses the vendor in the middle; so the whole answer is read here. It is safe for use by several goroutines.
type DNS struct {
	server  string
	timeout time.Duration

	mu     sync.Mutex
	known  map[string][]string
	failed int // questions in a row without an answer
}

// maxFailed is how many questions may go unanswered in a row before no more are asked: without a network, a run would
// wait two seconds for every host.
const maxFailed = 3

// maxChain ends loops: longer chains do not occur.
const maxChain = 10

// NewDNS returns a Resolver that asks server ("9.9.9.9:53"), or the first one of /etc/resolv.conf if it is empty.
// A question waits for timeout at most; 0 is two seconds.
func NewDNS(server string, timeout time.Duration) (*DNS, error) {
	if server == "" {
		conf, err := dns.ClientConfigFromFile("/etc/resolv.conf")
		if err != nil || len(conf.Servers) == 0 {
			return nil, fmt.Errorf("no name server in /etc/resolv.conf (name one, or switch the look-up of aliases off): %w", err)
		}
		server = net.JoinHostPort(conf.Servers[0], conf.Port)
	}
	if timeout <= 0 {
		timeout = 2 * time.Second
	}
	return &DNS{server: server, timeout: timeout, known: map[string][]string{}}, nil
}

// Chain implements Resolver.
func (d *DNS) Chain(host string) []string {
	d.mu.Lock()
	chain, ok := d.known[host]
	give := d.failed >= maxFailed
	d.mu.Unlock()
	if ok || give {
		return chain
	}
	ctx, cancel := context.WithTimeout(context.Background(), d.timeout)
	defer cancel()
	chain, err := d.follow(ctx, host)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.known[host] = chain
	d.failed++
	if err == nil {
		d.failed = 0
	}
	return chain
}

// follow asks until the answer holds no further alias. A recursive server sends the chain in one answer.
func (d *DNS) follow(ctx context.Context, host string) ([]string, error) {
	var chain []string
	name := dns.Fqdn(host)
	for len(chain) < maxChain {
		q := new(dns.Msg)
		q.SetQuestion(name, dns.TypeA)
		in, _, err := (&dns.Client{Timeout: d.timeout}).ExchangeContext(ctx, q, d.server)
		if err != nil {
			return chain, fmt.Errorf("aliases of %s: %w", host, err)
		}
		aliases := map[string]string{}
		for _, rr := range in.Answer {
			if c, ok := rr.(*dns.CNAME); ok {
				aliases[strings.ToLower(c.Hdr.Name)] = strings.ToLower(c.Target)
			}
		}
		start := len(chain)
		for target, ok := aliases[strings.ToLower(name)]; ok && len(chain) < maxChain; target, ok = aliases[name] {
			chain = append(chain, strings.TrimSuffix(target, "."))
			name = target
		}
		if len(chain) == start {
			return chain, nil
		}
	}
	return chain, nil
}
