package detect

import (
	"hash/maphash"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tagscan/tagscan/crawler/web"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/rule"
)

// differentialRule is the id of the rule that compares profiles.
const differentialRule = "differential"

// differential compares what the profiles of a run send in the same places. A value that stays within a profile, over
// its visits, and is another in other profiles, is an identifier whatever it is called. What all profiles send belongs
// to the site; what is new each time, to the event.
type differential struct {
	seed     maphash.Seed
	repeats  bool // some profile was captured twice: captures are the visits, not pages
	names    []string
	profiles map[string]uint8
	visits   map[visitKey]int32
	stubs    []Finding // of requests with candidates: all but the datum
	texts    map[uint64]string
	bytes    int // of texts
	shapes   map[uint64]*leafShape
	spots    []spot
	holders  map[uint64]uint32 // value → set of profiles that sent it
}

// Bounds on what is remembered. Beyond them nothing new is compared; what is there still is.
const (
	maxSpots    = 500_000 // some 50 bytes each
	maxStubs    = 40_000
	maxTexts    = 32 << 20 // bytes
	maxProfiles = 32
	minCompared = minStored
	maxCompared = 1024
	maxToken    = 200 // bytes of a token that something could be decoded from, perhaps by accident
)

type visitKey struct {
	profile uint8
	capture int // if captures are the visits
	page    string
}

// leafShape is what occurrences of a field share.
type leafShape struct {
	path  string
	where decode.Where
	chain []string
}

// tier orders what overlaps: a leaf is preferred to what it was decoded from, and a whole to its parts.
type tier uint8

const (
	leaf tier = iota
	inner
	part
	tiers
)

// spot is one occurrence of a value that could be an identifier.
type spot struct {
	near, wide uint64 // places: by endpoint and exact path, by recipient and folded path
	value      uint64
	shape      uint64
	stub       int32
	visit      int32
	profile    uint8
	tier       tier
}

func newDifferential(repeats bool) *differential {
	return &differential{
		seed: maphash.MakeSeed(), repeats: repeats, profiles: map[string]uint8{}, visits: map[visitKey]int32{},
		texts: map[uint64]string{}, shapes: map[uint64]*leafShape{}, holders: map[uint64]uint32{},
	}
}

func (d *differential) hash(parts ...string) uint64 {
	var h maphash.Hash
	h.SetSeed(d.seed)
	for _, p := range parts {
		_, _ = h.WriteString(p)
		_ = h.WriteByte(0)
	}
	return h.Sum64()
}

// profile numbers the profile of a name; false: there are too many.
func (d *differential) profile(name string) (uint8, bool) {
	n, ok := d.profiles[name]
	if !ok {
		if len(d.names) >= maxProfiles {
			return 0, false
		}
		n = uint8(len(d.names))
		d.profiles[name] = n
		d.names = append(d.names, name)
	}
	return n, true
}

// observe remembers the candidates of a request.
func (d *differential) observe(x *examined) {
	p, ok := d.profile(x.job.request.Profile)
	if !ok || len(d.spots) >= maxSpots || len(d.stubs) >= maxStubs {
		return
	}
	v := visitKey{profile: p, capture: x.job.capture}
	if !d.repeats {
		v.page = x.job.request.Page
	}
	visit, ok := d.visits[v]
	if !ok {
		visit = int32(len(d.visits))
		d.visits[v] = visit
	}
	d.stubs = append(d.stubs, x.stub)
	s := spot{stub: int32(len(d.stubs) - 1), visit: visit, profile: p}
	endpoint := foldedPath(x.job.request.URL)
	before := len(d.spots)
	for i := range x.tree.Fields {
		if f := &x.tree.Fields[i]; comparable(f) {
			d.observeField(x, f, s, endpoint)
		}
	}
	if len(d.spots) == before {
		d.stubs = d.stubs[:len(d.stubs)-1]
	}
}

func (d *differential) observeField(x *examined, f *decode.Field, s spot, endpoint string) {
	if len(f.Value) >= minClaim && isClaim(f.Path, f.Value) {
		return
	}
	depth := ""
	if f.Where == decode.Path {
		depth, endpoint = strconv.Itoa(strings.Count(endpoint, "/")), ""
	}
	s.wide = d.hash(x.match.Recipient.ID, depth, FoldPath(f.Path))
	s.near = d.hash(x.match.Recipient.ID, depth, x.host, endpoint, f.Path)
	s.shape = d.shapeOf(f)
	if f.Inner {
		s.tier = inner
		d.add(s, f.Value)
		return
	}
	d.add(s, f.Value)
	s.tier = part
	for i, p := range partsOf(f.Value) {
		if p == f.Value || len(p) < minCompared {
			continue
		}
		n := strconv.Itoa(i)
		q := s
		q.wide, q.near = d.hash(strconv.FormatUint(s.wide, 36), n), d.hash(strconv.FormatUint(s.near, 36), n)
		d.add(q, p)
	}
}

func (d *differential) add(s spot, text string) {
	if len(text) < minCompared || len(text) > maxCompared || !drawn(text) {
		return
	}
	s.value = d.hash(text)
	if _, ok := d.texts[s.value]; !ok {
		if d.bytes += len(text); d.bytes > maxTexts {
			return
		}
		d.texts[s.value] = strings.Clone(text)
	}
	d.holders[s.value] |= 1 << s.profile
	d.spots = append(d.spots, s)
}

func (d *differential) shapeOf(f *decode.Field) uint64 {
	key := d.hash(append([]string{string(f.Where), f.Path}, f.Chain...)...)
	if d.shapes[key] == nil {
		d.shapes[key] = &leafShape{strings.Clone(f.Path), f.Where, slices.Clone(f.Chain)}
	}
	return key
}

// comparable reports whether a field could be an identifier at all.
func comparable(f *decode.Field) bool {
	if len(f.Value) < minCompared || len(f.Value) > maxCompared || f.Kind == decode.Bool || f.Kind == decode.Null {
		return false
	}
	if f.Kind == decode.Binary || !f.Inner && len(f.Chain) > 0 && ciphers[f.Chain[len(f.Chain)-1]] {
		return false // what it was made of is compared
	}
	if f.Inner && (len(f.Value) > maxToken || strings.ContainsAny(f.Value, "{}[]<>&?%@/ ")) {
		return false // a document: what is in it is compared
	}
	if f.Where == decode.Header {
		name := headerName(f.Path)
		return name != "referer" && name != "origin" && !web.OrdinaryHeader(name)
	}
	return true
}

// ciphers are decoders that make a text of a token without proof.
var ciphers = map[string]bool{"rot13": true, "reverse": true}

// foldedPath is the path of a URL with its identifiers folded.
func foldedPath(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return ""
	}
	return web.FoldPath(u.EscapedPath())
}

// eventName matches names of what is new with each event or page view. Without a second visit nothing else tells these
// from identifiers.
var eventName = regexp.MustCompile(`(?i)event|message|msg|request|req_?id|trace|span|nonce|rand|rnd|^cb$|cache|bust|insert|dedup|hit|` +
	`page_?view|^pv|view_?id|page_?id|impression|time|^ts$|^_$|^z$|csrf|state|seq|batch|correl|sent|hash|signature|^sig$|^h$|checksum|etag`)

var sessionName = regexp.MustCompile(`(?i)sess|^sid$|^ssid$|visit_?id`)

// verdict is what the comparison says of a value in one profile.
type verdict uint8

const (
	nothing  verdict = iota
	hinted           // differs between profiles, was seen in one visit only
	steady           // stays over a visit, differs between profiles
	proven           // stays over visits, differs between profiles
	fleeting         // another one on another visit
	volatile         // new each time
)

type valueKey struct {
	place, value uint64
	profile      uint8
}

// judge compares all places.
func (d *differential) judge() map[valueKey]verdict {
	out := map[valueKey]verdict{}
	for _, wide := range []bool{false, true} {
		places := map[uint64][]int32{}
		for i := range d.spots {
			places[d.spots[i].place(wide)] = append(places[d.spots[i].place(wide)], int32(i))
		}
		for key, spots := range places {
			d.judgePlace(key, spots, wide, out)
		}
	}
	return out
}

func (s *spot) place(wide bool) uint64 {
	if wide {
		return s.wide
	}
	return s.near
}

// history is what one profile sent in one place.
type history struct {
	values   map[uint64]*sightings
	visits   map[int32]bool
	requests map[int32]bool
}

type sightings struct {
	visits, requests map[int32]bool
}

func (d *differential) judgePlace(place uint64, spots []int32, wide bool, out map[valueKey]verdict) {
	histories := map[uint8]*history{}
	for _, i := range spots {
		s := &d.spots[i]
		h := histories[s.profile]
		if h == nil {
			h = &history{map[uint64]*sightings{}, map[int32]bool{}, map[int32]bool{}}
			histories[s.profile] = h
		}
		h.visits[s.visit], h.requests[s.stub] = true, true
		v := h.values[s.value]
		if v == nil {
			v = &sightings{map[int32]bool{}, map[int32]bool{}}
			h.values[s.value] = v
		}
		v.visits[s.visit], v.requests[s.stub] = true, true
	}
	if len(histories) < 2 {
		return
	}
	best := map[uint8]verdict{}
	repeated := false
	for p, h := range histories {
		repeated = repeated || len(h.visits) > 1
		best[p] = d.best(h)
	}
	for p, h := range histories {
		for value, v := range h.values {
			w := d.verdictOf(h, value, v, best, p, repeated)
			if wide && w == proven && alone(h, v) != proven {
				continue // the profile that was visited again may use the place for something else
			}
			out[valueKey{place, value, p}] = w
		}
	}
}

// best is the best that any value of a profile reaches in a place, on its own.
func (d *differential) best(h *history) verdict {
	top := nothing
	for value, v := range h.values {
		if !d.shared(value) {
			top = max(top, alone(h, v))
		}
	}
	return top
}

// alone judges a value by its own profile.
func alone(h *history, v *sightings) verdict {
	switch {
	case len(h.visits) > 1 && len(v.visits) > 1 && 2*len(v.visits) >= len(h.visits):
		return proven
	case len(h.visits) > 1:
		return nothing
	case len(h.requests) > 1 && 2*len(v.requests) > len(h.requests):
		return steady
	case len(h.requests) == 1:
		return hinted
	}
	return nothing
}

func (d *differential) verdictOf(h *history, value uint64, v *sightings, best map[uint8]verdict, p uint8, repeated bool) verdict {
	if d.shared(value) {
		return nothing
	}
	own, other, top := alone(h, v), nothing, nothing
	for q, b := range best {
		top = max(top, b)
		if q != p {
			other = max(other, b)
		}
	}
	switch {
	case len(h.requests) > 2 && len(h.values) >= len(h.requests):
		return volatile
	case top == proven && own != nothing && other != nothing:
		return proven // its own visits say so, or those of a profile that was visited more often
	case top != proven && repeated:
		return fleeting
	case own == nothing || other == nothing:
		return nothing
	}
	return min(own, other)
}

// shared reports whether several profiles sent the value: then it is nobody's.
func (d *differential) shared(value uint64) bool { set := d.holders[value]; return set&(set-1) != 0 }

// refutable reports whether the comparison may take a finding back or strengthen it.
func refutable(f Finding) bool {
	switch f.Class {
	case rule.ClientID, rule.SessionID, rule.SyncedID, rule.UserID:
		return f.Known == ByFieldName || f.Known == ByPattern || f.Known == ByStorage
	}
	return false
}
