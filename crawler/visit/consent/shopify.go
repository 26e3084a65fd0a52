package consent

// Shopify is Shopify: https://shopify.dev/docs/api/customer-privacy
var Shopify = Platform{
	ID:    "shopify",
	Name:  "Shopify",
	Doc:   "https://shopify.dev/docs/api/customer-privacy",
	Popup: []string{`#shopify-pc__banner`, `#shopify-pc__prefs`},
	Accept: []Way{
		{`#shopify-pc__banner__btn-accept`},
		{`#shopify-pc__prefs__header-accept`},
	},
	Reject: []Way{
		{`#shopify-pc__banner__btn-decline`},
		{`#shopify-pc__banner__btn-manage-prefs`, `#shopify-pc__prefs__header-decline`},
		{`#shopify-pc__banner__btn-manage-prefs`, `-#shopify-pc__prefs input[type=checkbox]`, `#shopify-pc__prefs__header-save`},
	},
	Recall: `privacyBanner.showPreferences()`,
}
