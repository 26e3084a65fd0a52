package signal

// GDPRApplies is the parameter gdpr: whether the law applies, and so whether the TC string beside it counts.
var GDPRApplies = Format{
	Kind:     "gdpr",
	Title:    "GDPR applies",
	Doc:      "https://github.com/InteractiveAdvertisingBureau/GDPR-Transparency-and-Consent-Framework/blob/master/TCFv2/IAB%20Tech%20Lab%20-%20Consent%20string%20and%20vendor%20list%20formats%20v2.md",
	Weak:     []string{"gdpr", "gdprapplies", "gdpr_applies", "iabtcf_gdprapplies", "cmpgdpr"},
	Read:     readGDPR,
	Examples: []Example{{"gdpr", "1", Unknown, ""}, {"gdpr", "0", Unknown, ""}},
}

func readGDPR(r *Record, value string) {
	if on, ok := r.bit("gdpr", value); ok {
		r.Applies = answer(on)
		r.part("the GDPR applies", yes(on))
	}
}
