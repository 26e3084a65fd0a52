package web

import "strings"

// silent are the request headers by which browsers and HTTP serve themselves: they say nothing of a person, and no script
// can write what it likes into them (https://fetch.spec.whatwg.org/#forbidden-request-header) or none does.
var silent = words(`accept accept-charset accept-encoding access-control-request-headers access-control-request-method
	cache-control connection content-encoding content-length content-type dnt expect host if-match if-modified-since
	if-none-match if-range if-unmodified-since keep-alive pragma priority purpose range save-data sec-fetch-dest
	sec-fetch-mode sec-fetch-site sec-fetch-storage-access sec-fetch-user sec-gpc sec-purpose sec-websocket-extensions
	sec-websocket-key sec-websocket-version service-worker service-worker-navigation-preload te trailer transfer-encoding
	upgrade upgrade-insecure-requests`)

// telling are further headers that every browser sends of itself, and that say something of the device: client hints
// (https://wicg.github.io/client-hints-infrastructure/) and what monitoring adds to every request
// (https://www.w3.org/TR/trace-context/).
var telling = words("user-agent device-memory dpr viewport-width width rtt downlink ect traceparent tracestate early-data")

// SilentHeader reports a request header, in lower case, that says nothing of anybody.
func SilentHeader(name string) bool { return strings.HasPrefix(name, ":") || silent[name] }

// OrdinaryHeader reports a request header, in lower case, that browsers send with every request whatever the site does:
// what it says is told to every server.
func OrdinaryHeader(name string) bool {
	return SilentHeader(name) || telling[name] || strings.HasPrefix(name, "sec-") || strings.HasPrefix(name, "accept")
}
