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

// refusedPreflight reports whether an answer to a preflight lets nothing be sent: its status is no success, or it names no origin
// (https://fetch.spec.whatwg.org/#cors-preflight-fetch). A HAR may lack the request itself, or say no more than that it failed.
func refusedPreflight(q *crawler.Request) bool {
	asks := q.Type == "preflight" || q.Method == http.MethodOptions && crawler.HeaderValue(q.Headers, "Access-Control-Request-Method") != ""
	if !asks || q.Response == nil || q.Response.Status == 0 {
		return false
	}
	return q.Response.Status/100 != 2 || len(q.Response.Headers) > 0 && crawler.HeaderValue(q.Response.Headers, "Access-Control-Allow-Origin") == ""
}

// turnedAway says how a server that could be reached refused what was to go to it, before it was sent: the answer to a CORS
// preflight (https://fetch.spec.whatwg.org/#cors-preflight-fetch), or to the handshake of a WebSocket. "" if it did not.
func turnedAway(q *crawler.Request) string {
	if q.NotSent && q.Failed == crawler.PreflightUnanswered {
		return "was not sent what a page had for it (it did not answer the CORS preflight)"
	}
	if q.NotSent && strings.Contains(q.Failed, "CORS") && strings.Contains(q.Failed, "Preflight") {
		return "was not sent what a page had for it (it refused the CORS preflight)"
	}
	if q.Source == "har" && refusedPreflight(q) {
		return "was not sent what a page had for it (it refused the CORS preflight)"
	}
	switch q.Type {
	case "websocket":
	case "eventsource":
		return streamRefused(q)
	default:
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

// streamRefused says how a server answered the question for a stream of events (https://html.spec.whatwg.org/#sse-processing-model): by
// an error, or by something else than a stream. That there is nothing to say (204), or that its answer is not for the page, is no refusal.
func streamRefused(q *crawler.Request) string {
	r := q.Response
	switch {
	case r == nil:
		return ""
	case r.Status >= http.StatusBadRequest:
		return fmt.Sprintf("refused to open a stream of events (%d)", r.Status)
	case r.Status == http.StatusOK && r.MIME != "" && !strings.HasPrefix(strings.ToLower(r.MIME), "text/event-stream"):
		return "answered with something else than a stream of events"
	}
	return ""
}
