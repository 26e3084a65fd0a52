package consent

// GDPRLegalCookie is GDPR Legal Cookie (Shopify): https://apps.shopify.com/gdpr-legal-cookie
var GDPRLegalCookie = Platform{
	ID:    "gdpr-legal-cookie",
	Name:  "GDPR Legal Cookie (Shopify)",
	Doc:   "https://apps.shopify.com/gdpr-legal-cookie",
	Popup: []string{`.overlay_bc_banner .banner-body`},
	Accept: []Way{
		{`.overlay_bc_banner [data-cookie-accept-all]`},
	},
	Reject: []Way{
		{`-.overlay_bc_banner input[type=checkbox]`, `.overlay_bc_banner [data-cookie-save]`},
	},
}
