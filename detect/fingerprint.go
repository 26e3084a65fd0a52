package detect

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"

	"github.com/tagscan/tagscan/crawler"
)

// fingerprintContext is public: it keeps a fingerprint from being mistaken for a plain hash of its parts, and changes if
// what goes in ever changes. A fingerprint is an identity, not a secret; nothing personal goes in.
const fingerprintContext = "tagscan flow fingerprint 1"

// fingerprintBytes is how much of the hash is shown: 16 bytes, 32 hex digits.
const fingerprintBytes = 16

// Fingerprint names what a finding is about, so that policies, baselines and diffs can speak of it: HMAC-SHA256 under a
// public context string over rule, recipient, route, consent state and the folded field path, as 32 hex digits. No
// value, no full URL and no time goes in; so it survives redaction, new test data and new product ids.
func Fingerprint(rule, recipient, route string, consent crawler.Consent, field string) string {
	mac := hmac.New(sha256.New, []byte(fingerprintContext))
	for _, part := range []string{rule, recipient, route, string(consent), FoldPath(field)} {
		mac.Write([]byte(part))
		mac.Write([]byte{0})
	}
	return hex.EncodeToString(mac.Sum(nil)[:fingerprintBytes])
}

// judged is the rule of a finding as its fingerprint names it. Rules that find several classes (the vendor's own
// documentation, known values) are one rule for each of them: to forgive a page address in a list is not to forgive the
// user id beside it.
func judged(f *Finding) string { return f.Rule + " " + string(f.Class) }

// Token correlates equal values without telling them: the first 12 hex digits of HMAC-SHA256 under key. Empty without
// a key or a value.
func Token(key []byte, v Value) string {
	if len(key) == 0 || !v.Revealable() {
		return ""
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(v.text))
	return hex.EncodeToString(mac.Sum(nil))[:12]
}
