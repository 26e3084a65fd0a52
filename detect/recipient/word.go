package recipient

import "github.com/tagscan/tagscan/detect/rule"

// neutralWords lists the words for parameters that the vendor itself defined and that identify nobody: rules that go by a
// field's name keep out of them.
var neutralWords = map[string]string{
	"account":  "the vendor's account of the site",
	"event":    "name of what happened",
	"event_id": "number of the event, new each time",
	"pageview": "number of the page view, new each time",
	"campaign": "campaign label of the site's own",
	"flag":     "switch or setting",
	"ip_flag":  "tells the vendor whether to keep the connection's IP address",
	"meta":     "about the library and the message",
	"time":     "time or duration",
	"content":  "about what is shown, not who looks",
}

// openWords lists the words for parameters whose content the site chooses or the page provides: they may hold anything, so
// every rule looks at them.
var openWords = map[string]string{
	"custom_props":  "properties that the site added",
	"user_traits":   "what the site says about its user",
	"dom_content":   "text and structure of the page",
	"error_context": "what happened before an error",
}

// knownWord reports whether a vendor file may say w of a parameter: a class, or one of the words above.
func knownWord(w string) bool {
	return rule.Class(w).Listed() || neutralWords[w] != "" || openWords[w] != ""
}
