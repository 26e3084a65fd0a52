package decode

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/tagscan/tagscan/crawler"
)

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func zipped(name, s string) string {
	for _, w := range wrappers {
		if w.name == name {
			return w.wrap(s, nil)
		}
	}
	panic(name)
}

func latin1Of(s string) string {
	var chars []rune
	for _, c := range []byte(s) {
		chars = append(chars, rune(c))
	}
	return string(chars)
}

// lines breaks a text into lines of n bytes.
func lines(s string, n int) string {
	var b strings.Builder
	for ; len(s) > n; s = s[n:] {
		b.WriteString(s[:n] + "\n")
	}
	return b.String() + s
}

// The payloads are composed after vendors' public documentation and what their SDKs send, not after the decoders.
func TestPayloadsOfVendorsAreOpened(t *testing.T) {
	const mail = "jane.doe+shop@example.org"
	esc := url.QueryEscape(mail)
	type want struct {
		path  string
		value string
		chain string
	}
	cases := []struct {
		name string
		req  crawler.Request
		want []want
	}{
		{"ga4 query and batch", crawler.Request{
			URL:  "https://www.google-analytics.com/g/collect?v=2&tid=G-1&cid=12.34&dl=https%3A%2F%2Fshop.example%2Fwelcome%3Femail%3Djane%2540example.org&dt=Hi%20Jane&uid=u-17",
			Body: crawler.NewBody([]byte("en=login&ep.method=mail&up.plan=pro\r\nen=purchase&ep.mail=" + esc + "&epn.value=12.5&pr1=idSKU1~nmRed%20shoes~pr12")),
		}, []want{
			{"query.dl.query.email", "jane@example.org", "percent,url,percent"}, {"query.dt", "Hi Jane", "percent"}, {"query.uid", "u-17", ""},
			{"body[0].up.plan", "pro", "ga4-batch"}, {"body[1].ep.mail", mail, "ga4-batch,percent"}, {"body[1].epn.value", "12.5", "ga4-batch"},
		}},
		{"google user-provided data", crawler.Request{
			URL: "https://www.google.com/ccm/form-data/123?gtm=45&em=tv.1~em.K2nqvTzMkkVNG2vYyIkPlhvPVFbHiFWuJ8HCqbe0bYU~pn.8pGhVxYqQzNnK2nqvTzMkkVNG2vYyIkPlhvPVFbHiFW~ct0.Berlin~co0.DE",
		}, []want{{"query.em.em", "K2nqvTzMkkVNG2vYyIkPlhvPVFbHiFWuJ8HCqbe0bYU", "kv"}, {"query.em.ct0", "Berlin", "kv"}}},
		{"meta pixel", crawler.Request{
			URL: "https://www.facebook.com/tr/?id=1&ev=PageView&dl=https%3A%2F%2Fshop.example&ud[em]=b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514&udff%5Bph%5D=" + esc + "&cd[contents]=" + url.QueryEscape(`[{"id":"a","mail":"`+mail+`"}]`) + "&cudff[em]=*****%40****.***",
		}, []want{
			{"query.ud[em]", "b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514", ""}, {"query.udff[ph]", mail, "percent"},
			{"query.cd[contents][0].mail", mail, "percent,json"}, {"query.cudff[em]", "*****@****.***", "percent"},
		}},
		{"segment batch", crawler.Request{URL: "https://api.segment.io/v1/b", Body: crawler.NewBody([]byte(`{"batch":[{"type":"identify","userId":"u-17","traits":{"email":"` + mail + `","address":{"city":"Berlin"}},"context":{"page":{"url":"https://shop.example/?mail=` + esc + `"}}}],"sentAt":"2026-11-23T21:00:00Z"}`))},
			[]want{{"body.batch[0].traits.email", mail, "json"}, {"body.batch[0].traits.address.city", "Berlin", "json"}, {"body.batch[0].context.page.url.query.mail", mail, "json,url,percent"}}},
		{"snowplow ue_px and cx", crawler.Request{
			URL: "https://c.example/i?e=ue&ue_px=" + base64.RawURLEncoding.EncodeToString([]byte(`{"schema":"iglu:com.snowplowanalytics/unstruct","data":{"schema":"x","data":{"email":"`+mail+`"}}}`)) + "&cx=" + base64.RawURLEncoding.EncodeToString([]byte(`{"data":[{"data":{"id":"17"}}]}`)),
		}, []want{{"query.ue_px.data.data.email", mail, "base64,json"}, {"query.cx.data[0].data.id", "17", "base64,json"}}},
		{"snowplow post", crawler.Request{URL: "https://c.example/com.snowplowanalytics.snowplow/tp2", Body: crawler.NewBody([]byte(`{"schema":"iglu:x","data":[{"e":"ue","ue_pr":"{\"data\":{\"data\":{\"email\":\"` + mail + `\"}}}","uid":"u-17"}]}`))},
			[]want{{"body.data[0].ue_pr.data.data.email", mail, "json,json"}, {"body.data[0].uid", "u-17", "json"}}},
		{"sentry replay", crawler.Request{URL: "https://o1.ingest.sentry.io/api/1/envelope/?sentry_key=abc", Body: crawler.NewBody([]byte("{\"event_id\":\"1\",\"sent_at\":\"2026\",\"sdk\":{\"name\":\"x\"}}\n{\"type\":\"replay_event\"}\n{\"user\":{\"email\":\"" + mail + "\"}}\n{\"type\":\"replay_recording\",\"length\":9999}\n{\"segment_id\":0}\n" + zipped("zlib", `[{"type":3,"data":{"text":"`+mail+`"}}]`)))},
			[]want{{"body[2].user.email", mail, "sentry-envelope,json"}, {"body[5][0].data.text", mail, "sentry-envelope,zlib,json"}}},
		{"datadog multi-batch", crawler.Request{URL: "https://browser-intake-datadoghq.com/api/v2/rum?dd-evp-encoding=deflate", Body: crawler.NewBody([]byte(zipped("zlib", `{"usr":{"email":"`+mail+`"}}`+"\n"+`{"usr":{"id":"u-17"}}`)))},
			[]want{{"body[0].usr.email", mail, "zlib,ndjson"}, {"body[1].usr.id", "u-17", "zlib,ndjson"}}},
		{"posthog gzip-js", crawler.Request{URL: "https://us.i.posthog.com/e/?compression=gzip-js", Body: crawler.NewBody([]byte(zipped("gzip", `[{"event":"$identify","properties":{"$set":{"email":"`+mail+`"}}}]`)))},
			[]want{{"body[0].properties.$set.email", mail, "gzip,json"}}},
		{"posthog base64 form", crawler.Request{URL: "https://app.posthog.com/e/", Body: crawler.NewBody([]byte("data=" + url.QueryEscape(b64(`{"properties":{"$email":"`+mail+`"}}`)) + "&compression=base64"))},
			[]want{{"body.data.properties.$email", mail, "form,base64,json"}}},
		{"posthog recording in a binary string", crawler.Request{URL: "https://us.i.posthog.com/s/", Body: crawler.NewBody([]byte(zipped("gzip", marshal(map[string]any{"properties": map[string]any{"$snapshot_data": []any{map[string]any{"data": latin1Of(zipped("gzip", `{"text":"`+mail+`"}`))}}}}))))},
			[]want{{"body.properties.$snapshot_data[0].data.text", mail, "gzip,json,latin1,gzip,json"}}},
		{"clarity", crawler.Request{URL: "https://k.clarity.ms/collect", Body: crawler.NewBody([]byte(zipped("gzip", `{"e":["0.8",1,2],"a":[[12,4,1,2,"DIV",null,"`+mail+`"]],"p":[]}`)))},
			[]want{{"body.a[0][6]", mail, "gzip,json"}}},
		{"fullstory bundle", crawler.Request{URL: "https://rs.fullstory.com/rec/bundle?UserId=17", Body: crawler.NewBody([]byte(`{"Seq":1,"Evts":[{"Kind":8193,"Args":["setVars","user","{\"email_str\":\"` + mail + `\"}"],"When":12}]}`))},
			[]want{{"body.Evts[0].Args[2].email_str", mail, "json,json"}}},
		{"amplitude v1", crawler.Request{URL: "https://api.amplitude.com/", Body: crawler.NewBody([]byte("checksum=1&client=abc&e=" + url.QueryEscape(`[{"user_id":"u-17","user_properties":{"$set":{"email":"`+mail+`"}}}]`) + "&v=2"))},
			[]want{{"body.e[0].user_properties.$set.email", mail, "form,percent,json"}}},
		{"yandex site-info", crawler.Request{URL: "https://mc.yandex.ru/watch/1?page-url=https%3A%2F%2Fshop.example%2F&browser-info=" + url.QueryEscape("pv:1:vf:abc:en:utf-8") + "&site-info=" + url.QueryEscape(`{"__ym":{"user":{"mail":"`+mail+`"}}}`)},
			[]want{{"query.site-info.__ym.user.mail", mail, "percent,json"}}},
		{"socket.io", crawler.Request{URL: "wss://ws.example/socket.io/?EIO=4", Messages: []crawler.Message{{Sent: false, Data: crawler.NewBody([]byte("0{}"))}, {Sent: true, Data: crawler.NewBody([]byte(`42/chat,["identify",{"user":{"email":"` + mail + `"}}]`))}}},
			[]want{{"frame[1][1].user.email", mail, "socket.io,json"}}},
		{"signalr", crawler.Request{URL: "wss://ws.example/hub", Messages: []crawler.Message{{Sent: true, Data: crawler.NewBody([]byte("{\"type\":1,\"target\":\"Login\",\"arguments\":[{\"mail\":\"" + mail + "\"}]}\x1e"))}}},
			[]want{{"frame[0][0].arguments[0].mail", mail, "signalr,json"}}},
		{"hotjar", crawler.Request{URL: "wss://ws.hotjar.com/api/v2/client/ws", Messages: []crawler.Message{{Sent: true, Data: crawler.NewBody([]byte(`{"site_id":1,"user_id":"0199","attributes":"{\"email\":\"` + mail + `\"}"}`))}}},
			[]want{{"frame[0].attributes.email", mail, "json,json"}}},
		{"launchdarkly", crawler.Request{URL: "https://app.launchdarkly.com/sdk/evalx/123/contexts/" + base64.URLEncoding.EncodeToString([]byte(`{"kind":"user","key":"u-17","email":"`+mail+`"}`)) + "?d=1"},
			[]want{{"path[4].email", mail, "base64,json"}}},
		{"statsig", crawler.Request{URL: "https://featureassets.org/v1/initialize?k=client-1", Body: crawler.NewBody([]byte(reversed(b64(`{"user":{"userID":"u-17","email":"` + mail + `"}}`))))},
			[]want{{"body.user.email", mail, "reverse,base64,json"}}},
		{"criteo", crawler.Request{URL: "https://sslwidget.criteo.com/event?a=1&p0=e%3Dexd%26site_type%3Dd&p1=e%3Dce%26m%3D%255B" + "f1bd8d4b8e5c9d0c3f2f5d4d1e0f7a6b" + "%255D"},
			[]want{{"query.p1.m[0]", "f1bd8d4b8e5c9d0c3f2f5d4d1e0f7a6b", "percent,form,percent,bracketed"}}},
		{"braze", crawler.Request{URL: "https://sdk.iad-01.braze.com/api/v3/data/", Body: crawler.NewBody([]byte(`{"respond_with":{},"attributes":[{"user_id":"u-17","email":"` + mail + `","custom":{"lat":52.5}}],"events":[]}`))},
			[]want{{"body.attributes[0].email", mail, "json"}, {"body.attributes[0].custom.lat", "52.5", "json"}}},
		{"new relic", crawler.Request{URL: "https://bam.nr-data.net/events/1/abc?ref=https://shop.example/account%3Fmail%3D" + esc, Body: crawler.NewBody([]byte("bel.7;1,3,,a,5,'/account?mail=" + esc + ",'click;5,'userEmail,'" + mail + ";"))},
			[]want{{"query.ref.query.mail", mail, "percent,url"}, {"body[0].query.mail", mail, "new-relic-bel,url,percent"}, {"body[3]", mail, "new-relic-bel"}}},
		{"openreplay", crawler.Request{URL: "https://api.openreplay.com/ingest/v1/web/i", Body: crawler.NewBody([]byte("\x51\x01\x00\x00\x1c\x09userEmail" + string(rune(len(mail))) + mail + "\x00\x01\x50\x81\x02"))},
			[]want{{"body[0]", "userEmail", "strings"}, {"body[1]", mail, "strings"}}},
		{"tiktok", crawler.Request{URL: "https://analytics.tiktok.com/api/v2/pixel", Body: crawler.NewBody([]byte(`{"event":"Pageview","context":{"user":{"email":"b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514","external_id":"17"},"page":{"url":"https://shop.example"}}}`))},
			[]want{{"body.context.user.external_id", "17", "json"}}},
		{"floodlight", crawler.Request{URL: "https://123.fls.doubleclick.net/activityi;src=123;type=login;u1=" + esc + ";ord=1;~oref=https%3A%2F%2Fshop.example%2F%3Fm%3D" + url.QueryEscape(esc)},
			[]want{{"path[0].u1", mail, "matrix,percent"}, {"path[0].~oref.query.m", mail, ""}}},
		{"id5", crawler.Request{URL: "https://id5-sync.com/g/v2/1.json?pd=" + url.QueryEscape(b64("1=b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514&5=17")),
			Body: crawler.NewBody([]byte(`{"pd":"` + b64("1=b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514&5=17") + `"}`))},
			[]want{{"body.pd.1", "b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514", "json,base64,form"}, {"query.pd.5", "17", "base64,form"}}},
		{"stripe m", crawler.Request{URL: "https://m.stripe.com/6", Body: crawler.NewBody([]byte(b64(url.PathEscape(`{"v2":1,"url":"https://shop.example/?mail=` + mail + `"}`))))},
			[]want{{"body.url.query.mail", mail, ""}}},
		{"sensors img", crawler.Request{URL: "https://acme.datasink.sensorsdata.cn/sa.gif?data=" + url.QueryEscape(b64(`{"properties":{"mail":"`+mail+`"}}`)) + "&ext=crc%3D1"},
			[]want{{"query.data.properties.mail", mail, "base64,json"}}},
		{"turbo and guard", crawler.Request{URL: "https://x.example/a/eyJtYWlsIjoiamFuZS5kb2Uvc2hvcEBleGFtcGxlLm9yZz8/Pz8ifQ==", Body: crawler.NewBody([]byte(")]}'\n\n57\n[[\"wrb.fr\",\"x\",\"[\\\"" + mail + "\\\"]\"]]\n12\n[[\"di\",12]]"))}, []want{{"path[1].mail", "jane.doe/shop@example.org????", "base64,json"}, {"body[0][0][2][0]", mail, "jsonp,embedded,json,json"}}},
		{"linker and cookies", crawler.Request{URL: "https://shop.example/?_gl=1*1abcd2*_ga*MTIzNDU2Nzg5MC4xNzYzOTMxNjAw*_ga_X*czE3NjM.",
			Headers: []crawler.Header{{Name: "Cookie", Value: `user=%7B%22mail%22%3A%22` + esc + `%22%7D; plain="` + mail + `"; ajs_user_id=%22u-17%22`}, {Name: "Referer", Value: "https://shop.example/a?mail=" + esc}, {Name: "Authorization", Value: "Basic " + b64("jane:secret99")}, {Name: "X-User", Value: b64(`{"id":17}`)}, {Name: "User-Agent", Value: "Mozilla/5.0"}}},
			[]want{{"cookie.user.mail", mail, "percent,json"}, {"cookie.plain", mail, ""}, {"cookie.ajs_user_id", "u-17", "percent,json"}, {"header.referer.query.mail", mail, "url,percent"}, {"header.authorization", "jane:secret99", "credentials,base64"}, {"header.x-user.id", "17", "base64,json"}, {"header.user-agent", "Mozilla/5.0", ""}, {"query._gl[3]", "1234567890.1763931600", ""}}},
		{"cookie and token", crawler.Request{URL: "https://api.example/x?token=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1LTE3Iiwib3JnIjoibzkifQ.c2ln", Headers: []crawler.Header{{Name: "authorization", Value: "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1LTE3Iiwib3JnIjoibzkifQ.c2ln"}}},
			[]want{{"query.token.payload.org", "o9", "jwt,json"}, {"header.authorization.payload.sub", "u-17", "credentials,jwt,json"}}},
		{"graphql", crawler.Request{URL: "https://pub.highlight.io/", Body: crawler.NewBody([]byte(`{"operationName":"identifySession","variables":{"user_identifier":"` + mail + `","user_object":{"id":"u-17"},"payload":"` + b64(zipped("gzip", `{"events":[{"text":"`+mail+`"}]}`)) + `"},"query":"mutation identifySession($user_identifier: String!) { identifySession(x: $user_identifier) }"}`))},
			[]want{{"body.variables.user_identifier", mail, "json"}, {"body.variables.payload.events[0].text", mail, "json,base64,gzip,json"}}},
		{"klaviyo and mixpanel", crawler.Request{URL: "https://a.klaviyo.com/api/track?data=" + b64(`{"customer_properties":{"$email":"`+mail+`"}}`), Body: crawler.NewBody([]byte("data=" + url.QueryEscape(`[{"event":"$identify","properties":{"$user_id":"u-17","mail":"`+mail+`"}}]`)))},
			[]want{{"query.data.customer_properties.$email", mail, "base64,json"}, {"body.data[0].properties.mail", mail, "form,percent,json"}}},
		{"adobe", crawler.Request{URL: "https://dpm.demdex.net/id?d_cid_ic=emailhash%01b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514%011&d_mid=123"},
			[]want{{"query.d_cid_ic", "emailhash\x01b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514\x011", "percent"}}},
		{"intercom form", crawler.Request{URL: "https://api-iam.intercom.io/messenger/web/ping", Body: crawler.NewBody([]byte("app_id=x&user_data=" + url.QueryEscape(`{"email":"`+mail+`","user_id":"u-17"}`) + "&user_active_company=%7B%22name%22%3A%22Acme%22%7D"))},
			[]want{{"body.user_data.email", mail, "form,percent,json"}, {"body.user_active_company.name", "Acme", "form,percent,json"}}},
		{"sprig header", crawler.Request{URL: "https://api.sprig.com/", Headers: []crawler.Header{{Name: "x-ul-user-id", Value: "u-17"}}}, []want{{"header.x-ul-user-id", "u-17", ""}}},
		{"maps", crawler.Request{URL: "https://www.google.com/maps/vt?pb=!1m4!1m3!1i12!2i345!3i678!2sJane%20Doe!3d52.5163!4d13.3777"}, []want{{"query.pb[4]", "52.5163", ""}}},
		{"ga4 request in one parameter", crawler.Request{URL: "https://shop.example/metrics?d=" + b64("https://www.google-analytics.com/g/collect?v=2&tid=G-ABCDEF1234&cid=12.34&ep.mail="+esc) + "&e=" + b64("v=2&tid=G-ABCDEF1234&cid=123.456&dl=https%3A%2F%2Fshop.example%2F&uid=u-17")},
			[]want{{"query.d.query.ep.mail", mail, "base64,url,percent"}, {"query.e.uid", "u-17", "base64,form"}}},
		{"meta request in one field", crawler.Request{URL: "https://shop.example/m", Body: crawler.NewBody([]byte(`{"r":"` + b64("/tr/?id=1&ev=PageView&ud[em]="+esc) + `"}`))},
			[]want{{"body.r.query.ud[em]", mail, "json,base64,url,percent"}}},
		{"base64 with lines quoted twice", crawler.Request{URL: "https://t.example/", Body: crawler.NewBody([]byte(`{"data":"` + strings.ReplaceAll(lines(b64(`{"mail":"`+mail+`","page":"https://shop.example/"}`), 20), "\n", `\\n`) + `"}`))},
			[]want{{"body.data.mail", mail, "json,js-escape,base64,json"}}},
		{"recorded page as nested lists", crawler.Request{URL: "https://r.example/", Body: crawler.NewBody([]byte(`[[2,` + strings.Repeat(`["div",[`, 70) + `"` + mail + `"` + strings.Repeat("]]", 70) + `,1],["x","` + b64(`{"after":"`+mail+`"}`) + `"]]`))},
			[]want{{"body[0][1]" + strings.Repeat("[1][0]", 70), mail, ""}, {"body[1][1].after", mail, "json,base64,json"}}},
		{"rudderstack cookie", crawler.Request{URL: "https://x.example/", Headers: []crawler.Header{{Name: "cookie", Value: "rl_user_id=RS_ENC_v3_" + b64(`"u-17@example.org"`)}}}, []want{{"cookie.rl_user_id[3]", "u-17@example.org", ""}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			tree := Request(&c.req, nil, DefaultBudget)
			assert.Empty(t, tree.Cut)
			assert.Empty(t, tree.Opaque())
			for _, w := range c.want {
				i := slices.IndexFunc(tree.Fields, func(f Field) bool { return f.Path == w.path && f.Value == w.value })
				if i < 0 {
					t.Errorf("no %s = %q in\n%s", w.path, w.value, show(tree))
					return
				}
				if w.chain != "" {
					chain := slices.DeleteFunc(slices.Clone(tree.Fields[i].Chain), func(n string) bool { return n == "percent" && !strings.Contains(w.chain, "percent") })
					assert.Equal(t, w.chain, strings.Join(chain, ","), w.path)
				}
			}
			assert.Less(t, len(tree.Fields), 90, "junk:\n%s", show(tree))
		})
	}
}
