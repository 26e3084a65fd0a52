package detect_test

import (
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/rule"
)

const (
	ana     = "ana.prell@posteo.de"
	collect = "https://region1.google-analytics.com/g/collect?v=2&tid=G-1ABCDEF&en=page_view"
	pixel   = "https://www.facebook.com/tr/?id=123456789012345&ev=PageView"
	neutral = "https://t.oddmetrics.net/i?z="
)

func md5Of(s string) string    { b := md5.Sum([]byte(s)); return hex.EncodeToString(b[:]) }
func sha1Of(s string) string   { b := sha1.Sum([]byte(s)); return hex.EncodeToString(b[:]) }
func sha256Of(s string) string { b := sha256.Sum256([]byte(s)); return hex.EncodeToString(b[:]) }
func sha512Of(s string) []byte { b := sha512.Sum512([]byte(s)); return b[:] }

// get is a request for an address; %s in it is the value, percent-encoded.
func get(address, value string) crawler.Event {
	return sent(crawler.Request{URL: strings.Replace(address, "%s", url.QueryEscape(value), 1)})
}

// post is a request with a body.
func post(address, body string) crawler.Event {
	return sent(crawler.Request{Method: "POST", URL: address, Body: crawler.NewBody([]byte(body))})
}

// inRequest are the findings of a class in one of the requests, counted from 1.
func inRequest(fs []detect.Finding, n int64, c rule.Class) (out []detect.Finding) {
	for _, f := range fs {
		if f.Seq == n && f.Class == c {
			out = append(out, f)
		}
	}
	return out
}

// idFields are fields that a vendor's documentation explains, or leaves to the site. %s is the value.
var idFields = map[string]struct {
	address, body string
	class         rule.Class // what the vendor says of the field; empty: nothing
}{
	"Adobe Experience Cloud d_cid_ic": {"https://dpm.demdex.net/id?d_mid=12345678901234567890123456789012345678&d_cid_ic=crm%01%s%011", "", rule.SyncedID},
	"Google Analytics 4 uid":          {collect + "&cid=1111111111.1700000001&uid=%s", "", rule.UserID},
	"Google Analytics 4 cid":          {collect + "&cid=%s", "", rule.ClientID},
	"Google Analytics 4 up.":          {collect + "&cid=1111111111.1700000001&up.login=%s", "", ""},
	"Google Analytics 4 ep.":          {collect + "&cid=1111111111.1700000001&ep.foo=%s", "", ""},
	"Universal Analytics uid":         {"https://www.google-analytics.com/collect?v=1&tid=UA-1-1&cid=1.2&t=pageview&uid=%s", "", rule.UserID},
	"Universal Analytics cd":          {"https://www.google-analytics.com/collect?v=1&tid=UA-1-1&cid=1.2&t=pageview&cd73=%s", "", ""},
	"Meta external_id":                {pixel + "&ud[external_id]=%s", "", rule.UserID},
	"Meta fbp":                        {pixel + "&fbp=%s", "", rule.ClientID},
	"Adobe Analytics vid":             {"https://metrics.omtrdc.net/b/ss/rsid/1/JS-2.22.0/s123?AQB=1&vid=%s", "", rule.ClientID},
	"Adobe Analytics eVar":            {"https://metrics.omtrdc.net/b/ss/rsid/1/JS-2.22.0/s123?AQB=1&v12=%s", "", ""},
	"Matomo uid":                      {"https://acme.matomo.cloud/matomo.php?idsite=1&rec=1&_id=0123456789abcdef&uid=%s", "", rule.UserID},
	"LinkedIn li_adsId":               {"https://px.ads.linkedin.com/collect/?v=2&pid=12345&li_adsId=%s", "", rule.ClientID},
	"Snap u_c1":                       {"https://tr.snapchat.com/p?pid=11111111-2222-4333-8444-555555555555&ev=PAGE_VIEW&u_c1=%s", "", rule.ClientID},
	"Segment userId":                  {"https://api.segment.io/v1/t", `{"writeKey":"abc","userId":"%s","type":"track"}`, rule.UserID},
	"Segment anonymousId":             {"https://api.segment.io/v1/t", `{"writeKey":"abc","anonymousId":"%s","type":"track"}`, rule.ClientID},
	"Amplitude device_id":             {"https://api2.amplitude.com/2/httpapi", `{"api_key":"0123456789abcdef0123456789abcdef","events":[{"device_id":"%s","event_type":"x"}]}`, rule.ClientID},
	"TikTok external_id":              {"https://analytics.tiktok.com/api/v2/pixel", `{"event":"Pageview","context":{"user":{"external_id":"%s"},"pixel":{"code":"ABC"}}}`, rule.UserID},
}

func TestWhatStandsInAFieldIsFoundBesideWhatTheFieldMeans(t *testing.T) {
	known := detect.Config{Persona: rule.Persona{"email": {ana}}}
	for name, s := range idFields {
		request := func(value string) crawler.Event {
			if s.body != "" {
				return post(s.address, strings.Replace(s.body, "%s", value, 1))
			}
			return get(s.address, value)
		}
		for how, c := range map[string]struct {
			cfg   detect.Config
			value string
		}{
			"known, in a list":   {known, "crm|" + ana + "|1"},
			"unknown, in a list": {detect.Config{}, "crm|" + ana + "|1"},
			"hashed":             {known, sha256Of(ana)},
			"hashed, in a list":  {known, "crm|" + md5Of(ana) + "|1"},
			"in base64":          {known, base64.StdEncoding.EncodeToString([]byte(ana))},
		} {
			fs, _ := find(t, c.cfg, request(c.value))
			assert.NotEmpty(t, ofClass(fs, rule.Email), "%s: %s", name, how)
			if s.class != "" && how != "in base64" {
				assert.NotEmpty(t, ofClass(fs, s.class), "%s: %s: the field keeps its meaning", name, how)
			}
		}
	}
}

func TestWhatARunTeachesIsLookedForInAllOfIt(t *testing.T) {
	clear := get("https://t.oddmetrics.net/i?mail=%s", ana)
	hash := sha256Of(ana)
	login := post("https://www.shop.example/login", `{"email":"`+ana+`","password":"x"}`)
	segment := post("https://api.segment.io/v1/t", `{"writeKey":"abc","userId":"cust-8837221","type":"track"}`)
	cookie := sent(crawler.Request{URL: "https://www.shop.example/x.js", Headers: []crawler.Header{{Name: "Cookie", Value: "remember=" + url.QueryEscape(ana)}}})
	raw := sha512Of(ana)
	for name, c := range map[string]struct {
		events []crawler.Event
		seq    int64 // of the request that the lesson is about
		class  rule.Class
		why    string // what the finding says
	}{
		"a hash that Meta was sent as that of an address": {[]crawler.Event{get(pixel+"&ud[em]=%s", hash), get(collect+"&cd73=%s", hash)}, 2, rule.Email, "the same hash was sent to Meta Pixel as that of an e-mail address"},
		"the same, earlier":                                 {[]crawler.Event{get(collect+"&ep.x=%s", hash), get(pixel+"&ud[em]=%s", hash)}, 1, rule.Email, "the same hash was sent to Meta Pixel as that of an e-mail address"},
		"the same, in capitals":                             {[]crawler.Event{get(pixel+"&ud[em]=%s", hash), get(neutral+"%s", strings.ToUpper(hash))}, 2, rule.Email, ""},
		"an address that was sent in clear":                 {[]crawler.Event{clear, get(neutral+"%s", md5Of(ana))}, 2, rule.Email, "hash of an e-mail address that was sent in clear to oddmetrics.net"},
		"the same, earlier, in another hash":                {[]crawler.Event{get(neutral+"%s", sha1Of(ana)), clear}, 1, rule.Email, "hash of an e-mail address that was sent in clear to oddmetrics.net"},
		"its hash in base64":                                {[]crawler.Event{clear, get(neutral+"%s", base64.StdEncoding.EncodeToString(raw))}, 2, rule.Email, ""},
		"its hash in base64 for addresses, without padding": {[]crawler.Event{clear, get(neutral+"%s", base64.RawURLEncoding.EncodeToString(raw))}, 2, rule.Email, ""},
		"its hash inside a name":                            {[]crawler.Event{clear, get(neutral+"%s", "pr_abc_uid_"+md5Of(ana))}, 2, rule.Email, ""},
		"its hash in a path":                                {[]crawler.Event{clear, get("https://u.oddpixel.net/m/"+md5Of(ana)+"/s/"+sha1Of(ana)+"/p.gif", "")}, 2, rule.Email, ""},
		"the hash of its capitals":                          {[]crawler.Event{clear, get(neutral+"%s", md5Of(strings.ToUpper(ana)))}, 2, rule.Email, ""},
		"the form that Google hashes":                       {[]crawler.Event{get("https://t.oddmetrics.net/i?mail=%s", "A.Prell+x@gmail.com"), get(neutral+"%s", sha256Of("aprell@gmail.com"))}, 2, rule.Email, ""},
		"what the site sends to itself":                     {[]crawler.Event{login, get(neutral+"%s", md5Of(ana))}, 2, rule.Email, "hash of an e-mail address that stands in clear in a request of the site to itself"},
		"what a cookie holds":                               {[]crawler.Event{cookie, get(neutral+"%s", md5Of(ana))}, 2, rule.Email, ""},
		"a telephone number":                                {[]crawler.Event{get("https://t.oddmetrics.net/i?phone=%s", "+4312345678901"), get(neutral+"%s", sha256Of("4312345678901"))}, 2, rule.Phone, ""},
		"an account":                                        {[]crawler.Event{segment, get(neutral+"%s", "cust-8837221")}, 2, rule.UserID, "a user id that was sent in clear to Segment"},
		"the hash of an account":                            {[]crawler.Event{get(neutral+"%s", sha256Of("cust-8837221")), segment}, 1, rule.UserID, ""},
		"a browser's id that somebody else gets":            {[]crawler.Event{get(collect+"&cid=%s", "1234567890.1700000001"), get(neutral+"%s", "1234567890.1700000001")}, 2, rule.SyncedID, ""},
		"who a token is about":                              {[]crawler.Event{post("https://www.shop.example/api", `{"t":"`+token(`{"sub":"cust-5521947"}`)+`"}`), get(neutral+"%s", "cust-5521947")}, 2, rule.UserID, ""},
	} {
		fs, _ := find(t, detect.Config{}, c.events...)
		got := inRequest(fs, c.seq, c.class)
		if assert.NotEmpty(t, got, name) && c.why != "" {
			assert.Contains(t, got[0].Reasons, c.why, name)
		}
		assert.LessOrEqual(t, len(got), 2, "%s: told once", name)
	}
}

// token is a JSON web token with the claims.
func token(claims string) string {
	enc := base64.RawURLEncoding.EncodeToString
	return enc([]byte(`{"alg":"HS256"}`)) + "." + enc([]byte(claims)) + "." + enc([]byte("signature of the token"))
}

func TestAHashSaysThatItsAddressWasSentInClear(t *testing.T) {
	want := "hash of an e-mail address that was sent in clear to oddmetrics.net"
	evs := []crawler.Event{get(pixel+"&ud[em]=%s", sha256Of(ana)), get("https://t.oddmetrics.net/i?mail=%s", ana)}
	for name, cfg := range map[string]detect.Config{"unknown": {}, "known": {Persona: rule.Persona{"email": {ana}}}} {
		fs, _ := find(t, cfg, evs...)
		got := inRequest(fs, 1, rule.Email)
		require.Len(t, got, 1, name)
		assert.Contains(t, got[0].Reasons, want, name)
		assert.Equal(t, detect.Hashed, got[0].Form, name)
		assert.Equal(t, []string{"sha256"}, got[0].Chain[len(got[0].Chain)-1:], name)
	}
}

func TestWhatIsNobodysIsNotLearned(t *testing.T) {
	for name, evs := range map[string][]crawler.Event{
		"the hash of nothing":           {get(pixel+"&ud[em]=%s", sha256Of("")), get(neutral+"%s", sha256Of(""))},
		"an office's address":           {get("https://t.oddmetrics.net/i?mail=%s", "info@shop-works.de"), get(neutral+"%s", md5Of("info@shop-works.de"))},
		"a number that is no account":   {post("https://api.segment.io/v1/t", `{"writeKey":"abc","userId":"10","type":"track"}`), get(neutral+"%s", "10")},
		"seven digits, met by accident": {post("https://api.segment.io/v1/t", `{"writeKey":"abc","userId":"6703048","type":"track"}`), get("https://ads.oddpixel.net/c?campaign=%s", "6703048")},
		"a browser's id at its own":     {get(collect+"&cid=%s", "1234567890.1700000001"), get("https://www.google-analytics.com/x?z=%s", "1234567890.1700000001")},
		"another hash":                  {get("https://t.oddmetrics.net/i?mail=%s", ana), get(neutral+"%s", md5Of("somebody.else@posteo.de"))},
	} {
		fs, _ := find(t, detect.Config{}, evs...)
		for _, c := range []rule.Class{rule.Email, rule.UserID, rule.SyncedID} {
			assert.Empty(t, inRequest(fs, 2, c), name)
		}
	}
}

// A stream cannot be read again: what it teaches is looked for in what comes after.
func TestAStreamLearnsForWhatComesAfter(t *testing.T) {
	page := crawler.Event{Page: &crawler.Page{ID: "p", URL: "https://www.shop.example/", Outcome: crawler.Complete}}
	var got []detect.Finding
	events := streamOf(get("https://t.oddmetrics.net/i?mail=%s", ana), page, get(neutral+"%s", md5Of(ana)))
	for f, err := range analyzer(t, detect.Config{}).Analyze(context.Background(), events, nil) {
		require.NoError(t, err)
		got = append(got, f)
	}
	assert.NotEmpty(t, inRequest(got, 3, rule.Email))
}

func TestATestersAccountIsAPerson(t *testing.T) {
	traits := func(mail string) crawler.Event {
		return post("https://api.segment.io/v1/i", `{"writeKey":"a","userId":"u-7731","type":"identify","traits":{"email":"`+mail+`"}}`)
	}
	for _, mail := range []string{"qa@example.com", "admin@example.com", "admin@shop-works.de", "demo@example.com", "john.doe@example.com", "test@test.com", "user1@staging.example", "jane.doe@acme.com"} {
		fs, _ := find(t, detect.Config{}, traits(mail))
		got := ofClass(fs, rule.Email)
		require.Len(t, got, 1, mail)
		assert.Equal(t, detect.Likely, got[0].Confidence, mail)
		assert.Contains(t, got[0].Reasons, "looks like a test account", mail)

		fs, _ = find(t, detect.Config{}, crawler.Event{Run: &crawler.Run{Deviations: []string{"session"}}}, traits(mail))
		got = ofClass(fs, rule.Email)
		require.Len(t, got, 1, mail)
		assert.Equal(t, detect.Certain, got[0].Confidence, "%s: of a session", mail)
	}
	for name, body := range map[string]string{
		"what to type":         `{"node":{"tagName":"input","attributes":{"type":"email","placeholder":"john.doe@example.com"}}}`,
		"words for an address": `{"text":"you@example.com"}`,
		"documentation":        `{"text":"Every user has an address of its own, for instance the one that signed up first, like john.doe@example.com"}`,
		"a hint":               `{"label":"e.g. jane.doe@acme.com"}`,
	} {
		fs, _ := find(t, detect.Config{}, post("https://r.oddreplay.net/r", body))
		assert.Empty(t, ofClass(fs, rule.Email), name)
	}
}

func TestTokensTellWhomTheyAreAbout(t *testing.T) {
	jwt := token(`{"sub":"6703048","name":"Lucien Renard","email":"` + ana + `"}`)
	for name, ev := range map[string]crawler.Event{
		"query":   get("https://t.oddmetrics.net/p?t=%s", jwt),
		"body":    post("https://t.oddmetrics.net/p", `{"tok":"`+jwt+`"}`),
		"header":  sent(crawler.Request{URL: "https://t.oddmetrics.net/p", Headers: []crawler.Header{{Name: "Authorization", Value: "Bearer " + jwt}}}),
		"base64":  get("https://t.oddmetrics.net/p?d=%s", base64.StdEncoding.EncodeToString([]byte(`{"a":{"jwt":"`+jwt+`"}}`))),
		"address": get("https://t.oddmetrics.net/p?dl=%s", "https://www.shop.example/a?token="+jwt),
	} {
		fs, _ := find(t, detect.Config{}, ev)
		for _, c := range []rule.Class{rule.AuthToken, rule.UserID, rule.Name, rule.Email} {
			assert.Len(t, ofClass(fs, c), 1, "%s: %s", name, c)
		}
	}
}

func TestKnownValuesAreFoundWhereTheyHide(t *testing.T) {
	keys := func(text string) string {
		var b strings.Builder
		for i, r := range text {
			fmt.Fprintf(&b, `,{"type":"keydown","key":"%c","id":7,"t":%d}`, r, 1700000000000+i*90)
		}
		return `{"events":[` + b.String()[1:] + `]}`
	}
	b64 := base64.StdEncoding.EncodeToString
	for name, c := range map[string]struct {
		persona rule.Persona
		event   crawler.Event
		class   rule.Class
	}{
		"form's plus":             {rule.Persona{"email": {ana}}, get("https://t.oddmetrics.net/p?q=Write+to+ana.prell%40posteo.de+now", ""), rule.Email},
		"street in a recording":   {rule.Persona{"street": {"Lindenweg 12"}}, post("https://r.oddreplay.net/r", `{"type":2,"timestamp":1700000000000,"data":{"node":{"childNodes":[{"type":3,"textContent":"Ship to Lindenweg 12, 9500 Villach"}]}}}`), rule.Address},
		"street without a number": {rule.Persona{"street": {"Hof am Walde"}}, post("https://r.oddreplay.net/r", `{"type":2,"timestamp":1700000000000,"data":{"node":{"type":3,"textContent":"Hof am Walde"}}}`), rule.Address},
		"number as an account":    {rule.Persona{"phone": {"+12125550123"}}, post("https://t.oddmetrics.net/p", `{"user_id":"tel:+12125550123"}`), rule.Phone},
		"number in brackets":      {rule.Persona{"phone": {"+12125550123"}}, post("https://t.oddmetrics.net/p", `{"x":"(212) 555-0123"}`), rule.Phone},
		"name of a parameter":     {rule.Persona{"email": {ana}}, get("https://t.oddmetrics.net/p?ana.prell%40posteo.de=1", ""), rule.Email},
		"hash as a name":          {rule.Persona{"email": {ana}}, get("https://t.oddmetrics.net/p?"+sha256Of(ana)+"=1", ""), rule.Email},
		"hash of base64":          {rule.Persona{"email": {ana}}, get(neutral+"%s", sha256Of(b64([]byte(ana)))), rule.Email},
		"hash of an encoded text": {rule.Persona{"email": {ana}}, get(neutral+"%s", sha256Of(url.QueryEscape(ana))), rule.Email},
		"hash of a line":          {rule.Persona{"email": {ana}}, get(neutral+"%s", md5Of(ana+"\n")), rule.Email},
		"hash of a link":          {rule.Persona{"email": {ana}}, get(neutral+"%s", md5Of("mailto:"+ana)), rule.Email},
		"three hashes":            {rule.Persona{"email": {ana}}, get(neutral+"%s", sha256Of(sha1Of(md5Of(ana)))), rule.Email},
		"sha512 twice":            {rule.Persona{"email": {ana}}, get(neutral+"%s", hex.EncodeToString(sha512Of(hex.EncodeToString(sha512Of(ana))))), rule.Email},
		"hashes in a path":        {rule.Persona{"email": {ana}}, get("https://t.oddmetrics.net/m/"+md5Of(ana)+"/s/"+sha1Of(ana)+"/x.gif", ""), rule.Email},
		"a name, key by key":      {rule.Persona{"first_name": {"Johanna"}}, post("https://r.oddreplay.net/r", keys("Johanna")), rule.Name},
		"parts of a full name":    {rule.Persona{"full_name": {"Johanna Prell"}}, post("https://t.oddmetrics.net/p", `{"first_name":"Johanna"}`), rule.Name},
	} {
		fs, _ := find(t, detect.Config{Persona: c.persona}, c.event)
		got := ofClass(fs, c.class)
		if assert.NotEmpty(t, got, name) {
			assert.Equal(t, detect.ByPersona, got[0].Known, name)
		}
	}
	fs, _ := find(t, detect.Config{}, get("https://t.oddmetrics.net/p?ana.prell%40posteo.de=1&x=2", ""))
	got := ofClass(fs, rule.Email)
	require.Len(t, got, 1, "nobody knows the address")
	assert.NotContains(t, got[0].Field, "ana")
}

func TestAHashThatServesAsAnIDStaysTheHashOfAnAddress(t *testing.T) {
	hash := sha256Of(ana)
	asID := get(collect+"&cid=1111111111.1700000001&uid=%s", hash)
	asHash := get(pixel+"&ud[em]=%s", hash)
	elsewhere := get(neutral+"%s", hash)
	for name, events := range map[string][]crawler.Event{
		"the id first":   {asID, asHash, elsewhere},
		"the hash first": {asHash, asID, elsewhere},
	} {
		fs, _ := find(t, detect.Config{}, events...)
		got := inRequest(fs, 3, rule.Email)
		if assert.Len(t, got, 1, name) {
			assert.Equal(t, detect.Hashed, got[0].Form, name)
		}
		assert.Empty(t, inRequest(fs, 3, rule.UserID), name)
	}
}

func TestAddressesThatAreNamesOfValuesAreRead(t *testing.T) {
	hash := sha256Of(ana)
	for name, body := range map[string]string{
		"timing of resources": `{"ct.oddpins.net/":{"user/?tid=261&pd={\"np\":\"gtm\",\"em\":\"` + hash + `\",\"x":"3a,2*1"}}`,
		"a whole address":     `{"https://t.oddmetrics.net/p?em=` + hash + `":{"duration":17}}`,
		"in clear":            `{"https://t.oddmetrics.net/p?mail=ana.prell%40posteo.de":17}`,
	} {
		fs, _ := find(t, detect.Config{}, post("https://rum.oddperf.net/b", body))
		assert.NotEmpty(t, ofClass(fs, rule.Email), name)
		for _, f := range ofClass(fs, rule.Email) {
			assert.NotContains(t, f.Field, hash[:8], name)
			assert.NotContains(t, f.Field, "ana", name)
		}
	}
}
