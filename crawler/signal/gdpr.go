package signal

// GDPRApplies is the parameter gdpr: whether the law applies, and so whether the TC string beside it counts.
var GDPRApplies = Format{
	Kind:     "gdpr",
	Title:    "GDPR applies",
	Doc:      "https://github.com/InteractiveAdvertisingBureau/GDPR-Transparency-and-Consent-Framework/tree/master/TCFv2",
	Weak:     []string{"gdpr", "gdprapplies", "gdpr_applies", "iabtcf_gdprapplies", "cmpgdpr"},
	Claim:    true,
	Read:     readGDPR,
	Examples: []Example{{"gdpr", "1", Unknown, ""}, {"gdpr", "0", Unknown, ""}},
}

func readGDPR(r *Record, value string) {
	if on, ok := r.bit("gdpr", value); ok {
		r.Applies = answer(on)
		r.part("the GDPR applies", yes(on))
	}
}
