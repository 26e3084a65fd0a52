package signal

// Wix is the cookie of Wix: essential, functional, analytics, advertising, and what is passed to others, with 1 or 0.
var Wix = Format{
	Kind:  "wix",
	Title: "Wix record (consent-policy)",
	Doc:   "https://support.wix.com/",
	Names: []string{"consent-policy"},
	Read:  readWix,
	Examples: []Example{
		{"consent-policy", `{"ess":1,"func":0,"anl":0,"adv":0,"dt3":0,"ts":29931000}`, Denied, "ess granted; func, anl, adv, dt3 denied"},
	},
}

func readWix(r *Record, value string) {
	categories := map[string]Category{"ess": Necessary, "func": Functional, "anl": Statistics, "adv": Advertising, "dt3": Sale}
	o, ok := r.record("Wix", value)
	if !ok {
		return
	}
	for _, m := range o {
		if c, known := categories[m.key]; known {
			s := stateOf(m.value)
			r.purpose(m.key, c, s)
			r.part(string(c)+" ("+m.key+")", s.String())
		}
	}
	if len(r.Purposes) == 0 {
		r.fault(FaultSyntax, "the Wix record names no category")
		return
	}
	r.Chosen = Yes
}
