package consent

// Usercentrics is Usercentrics: https://usercentrics.com/docs/web/features/api/control-ui/
var Usercentrics = Platform{
	ID:    "usercentrics",
	Name:  "Usercentrics",
	Doc:   "https://usercentrics.com/docs/web/features/api/control-ui/",
	Popup: []string{`[data-testid=uc-default-wall]`, `[data-testid=uc-default-banner]`, `[data-testid=uc-container]`, `[data-testid=uc-banner-content]`, `#uc-main-dialog`, `#uc-center-container`},
	Accept: []Way{
		{`[data-testid=uc-accept-all-button]`},
		{`#uc-main-dialog [data-action-type=accept]`},
		{`#uc-btn-accept-banner`},
	},
	Reject: []Way{
		{`[data-testid=uc-deny-all-button]`},
		{`#uc-main-dialog [data-action-type=deny]`},
		{`#uc-btn-deny-banner`},
		{`[data-testid=uc-more-information-button]`, `[data-testid=uc-deny-all-button]`},
		{`[data-testid=uc-more-button]`, `[data-testid=uc-deny-all-button]`},
		{`[data-testid=uc-customize-button]`, `[data-testid=uc-deny-all-button]`},
		{`#uc-main-dialog [data-action-type=more]`, `[data-action-type=deny]`},
	},
	Reopen: []string{`#uc-center-container .uc-ccpa-button`},
	Recall: `(window.UC_UI ? UC_UI.showSecondLayer() : __ucCmp.showSecondLayer())`,
}
