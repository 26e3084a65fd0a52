package shown

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
)

// Load is a script or a frame that a page was to have, at the end of its redirects.
type Load struct {
	URL       string
	Request   string // Request.ID
	Script    bool   // else a frame, or data
	Data      bool   // that a script asked a third party for
	Main      bool   // of the main document, as it was in the end
	Status    int    // 0: no answer
	MIME      string
	Failed    string // as Request.Failed
	Ran       bool   // a script that was seen to run
	Short     bool   // less came than its head says, or what came could not be unpacked to its end
	Empty     bool   // a script that was answered with 200 and nothing
	NoSniff   bool   // its head forbids to take it for another type than it says
	Integrity bool   // its element says what its content must be
	Left      bool   // it was asked for while the page went
	Unseen    bool   // that it was asked for is all that is known
	Awaited   bool   // a frame that the document shows
}

// lost reports whether a script could not be had, or is none.
func (l *Load) lost() bool {
	kind, _ := l.judge(true)
	return kind != ""
}

// judge says why a script or frame was not had, and whether that is so for everybody (GapLoadMissing) or only for this visit
// (GapLoadFailed); "" if it was had, or if others tell. A third party that cannot be reached at all is told by detection, from
// the request itself; own says that it is none.
func (l *Load) judge(own bool) (kind crawler.GapKind, why string) {
	answered := l.Status > 0
	switch {
	case l.Left:
		return "", ""
	case l.Unseen:
		return crawler.GapLoadFailed, "of a frame was asked for before the frame was recorded, and did not run"
	case l.Status == http.StatusNoContent && l.Script && !own && !l.sends(): // nothing is a script that runs
		return crawler.GapLoadFailed, "could not be loaded: the server answered with nothing (204)"
	case l.Empty && !own && l.isFile():
		return crawler.GapLoadFailed, "could not be loaded: the server answered with an empty file"
	case (l.Script || l.Data) && l.Short: // by HTTP/2, and where it cannot be unpacked to its end, Chrome runs what came of it
		return crawler.GapLoadFailed, "could not be loaded whole: its answer breaks off"
	case l.Ran:
		return "", ""
	case !answered && unusable(l.Failed):
		return crawler.GapLoadFailed, "could not be loaded: the server answered with nothing that a browser takes for an answer"
	case l.Data:
		if l.Status >= http.StatusInternalServerError || l.Status == http.StatusTooManyRequests {
			return crawler.NotLoaded(l.Status)
		}
		return "", ""
	case isBlocked(l.Failed, "csp"):
		return crawler.GapLoadMissing, "is refused by the page's own policy, for everybody"
	case isBlocked(l.Failed, "mixed-content"):
		return crawler.GapLoadMissing, "is not encrypted on a page that is, so it is refused for everybody"
	case isBlocked(l.Failed, "inspector"), strings.Contains(l.Failed, "ERR_BLOCKED_BY_CLIENT"):
		return "", "" // tagscan itself held it back
	case strings.HasPrefix(l.Failed, "blocked: "), strings.Contains(l.Failed, "ERR_BLOCKED_BY_RESPONSE"):
		return crawler.GapLoadMissing, "does not let itself be shown here, for everybody"
	case l.Status >= http.StatusBadRequest:
		return crawler.NotLoaded(l.Status)
	case answered && l.noScript():
		if own {
			return crawler.GapLoadMissing, "is not there: the server answered with a page"
		}
		return crawler.GapLoadFailed, "could not be loaded: the server answered with something else"
	case answered && l.Script && isMedia(l.MIME) && !l.sends():
		if own {
			return crawler.GapLoadMissing, "is none: the server answered with a picture or a film"
		}
		return crawler.GapLoadFailed, "could not be loaded: the server answered with a picture or a film"
	case answered && l.Script && l.NoSniff && l.Failed == "" && !isScriptType(l.MIME):
		return crawler.GapLoadMissing, "is refused for everybody: its head says that it is none, and to believe that"
	case answered && l.Script && l.Integrity && l.Failed == "":
		return crawler.GapLoadMissing, "is not what its integrity attribute says, so it is refused for everybody"
	case answered && l.brokeOff():
		return crawler.GapLoadFailed, "could not be loaded: the answer broke off"
	case answered:
		return "", ""
	case (l.Awaited || l.Script && l.Main) && l.pending():
		return crawler.GapLoadFailed, "had not been answered when the page was left"
	case own && unreached(l.Failed):
		return crawler.GapLoadFailed, "could not be loaded: no connection"
	}
	return "", ""
}

// pending reports whether nobody had answered yet, for all that is known: leaving ends what is under way.
func (l *Load) pending() bool { return l.Failed == "" || strings.Contains(l.Failed, "ERR_ABORTED") }

// cutShort reports whether an answer came to its end from the network with fewer bytes, its head among them, than the head says of the
// body alone, or could not be unpacked to its end: Chrome takes what came of it for all of it.
func cutShort(r *crawler.Request) bool {
	a := r.Response
	if a != nil && strings.Contains(r.Failed, undecoded) {
		return true
	}
	if a == nil || a.Status != http.StatusOK || a.FromCache != "" || a.Size == 0 || a.Duration == 0 || r.Failed != "" {
		return false
	}
	said, err := strconv.ParseInt(strings.TrimSpace(crawler.HeaderValue(a.Headers, "Content-Length")), 10, 64)
	return err == nil && a.Size < said
}

// undecoded is Chrome's error of an answer whose content coding broke off.
const undecoded = "ERR_CONTENT_DECODING_FAILED"

// unusableErrors are Chrome's errors of a server that was reached and led nowhere, or answered with what is no HTTP
// (https://source.chromium.org/chromium/chromium/src/+/main:net/base/net_error_list.h).
var unusableErrors = []string{
	"ERR_TOO_MANY_REDIRECTS", "ERR_UNSAFE_REDIRECT", "ERR_INVALID_REDIRECT", "ERR_INVALID_RESPONSE", "ERR_INVALID_HTTP_RESPONSE",
	"ERR_RESPONSE_HEADERS_", "ERR_TOO_MANY_RETRIES", "ERR_INVALID_CHUNKED_ENCODING", undecoded,
}

// unusable reports whether a request failed by what the server answered, of which there is no answer to show.
func unusable(failed string) bool {
	return slices.ContainsFunc(unusableErrors, func(e string) bool { return strings.Contains(failed, "net::"+e) })
}

// isMedia recognises types that Chrome runs no script of, whatever else it is told
// (https://fetch.spec.whatwg.org/#should-response-to-request-be-blocked-due-to-mime-type?).
func isMedia(mime string) bool {
	kind, _, _ := strings.Cut(strings.ToLower(mime), "/")
	return kind == "image" || kind == "audio" || kind == "video" || strings.HasPrefix(strings.ToLower(mime), "text/csv")
}

// noSniff reports whether the head of an answer forbids to guess at its type (https://fetch.spec.whatwg.org/#x-content-type-options-header).
func noSniff(head []crawler.Header) bool {
	return strings.EqualFold(strings.TrimSpace(crawler.HeaderValue(head, "X-Content-Type-Options")), "nosniff")
}

// scriptTypes are in the types that a script may have where none is guessed (https://mimesniff.spec.whatwg.org/#javascript-mime-type). Of
// JSON Chrome says itself that it is none.
var scriptTypes = []string{"javascript", "ecmascript", "jscript", "livescript", "wasm", "json"}

// isScriptType recognises them. Without a type nothing is refused.
func isScriptType(mime string) bool {
	is := func(name string) bool { return strings.Contains(strings.ToLower(mime), name) }
	return mime == "" || slices.ContainsFunc(scriptTypes, is)
}

// isBlocked reports whether the browser refused a request for a reason of its own.
func isBlocked(failed, reason string) bool {
	return failed == "blocked: "+reason || reason == "csp" && strings.Contains(failed, "ERR_BLOCKED_BY_CSP")
}

// noScript reports whether what came for a script is a page: Chrome itself refuses it from another site (opaque response
// blocking, https://fetch.spec.whatwg.org/#orb), and nothing of it was seen to run.
func (l *Load) noScript() bool {
	return l.Script && (strings.Contains(l.Failed, "ERR_BLOCKED_BY_ORB") || strings.Contains(l.MIME, "html"))
}

// brokeOff reports whether an answer did not come to its end.
func (l *Load) brokeOff() bool {
	return unreached(l.Failed) && !strings.Contains(l.Failed, "ERR_BLOCKED")
}

// unreached reports whether the network is why a request failed, and not that nobody wanted its answer any more.
func unreached(failed string) bool {
	return strings.HasPrefix(failed, "net::ERR_") && !strings.Contains(failed, "ERR_ABORTED")
}

// asksOwnSite reports whether a script asks something of the page's own site.
func asksOwnSite(r *crawler.Request, page string) bool {
	return (r.Type == "xhr" || r.Type == "fetch") && r.Phase != crawler.Leaving && web.Site(r.URL) == web.Site(page)
}

// imported reports whether a worker asks for a script of its own (importScripts), which Chrome's protocol has no type for.
func imported(r *crawler.Request) bool {
	return r.Type == "other" && r.Method == http.MethodGet && strings.HasSuffix(r.Target.Type, "worker")
}

// maxDataQuery is how long the query of an address may be that data is asked from: longer ones send something.
const maxDataQuery = 100

// sends reports whether the address of a script carries so much that asking for it is what it is for.
func (l *Load) sends() bool {
	_, query, _ := strings.Cut(l.URL, "?")
	return len(query) > maxDataQuery
}

// isFile reports whether a script is a file that the server keeps, and no question whose answer may well be nothing.
func (l *Load) isFile() bool {
	at, query, _ := strings.Cut(web.WithoutFragment(l.URL), "?")
	return !l.sends() && (query == "" || strings.HasSuffix(at, ".js") || strings.HasSuffix(at, ".mjs"))
}

// asksForData reports whether a script asks a third party for something that it may need before it sends anything, such as its
// settings: what is sent itself was seen, whatever it is answered.
func asksForData(r *crawler.Request, page string) bool {
	_, query, _ := strings.Cut(r.URL, "?")
	return (r.Type == "xhr" || r.Type == "fetch") && r.Method == http.MethodGet && r.Phase != crawler.Leaving &&
		len(query) <= maxDataQuery && web.Site(r.URL) != web.Site(page)
}

// Gather takes from what was recorded what the page loaded and asked for, and how its main document was answered.
func (f *Facts) Gather(events []crawler.Event, page string, integrity func(document, script string) bool) {
	onward, ran, longest := map[string]bool{}, map[string]bool{}, map[string]int64{}
	for _, ev := range events {
		if r := ev.Request; r != nil && r.Redirect != "" {
			onward[r.Redirect] = true
		}
		if s := ev.Script; s != nil {
			ran[s.URL] = true
			longest[s.URL] = max(longest[s.URL], s.Size)
		}
	}
	calls, answers := map[string]int{}, map[string]Load{} // the last answer of an address counts: it may be asked again
	for _, ev := range events {
		r := ev.Request
		if r == nil || onward[r.ID] || r.Target.Type == "popup" || r.Target.Type == "prerender" {
			continue
		}
		status, mime := 0, ""
		if r.Response != nil {
			status, mime = r.Response.Status, r.Response.MIME
		}
		switch main := r.Frame.Parent == ""; {
		case r.Type == "document" && main && r.Phase != crawler.Leaving && status > 0 && (r.Failed == "" || cutShort(r)):
			f.Cut = strings.Contains(r.Failed, undecoded)
			f.Headers, f.Loads, f.Calls = r.Response.Headers, nil, nil // what came before is of a document that is gone
			clear(calls)
			clear(answers)
		case r.Type == "document" && !main, r.Type == "script", imported(r):
			script := r.Type != "document"
			f.Loads = append(f.Loads, Load{
				URL: r.URL, Request: r.ID, Script: script, Main: main, Status: status, MIME: mime, Failed: r.Failed,
				Ran: script && ran[r.URL], Integrity: script && integrity(r.Frame.URL, r.URL), Left: r.Phase == crawler.Leaving,
				Awaited: !script && f.frames(r.URL), Short: cutShort(r), Empty: script && ran[r.URL] && longest[r.URL] == 0 && status == http.StatusOK,
				NoSniff: r.Response != nil && noSniff(r.Response.Headers),
			})
		case asksOwnSite(r, page) && (status > 0 || unreached(r.Failed)):
			at := web.WithoutQuery(r.URL)
			i, known := calls[at]
			if !known {
				i = len(f.Calls)
				calls[at] = i
				f.Calls = append(f.Calls, Call{URL: at})
			}
			f.Calls[i].Status, f.Calls[i].Nobody = status, r.Response != nil && saysNobody(at, r.Response)
		case asksForData(r, page):
			answers[web.WithoutQuery(r.URL)] = Load{
				URL: r.URL, Request: r.ID, Data: true, Status: status, MIME: mime, Failed: r.Failed, Short: cutShort(r),
			}
		}
	}
	f.Data = nil
	for _, at := range slices.Sorted(maps.Keys(answers)) {
		f.Data = append(f.Data, answers[at])
	}
}

// Unrecorded adds the scripts that documents of frames say they have asked for, of which nothing else is known and which did not run.
// Chrome gives a sandboxed frame whose document stands in an attribute a process of its own, and lets it begin before anybody is
// attached to that (measured with Chromium 156).
func (f *Facts) Unrecorded(asked []string, events []crawler.Event) {
	known := map[string]bool{}
	for _, ev := range events {
		switch {
		case ev.Request != nil && ev.Request.Source != "netlog": // of what only the network log has, the answer is not known
			known[ev.Request.URL] = true
		case ev.Script != nil:
			known[ev.Script.URL] = true
		}
	}
	for _, at := range asked {
		if !known[at] {
			known[at] = true
			f.Loads = append(f.Loads, Load{URL: at, Script: true, Unseen: true})
		}
	}
}

// maxLoadGaps bounds the scripts and frames of a page that are told one by one.
const maxLoadGaps = 30

// LoadGaps tells the scripts and frames that were not had, each address once.
func (f *Facts) LoadGaps() []crawler.Gap {
	var out []crawler.Gap
	told := map[string]bool{}
	rest := map[crawler.GapKind]int{}
	all := slices.Concat(f.Loads, f.Data)
	for i := range all {
		l := &all[i]
		kind, why := l.judge(f.own(l.URL))
		at := web.WithoutQuery(l.URL) + why
		if kind == "" || told[at] {
			continue
		}
		told[at] = true
		if len(out) >= maxLoadGaps {
			rest[kind]++
			continue
		}
		out = append(out, crawler.Gap{Kind: kind, Where: l.URL, Request: l.Request, Text: l.what() + " " + why})
	}
	for _, kind := range []crawler.GapKind{crawler.GapLoadFailed, crawler.GapLoadMissing} {
		if n := rest[kind]; n > 0 {
			out = append(out, crawler.Gap{Kind: kind, Count: n, Text: "further scripts and frames were not loaded"})
		}
	}
	return out
}

// frames reports whether the document shows a frame of the address. One that the page has taken away, or led elsewhere, is not
// waited for any more.
func (f *Facts) frames(address string) bool {
	return slices.ContainsFunc(f.Frames, func(x Frame) bool { return web.WithoutFragment(x.Src) == address })
}

func (l *Load) what() string {
	switch {
	case l.Script:
		return "a script"
	case l.Data:
		return "data that a script asked for"
	}
	return "a frame"
}
