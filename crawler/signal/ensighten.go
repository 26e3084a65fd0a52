package signal

import "strings"

// Ensighten are the cookies of Ensighten Privacy, one a category, which stands at the end of the name after that of the customer.
var Ensighten = Format{
	Kind:  "ensighten",
	Title: "Ensighten record of one category (…_ENSIGHTEN_PRIVACY_…)",
	Doc:   "https://support.ensighten.com/",
	Names: []string{
		"*_ensighten_privacy_advertising", "*_ensighten_privacy_analytics", "*_ensighten_privacy_functional", "*_ensighten_privacy_marketing",
		"*_ensighten_privacy_performance", "*_ensighten_privacy_personalization", "*_ensighten_privacy_personalisation",
		"*_ensighten_privacy_social", "*_ensighten_privacy_social_media", "*_ensighten_privacy_targeting",
	},
	Read: readEnsighten,
	Examples: []Example{
		{"SHOP_ENSIGHTEN_PRIVACY_Marketing", "0", Denied, "marketing denied"},
		{"SHOP_ENSIGHTEN_PRIVACY_Analytics", "1", Granted, "analytics granted"},
	},
}

func readEnsighten(r *Record, value string) {
	prefix, _, _ := strings.Cut(strings.ToLower(r.Name), "_ensighten_privacy_")
	r.oneCategory(prefix+"_ensighten_privacy_", value)
}

// EnsightenAnswered are the cookies by which Ensighten knows that its dialog was shown and closed.
var EnsightenAnswered = Format{
	Kind:     "ensighten-answered",
	Title:    "Ensighten, dialog closed (…_ENSIGHTEN_PRIVACY_BANNER_VIEWED)",
	Doc:      "https://support.ensighten.com/",
	Names:    []string{"*_ensighten_privacy_banner_viewed", "*_ensighten_privacy_modal_viewed", "*_ensighten_privacy_banner_loaded"},
	Read:     func(r *Record, value string) { r.answered(r.Name, value) },
	Examples: []Example{{"SHOP_ENSIGHTEN_PRIVACY_BANNER_VIEWED", "1", Unknown, ""}},
}
