package policy

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAHeaderIsWeakerOnlyIfItAllowsMore(t *testing.T) {
	for _, c := range []struct{ header, was, is, want string }{
		{"content-security-policy", "default-src 'self'; script-src 'self' https://a.example", "default-src 'self'; script-src 'self' https://b.example https://c.example", ""},
		{"content-security-policy", "script-src 'nonce-abc' 'self'", "script-src 'self' 'nonce-xyz'", ""},
		{"content-security-policy", "script-src 'sha256-aaa='", "script-src 'sha256-bbb=' 'report-sample'", ""},
		{"content-security-policy", "script-src 'self'; report-uri /a", "script-src 'self'; report-to b", ""},
		{"content-security-policy", "script-src 'nonce-abc' 'strict-dynamic'", "script-src 'nonce-x' 'strict-dynamic' 'unsafe-inline' https:", ""},
		{"content-security-policy", "script-src 'nonce-abc' 'unsafe-inline'", "script-src 'unsafe-inline'", "script-src allows 'unsafe-inline'"},
		{"content-security-policy", "script-src 'self'", "script-src 'self' 'unsafe-eval'", "script-src allows 'unsafe-eval'"},
		{"content-security-policy", "script-src a.example", "script-src https://*", "script-src allows *"},
		{"content-security-policy", "default-src 'self'", "default-src 'self'; script-src https:", "script-src allows https:"},
		{"content-security-policy", "script-src 'self'; frame-ancestors 'none'", "script-src 'self'", "frame-ancestors is gone"},
		{"content-security-policy", "script-src 'self'; object-src 'none'", "default-src 'none'; script-src 'self'", ""},
		{"content-security-policy", "sandbox allow-forms", "sandbox allow-forms allow-scripts", "sandbox allows allow-scripts"},
		{"content-security-policy", "img-src 'self'", "img-src 'self'; script-src *", ""},
		{"strict-transport-security", "max-age=31536000; includeSubDomains", "max-age=63072000; includeSubDomains; preload", ""},
		{"strict-transport-security", "max-age=31536000", "max-age=0", "max-age is 0 instead of 31536000"},
		{"strict-transport-security", "max-age=\"100\"; includeSubDomains", "max-age=100", "includeSubDomains is gone"},
		{"x-frame-options", "DENY", "SAMEORIGIN", `"sameorigin" instead of "deny"`},
		{"x-frame-options", "sameorigin", "DENY", ""},
		{"x-content-type-options", "nosniff", "none", `"none" instead of "nosniff"`},
		{"referrer-policy", "no-referrer, strict-origin-when-cross-origin", "unsafe-url", `"unsafe-url" instead of "strict-origin-when-cross-origin"`},
		{"referrer-policy", "strict-origin-when-cross-origin", "nonsense", ""},
		{"permissions-policy", "camera=(), geolocation=(self)", "geolocation=*, camera=()", ""},
		{"permissions-policy", "camera=(), microphone=()", "camera=()", "microphone is not shut any more"},
		{"cross-origin-opener-policy", `same-origin; report-to="a"`, "same-origin", ""},
		{"cross-origin-opener-policy", "same-origin", "unsafe-none", `"unsafe-none" instead of "same-origin"`},
	} {
		for _, h := range securityHeaders {
			if h.name == c.header {
				was, is := h.canonical([]string{c.was}), h.canonical([]string{c.is})
				assert.Equal(t, c.want, h.weaker(was, is), "%s: %s, then %s", c.header, c.was, c.is)
				assert.Equal(t, was, h.canonical([]string{was}), "what is written is read as it was")
			}
		}
	}
}

func TestOfSeveralPoliciesEachAllowsLess(t *testing.T) {
	both := CanonicalHeader("content-security-policy", []string{"script-src 'self' 'unsafe-inline'", "script-src 'self', img-src *"})
	assert.Equal(t, "img-src *; script-src 'self'", both)
}
