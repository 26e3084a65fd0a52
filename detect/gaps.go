package detect

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
)

// captureRequest names a request of one of several captures.
type captureRequest struct {
	capture int
	id      string
}

// gapBook gathers what a run did not see: it passes on the gaps of the captures, masked and with the recipient that they
// are about, derives those that events imply, and says at the end what only the whole run shows.
type gapBook struct {
	run       *Run
	receivers map[captureRequest]string // recipient id of requests, for gaps that name one
	dead      map[deadKey]*attempts
	unread    *unreadable
}

func newGapBook(r *Run) *gapBook {
	return &gapBook{run: r, receivers: map[captureRequest]string{}, dead: map[deadKey]*attempts{}, unread: newUnreadable()}
}

// maxReceivers bounds the requests whose recipient is remembered.
const maxReceivers = 1_000_000

// told is a gap as it leaves detection: nothing in it identifies a person.
func (b *gapBook) told(g crawler.Gap, capture int) crawler.Gap {
	if strings.Contains(g.Where, "://") {
		g.Where = b.run.maskKnown(cmp.Or(MaskURL(g.Where), web.WithoutQuery(g.Where)))
	} else {
		g.Where = b.run.maskKnown(g.Where)
	}
	g.Text = b.run.maskKnown(maskInText(g.Text))
	if g.Recipient == "" && g.Request != "" {
		g.Recipient = b.receivers[captureRequest{capture, g.Request}]
	}
	if host := webrtcServer(&g); g.Recipient == "" && host != "" {
		g.Recipient = b.run.a.catalog.OwnerOf(host).ID
	}
	return g
}

// webrtcServer is the host of the server that a gap of WebRTC is about; "" if it is about none.
func webrtcServer(g *crawler.Gap) string {
	scheme, rest, _ := strings.Cut(g.Where, ":")
	if g.Kind != crawler.GapWebRTC || strings.HasPrefix(scheme, "http") {
		return ""
	}
	return web.Host("stun://" + rest)
}

// maskInText masks the addresses in a sentence.
func maskInText(text string) string {
	if !strings.Contains(text, "://") {
		return text
	}
	words := strings.Split(text, " ")
	for i, w := range words {
		if strings.Contains(w, "://") {
			words[i] = cmp.Or(MaskURL(strings.TrimRight(w, ",;.)")), "an address")
		}
	}
	return strings.Join(words, " ")
}

// page says what a visit's outcome implies, beside what the page says itself.
func (b *gapBook) page(p *crawler.Page, capture int) []crawler.Gap {
	out := slices.Clone(p.Gaps)
	named := slices.ContainsFunc(p.Gaps, func(g crawler.Gap) bool {
		info, ok := crawler.InfoOfGap(g.Kind)
		return ok && info.From == crawler.FromCrawl
	})
	if g, ok := outcomeGap(p); ok && !(named && p.Outcome == crawler.Blocked) {
		out = append(out, g)
	}
	out = append(out, countGaps(p.Counts)...)
	for i := range out {
		g := &out[i]
		if g.Kind == crawler.GapLogin && !asked(p) && !b.run.k.signedIn {
			g.Kind = crawler.GapSignInPage // nobody who is not signed in sees more
		}
		g.Page, g.Profile, g.Consent = p.ID, p.Task.Profile, cmp.Or(g.Consent, p.Task.Consent)
		g.Where = cmp.Or(g.Where, p.Task.URL, p.URL)
		*g = b.told(*g, capture)
	}
	return out
}

// asked reports whether the page was named, and not found by a link or in a sitemap.
func asked(p *crawler.Page) bool {
	switch p.Task.Via {
	case "", "seed", "list", "flow":
		return true
	}
	return false
}

// outcomeGap is what the outcome alone says.
func outcomeGap(p *crawler.Page) (crawler.Gap, bool) {
	word, _, _ := strings.Cut(p.Reason, ":")
	switch p.Outcome {
	case crawler.Partial:
		if why := unexplained(p.Reason); why != "" || p.Counts.Full() && len(p.Gaps) == 0 {
			return crawler.Gap{Kind: crawler.GapPagePartial, Text: cmp.Or(why, "it was left early")}, true
		}
		return crawler.Gap{}, false
	case crawler.Failed:
		return crawler.Gap{Kind: crawler.GapPageFailed, Text: cmp.Or(p.Reason, "nothing was seen")}, true
	case crawler.Blocked:
		switch {
		case word == "download" || word == "not_html":
			return crawler.Gap{Kind: crawler.GapDownload, Text: p.Reason}, true
		case (p.Status == 404 || p.Status == 410) && !asked(p):
			return crawler.Gap{Kind: crawler.GapPageMissing, Text: p.Reason}, true
		case word == "sign-in":
			return crawler.Gap{Kind: crawler.GapLogin, Text: strings.TrimSpace(strings.TrimPrefix(p.Reason, "sign-in:"))}, true
		}
		return crawler.Gap{Kind: crawler.GapPageBlocked, Text: cmp.Or(p.Reason, "the page was not shown")}, true
	}
	return crawler.Gap{}, false
}

// unexplained is what of a reason is not counted by Completeness anyway.
func unexplained(reason string) string {
	var rest []string
	for part := range strings.SplitSeq(reason, "; ") {
		switch word, _, _ := strings.Cut(part, ":"); word {
		case "caps", "protocol", "bodies", "":
		default:
			rest = append(rest, part)
		}
	}
	return strings.Join(rest, "; ")
}

// countGaps are what the counts of a visit say. Missing bodies are told one by one, with their recipient.
func countGaps(c crawler.Completeness) []crawler.Gap {
	var out []crawler.Gap
	if n := c.NotAttached; n > 0 {
		out = append(out, crawler.Gap{Kind: crawler.GapNotAttached, Count: n, Text: "a frame or worker was not recorded"})
	}
	if n := c.DecodeFailed; n > 0 {
		out = append(out, crawler.Gap{Kind: crawler.GapProtocol, Count: n, Text: "the browser said something that is not understood"})
	}
	for _, cap := range c.CapsReached {
		out = append(out, crawler.Gap{Kind: crawler.GapCap, Text: "limit reached: " + cap})
	}
	return out
}

// request says what of a request was not seen, and remembers who receives it.
func (b *gapBook) request(x *examined) []crawler.Gap {
	q := x.job.request
	if x.apart {
		return nil
	}
	if q.ID != "" && len(b.receivers) < maxReceivers {
		b.receivers[captureRequest{x.job.capture, q.ID}] = x.match.Recipient.ID
	}
	b.reach(x)
	b.unread.observe(x, b.run.captures[x.job.capture].Blobs)
	if q.NotSent && (x.own || q.Type != "webtransport") {
		return nil
	}
	var out []crawler.Gap
	add := func(kind crawler.GapKind, text string) {
		out = append(out, b.told(crawler.Gap{
			Kind: kind, Where: x.stub.URL, Recipient: x.match.Recipient.ID, Page: q.Page, Request: q.ID, Profile: q.Profile,
			Consent: x.stub.Consent, Text: text,
		}, x.job.capture))
	}
	if q.NotSent { // the browser does not say why: networks that let no UDP through are the usual reason
		add(crawler.GapWebTransport, "a WebTransport was opened and did not connect, so what was to go through it was not seen")
		return out
	}
	if q.Unseen != "" && q.Source != "har" { // the reader of a HAR says itself what is missing
		kind := crawler.GapBody
		if q.Type == "webtransport" {
			kind = crawler.GapWebTransport
		}
		add(kind, q.Unseen)
	}
	for _, g := range unopened(x) {
		out = append(out, b.told(g, x.job.capture))
	}
	return out
}

// deadKey is a host as one visitor saw it, or one script or frame of it: a vendor whose beacons are answered and whose
// script is not has not run.
type deadKey struct {
	capture             int
	profile, host, path string
}

// attempts are the requests to a host that had no answer.
type attempts struct {
	answered  bool
	failed    int
	why       string // net::ERR_… of the first
	turned    string // how a server that was reached refused it; "" if none was reached
	recipient string
	consent   crawler.Consent
	page      string
	classes   map[rule.Class]bool // what they would have carried
}

// maxDead bounds the hosts that are kept account of.
const maxDead = 20_000

// reach keeps account of which third parties could be reached at all.
func (b *gapBook) reach(x *examined) {
	q := x.job.request
	if x.match.Recipient.ID == recipient.FirstParty || x.host == "" {
		return
	}
	at := deadKey{x.job.capture, q.Profile, x.host, web.WithoutQuery(q.URL)}
	if how := turnedAway(q); how != "" { // by one address of a host: others may be open to everybody
		if a := b.attempt(x, at, true); a != nil {
			a.turned = how
		}
		return
	}
	failed := notReached(q.Failed) && q.Response == nil
	if !failed && (q.Response == nil || q.Response.Status == 0 || redirectedInside(q)) {
		return
	}
	b.attempt(x, deadKey{x.job.capture, q.Profile, x.host, ""}, failed)
	known := b.dead[at]
	again := !failed && known != nil && known.turned != "" && q.Method != http.MethodOptions // in another way
	if q.Type == "script" || q.Type == "document" || again {
		b.attempt(x, at, failed)
	}
}

// redirectedInside reports whether the browser itself answered a request with where to go instead, such as to https by HSTS
// (https://www.rfc-editor.org/rfc/rfc6797#section-8.3). It says nothing of the host.
func redirectedInside(q *crawler.Request) bool {
	return q.NotSent && q.Response.Status >= 300 && q.Response.Status < 400
}

// attempt counts a request to a host, or to one address of it, in, and returns what is known of it; nil if that is too much.
func (b *gapBook) attempt(x *examined, key deadKey, failed bool) *attempts {
	q := x.job.request
	a := b.dead[key]
	if a == nil {
		if len(b.dead) >= maxDead {
			return nil
		}
		a = &attempts{recipient: x.match.Recipient.ID, consent: x.stub.Consent, page: q.Page, classes: map[rule.Class]bool{}}
		b.dead[key] = a
	}
	if !failed {
		a.answered = true
		return a
	}
	a.failed++
	a.why = cmp.Or(a.why, q.Failed)
	for _, f := range x.attempted {
		a.classes[f.Class] = true
	}
	return a
}

// notReachedErrors are Chrome's errors of a host that could not be reached from here
// (https://source.chromium.org/chromium/chromium/src/+/main:net/base/net_error_list.h): names, connections, proxies,
// certificates. What the page itself gave up, and what a policy of the page refused, are not among them. Firefox's names of the
// same, which its exports have, follow (https://searchfox.org/mozilla-central/source/xpcom/base/ErrorList.py).
var notReachedErrors = []string{
	"ERR_NAME_", "ERR_DNS_", "ERR_ICANN_", "ERR_CONNECTION_", "ERR_ADDRESS_", "ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_",
	"ERR_TIMED_OUT", "ERR_SOCKET_", "ERR_SOCKS_", "ERR_PROXY_", "ERR_TUNNEL_", "ERR_MANDATORY_PROXY", "ERR_SSL_", "ERR_CERT_",
	"ERR_BAD_SSL", "ERR_EMPTY_RESPONSE", "ERR_BLOCKED_BY_ADMINISTRATOR", "ERR_BLOCKED_BY_CLIENT", "ERR_HOST_RESOLVER",
	"ERR_QUIC_HANDSHAKE_FAILED", "ERR_HTTP2_PROTOCOL_ERROR", "ERR_HTTP2_SERVER_REFUSED_STREAM", "ERR_UNSAFE_PORT",
	"NS_ERROR_UNKNOWN_HOST", "NS_ERROR_UNKNOWN_PROXY_HOST", "NS_ERROR_CONNECTION_REFUSED", "NS_ERROR_PROXY_", "NS_ERROR_NET_",
	"NS_ERROR_OFFLINE", "NS_ERROR_DNS_", "SSL_ERROR_", "SEC_ERROR_", "MOZILLA_PKIX_ERROR_", crawler.NotConnected,
}

// notReached reports whether a request failed because its host could not be reached. Of a WebSocket Chrome says it in a sentence:
// "Error in connection establishment: net::ERR_CONNECTION_REFUSED".
func notReached(failed string) bool {
	code := netError(failed)
	return slices.ContainsFunc(notReachedErrors, func(prefix string) bool { return strings.HasPrefix(code, prefix) })
}

// netError is the browser's name of the error in the reason of a failure, without Chrome's net::.
func netError(failed string) string {
	if _, code, found := strings.Cut(failed, "net::"); found {
		return code
	}
	return failed
}

// finish says what only the whole run shows.
func (b *gapBook) finish() []crawler.Gap {
	var out []crawler.Gap
	keys := slices.SortedFunc(maps.Keys(b.dead), func(a, c deadKey) int {
		return cmp.Or(cmp.Compare(a.capture, c.capture), strings.Compare(a.profile, c.profile), strings.Compare(a.host, c.host), strings.Compare(a.path, c.path))
	})
	for _, k := range keys {
		a := b.dead[k]
		if a.answered || a.failed == 0 {
			continue
		}
		if host := b.dead[deadKey{k.capture, k.profile, k.host, ""}]; k.path != "" && host != nil && !host.answered {
			continue // nothing of the host was reached, which is told
		}
		why := strings.ToLower(strings.TrimPrefix(strings.TrimPrefix(netError(a.why), "ERR_"), "NS_ERROR_"))
		kind, text := crawler.GapUnreachable, "could not be reached ("+why+")"
		if a.turned != "" {
			kind, text = crawler.GapTurnedAway, a.turned
		}
		if len(a.classes) > 0 {
			text += "; was to be sent " + classWords(a.classes)
		}
		out = append(out, b.told(crawler.Gap{
			Kind: kind, Where: cmp.Or(k.path, k.host), Recipient: a.recipient, Page: a.page, Profile: k.profile, Consent: a.consent,
			Count: a.failed, Text: text,
		}, k.capture))
	}
	for _, u := range b.unread.gaps() {
		if u.Recipient.Category == "security" {
			u.Gap.Kind = crawler.GapSensor
		}
		out = append(out, b.told(u.Gap, 0))
	}
	return out
}

// classWords lists classes by their titles, at most five.
func classWords(classes map[rule.Class]bool) string {
	var words []string
	for _, c := range slices.Sorted(maps.Keys(classes)) {
		info, _ := rule.InfoOf(c)
		words = append(words, info.Noun())
	}
	if n := len(words); n > 5 {
		words = append(words[:5], fmt.Sprintf("%d more", n-5))
	}
	return strings.Join(words, ", ")
}
