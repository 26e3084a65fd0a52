package recipient_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
)

// zone is a Resolver for tests: host → names it is an alias for.
type zone map[string][]string

func (z zone) Chain(host string) []string { return z[host] }

func TestOrderOfRecognition(t *testing.T) {
	c, err := recipient.Default()
	require.NoError(t, err)
	site := recipient.Site{Page: "https://www.shop.example/cart", FirstParty: []string{"shop-cdn.example"}, Resolver: zone{
		"metrics.shop.example": {"shop.example.data.adobedc.net", "adobedc.map.fastly.net"},
		"sst.shop.example":     {"abc.stape.io"},
		"img.shop.example":     {"d111.cloudfront.net"},
		"www.shop.example":     {"shops.myshopify.com"},
		"third.example":        {"x.stape.io"},
	}}
	for name, want := range map[string]struct {
		url string
		recipient.Recipient
	}{
		"endpoint":             {"https://api-js.mixpanel.com/track/?x=1", recipient.Recipient{ID: "mixpanel", How: recipient.ByEndpoint}},
		"domain":               {"https://mixpanel.com/about", recipient.Recipient{ID: "mixpanel", How: recipient.ByDomain}},
		"not a suffix":         {"https://notmixpanel.com/track/", recipient.Recipient{ID: "notmixpanel.com", How: recipient.Unknown}},
		"shape":                {"https://a.shop.example/x?v=2&tid=G-ABCDEFG&cid=1.2", recipient.Recipient{ID: "google-analytics-4", How: recipient.ByShape, Via: "a.shop.example"}},
		"shape before alias":   {"https://sst.shop.example/x?v=2&tid=G-ABCDEFG&cid=1.2", recipient.Recipient{ID: "google-analytics-4", How: recipient.ByShape, Via: "sst.shop.example"}},
		"shape on a hoster":    {"https://x.eu.stape.io/x?v=2&tid=G-ABCDEFG&cid=1.2", recipient.Recipient{ID: "google-analytics-4", How: recipient.ByShape, Via: "x.eu.stape.io"}},
		"shape on a stranger":  {"https://relay.example/x?v=2&tid=G-ABCDEFG&cid=1.2", recipient.Recipient{ID: "google-analytics-4", How: recipient.ByShape, Via: "relay.example"}},
		"host before shape":    {"https://api.mixpanel.com/x?v=2&tid=G-ABCDEFG&cid=1.2", recipient.Recipient{ID: "mixpanel", How: recipient.ByDomain}},
		"alias":                {"https://metrics.shop.example/a", recipient.Recipient{ID: "adobe-analytics", How: recipient.ByCNAME, Via: "metrics.shop.example"}},
		"alias of a server":    {"https://sst.shop.example/a", recipient.Recipient{ID: "stape", How: recipient.ByCNAME, Via: "sst.shop.example"}},
		"a CDN's alias":        {"https://img.shop.example/a", recipient.Recipient{ID: recipient.FirstParty, How: recipient.OwnHost}},
		"page's own host":      {"https://www.shop.example/a", recipient.Recipient{ID: recipient.FirstParty, How: recipient.OwnHost}},
		"foreign alias":        {"https://third.example/a", recipient.Recipient{ID: "third.example", How: recipient.Unknown}},
		"owner's other domain": {"https://static.shop-cdn.example/a", recipient.Recipient{ID: recipient.FirstParty, How: recipient.OwnHost}},
		"public list":          {"https://cdn.15gifts.com/a", recipient.Recipient{ID: "15gifts", How: recipient.ByList}},
		"unknown":              {"https://a.b.unknown.co.uk/x", recipient.Recipient{ID: "unknown.co.uk", How: recipient.Unknown}},
		"address":              {"http://192.0.2.7:8080/x", recipient.Recipient{ID: "192.0.2.7", How: recipient.Unknown}},
		"port and case":        {"https://API-JS.Mixpanel.com:443/track/", recipient.Recipient{ID: "mixpanel", How: recipient.ByEndpoint}},
		"path of a host":       {"https://www.google.com/recaptcha/api.js", recipient.Recipient{ID: "recaptcha", How: recipient.ByDomain}},
		"same host, no path":   {"https://www.google.com/search", recipient.Recipient{ID: "google", How: recipient.ByDomain}},
		"overridden owner":     {"https://api.company-target.com/api/v3/ip.json", recipient.Recipient{ID: "demandbase", How: recipient.ByEndpoint}},
	} {
		t.Run(name, func(t *testing.T) {
			r := &crawler.Request{URL: want.url, Method: "GET"}
			m := c.Resolve(r, decode.Request(r, nil, decode.Budget{}), site)
			assert.Equal(t, want.ID, m.Recipient.ID)
			assert.Equal(t, want.How, m.Recipient.How)
			assert.Equal(t, want.Via, m.Recipient.Via)
		})
	}
}

func TestMeaningsFitTheirValues(t *testing.T) {
	c, err := recipient.Default()
	require.NoError(t, err)
	r := &crawler.Request{Method: "POST", URL: "https://api2.amplitude.com/2/httpapi", Body: crawler.NewBody([]byte(
		`{"api_key":"0f1e2d3c4b5a69788796a5b4c3d2e1f0","events":[{"device_id":"d-1","user_id":null,"ip":"$remote","event_type":"Buy","event_properties":{"email":"jane@shop.example"}}]}`))}
	tree := decode.Request(r, nil, decode.Budget{})
	m := c.Resolve(r, tree, recipient.Site{Page: "https://www.shop.example/"})
	got := map[string]recipient.Meaning{}
	for _, f := range m.Fields {
		path := tree.Fields[f.Field].Path
		f.Field = 0
		got[path] = f
	}
	assert.Equal(t, recipient.Meaning{Class: rule.ClientID, Name: "online.client_id"}, got["body.events[0].device_id"])
	assert.Equal(t, recipient.Meaning{Neutral: true, Name: "account.user_id"}, got["body.events[0].user_id"], "null is nobody")
	assert.Equal(t, recipient.Meaning{Neutral: true, Name: "network.ip"}, got["body.events[0].ip"], "$remote is no address")
	assert.Equal(t, recipient.Meaning{Neutral: true, Name: "event"}, got["body.events[0].event_type"])
	assert.Equal(t, recipient.Meaning{Name: "custom_props"}, got["body.events[0].event_properties.email"], "rules decide about what the site adds")
}

func TestScriptsAndCookies(t *testing.T) {
	c, err := recipient.Default()
	require.NoError(t, err)
	for url, want := range map[string]string{
		"https://www.googletagmanager.com/gtm.js?id=GTM-X":                "google-tag-manager",
		"https://sst.shop.example/gtm.js?id=GTM-X":                        "google-tag-manager",
		"https://tags.tiqcdn.com/utag/shop/main/prod/utag.js":             "tealium",
		"https://assets.adobedtm.com/abc/def/launch-1.min.js":             "adobe-launch",
		"https://cdn.segment.com/analytics.js/v1/key/analytics.min.js":    "segment",
		"https://cdn.amplitude.com/libs/analytics-browser-2.0.min.js.gz":  "",
		"https://www.shop.example/app.js":                                 "",
		"https://static.hotjar.com/c/hotjar-1.js?sv=7":                    "",
		"https://cdn.jsdelivr.net/npm/@statsig/js-client/build/x.min.js":  "",
		"https://js.stripe.com/v3/":                                       "",
		"https://connect.facebook.net/en_US/fbevents.js":                  "",
		"https://cdn.matomo.cloud/acme.matomo.cloud/container_AbCd123.js": "",
	} {
		r, ok := c.IsTagManager(url)
		assert.Equal(t, want, r.ID, url)
		assert.Equal(t, want != "", ok, url)
	}
	r, ok := c.ScriptOwner("https://connect.facebook.net/en_US/fbevents.js")
	assert.True(t, ok)
	assert.Equal(t, "meta-pixel", r.ID)
	for name, want := range map[string]struct{ id, word string }{
		"_ga":                 {"google-analytics-4", "online.client_id"},
		"_ga_ABC123":          {"google-analytics-4", "online.session_id"},
		"_fbp":                {"meta-pixel", "online.client_id"},
		"mp_0123_mixpanel":    {"mixpanel", "online.client_id"},
		"ph_phc_abc_posthog":  {"posthog", "online.client_id"},
		"_hjSessionUser_1234": {"hotjar", "online.client_id"},
		"OptanonConsent":      {"onetrust", "consent.state"},
		"AMCV_ABC%40AdobeOrg": {"", ""},
		"cart":                {"", ""},
	} {
		r, word, ok := c.CookieMeaning(name)
		if want.id == "" && name == "cart" {
			assert.False(t, ok, name)
			continue
		}
		if want.id != "" {
			assert.Equal(t, want.id, r.ID, name)
			assert.Equal(t, want.word, word, name)
		}
	}
	_, word, ok := c.StorageMeaning("ajs_user_traits")
	assert.True(t, ok)
	assert.Equal(t, "user_traits", word)
}

func TestCatalogIsWholeAndSound(t *testing.T) {
	c, err := recipient.Default()
	require.NoError(t, err)
	assert.GreaterOrEqual(t, len(c.All()), 130)
	hosts := map[string]string{}
	for _, v := range c.All() {
		for _, d := range v.Domains {
			assert.Empty(t, hosts[d], "%s and %s both claim %s", v.ID, hosts[d], d)
			hosts[d] = v.ID
		}
		assert.NotEmpty(t, v.Advice, "%s: advice", v.ID)
		assert.NotEmpty(t, v.Homepage, "%s: homepage", v.ID)
	}
	for _, id := range []string{"ga4", "Google Analytics", "GTM", "facebook", "the-trade-desk", "alloy"} {
		_, ok := c.ByID(id)
		assert.True(t, ok, id)
	}
	_, ok := c.ByID("nobody")
	assert.False(t, ok)
}
