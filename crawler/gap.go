package crawler

import (
	"fmt"
	"net/http"
)

// Gap is something that was not seen, read, opened or proven. It is a fact like any other: every stage that loses
// something says so with a Gap, none is dropped on the way, and package detect/policy alone decides which of them make a
// run incomplete. Text holds no address and no value of a person: an address belongs into Where, which detection masks.
type Gap struct {
	Kind      GapKind `json:"kind"`
	Where     string  `json:"where,omitempty"`     // what it is about: an address, a file of the run, a field's path
	Recipient string  `json:"recipient,omitempty"` // id of who was to receive something; set by detection, empty in a capture
	Page      string  `json:"page,omitempty"`      // Page.ID of the visit, if it belongs to one
	Request   string  `json:"request,omitempty"`   // Request.ID, if it belongs to one
	Profile   string  `json:"profile,omitempty"`   // the visitor, if it belongs to one
	Consent   Consent `json:"consent,omitempty"`   // the consent state, if it belongs to one
	Count     int     `json:"count,omitempty"`     // how many of what Text counts; 0 is one
	Text      string  `json:"text"`                // for a person, one clause without a full stop that says what one of them is: "a request body could not be read"
}

// N is how many things the gap stands for: one unless it says otherwise.
func (g Gap) N() int { return max(1, g.Count) }

// GapKind says what was lost. The list is closed: GapKinds has them all.
type GapKind string

// The stages that gaps come from.
const (
	FromCrawl     = "crawl"
	FromRecording = "recording"
	FromCapture   = "capture"
	FromHAR       = "har"
	FromDecode    = "decode"
)

// What the crawl did not see.
const (
	GapPagePartial     GapKind = "page-partial"
	GapPageBlocked     GapKind = "page-blocked"
	GapPageFailed      GapKind = "page-failed"
	GapPageMissing     GapKind = "page-missing"
	GapNoPage          GapKind = "no-page"
	GapDownload        GapKind = "download"
	GapLogin           GapKind = "login"
	GapSignInPage      GapKind = "sign-in-page"
	GapWall            GapKind = "bot-wall"
	GapQueue           GapKind = "waiting-room"
	GapMaintenance     GapKind = "maintenance"
	GapThrottled       GapKind = "throttled"
	GapEmptyPage       GapKind = "empty-page"
	GapSamePage        GapKind = "same-page"
	GapLedElsewhere    GapKind = "led-elsewhere"
	GapStartMoved      GapKind = "start-moved"
	GapNotVisited      GapKind = "pages-not-visited"
	GapNamedNotVisited GapKind = "named-not-visited"
	GapSitemap         GapKind = "sitemap-unread"
	GapLinksLeftOut    GapKind = "links-left-out"
	GapNoLinks         GapKind = "no-links"
	GapNotTyped        GapKind = "form-not-filled"
	GapDialog          GapKind = "dialog-not-understood"
	GapChoice          GapKind = "choice-not-achieved"
	GapState           GapKind = "state-not-visited"
	GapPrivate         GapKind = "private-address"
)

// What the recording did not see.
const (
	GapNotAttached    GapKind = "target-not-attached"
	GapProtocol       GapKind = "protocol"
	GapBody           GapKind = "body-unseen"
	GapCap            GapKind = "cap-reached"
	GapSocket         GapKind = "socket-cut"
	GapWebTransport   GapKind = "webtransport"
	GapWebRTC         GapKind = "webrtc"
	GapLoadFailed     GapKind = "load-failed"
	GapLoadMissing    GapKind = "load-missing"
	GapUnreachable    GapKind = "unreachable"
	GapTurnedAway     GapKind = "turned-away"
	GapVisitorUnknown GapKind = "visitor-unknown"
	GapPageUnknown    GapKind = "page-unknown"
	GapStall          GapKind = "clock-stalled"
	GapLateTimer      GapKind = "late-timer"
)

// What a capture on disk does not hold any more.
const (
	GapTruncated       GapKind = "capture-truncated"
	GapDamaged         GapKind = "capture-damaged"
	GapBlobMissing     GapKind = "blob-missing"
	GapBlobChanged     GapKind = "blob-changed"
	GapManifest        GapKind = "manifest-mismatch"
	GapManifestMissing GapKind = "manifest-missing"
	GapKilled          GapKind = "run-killed"
	GapInterrupted     GapKind = "run-interrupted"
)

// What a HAR does not say.
const (
	GapHARBody      GapKind = "har-body-missing"
	GapHARNoPages   GapKind = "har-no-pages"
	GapHARNoCookies GapKind = "har-no-cookies"
	GapHARConsent   GapKind = "har-consent-unknown"
	GapHARSkipped   GapKind = "har-entries-skipped"
	GapHARUnproven  GapKind = "har-unproven"
)

// What decoding did not open.
const (
	GapDepth      GapKind = "decode-depth"
	GapNodes      GapKind = "decode-nodes"
	GapSize       GapKind = "decode-size"
	GapRatio      GapKind = "decode-ratio"
	GapWork       GapKind = "decode-work"
	GapUnreadable GapKind = "payload-unreadable"
	GapSensor     GapKind = "sensor-unreadable"
)

// NotLoaded says why a script, a frame or data was not had, from the status that its server answered with: what is not there is
// missing for everybody, any other error may be of this visit alone. The kind is "" if the status is no error.
func NotLoaded(status int) (kind GapKind, why string) {
	switch {
	case status == http.StatusNotFound, status == http.StatusGone:
		return GapLoadMissing, fmt.Sprintf("is not there (%d)", status)
	case status >= http.StatusBadRequest:
		return GapLoadFailed, fmt.Sprintf("could not be loaded: the server answered %d", status)
	}
	return "", ""
}

// GapInfo explains a kind of gap.
type GapInfo struct {
	Kind   GapKind
	From   string // the stage: FromCrawl …
	Doc    string // what was lost, one sentence
	Remedy string // what to do about it, one sentence
	// Hides says that personal data sent to a third party could be behind such a gap. It is the default of the policy's
	// incomplete_on: these make a run incomplete, the others are told and no more.
	Hides bool
}

// GapKinds are all kinds, by the stage they come from.
var GapKinds = []GapInfo{
	{GapPagePartial, FromCrawl, "A page was left before all that it does was seen.", "Scan again; give a slow site more time with --timeout and --budget.", true},
	{GapPageBlocked, FromCrawl, "The server or the browser refused to show a page.", "Give what the page asks for: --session, --basic-auth, --header, or a machine that the site lets in.", true},
	{GapPageFailed, FromCrawl, "A page could not be loaded at all.", "Look at the reason: no time left (--budget, --timeout), the name does not resolve, the certificate is not trusted (--insecure), the server is down.", true},
	{GapPageMissing, FromCrawl, "A link leads to a page that is not there (404 or 410), or that says so itself.", "Mend the link; nothing is hidden behind it.", false},
	{GapNoPage, FromCrawl, "No page at all was seen completely.", "See the other gaps; `tagscan doctor` looks at this machine.", true},
	{GapDownload, FromCrawl, "A link leads to a download or to nothing (204), and not to a page.", "Nothing to do: a file sends nothing.", false},
	{GapLogin, FromCrawl, "A page asked for a sign-in instead of showing what is behind it.", "Renew the session (`tagscan login`), or record the way in with --flow; --signed-in says what only signed-in users see.", true},
	{GapSignInPage, FromCrawl, "A link leads to pages behind a sign-in, which this visitor does not have.", "Scan with --session or --flow to see what signed-in users see.", false},
	{GapWall, FromCrawl, "A bot protection showed a challenge instead of the page.", "Scan from a machine or with a header that the protection lets pass; ask whoever runs it for an exception.", true},
	{GapQueue, FromCrawl, "A waiting room was shown instead of the page.", "Scan when there is no queue, or by a way around it (staging, an address the queue lets pass).", true},
	{GapMaintenance, FromCrawl, "A maintenance or error page was shown instead of the page.", "Scan again when the site is back.", true},
	{GapThrottled, FromCrawl, "The server had no time for a page (429, 503), or asked to be left alone for longer than a scan waits.", "Scan later and more slowly: --polite, --polite=slow; or ask whoever runs the site for an exception.", true},
	{GapEmptyPage, FromCrawl, "The page stayed empty: its application did not start.", "See which scripts failed; build or deploy the site whole, or give it the back end it waits for.", true},
	{GapSamePage, FromCrawl, "Many addresses showed one and the same page.", "If that is a sign-in or an error page, renew the session or mend the site; list the pages you mean with --list.", true},
	{GapLedElsewhere, FromCrawl, "An address that was asked for led to another site.", "Scan the address it leads to, or name that site with --first-party if it is yours; renew the session if it is a sign-in.", true},
	{GapStartMoved, FromCrawl, "The start address has moved for good (301 or 308), and the scan went with it.", "Write the new address into your configuration.", false},
	{GapNotVisited, FromCrawl, "Pages are known and were not visited, for a limit was reached.", "Raise --max-pages, --per-route, --depth or --budget, or name the pages that matter with --list.", false},
	{GapNamedNotVisited, FromCrawl, "A page that was named was not visited.", "Say --ignore-robots if robots.txt keeps it out and the site is yours; raise --max-pages or --budget.", true},
	{GapSitemap, FromCrawl, "A sitemap of the site could not be read, so pages that only it names may be missing.", "Scan again when it can be read; name the pages that matter with --list, or say --no-sitemap.", true},
	{GapLinksLeftOut, FromCrawl, "Links were left alone, for following them may change something or leads out of scope.", "Name those that are safe with --list, or widen the scope with --include and --first-party.", false},
	{GapNoLinks, FromCrawl, "A page has no links, only things to click that lead further, so the rest of the site was not found.", "Try them with --interact, name the pages with --list, or record the way with --flow.", true},
	{GapNotTyped, FromCrawl, "A form was not filled although --interact asks for it.", "Raise --timeout, or list the page with --list so that it is visited by itself.", true},
	{GapDialog, FromCrawl, "Something speaks of cookies and was not understood, so no choice was made.", "Record the choice with --flow, and send us the page's words.", true},
	{GapChoice, FromCrawl, "The visitor's choice was made and is not proven to have been taken.", "Look at the page: the state it stands for is not proven; record the choice with --flow.", true},
	{GapState, FromCrawl, "A consent state that was asked for was not visited.", "Raise --max-pages or --budget, or leave the state out of --consent.", true},
	{GapPrivate, FromCrawl, "Something leads to an address of this machine or its networks that nobody named, and was not connected to.", "See who asks for it: a page has no business there. If it is yours, say --allow-private with the address, or --map.", false},

	{GapNotAttached, FromRecording, "A frame or worker existed and could not be recorded.", "Scan again; tell us if it stays.", true},
	{GapProtocol, FromRecording, "The browser said something that tagscan does not understand.", "Use the browser version that `tagscan doctor` names.", true},
	{GapBody, FromRecording, "A request was seen, and its body could not be read.", "Scan again with --real-time; tell us if it stays.", true},
	{GapCap, FromRecording, "A limit of the recorder cut something off.", "Scan the page by itself, with -o on a disk with room.", true},
	{GapSocket, FromRecording, "A socket's messages were not all seen.", "Scan again; tell us if it stays.", true},
	{GapWebTransport, FromRecording, "What goes through a WebTransport connection cannot be seen.", "Switch it off in the vendor's settings while you scan.", true},
	{GapWebRTC, FromRecording, "What goes through a WebRTC connection, to its servers or to whoever is at its other end, cannot be seen.", "Switch it off in the vendor's settings while you scan, or ask whose script opens it and what for.", true},
	{GapLoadFailed, FromRecording, "A script or frame could not be loaded, so what it does was not seen.", "Scan from a machine that can reach it, or when its server is back.", true},
	{GapLoadMissing, FromRecording, "A script or frame is not there (404 or 410) or is refused by the page or its own head, for anybody.", "Take it out of the page, or mend what refuses it.", false},
	{GapUnreachable, FromRecording, "A third party could not be reached, so what it would have been sent was not seen whole.", "Let the machine reach it: DNS, proxy, firewall, blocking lists.", true},
	{GapTurnedAway, FromRecording, "A third party was reached and refused what a page had for it before it was sent, so that was not seen.", "See whether it refuses every browser: then have the vendor let the site in (CORS, its list of origins) or take it out of the page; else scan from where it lets you in.", true},
	{GapVisitorUnknown, FromRecording, "Something was sent, and which visitor sent it is not known.", "Scan one consent state at a time with --consent.", true},
	{GapPageUnknown, FromRecording, "Something was sent, and which page of the visitor sent it is not known.", "Nothing to do: who sent it and in which consent state is known; with --workers 1 the page is, too.", false},
	{GapStall, FromRecording, "A page's clock stood still, or a request or worker of it was held, and was set going again.", "Nothing to do if it is rare; scan with --real-time or fewer --workers if it is not.", false},
	{GapLateTimer, FromRecording, "A shared or service worker was left before a timer of its own went off, for their clock cannot be run ahead.", "Look at what the worker sends then; set its timer to less than eight seconds while you scan.", true},

	{GapTruncated, FromCapture, "The capture is not whole: it was not written whole, ends in the middle, or lacks events.", "Restore the run from where it was kept, or scan again, on a disk with room.", true},
	{GapDamaged, FromCapture, "The capture cannot be read, in places or from some point on.", "Restore the run from where it was kept, or scan again.", true},
	{GapBlobMissing, FromCapture, "A body that an event names is not in the run any more.", "Restore the blobs folder, or scan again.", true},
	{GapBlobChanged, FromCapture, "A body is not what was recorded: its bytes have another hash.", "Restore the blobs folder, or scan again; somebody changed it.", true},
	{GapManifest, FromCapture, "A file of the run is not what the manifest says.", "Restore the run, or scan again; somebody or something changed it.", true},
	{GapManifestMissing, FromCapture, "The run has no readable manifest, so nothing says that it is whole.", "Restore manifest.json, or scan again.", true},
	{GapKilled, FromCapture, "The scan did not end: it was killed, or it still runs.", "Wait for it, or scan again.", true},
	{GapInterrupted, FromCapture, "The scan was stopped before all that was asked for was seen.", "Scan again; raise --budget if time ran out.", true},

	{GapHARBody, FromHAR, "A request had a body that the HAR does not hold, or not whole.", "Save the HAR again with content, from a tool that keeps request bodies.", true},
	{GapHARNoPages, FromHAR, "The HAR does not say which page a request belongs to, so whose site it is is a guess.", "Save it from a browser's network panel, or name the site with --first-party.", true},
	{GapHARNoCookies, FromHAR, "The HAR holds no cookies although the browser sent some.", "Save it with sensitive data (Chrome: Allow to generate HAR with sensitive data).", true},
	{GapHARConsent, FromHAR, "Nobody says in which consent state the HAR was recorded.", "Say so in your notes: flows of a HAR have the consent state unknown.", false},
	{GapHARSkipped, FromHAR, "Entries of the HAR could not be read.", "Save it again; see which entries.", true},
	{GapHARUnproven, FromHAR, "A HAR does not prove that it holds everything that was sent.", "Scan the site itself to prove absence.", false},

	{GapDepth, FromDecode, "A payload is nested more deeply than tagscan opens.", "Look at the payload by hand: `tagscan explain gap:decode-depth` says how.", true},
	{GapNodes, FromDecode, "A payload has more parts than tagscan looks at.", "Look at the payload by hand.", true},
	{GapSize, FromDecode, "A payload unpacks to more bytes than tagscan holds.", "Look at the payload by hand.", true},
	{GapRatio, FromDecode, "A payload unpacks to so many times its size that it was not unpacked.", "Look at the payload by hand; it may be a bomb.", true},
	{GapWork, FromDecode, "A payload takes more work to open than tagscan gives to one request.", "Look at the payload by hand; it may be made to be slow.", true},
	{GapUnreadable, FromDecode, "A payload is encrypted or in an encoding that tagscan does not know.", "Ask the vendor what it holds, or switch the encryption off while you scan.", true},
	{GapSensor, FromDecode, "A bot or fraud protection sends what it measures encrypted, by design.", "Ask the vendor what it measures; its contract should say.", false},
}

// InfoOfGap explains a kind; false if there is no such kind.
func InfoOfGap(k GapKind) (GapInfo, bool) {
	for _, i := range GapKinds {
		if i.Kind == k {
			return i, true
		}
	}
	return GapInfo{}, false
}
