package consent

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/crawler"
)

// What a site of its own keeps after a click, and what it says.
func TestRecordsOfASitesOwn(t *testing.T) {
	for _, c := range []struct {
		name, value string
		says        crawler.Consent
		plain       bool
	}{
		{"cookie_choice", "accepted", crawler.Accepted, true}, {"c", "rejected", crawler.Rejected, true}, {"c", "all", crawler.Accepted, true},
		{"c", "none", crawler.Rejected, true}, {"consent", "necessary", crawler.Rejected, true}, {"consent", "necessary-only", crawler.Rejected, true},
		{"consent", "acceptNecessary", crawler.Rejected, true}, {"consent", "essential,statistics,marketing", crawler.Accepted, true},
		{"cookies", "not-accepted", crawler.Rejected, true}, {"cookies", "akzeptiert", crawler.Accepted, true}, {"cookies", "ablehnen", crawler.Rejected, true},
		{"cookies", "refusé", crawler.Rejected, true}, {"prefs", "analytics:yes,ads:yes", crawler.Accepted, true},
		{"prefs", "necessary:true|analytics:false|marketing:false", crawler.Rejected, true}, {"prefs", "analytics=1&ads=0", "", false},
		{"pie_cookies", "[]", crawler.Rejected, true}, {"pie_cookies", `["analytics","ads"]`, crawler.Accepted, true},
		{"gdpr", `{"necessary":true,"analytics":false,"ads":false}`, crawler.Rejected, true},
		{"gdpr", `%7B%22necessary%22%3Atrue%2C%22analytics%22%3Atrue%7D`, crawler.Accepted, true},
		{"x", "eyJjb25zZW50Ijp7ImFuYWx5dGljcyI6MCwiYWRzIjowfX0=", crawler.Rejected, true}, // {"consent":{"analytics":0,"ads":0}}
		{"x", `{"functional":true,"analytics":false}`, crawler.Rejected, true}, {"x", `{"analytics":true,"ads":false}`, "", true},
		{"cookies_accepted", "1", crawler.Accepted, true}, {"cookies_accepted", "0", crawler.Rejected, true}, {"cookies_declined", "true", crawler.Rejected, true},
		{"consent", "1", crawler.Accepted, false}, {"consent", "false", crawler.Rejected, true}, {"analytics", "no", crawler.Rejected, true},
		{"cookie_preferences_set", "true", crawler.Accepted, false}, {"consent_banner_seen", "1", crawler.Accepted, false},

		{"c", "1", "", false}, {"seen", "1", "", false}, {"banner", "closed", "", false}, {"_ga", "GA1.1.1234567890.1700000000", "", false},
		{"sid", "6f1c0f5e-1111-4222-8333-444455556666", "", false}, {"cart", "[]", "", false}, {"cart", `{"items":[],"open":true}`, "", true},
		{"theme", "dark", "", false}, {"lang", "de", "", false}, {"_gat", "1", "", false}, {"consent", "accept-or-reject", "", false}, {"t", "", "", false},
	} {
		s := said(c.name, c.value)
		assert.Equal(t, string(c.says), string(s.choice), "%s=%s", c.name, c.value)
		if c.says != "" {
			assert.Equal(t, c.plain, s.plain, "%s=%s", c.name, c.value)
		}
	}
}
