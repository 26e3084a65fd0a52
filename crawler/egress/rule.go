package egress

import (
	"fmt"
	"net"
	"strconv"
	"strings"
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

// rules are in the order in which they hold: those for one host or domain before those for every host, as Chrome has it.
type rules []Rule

func parseRules(texts []string) (rules, error) {
	var exact, wild rules
	for _, text := range texts {
		r, err := ParseRule(text)
		if err != nil {
			return nil, err
		}
		if strings.HasPrefix(r.Host, "*") {
			wild = append(wild, r)
		} else {
			exact = append(exact, r)
		}
	}
	return append(exact, wild...), nil
}

// target is where connections to the host and port go; ok false: nothing was said of them.
func (l rules) target(host, port string) (to, toPort string, ok bool) {
	for _, r := range l {
		if !r.Matches(host, port) {
			continue
		}
		if r.To != "" {
			port = r.To
		}
		return r.Addr, port, true
	}
	return host, port, false
}

// all reports whether every connection is sent elsewhere, so that none goes where a page wants it to go.
func (l rules) all() bool {
	for _, r := range l {
		if r.Host == "*" && r.Port == "" {
			return true
		}
	}
	return false
}
