package signal

// AdOpt is what AdOpt stores: Google's signals or its own tags with granted and denied, true or false.
var AdOpt = Format{
	Kind:  "adopt",
	Title: "AdOpt record (adoptConsentMode)",
	Doc:   "https://goadopt.io/",
	Names: []string{"adoptconsentmode"},
	Read:  func(r *Record, value string) { r.choicesRecord("AdOpt", value) },
	Examples: []Example{
		{"adoptConsentMode", `{"ad_storage":"denied","analytics_storage":"denied","security_storage":"granted"}`, Denied,
			"ad_storage, analytics_storage denied; security_storage granted"},
		{"adoptConsentMode", `{"marketing":true,"statistics":true}`, Granted, ""},
	},
}
