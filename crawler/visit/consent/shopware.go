package consent

// Shopware is Shopware: https://developer.shopware.com/docs/guides/plugins/plugins/storefront/add-cookie-to-manager.html
var Shopware = Platform{
	ID:    "shopware",
	Name:  "Shopware",
	Doc:   "https://developer.shopware.com/docs/guides/plugins/plugins/storefront/add-cookie-to-manager.html",
	Popup: []string{`.cookie-permission-container`},
	Accept: []Way{
		{`.js-cookie-accept-all-button button`},
	},
	Reject: []Way{
		{`.js-cookie-permission-button button`},
		{`.js-cookie-configuration-button button`, `-.offcanvas-cookie input[type=checkbox]`, `.js-offcanvas-cookie-submit`},
	},
	Reopen: []string{`[href$="/cookie/offcanvas"]`},
}
