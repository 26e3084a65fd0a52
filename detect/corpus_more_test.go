package detect_test

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/rule"
)

// spelt are data of people in the spellings and places that sites use, each with the class and the text that must be
// found.
func (d draw) spelt(p person) (name string, r crawler.Request, want []truth) {
	post := func(v any) crawler.Request { return d.post("https://"+d.tracker()+"/v2/collect", v) }
	get := func(q url.Values) crawler.Request {
		return d.request("GET", "https://"+d.tracker()+"/b?"+q.Encode(), "", nil)
	}
	t := func(c rule.Class, text string) truth { return truth{class: c, text: text} }
	national := "0" + strings.TrimPrefix(p.phone, "+49")
	spaced := national[:4] + " " + national[4:]
	enc := base64.RawURLEncoding.EncodeToString
	jwt := enc([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + enc([]byte(jsonOf(map[string]any{"sub": p.userID, "email": p.email, "name": p.full(), "iat": d.moment() / 1000}))) + "." + d.base62(86)
	y, m, day := p.dob[:4], p.dob[5:7], p.dob[8:]
	kinds := []func(){
		func() {
			name, r, want = "customer", post(map[string]any{"event": "order", "customer": map[string]any{"name": p.full(), "email": strings.ToUpper(p.email), "tel": spaced}}), []truth{t(rule.Name, p.full()), t(rule.Email, p.email), t(rule.Phone, spaced)}
		},
		func() {
			name, r, want = "billing", post(map[string]any{"billing": map[string]any{"given_name": p.first, "family_name": p.last, "address_line1": p.street, "postal_code": p.postcode, "city": p.city}}), []truth{t(rule.Name, p.first), t(rule.Name, p.last), t(rule.Address, p.street), t(rule.Address, p.postcode), t(rule.Address, p.city)}
		},
		func() {
			name, r, want = "numeric-id", post(map[string]any{"user": map[string]any{"id": 100000 + d.IntN(8999999), "plan": "pro"}}), nil
		},
		func() { name, r, want = "uid-query", get(url.Values{"uid": {d.digits(7)}, "ev": {"view"}}), nil },
		func() {
			name, r, want = "us-phone", post(map[string]any{"lead": map[string]any{"phone": "(415) 552-" + d.digits(4), "email": p.email}}), []truth{t(rule.Email, p.email)}
		},
		func() {
			name, r, want = "dob-slash", post(map[string]any{"profile": map[string]any{"birthDate": m + "/" + day + "/" + y}}), []truth{t(rule.BirthDate, m+"/"+day+"/"+y)}
		},
		func() {
			name, r, want = "dob-dots", get(url.Values{"dob": {day + "." + m + "." + y}}), []truth{t(rule.BirthDate, day+"."+m+"."+y)}
		},
		func() {
			name, r, want = "dob-meta", get(url.Values{"ud[db]": {y + m + day}, "ud[ge]": {"f"}}), []truth{t(rule.BirthDate, y+m+day)}
		},
		func() {
			name, r, want = "latlon", post(map[string]any{"visitor": map[string]any{"latitude": p.lat, "longitude": p.lon}}), []truth{t(rule.Precise, fmt.Sprint(p.lat))}
		},
		func() {
			name, r, want = "latlon-query", get(url.Values{"lat": {fmt.Sprintf("%.5f", p.lat)}, "lng": {fmt.Sprintf("%.5f", p.lon)}}), []truth{t(rule.Precise, fmt.Sprintf("%.5f", p.lat))}
		},
		func() {
			name, r, want = "card-spaces", post(map[string]any{"payment": map[string]any{"number": p.card[:4] + " " + p.card[4:8] + " " + p.card[8:12] + " " + p.card[12:]}}), []truth{t(rule.Card, p.card)}
		},
		func() {
			name, r, want = "iban-spaces", post(map[string]any{"sepa": map[string]any{"iban": p.iban[:4] + " " + p.iban[4:8] + " " + p.iban[8:12] + " " + p.iban[12:16] + " " + p.iban[16:20] + " " + p.iban[20:]}}), []truth{t(rule.IBAN, p.iban)}
		},
		func() {
			r = d.request("GET", "https://"+d.tracker()+"/me", "", nil)
			r.Headers = append(r.Headers, crawler.Header{Name: "Authorization", Value: "Bearer " + jwt})
			name, want = "bearer", []truth{t(rule.Email, p.email), t(rule.Name, p.full())}
		},
		func() {
			name, r, want = "jwt-body", post(map[string]any{"id_token": jwt}), []truth{t(rule.Email, p.email)}
		},
		func() {
			name, r, want = "breadcrumb", post(map[string]any{"breadcrumbs": []any{map[string]any{"message": "login failed for " + p.email + " (bad password)", "level": "error"}}}), []truth{t(rule.Email, p.email)}
		},
		func() {
			name, r, want = "dom-text", post(map[string]any{"nodes": []any{map[string]any{"tag": "SPAN", "text": "Signed in as " + p.email}}}), []truth{t(rule.Email, p.email)}
		},
		func() {
			name, r, want = "json-key", post(map[string]any{"shared_with": map[string]any{p.email: "editor"}}), []truth{t(rule.Email, p.email)}
		},
		func() {
			name, r, want = "path-email", d.request("GET", "https://"+d.tracker()+"/u/"+p.email+"/open.gif", "", nil), []truth{t(rule.Email, p.email)}
		},
		func() {
			name, r, want = "page-email", get(url.Values{"url": {"https://www.lantern-shop.example/reset?email=" + url.QueryEscape(p.email) + "&t=" + d.hex(20)}}), []truth{t(rule.Email, p.email)}
		},
		func() {
			name, r, want = "plus-email", get(url.Values{"e": {strings.Replace(p.email, "@", "+news@", 1)}}), []truth{t(rule.Email, strings.Replace(p.email, "@", "+news@", 1))}
		},
		func() {
			name, r, want = "hem", get(url.Values{one(d, "hem", "he", "email_sha256", "sha256email", "em", "emailHash", "u_hem"): {digests[0].sum(p.email)}, "v": {"1"}}), []truth{t(rule.Email, digests[0].sum(p.email))}
		},
		func() {
			name, r, want = "hem-md5", post(map[string]any{"ids": map[string]any{one(d, "email_md5", "md5_email", "hashedEmail"): digests[3].sum(p.email)}}), []truth{t(rule.Email, digests[3].sum(p.email))}
		},
		func() {
			name, r, want = "ipv6", post(map[string]any{"client_ip": "2a02:8109:9a40:" + d.hex(4) + ":" + d.hex(4) + ":" + d.hex(4) + ":" + d.hex(4) + ":" + d.hex(4)}), nil
		},
		func() {
			name, r, want = "ip-x", post(map[string]any{"req": map[string]any{"headers": map[string]any{"x-forwarded-for": p.ip}}}), []truth{t(rule.IP, p.ip)}
		},
		func() {
			name, r, want = "typed-form", d.form("https://"+d.tracker()+"/f", url.Values{"fields[email]": {p.email}, "fields[password]": {p.password}, "fields[zip]": {p.postcode}}), []truth{t(rule.Email, p.email), t(rule.Password, p.password)}
		},
		func() {
			name, r, want = "address-line", post(map[string]any{"shipping_address": p.street + ", " + p.postcode + " " + p.city}), []truth{t(rule.Address, p.street)}
		},
		func() {
			name, r, want = "search", get(url.Values{"search_term": {p.search}, "page": {"search"}}), []truth{t(rule.Search, p.search)}
		},
		func() {
			name, r, want = "split-email", post(map[string]any{"mail_user": p.email[:strings.IndexByte(p.email, '@')], "note": "contact " + p.email + " soon"}), []truth{t(rule.Email, p.email)}
		},
		func() {
			name, r, want = "user-id", post(map[string]any{"traits": map[string]any{"userId": "usr_" + d.base62(14)}}), nil
		},
		func() {
			name, r, want = "multipart", d.multipart(map[string]string{"email": p.email, "message": "Please call " + p.full()}), []truth{t(rule.Email, p.email)}
		},
		func() {
			name, r, want = "utf16-email", get(url.Values{"q": {"x"}, "mail": {strings.ReplaceAll(p.email, "@", "%40")}}), []truth{t(rule.Email, p.email)}
		},
	}
	kinds[d.IntN(len(kinds))]()
	switch name {
	case "numeric-id", "uid-query", "user-id":
		want = []truth{{class: rule.UserID}}
	case "ipv6":
		want = []truth{{class: rule.IP}}
	}
	for i := range want {
		want[i].forms = name
	}
	return name, r, want
}

func (d draw) multipart(fields map[string]string) crawler.Request {
	boundary := "----WebKitFormBoundary" + d.base62(16)
	var b strings.Builder
	for k, v := range fields {
		fmt.Fprintf(&b, "--%s\r\nContent-Disposition: form-data; name=%q\r\n\r\n%s\r\n", boundary, k, v)
	}
	fmt.Fprintf(&b, "--%s--\r\n", boundary)
	return d.request("POST", "https://"+d.tracker()+"/upload", "multipart/form-data; boundary="+boundary, []byte(b.String()))
}

// Everyday spellings of strangers' data are found, and nothing else is said of those requests.
func TestEverydaySpellingsAreFound(t *testing.T) {
	d := newDraw(corpusSeed + 7)
	var samples []sample
	for range 400 {
		p := d.person()
		name, r, want := d.spelt(p)
		samples = append(samples, sample{name: name, request: r, truths: want, also: []rule.Class{
			rule.AuthToken, rule.UserID, rule.Purchase, rule.FormInput, rule.Replay, rule.Coarse, rule.Search, rule.Gender, rule.ClientID, rule.Name, rule.Address, rule.Precise, rule.Phone, rule.Username,
		}})
	}
	all, kinds := judge(t, nil, samples)
	table(t, "everyday spellings", kinds)
	t.Logf("recall %.1f %%, precision %.1f %%", 100*all.recall(), 100*all.precision())
	assert.GreaterOrEqual(t, all.recall(), 0.90)
	assert.GreaterOrEqual(t, all.precision(), 0.93)
}

// traps are more requests that tell nothing of their visitor.
var traps = []struct {
	name string
	make func(d draw) crawler.Request
}{
	{"labels", func(d draw) crawler.Request {
		return d.post("https://i18n.stringtable.net/bundle", map[string]any{"de": map[string]any{"first_name": "Vorname", "last_name": "Nachname", "email": "E-Mail-Adresse", "password": "Passwort", "username": "Benutzername",
			"phone": "Telefonnummer", "street": "Straße", "city": "Stadt", "zip": "PLZ", "birthday": "Geburtsdatum", "gender": "Geschlecht", "country": "Land", "card_number": "Kartennummer", "search": "Suche", "full_name": "Vollständiger Name", "address": "Anschrift"}})
	}},
	{"messages", func(d draw) crawler.Request {
		return d.post("https://i18n.stringtable.net/errors", map[string]any{"email": "Please enter a valid e-mail address (for example name@example.com).", "phone": "Please enter your phone number including the country code.",
			"password": "At least 8 characters", "name": "This field is required", "city": "Please choose a city", "dob": "DD.MM.YYYY"})
	}},
	{"authors", func(d draw) crawler.Request {
		return d.post("https://feeds.bookshelfapi.org/items", map[string]any{"books": []any{map[string]any{"title": "Emma", "author": map[string]any{"name": "Jane Austen"}, "isbn": "978-3-16-148410-0", "publisher": "Penguin"},
			map[string]any{"title": "It", "author": map[string]any{"name": "Stephen King"}, "isbn13": "9780306406157"}}})
	}},
	{"stores", func(d draw) crawler.Request {
		return d.post("https://locator.storefinderly.com/render", map[string]any{"stores": []any{map[string]any{"name": "Flagship Berlin", "street": "Friedrichstraße 101", "zip": "10117", "city": "Berlin", "lat": 52.52000, "lng": 13.38892, "phone": "+49 30 901820"},
			map[string]any{"name": "Outlet Metzingen", "address": "Reutlinger Str. 63", "lat": 48.53592, "lng": 9.28431}}})
	}},
	{"products", func(d draw) crawler.Request {
		return d.post("https://reco.shelfmind.ai/v1/rank", map[string]any{"products": []any{map[string]any{"name": "Anna Sofa", "gender": "women", "age_group": "adult", "brand": "Calvin Klein", "mpn": d.digits(11), "gtin": "4006381333931"},
			map[string]any{"name": "Oscar Lamp", "gender": "unisex", "designer": "Arne Jacobsen", "color": "Victoria Blue", "id": d.digits(13)}}})
	}},
	{"keys", func(d draw) crawler.Request {
		return d.request("GET", "https://maps.googleapis.com/maps/api/js?key=AIza"+d.base62(35)+"&libraries=places&callback=initMap&v=weekly&token="+d.digits(6), "", nil)
	}},
	{"publishable", func(d draw) crawler.Request {
		return d.post("https://checkout.paykitten.io/config", map[string]any{"publishable_key": "pk_live_" + d.base62(24), "merchant": "acct_" + d.base62(16), "currency": "eur", "amount": 4995, "locale": "de-DE", "capabilities": []any{"card", "sepa_debit"}})
	}},
	{"stun", func(d draw) crawler.Request {
		return d.post("https://rtc.voicebridge.net/ice", map[string]any{"iceServers": []any{map[string]any{"urls": "stun:74.125.250.129:19302"}, map[string]any{"urls": []any{"turn:8.8.8.8:3478"}}}, "version": "4.12.0.2", "dns": "1.1.1.1"})
	}},
	{"stack", func(d draw) crawler.Request {
		return d.post("https://errors.crashpond.io/api", map[string]any{"type": "TypeError", "stack": "TypeError: t is undefined\n    at r.render (https://www.lantern-shop.example/static/main." + d.hex(8) + ".js:2:41233)\n    at Object.<anonymous> (webpack:///./src/user/name.tsx:12:34)", "release": d.hex(40), "line": 12, "col": 34})
	}},
	{"assets", func(d draw) crawler.Request {
		return d.request("GET", "https://static.assetharbor.net/"+d.hex(64)+"/bundle."+d.hex(32)+".js?v="+d.hex(32)+"&hash="+d.hex(40)+"&sig="+d.hex(64), "", nil)
	}},
	{"event-only", func(d draw) crawler.Request {
		return d.post("https://ping.anontally.com/e", map[string]any{"event": "click", "event_id": d.uuid(), "message_id": d.uuid(), "ts": d.moment(), "target": "button.cta", "x": 412, "y": 88, "text": "Add to cart", "nonce": d.hex(16)})
	}},
	{"schema", func(d draw) crawler.Request {
		return d.post("https://forms.fieldkit-cloud.com/v3/schema", map[string]any{"inputs": []any{map[string]any{"id": "email", "name": "user_email", "type": "email", "value": "", "autocomplete": "email"}, map[string]any{"id": "pw", "name": "password", "type": "password", "value": nil},
			map[string]any{"name": "phone", "placeholder": "+49 151 23456789", "mask": "+49 ### #######"}, map[string]any{"name": "card", "placeholder": "1234 1234 1234 1234"}, map[string]any{"name": "dob", "placeholder": "MM/DD/YYYY"}}})
	}},
	{"license", func(d draw) crawler.Request {
		return d.request("POST", "https://minify.codepress.dev/js", "text/plain", []byte("/*! Sizzle v2.3.4 | (c) JS Foundation | @license MIT */ !function(e,t){var n=t.document,r=Object.getPrototypeOf;\"email\"===e.type&&/^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9-]+$/.test(e.value)}(window);//# sourceMappingURL=a.js.map@2x"))
	}},
	{"weather", func(d draw) crawler.Request {
		return d.request("GET", "https://api.skyforecastly.com/tiles?layer=temp_new&z=6&x=33&y=21&dt="+d.epoch()+"&opacity=0.6&palette=-40:821692;0:8DC2E9&units=metric", "", nil)
	}},
	{"prices", func(d draw) crawler.Request {
		return d.post("https://fx.rateserve.net/convert", map[string]any{"base": "EUR", "rates": map[string]any{"USD": 1.08412, "GBP": 0.85231, "SEK": 11.34567}, "date": "2026-10-02", "amount": "1234567.89", "account_currency": "EUR"})
	}},
	{"segments", func(d draw) crawler.Request {
		return d.post("https://tests.splitlab.io/assign", map[string]any{"experiments": []any{map[string]any{"id": d.digits(10), "variation": d.digits(10), "name": "Checkout CTA", "audience": "returning customers"}}, "holdback": false, "revision": d.digits(4), "account_id": d.digits(10), "project_id": d.digits(10)})
	}},
	{"image-params", func(d draw) crawler.Request {
		return d.request("GET", "https://images.pixelcrate.com/w_640,h_480,c_fill,g_face,q_auto:good/v"+d.epoch()+"/shop/anna-sofa-"+d.digits(6)+"@2x.jpg?ixlib=js-3.8.0&crop=focalpoint&fp-x=0.51&fp-y=0.4912", "", nil)
	}},
	{"oembed", func(d draw) crawler.Request {
		return d.request("GET", "https://player.clipserve.net/embed/"+d.base62(11)+"?rel=0&modestbranding=1&origin=https%3A%2F%2Fwww.lantern-shop.example&widgetid=1&start=90&hl=en_US&author_name=NorthernKitchen", "", nil)
	}},
	{"hours", func(d draw) crawler.Request {
		return d.post("https://widget.talkbubble.io/settings", map[string]any{"app": d.lower(8), "company": "Lantern Shop GmbH", "support_email": "hello@lantern-shop.example", "phone": "+49 7071 555120", "hours": "Mo-Fr 9:00-17:00", "launcher": map[string]any{"name": "Support", "color": "#0b7", "avatar_name": "Mia"}})
	}},
	{"binary", func(d draw) crawler.Request {
		b := make([]byte, 700)
		for i := range b {
			b[i] = byte(d.IntN(256))
		}
		return d.request("POST", "https://sync.crdtpond.net/doc", "application/octet-stream", b)
	}},
	{"random-text", func(d draw) crawler.Request {
		return d.post("https://cache.edgenote.io/k", map[string]any{"k": d.base62(43), "v": base64.StdEncoding.EncodeToString([]byte(d.base62(200))), "c": d.hex(128), "n": d.digits(18), "p": []any{d.hex(16), d.base62(22), d.uuid()}})
	}},
}

func TestTrapsAreLeftAlone(t *testing.T) {
	d := newDraw(corpusSeed + 9)
	p := d.person()
	var samples []sample
	for _, h := range traps {
		for range 15 {
			samples = append(samples, sample{name: h.name, request: h.make(d)})
		}
	}
	all, _ := judge(t, p.persona(), samples)
	t.Logf("%d requests, %.1f %% with a false finding", all.requests, 100*ratio(all.accused, all.requests))
	assert.LessOrEqual(t, ratio(all.accused, all.requests), 0.02)
}
