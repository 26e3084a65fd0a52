package signal

import (
	"strconv"
	"strings"
)

// TCData is what a page's __tcfapi('getTCData') answers, as JSON.
var TCData = Format{
	Kind:  "tcdata",
	Title: "Answer of __tcfapi",
	Doc:   "https://github.com/InteractiveAdvertisingBureau/GDPR-Transparency-and-Consent-Framework/tree/master/TCFv2",
	Names: []string{"__tcfapi"},
	Bare: func(v string) bool {
		return strings.HasPrefix(v, "{") && strings.Contains(v, `"tcString"`) && strings.Contains(v, `"cmpId"`)
	},
	AnyName: true,
	Read:    readTCData,
	Examples: []Example{
		{"", `{"tcString":"CQuZP8AQuZP8AAKABBENBkFgAAAAAAAAAAYgAAAAAAAA.IGSQAwAMgLzAZIAA","tcfPolicyVersion":5,"cmpId":10,"cmpVersion":1,` +
			`"gdprApplies":true,"eventStatus":"useractioncomplete","cmpStatus":"loaded"}`, Denied, ""},
		{"__tcfapi", `{"gdprApplies":false,"cmpId":10,"eventStatus":"tcloaded"}`, Unknown, ""},
	},
}

func readTCData(r *Record, value string) {
	o, ok := r.record("__tcfapi", value)
	if !ok {
		return
	}
	if tc := o.text("tcString"); tc != "" {
		readTCF(r, tc)
		if r.TCF != nil && r.CMP == 0 {
			r.CMP, _ = strconv.Atoi(o.text("cmpId"))
		}
	}
	if a := answerOf(o.get("gdprApplies")); a != NotSaid {
		r.Applies = a
		r.part("the GDPR applies", a.String())
	}
	status := o.text("eventStatus")
	r.partf("status", "%s", status)
	r.partf("platform status", "%s", o.text("cmpStatus"))
	switch status {
	case "useractioncomplete":
		r.Chosen = Yes
	case "cmpuishown":
		r.Chosen = No
	}
	if len(r.Parts) == 0 {
		r.fault(FaultSyntax, "the answer of __tcfapi has nothing in it")
	}
}

// GPPPing is what a page's __gpp('ping') answers, as JSON.
var GPPPing = Format{
	Kind:  "gpp-ping",
	Title: "Answer of __gpp",
	Doc:   "https://github.com/InteractiveAdvertisingBureau/Global-Privacy-Platform/blob/main/Core/CMP%20API%20Specification.md",
	Bare: func(v string) bool {
		return strings.HasPrefix(v, "{") && strings.Contains(v, `"gppString"`) && strings.Contains(v, `"cmp`)
	},
	AnyName: true,
	Read:    readGPPPing,
	Examples: []Example{
		{"", `{"gppVersion":"1.1","cmpStatus":"loaded","cmpDisplayStatus":"hidden","signalStatus":"ready","cmpId":31,` +
			`"gppString":"DBABLA~CFQVAAAAAABA.YA","applicableSections":[7]}`, Denied, ""},
	},
}

func readGPPPing(r *Record, value string) {
	o, ok := r.record("__gpp", value)
	if !ok {
		return
	}
	if s := o.text("gppString"); s != "" {
		readGPP(r, s)
	}
	r.CMP, _ = strconv.Atoi(o.text("cmpId"))
	r.partf("platform status", "%s", o.text("cmpStatus"))
	r.partf("dialog", "%s", o.text("cmpDisplayStatus"))
	r.partf("signal", "%s", o.text("signalStatus"))
	for _, id := range o.list("applicableSections") {
		n, _ := strconv.Atoi(textOf(id))
		r.partf("applies", "%d %s", n, SectionName(n))
	}
	if len(r.Parts) == 0 {
		r.fault(FaultSyntax, "the answer of __gpp has nothing in it")
	}
}

// GoogleICS is the table that Google's tags keep in a page, google_tag_data.ics.entries, as JSON: for each signal what was
// implied, declared, set by default and updated, as true for granted and false for denied.
var GoogleICS = Format{
	Kind:    "google-ics",
	Title:   "Google consent mode table (google_tag_data.ics)",
	Doc:     "https://developers.google.com/tag-platform/security/concepts/consent-mode",
	Names:   []string{"google_tag_data.ics", "google_tag_data.ics.entries"},
	Bare:    func(v string) bool { return strings.HasPrefix(v, "{") && strings.Contains(v, `_storage":{`) },
	AnyName: true,
	Read:    readICS,
	Examples: []Example{
		{"", `{"ad_storage":{"implicit":true,"default":false,"update":false},"analytics_storage":{"default":false,"update":true}}`, Mixed,
			"ad_storage denied; analytics_storage granted"},
		{"google_tag_data.ics", `{"active":true,"entries":{"ad_storage":{"default":false}}}`, Denied, ""},
		{"", `{"ad_storage":{"implicit":true}}`, Unknown, ""},
	},
}

func readICS(r *Record, value string) {
	o, ok := r.record("consent mode", value)
	if !ok {
		return
	}
	if entries := o.object("entries"); entries != nil {
		o = entries
	}
	for _, m := range o {
		e, isEntry := m.value.(object)
		if !isEntry {
			continue
		}
		p := icsPurpose(m.key, e)
		switch {
		case p.Update != Unknown:
			r.Chosen = Yes
		case p.Default != Unknown:
			r.Chosen = max(r.Chosen, No)
		}
		r.Purposes = append(r.Purposes, p)
		r.part(m.key, gcdWords(p))
	}
	if len(r.Purposes) == 0 {
		r.fault(FaultSyntax, "the consent mode table has no signal")
	}
}

func icsPurpose(name string, e object) Purpose {
	p := Purpose{ID: name, Category: categoryOf(name), Default: stateOf(e.get("default")), Update: stateOf(e.get("update"))}
	for _, s := range []State{p.Update, p.Default, stateOf(e.get("declare"))} {
		if s != Unknown {
			p.State, p.InEffect = s, s
			return p
		}
	}
	p.InEffect = Granted
	if e.get("implicit") == false {
		p.State, p.InEffect = Denied, Denied
	}
	return p
}
