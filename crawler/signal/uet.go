package signal

// MicrosoftUET is the parameter asc of Microsoft's Universal Event Tracking: its one signal, ad_storage.
var MicrosoftUET = Format{
	Kind:     "asc",
	Title:    "Microsoft UET consent mode (asc)",
	Doc:      "https://help.ads.microsoft.com/apex/index/3/en/60119",
	Weak:     []string{"asc"},
	Claim:    true,
	Read:     readUET,
	Examples: []Example{{"asc", "G", Granted, "ad_storage granted"}, {"asc", "D", Denied, "ad_storage denied"}},
}

func readUET(r *Record, value string) {
	switch v := plain(value); v {
	case "G", "D":
		r.purpose("ad_storage", Advertising, granted(v == "G"))
		r.part("ad_storage", granted(v == "G").String())
	case "":
		r.fault(FaultEmpty, "asc is empty")
	default:
		r.fault(FaultValue, "asc is neither G nor D")
	}
}
