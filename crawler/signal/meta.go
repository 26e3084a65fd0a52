package signal

import (
	"strconv"
	"strings"
)

// MetaOptions is the parameter dpo of Meta's pixel: limited data use, for visitors of some states of the United States. Empty
// says that it is off. It is no refusal under European law.
var MetaOptions = Format{
	Kind:  "dpo",
	Title: "Meta data processing options (dpo)",
	Doc:   "https://developers.facebook.com/docs/marketing-apis/data-processing-options",
	Weak:  []string{"dpo", "data_processing_options"},
	Claim: true,
	Read:  readDPO,
	Examples: []Example{
		{"dpo", "LDU", Denied, "sale denied"}, {"dpo", "", NotOptedOut, ""}, {"data_processing_options", `["LDU"]`, Denied, ""},
		{"data_processing_options", "[]", NotOptedOut, ""},
	},
}

func readDPO(r *Record, value string) {
	var s State
	switch strings.Trim(plain(value), `[]" `) {
	case "LDU":
		s = Denied
	case "":
		s = NotOptedOut
	default:
		r.fault(FaultValue, "dpo is neither LDU nor empty")
		return
	}
	r.Purposes = append(r.Purposes, Purpose{ID: "sale", Category: Sale, Basis: OptOut, State: s, InEffect: s})
	r.part("limited data use", yes(s == Denied))
}

// MetaCountry is the parameter dpoco: the country of a visitor with limited data use.
var MetaCountry = Format{
	Kind:     "dpoco",
	Title:    "Meta data processing country (dpoco)",
	Doc:      "https://developers.facebook.com/docs/marketing-apis/data-processing-options",
	Weak:     []string{"dpoco", "data_processing_options_country"},
	Claim:    true,
	Read:     readCountry,
	Examples: []Example{{"dpoco", "1", Unknown, ""}, {"dpoco", "0", Unknown, ""}},
}

func readCountry(r *Record, value string) {
	r.place("dpoco", value, map[int]string{0: "Meta decides", 1: "United States"})
}

// MetaState is the parameter dpost: the state of a visitor with limited data use.
var MetaState = Format{
	Kind:     "dpost",
	Title:    "Meta data processing state (dpost)",
	Doc:      "https://developers.facebook.com/docs/marketing-apis/data-processing-options",
	Weak:     []string{"dpost", "data_processing_options_state"},
	Claim:    true,
	Read:     readState,
	Examples: []Example{{"dpost", "1000", Unknown, ""}, {"dpost", "0", Unknown, ""}},
}

func readState(r *Record, value string) {
	// Meta numbers the states from 1000: California, Colorado, Connecticut, and on.
	r.place("dpost", value, map[int]string{0: "Meta decides", 1000: "California", 1001: "Colorado", 1002: "Connecticut"})
}

func (r *Record) place(name, value string, names map[int]string) {
	v := plain(value)
	n, err := strconv.Atoi(v)
	switch {
	case v == "":
		r.fault(FaultEmpty, "%s is empty", name)
	case err != nil || n < 0 || n > 1 && n < 1000 || n > 1100:
		r.fault(FaultValue, "%s is no number of a place", name)
	case names[n] == "":
		r.partf("place", "%d", n)
	default:
		r.part("place", names[n])
	}
}
