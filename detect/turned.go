package detect

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/tagscan/tagscan/crawler"
)

// handshake is what Chrome says of a WebSocket whose server answers, and does not open it
// (https://source.chromium.org/chromium/chromium/src/+/main:net/websockets/websocket_stream.cc).
var handshake = regexp.MustCompile(`^Error during WebSocket handshake: (?:Unexpected response code: (\d{3}))?`)

// turnedAway says how a server that could be reached refused what was to go to it, before it was sent: the answer to a CORS
// preflight (https://fetch.spec.whatwg.org/#cors-preflight-fetch), or to the handshake of a WebSocket. "" if it did not.
func turnedAway(q *crawler.Request) string {
	if q.NotSent && strings.Contains(q.Failed, "CORS") && strings.Contains(q.Failed, "Preflight") {
		return "was not sent what a page had for it (it refused the CORS preflight)"
	}
	if q.Type != "websocket" {
		return ""
	}
	if q.Response != nil && q.Response.Status >= http.StatusBadRequest {
		return fmt.Sprintf("refused to open a socket (%d)", q.Response.Status)
	}
	switch said := handshake.FindStringSubmatch(q.Failed); {
	case said == nil || notReached(q.Failed):
		return ""
	case said[1] != "":
		return "refused to open a socket (" + said[1] + ")"
	}
	return "refused to open a socket"
}
