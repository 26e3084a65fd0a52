package detect_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"iter"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/rule"
)

// slot is one parameter of a tracker: an identifier or something that looks like one.
type slot struct {
	name string
	id   bool
	make func(site draw) func(profile draw) func(visit draw) func(request draw) string
}

func constant(f func(d draw) string) func(draw) func(draw) func(draw) func(draw) string {
	return func(site draw) func(draw) func(draw) func(draw) string {
		s := f(site)
		return func(draw) func(draw) func(draw) string {
			return func(draw) func(draw) string { return func(draw) string { return s } }
		}
	}
}

func perProfile(f func(d draw) string) func(draw) func(draw) func(draw) func(draw) string {
	return func(draw) func(draw) func(draw) func(draw) string {
		return func(p draw) func(draw) func(draw) string {
			s := f(p)
			return func(draw) func(draw) string { return func(draw) string { return s } }
		}
	}
}

func perVisit(f func(d draw) string) func(draw) func(draw) func(draw) func(draw) string {
	return func(draw) func(draw) func(draw) func(draw) string {
		return func(draw) func(draw) func(draw) string {
			return func(v draw) func(draw) string {
				s := f(v)
				return func(draw) string { return s }
			}
		}
	}
}

func perRequest(f func(d draw) string) func(draw) func(draw) func(draw) func(draw) string {
	return func(draw) func(draw) func(draw) func(draw) string {
		return func(draw) func(draw) func(draw) string { return func(draw) func(draw) string { return f } }
	}
}

// slots are what trackers put into their parameters.
var slots = []slot{
	{"uuid", true, perProfile(draw.uuid)},
	{"hex", true, perProfile(func(d draw) string { return d.hex(32) })},
	{"short hex", true, perProfile(func(d draw) string { return d.hex(16) })},
	{"number", true, perProfile(func(d draw) string { return d.digits(19) })},
	{"base62", true, perProfile(func(d draw) string { return d.base62(21) })},
	{"short base36", true, perProfile(func(d draw) string { return "x" + d.lower(10) + d.digits(1) })},
	{"google", true, perProfile(func(d draw) string { return d.digits(9) + "." + d.epoch() })},
	{"facebook", true, perProfile(func(d draw) string { return "fb.1." + d.millis() + "." + d.digits(10) })},
	{"digest", true, perProfile(func(d draw) string { return digests[0].sum(d.uuid()) })},
	{"prefixed", true, perProfile(func(d draw) string { return "v1-" + d.base62(16) + "==" })},
	{"site key", false, constant(func(d draw) string { return d.hex(32) })},
	{"write key", false, constant(func(d draw) string { return d.base62(32) })},
	{"site uuid", false, constant(draw.uuid)},
	{"build", false, constant(func(d draw) string { return d.hex(40) })},
	{"event id", false, perRequest(draw.uuid)},
	{"nonce", false, perRequest(func(d draw) string { return d.digits(16) })},
	{"clock", false, perRequest(draw.millis)},
	{"session", false, perVisit(draw.uuid)},
	{"page view", false, perVisit(func(d draw) string { return d.hex(24) })},
	{"started", false, perVisit(draw.millis)},
	{"bucket", false, perProfile(func(d draw) string { return one(d, "control_group", "variant_blue", "treatment-long-2") })},
	{"variation", false, perProfile(func(d draw) string { return d.digits(11) })},
	{"day", false, perProfile(func(d draw) string { return fmt.Sprintf("2026-%02d-%02d", 1+d.IntN(12), 1+d.IntN(28)) })},
	{"midnight", false, perProfile(func(d draw) string { return fmt.Sprint(d.moment() / 86400000 * 86400) })},
	{"size", false, perProfile(func(d draw) string { return one(d, "1920x1080x24", "1440x900x30", "2560x1440x24") })},
	{"zone", false, perProfile(func(d draw) string { return one(d, "Europe/Berlin", "America/New_York", "Asia/Kolkata") })},
	{"language", false, perProfile(func(d draw) string { return one(d, "en-US,en;q=0.9", "de-DE,de;q=0.8", "fr-FR,fr;q=0.7") })},
	{"version", false, perProfile(func(d draw) string { return one(d, "120.0.6099.109", "121.0.6167.85", "122.0.6261.57") })},
	{"timing", false, perRequest(func(d draw) string { return fmt.Sprintf("%d.%s", 1000+d.IntN(9000), d.digits(9)) })},
}

// names say nothing of what they hold.
var slotNames = []string{"a", "k", "p1", "z9", "vid", "x", "data", "ref", "t0", "cfg", "m", "w", "e2", "q7", "ky", "zz", "s4", "bb", "hh", "l0"}

// tracker is one tracker of a set: its slots and how it sends them.
type tracker struct {
	host  string
	style int
	slots []slot
	names []string
}

// runs draws a set: trackers with slots, and the captures of profiles A and B and A again.
func differentialSet(d draw, repeats bool) (captures []detect.Capture, truths map[string]bool, trackers []tracker) {
	truths = map[string]bool{}
	for i := range 6 {
		tr := tracker{host: fmt.Sprintf("c%d.%s", i, d.tracker()), style: d.IntN(5 + i%2)}
		for j, k := range d.Perm(len(slots))[:7] {
			if tr.style == 5 && slots[k].name == "variation" {
				continue // a segment of a path has no name that would tell
			}
			name := slotNames[(i*7+j)%len(slotNames)]
			if slots[k].name == "variation" {
				name = "variation_id" // a number alone does not tell
			}
			tr.slots, tr.names = append(tr.slots, slots[k]), append(tr.names, name)
		}
		trackers = append(trackers, tr)
	}
	site := newDraw(d.Uint64())
	var fixed [][]func(draw) func(draw) func(draw) string
	for _, tr := range trackers {
		var row []func(draw) func(draw) func(draw) string
		for _, s := range tr.slots {
			row = append(row, s.make(site))
		}
		fixed = append(fixed, row)
	}
	profiles := map[string]uint64{"A": d.Uint64(), "B": d.Uint64()}
	list := []string{"A", "B", "A"}
	if !repeats {
		list = list[:2]
	}
	for visit, profile := range list {
		evs := visitEvents(d, trackers, fixed, newDraw(profiles[profile]), truths)
		captures = append(captures, detect.Capture{Profile: profile, Visit: visit / 2, Events: func() iter.Seq2[crawler.Event, error] {
			return func(yield func(crawler.Event, error) bool) {
				for _, ev := range evs {
					if !yield(ev, nil) {
						return
					}
				}
			}
		}})
	}
	return captures, truths, trackers
}

func visitEvents(d draw, trackers []tracker, fixed [][]func(draw) func(draw) func(draw) string, profile draw, truths map[string]bool) []crawler.Event {
	visit := newDraw(d.Uint64())
	var evs []crawler.Event
	for i, tr := range trackers {
		var makers []func(draw) string
		for j := range tr.slots {
			makers = append(makers, fixed[i][j](profile)(visit))
		}
		for range 3 {
			values := make([]string, len(makers))
			for j, m := range makers {
				values[j] = m(visit)
				truths[values[j]] = truths[values[j]] || tr.slots[j].id
			}
			r := tr.send(d, values)
			r.ID, r.Page = fmt.Sprintf("#%d", len(evs)), "p1"
			evs = append(evs, crawler.Event{Seq: int64(len(evs) + 1), Request: &r})
		}
	}
	return evs
}

// send sends values in the tracker's way.
func (tr tracker) send(d draw, values []string) crawler.Request {
	doc, q := map[string]any{"at": d.moment()}, url.Values{"at": {d.millis()}}
	for i, v := range values {
		doc[tr.names[i]] = v
		q.Set(tr.names[i], v)
	}
	host := "https://" + tr.host
	switch tr.style {
	case 0:
		return d.request("GET", host+"/p.gif?"+q.Encode(), "", nil)
	case 1:
		return d.request("POST", host+"/e", "application/json", []byte(jsonOf(doc)))
	case 2:
		return d.request("GET", host+"/t?d="+url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(jsonOf(doc)))), "", nil)
	case 3:
		return d.request("POST", host+"/e", "text/plain", []byte(binaryWraps[0].wrap(d, jsonOf(doc))))
	case 4:
		r := d.request("GET", host+"/x.js?v=2", "", nil)
		var pairs []string
		for i, v := range values {
			pairs = append(pairs, tr.names[i]+"="+url.QueryEscape(v))
		}
		r.Headers = append(r.Headers, crawler.Header{Name: "Cookie", Value: strings.Join(pairs, "; ")})
		return r
	default:
		segs := make([]string, len(values))
		for i, v := range values {
			segs[i] = url.PathEscape(v)
		}
		return d.request("GET", host+"/s/"+strings.Join(segs, "/")+"/i.png", "", nil)
	}
}

// identifiers are the classes that an identifier may be given.
func identifierClass(c rule.Class) bool {
	switch c {
	case rule.ClientID, rule.SyncedID, rule.UserID, rule.ClickID:
		return true
	}
	return false
}

func differentialF1(t *testing.T, seed uint64, repeats bool) float64 {
	t.Helper()
	a := analyzer(t, detect.Config{})
	tp, fn, fp := 0, 0, 0
	shown := 0
	for n := range uint64(12) {
		captures, truths, _ := differentialSet(newDraw(seed+n), repeats)
		found := map[string]bool{}
		for f, err := range a.Open(captures...).Findings(context.Background()) {
			require.NoError(t, err)
			if identifierClass(f.Class) {
				found[f.Value.Reveal()] = true
			}
		}
		for v, id := range truths {
			hit := found[v]
			for f := range found {
				hit = hit || len(f) >= 8 && (strings.Contains(v, f) || strings.Contains(f, v))
			}
			switch {
			case id && hit:
				tp++
			case id:
				fn++
				if shown++; shown < 12 {
					t.Log("missed", n, v)
				}
			case hit:
				fp++
				if shown++; shown < 12 {
					t.Log("false", n, v)
				}
			}
		}
	}
	f1 := ratio(2*tp, 2*tp+fn+fp)
	t.Logf("repeats %v: %d found, %d missed, %d false: F1 %.1f %%", repeats, tp, fn, fp, 100*f1)
	return f1
}

// What stays with a profile and differs between profiles is found whatever it is called and however it is sent; what
// belongs to the site, the visit, the event or a group is not.
func TestProfilesTellIdentifiers(t *testing.T) {
	assert.GreaterOrEqual(t, differentialF1(t, 500, true), 0.95)
}

// Without a repeat visit identifiers of a session cannot be told from those of a visitor; the rest still is.
func TestTwoProfilesTellIdentifiersWithLessCertainty(t *testing.T) {
	assert.GreaterOrEqual(t, differentialF1(t, 700, false), 0.80)
}
