package signal

import "strings"

// Borlabs is the cookie of Borlabs Cookie: the services that were allowed, by group; the others are not named.
var Borlabs = Format{
	Kind:  "borlabs",
	Title: "Borlabs record (borlabs-cookie)",
	Doc:   "https://borlabs.io/kb/",
	Names: []string{"borlabs-cookie", "borlabscookie"},
	Read:  readBorlabs,
	Examples: []Example{
		{"borlabs-cookie", `{"consents":{"essential":["borlabs-cookie"]},"domainPath":"shop.example/","expires":"Sat, 28 Nov 2026",` +
			`"uid":"abc-1","version":"1"}`, Denied, "essential granted"},
		{"borlabs-cookie", `{"consents":{"essential":["borlabs-cookie"],"marketing":["facebook-pixel"]},"uid":"anonymous"}`, Granted, ""},
		{"borlabs-cookie", `{"consents":{"statistics":true,"marketing":false}}`, Mixed, ""},
	},
}

func readBorlabs(r *Record, value string) {
	o, ok := r.record("Borlabs", value)
	if !ok {
		return
	}
	for _, m := range o.object("consents") {
		if s := stateOf(m.value); s != Unknown {
			r.choose(m.key, s)
			continue
		}
		services, _ := m.value.([]any)
		var names []string
		for _, v := range services {
			names = append(names, textOf(v))
			r.vendor(textOf(v), Granted)
		}
		if len(names) > 0 {
			r.purpose(m.key, categoryOf(m.key), Granted)
			r.part(m.key, strings.Join(names, ", "))
		}
	}
	r.part("version", o.text("version"))
	if uid := o.text("uid"); uid != "anonymous" {
		r.identity("uid", uid)
	}
	r.Chosen = Yes
	switch {
	case o.get("consents") == nil:
		r.fault(FaultSyntax, "the Borlabs record has no consents")
	case together(r.Purposes) == Unknown:
		r.Says = Denied
	}
}
