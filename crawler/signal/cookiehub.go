package signal

// CookieHub is what CookieHub keeps where it is readable: categories with true or false.
var CookieHub = Format{
	Kind:     "cookiehub",
	Title:    "CookieHub record",
	Doc:      "https://support.cookiehub.com/",
	Weak:     []string{"cookiehub"},
	Read:     func(r *Record, value string) { r.choicesRecord("CookieHub", value) },
	Examples: []Example{{"cookiehub", `{"analytics":false,"marketing":false,"preferences":true}`, Mixed, ""}},
}
