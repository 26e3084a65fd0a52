package consent

// WPDSGVOTools is WP DSGVO Tools: https://wordpress.org/plugins/shapepress-dsgvo/
var WPDSGVOTools = Platform{
	ID:    "wp-dsgvo-tools",
	Name:  "WP DSGVO Tools",
	Doc:   "https://wordpress.org/plugins/shapepress-dsgvo/",
	Popup: []string{`.sp-dsgvo-popup-overlay`},
	Accept: []Way{
		{`.sp-dsgvo-privacy-btn-accept-all`},
	},
	Reject: []Way{
		{`.sp-dsgvo-privacy-btn-accept-nothing`},
	},
}
