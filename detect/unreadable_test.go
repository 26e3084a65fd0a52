package detect

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/recipient"
)

// sealed is base64url of n random bytes, always the same for a seed: what encryption looks like.
func sealed(seed uint64, n int) string {
	r := rand.New(rand.NewPCG(seed, 9))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// cloudFront is the same in the alphabet of Amazon CloudFront's addresses.
func cloudFront(seed uint64, n int) string {
	b, _ := base64.RawURLEncoding.DecodeString(sealed(seed, n))
	return strings.NewReplacer("+", "-", "=", "_", "/", "~").Replace(base64.StdEncoding.EncodeToString(b))
}

// sight is one request of a run.
type sight struct {
	page, profile string
	consent       crawler.Consent
	url, body     string
	header        crawler.Header
	answer        string
	recipient     recipient.Recipient
	own           bool
	kind          string
}

var fraud = recipient.Recipient{ID: "fraud", Owner: "Fraud Inc.", Category: "security"}

func observed(sights ...sight) []unread {
	u := newUnreadable()
	for i, s := range sights {
		q := &crawler.Request{
			ID: fmt.Sprint("r", i), Page: s.page, PageURL: "https://shop.example/" + s.page + "?click=" + sealed(77, 120), Profile: s.profile,
			Type: s.kind, Consent: s.consent, URL: s.url, Headers: []crawler.Header{s.header}, Body: crawler.NewBody([]byte(s.body)),
		}
		if q.URL == "" {
			q.URL = "https://fraud.example/v1"
		}
		if s.answer != "" {
			q.Response = &crawler.Response{MIME: "text/html", Body: crawler.NewBody([]byte(s.answer))}
		}
		if s.recipient.ID == "" {
			s.recipient = fraud
		}
		x := &examined{job: job{request: q, seq: int64(i)}, own: s.own, match: recipient.Match{Recipient: s.recipient}}
		x.tree = decode.Options{}.Request(q, nil)
		u.observe(x, nil)
		x.release()
	}
	return u.gaps()
}

func TestWhichUnreadablePayloadsAreGaps(t *testing.T) {
	payload := func(seed uint64, n int) string { return `{"v":2,"d":"` + sealed(seed, n) + `"}` }
	ads := recipient.Recipient{ID: "ads", Owner: "Ads Inc."}
	for name, c := range map[string]struct {
		sights []sight
		count  int // 0: no gap
		text   string
	}{
		"another one on each page":       {[]sight{{page: "a", body: payload(1, 150)}, {page: "b", body: payload(2, 150)}, {page: "c", body: payload(3, 150)}}, 3, "another one on each page"},
		"the same everywhere":            {[]sight{{page: "a", body: payload(1, 900)}, {page: "b", body: payload(1, 900)}}, 0, ""},
		"the same but for one page":      {[]sight{{page: "a", body: payload(1, 150)}, {page: "b", body: payload(1, 150)}, {page: "c", body: payload(2, 150)}}, 1, "page"},
		"a visitor's own, on every page": {[]sight{{page: "a", profile: "A", body: payload(1, 150)}, {page: "b", profile: "A", body: payload(1, 150)}, {page: "c", profile: "B", body: payload(2, 150)}}, 3, "each visitor"},
		"consent states are visitors":    {[]sight{{page: "a", consent: crawler.Accepted, body: payload(1, 150)}, {page: "b", consent: crawler.Rejected, body: payload(2, 150)}}, 2, "each visitor"},
		"shared by visitors":             {[]sight{{page: "a", profile: "A", body: payload(1, 150)}, {page: "b", profile: "B", body: payload(1, 150)}}, 0, ""},
		"alone and long":                 {[]sight{{page: "a", body: payload(1, 300)}}, 1, "nothing to compare"},
		"alone and short":                {[]sight{{page: "a", body: payload(1, 150)}}, 0, ""},
		"too short to hide anything":     {[]sight{{page: "a", body: payload(1, 64)}, {page: "b", body: payload(2, 64)}}, 0, ""},
		"another one with each request":  {[]sight{{page: "a", body: payload(1, 150)}, {page: "a", body: payload(2, 150)}}, 2, "each request"},
		"a list of keys in one request":  {[]sight{{page: "a", body: `["` + sealed(1, 150) + `","` + sealed(2, 150) + `"]`}}, 0, ""},
		"the site's own":                 {[]sight{{page: "a", body: payload(1, 900), own: true}}, 0, ""},
		"given out by the recipient":     {[]sight{{page: "a", answer: `<img src="/p?d=` + sealed(1, 300) + `">`}, {page: "a", body: payload(1, 300)}, {page: "b", answer: sealed(2, 300)}, {page: "b", body: payload(2, 300)}}, 0, ""},
		"given out by somebody else":     {[]sight{{page: "a", answer: sealed(1, 300), recipient: ads}, {page: "a", body: payload(1, 300)}}, 1, "nothing"},
		"given out by the site":          {[]sight{{page: "a", answer: sealed(1, 300), own: true}, {page: "a", body: payload(1, 300)}}, 1, "nothing"},
		"a click id of the page":         {[]sight{{page: "a", body: `{"u":"https://shop.example/a?click=` + sealed(77, 120) + `"}`}, {page: "b", body: `{"click":"` + sealed(77, 120) + `","x":"` + sealed(4, 10) + `"}`}}, 0, ""},
		"cookies and authorization":      {[]sight{{page: "a", header: crawler.Header{Name: "Cookie", Value: "s=" + sealed(1, 300)}}, {page: "b", header: crawler.Header{Name: "Authorization", Value: "Bearer " + sealed(2, 300)}}}, 0, ""},
		"a header of the vendor's":       {[]sight{{page: "a", header: crawler.Header{Name: "X-Sensor", Value: sealed(1, 300)}}}, 1, "nothing"},
		"a consent string":               {[]sight{{page: "a", body: `{"tc":"CPzHq4APzHq4AAHABBENCMCgAP_` + sealed(1, 200) + `"}`}, {page: "b", body: `{"tc":"CPzHq4APzHq4AAHABBENCMCgAP_` + sealed(2, 200) + `"}`}}, 0, ""},
		"the signature of a picture": {[]sight{
			{page: "a", kind: "image", url: "https://fraud.example/a.jpg?Signature=" + sealed(1, 256)},
			{page: "b", kind: "image", url: "https://fraud.example/b.jpg?Signature=" + sealed(2, 256)},
		}, 0, ""},
		"the signature of a picture, in CloudFront's alphabet": {[]sight{
			{page: "a", kind: "image", url: "https://fraud.example/a.jpg?Signature=" + cloudFront(3, 512)},
			{page: "b", kind: "image", url: "https://fraud.example/b.jpg?Signature=" + cloudFront(4, 512)},
		}, 0, ""},
		"a signature by a script":           {[]sight{{page: "a", kind: "fetch", url: "https://fraud.example/b?signature=" + sealed(2, 256)}}, 1, "nothing"},
		"hexadecimal":                       {[]sight{{page: "a", url: "https://fraud.example/" + hex.EncodeToString([]byte(sealedRaw(1, 300)))}}, 1, "nothing"},
		"bytes":                             {[]sight{{page: "a", body: sealedRaw(1, 300)}}, 1, "nothing"},
		"shifted by a letter, in base64":    {[]sight{{page: "a", body: base64.StdEncoding.EncodeToString([]byte(xored(fmt.Sprint(fraud, ads, crawler.GapKinds[:3]))))}}, 1, "nothing"},
		"an unknown alphabet cut by a form": {[]sight{{page: "a", url: "https://fraud.example/?q=" + "%3Aa%26%5B%3Cp%3Dx" + sealed(1, 300)}, {page: "b", url: "https://fraud.example/?q=" + "%3Aa%26%5B%3Ez%3Dx" + sealed(2, 300)}}, 2, "page"},
	} {
		t.Run(name, func(t *testing.T) {
			got := observed(c.sights...)
			if c.count == 0 {
				assert.Empty(t, got)
				return
			}
			require.Len(t, got, 1)
			g := got[0].Gap
			assert.Equal(t, crawler.GapUnreadable, g.Kind)
			assert.Equal(t, c.count, g.Count)
			assert.Contains(t, g.Text, c.text)
			assert.Equal(t, "fraud", g.Recipient)
			assert.Equal(t, "security", got[0].Recipient.Category)
			assert.NotEmpty(t, g.Where)
			assert.NotEmpty(t, g.Request)
		})
	}
}

func sealedRaw(seed uint64, n int) string {
	b, _ := base64.RawURLEncoding.DecodeString(sealed(seed, n))
	return string(b)
}

// xored hides a text by one letter.
func xored(s string) string {
	b := []byte(s)
	for i := range b {
		b[i] ^= 0xb7
	}
	return string(b)
}

func TestAPlaceHoldsNoValue(t *testing.T) {
	for path, want := range map[string]string{
		"body.users[3].jane%2Edoe@example%2Eorg.d": "body.users[*].{email}.d",
		`query.qn.[NLU%/";h,%;nA8pf5BG*:pMNpPPgh6`: "query.qn.{…}",
		"query.cd[x].data":                         "query.cd.x.data",
	} {
		assert.Equal(t, want, placeOf(path))
	}
}

func TestWhatWasNotOpenedIsAGap(t *testing.T) {
	q := &crawler.Request{ID: "r1", Page: "p1", Profile: "A", URL: "https://fraud.example/", Body: crawler.NewBody([]byte(`{"users":[{"p":"eyJhIjp7ImIiOiJjIn19"}]}`))}
	x := &examined{job: job{request: q}, match: recipient.Match{Recipient: fraud}}
	x.tree = decode.Options{Budget: decode.Budget{Depth: 2, Nodes: 100, Output: 100, Ratio: 1}}.Request(q, nil)
	require.Len(t, unopened(x), 1)
	assert.Equal(t, crawler.Gap{
		Kind: crawler.GapDepth, Where: "body.users[*].p", Recipient: "fraud", Page: "p1", Request: "r1", Profile: "A", Count: 1,
		Text: "a payload could not be opened to the end: nesting",
	}, unopened(x)[0])
	for kind := range cuts {
		x.tree.Cut = []decode.Cut{{Kind: kind, Path: "body"}, {Kind: kind, Path: "body.x"}}
		require.Len(t, unopened(x), 1, "a payload is one, however many places in it")
		info, ok := crawler.InfoOfGap(unopened(x)[0].Kind)
		assert.True(t, ok && info.From == crawler.FromDecode, kind)
	}
	x.own = true
	assert.Empty(t, unopened(x))
}

func TestSignaturesHaveTheSizeOfAKey(t *testing.T) {
	for _, n := range []int{128, 256, 384, 512} {
		assert.Equal(t, n, urlBase64Size(cloudFront(1, n)))
		assert.True(t, isKeySize(urlBase64Size(sealed(1, n))))
	}
	assert.False(t, isKeySize(urlBase64Size(cloudFront(1, 400))))
	assert.Zero(t, urlBase64Size("a text, with signs"))
}

// bytesOf are n bytes, always the same for a seed.
func bytesOf(seed uint64, n int) string {
	b, _ := base64.RawURLEncoding.DecodeString(sealed(seed, n))
	return string(b)
}

// Small payloads of bytes are ids of messages, as a rule. One that stays with a visitor and that no other has is not; of what is drawn for
// each message or each page, or is the site's, nothing is said.
func TestSmallPayloadsCountIfTheyStayWithAVisitor(t *testing.T) {
	told := 0
	for n := range uint64(300) {
		size := 16 + int(n)%84
		kinds := map[string]func(visitor, page, message uint64) uint64{
			"each message": func(v, p, m uint64) uint64 { return 1 + 7919*n + 100*v + 10*p + m },
			"each page":    func(v, p, _ uint64) uint64 { return 2_000_000 + 7919*n + 100*v + 10*p },
			"the site's":   func(uint64, uint64, uint64) uint64 { return 4_000_000 + n },
			"each page's":  func(_, p, _ uint64) uint64 { return 6_000_000 + 10*n + p },
			"each visitor": func(v, _, _ uint64) uint64 { return 8_000_000 + 10*n + v },
		}
		for kind, seed := range kinds {
			var list []sight
			for i := range uint64(12) {
				v, p, m := i/6, i%6/2, i%2
				list = append(list, sight{page: fmt.Sprint("p", v, p), profile: fmt.Sprint("v", v), body: bytesOf(seed(v, p, m), size)})
			}
			got := observed(list...)
			if kind != "each visitor" {
				require.Empty(t, got, "%s, %d bytes, seed %d", kind, size, n)
			} else {
				told += min(1, len(got))
			}
		}
	}
	t.Logf("%d of 300 that stay with a visitor are told, none of 1200 others", told)
	assert.GreaterOrEqual(t, told, 285)
}
