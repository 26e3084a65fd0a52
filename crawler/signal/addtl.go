package signal

import (
	"strconv"
	"strings"
)

// AdditionalConsent is Google's string about vendors that are not in the IAB's list.
var AdditionalConsent = Format{
	Kind:  "addtl_consent",
	Title: "Google Additional Consent string",
	Doc:   "https://support.google.com/admanager/answer/9681920",
	Names: []string{"addtl_consent", "addtlconsent", "iabtcf_addtlconsent", "acstring", "ac_string", "fc_acstring"},
	Bare: func(v string) bool {
		return len(v) > 2 && (v[:2] == "1~" || v[:2] == "2~") && strings.Trim(v[2:], "0123456789.~dv") == ""
	},
	Claim: true,
	Read:  readAdditional,
	Examples: []Example{
		{"addtl_consent", "1~7.12.35.62", Granted, ""},
		{"addtl_consent", "1~43.3.9.6.9.13.6.4.15", Granted, ""},
		{"addtl_consent", "1~", Denied, ""},
		{"", "2~7.12~dv.35.62", Mixed, ""},
		{"", "2~~dv.35.62", Denied, ""},
	},
}

// Providers are vendors by the ids of Google's list of ad technology providers, which are not those of the IAB's list.
type Providers struct {
	Version   int
	Consented IDs
	Disclosed *IDs // shown, and not consented to; nil in version 1, which does not tell
}

// Provider tells whether a provider of Google's list has consent. Unknown if the record has no such string, or if the string
// does not name the provider.
func (r *Record) Provider(id int) State {
	switch p := r.Providers; {
	case p == nil:
		return Unknown
	case p.Consented.Has(id):
		return Granted
	case p.Disclosed == nil || p.Disclosed.Has(id):
		return Denied
	}
	return Unknown
}

func readAdditional(r *Record, value string) {
	parts := strings.Split(plain(value), "~")
	version, err := strconv.Atoi(parts[0])
	switch {
	case parts[0] == "":
		r.fault(FaultEmpty, "the Additional Consent string has no version")
		return
	case err != nil || version < 1 || version > 2:
		r.fault(FaultVersion, "the Additional Consent string is of version %q, and there are 1 and 2", parts[0])
		return
	case len(parts) < 1+version:
		r.fault(FaultTruncated, "the Additional Consent string lacks its list of providers")
		return
	case len(parts) > 1+version:
		r.fault(FaultTrailing, "the Additional Consent string goes on after its last list")
		return
	}
	p := &Providers{Version: version, Consented: r.providers(parts[1])}
	if version == 2 {
		dv, ok := strings.CutPrefix(parts[2], "dv.")
		if !ok && parts[2] != "dv" {
			r.fault(FaultSyntax, "the list of disclosed providers does not begin with dv")
			return
		}
		disclosed := r.providers(dv)
		if !ok {
			disclosed = IDs{}
		}
		p.Disclosed = &disclosed
	}
	if r.Err() != nil {
		return
	}
	r.Providers = p
	r.partf("version", "%d", version)
	r.part("providers with consent", p.Consented.String())
	if p.Disclosed != nil {
		r.part("providers disclosed without consent", p.Disclosed.String())
	}
	switch {
	case p.Consented.Len() == 0:
		r.Says = Denied
	case p.Disclosed != nil && p.Disclosed.Len() > 0:
		r.Says = Mixed
	default:
		r.Says = Granted
	}
}

// providers reads ids with dots between them. Those of Google's list are below a hundred thousand. Some platforms write how far
// each is from the one before instead: then a number comes twice, as no id does.
func (r *Record) providers(text string) IDs {
	var ids []int
	if text == "" {
		return IDs{}
	}
	for item := range strings.SplitSeq(text, ".") {
		id, err := strconv.Atoi(item)
		if err != nil || id < 1 || id > 99_999 {
			r.fault(FaultValue, "%q is no id of a provider", item)
			return IDs{}
		}
		ids = append(ids, id)
	}
	if s := idsOf(ids...); s.Len() == len(ids) {
		return s
	}
	for i := 1; i < len(ids); i++ {
		if ids[i] += ids[i-1]; ids[i] > 99_999 {
			r.fault(FaultValue, "the list of providers has an id twice")
			return IDs{}
		}
	}
	return idsOf(ids...)
}
