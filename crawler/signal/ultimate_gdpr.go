package signal

import "strconv"

// UltimateGDPR is the cookie of createIT's Ultimate GDPR, base64 around JSON. Its levels go from 1, nothing at all, over 2, what is
// necessary, and 3 and 4, to 5, everything.
var UltimateGDPR = Format{
	Kind:  "ultimate-gdpr",
	Title: "Ultimate GDPR record (ct-ultimate-gdpr-cookie)",
	Doc:   "https://codecanyon.net/item/ultimate-gdpr-compliance-toolkit-for-wordpress/21704224",
	Names: []string{"ct-ultimate-gdpr-cookie"},
	Read:  readUltimateGDPR,
	Examples: []Example{
		// {"consent_declined":false,"consent_expire_time":1795860000,"consent_level":5}
		{"ct-ultimate-gdpr-cookie", "eyJjb25zZW50X2RlY2xpbmVkIjpmYWxzZSwiY29uc2VudF9leHBpcmVfdGltZSI6MTc5NTg2MDAwMCwiY29uc2VudF9sZXZlbCI6NX0%3D",
			Granted, "level granted"},
		// {"consent_declined":true,"consent_expire_time":1795860000,"consent_level":1}
		{"ct-ultimate-gdpr-cookie", "eyJjb25zZW50X2RlY2xpbmVkIjp0cnVlLCJjb25zZW50X2V4cGlyZV90aW1lIjoxNzk1ODYwMDAwLCJjb25zZW50X2xldmVsIjoxfQ==",
			Denied, ""},
	},
}

func readUltimateGDPR(r *Record, value string) {
	text, err := plainBase64(plain(value))
	if err != nil {
		r.fault(FaultAlphabet, "the Ultimate GDPR record is no base64: %v", err)
		return
	}
	o, ok := r.record("Ultimate GDPR", string(text))
	if !ok {
		return
	}
	level, err := strconv.Atoi(o.text("consent_level"))
	declined := stateOf(o.get("consent_declined")) == Granted
	switch {
	case err != nil && !declined:
		r.fault(FaultValue, "the level of the Ultimate GDPR record is no number")
		return
	case declined || level <= 2:
		r.purpose("level", "", Denied)
	case level >= 5:
		r.purpose("level", "", Granted)
	default:
		r.Says = Mixed
	}
	r.part("level", o.text("consent_level"))
	r.Chosen = Yes
}
