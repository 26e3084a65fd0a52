package rule

import (
	"net/netip"
	"strings"
)

// IPAddress finds internet addresses in payloads: passed on, not just the sender's.
var IPAddress = Rule{
	ID:    "ip-address",
	Class: IP,
	Doc:   "A public IPv4 or IPv6 address inside a payload.",
	Why:   "It locates a household and ties visits together; here it was written down and passed on.",
	Do:    "Switch off IP collection (Mixpanel ip: false, Sentry sendDefaultPii: false, Amplitude trackingOptions), or cut the last octet.",
	Needs: NeedLeaf | NeedDigit,
	Find:  findIPs,
	Hits: []Sample{
		{Body: `{"ip":"81.2.69.142"}`, Text: "81.2.69.142"}, {Body: `{"context":{"ip":"2a02:8388:e103:2700:5c5e:1f2:3a4b:9c1d"}}`, Text: "2a02:8388:e103:2700:5c5e:1f2:3a4b:9c1d"},
		{Body: `{"log":"visitor from 81.2.69.142 signed in"}`, Text: "81.2.69.142"}, {Header: "X-Forwarded-For: 81.2.69.142, 10.0.0.1", Text: "81.2.69.142"},
	},
	Misses: []Sample{
		{Body: `{"version":"4.18.2.1"}`}, {Body: `{"x":"120.0.0.0"}`}, {Body: `{"ip":"127.0.0.1"}`}, {Body: `{"ip":"192.168.1.10"}`}, {Body: `{"mask":"255.255.255.0"}`}, {Body: `{"ua":"Chrome/120.0.6099.71 Safari"}`},
		{Body: `{"oid":"1.3.6.1.4.1"}`}, {Body: `{"ip":"0.0.0.0"}`}, {Body: `{"ip_mode":"81"}`}, {Body: `{"time":"10:11:12"}`}, {Body: `{"x":"v81.2.69.142"}`}, {Body: `{"sdk":"81.2.69.142"}`}, {Body: `{"ip":"$remote4"}`},
		{Body: `{"dns":"8.8.8.8"}`}, {Body: `{"engine":"5.6.3.50"}`}, {Body: `{"driver":"31.15.10.22"}`}, {Body: `{"appBuild":"81.2.69.142"}`},
	},
}

func findIPs(c *Context, yield func(Match)) {
	v := c.v
	if class, told := c.Meant[c.i]; told && class == "" && len(v) < shortText {
		return // the vendor's own server, a number of its library
	}
	if len(v) > 32<<10 || c.name.class == UserAgent || c.name.has(versionName) && c.name.class != IP {
		return
	}
	if c.has&NeedDot != 0 {
		c.ipv4(yield)
	}
	if c.has&NeedColon != 0 && (c.name.class == IP || len(v) <= 64) {
		for _, part := range strings.FieldsFunc(v, func(r rune) bool { return strings.ContainsRune(", []\"", r) }) {
			if a, err := netip.ParseAddr(part); err == nil && a.Is6() && !a.Is4In6() && publicIP(a) && (c.name.class == IP || strings.Count(part, ":") >= 4) {
				start := strings.Index(v, part)
				m := c.span(start, start+len(part), ByPattern, c.ipConfidence())
				m.Key = "ip"
				yield(m)
			}
		}
	}
}

// shortText is the length in bytes below which a value is one datum, and what the vendor says of it holds for all of it.
const shortText = 48

func (c *Context) ipConfidence() Confidence {
	if c.name.class == IP {
		return Certain
	}
	return Likely
}

func (c *Context) ipv4(yield func(Match)) {
	v := c.v
	for i := 0; i < len(v); i++ {
		if !isDigit(v[i]) {
			continue
		}
		end, dots := i, 0
		for end < len(v) && (isDigit(v[end]) || v[end] == '.' && end+1 < len(v) && isDigit(v[end+1])) {
			if v[end] == '.' {
				dots++
			}
			end++
		}
		start := i
		i = end
		if dots != 3 || end-start < 7 {
			continue
		}
		a, err := netip.ParseAddr(v[start:end])
		if err != nil || !publicIP(a) || !c.ipStands(start, end, a.As4()) {
			continue
		}
		m := c.span(start, end, ByPattern, c.ipConfidence())
		m.Key = "ip"
		yield(m)
	}
}

// ipStands tells an address from a version: not glued to a word or slash, and outside of fields for addresses not of
// the kind that versions are (a zero in the middle, one small number after another).
func (c *Context) ipStands(start, end int, b [4]byte) bool {
	v := c.v
	if start > 0 && (wordByte[v[start-1]] || strings.IndexByte("/-_.", v[start-1]) >= 0) && !(start > 1 && v[start-1] == '/' && v[start-2] == '/') || end < len(v) && (isLetter(v[end]) || v[end] == '-' || v[end] == '_' || v[end] == '%') {
		return false
	}
	if end+1 < len(v) && v[end] == ':' && isDigit(v[end+1]) {
		return false // host and port
	}
	if c.name.class == IP {
		return true
	}
	if start > 1 && v[start-1] == '/' {
		return false // the host of a URL
	}
	if c.name.has(versionName|signature|numberName) || b[1] == 0 || b[2] == 0 || b[0] < 5 || b[0] == b[1] && b[1] == b[2] || b[3] == 0 || publicResolvers[b] {
		return false
	}
	before := strings.ToLower(v[max(0, start-12):start])
	for _, w := range []string{"version", "ver", "v.", "release", "build", "chrome", "sdk"} {
		if strings.Contains(before, w) {
			return false
		}
	}
	return len(v) == end-start && c.name.flat != "" && !c.name.has(alien) || len(v) > end-start
}

var publicResolvers = map[[4]byte]bool{{8, 8, 8, 8}: true, {8, 8, 4, 4}: true, {1, 1, 1, 1}: true, {9, 9, 9, 9}: true}

func publicIP(a netip.Addr) bool {
	if a.IsPrivate() || a.IsLoopback() || a.IsUnspecified() || a.IsMulticast() || a.IsLinkLocalUnicast() || !a.IsGlobalUnicast() {
		return false
	}
	if a.Is4() {
		b := a.As4()
		return b[0] != 0 && b[0] < 224 && !(b[0] == 100 && b[1] >= 64 && b[1] < 128) && !(b[0] == 255)
	}
	return true
}
