package detect_test

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/rule"
)

// vendorRequest is a request as a vendor documents it, with a stranger's data.
type vendorRequest struct {
	name    string
	owner   string // word that the recipient's id or owner must hold
	request crawler.Request
	want    []truth
}

// vendorRequests are written from vendors' documentation of their pixels and SDKs.
func (d draw) vendorRequests(p person) []vendorRequest {
	sha, md5 := digests[0].sum, digests[3].sum
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	raw := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	get := func(u string, q url.Values) crawler.Request { return d.request("GET", u+"?"+q.Encode(), "", nil) }
	t := func(c rule.Class, text string) truth { return truth{class: c, text: text} }
	page := "https://www.lantern-shop.example/checkout"
	phone := strings.TrimPrefix(p.phone, "+")
	zlib := func(s string) []byte { return []byte(binaryWraps[1].wrap(d, s)) }
	gzip := func(s string) []byte { return []byte(binaryWraps[0].wrap(d, s)) }
	return []vendorRequest{
		{"pinterest", "pinterest", get("https://ct.pinterest.com/v3/", url.Values{"event": {"checkout"}, "tid": {"26" + d.digits(11)}, "pd": {jsonOf(map[string]any{"em": sha(p.email), "np": "shopify"})}, "ad": {jsonOf(map[string]any{"loc": page})}}), []truth{t(rule.Email, sha(p.email))}},
		{"linkedin", "linkedin", d.post("https://px.ads.linkedin.com/wa/", map[string]any{"pids": []any{1234567}, "scriptVersion": 194, "time": d.moment(), "domain": "lantern-shop.example", "url": page, "hem": sha(p.email)}), []truth{t(rule.Email, sha(p.email))}},
		{"reddit", "reddit", get("https://alb.reddit.com/rp.gif", url.Values{"id": {"t2_" + d.lower(6)}, "event": {"Purchase"}, "uuid": {d.millis() + "." + d.uuid()}, "em": {sha(p.email)}, "external_id": {sha(p.userID)}}), []truth{t(rule.Email, sha(p.email))}},
		{"twitter", "x corp", get("https://analytics.twitter.com/1/i/adsct", url.Values{"txn_id": {d.lower(5)}, "p_id": {"Twitter"}, "email_address": {sha(p.email)}, "tw_document_href": {page}}), []truth{t(rule.Email, sha(p.email))}},
		{"bing", "microsoft", get("https://bat.bing.com/action/0", url.Values{"ti": {d.digits(8)}, "Ver": {"2"}, "mid": {d.uuid()}, "sid": {d.hex(32)}, "vid": {d.hex(32)}, "pid": {jsonOf(map[string]any{"em": sha(p.email), "ph": sha(p.phone)})}, "p": {page}}), []truth{t(rule.Email, sha(p.email)), t(rule.Phone, sha(p.phone))}},
		{"criteo", "criteo", d.request("GET", "https://sslwidget.criteo.com/event?a="+d.digits(5)+"&v=5.23.0&p0="+url.QueryEscape("e=ce&m="+url.QueryEscape("["+sha(p.email)+"]")+"&h=sha256")+"&adce=1", "", nil), []truth{t(rule.Email, sha(p.email))}},
		{"liveramp", "liveramp", get("https://api.rlcdn.com/api/identity/v2/envelope", url.Values{"pid": {d.digits(4)}, "it": {"4"}, "iv": {sha(p.email)}, "ct": {"4"}}), []truth{t(rule.Email, sha(p.email))}},
		{"id5", "id5", d.post("https://id5-sync.com/g/v2/1234.json", map[string]any{"partner": 1234, "pd": b64("1=" + sha(p.email) + "&5=" + d.hex(16)), "u": page}), []truth{t(rule.Email, sha(p.email))}},
		{"uid2", "trade desk", d.post("https://prod.uidapi.com/v2/token/client-generate", map[string]any{"email_hash": digests[8].sum(p.email), "subscription_id": d.base62(10)}), []truth{t(rule.Email, digests[8].sum(p.email))}},
		{"snowplow", "snowplow", get("https://collector.snowplow.lantern-shop.io/i", url.Values{"e": {"ue"}, "tv": {"js-3.24.0"}, "p": {"web"}, "duid": {d.uuid()}, "aid": {"shop"}, "uid": {p.userID},
			"ue_px": {raw(jsonOf(map[string]any{"schema": "iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0", "data": map[string]any{"schema": "iglu:com.acme/signup/jsonschema/1-0-0", "data": map[string]any{"email": p.email}}}))}}), []truth{t(rule.Email, p.email), t(rule.UserID, p.userID)}},
		{"matomo", "matomo", get("https://analytics.lantern-shop.net/matomo.php", url.Values{"rec": {"1"}, "idsite": {"3"}, "url": {page}, "_id": {d.hex(16)}, "uid": {p.email}, "apiv": {"1"}, "r": {d.digits(6)}}), []truth{t(rule.Email, p.email)}},
		{"datadog", "datadog", d.request("POST", "https://browser-intake-datadoghq.eu/api/v2/rum?ddsource=browser&dd-api-key=pub"+d.hex(32)+"&dd-evp-encoding=deflate&dd-request-id="+d.uuid(), "text/plain",
			zlib(jsonOf(map[string]any{"type": "view", "session": map[string]any{"id": d.uuid()}, "view": map[string]any{"url": page}, "usr": map[string]any{"id": p.userID, "email": p.email, "name": p.full()}})+"\n"+jsonOf(map[string]any{"type": "action"}))), []truth{t(rule.Email, p.email), t(rule.Name, p.full())}},
		{"fullstory", "fullstory", d.post("https://rs.fullstory.com/rec/bundle?OrgId="+d.base62(6)+"&UserId="+d.uuid()+"&SessionId="+d.uuid()+"&PageId="+d.uuid()+"&Seq=2", map[string]any{"Seq": 2, "Evts": []any{map[string]any{"Kind": 8193, "Args": []any{"setVars", "user", jsonOf(map[string]any{"displayName": p.full(), "email": p.email})}}}}), []truth{t(rule.Email, p.email)}},
		{"intercom", "intercom", d.form("https://api-iam.intercom.io/messenger/web/ping", url.Values{"app_id": {d.lower(8)}, "user_data": {jsonOf(map[string]any{"email": p.email, "user_id": p.userID, "name": p.full(), "anonymous_id": d.uuid()})}, "page_title": {"Checkout"}}), []truth{t(rule.Email, p.email), t(rule.Name, p.full())}},
		{"launchdarkly", "launchdarkly", d.request("GET", "https://clientsdk.launchdarkly.com/sdk/evalx/"+d.hex(24)+"/contexts/"+raw(jsonOf(map[string]any{"kind": "user", "key": p.userID, "email": p.email, "name": p.full()})), "", nil), []truth{t(rule.Email, p.email)}},
		{"statsig", "statsig", d.post("https://featureassets.org/v1/initialize?k=client-"+d.base62(20)+"&st=javascript-client&sv=3.12.0", map[string]any{"user": map[string]any{"userID": p.userID, "email": p.email, "ip": p.ip}, "sinceTime": 0}), []truth{t(rule.Email, p.email), t(rule.IP, p.ip)}},
		{"braze", "braze", d.post("https://sdk.iad-01.braze.com/api/v3/data/", map[string]any{"api_key": d.uuid(), "device_id": d.uuid(), "user_id": p.userID, "attributes": []any{map[string]any{"email": p.email, "first_name": p.first, "last_name": p.last, "phone": p.phone, "dob": p.dob}}}), []truth{t(rule.Email, p.email), t(rule.Name, p.last), t(rule.Phone, p.phone), t(rule.BirthDate, p.dob)}},
		{"marketo", "marketo", get("https://"+d.digits(3)+"-abc-"+d.digits(3)+".mktoresp.com/webevents/visitWebPage", url.Values{"_mchNc": {d.millis()}, "_mchId": {"123-ABC-456"}, "_mchTk": {"_mch-lantern-shop.example-" + d.millis() + "-" + d.digits(5)}, "_mchQp": {"email=" + p.email}}), []truth{t(rule.Email, p.email)}},
		{"yandex", "yandex", get("https://mc.yandex.ru/watch/"+d.digits(8), url.Values{"page-url": {page}, "browser-info": {"pv:1:vf:" + d.lower(10) + ":u:" + d.digits(18)}, "site-info": {jsonOf(map[string]any{"__ym": map[string]any{"user_id": p.userID}, "email": p.email})}}), []truth{t(rule.Email, p.email)}},
		{"adobe-edge", "adobe", d.post("https://edge.adobedc.net/ee/v2/interact?configId="+d.uuid()+"&requestId="+d.uuid(), map[string]any{"events": []any{map[string]any{"xdm": map[string]any{"identityMap": map[string]any{"Email_LC_SHA256": []any{map[string]any{"id": sha(p.email), "primary": true}}, "ECID": []any{map[string]any{"id": d.digits(38)}}}, "web": map[string]any{"webPageDetails": map[string]any{"URL": page}}}}}}), []truth{t(rule.Email, sha(p.email))}},
		{"heap", "heap", get("https://heapanalytics.com/h", url.Values{"a": {d.digits(10)}, "u": {d.digits(16)}, "v": {d.digits(16)}, "s": {d.digits(16)}, "b": {"web"}, "i": {p.email}, "sch": {"900"}}), []truth{t(rule.Email, p.email)}},
		{"logrocket", "logrocket", d.request("POST", "https://r.lr-in-prod.com/i?a=acme%2Fshop&r=6-"+d.uuid(), "application/octet-stream", gzip(jsonOf(map[string]any{"type": "identify", "traits": map[string]any{"name": p.full(), "email": p.email}}))), []truth{t(rule.Email, p.email)}},
		{"bugsnag", "bugsnag", d.post("https://notify.bugsnag.com/", map[string]any{"apiKey": d.hex(32), "events": []any{map[string]any{"user": map[string]any{"id": p.userID, "email": p.email, "name": p.full()}, "request": map[string]any{"clientIp": p.ip, "url": page}}}}), []truth{t(rule.Email, p.email), t(rule.Name, p.full()), t(rule.IP, p.ip)}},
		{"zendesk", "zendesk", d.post("https://lantern.zendesk.com/embeddable_blip?type=pageView&data="+url.QueryEscape(b64(jsonOf(map[string]any{"user": map[string]any{"email": p.email, "name": p.full()}}))), map[string]any{}), []truth{t(rule.Email, p.email)}},
		{"customerio", "customer", d.post("https://cdp.customer.io/v1/identify", map[string]any{"userId": p.userID, "anonymousId": d.uuid(), "traits": map[string]any{"email": p.email, "phone": p.phone}, "type": "identify", "writeKey": d.hex(20)}), []truth{t(rule.Email, p.email), t(rule.Phone, p.phone)}},
		{"awin", "awin", d.request("GET", "https://www.awin1.com/a/b.php?merchant=1234&hash="+sha(p.email)+"&email_hash="+md5(p.email), "", nil), []truth{t(rule.Email, md5(p.email))}},
		{"rudderstack", "rudder", d.post("https://hosted.rudderlabs.com/v1/track", map[string]any{"type": "track", "event": "Order", "userId": p.userID, "anonymousId": d.uuid(), "context": map[string]any{"traits": map[string]any{"email": p.email, "phone": phone}, "library": map[string]any{"name": "RudderLabs JavaScript SDK"}}}), []truth{t(rule.Email, p.email)}},
	}
}

// Requests as vendors document them give their data and their recipients, though nobody told of the person.
func TestDocumentedRequestsGiveUpTheirData(t *testing.T) {
	d := newDraw(corpusSeed + 17)
	var samples []sample
	var owners []string
	for range 6 {
		for _, v := range d.vendorRequests(d.person()) {
			for i := range v.want {
				v.want[i].forms = v.name
			}
			samples = append(samples, sample{name: v.name, request: v.request, truths: v.want, also: []rule.Class{
				rule.ClientID, rule.SessionID, rule.UserID, rule.Name, rule.Purchase, rule.Search, rule.Phone, rule.FormInput, rule.Replay, rule.Coarse, rule.UserAgent, rule.SyncedID, rule.Hints, rule.AuthToken, rule.OrgID,
			}})
			owners = append(owners, v.owner)
		}
	}
	all, kinds := judge(t, nil, samples)
	table(t, "documented requests", kinds)
	assert.GreaterOrEqual(t, all.recall(), 0.95)
	assert.GreaterOrEqual(t, all.precision(), 0.97)

	a := analyzer(t, detect.Config{})
	wrong := map[string]string{}
	for f, err := range a.Analyze(t.Context(), events(samples), nil) {
		require.NoError(t, err)
		i := f.Seq - 1
		if id := strings.ToLower(f.Recipient.ID + " " + f.Recipient.Owner + " " + f.Recipient.Parent); !strings.Contains(id, owners[i]) {
			wrong[samples[i].name] = id
		}
	}
	t.Log("recipients not named:", wrong)
	assert.LessOrEqual(t, len(wrong), 1)
}
