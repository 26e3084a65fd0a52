package consent

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestClaims: what a field tells, and what it does not.
func TestClaims(t *testing.T) {
	for _, c := range []struct{ name, value, want string }{
		{"gcs", "G111", "granted, speaks"},
		{"gcs", "G100", "denied, speaks"},
		{"gcs", "G101", "granted, speaks"},
		{"gcd", "13l3l3l3l1l1", "by default"},
		{"gcd", "13p3p3p2p5l1", "denied, speaks"},
		{"gcd", "13l3l3l2l1", "by default, speaks"},
		{"gcd", "13t3t3t2t5l1", "granted, by default, speaks"},
		{"gcd", "13l3l3l3l9l1", "by default, speaks"}, // the control was seen
		{"npa", "0", ""},
		{"npa", "1", "speaks"},
		{"asc", "G", "granted, speaks"},
		{"asc", "D", "denied, speaks"},
		{"dpo", "LDU", "denied, speaks"},
		{"dpo", "", ""},
		{"us_privacy", "1YYN", "denied, speaks"},
		{"us_privacy", "1YNN", "speaks"},
		{"us_privacy", "1---", ""},
		{"gdpr", "1", ""},
		{"dma_cps", "syphamo", ""},
		{"gdpr_consent", "CQuZP8AQuZP8AAKABBENBkFgAAAAAAAAAAYgAAAAAAAA.IGSQAwAMgLzAZIAA.YAAAAAAAAAAA", "denied, speaks"},
		{"gdpr_consent", "CQuZP8AQuZP8AAKABBENBkFgAIAAAAAAAAYgF5wAQF5gAAAA.IGSQAwAMgLzAZIAA.YAAAAAAAAAAA", "granted, speaks"},
		{"gdpr_consent", "BOEFEAyOEFEAyAHABDENAIgAAAB9vABAASA", "broken"},
		{"gdpr_consent", "${GDPR_CONSENT_91}", "no claim"},
		{"gdpr_consent", "undefined", "no claim"},
		{"gdpr_consent", "", "no claim"},
		{"addtl_consent", "1~7.12.35", "granted, speaks"},
		{"", `{"consent":[{"standard":"Adobe","version":"1.0","value":{"general":"out"}}]}`, "denied, speaks"},
		{"Sec-GPC", "1", "no claim"}, // the browser's own word
		{"OptanonConsent", "groups=C0001:1,C0002:1&consentId=6f1c0f5e-1111-4222-8333-444455556666", "no claim"},
		{"cid", "1203918273.1795000001", "no claim"},
		{"gcs", "jo.doe@example.org", "no claim"},
	} {
		assert.Equal(t, c.want, words(c.name, c.value), "%s=%s", c.name, c.value)
	}
}

func words(name, value string) string {
	c, ok := ClaimOf("query."+name, name, value)
	if !ok {
		return "no claim"
	}
	r := c.read().r
	if r.Err() != nil {
		return "broken"
	}
	var out []string
	if grants(&r) {
		out = append(out, "granted")
	}
	if denies(&r) {
		out = append(out, "denied")
	}
	if len(r.GrantedUnasked()) > 0 {
		out = append(out, "by default")
	}
	if speaks(&r) {
		out = append(out, "speaks")
	}
	return strings.Join(out, ", ")
}
