package signal

import (
	"cmp"
	"strings"
)

// Usercentrics is the storage of Usercentrics: its services with the history of what was chosen.
var Usercentrics = Format{
	Kind:  "usercentrics",
	Title: "Usercentrics record (uc_settings)",
	Doc:   "https://docs.usercentrics.com/cmp_browser_sdk/",
	Names: []string{"uc_settings"},
	Read:  readUsercentrics,
	Examples: []Example{
		{"uc_settings", `{"controllerId":"42e2","id":"rTbKQ4Qc-","language":"de","services":[{"history":[{"action":"onDenyAllBtnClick",` +
			`"language":"de","status":false,"timestamp":1795860000000,"type":"explicit"}],"id":"a","processorId":"p","status":false},` +
			`{"history":[],"id":"b","processorId":"q","status":true}],"version":"1.2.3"}`, Denied, ""},
		{"uc_settings", `{"services":[{"history":[{"action":"onAcceptAllBtnClick","status":true,"timestamp":1795860000000,"type":"explicit"}],` +
			`"id":"a","status":true}]}`, Granted, ""},
		{"uc_settings", `{"services":[{"history":[{"action":"onInitialPageLoad","status":false,"timestamp":1795860000000,"type":"implicit"}],` +
			`"id":"a","status":false}]}`, Denied, ""},
	},
}

func readUsercentrics(r *Record, value string) {
	o, ok := r.record("Usercentrics", value)
	if !ok {
		return
	}
	r.Language = o.text("language")
	last := object(nil)
	for _, item := range o.list("services") {
		s, _ := item.(object)
		r.vendor(s.text("id"), stateOf(s.get("status")))
		history := s.list("history")
		if len(history) == 0 {
			continue
		}
		if h, _ := history[len(history)-1].(object); timeOf(h.get("timestamp")).After(timeOf(last.get("timestamp"))) {
			last = h
		}
	}
	if last != nil {
		r.part("last action", last.text("action"))
		r.Chosen = answer(strings.EqualFold(last.text("type"), "explicit"))
		r.at(last.get("timestamp"))
	}
	r.vendorParts()
	r.identity("controller id", o.text("controllerId"))
	// Services that are always on are among the others, so only the action tells a refusal of everything.
	switch action := strings.ToLower(last.text("action")); {
	case strings.Contains(action, "denyall"):
		r.Says = Denied
	case strings.Contains(action, "acceptall"):
		r.Says = Granted
	default:
		r.Says = r.vendorsTogether()
	}
}

// UsercentricsData is the storage of the third version of Usercentrics.
var UsercentricsData = Format{
	Kind:  "usercentrics-data",
	Title: "Usercentrics record (ucData)",
	Doc:   "https://docs.usercentrics.com/",
	Names: []string{"ucdata"},
	Read:  readUsercentricsData,
	Examples: []Example{
		{"ucData", `{"gcm":{"adsDataRedaction":true,"adStorage":"denied","analyticsStorage":"denied"},"consent":{"status":"ALL_DENIED",` +
			`"type":"EXPLICIT","services":{"a":{"name":"Google Analytics","consent":false},"b":{"name":"Usercentrics","consent":true}}}}`, Denied,
			"adStorage, analyticsStorage denied"},
	},
}

func readUsercentricsData(r *Record, value string) {
	o, ok := r.record("Usercentrics", value)
	if !ok {
		return
	}
	r.googleNames(o.object("gcm"))
	consent := o.object("consent")
	for _, m := range consent.object("services") {
		s, _ := m.value.(object)
		r.vendor(cmp.Or(s.text("name"), m.key), stateOf(s.get("consent")))
	}
	if t := consent.text("type"); t != "" {
		r.Chosen = answer(strings.EqualFold(t, "explicit"))
		r.part("type", t)
	}
	if status := consent.text("status"); status != "" {
		r.Says = stateOf(status)
		r.part("status", status)
	}
	r.vendorParts()
	r.identity("controller id", consent.text("controllerId"))
}

// googleNames adds the signals of Google's consent mode as Usercentrics keeps them: "adStorage":"denied".
func (r *Record) googleNames(o object) {
	for _, m := range o {
		if s := stateOf(m.value); m.key != "adsDataRedaction" && s != Unknown {
			r.choose(m.key, s)
		}
	}
}

// UsercentricsGoogle is the storage with what Usercentrics told Google.
var UsercentricsGoogle = Format{
	Kind:  "usercentrics-gcm",
	Title: "Usercentrics, Google consent mode (uc_gcm)",
	Doc:   "https://docs.usercentrics.com/cmp_browser_sdk/",
	Names: []string{"uc_gcm"},
	Read:  readUsercentricsGoogle,
	Examples: []Example{
		{"uc_gcm", `{"adsDataRedaction":true,"adPersonalization":"denied","adStorage":"denied","adUserData":"denied",` +
			`"analyticsStorage":"granted"}`, Mixed, ""},
	},
}

func readUsercentricsGoogle(r *Record, value string) {
	o, ok := r.record("Usercentrics", value)
	if !ok {
		return
	}
	r.googleNames(o)
	if len(r.Purposes) == 0 {
		r.fault(FaultSyntax, "uc_gcm has no signals")
	}
}

// UsercentricsTCF is the storage with the TC string of Usercentrics.
var UsercentricsTCF = Format{
	Kind:  "usercentrics-tcf",
	Title: "Usercentrics, TC string (uc_tcf)",
	Doc:   "https://docs.usercentrics.com/cmp_browser_sdk/",
	Names: []string{"uc_tcf"},
	Read:  readUsercentricsTCF,
	Examples: []Example{
		{"uc_tcf", `{"tcString":"CQuZP8AQuZP8AAKABBENBkFgAAAAAAAAAAYgAAAAAAAA.IGSQAwAMgLzAZIAA","acString":"",` +
			`"timestamp":1795860000000}`, Denied, ""},
	},
}

func readUsercentricsTCF(r *Record, value string) {
	o, ok := r.record("Usercentrics", value)
	if !ok {
		return
	}
	r.embedded(o.text("tcString"), o.text("acString"))
	r.at(o.get("timestamp"))
}

// embedded reads the strings of the IAB and of Google inside a platform's record; empty ones are left out.
func (r *Record) embedded(tc, ac string) {
	if tc != "" {
		readTCF(r, tc)
	}
	if ac != "" {
		says := r.Says
		readAdditional(r, ac)
		if r.TCF != nil {
			r.Says = says
		}
	}
	if tc == "" && ac == "" {
		r.fault(FaultEmpty, "there is no TC string")
	}
}

// UsercentricsAnswered is the storage that says whether the dialog of Usercentrics was answered.
var UsercentricsAnswered = Format{
	Kind:     "usercentrics-answered",
	Title:    "Usercentrics, dialog answered (uc_user_interaction)",
	Doc:      "https://docs.usercentrics.com/cmp_browser_sdk/",
	Names:    []string{"uc_user_interaction"},
	Read:     readUsercentricsAnswered,
	Examples: []Example{{"uc_user_interaction", "true", Unknown, ""}, {"uc_user_interaction", "false", Unknown, ""}},
}

func readUsercentricsAnswered(r *Record, value string) {
	if on, ok := r.bit("uc_user_interaction", value); ok {
		r.Chosen = answer(on)
		r.part("the dialog was answered", yes(on))
	}
}
