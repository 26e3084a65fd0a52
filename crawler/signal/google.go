package signal

import "strings"

// GoogleState is the parameter gcs: the state of two signals when the request was sent.
var GoogleState = Format{
	Kind:  "gcs",
	Title: "Google consent mode (gcs)",
	Doc:   "https://developers.google.com/tag-platform/security/concepts/consent-mode",
	Names: []string{"gcs"},
	Bare:  func(v string) bool { return len(v) == 4 && v[:2] == "G1" && strings.Trim(v[2:], "01-") == "" },
	Claim: true,
	Read:  readGCS,
	Examples: []Example{
		{"gcs", "G111", Granted, "ad_storage, analytics_storage granted"},
		{"gcs", "G100", Denied, ""},
		{"", "G101", Mixed, "ad_storage denied; analytics_storage granted"},
		{"", "G1--", Unknown, ""},
	},
}

func readGCS(r *Record, value string) {
	v := plain(value)
	switch {
	case v == "":
		r.fault(FaultEmpty, "gcs is empty")
		return
	case !strings.HasPrefix(v, "G1"):
		r.fault(FaultVersion, "gcs does not begin with G1")
		return
	case len(v) < 4:
		r.fault(FaultTruncated, "gcs has %d characters instead of 4", len(v))
		return
	case len(v) > 4:
		r.fault(FaultTrailing, "gcs has %d characters instead of 4", len(v))
		return
	}
	for i, name := range googleSignals[:2] {
		p := Purpose{ID: name, Category: categoryOf(name)}
		switch v[2+i] {
		case '1':
			p.State, p.InEffect = Granted, Granted
		case '0':
			p.State, p.InEffect = Denied, Denied
		case '-':
			p.InEffect = Granted
		default:
			r.fault(FaultAlphabet, "character %d of gcs is none of 0, 1 and -", 3+i)
			return
		}
		r.Purposes = append(r.Purposes, p)
		r.part(name, p.State.String())
	}
}

// GoogleNPA is the parameter npa: no personalised advertisements.
var GoogleNPA = Format{
	Kind:     "npa",
	Title:    "Google, no personalised ads (npa)",
	Doc:      "https://developers.google.com/tag-platform/security/guides/privacy",
	Weak:     []string{"npa"},
	Claim:    true,
	Read:     readNPA,
	Examples: []Example{{"npa", "1", Denied, "ad_personalization denied"}, {"npa", "0", NotOptedOut, ""}},
}

func readNPA(r *Record, value string) {
	r.optOut("npa", value, "no personalised ads", Purpose{ID: "ad_personalization", Category: Advertising})
}

// optOut reads a parameter that is 1 where the visitor has opted out of a purpose.
func (r *Record) optOut(name, value, part string, p Purpose) {
	on, ok := r.bit(name, value)
	if !ok {
		return
	}
	p.Basis, p.State = OptOut, NotOptedOut
	if on {
		p.State = Denied
	}
	p.InEffect = p.State
	r.Purposes = append(r.Purposes, p)
	r.part(part, yes(on))
}

// GoogleRDP is the parameter rdp: restricted data processing, of the laws of the United States.
var GoogleRDP = Format{
	Kind:     "rdp",
	Title:    "Google, restricted data processing (rdp)",
	Doc:      "https://support.google.com/google-ads/answer/9614122",
	Weak:     []string{"rdp"},
	Claim:    true,
	Read:     readRDP,
	Examples: []Example{{"rdp", "1", Denied, "sale denied"}, {"rdp", "0", NotOptedOut, ""}},
}

func readRDP(r *Record, value string) {
	r.optOut("rdp", value, "restricted data processing", Purpose{ID: "sale", Category: Sale})
}

// GoogleDMA is the parameter dma: the visitor counts as in the region of the Digital Markets Act.
var GoogleDMA = Format{
	Kind:     "dma",
	Title:    "Google, Digital Markets Act applies (dma)",
	Doc:      "https://developers.google.com/tag-platform/security/guides/consent",
	Weak:     []string{"dma"},
	Claim:    true,
	Read:     readDMA,
	Examples: []Example{{"dma", "1", Unknown, ""}, {"dma", "0", Unknown, ""}},
}

func readDMA(r *Record, value string) {
	if on, ok := r.bit("dma", value); ok {
		r.Applies = answer(on)
		r.part("the Digital Markets Act applies", yes(on))
	}
}

// GoogleServices is the parameter dma_cps: the core services of Google's with which data is linked. It is seen beside
// refusals too, so it says nothing about consent.
var GoogleServices = Format{
	Kind:  "dma_cps",
	Title: "Google, services that data is linked with (dma_cps)",
	Doc:   "https://developers.google.com/tag-platform/security/guides/consent",
	Names: []string{"dma_cps"},
	Claim: true,
	Read:  readServices,
	Examples: []Example{
		{"dma_cps", "syphamo", Unknown, ""}, {"dma_cps", "a", Unknown, ""}, {"dma_cps", "-", Unknown, ""},
	},
}

var coreServices = map[rune]string{
	's': "search", 'y': "YouTube", 'p': "Play", 'h': "shopping", 'a': "ads", 'm': "maps", 'o': "other",
}

func readServices(r *Record, value string) {
	v := plain(value)
	var names []string
	for _, c := range strings.Trim(v, "-") {
		name, ok := coreServices[c]
		if !ok {
			r.fault(FaultAlphabet, "dma_cps has the letter %q, which is not known", c)
			return
		}
		names = append(names, name)
	}
	switch {
	case v == "":
		r.fault(FaultEmpty, "dma_cps is empty")
	case len(names) == 0:
		r.part("services linked", "none")
	default:
		r.part("services linked", strings.Join(names, ", "))
	}
}

// GoogleUpdate is the parameter gcu: consent was updated just before.
var GoogleUpdate = Format{
	Kind:     "gcu",
	Title:    "Google, consent just updated (gcu)",
	Doc:      "https://developers.google.com/tag-platform/security/concepts/consent-mode",
	Weak:     []string{"gcu"},
	Claim:    true,
	Read:     readUpdate,
	Examples: []Example{{"gcu", "1", Unknown, ""}},
}

func readUpdate(r *Record, value string) {
	if on, ok := r.bit("gcu", value); ok {
		if on {
			r.Chosen = Yes
		}
		r.part("consent was just updated", yes(on))
	}
}

// GoogleTCF is the parameter tcfd: a digest of the TC string that a tag read.
var GoogleTCF = Format{
	Kind:     "tcfd",
	Title:    "Google, digest of the TC string (tcfd)",
	Doc:      "https://developers.google.com/tag-platform/security/guides/implement-TCF-strings",
	Names:    []string{"tcfd"},
	Claim:    true,
	Read:     readTCFD,
	Examples: []Example{{"tcfd", "100a54", Unknown, ""}},
}

// Flags of tcfd, by their bits.
var tcfdFlags = []string{
	"the Digital Markets Act applies", "the GDPR applies", "TCF support is on", "advertiser consent mode", "waited too long",
}

func readTCFD(r *Record, value string) {
	v := plain(value)
	switch {
	case v == "":
		r.fault(FaultEmpty, "tcfd is empty")
		return
	case v[0] != '1':
		r.fault(FaultVersion, "tcfd begins with %q, and there is only version 1", v[:1])
		return
	case len(v) < 5:
		r.fault(FaultTruncated, "tcfd has %d characters, and needs 5", len(v))
		return
	case len(v) > 8:
		r.fault(FaultTrailing, "tcfd has %d characters", len(v))
		return
	}
	var digits []int
	for i := range len(v) {
		d := gcdDigit(v[i])
		if d < 0 {
			r.fault(FaultAlphabet, "character %d of tcfd is none of its digits", i+1)
			return
		}
		digits = append(digits, d)
	}
	r.CMP = digits[1]<<6 | digits[2]
	r.partf("platform (CMP)", "%d", r.CMP)
	r.partf("policy", "%d", digits[3])
	for i, name := range tcfdFlags {
		r.part(name, yes(digits[4]>>i&1 == 1))
	}
	r.Applies = answer(digits[4]&2 != 0)
}

// bit reads a parameter that is 0 or 1.
func (r *Record) bit(name, value string) (on, ok bool) {
	switch v := plain(value); v {
	case "1", "true":
		return true, true
	case "0", "false":
		return false, true
	case "":
		r.fault(FaultEmpty, "%s is empty", name)
	default:
		r.fault(FaultValue, "%s is neither 0 nor 1", name)
	}
	return false, false
}
