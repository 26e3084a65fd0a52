package detect

import (
	"cmp"
	"fmt"
	"hash/maphash"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
)

// unreadable follows the payloads that no decoder can read, over a run. One that is the same everywhere belongs to the site
// or to the vendor's build and says nothing of anybody. One that differs from page to page or from visitor to visitor may
// say anything, and is a gap. One that is too small to hold much is one only if it stays with a visitor. What a server gave out and gets back is no secret of the page's: then it is none.
//
// It is for one goroutine. Its memory is bounded; beyond the bounds nothing new is followed, and what is, is told.
type unreadable struct {
	seed   maphash.Seed
	places map[placeKey]*unreadPlace
	served map[uint64]string // pieces of what servers answered, and who answered: the owner, or the host's site
	bodies map[string]bool   // by hash, that were looked at
}

// Bounds. A site of 200 pages with ten vendors that encrypt has some 50 places and 2,000 values.
const (
	maxPlaces      = 4000
	maxUnread      = 500 // values of a place
	maxServed      = 1 << 19
	maxServedBody  = 4 << 20 // bytes of an answer that are looked at
	minUnreadAlone = 256     // bytes of a payload that nothing can be compared with
	minPiece       = 20      // characters of a token by which it is known again
)

// placeKey is where payloads are compared: a field of what a recipient gets.
type placeKey struct {
	recipient, via, field string
}

// visitorKey is one visitor of a run: each consent state is seen by a visitor of its own.
type visitorKey struct {
	capture int
	profile string
	consent crawler.Consent
}

type unreadPlace struct {
	recipient recipient.Recipient
	requests  int
	last      int64 // Seq of the last one
	values    map[uint64]*unreadValue
	visitors  map[visitorKey]bool
	pages     map[pageKey]bool
}

type unreadValue struct {
	gap      crawler.Gap // of the request it was first seen in
	size     int
	requests int
	seq      int64 // of the request
	visitors map[visitorKey]bool
	pages    map[pageKey]bool
	pieces   []uint64
	party    string // who gets it
	small    bool   // too small to count alone
}

// unread is a gap of an unreadable payload, and who receives it: a bot protection that sends what its own documentation
// says is encrypted may be weighed otherwise than an unknown host.
type unread struct {
	Gap       crawler.Gap
	Recipient recipient.Recipient
}

func newUnreadable() *unreadable {
	return &unreadable{seed: maphash.MakeSeed(), places: map[placeKey]*unreadPlace{}, served: map[uint64]string{}, bodies: map[string]bool{}}
}

// observe takes in a request and what was answered to it. blobs are those of its capture.
func (u *unreadable) observe(x *examined, blobs crawler.Blobs) {
	if x.own || x.tree == nil || x.job.request.NotSent {
		return
	}
	u.answered(x, blobs)
	for _, o := range x.tree.Opaque() {
		if !x.explained(o) {
			u.add(x, o, false)
		}
	}
	for _, o := range x.tree.Sealed() {
		if !x.explained(o) {
			u.add(x, o, true)
		}
	}
}

// explained reports whether it is known what an unreadable field is: a cookie or a header that gives back what was given, a
// part of the page's own address, what the vendor documents, or what a rule has a name for.
func (x *examined) explained(o decode.Opaque) bool {
	field := o.Field
	f := &x.tree.Fields[field]
	switch {
	case f.Where == decode.Cookie, f.Where == decode.Header && givesBack(headerName(f.Path)), constantForm.MatchString(f.Value), x.inAddress(f.Value):
		return true
	}
	if x.signs(f, o.Hidden) {
		return true
	}
	for _, m := range x.match.Fields {
		if m.Field == field && (m.Neutral || m.Class != "") {
			return true
		}
	}
	return slices.ContainsFunc(x.findings, func(found Finding) bool {
		text := found.Value.Reveal()
		if found.Class == rule.AuthToken && strings.Count(text, ".") == 4 { // encrypted (JWE): that it is a token does not say what is in it
			return false
		}
		return 2*len(text) >= len(f.Value) && found.Field == maskPath(f.Path, text)
	})
}

// signs reports whether a field is the signature in the address of a file: file servers have the site sign who may read
// what until when, and an RSA signature is as long as its key.
func (x *examined) signs(f *decode.Field, hidden string) bool {
	switch x.job.request.Type {
	case "image", "media", "font", "stylesheet":
	default:
		return false
	}
	if f.Where != decode.Query || !strings.Contains(lowerASCII(f.Key), "sig") {
		return false
	}
	return isKeySize(len(hidden)) || isKeySize(urlBase64Size(f.Value))
}

// isKeySize reports whether a signature of n bytes is one of an RSA key of a usual length.
func isKeySize(n int) bool { return n == 128 || n == 256 || n == 384 || n == 512 }

// urlBase64Size is how many bytes a text holds as base64 in any of the alphabets that addresses have, that of Amazon CloudFront with
// "~" and "_" among them (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-linux-openssl.html), of
// which no decoder makes bytes; 0 if it is none.
func urlBase64Size(text string) int {
	digits := strings.TrimRight(text, "=_")
	if strings.ContainsFunc(digits, func(r rune) bool { return r >= 0x80 || !isTokenByte(byte(r)) && !strings.ContainsRune("~+/", r) }) {
		return 0
	}
	return len(digits) * 3 / 4
}

// givesBack reports whether a header gives back what a server gave, or tells where the visitor is.
func givesBack(name string) bool {
	switch name {
	case "authorization", "referer", "origin", "x-csrf-token", "x-xsrf-token", "if-none-match":
		return true
	}
	return web.OrdinaryHeader(name)
}

// inAddress reports whether the page's address holds the value: a click id, a token of a link. It is told as the address.
func (x *examined) inAddress(value string) bool {
	page := x.job.request.PageURL
	if strings.Contains(page, value) {
		return true
	}
	plain, err := url.QueryUnescape(page)
	return err == nil && strings.Contains(plain, value)
}

// add remembers one sighting of an unreadable value.
func (u *unreadable) add(x *examined, o decode.Opaque, small bool) {
	f := &x.tree.Fields[o.Field]
	q := x.job.request
	key := placeKey{x.match.Recipient.ID, x.match.Recipient.Via, placeOf(f.Path)}
	p := u.places[key]
	if p == nil {
		if len(u.places) >= maxPlaces {
			return
		}
		p = &unreadPlace{
			recipient: x.match.Recipient, values: map[uint64]*unreadValue{}, visitors: map[visitorKey]bool{}, pages: map[pageKey]bool{},
		}
		u.places[key] = p
	}
	visitor, page := visitorKey{x.job.capture, q.Profile, q.Consent}, pageKey{x.job.capture, q.Page}
	p.visitors[visitor], p.pages[page] = true, true
	if p.requests == 0 || p.last != x.job.seq {
		p.requests++
		p.last = x.job.seq
	}
	hash := maphash.String(u.seed, o.Hidden)
	v := p.values[hash]
	if v == nil {
		if len(p.values) >= maxUnread {
			return
		}
		v = &unreadValue{
			gap: x.gap(crawler.GapUnreadable, f.Path), size: len(o.Hidden), seq: x.job.seq,
			visitors: map[visitorKey]bool{}, pages: map[pageKey]bool{}, pieces: u.pieces(f.Value, nil), party: x.party(), small: small,
		}
		p.values[hash] = v
	}
	v.requests++
	v.visitors[visitor], v.pages[page] = true, true
}

// placeOf folds a path. What is below a name that is itself no name (a cipher was cut at signs in it) is one place.
func placeOf(path string) string {
	var b strings.Builder
	for _, s := range splitPath(path) {
		switch {
		case s.index:
			b.WriteString("[*]")
			continue
		case b.Len() > 0:
			b.WriteByte('.')
		}
		folded := web.FoldName(s.name)
		if folded == s.name && strings.ContainsFunc(s.name, noName) {
			return b.String() + "{…}"
		}
		b.WriteString(folded)
	}
	return b.String()
}

func noName(r rune) bool { return r < ' ' || r == 0x7f || strings.ContainsRune(`%"<>|^{}()&;,\`, r) }

// answered remembers what a third party gave out: in an answer that is text, or in the address it leads on to.
func (u *unreadable) answered(x *examined, blobs crawler.Blobs) {
	r := x.job.request.Response
	if r == nil {
		return
	}
	party := x.party()
	for _, h := range r.Headers {
		if strings.EqualFold(h.Name, "location") {
			u.serve(h.Value, party)
		}
	}
	if r.Body.Size > maxServedBody || !isText(r.MIME) || u.bodies[r.Body.SHA256] {
		return
	}
	if r.Body.SHA256 != "" {
		u.bodies[r.Body.SHA256] = true
	}
	if body, err := r.Body.Bytes(blobs); err == nil {
		u.serve(string(body), party)
	}
}

func isText(mime string) bool {
	return mime == "" || strings.HasPrefix(mime, "text/") || strings.Contains(mime, "json") || strings.Contains(mime, "script") || strings.Contains(mime, "xml")
}

// serve remembers the tokens of a text as given out by a party. What several give out is nobody's.
func (u *unreadable) serve(text, party string) {
	if len(u.served) >= maxServed {
		return
	}
	for _, piece := range u.pieces(text, nil) {
		if by, known := u.served[piece]; known && by != party {
			u.served[piece] = ""
		} else {
			u.served[piece] = party
		}
	}
}

// pieces appends the hashes of the runs of letters and digits in a text by which a token is known again, however the signs
// between them are escaped.
func (u *unreadable) pieces(text string, out []uint64) []uint64 {
	for from := 0; from < len(text); {
		to := from
		for to < len(text) && isTokenByte(text[to]) {
			to++
		}
		if to-from >= minPiece {
			out = append(out, maphash.String(u.seed, text[from:to]))
		}
		from = to + 1
	}
	return out
}

func isTokenByte(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '-' || b == '_'
}

// party is whose answer it is that a recipient gives: those of one owner are one.
func (x *examined) party() string {
	r := &x.match.Recipient
	return cmp.Or(r.Parent, r.Owner, r.ID)
}

// givenOut reports whether the recipient itself gave the value out: three in four of its pieces.
func (u *unreadable) givenOut(v *unreadValue) bool {
	n := 0
	for _, piece := range v.pieces {
		if u.served[piece] == v.party {
			n++
		}
	}
	return n > 0 && 4*n >= 3*len(v.pieces)
}

// gaps tells of the payloads that may say anything, by recipient and field.
func (u *unreadable) gaps() []unread {
	var out []unread
	for _, key := range slices.SortedFunc(maps.Keys(u.places), comparePlaces) {
		p := u.places[key]
		var telling []*unreadValue
		for _, v := range p.values {
			if p.telling(v) && !u.givenOut(v) {
				telling = append(telling, v)
			}
		}
		if len(telling) > 0 {
			out = append(out, p.gap(telling))
		}
	}
	return out
}

func comparePlaces(a, b placeKey) int {
	return cmp.Or(strings.Compare(a.recipient, b.recipient), strings.Compare(a.via, b.via), strings.Compare(a.field, b.field))
}

// telling reports whether a value depends on the page or the visitor, as far as there are several to compare.
func (p *unreadPlace) telling(v *unreadValue) bool {
	switch {
	case v.small:
		return p.returns(v)
	case len(p.visitors) > 1:
		return len(v.visitors) == 1
	case len(p.pages) > 1:
		return len(v.pages) == 1
	case len(p.values) > 1 && p.requests > 1: // it is another one with each request
		return v.requests == 1
	}
	return v.size >= minUnreadAlone
}

// returns reports whether a small value is one visitor's: no other has it, and it is there again on at least half of the pages on which
// that visitor sends any. Random ids do not return, and what belongs to the site is everybody's.
func (p *unreadPlace) returns(v *unreadValue) bool {
	if len(p.visitors) < 2 || len(v.visitors) != 1 || len(v.pages) < 2 {
		return false
	}
	pages := map[pageKey]bool{}
	for _, o := range p.values {
		for visitor := range v.visitors {
			if o.visitors[visitor] {
				maps.Copy(pages, o.pages)
			}
		}
	}
	return 2*len(v.pages) >= len(pages)
}

// gap makes the gap of a place out of the values that count; the first of the largest ones is the example.
func (p *unreadPlace) gap(values []*unreadValue) unread {
	example := slices.MinFunc(values, func(a, b *unreadValue) int {
		return cmp.Or(cmp.Compare(b.size, a.size), cmp.Compare(a.seq, b.seq))
	})
	g := example.gap
	g.Count = 0
	for _, v := range values {
		g.Count += v.requests
		if v.gap.Consent != g.Consent {
			g.Consent = ""
		}
	}
	why := "nothing to compare it with"
	switch {
	case len(p.visitors) > 1:
		why = "another one for each visitor"
	case len(p.pages) > 1:
		why = "another one on each page"
	case len(values) > 1:
		why = "another one with each request"
	}
	g.Text = fmt.Sprintf("a payload is encrypted or in an unknown encoding: up to %d bytes, %s", example.size, why)
	return unread{g, p.recipient}
}
