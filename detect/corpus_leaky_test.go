package detect_test

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/rule"
)

// datum is one thing about a person, and names that sites give its field.
type datum struct {
	class rule.Class
	text  string
	names []string
	short bool // only told by its field's name
	norm  string
}

// data lists what can be planted of a person.
func (p person) data() []datum {
	phone := strings.TrimPrefix(p.phone, "+")
	return []datum{
		{class: rule.Email, text: p.email, names: []string{"email", "user_email", "mail", "customerEmail", "emailAddress"}, norm: p.email},
		{class: rule.Email, text: p.email, names: []string{"email", "login", "contact", "eml"}, norm: p.email},
		{class: rule.Phone, text: p.phone, names: []string{"phone", "phone_number", "mobile", "tel"}, norm: phone},
		{class: rule.Name, text: p.full(), names: []string{"name", "full_name", "customerName", "displayName"}, norm: strings.ToLower(p.full())},
		{class: rule.Name, text: p.first, names: []string{"first_name", "firstName", "fn", "given_name"}, short: true, norm: strings.ToLower(p.first)},
		{class: rule.Name, text: p.last, names: []string{"last_name", "lastName", "ln", "surname"}, short: true, norm: strings.ToLower(p.last)},
		{class: rule.Address, text: p.street, names: []string{"street", "address1", "address_line1"}, norm: strings.ToLower(p.street)},
		{class: rule.Address, text: p.postcode, names: []string{"zip", "postal_code", "postcode"}, short: true, norm: p.postcode},
		{class: rule.BirthDate, text: p.dob, names: []string{"dob", "birthdate", "date_of_birth", "birthday"}, norm: p.dob},
		{class: rule.UserID, text: p.userID, names: []string{"user_id", "userId", "uid", "customer_id", "external_id"}, norm: p.userID},
		{class: rule.IP, text: p.ip, names: []string{"ip", "client_ip", "ip_address", "remote_addr"}, norm: p.ip},
		{class: rule.Password, text: p.password, names: []string{"password", "passwd", "user_password"}, norm: p.password},
		{class: rule.Card, text: p.card, names: []string{"card_number", "cardNumber", "cc"}, norm: p.card},
		{class: rule.IBAN, text: p.iban, names: []string{"iban", "account_iban"}, norm: p.iban},
		{class: rule.Precise, text: fmt.Sprintf("%.5f,%.5f", p.lat, p.lon), names: []string{"latlng", "geo", "coords"}},
	}
}

// personaOnly are data that nobody can recognise without knowing the person.
func (p person) personaOnly() []datum {
	return []datum{
		{class: rule.Username, text: p.username, names: []string{"u", "handle", "nick", "who"}, norm: p.username},
		{class: rule.OrgID, text: p.orgID, names: []string{"org", "tenant", "g", "workspace"}, norm: p.orgID},
		{class: rule.OrgID, text: p.orgName, names: []string{"company", "org_name", "t"}, norm: strings.ToLower(p.orgName)},
		{class: rule.Search, text: p.search, names: []string{"q", "kw", "term"}, norm: p.search},
	}
}

// trackers are hosts nobody has written a file for.
func (d draw) tracker() string {
	return one(d, "t.", "collect.", "in.", "px.", "events.", "api.") + one(d, "quillmetrics", "sprocketads", "lumenreach", "tidelog", "harborstat") +
		one(d, ".com", ".io", ".net")
}

// wrapped plants a person's datum under depth wrappings in a request to a tracker that nobody knows.
func (d draw) wrapped(p person, x datum, depth int, hash, named bool, wraps []wrapping, family string) sample {
	value, forms := x.text, []string{}
	if hash {
		h := digests[d.IntN(len(digests))]
		value = h.sum(one(d, x.norm, x.norm, x.text))
		forms = append(forms, h.name)
	}
	name := one(d, "x1", "d", "v", "payload", "udata", "k7")
	if named || x.short {
		name = one(d, x.names...)
	}
	if depth > 0 && x.short {
		value = jsonOf(map[string]any{name: value, "at": d.moment(), "ver": "2.1.0"})
		name = one(d, "d", "data", "payload")
	}
	for range depth {
		w := wraps[d.IntN(len(wraps))]
		value = w.wrap(d, value)
		forms = append(forms, w.name)
	}
	s := d.carry(name, value)
	s.truths = []truth{{x.class, x.text, strings.Join(append(forms, s.name), "<"), depth, family}}
	s.name = family
	return s
}

// carry sends a value under a name in one of the places where trackers put it.
func (d draw) carry(name, value string) sample {
	host := "https://" + d.tracker()
	props := map[string]any{
		"event": one(d, "page_view", "checkout_step", "signup", "click"), "ts": d.moment(), "v": "3.1." + d.digits(1),
		"ctx": map[string]any{"sdk": "js", "lang": "en-US", "vp": "1280x720"}, "seq": d.IntN(40),
	}
	var s sample
	switch kind := d.IntN(8); kind {
	case 0, 1:
		q := url.Values{name: {value}, "ev": {"lead"}, "ts": {d.millis()}, "rnd": {d.digits(9)}}
		s = sample{name: "query", request: d.request("GET", host+"/pixel.gif?"+q.Encode(), "", nil)}
	case 2, 3, 4:
		switch d.IntN(3) {
		case 0:
			props[name] = value
		case 1:
			props["user"] = map[string]any{"plan": "pro", name: value}
		case 2:
			props["events"] = []any{map[string]any{"n": "init", "p": map[string]any{}}, map[string]any{"n": "id", "p": map[string]any{name: value}}}
		}
		s = sample{name: "json", request: d.request("POST", host+"/v1/events", one(d, "application/json", "text/plain;charset=UTF-8"), []byte(jsonOf(props)))}
	case 5:
		f := url.Values{name: {value}, "action": {"track"}, "t": {d.millis()}}
		s = sample{name: "form", request: d.request("POST", host+"/c", "application/x-www-form-urlencoded", []byte(f.Encode()))}
	case 6:
		props[name] = value
		w := one(d, binaryWraps[0], binaryWraps[0], binaryWraps[1], binaryWraps[2], binaryWraps[3], binaryWraps[4])
		s = sample{name: w.name, request: d.request("POST", host+"/i?compression="+w.name, "text/plain", []byte(w.wrap(d, jsonOf(props))))}
	case 7:
		props[name] = value
		body := base64.StdEncoding.EncodeToString([]byte(jsonOf(props)))
		s = sample{name: "form-base64", request: d.request("POST", host+"/track/", "application/x-www-form-urlencoded", []byte("data="+url.QueryEscape(body)))}
	}
	return s
}

// vendorSamples are requests of known vendors, with somebody's data where the vendor's documentation puts it.
func (d draw) vendorSample(p person, family string) sample {
	sha := digests[0].sum
	b64 := digests[7].sum
	digitsOnly := strings.TrimPrefix(p.phone, "+")
	page := "https://www.lantern-shop.example/checkout"
	t := func(c rule.Class, text, forms string) truth { return truth{c, text, forms, 0, family} }
	hashed := func(text, digest string) string {
		if family == "stranger" {
			return digest
		}
		return text
	}
	ids := []rule.Class{rule.ClientID, rule.SessionID, rule.PageURL, rule.Title, rule.Referrer, rule.Screen, rule.Locale, rule.UserAgent, rule.Hints,
		rule.Purchase, rule.ConsentStr, rule.SyncedID, rule.FormInput, rule.Replay, rule.UserID, rule.Coarse, rule.Search}
	cid := d.digits(9) + "." + d.epoch()
	var s sample
	switch d.IntN(14) {
	case 0: // GA4 user-provided data: base64url of SHA-256, in one parameter
		q := url.Values{"v": {"2"}, "tid": {"G-" + strings.ToUpper(d.lower(10))}, "cid": {cid}, "en": {"purchase"}, "dl": {page}, "sr": {"1920x1080"},
			"ul": {"en-us"}, "_p": {d.millis()}, "gtm": {"45je59a0v9"}, "em": {"tv.1~em." + b64(p.email) + "~pn0." + b64(p.phone)}}
		s = sample{name: "ga4-em", request: d.request("POST", "https://region1.google-analytics.com/g/collect?"+q.Encode(), "", nil),
			truths: []truth{t(rule.Email, hashed(p.email, b64(p.email)), "ga4 em"), t(rule.Phone, hashed(p.phone, b64(p.phone)), "ga4 pn")}}
	case 1: // GA4 with an address in dl
		q := url.Values{"v": {"2"}, "tid": {"G-" + strings.ToUpper(d.lower(10))}, "cid": {cid}, "en": {"page_view"}, "_p": {d.millis()},
			"dl": {page + "?email=" + url.QueryEscape(p.email)}}
		s = sample{name: "ga4-dl", request: d.request("POST", "https://www.google-analytics.com/g/collect?"+q.Encode(), "", nil),
			truths: []truth{t(rule.Email, p.email, "ga4 dl")}}
	case 2: // Meta advanced matching
		q := "id=" + d.digits(15) + "&ev=Lead&dl=" + url.QueryEscape(page) + "&fbp=fb.1." + d.millis() + "." + d.digits(10) +
			"&ud[em]=" + sha(p.email) + "&ud[ph]=" + sha(digitsOnly) + "&ud[fn]=" + sha(strings.ToLower(p.first)) + "&sw=1920&sh=1080&v=2.9.138&ts=" + d.millis()
		s = sample{name: "meta-ud", request: d.request("GET", "https://www.facebook.com/tr/?"+q, "", nil), truths: []truth{
			t(rule.Email, hashed(p.email, sha(p.email)), "ud[em]"), t(rule.Phone, hashed(p.phone, sha(digitsOnly)), "ud[ph]"),
			t(rule.Name, hashed(p.first, sha(strings.ToLower(p.first))), "ud[fn]")}}
	case 3: // Mixpanel
		doc := jsonOf([]any{map[string]any{"event": "Signed Up", "properties": map[string]any{"token": d.hex(32), "distinct_id": "$device:" + d.uuid(),
			"$device_id": d.uuid(), "mp_lib": "web", "$lib_version": "2.83.0", "$email": p.email, "$name": p.full(), "$current_url": page, "time": d.moment()}}})
		s = sample{name: "mixpanel", request: d.request("POST", "https://api-js.mixpanel.com/track/?verbose=1&ip=1&_="+d.millis(),
			"application/x-www-form-urlencoded", []byte("data="+url.QueryEscape(doc))), truths: []truth{t(rule.Email, p.email, "mixpanel"), t(rule.Name, p.full(), "mixpanel")}}
	case 4: // Segment
		doc := jsonOf(map[string]any{"type": "identify", "userId": p.userID, "anonymousId": d.uuid(), "messageId": "ajs-next-" + d.millis() + "-" + d.uuid(),
			"traits": map[string]any{"email": p.email, "firstName": p.first, "lastName": p.last, "phone": p.phone, "birthday": p.dob,
				"address": map[string]any{"street": p.street, "city": p.city, "postalCode": p.postcode, "country": p.country}},
			"context":  map[string]any{"page": map[string]any{"url": page, "path": "/checkout", "title": "Checkout"}, "library": map[string]any{"name": "analytics.js", "version": "next-1.81.0"}, "locale": "en-US"},
			"writeKey": d.base62(32), "sentAt": "2026-10-02T10:11:12.000Z", "integrations": map[string]any{}})
		s = sample{name: "segment", request: d.request("POST", "https://api.segment.io/v1/i", "text/plain", []byte(doc)), truths: []truth{
			t(rule.UserID, p.userID, "segment"), t(rule.Email, p.email, "segment"), t(rule.Name, p.first, "segment"), t(rule.Name, p.last, "segment"),
			t(rule.Phone, p.phone, "segment"), t(rule.BirthDate, p.dob, "segment"), t(rule.Address, p.street, "segment"), t(rule.Address, p.postcode, "segment")}}
	case 5: // PostHog
		doc := jsonOf(map[string]any{"api_key": "phc_" + d.base62(43), "batch": []any{map[string]any{"event": "$identify", "properties": map[string]any{
			"distinct_id": p.userID, "$device_id": d.uuid(), "$session_id": d.uuid(), "$current_url": page, "$lib": "web", "$lib_version": "1.290.0",
			"token": "phc_" + d.base62(43), "$set": map[string]any{"email": p.email, "name": p.full()}}}}})
		s = sample{name: "posthog", request: d.request("POST", "https://us.i.posthog.com/batch/?compression=gzip-js&ver=1.290.0", "text/plain",
			[]byte(binaryWraps[0].wrap(d, doc))), truths: []truth{t(rule.UserID, p.userID, "posthog"), t(rule.Email, p.email, "posthog"), t(rule.Name, p.full(), "posthog")}}
	case 6: // TikTok
		doc := jsonOf(map[string]any{"event": "CompletePayment", "event_id": d.uuid(), "timestamp": "2026-10-02T10:11:12.000Z", "context": map[string]any{
			"pixel": map[string]any{"code": strings.ToUpper(d.lower(20))}, "page": map[string]any{"url": page}, "user": map[string]any{
				"email": sha(p.email), "phone_number": sha(p.phone), "external_id": sha(p.userID), "anonymous_id": d.base62(27)}, "library": map[string]any{"name": "pixel.js"}}})
		s = sample{name: "tiktok", request: d.request("POST", "https://analytics.tiktok.com/api/v2/pixel", "application/json", []byte(doc)), truths: []truth{
			t(rule.Email, hashed(p.email, sha(p.email)), "tiktok"), t(rule.Phone, hashed(p.phone, sha(p.phone)), "tiktok")}}
	case 7: // Sentry: envelope
		env := jsonOf(map[string]any{"event_id": d.hex(32), "sent_at": "2026-10-02T10:11:12.000Z", "sdk": map[string]any{"name": "sentry.javascript.browser", "version": "9.1.0"}}) + "\n" +
			`{"type":"event"}` + "\n" + jsonOf(map[string]any{"event_id": d.hex(32), "user": map[string]any{"id": p.userID, "email": p.email, "ip_address": p.ip},
			"request": map[string]any{"url": page}, "exception": map[string]any{"values": []any{map[string]any{"type": "TypeError", "value": "x is undefined"}}}, "release": d.hex(40)}) + "\n"
		s = sample{name: "sentry", request: d.request("POST", "https://o"+d.digits(6)+".ingest.us.sentry.io/api/"+d.digits(7)+"/envelope/?sentry_version=7&sentry_key="+d.hex(32), "text/plain", []byte(env)),
			truths: []truth{t(rule.UserID, p.userID, "sentry"), t(rule.Email, p.email, "sentry"), t(rule.IP, p.ip, "sentry")}}
	case 8: // HubSpot form analytics
		q := url.Values{"k": {"1"}, "v": {"1.1"}, "a": {d.digits(7)}, "ct": {"standard-page"}, "pu": {page}, "t": {"Checkout"}, "cts": {d.millis()}, "vi": {d.hex(32)},
			"i": {"email=" + p.email + "&firstname=" + p.first}, "u": {d.digits(8) + "." + d.hex(32) + "." + d.millis()}}
		s = sample{name: "hubspot", request: d.request("GET", "https://track.hubspot.com/__ptq.gif?"+q.Encode(), "", nil), truths: []truth{t(rule.Email, p.email, "hubspot i=")}}
	case 9: // Criteo: double-encoded list with an MD5
		q := "a=" + d.digits(5) + "&v=5.23.0&p0=" + url.QueryEscape("e=exd&site_type=d") + "&p1=" + url.QueryEscape("e=ce&m="+url.QueryEscape("["+digests[3].sum(p.email)+"]")+"&h=md5") + "&adce=1"
		s = sample{name: "criteo", request: d.request("GET", "https://sslwidget.criteo.com/event?"+q, "", nil), truths: []truth{t(rule.Email, hashed(p.email, digests[3].sum(p.email)), "criteo m=")}}
	case 10: // Snapchat
		q := url.Values{"pid": {d.uuid()}, "ev": {"PURCHASE"}, "u_hem": {sha(p.email)}, "u_hpn": {sha(digitsOnly)}, "pl": {page}, "ts": {d.millis()}}
		s = sample{name: "snap", request: d.request("GET", "https://tr.snapchat.com/p?"+q.Encode(), "", nil), truths: []truth{
			t(rule.Email, hashed(p.email, sha(p.email)), "u_hem"), t(rule.Phone, hashed(p.phone, sha(digitsOnly)), "u_hpn")}}
	case 11: // Klaviyo: base64 JSON in data=
		doc := jsonOf(map[string]any{"token": d.base62(6), "properties": map[string]any{"$email": p.email, "$first_name": p.first, "$last_name": p.last, "$phone_number": p.phone}})
		s = sample{name: "klaviyo", request: d.request("GET", "https://a.klaviyo.com/api/identify?data="+url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(doc))), "", nil),
			truths: []truth{t(rule.Email, p.email, "klaviyo"), t(rule.Name, p.first, "klaviyo"), t(rule.Name, p.last, "klaviyo"), t(rule.Phone, p.phone, "klaviyo")}}
	case 12: // Amplitude
		doc := jsonOf(map[string]any{"api_key": d.hex(32), "events": []any{map[string]any{"device_id": d.uuid(), "user_id": p.userID, "session_id": d.moment(), "event_type": "$identify",
			"insert_id": d.uuid(), "library": "amplitude-ts/2.46.0", "ip": "$remote", "user_properties": map[string]any{"$set": map[string]any{"email": p.email, "phone": p.phone}}}}})
		s = sample{name: "amplitude", request: d.request("POST", "https://api2.amplitude.com/2/httpapi", "application/json", []byte(doc)), truths: []truth{
			t(rule.UserID, p.userID, "amplitude"), t(rule.Email, p.email, "amplitude"), t(rule.Phone, p.phone, "amplitude")}}
	case 13: // referer header with an address
		r := d.request("GET", "https://"+d.tracker()+"/lib.js?v=3", "", nil)
		r.Headers = append(r.Headers[:2:2], crawler.Header{Name: "Referer", Value: page + "?user=" + url.QueryEscape(p.email)})
		s = sample{name: "referer", request: r, truths: []truth{t(rule.Email, p.email, "referer")}}
	}
	s.also = append(ids, rule.Address, rule.Coarse, rule.Email, rule.Phone, rule.Name)
	if s.name == "referer" {
		s.also = nil
	}
	return s
}
