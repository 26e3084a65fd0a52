package signal

// CookieFirst is the cookie and storage of CookieFirst.
var CookieFirst = Format{
	Kind:  "cookiefirst",
	Title: "CookieFirst record (cookiefirst-consent)",
	Doc:   "https://docs.cookiefirst.com/",
	Names: []string{"cookiefirst-consent"},
	Read:  readCookieFirst,
	Examples: []Example{
		{"cookiefirst-consent", `{"necessary":true,"performance":false,"functional":false,"advertising":false,"timestamp":1795860000,` +
			`"type":"category","version":"c838beda"}`, Denied, "necessary granted; performance, functional, advertising denied"},
	},
}

func readCookieFirst(r *Record, value string) {
	r.choicesRecord("CookieFirst", value)
	if o, err := parseJSON(plainJSON(value)); err == nil {
		o, _ := o.(object)
		r.at(o.get("timestamp"))
	}
}
