package discover

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Rule sends connections to a host elsewhere, as --map HOST[:PORT]=ADDR[:PORT] says.
type Rule struct {
	Host string // in lower case; "*" is every host, "*.example.com" all under a domain
	Port string // "" is every port
	Addr string // host or IP, without brackets
	To   string // port; "" keeps the port
}

// ParseRule reads HOST[:PORT]=ADDR[:PORT].
func ParseRule(s string) (Rule, error) {
	from, to, ok := strings.Cut(s, "=")
	bad := func(what string) (Rule, error) {
		return Rule{}, fmt.Errorf("map %q: %s: write HOST[:PORT]=ADDR[:PORT], for example *=127.0.0.1:8443", s, what)
	}
	if !ok {
		return bad("there is no \"=\"")
	}
	var r Rule
	if r.Host, r.Port, ok = splitPort(from); !ok {
		return bad("the host is not usable")
	}
	if r.Addr, r.To, ok = splitPort(to); !ok || strings.Contains(r.Addr, "*") {
		return bad("the address is not usable")
	}
	if i := strings.LastIndexByte(r.Host, '*'); i > 0 || (i == 0 && len(r.Host) > 1 && r.Host[1] != '.') {
		return bad("\"*\" may only be the whole host or its first label")
	}
	return r, nil
}

// splitPort reads host, host:port, IPv6 and [IPv6]:port.
func splitPort(s string) (host, port string, ok bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if net.ParseIP(s) != nil {
		return s, "", true
	}
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		host, port = strings.Trim(s, "[]"), ""
	} else if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", "", false
	}
	if host == "" || strings.ContainsAny(host, " ,/\"'\t") || (strings.Contains(host, ":") && net.ParseIP(host) == nil) {
		return "", "", false
	}
	return host, port, true
}

// Matches reports whether the rule is for connections to the host and port.
func (r Rule) Matches(host, port string) bool {
	host = strings.ToLower(strings.Trim(host, "[]"))
	switch {
	case r.Port != "" && r.Port != port:
		return false
	case r.Host == "*" || r.Host == host:
		return true
	}
	suffix, ok := strings.CutPrefix(r.Host, "*")
	return ok && strings.HasSuffix(host, suffix)
}

// String returns the rule as Chrome's --host-resolver-rules wants it.
func (r Rule) String() string {
	from, to := r.Host, r.Addr
	if r.Port != "" {
		from = net.JoinHostPort(r.Host, r.Port)
	}
	if r.To != "" {
		to = net.JoinHostPort(r.Addr, r.To)
	} else if strings.Contains(to, ":") {
		to = "[" + to + "]"
	}
	return "MAP " + from + " " + to
}

// MappedTransport returns a transport that goes where the browser goes: each rule is HOST[:PORT]=ADDR[:PORT], the first
// that matches holds. If insecure is set any certificate is taken. Names stay what they were: Host and SNI are those of
// the URL.
func MappedTransport(rules []string, insecure bool) (*http.Transport, error) {
	var list []Rule
	for _, s := range rules {
		r, err := ParseRule(s)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	find := func(host, port string) (Rule, bool) {
		for _, r := range list {
			if r.Matches(host, port) {
				return r, true
			}
		}
		return Rule{}, false
	}
	dialer := &net.Dialer{Timeout: 15 * time.Second}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if host, port, err := net.SplitHostPort(addr); err == nil {
			if r, ok := find(host, port); ok {
				if r.To != "" {
					port = r.To
				}
				addr = net.JoinHostPort(r.Addr, port)
			}
		}
		return dialer.DialContext(ctx, network, addr)
	}
	t.Proxy = func(req *http.Request) (*url.URL, error) {
		port := req.URL.Port()
		if port == "" {
			port = map[string]string{"http": "80", "https": "443"}[req.URL.Scheme]
		}
		if _, ok := find(req.URL.Hostname(), port); ok {
			return nil, nil // a proxy would look the name up itself
		}
		return http.ProxyFromEnvironment(req)
	}
	if insecure {
		t.TLSClientConfig = &tls.Config{InsecureSkipVerify: true}
	}
	return t, nil
}
