package signal

import (
	"net/url"
	"strconv"
	"strings"
)

// OneTrust is the cookie of OneTrust and CookiePro.
var OneTrust = Format{
	Kind:  "onetrust",
	Title: "OneTrust record (OptanonConsent)",
	Doc:   "https://developer.onetrust.com/onetrust/docs",
	Names: []string{"optanonconsent"},
	Bare: func(v string) bool {
		return strings.Contains(v, "&groups=") && strings.Contains(v, "interactionCount=")
	},
	AnyName: true,
	Read:    readOneTrust,
	Examples: []Example{
		{"OptanonConsent", "isGpcEnabled=0&datestamp=Sat+Nov+28+2026+10%3A00%3A00+GMT%2B0100+(CET)&version=202410.1.0&browserGpcFlag=0" +
			"&isIABGlobal=false&hosts=&consentId=6f1c0f5e-1111-4222-8333-444455556666&interactionCount=1&landingPath=NotLandingPage" +
			"&groups=C0001%3A1%2CC0002%3A0%2CC0003%3A0%2CC0004%3A0&geolocation=DE%3BBE&AwaitingReconsent=false",
			Denied, "C0001 granted; C0002, C0003, C0004 denied"},
		{"OptanonConsent", "interactionCount=2&groups=C0001:1,C0002:1,C0004:0&isGpcEnabled=1", Mixed, ""},
		{"", "isGpcEnabled=0&interactionCount=0&groups=1%3A1%2C2%3A1%2C4%3A1", Granted, ""},
	},
}

// OneTrust's groups, unless a customer renamed them; the numbers are those of old installations. The last two are sale and
// sharing under the laws of the United States.
var oneTrustGroups = map[string]Category{
	"c0001": Necessary, "c0002": Statistics, "c0003": Functional, "c0004": Advertising, "c0005": Social,
	"1": Necessary, "2": Statistics, "3": Functional, "4": Advertising, "5": Social,
	"spd_bg": Sale, "sspd_bg": Sale,
}

func readOneTrust(r *Record, value string) {
	if !strings.Contains(value, "=") {
		value = plain(value) // encoded as a whole, once more
	}
	groups := false
	for pair := range strings.SplitSeq(value, "&") {
		key, raw, ok := strings.Cut(pair, "=")
		if !ok {
			continue
		}
		text, err := url.QueryUnescape(raw)
		if err != nil {
			text = raw
		}
		groups = groups || key == "groups"
		r.oneTrustField(key, text)
	}
	if !groups {
		r.fault(FaultSyntax, "the OneTrust record has no groups")
	}
	r.vendorParts()
}

func (r *Record) oneTrustField(key, text string) {
	switch key {
	case "groups":
		for _, m := range pairs(text, ",", ":") {
			s := stateOf(m.value)
			r.purpose(m.key, oneTrustGroups[strings.ToLower(m.key)], s)
			r.part("group "+m.key, s.String())
		}
	case "hosts", "genVendors":
		for _, m := range pairs(text, ",", ":") {
			r.vendor(m.key, stateOf(m.value))
		}
	case "isGpcEnabled":
		r.GPC = answerOf(text)
		r.part("Global Privacy Control", r.GPC.String())
	case "browserGpcFlag":
		r.part("the browser's Global Privacy Control", answerOf(text).String())
	case "interactionCount":
		n, err := strconv.Atoi(text)
		if err == nil {
			r.Chosen = answer(n > 0)
		}
		r.part("interactions", text)
	case "datestamp":
		r.at(text)
	case "geolocation":
		r.Country, _, _ = strings.Cut(text, ";")
		r.part("place", text)
	case "consentId":
		r.identity("consent id", text)
	case "landingPath":
		if text != "" && text != "NotLandingPage" {
			r.identity("landing page", text)
		}
	case "AwaitingReconsent":
		r.part("to be asked again", text)
	case "version":
		r.part("version", text)
	}
}

// pairs reads "a:1,b:0" in its order. What has no separator is left out.
func pairs(text, between, within string) (out []struct{ key, value string }) {
	for item := range strings.SplitSeq(text, between) {
		if k, v, ok := strings.Cut(item, within); ok && k != "" {
			out = append(out, struct{ key, value string }{strings.TrimSpace(k), strings.TrimSpace(v)})
		}
	}
	return out
}

// OneTrustClosed is the cookie that OneTrust writes when its dialog was answered or closed: a choice was made.
var OneTrustClosed = Format{
	Kind:     "onetrust-closed",
	Title:    "OneTrust, time of the choice (OptanonAlertBoxClosed)",
	Doc:      "https://developer.onetrust.com/onetrust/docs",
	Names:    []string{"optanonalertboxclosed"},
	Read:     readOneTrustClosed,
	Examples: []Example{{"OptanonAlertBoxClosed", "2026-11-28T10:00:00.000Z", Unknown, ""}},
}

func readOneTrustClosed(r *Record, value string) {
	r.at(plain(value))
	if r.Updated.IsZero() {
		r.fault(FaultValue, "OptanonAlertBoxClosed is no time")
		return
	}
	r.Chosen = Yes
}
