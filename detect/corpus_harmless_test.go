package detect_test

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/rule"
)

// harmless are requests that tell nothing of their visitor, full of what looks as if they did.
var harmless = []struct {
	name string
	make func(d draw) crawler.Request
}{
	{"product", func(d draw) crawler.Request {
		return d.post("https://api.gearlist-cdn.com/v2/recommend", map[string]any{"items": []any{
			map[string]any{"sku": "SKU-" + d.digits(7), "ean": "4006381333931", "name": one(d, "Paris Lamp", "Jordan 1 Retro", "Victoria Sponge Tin"), "brand": "Hartmann", "price": 49.95, "id": d.uuid()},
			map[string]any{"sku": d.digits(10), "isbn": "9783161484100", "name": "hero-banner", "color": "navy", "rating": 4.61}}, "currency": "EUR"})
	}},
	{"i18n", func(d draw) crawler.Request {
		return d.post("https://app.phraseboard.io/missing", map[string]any{"locale": "de", "keys": map[string]any{
			"form.email.label": "E-mail address", "form.email.placeholder": "you@example.com", "form.phone.placeholder": "+1 (555) 000-0000",
			"form.name": "Full name", "footer.contact": "Questions? Write to us", "street": "Street", "password": "Password", "city": "City"}})
	}},
	{"tile", func(d draw) crawler.Request {
		return d.request("GET", fmt.Sprintf("https://tiles.openmapworks.org/v4/%d/%d/%d.pbf?key=%s", 10+d.IntN(6), d.IntN(9999), d.IntN(9999), d.base62(20)), "", nil)
	}},
	{"bbox", func(d draw) crawler.Request {
		return d.request("GET", "https://api.openmapworks.org/pois?bbox=13.08835,52.33824,13.76116,52.67551&zoom=12&layers=poi,transit&format=json", "", nil)
	}},
	{"svg", func(d draw) crawler.Request {
		return d.post("https://icons.glyphserve.com/sprite", map[string]any{"svg": `<svg viewBox="0 0 24.5 24.5"><path d="M52.52000 13.40500L48.85661 2.35222C12.1234 41.8967 5 5 3.40012 9.98765z"/></svg>`, "name": "icon-user"})
	}},
	{"graphql", func(d draw) crawler.Request {
		return d.post("https://graphql.cms-contentbase.com/content/v1/spaces/"+d.lower(12), map[string]any{"operationName": "Footer",
			"query":      "query Footer($locale: String!) { footer(locale: $locale) { email phone address { street city postalCode } firstName lastName password } }",
			"variables":  map[string]any{"locale": "en-US", "preview": false},
			"extensions": map[string]any{"persistedQuery": map[string]any{"version": 1, "sha256Hash": d.hex(64)}}})
	}},
	{"rum", func(d draw) crawler.Request {
		return d.post("https://rum.pulsetimings.com/beacon", map[string]any{"lcp": 1843.2000000029802, "fid": 3.4, "cls": 0.0213, "ttfb": 122, "lat": 48.223, "nav": "navigate",
			"resources": []any{map[string]any{"d": 33.29999, "s": 10233, "t": "img"}}, "v": "1.12.0.4", "sampled": true, "start": d.moment()})
	}},
	{"flags", func(d draw) crawler.Request {
		return d.post("https://config.togglehub.io/v1/defaults", map[string]any{"flags": map[string]any{"hasEmail": false, "email_optin": true, "phone_model": "Pixel 8", "email": nil, "phone": "",
			"ip_mode": "off", "geo": "off", "name_required": true, "user": "null", "userId": "undefined", "gender_field": "hidden", "variant": "control", "hash": d.hex(40)}, "env": "production"})
	}},
	{"font", func(d draw) crawler.Request {
		return d.request("GET", "https://fonts.letterhead-cdn.com/s/inter/v18/"+d.base62(43)+".woff2?v=4.7.0", "", nil)
	}},
	{"css2", func(d draw) crawler.Request {
		return d.request("GET", "https://fonts.googleapis.com/css2?family=Inter:wght@400;500;700&family=Roboto+Mono:ital,wght@0,400;1,700&display=swap", "", nil)
	}},
	{"ab", func(d draw) crawler.Request {
		return d.request("GET", "https://cdn.splitlab-static.com/exp/"+d.digits(5)+"?bucket="+one(d, "control_group", "variant-b", "treatment_2")+"&name=checkout-cta-color&seed="+d.digits(4)+"&country_mode=auto", "", nil)
	}},
	{"sri", func(d draw) crawler.Request {
		return d.post("https://assets.bundlewatch-cdn.com/manifest", map[string]any{"main.js": map[string]any{"integrity": "sha384-" + base64.StdEncoding.EncodeToString([]byte(d.base62(48))), "file": "main." + d.hex(20) + ".js"},
			"release": d.hex(40), "deps": []any{"jquery@3.7.1", "@babel/core@7.24.0", "lodash@4.17.21/lodash.min.js", "logo@2x.png"}, "commit": d.hex(40), "etag": `W/"` + d.hex(32) + `"`})
	}},
	{"presigned", func(d draw) crawler.Request {
		return d.request("GET", "https://media-bucket.s3.eu-central-1.amazonaws.com/img/"+d.uuid()+".jpg?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20261002T101112Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Signature="+d.hex(64), "", nil)
	}},
	{"role", func(d draw) crawler.Request {
		return d.post("https://api.schema-validatehub.com/check", map[string]any{"@context": "https://schema.org", "@type": "Organization", "url": "https://www.lantern-shop.example",
			"contactPoint": map[string]any{"@type": "ContactPoint", "email": one(d, "info@", "support@", "sales@", "noreply@", "privacy@") + "lantern-shop.example", "contactType": "customer service"}})
	}},
	{"placeholder", func(d draw) crawler.Request {
		return d.post("https://forms.fieldkit-cloud.com/schema", map[string]any{"fields": []any{
			map[string]any{"name": "email", "type": "email", "placeholder": one(d, "name@company.com", "jane.doe@example.com", "user@domain.com"), "required": true},
			map[string]any{"name": "phone", "type": "tel", "pattern": `\+?[0-9 ]{7,15}`}, map[string]any{"name": "first_name", "label": "First name", "value": ""}}})
	}},
	{"emptyhash", func(d draw) crawler.Request {
		return d.request("GET", "https://px."+d.tracker()+"/t?em="+one(d, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "d41d8cd98f00b204e9800998ecf8427e", "da39a3ee5e6b4b0d3255bfef95601890afd80709")+"&ph=&ev=view", "", nil)
	}},
	{"template", func(d draw) crawler.Request {
		return d.request("GET", "https://"+d.tracker()+"/t?email="+one(d, "{{user.email}}", "%25%25EMAIL%25%25", "null", "undefined", "[email]", "***", "0", "false", "none")+"&uid="+one(d, "", "null", "0", "{userId}")+"&phone="+one(d, "null", "", "N/A"), "", nil)
	}},
	{"numbers", func(d draw) crawler.Request {
		return d.post("https://stock.shelfstate.io/levels", map[string]any{"ts": d.moment() / 1000, "ms": d.moment(), "ids": []any{d.digits(10), d.digits(12), d.digits(16), "4006381333931"},
			"campaign": d.digits(16), "creative_id": luhn(d.digits(14)), "width": 1024, "ver": "10.0.22621.1", "chrome": "120.0.6099.109", "oid": "1.3.6.1.4.1"})
	}},
	{"loader", func(d draw) crawler.Request {
		return d.request("GET", one(d, "https://www.googletagmanager.com/gtm.js?id=GTM-"+strings.ToUpper(d.lower(7)), "https://www.google.com/recaptcha/api.js?render=6L"+d.base62(38),
			"https://js.stripe.com/v3/", "https://cdn.jsdelivr.net/npm/swiper@11.1.4/swiper-bundle.min.js", "https://connect.facebook.net/en_US/fbevents.js",
			"https://unpkg.com/@popperjs/core@2.11.8/dist/umd/popper.min.js"), "", nil)
	}},
	{"csp", func(d draw) crawler.Request {
		return d.post("https://csp.reportinbox.io/r/d/csp/enforce", map[string]any{"csp-report": map[string]any{"document-uri": "https://www.lantern-shop.example/", "violated-directive": "img-src",
			"effective-directive": "img-src", "original-policy": "default-src 'self'; script-src 'sha256-" + base64.StdEncoding.EncodeToString([]byte(d.base62(32))) + "'", "blocked-uri": "data", "line-number": 14, "status-code": 200}})
	}},
	{"css", func(d draw) crawler.Request {
		return d.post("https://lint.stylecheck-cloud.com/min", map[string]any{"css": "@media (min-width: 640px){.a{color:#fff}}@keyframes fade{from{opacity:0}}@font-face{font-family:x;src:url(a@2x.woff)}", "map": true})
	}},
	{"chart", func(d draw) crawler.Request {
		return d.post("https://charts.plotrender.io/png", map[string]any{"series": []any{[]any{52.51234, 13.41234}, []any{48.12345, 11.56789}, []any{12.98765, 77.59123}}, "positions": []any{1.12345, 2.23456, 3.34567}, "title": "Load", "lat": 35.2231})
	}},
	{"image", func(d draw) crawler.Request {
		png := "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + d.from("\x00\x01\x7f\xfe\x10\x99abcXYZ@.", 300)
		return d.post("https://img.squeezepix.com/opt", map[string]any{"data": "data:image/png;base64," + base64.StdEncoding.EncodeToString([]byte(png)), "q": 80})
	}},
	{"video", func(d draw) crawler.Request {
		return d.request("GET", "https://stream.clipserve.net/hls/"+d.lower(11)+"/720p/seg-"+d.digits(3)+".ts?e="+d.epoch()+"&hmac="+d.hex(64)+"&bw=2304000", "", nil)
	}},
	{"trace", func(d draw) crawler.Request {
		r := d.request("GET", "https://api.catalogue-edge.com/categories?limit=24&sort=popularity&cursor="+base64.RawURLEncoding.EncodeToString([]byte(`{"offset":24,"id":`+d.digits(6)+`}`)), "", nil)
		r.Headers = append(r.Headers, crawler.Header{Name: "traceparent", Value: "00-" + d.hex(32) + "-" + d.hex(16) + "-01"}, crawler.Header{Name: "X-Request-Id", Value: d.uuid()},
			crawler.Header{Name: "X-Api-Key", Value: d.base62(24)}, crawler.Header{Name: "X-CSRF-Token", Value: d.base62(40)})
		return r
	}},
	{"dsn", func(d draw) crawler.Request {
		return d.post("https://boot.appshellconfig.com/v1", map[string]any{"sentry": map[string]any{"dsn": "https://" + d.hex(32) + "@o" + d.digits(6) + ".ingest.sentry.io/" + d.digits(7)}, "repo": "git@github.com:acme/shop.git",
			"calendar": "en.german#holiday@group.v.calendar.google.com", "adobe": d.hex(24) + "@AdobeOrg", "author": "https://medium.com/@x/post-" + d.hex(12)})
	}},
	{"consent", func(d draw) crawler.Request {
		return d.request("GET", "https://cdn.cookielaw.org/consent/"+d.uuid()+"/"+d.uuid()+".json", "", nil)
	}},
	{"socket", func(d draw) crawler.Request {
		return d.request("GET", "https://live.chatpulse.io/socket.io/?EIO=4&transport=polling&t="+d.base62(7), "", nil)
	}},
	{"cart", func(d draw) crawler.Request {
		return d.request("GET", "https://rates.shipquote.io/zones?weight=1.25&currency=EUR&carrier=dhl&v="+d.hex(7)+"&address_required=true&names=short&phone_format=e164", "", nil)
	}},
	{"anonjwt", func(d draw) crawler.Request {
		enc := base64.RawURLEncoding.EncodeToString
		jwt := enc([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + enc([]byte(`{"iss":"supabase","ref":"`+d.lower(20)+`","role":"anon","iat":1700000000,"exp":2015576000}`)) + "." + d.base62(43)
		r := d.request("GET", "https://"+d.lower(20)+".supabase.co/rest/v1/products?select=id,name,price&limit=20", "", nil)
		r.Headers = append(r.Headers, crawler.Header{Name: "apikey", Value: jwt})
		return r
	}},
	{"widgets", func(d draw) crawler.Request {
		return d.request("GET", "https://widgets.reviewstack.io/v1/summary?product="+d.digits(8)+"&domain=www.lantern-shop.example&theme=light&lang=en&callback=jsonp_"+d.digits(10)+"&_="+d.millis(), "", nil)
	}},
	{"forms", func(d draw) crawler.Request {
		return d.form("https://forms.validator-cloud.com/rules", url.Values{"fields": {"email,phone,first_name,last_name"}, "rules[email]": {"required|email"}, "rules[phone]": {"regex:^\\+?[0-9]{7,}$"}, "name": {"newsletter-footer"}, "form_id": {d.digits(5)}})
	}},
	{"wasm", func(d draw) crawler.Request {
		return d.request("POST", "https://compute.shaderlab.io/compile", "application/wasm", []byte("\x00asm\x01\x00\x00\x00"+d.from("\x00\x01\x02\x41\x6a\x0b\x20 abc@.", 900)))
	}},
}

func (d draw) post(url string, v any) crawler.Request {
	return d.request("POST", url, "application/json", []byte(jsonOf(v)))
}

func (d draw) form(url string, v url.Values) crawler.Request {
	return d.request("POST", url, "application/x-www-form-urlencoded", []byte(v.Encode()))
}

// told are classes that say what a request is about and name nobody: a harmless request may carry them.
var told = []rule.Class{rule.PageURL, rule.Title, rule.Referrer, rule.Screen, rule.Locale, rule.ConsentStr}
