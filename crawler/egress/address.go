package egress

import (
	"encoding/binary"
	"net/netip"
	"strings"
)

// special are the addresses that are reached only if the user named them, most specific first. They are those of the
// registries of special-purpose addresses that lead to this machine, its networks, or whoever runs it:
// https://www.iana.org/assignments/iana-ipv4-special-registry, https://www.iana.org/assignments/iana-ipv6-special-registry.
// Ranges for documentation and benchmarks are not among them: nothing of this machine's answers there.
var special = []struct {
	prefix netip.Prefix
	kind   string
}{
	// What a cloud tells its machines about themselves, credentials among it.
	{netip.MustParsePrefix("169.254.169.254/32"), "metadata"}, // AWS, Google, Azure, DigitalOcean and others
	{netip.MustParsePrefix("169.254.170.2/32"), "metadata"},   // AWS, containers
	{netip.MustParsePrefix("169.254.170.23/32"), "metadata"},  // AWS, pods
	{netip.MustParsePrefix("100.100.100.200/32"), "metadata"}, // Alibaba
	{netip.MustParsePrefix("192.0.0.192/32"), "metadata"},     // Oracle
	{netip.MustParsePrefix("168.63.129.16/32"), "metadata"},   // Azure: https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
	{netip.MustParsePrefix("fd00:ec2::254/128"), "metadata"},  // AWS
	{netip.MustParsePrefix("fd00:ec2::23/128"), "metadata"},   // AWS, pods
	{netip.MustParsePrefix("fd20:ce::254/128"), "metadata"},   // Google

	{netip.MustParsePrefix("0.0.0.0/8"), "unspecified"}, // this host: RFC 1122, 3.2.1.3
	{netip.MustParsePrefix("10.0.0.0/8"), "private"},    // RFC 1918
	{netip.MustParsePrefix("100.64.0.0/10"), "shared"},  // CGNAT, RFC 6598
	{netip.MustParsePrefix("127.0.0.0/8"), "loopback"},
	{netip.MustParsePrefix("169.254.0.0/16"), "link-local"},
	{netip.MustParsePrefix("172.16.0.0/12"), "private"},
	{netip.MustParsePrefix("192.0.0.0/24"), "reserved"},
	{netip.MustParsePrefix("192.168.0.0/16"), "private"},
	{netip.MustParsePrefix("224.0.0.0/4"), "multicast"},
	{netip.MustParsePrefix("240.0.0.0/4"), "reserved"}, // broadcast among it

	{netip.MustParsePrefix("::/128"), "unspecified"},
	{netip.MustParsePrefix("::1/128"), "loopback"},
	{netip.MustParsePrefix("64:ff9b:1::/48"), "private"}, // NAT64 of one's own, RFC 8215
	{netip.MustParsePrefix("fc00::/7"), "private"},       // ULA, RFC 4193
	{netip.MustParsePrefix("fe80::/10"), "link-local"},
	{netip.MustParsePrefix("fec0::/10"), "private"}, // site-local, RFC 3879
	{netip.MustParsePrefix("ff00::/8"), "multicast"},
}

// embedding are addresses of IPv6 that lead to one of IPv4, and where that stands in them.
var embedding = []struct {
	prefix netip.Prefix
	at     int
	invert bool
}{
	{netip.MustParsePrefix("::/96"), 12, false},           // IPv4-compatible, RFC 4291, 2.5.5.1
	{netip.MustParsePrefix("::ffff:0:0:0/96"), 12, false}, // IPv4-translated, RFC 2765
	{netip.MustParsePrefix("64:ff9b::/96"), 12, false},    // NAT64, RFC 6052
	{netip.MustParsePrefix("2002::/16"), 2, false},        // 6to4, RFC 3056
	{netip.MustParsePrefix("2001::/32"), 12, true},        // Teredo, RFC 4380
}

// kindOf says what an address is that is reached only if the user named it: loopback, private, link-local, shared (CGNAT),
// metadata, unspecified, reserved, multicast; "" for one of the public network. Addresses of IPv6 that lead to one of IPv4 are
// what that is.
func kindOf(a netip.Addr) string {
	a = a.Unmap().WithZone("")
	for _, s := range special {
		if s.prefix.Contains(a) {
			return s.kind
		}
	}
	if inner, ok := embedded(a); ok {
		return kindOf(inner)
	}
	return ""
}

// embedded is the address of IPv4 that one of IPv6 leads to.
func embedded(a netip.Addr) (netip.Addr, bool) {
	if !a.Is6() {
		return a, false
	}
	b := a.As16()
	for _, e := range embedding {
		if !e.prefix.Contains(a) {
			continue
		}
		v4 := binary.BigEndian.Uint32(b[e.at:])
		if e.invert {
			v4 = ^v4
		}
		return netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, v4))), true
	}
	if id := binary.BigEndian.Uint32(b[8:]); id == 0x5efe || id == 0x02005efe { // ISATAP, RFC 5214, 6.1
		return netip.AddrFrom4([4]byte(b[12:])), true
	}
	return a, false
}

// isLocalName reports whether a name is this machine's whatever a name server says: RFC 6761, 6.3.
func isLocalName(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// loopback is what such a name leads to.
var loopback = []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()}

// ParsePrefix reads a network, 10.1.0.0/16, or an address.
func ParsePrefix(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	return netip.ParsePrefix(text)
}
