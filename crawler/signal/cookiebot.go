package signal

import "strings"

// Cookiebot is the cookie of Cookiebot. It looks like JSON and is none: keys stand without quotes.
var Cookiebot = Format{
	Kind:    "cookiebot",
	Title:   "Cookiebot record (CookieConsent)",
	Doc:     "https://www.cookiebot.com/en/developer/",
	Weak:    []string{"cookieconsent", "cookieconsentbulksetting-*"},
	Bare:    func(v string) bool { return strings.HasPrefix(v, "{stamp:") },
	AnyName: true,
	Read:    readCookiebot,
	Examples: []Example{
		{"CookieConsent", "{stamp:'Ab1+c/D==',necessary:true,preferences:false,statistics:false,marketing:false,method:'explicit',ver:1," +
			"utc:1795860000000,region:'ee'}", Denied, "necessary granted; preferences, statistics, marketing denied"},
		{"CookieConsent", "%7Bstamp%3A%27-1%27%2Cnecessary%3Atrue%2Cpreferences%3Atrue%2Cstatistics%3Atrue%2Cmarketing%3Atrue%2Cmethod" +
			"%3A%27implied%27%2Cver%3A1%2Cutc%3A1795860000000%2Cregion%3A%27us%27%7D", Granted, ""},
		{"CookieConsent", "-1", NotOptedOut, ""},
	},
}

func readCookiebot(r *Record, value string) {
	v := plain(value)
	if v == "-1" {
		// Visitors of regions where nobody must be asked are taken to have accepted.
		r.Says, r.Chosen = NotOptedOut, No
		r.part("region", "nobody is asked here")
		return
	}
	body, ok := strings.CutPrefix(v, "{")
	if !ok {
		r.fault(FaultSyntax, "the Cookiebot record does not begin with a brace")
		return
	}
	if body, ok = strings.CutSuffix(body, "}"); !ok {
		r.fault(FaultTruncated, "the Cookiebot record does not end with a brace")
		return
	}
	for _, m := range pairs(body, ",", ":") {
		key, text := strings.Trim(m.key, `'"`), strings.Trim(m.value, `'"`)
		switch key {
		case "stamp":
			if len(text) > 2 { // "0" and "-1" say that there is none
				r.identity("stamp", text)
			}
		case "method":
			r.Chosen = answer(text == "explicit")
			r.part("method", text)
		case "utc":
			r.at(text)
		case "region":
			r.Country = strings.ToUpper(text)
			r.part("region", r.Country)
		case "ver":
			r.part("version", text)
		default:
			if s := stateOf(text); s != Unknown {
				r.choose(key, s)
			}
		}
	}
	if len(r.Purposes) == 0 {
		r.fault(FaultSyntax, "the Cookiebot record has no categories")
	}
}
