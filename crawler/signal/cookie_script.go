package signal

// CookieScript is the cookie of Cookie-Script: an action, and the categories that were allowed, as JSON inside JSON.
var CookieScript = Format{
	Kind:  "cookie-script",
	Title: "Cookie-Script record (CookieScriptConsent)",
	Doc:   "https://cookie-script.com/documentation",
	Names: []string{"cookiescriptconsent"},
	Read:  readCookieScript,
	Examples: []Example{
		{"CookieScriptConsent", `{"action":"reject","categories":"[]","key":"a268"}`, Denied, ""},
		{"CookieScriptConsent", `{"bannershown":1,"action":"accept","consenttime":1718365738,"categories":"[\"performance\",\"targeting\"]"}`,
			Granted, "performance, targeting granted"},
	},
}

func readCookieScript(r *Record, value string) {
	o, ok := r.record("Cookie-Script", value)
	if !ok {
		return
	}
	action := o.text("action")
	r.part("action", action)
	list := o.list("categories")
	if inner, err := parseJSON(o.text("categories")); err == nil {
		list, _ = inner.([]any)
	}
	for _, id := range list {
		r.choose(textOf(id), Granted)
	}
	r.at(o.get("consenttime"))
	r.identity("key", o.text("key"))
	r.Chosen = answer(action != "")
	switch action {
	case "accept":
		r.Says = Granted
	case "reject":
		r.Says = Denied
	case "":
		r.fault(FaultSyntax, "the Cookie-Script record has no action")
	}
}
