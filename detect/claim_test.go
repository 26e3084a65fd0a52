package detect_test

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/rule"
)

const refusedTC = "CQuZP8AQuZP8AAKABBENBkFgAAAAAAAAAAYgAAAAAAAA.IGSQAwAMgLzAZIAA.YAAAAAAAAAAA"

// What a request says about consent is what the reader has to compare; it identifies nobody.
func TestClaimsAboutConsentAreShownAsTheyAre(t *testing.T) {
	for name, value := range map[string]string{
		"gdpr_consent": refusedTC, "gcd": "13p3p3p2p5l1", "gcs": "G100", "gpp": "DBABLA~CFQVAAAAAABA.YA", "us_privacy": "1YYN", "gdpr": "1",
		"addtl_consent": "1~7.12.35.62.66.70.89",
	} {
		u := "https://t.tracker.net/c?" + url.Values{name: {value}}.Encode()
		fs, _ := find(t, detect.Config{}, sent(crawler.Request{URL: u}))
		claims := ofClass(fs, rule.ConsentStr)
		if name == "addtl_consent" && len(claims) == 0 {
			continue // no rule speaks of it under an unknown host
		}
		require.Len(t, claims, 1, name)
		assert.Equal(t, value, claims[0].Value.String(), name)
		var b bytes.Buffer
		require.NoError(t, detect.WriteJSONL(&b, seq(claims), detect.Output{}))
		assert.Contains(t, b.String(), `"value":"`+value+`"`)
	}
}

// What only stands where a claim would is masked as anything else: a string that is malformed, a platform's record with an id.
func TestWhatIsNoClaimStaysMasked(t *testing.T) {
	for name, value := range map[string]string{
		"gdpr_consent": "CQuZP8AQuZP8-jane.doe-42", "gcd": "1gerda.holm", "gpp": "DBgerda.holm.posteo.de.1987",
		"consent_string": `C{"user":"gerda-holm-1987"}`,
	} {
		u := "https://t.tracker.net/c?" + url.Values{name: {value}}.Encode()
		fs, _ := find(t, detect.Config{}, sent(crawler.Request{URL: u}))
		for _, f := range fs {
			assert.NotContains(t, f.Value.String(), "doe", name)
			assert.NotContains(t, f.Value.String(), "holm", name)
		}
	}
}

// Consent mode sends one value before a choice, another after refusal, another after acceptance, and always the same within
// each: it differs between visitors as an identifier does, and is none.
func TestClaimsAreNotComparedBetweenVisitors(t *testing.T) {
	claims := map[string]map[string]string{
		"unasked":  {"gcd": "13p3p3p2p5l1", "tcs": refusedTC, "x": "DBABLA~CFQqAAAAAABA.QA", "id": "8f14e45fceea167a"},
		"rejected": {"gcd": "13q3q3q2q5l1", "tcs": refusedTC, "x": "DBABLA~CFQVAAAAAABA.YA", "id": "c9f0f895fb98ab91"},
		"accepted": {"gcd": "13r3r3r2r5l1", "x": "DBABLA~BVQqAAAAAgA.QA", "id": "45c48cce2e2d7fbd",
			"tcs": "CQuZP8AQuZP8AAKABBENBkFgAP_gAEPgAAYgGSQAwAMgLzAZIBecAIADIC8wAAAA.IGSQAwAMgLzAZIAA.YAAAAAAAAAAA"},
	}
	var captures []detect.Capture
	for _, profile := range []string{"unasked", "rejected", "accepted"} {
		captures = append(captures, detect.Capture{Profile: profile, Events: func() iter.Seq2[crawler.Event, error] {
			var evs []crawler.Event
			for page := range 3 {
				q := url.Values{}
				for name, value := range claims[profile] {
					q.Set(name, value)
				}
				evs = append(evs, sent(crawler.Request{
					ID: fmt.Sprint(profile, page), Page: fmt.Sprint(page), Profile: profile, URL: "https://m.measure.example/g/collect?" + q.Encode(),
				}))
			}
			return streamOf(evs...)
		}})
	}
	found := map[string]rule.Class{}
	for f, err := range analyzer(t, detect.Config{}).Open(captures...).Findings(context.Background()) {
		require.NoError(t, err)
		if identifierClass(f.Class) || f.Class == rule.SessionID {
			found[f.Field] = f.Class
		}
	}
	assert.Contains(t, found, "query.id", "an identifier is found as ever")
	for _, field := range []string{"query.gcd", "query.tcs", "query.x"} {
		assert.NotContains(t, found, field)
	}
}
