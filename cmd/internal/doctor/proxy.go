package doctor

import (
	"context"
	"net"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler/egress"
)

// proxyTimeout is how long a proxy may take to answer.
const proxyTimeout = 5 * time.Second

// proxies looks whether the proxies of the environment are there.
func proxies(ctx context.Context) Check {
	c := Check{Name: "proxy", State: Good, Found: "none: HTTP_PROXY and HTTPS_PROXY are empty"}
	p, err := egress.NewProxy("")
	if err != nil {
		c.State, c.Found, c.Fix = Bad, err.Error(), "mend HTTP_PROXY and HTTPS_PROXY, or scan with --proxy direct"
		return c
	}
	addresses := p.Addresses()
	if len(addresses) == 0 {
		return c
	}
	c.Found = strings.Join(addresses, ", ") + ", of the environment"
	for _, address := range addresses {
		dialer := net.Dialer{Timeout: proxyTimeout}
		conn, err := dialer.DialContext(ctx, "tcp", address)
		if err != nil {
			c.State, c.Found = Warning, err.Error()
			c.Fix = "mend HTTP_PROXY and HTTPS_PROXY, or scan with --proxy direct"
			return c
		}
		conn.Close()
	}
	return c
}
