package recipient_test

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/recipient"
)

const ownVendor = `schema: 1
id: acme-metrics
name: Acme Metrics
owner: {name: Acme GmbH, country: DE}
category: analytics
reviewed: 2026-09-10
sources: ["https://docs.acme.example/"]
domains: [metrics.acme.example, www.google-analytics.com]
endpoints:
  - id: hit
    path: /hit
    event: name
    shapes: [{all: {query.acme_key: "^ak_", query.visitor: ""}}]
    fields: {visitor: online.client_id}
examples:
  - {request: {url: "https://metrics.acme.example/hit?acme_key=ak_1&visitor=7&name=open"}, expect: {endpoint: hit, event: open, fields: {query.visitor: online.client_id}}}
`

func TestUserFilesComeFirst(t *testing.T) {
	files := fstest.MapFS{
		"acme-metrics.yaml":      {Data: []byte(ownVendor)},
		"radar/domains/one.json": {Data: []byte(`{"domain":"beacon.example","owner":{"name":"Beacon Holdings","displayName":"Beacon","privacyPolicy":"https://beacon.example/privacy"},"categories":["Analytics"]}`)},
		"domain_map.json":        {Data: []byte(`{"mapped.example":{"entityName":"Mapped Inc","aliases":["Mapped"]}}`)},
		"entities.json":          {Data: []byte(`{"Entity Corp":{"properties":["entity-one.example","entity-two.example"],"resources":["entity-one.example"]}}`)},
		"services.json":          {Data: []byte(`{"license":"x","categories":{"Social":[{"Chatter":{"http://chatter.example/":["chatter.example"],"performance":"true"}}]}}`)},
		"easyprivacy.txt":        {Data: []byte("[Adblock Plus 2.0]\n! Title: EasyPrivacy\n||spy.example^$third-party\n/collect?*&tid=\n||cdn.example/spy.js\n@@||ok.example^\n")},
		"easylist.txt":           {Data: []byte("[Adblock Plus 2.0]\n! Title: EasyList\n||ads-one.example^\n||ads-two.example^$third-party\n")},
		"hosts.txt":              {Data: []byte("# x\n0.0.0.0 hosted.example\n")},
	}
	c, err := recipient.Load(files)
	require.NoError(t, err)
	v, ok := c.ByID("acme-metrics")
	require.True(t, ok)
	require.NoError(t, c.Prove(v))
	for url, want := range map[string]recipient.Recipient{
		"https://www.google-analytics.com/other": {ID: "acme-metrics", Name: "Acme Metrics", Owner: "Acme GmbH", Country: "DE", Category: "analytics", How: recipient.ByDomain},
		"https://x.beacon.example/a":             {ID: "beacon", Name: "Beacon", Owner: "Beacon", Category: "analytics", Privacy: "https://beacon.example/privacy", How: recipient.ByUser},
		"https://mapped.example/":                {ID: "mapped-inc", Name: "Mapped Inc", Owner: "Mapped Inc", How: recipient.ByUser},
		"https://a.entity-two.example/":          {ID: "entity-corp", Name: "Entity Corp", Owner: "Entity Corp", How: recipient.ByUser},
		"https://chatter.example/":               {ID: "chatter", Name: "Chatter", Owner: "Chatter", Category: "social", How: recipient.ByUser},
		"https://a.spy.example/":                 {ID: "spy.example", Name: "spy.example", Owner: "spy.example", Category: "analytics", How: recipient.ByUser},
		"https://x7.ads-one.example/a":           {ID: recipient.UnknownAds, Name: "Advertising, unknown owner", Category: "ads", How: recipient.ByUser},
		"https://ads-two.example/b":              {ID: recipient.UnknownAds, Name: "Advertising, unknown owner", Category: "ads", How: recipient.ByUser},
		"https://hosted.example/":                {ID: "hosted.example", Name: "hosted.example", Owner: "hosted.example", Category: "ads", How: recipient.ByUser},
		"https://cdn.example/spy.js":             {ID: "cdn.example", Name: "cdn.example", How: recipient.Unknown},
		"https://ok.example/":                    {ID: "ok.example", Name: "ok.example", How: recipient.Unknown},
	} {
		m := c.Resolve(&crawler.Request{URL: url, Method: "GET"}, nil, recipient.Site{Page: "https://www.shop.example/"})
		assert.Equal(t, want, m.Recipient, url)
	}
}

func TestLoadPathsTakesFilesAndDirectories(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "acme-metrics.yaml"), []byte(ownVendor), 0o600))
	list := filepath.Join(t.TempDir(), "privacy.txt")
	require.NoError(t, os.WriteFile(list, []byte("||spy.example^\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(list), "other.txt"), []byte("no list"), 0o600))
	c, err := recipient.LoadPaths(dir, list)
	require.NoError(t, err)
	_, ok := c.ByID("acme-metrics")
	assert.True(t, ok)
	assert.Equal(t, recipient.ByUser, c.OwnerOf("www.spy.example").How)
	_, err = recipient.LoadPaths(filepath.Join(dir, "nothing"))
	assert.ErrorContains(t, err, "nothing")
}

func TestVendorFilesAreRefusedWithPlaceAndReason(t *testing.T) {
	head := "schema: 1\nid: x\nname: X\nowner: {name: X, country: DE}\ncategory: ads\nreviewed: 2026-09-10\nsources: [a]\ndomains: [x.example]\n"
	tail := "examples: [{request: {url: \"https://x.example/\"}, expect: {}}]\n"
	for name, c := range map[string]struct{ text, want string }{
		"unknown key":      {head + "domain: [x]\n" + tail, "[9:1] unknown field \"domain\""},
		"no examples":      {head, "examples is empty"},
		"no sources":       {"schema: 1\nid: x\nname: X\nowner: {name: X, country: DE}\ncategory: ads\nreviewed: 2026-09-10\n" + tail, "sources is empty"},
		"other id":         {"schema: 1\nid: y\n", `id is "y": it must be the file's name, "x"`},
		"country":          {"schema: 1\nid: x\nname: X\nowner: {name: X, country: Germany}\ncategory: ads\nreviewed: 2026-09-10\nsources: [a]\n" + tail, `owner.country "Germany"`},
		"category":         {head + "also: [spying]\n" + tail, `category "spying" is none of analytics`},
		"word":             {head + "fields: {a: contact.mail}\n" + tail, `fields: a: "contact.mail" is neither a class`},
		"pattern":          {head + "fields: {a: [{when: \"(\", is: contact.email}]}\n" + tail, "missing closing )"},
		"one marker":       {head + "endpoints: [{id: e, shapes: [{all: {query.a: \"\"}}]}]\n" + tail, "a strong shape needs two"},
		"schema of future": {"schema: 2\nid: x\n" + tail, "schema is 2: this version reads 1"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := recipient.Load(fstest.MapFS{"x.yaml": {Data: []byte(c.text)}})
			require.ErrorContains(t, err, c.want)
			assert.ErrorContains(t, err, "vendor file x.yaml")
		})
	}
	_, err := recipient.Load(fstest.MapFS{"a.txt": {Data: []byte("hello")}, "b.json": {Data: []byte(`{"a":1}`)}})
	assert.ErrorContains(t, err, "list a.txt: no rule")
	assert.ErrorContains(t, err, "list b.json: neither")
}
