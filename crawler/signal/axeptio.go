package signal

import "strings"

// Axeptio is the cookie of Axeptio: its services with true or false, and its own fields, which begin with two dollars.
var Axeptio = Format{
	Kind:  "axeptio",
	Title: "Axeptio record (axeptio_cookies)",
	Doc:   "https://support.axeptio.eu/",
	Names: []string{"axeptio_cookies"},
	Read:  readAxeptio,
	Examples: []Example{
		{"axeptio_cookies", `{%22$$token%22:%22h1gr%22%2C%22$$date%22:%222026-11-28T10:00:00.523Z%22%2C%22$$completed%22:true` +
			`%2C%22Criteo%22:false%2C%22google_analytics%22:false}`, Denied, "Criteo, google_analytics denied"},
		{"axeptio_cookies", `{"$$token":"t1v1","$$date":"2026-11-28T10:00:00.179Z","$$completed":false}`, Unknown, ""},
	},
}

func readAxeptio(r *Record, value string) {
	o, ok := r.record("Axeptio", value)
	if !ok {
		return
	}
	for _, m := range o {
		switch m.key {
		case "$$token":
			r.identity("token", textOf(m.value))
		case "$$date":
			r.at(m.value)
		case "$$completed":
			r.Chosen = answerOf(m.value)
			r.part("a choice was made", r.Chosen.String())
		default:
			if s := stateOf(m.value); s != Unknown && !strings.HasPrefix(m.key, "$$") {
				r.choose(m.key, s)
			}
		}
	}
}

// AxeptioVendors is the cookie with the services that were allowed.
var AxeptioVendors = Format{
	Kind:  "axeptio-vendors",
	Title: "Axeptio, services allowed (axeptio_authorized_vendors)",
	Doc:   "https://support.axeptio.eu/",
	Names: []string{"axeptio_authorized_vendors"},
	Read:  readAxeptioVendors,
	Examples: []Example{
		{"axeptio_authorized_vendors", "%2C%2C", Denied, ""}, {"axeptio_authorized_vendors", ",google_analytics,facebook_pixel,", Granted, ""},
	},
}

func readAxeptioVendors(r *Record, value string) {
	for name := range strings.SplitSeq(strings.Trim(plain(value), "[]"), ",") {
		if name = strings.Trim(name, `" `); name != "" {
			r.vendor(name, Granted)
		}
	}
	r.vendorParts()
	if len(r.Vendors) == 0 {
		r.part("vendors granted", "none")
	}
	r.Says = granted(len(r.Vendors) > 0)
}
