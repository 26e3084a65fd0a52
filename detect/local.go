package detect

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
)

// heldBackReason is added to what was found in a request that was held back.
const heldBackReason = "for a program on the visitor's own machine or network; held back here"

// heldBackErrors are parts of the errors of a request that was not let into the network that the browser runs in: by the guard of this
// scan, or by the browser's own checks of local and, as they were called before, private network access
// (https://wicg.github.io/local-network-access/).
var heldBackErrors = []string{"PRIVATE_NETWORK", "LOCAL_NETWORK", "PrivateNetwork", "LocalNetwork", "Preflight"}

// heldBack reports whether a request was to go to a program of the visitor's machine or network (an application of the same vendor on a
// phone, say: https://localmess.github.io) and reached nobody here: it was not let there, or nothing listens on the machine that
// scans. At a visitor who has the program it arrives, so what it carries is found, and not only what was to be sent.
func heldBack(q *crawler.Request, host string) bool {
	if !q.NotSent {
		return false
	}
	machine, network := local(host)
	refused := slices.ContainsFunc(heldBackErrors, func(part string) bool { return strings.Contains(q.Failed, part) })
	return refused && (machine || network) || machine && notReached(q.Failed)
}

// local reports whether a host is the machine of whoever asks for it, by the names that are (RFC 6761, 6.3) or by its address, and
// whether it is an address of networks that are somebody's own.
func local(host string) (machine, network bool) {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true, false
	}
	a, err := netip.ParseAddr(strings.Trim(host, "[]"))
	if err != nil {
		return false, false
	}
	a = a.Unmap()
	return a.IsLoopback() || a.IsUnspecified(), a.IsPrivate() || a.IsLinkLocalUnicast()
}
