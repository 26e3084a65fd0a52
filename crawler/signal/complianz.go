package signal

// Complianz are the cookies of Complianz, one a category, which stands in the name.
var Complianz = Format{
	Kind:  "complianz",
	Title: "Complianz record of one category (cmplz_…)",
	Doc:   "https://complianz.io/docs/",
	Names: []string{"cmplz_functional", "cmplz_preferences", "cmplz_statistics", "cmplz_statistics-anonymous", "cmplz_marketing"},
	Read:  readComplianz,
	Examples: []Example{
		{"cmplz_marketing", "deny", Denied, "marketing denied"}, {"cmplz_statistics", "allow", Granted, "statistics granted"},
	},
}

func readComplianz(r *Record, value string) { r.oneCategory("cmplz_", value) }

// ComplianzStatus is the cookie that says whether the dialog of Complianz was answered.
var ComplianzStatus = Format{
	Kind:     "complianz-banner",
	Title:    "Complianz, dialog answered (cmplz_banner-status)",
	Doc:      "https://complianz.io/docs/",
	Names:    []string{"cmplz_banner-status"},
	Read:     readComplianzStatus,
	Examples: []Example{{"cmplz_banner-status", "dismissed", Unknown, ""}},
}

func readComplianzStatus(r *Record, value string) {
	v := plain(value)
	if v == "" {
		r.fault(FaultEmpty, "cmplz_banner-status is empty")
		return
	}
	r.Chosen = answer(v == "dismissed")
	r.part("dialog", v)
}
