package detect

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"

	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/recipient"
)

// The contexts are public: they keep a fingerprint from being mistaken for a plain hash of its parts, and change if what
// goes in ever changes. A fingerprint is an identity, not a secret; nothing personal goes in.
const (
	flowContext  = "tagscan flow fingerprint 2"
	placeContext = "tagscan place fingerprint 1"
)

// fingerprintBytes is how much of the hash is shown: 16 bytes, 32 hex digits.
const fingerprintBytes = 16

// FlowFingerprint names a flow, so that policies, baselines and diffs can speak of it: HMAC-SHA256 under a public context
// string over recipient, class, consent state and form as flows tell it, as 32 hex digits. No value, no URL, no route and
// no time goes in; so it survives redaction, new test data, other pages, and a HAR instead of a scan.
func FlowFingerprint(k FlowKey) string {
	return keyedHash(flowContext, k.Recipient, string(k.Class), string(k.Consent), string(k.Form))
}

// PlaceFingerprint names a place of a flow: the flow's fingerprint, the folded route of the page, the part of the request,
// the folded field path, the sender, and the host if it is not the recipient's own or one of many.
func PlaceFingerprint(flow, route string, where decode.Where, field, sender, host string) string {
	return keyedHash(placeContext, flow, route, string(where), FoldPath(field), sender, host)
}

// keyedHash is HMAC-SHA256 of the parts, each ended by a zero byte so that they do not run together.
func keyedHash(context string, parts ...string) string {
	mac := hmac.New(sha256.New, []byte(context))
	for _, part := range parts {
		mac.Write([]byte(part))
		mac.Write([]byte{0})
	}
	return hex.EncodeToString(mac.Sum(nil)[:fingerprintBytes])
}

// identify sets the fingerprints of a finding once all else is there.
func (f *Finding) identify() {
	f.Fingerprint = FlowFingerprint(f.FlowKey())
	f.Place = placeIn(f).fingerprint(f.Fingerprint)
}

// placeOf is the place of a finding.
func placeIn(f *Finding) placeID {
	return placeID{f.Route, f.Where, FoldPath(f.Field), senderOf(f), hostOf(f)}
}

func (k placeID) fingerprint(flow string) string {
	return PlaceFingerprint(flow, k.route, k.where, k.field, k.sender, k.host)
}

// hostOf is the host of a finding where the recipient does not say it: one of the site's that stands in for a vendor, or
// one of the many hosts of those whose owner nobody knows.
func hostOf(f *Finding) string {
	if f.Recipient.ID == recipient.UnknownAds {
		return cmp.Or(f.Recipient.Via, f.Host)
	}
	return f.Recipient.Via
}

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
