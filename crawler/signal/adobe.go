package signal

import (
	"cmp"
	"strings"
)

// AdobeConsent is what Adobe's Web SDK sends when consent is set, and what setConsent takes.
var AdobeConsent = Format{
	Kind:  "adobe",
	Title: "Adobe consent (set-consent)",
	Doc:   "https://experienceleague.adobe.com/en/docs/experience-platform/web-sdk/commands/setconsent",
	Weak:  []string{"consent"},
	Bare: func(v string) bool {
		return strings.HasPrefix(v, "{") && strings.Contains(v, `"standard"`) && strings.Contains(v, `"consent"`)
	},
	AnyName: true,
	Read:    readAdobe,
	Examples: []Example{
		{"", `{"consent":[{"standard":"Adobe","version":"2.0","value":{"collect":{"val":"n"},"metadata":{"time":"2026-11-28T10:00:00Z"}}}]}`,
			Denied, "collect denied"},
		{"consent", `[{"standard":"Adobe","version":"1.0","value":{"general":"in"}}]`, Granted, "general granted"},
		{"", `{"consent":[{"standard":"IAB TCF","version":"2.0","value":"CQuZP8AQuZP8AAKABBENBkFgAAAAAAAAAAYgAAAAAAAA.IGSQAwAMgLzAZIAA",` +
			`"gdprApplies":true}]}`, Denied, ""},
	},
}

func readAdobe(r *Record, value string) {
	v, err := parseJSON(plainJSON(value))
	if err != nil {
		r.fault(FaultSyntax, "the Adobe consent is no JSON: %v", err)
		return
	}
	list, _ := v.([]any)
	if o, ok := v.(object); ok {
		list = o.list("consent")
	}
	for _, item := range list {
		if o, ok := item.(object); ok && o.text("standard") != "" {
			r.adobeStandard(o)
		}
	}
	if len(r.Parts) == 0 {
		r.fault(FaultSyntax, "the Adobe consent names no standard")
	}
}

func (r *Record) adobeStandard(o object) {
	r.part("standard", strings.TrimSpace(o.text("standard")+" "+o.text("version")))
	if strings.Contains(strings.ToUpper(o.text("standard")), "IAB") {
		if a := answerOf(o.get("gdprApplies")); a != NotSaid {
			r.Applies = a
			r.part("the GDPR applies", a.String())
		}
		readTCF(r, o.text("value"))
		return
	}
	for _, m := range o.object("value") {
		if m.key == "metadata" {
			meta, _ := m.value.(object)
			r.at(meta.text("time"))
			continue
		}
		r.adobeValue(m.key, m.value)
	}
}

// adobeValue reads {"general":"in"}, {"collect":{"val":"y"}}, and one level more: {"marketing":{"email":{"val":"y"}}}.
func (r *Record) adobeValue(key string, v any) {
	o, nested := v.(object)
	if !nested || o.get("val") != nil {
		if s := stateOf(cmp.Or(o.text("val"), textOf(v))); s != Unknown {
			r.choose(key, s)
		}
		return
	}
	for _, m := range o {
		inner, _ := m.value.(object)
		if s := stateOf(inner.text("val")); s != Unknown {
			r.choose(key+"."+m.key, s)
		}
	}
}

// AdobeCookie is the cookie of Adobe's Web SDK.
var AdobeCookie = Format{
	Kind:  "adobe-cookie",
	Title: "Adobe consent cookie (kndctr_…_consent)",
	Doc:   "https://experienceleague.adobe.com/en/docs/core-services/interface/data-collection/cookies/web-sdk",
	Names: []string{"kndctr_*_consent"},
	Read:  readAdobeCookie,
	Examples: []Example{
		{"kndctr_ABC_AdobeOrg_consent", "general=out", Denied, "general denied"}, {"kndctr_ABC_AdobeOrg_consent", "general%3Din", Granted, ""},
	},
}

func readAdobeCookie(r *Record, value string) {
	for _, m := range pairs(plain(value), ";", "=") {
		s := stateOf(m.value)
		if s == Unknown && m.value != "pending" {
			r.fault(FaultValue, "%q is neither in nor out", m.value)
			continue
		}
		r.choose(m.key, s)
	}
	if len(r.Parts) == 0 && len(r.Faults) == 0 {
		r.fault(FaultSyntax, "the Adobe consent cookie names no purpose")
	}
}
