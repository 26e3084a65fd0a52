package conclude

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/capture"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/report"
	"github.com/tagscan/tagscan/report/history"
)

// change is a true change of the invented site, which holds from its day on.
type change string

const (
	newVendor       change = "a new vendor is sent the user id"
	newClass        change = "a known vendor is sent the name, too"
	hashedToClear   change = "what was hashed is clear"
	afterRefusal    change = "a known vendor is sent its data after refusal, too"
	leakInURL       change = "an e-mail address stands in the address of a page"
	headerVanished  change = "the Content-Security-Policy is gone"
	movedBehindSite change = "a vendor moved behind the site's own host"
	vendorGone      change = "a vendor is gone"
	refusalStopped  change = "a vendor is called after refusal, and sent nothing that identifies"
	scriptOnPayment change = "a known vendor's script runs on the payment page"
	contradicts     change = "the consent platform leaves legitimate interests on after refusal"
	emailToUnknown  change = "an e-mail address goes to a host that nobody knows"
)

var allChanges = []change{
	newVendor, newClass, hashedToClear, afterRefusal, leakInURL, headerVanished, movedBehindSite, vendorGone, refusalStopped, scriptOnPayment,
	contradicts, emailToUnknown,
}

const (
	simulatedNights  = 60
	falseNewsAllowed = 2 // nights
)

// told is a part of the line in which a judgement tells a change, toldByDiff that in which a diff does.
var (
	told = map[change]string{
		newVendor: "flow amplitude account.user_id", newClass: "flow mixpanel identity.name",
		hashedToClear: "flow meta-pixel contact.email accepted clear", afterRefusal: "flow mixpanel account.user_id rejected",
		leakInURL: "flow google-analytics-4 contact.email", headerVanished: "Content-Security-Policy", movedBehindSite: "moved behind",
		vendorGone: "Clarity is not called", refusalStopped: "called after refusal", scriptOnPayment: "script of Mixpanel",
		contradicts: "legitimate-interest-left-on", emailToUnknown: "flow newcomer.dev contact.email",
	}
	toldByDiff = map[change]string{
		newVendor: "new recipient amplitude", newClass: "Name to Mixpanel", hashedToClear: "E-mail address to Meta Pixel",
		afterRefusal: "User id to Mixpanel (rejected)", leakInURL: "E-mail address to Google Analytics", headerVanished: "Content-Security-Policy",
		movedBehindSite: "moved behind", vendorGone: "Clarity is not called", refusalStopped: "called after refusal",
		contradicts: "new contradiction legitimate-interest-left-on", emailToUnknown: "new recipient newcomer.dev",
	}
)

// world is the invented site: what is drawn once, by its seed. Every night draws its own noise.
type world struct {
	host      string
	pages     []string // kinds of page of which there is one
	products  int      // so many products, of which a night visits some
	collector string   // of the site's makers, unknown to any catalog
	adHosts   []string // hosts of an advertiser's domain that take turns
	since     map[change]int
	blocked   []int
	user      string
}

func newWorld(seed uint64) *world {
	rnd := rand.New(rand.NewPCG(seed, 60))
	pick := func(list ...string) string { return list[rnd.IntN(len(list))] }
	w := &world{
		since: map[change]int{}, user: fmt.Sprintf("cust-%06d-%04d", rnd.IntN(1e6), rnd.IntN(1e4)),
		host: pick("shop", "store", "markt", "boutique", "kiosk") + pick("-north", "-blue", "24", "ly") + ".example", products: 200,
		collector: pick("stats", "pulse", "beacon") + "." + pick("ownmetrics", "smallwatch", "pageeye") + ".net",
	}
	w.pages = []string{"/", "/search", "/cart", "/checkout", "/account", "/login"}
	more := []string{"/blog", "/help", "/about", "/contact", "/stores", "/jobs", "/returns", "/gift-cards"}
	rnd.Shuffle(len(more), func(i, j int) { more[i], more[j] = more[j], more[i] })
	w.pages = append(w.pages, more[:2+rnd.IntN(4)]...)
	for i := range 5 {
		w.adHosts = append(w.adHosts, fmt.Sprintf("%s%d.adnxs.com", pick("ib", "fra", "ams"), i))
	}
	days := rnd.Perm(simulatedNights - 6)
	for i, c := range allChanges {
		w.since[c] = days[i] + 4
	}
	for _, day := range days[len(allChanges) : len(allChanges)+2] {
		w.blocked = append(w.blocked, day+4)
	}
	return w
}

func (w *world) has(c change, day int) bool { return day >= w.since[c] }

// night is one scan of the site.
type night struct {
	*world
	t       *testing.T
	day     int
	rnd     *rand.Rand
	w       *capture.Writer
	n       int
	at      time.Time
	build   string // of the site's bundle
	visitor string // id in the visitor's storage, by which vendors know it
	group   string // of an experiment
	queue   []any  // what the collector's script has not sent yet
	page    *crawler.Page
	state   crawler.Consent
}

func (s *night) id(n int, letters string) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[s.rnd.IntN(len(letters))]
	}
	return string(b)
}

const (
	hexDigits = "0123456789abcdef"
	base36    = "0123456789abcdefghijklmnopqrstuvwxyz"
)

func (s *night) event(ev crawler.Event) {
	s.n++
	s.at = s.at.Add(time.Millisecond)
	ev.Time = s.at
	_, err := s.w.Write(ev)
	require.NoError(s.t, err)
}

// send makes a request of the page; body is what a script posts.
func (s *night) send(address, kind string, body any) {
	q := &crawler.Request{ID: fmt.Sprint("r", s.n), Page: s.page.ID, PageURL: s.page.URL, Route: s.page.Task.Route, URL: address, Method: "GET", Type: kind,
		Profile: s.page.Task.Profile, Consent: s.state, Time: s.at, Response: &crawler.Response{Status: 200},
		Headers: []crawler.Header{{Name: "Referer", Value: "https://" + s.host + "/"}},
		Initiator: crawler.Initiator{Type: "script", Chain: []crawler.Cause{
			{Kind: "script", URL: "https://" + s.host + "/assets/app." + s.build + ".js"}, {Kind: "document", URL: s.page.URL}}}}
	if body != nil {
		raw, err := json.Marshal(body)
		require.NoError(s.t, err)
		q.Method, q.Body = "POST", crawler.NewBody(raw)
	}
	s.event(crawler.Event{Request: q})
}

// code is a script that runs with the page's rights.
func (s *night) code(address, content string) {
	sum := sha256.Sum256([]byte(content))
	s.event(crawler.Event{Script: &crawler.Script{ID: fmt.Sprint("s", s.n), Page: s.page.ID, URL: address, SHA256: hex.EncodeToString(sum[:]),
		Size: 1000, Kind: "external", Frame: s.page.URL}})
}

// scan records the night and concludes it.
func (w *world) scan(t *testing.T, day int, noise uint64) *report.Model {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	out, err := capture.Create(dir, capture.CreateOptions{Tool: "test"})
	require.NoError(t, err)
	s := &night{world: w, t: t, day: day, rnd: rand.New(rand.NewPCG(noise, uint64(day))), w: out, at: began.AddDate(0, 0, day)}
	s.build = s.id(8, hexDigits)
	s.event(crawler.Event{Run: &crawler.Run{Schema: crawler.Schema, ID: fmt.Sprintf("%016x", day), Tool: "test",
		Seeds: []string{"https://" + w.host + "/"}, Started: s.at}})
	paths := slices.Clone(w.pages)
	for range 6 {
		paths = append(paths, fmt.Sprintf("/product/%d", 1000+s.rnd.IntN(w.products)))
	}
	paths = append(paths, fmt.Sprintf("/sale/week-%c", 'a'+day/7)) // a page of its own that is another next week
	for _, state := range []crawler.Consent{crawler.Unasked, crawler.Rejected, crawler.Accepted} {
		s.visitor, s.group, s.queue = s.id(22, base36), string("AB"[s.rnd.IntN(2)]), nil
		s.rnd.Shuffle(len(paths)-1, func(i, j int) { paths[i+1], paths[j+1] = paths[j+1], paths[i+1] })
		for i, path := range paths {
			s.visit(state, i, path, len(paths))
		}
	}
	s.event(crawler.Event{Note: &crawler.Note{Level: "info", Kind: "end", Text: "visited"}})
	require.NoError(t, out.Close(capture.Ending{}))
	run, err := capture.Open(dir)
	require.NoError(t, err)
	o := options(t)
	o.Persona["user_id"] = []string{w.user}
	done, err := o.Conclude(context.Background(), nil, Profile{Capture: run})
	require.NoError(t, err)
	return done.Model
}

// visit records one page: what it is, how its dialog is answered, and what its tags send.
func (s *night) visit(state crawler.Consent, i int, path string, of int) {
	address := "https://" + s.host + path
	route := address
	if strings.HasPrefix(path, "/product/") {
		route = "https://" + s.host + "/product/{n}"
	}
	s.page = &crawler.Page{ID: fmt.Sprint(state, i), URL: address, Outcome: crawler.Complete, Status: 200, Started: s.at,
		Task: crawler.Task{URL: address, Route: route, Consent: state, Profile: string(state), Via: "link"}}
	s.state = state
	fails := i > 0 && s.rnd.IntN(150) == 0
	switch {
	case slices.Contains(s.blocked, s.day):
		s.page.Outcome, s.page.Status, s.page.Reason = crawler.Blocked, 403, "the server answered 403"
	case fails:
		s.page.Outcome, s.page.Status, s.page.Reason = crawler.Failed, 0, "net::ERR_TIMED_OUT"
	}
	if s.page.Outcome == crawler.Complete {
		s.shown(path, i)
		s.tags(path, i == of-1)
		s.keep()
	}
	s.page.Ended = s.at
	s.event(crawler.Event{Page: s.page})
}

// shown is the page itself, and its dialog.
func (s *night) shown(path string, i int) {
	nonce := "'nonce-" + s.id(12, base36) + "'"
	csp := "default-src 'self'; script-src 'self' " + nonce + " https://cdn.mxpnl.com; report-uri /csp/" + s.id(6, hexDigits)
	headers := []crawler.Header{{Name: "content-type", Value: "text/html"}, {Name: "Strict-Transport-Security", Value: "max-age=31536000"},
		{Name: "x-request-id", Value: s.id(16, hexDigits)}}
	if !s.has(headerVanished, s.day) {
		headers = append(headers, crawler.Header{Name: "Content-Security-Policy", Value: csp})
	}
	s.event(crawler.Event{Request: &crawler.Request{ID: fmt.Sprint("d", s.n), Page: s.page.ID, PageURL: s.page.URL, Route: s.page.Task.Route,
		URL: s.page.URL, Method: "GET", Type: "document", Profile: s.page.Task.Profile, Consent: s.page.Task.Consent, Time: s.at,
		Response: &crawler.Response{Status: 200, Headers: headers}}})
	s.code("https://"+s.host+"/assets/app."+s.build+".js", s.build)
	s.page.Dialog = &crawler.Dialog{Seen: i == 0 || s.state == crawler.Unasked, Platform: "heuristic"}
	if i == 0 && s.state != crawler.Unasked {
		s.at = s.at.Add(time.Second)
		s.page.Dialog.Action, s.page.Dialog.Verified, s.page.Dialog.At = s.state, true, s.at
		s.at = s.at.Add(time.Second)
	}
}

// tags are what the vendors' code sends from the page; the last page flushes what is queued.
func (s *night) tags(path string, last bool) {
	agreed := s.state == crawler.Accepted
	pay := path == "/checkout"
	s.collect(last)
	s.advertise(agreed)
	if agreed || s.has(afterRefusal, s.day) && s.state == crawler.Rejected {
		s.mixpanel(path, pay)
	}
	switch s.state {
	case crawler.Accepted:
		s.analytics(path, grantedMode, s.cid())
		s.metaPixel(path)
		if s.has(vendorGone, s.day) {
			break
		}
		s.send("https://www.clarity.ms/tag/abc123", "script", nil)
		s.send("https://b.clarity.ms/collect", "xhr", map[string]any{"e": []any{"0.7.1", s.day, s.n, s.id(8, base36)}})
	case crawler.Rejected:
		s.analytics(path, deniedMode, fmt.Sprintf("%d.%d", s.rnd.IntN(1e9)+1e9, s.rnd.IntN(1e9)+1e9))
		if s.has(refusalStopped, s.day) {
			s.send("https://static.hotjar.com/c/hotjar-12345.js?sv=6", "script", nil)
		}
	default:
		s.analytics(path, "&gcs=G100&gcd=13p3p3p2p5l1&npa=1", fmt.Sprintf("%d.%d", s.rnd.IntN(1e9)+1e9, s.rnd.IntN(1e9)+1e9))
	}
	if agreed {
		s.send("https://static.hotjar.com/c/hotjar-12345.js?sv=6", "script", nil)
		s.later(path)
	}
}

// later are vendors that come with a change.
func (s *night) later(path string) {
	if s.has(newVendor, s.day) {
		s.send("https://api2.amplitude.com/2/httpapi", "xhr", map[string]any{"api_key": strings.Repeat("0a1b2c3d", 4), "events": []any{map[string]any{
			"event_type": "page", "user_id": s.user, "device_id": s.visitor, "insert_id": s.id(16, base36)}}})
	}
	if s.has(emailToUnknown, s.day) && path == "/account" {
		s.send("https://px.newcomer.dev/c?m="+url.QueryEscape("jo.doe@example.org"), "image", nil)
	}
}

// cid is the client id that the browser keeps.
func (s *night) cid() string {
	return fmt.Sprintf("%d.%d", 1e9+len(s.visitor)*7919+int(s.visitor[0]), 1e9+int(s.visitor[1])*104729)
}

// collect is a collector that queues what happens on a page and sends it when it is time, from whichever page that is.
func (s *night) collect(last bool) {
	s.queue = append(s.queue, map[string]any{"uid": s.visitor, "page": s.page.URL, "ab": s.group, "eid": s.id(16, base36), "n": s.n})
	if len(s.queue) < 2+s.rnd.IntN(4) && !last {
		return
	}
	address := "https://" + s.collector + "/v1/" + []string{"events", "batch"}[s.rnd.IntN(2)]
	s.send(address, "ping", map[string]any{"group": s.group, "events": s.queue, "view": s.id(10, base36)})
	s.queue = nil
}

// advertise are advertisers whose hosts take turns, and one night one that nobody has heard of.
func (s *night) advertise(agreed bool) {
	if !agreed {
		return
	}
	s.send("https://"+s.adHosts[s.rnd.IntN(len(s.adHosts))]+"/ut/v3?cb="+s.id(12, "123456789"), "image", nil)
	if s.rnd.IntN(9) == 0 {
		host := fmt.Sprintf("cdn%d.spot-%c%c.example", s.rnd.IntN(9), 'a'+s.rnd.IntN(26), 'a'+s.rnd.IntN(26))
		s.send("https://"+host+"/i.gif?cb="+s.id(9, "123456789"), "image", nil)
	}
}

func (s *night) mixpanel(path string, pay bool) {
	host := "api-js.mixpanel.com"
	if s.has(movedBehindSite, s.day) {
		host = "mx." + s.host
	}
	if !pay || s.has(scriptOnPayment, s.day) {
		s.send("https://cdn.mxpnl.com/libs/mixpanel-2-latest.min.js", "script", nil)
		s.code("https://cdn.mxpnl.com/libs/mixpanel-2-latest.min.js", fmt.Sprint("mixpanel", s.day/9)) // a release now and then
	}
	if pay {
		return // its data is not sent there
	}
	props := map[string]any{"token": "0123456789abcdef0123456789abcdef", "mp_lib": "web", "distinct_id": s.user, "$device_id": s.visitor,
		"$insert_id":   s.id(16, base36),
		"$current_url": s.page.URL, "time": s.at.UnixMilli(), "variant": s.group}
	if s.has(newClass, s.day) && path == "/account" {
		props["$name"] = "Jonathan Doering"
	}
	address := "https://" + host + "/track/?verbose=1&ip=0&_=" + fmt.Sprint(s.at.UnixMilli())
	s.send(address, "xhr", []any{map[string]any{"event": "page", "properties": props}})
}

func (s *night) analytics(path, mode, cid string) {
	at := s.page.URL
	if s.has(leakInURL, s.day) && path == "/account" && s.state == crawler.Accepted {
		at += "?email=" + url.QueryEscape("jo.doe@example.org")
	}
	const collect = "https://region1.google-analytics.com/g/collect?v=2&tid=G-ABC1234567&en=page_view&_p="
	s.send(collect+s.id(9, "123456789")+"&cid="+cid+"&dl="+url.QueryEscape(at)+mode, "ping", nil)
}

func (s *night) metaPixel(path string) {
	if path != "/account" && path != "/checkout" {
		return
	}
	mail := "jo.doe@example.org"
	if !s.has(hashedToClear, s.day) {
		sum := sha256.Sum256([]byte(mail))
		mail = hex.EncodeToString(sum[:])
	}
	s.send(pixel+"&udff[em]="+url.QueryEscape(mail)+"&rl=&ts="+fmt.Sprint(s.at.UnixMilli()), "image", nil)
}

// keep is what the consent platform has on record after the page.
func (s *night) keep() {
	if s.state == crawler.Unasked {
		return
	}
	str := tcOf(s.at)
	if s.state == crawler.Accepted {
		str = str.all()
	}
	if s.state == crawler.Rejected && s.has(contradicts, s.day) {
		str.interests, str.vendorInterests = []int{2, 7, 8, 9, 10}, []int{25, 755}
	}
	for _, c := range [][2]string{{"euconsent-v2", str.String()}, {"sess_" + s.id(4, hexDigits), s.id(12, base36)}} {
		s.event(crawler.Event{Cookie: &crawler.Cookie{Page: s.page.ID, Profile: string(s.state), Consent: s.state, Name: c[0], Value: c[1],
			Domain: "." + s.host, Path: "/"}})
	}
}

// toldBy are the lines in which a judgement tells what a person must look at: what fails, and news.
func toldBy(v policy.Verdict) (out []string) {
	for _, f := range v.Flows {
		if f.Fails {
			out = append(out, fmt.Sprintf("flow %s %s %s %s", f.Recipient, f.Class, f.Consent, f.Form))
		}
	}
	for _, c := range v.Contradictions {
		if c.Fails {
			out = append(out, fmt.Sprintf("contradiction %s %s %s", c.ID, c.Recipient, c.Consent))
		}
	}
	for _, n := range v.News {
		out = append(out, n.Text)
	}
	return out
}

// score holds what was told each night against what changed.
type score struct {
	hits  map[change]int // changes that were told on their day
	late  []string       // lines that are told again, or of no change
	falsy map[int]bool   // nights with such
}

func (s *score) night(w *world, day int, lines []string, words map[change]string) {
	today := []change{}
	for _, c := range allChanges {
		if w.since[c] == day {
			today = append(today, c)
		}
	}
	for _, c := range today {
		if slices.ContainsFunc(lines, func(l string) bool { return words[c] != "" && strings.Contains(l, words[c]) }) {
			s.hits[c]++
		}
	}
	if len(today) == 0 && len(lines) > 0 {
		s.falsy[day] = true
		s.late = append(s.late, fmt.Sprintf("day %d: %s", day, strings.Join(lines, " | ")))
	}
}

func newScore() *score { return &score{hits: map[change]int{}, falsy: map[int]bool{}} }

func (s *score) hold(t *testing.T, mode string) {
	t.Helper()
	for _, c := range allChanges {
		assert.Equal(t, 1, s.hits[c], "%s: told on its day: %s", mode, c)
	}
	assert.LessOrEqual(t, len(s.falsy), falseNewsAllowed, "%s: nights with false news:\n%s", mode, strings.Join(s.late, "\n"))
}

// paymentPolicy says where a new place matters.
const paymentPolicy = "policy: {new_place: [/checkout*]}\n"

// agreed is a policy file that init wrote, to which a person adds the lines that a report shows.
type agreed string

// ofRun is the policy that init writes of a run, with the places that matter.
func ofRun(t *testing.T, m *report.Model) agreed {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, report.WriteConfig(&b, m))
	return agreed(strings.Replace(b.String(), "policy:\n", "policy:\n  new_place: [/checkout*]\n", 1))
}

func (a agreed) config(t *testing.T) *policy.Config {
	t.Helper()
	cfg, err := policy.Parse("tagscan.yaml", []byte(a))
	require.NoError(t, err, a)
	return cfg
}

// add adds what the report of a run shows as ways to let it pass.
func (a agreed) add(m *report.Model) agreed {
	var lines strings.Builder
	for _, p := range m.Failing() {
		for _, w := range p.Ways() {
			if w.Under == "allow" {
				lines.WriteString("  " + w.Line + "\n")
			}
		}
	}
	for _, c := range m.FailingContradictions() {
		lines.WriteString("  " + strings.Replace(c.Way(), "…", "known", 1) + "\n")
	}
	return agreed(strings.Replace(string(a), "  allow:\n", "  allow:\n"+lines.String(), 1))
}

// TestSixtyNightsTellTwelveChanges: one site over sixty nights, each with noise, and twelve true changes: each is told on its day and
// then accepted; hardly anything else is told, whether a policy or a baseline agrees to what goes out, and by a diff.
func TestSixtyNightsTellTwelveChanges(t *testing.T) {
	for _, seed := range []uint64{2, 4} {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			w := newWorld(seed)
			payment, err := policy.Parse("p", []byte(paymentPolicy))
			require.NoError(t, err)
			var base, beside *policy.Baseline // beside a policy, for what no line of it allows
			var cfg agreed
			var runs []*report.Model
			baseline, byInit, diff := newScore(), newScore(), newScore()
			for day := range simulatedNights {
				m := w.scan(t, day, seed*1000)
				in, now := m.Input(), began.AddDate(0, 0, day)
				accept := policy.Acceptance{Reason: "reviewed", Now: now}
				if day == 0 {
					base, _, err = base.Accept(in, policy.Judge(in, payment, nil, now), accept)
					require.NoError(t, err)
					cfg = ofRun(t, m)
					runs = append(runs, m)
					continue
				}
				v := policy.Judge(in, payment, base, now)
				lines := toldBy(v)
				baseline.night(w, day, lines, told)
				assert.Equal(t, slices.Contains(w.blocked, day), v.Result == policy.Incomplete && len(m.Flows) == 0, "night %d: %s", day, v.Sentence)
				if len(lines) > 0 {
					base, _, err = base.Accept(in, v, accept)
					require.NoError(t, err)
					base = asWritten(t, base)
				}
				accept.Config = cfg.config(t)
				v = policy.Judge(in, accept.Config, beside, now)
				lines = toldBy(v)
				byInit.night(w, day, lines, told)
				if len(lines) > 0 {
					cfg = cfg.add(m.Judged(v))
					accept.Config = cfg.config(t)
					beside, _, err = beside.Accept(in, policy.Judge(in, accept.Config, beside, now), accept)
					require.NoError(t, err)
					beside = asWritten(t, beside)
				}
				var site []string
				for _, c := range history.Since(runs, m).Site {
					site = append(site, c.Kind+" "+c.What+" "+c.ID+" "+c.Text)
				}
				diff.night(w, day, site, toldByDiff)
				runs = append(runs, m)
			}
			baseline.hold(t, "baseline")
			byInit.hold(t, "policy")
			diff.hits[scriptOnPayment]++ // which needs a policy that says where it matters
			diff.hold(t, "diff")
		})
	}
}

// asWritten is a baseline as it is read from its file.
func asWritten(t *testing.T, b *policy.Baseline) *policy.Baseline {
	t.Helper()
	var file bytes.Buffer
	require.NoError(t, b.Write(&file))
	back, err := policy.ParseBaseline("b.yaml", file.Bytes())
	require.NoError(t, err, file.String())
	return back
}
