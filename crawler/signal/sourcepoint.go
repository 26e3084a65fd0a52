package signal

import "cmp"

// Sourcepoint is the storage of Sourcepoint, whose name ends with the number of a property.
var Sourcepoint = Format{
	Kind:  "sourcepoint",
	Title: "Sourcepoint record (_sp_user_consent_…)",
	Doc:   "https://docs.sourcepoint.com/hc/en-us",
	Names: []string{"_sp_user_consent_*"},
	Read:  readSourcepoint,
	Examples: []Example{
		{"_sp_user_consent_7417", `{"gdpr":{"applies":true,"consentStatus":{"rejectedAny":true,"consentedAll":false},"uuid":"1b2c",` +
			`"euconsent":"CQuZP8AQuZP8AAKABBENBkFgAAAAAAAAAAYgAAAAAAAA.IGSQAwAMgLzAZIAA"}}`, Denied, ""},
		{"_sp_user_consent_1", `{"gppData":{"gppString":"DBABLA~CFQVAAAAAABA.YA","applicableSections":[7]}}`, Denied, ""},
	},
}

func readSourcepoint(r *Record, value string) {
	o, ok := r.record("Sourcepoint", value)
	if !ok {
		return
	}
	gdpr := o.object("gdpr")
	if gdpr != nil {
		r.Applies = answerOf(gdpr.get("applies"))
		r.part("the GDPR applies", r.Applies.String())
	}
	if tc := gdpr.text("euconsent"); tc != "" {
		r.embedded(tc, gdpr.text("addtlConsent"))
	}
	if s := gdpr.object("consentStatus"); s != nil {
		r.Chosen = answer(answerOf(s.get("rejectedAny")) == Yes || answerOf(s.get("consentedAll")) == Yes)
		r.part("all consented", answerOf(s.get("consentedAll")).String())
		r.part("some rejected", answerOf(s.get("rejectedAny")).String())
	}
	us := o.object("ccpa")
	gpp := cmp.Or(o.object("gppData").text("gppString"), o.object("usnat").text("consentString"), us.object("GPPData").text("gppString"))
	if gpp != "" {
		readGPP(r, gpp)
	}
	if usp := us.text("uspstring"); usp != "" {
		readUSPrivacy(r, usp)
	}
	r.identity("uuid", gdpr.text("uuid"))
	if len(r.Purposes) == 0 && r.Err() == nil {
		r.fault(FaultSyntax, "the Sourcepoint record has no consent string")
	}
}
