package main

import (
	"context"
	"net/http"
	"net/netip"

	"github.com/spf13/pflag"

	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/crawler/egress"
)

// networkFlags say how the network is reached, by the browser and by tagscan alike.
type networkFlags struct {
	hostMap      []string
	allowPrivate []string
	proxy        string
	clientCert   string
	authorities  string
	insecure     bool
	proxied      bool // by a flag or the environment; set by egress
}

func (f *networkFlags) register(fl *pflag.FlagSet) {
	fl.StringArrayVar(&f.hostMap, "map", nil, "HOST[:PORT]=ADDR[:PORT]: connect there instead, * is any host (repeatable)")
	fl.StringVar(&f.proxy, "proxy", "", "proxy, as http://proxy.example:3128 or socks5://…, or direct (HTTP_PROXY, HTTPS_PROXY and NO_PROXY unless given)")
	fl.StringVar(&f.clientCert, "client-cert", "", "PEM file with a certificate and its key, shown to the hosts of the start addresses when they ask")
	fl.StringVar(&f.authorities, "ca", "", "PEM file with certificate authorities to trust beside the machine's")
	fl.BoolVar(&f.insecure, "insecure", false, "accept any certificate")
}

// egress is what the guard of the network is told.
func (f *networkFlags) egress() (egress.Options, error) {
	var o egress.Options
	for _, m := range f.hostMap {
		if _, err := egress.ParseRule(m); err != nil {
			return o, exit.Usagef("as in --map staging.example=127.0.0.1:8443", "--map %s: %w", m, err)
		}
	}
	for _, text := range f.allowPrivate {
		p, err := egress.ParsePrefix(text)
		if err != nil {
			return o, exit.Usagef("as in --allow-private 10.1.0.0/16", "--allow-private %s: %w", text, err)
		}
		o.Allow = append(o.Allow, p)
	}
	var err error
	if o.Proxy, err = egress.NewProxy(f.proxy); err != nil {
		return o, exit.Usagef("as in --proxy http://proxy.example:3128", "%w", err)
	}
	f.proxied = !o.Proxy.None()
	if o.TLS, err = egress.NewTLS(f.clientCert, f.authorities); err != nil {
		return o, exit.Usagef("give PEM files", "%w", err)
	}
	return o, nil
}

// outside is what asks somebody who has nothing to do with the site: it takes the way and trusts the authorities that the flags say, reaches
// what the URL leads to, and shows nobody a certificate.
func (f *networkFlags) outside(ctx context.Context, url string) (http.RoundTripper, error) {
	o, err := f.egress()
	if err != nil {
		return nil, err
	}
	if o.TLS, err = egress.NewTLS("", f.authorities); err != nil {
		return nil, exit.Usagef("give PEM files", "%w", err)
	}
	o.Map, o.Named = f.hostMap, []string{url}
	g, err := egress.New(ctx, o)
	if err != nil {
		return nil, exit.Usagef("", "%w", err)
	}
	return g.Client(false), nil
}

// lead leads the browser of a login the way that the flags say. A person sits before it and says where it goes, so all that a
// person may reach it may, too. shut ends that.
func (f *networkFlags) lead(ctx context.Context, o *chrome.Options, url string) (shut func() error, err error) {
	network, err := f.egress()
	if err != nil {
		return nil, err
	}
	if !f.proxied && f.clientCert == "" && f.authorities == "" {
		return func() error { return nil }, nil
	}
	network.Map, network.Named, network.Users = f.hostMap, []string{url}, []int{chrome.User()}
	network.Allow = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}
	g, err := egress.New(ctx, network)
	if err != nil {
		return nil, exit.Usagef("", "%w", err)
	}
	door, err := g.Open()
	if err != nil {
		return nil, exit.Failedf("", "network: %w", err)
	}
	o.Proxy, o.TrustKey = door.ProxyServer(), g.Pin()
	return door.Close, nil
}
