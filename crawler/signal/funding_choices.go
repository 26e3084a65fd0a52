package signal

// FundingChoices is the cookie of Google's consent platform: nested lists with a TC string, an Additional Consent string and
// a GPP string somewhere in them.
var FundingChoices = Format{
	Kind:  "funding-choices",
	Title: "Google Funding Choices record (FCCDCF)",
	Doc:   "https://developers.google.com/funding-choices/fc-api-docs",
	Names: []string{"fccdcf"},
	Read:  readFundingChoices,
	Examples: []Example{
		{"FCCDCF", `%5Bnull%2Cnull%2Cnull%2C%5B%22CQuZP8AQuZP8AAKABBENBkFgAAAAAAAAAAYgAAAAAAAA.IGSQAwAMgLzAZIAA%22%2C` +
			`%222~~dv.35.62%22%2C%22ABCD%22%5D%5D`, Denied, ""},
		{"FCCDCF", `[null,null,["[[],[],[],[],null,null,true]",1795860000],null,null,null,[[32,"[\"uuid\",[1795860000,0]]"]]]`, Unknown, ""},
	},
}

func readFundingChoices(r *Record, value string) {
	v, err := parseJSON(plainJSON(value))
	if err != nil {
		r.fault(FaultSyntax, "FCCDCF is no JSON: %v", err)
		return
	}
	r.stringsIn(v)
	if len(r.Parts) == 0 {
		r.part("consent", "none kept")
	}
}

// stringsIn reads the consent strings in a JSON value, each kind once.
func (r *Record) stringsIn(v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			r.stringsIn(item)
		}
	case string:
		switch {
		case r.TCF == nil && TCString.isBare(v):
			readTCF(r, v)
		case r.Providers == nil && AdditionalConsent.isBare(v):
			says := together(r.Purposes)
			readAdditional(r, v)
			if r.TCF != nil {
				r.Says = says
			}
		case r.Sections == nil && GPPString.isBare(v):
			readGPP(r, v)
		}
	}
}
