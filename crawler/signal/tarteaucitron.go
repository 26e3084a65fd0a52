package signal

import "strings"

// Tarteaucitron is the cookie of tarteaucitron: a service each with true, false, or wait for no choice yet.
var Tarteaucitron = Format{
	Kind:  "tarteaucitron",
	Title: "tarteaucitron record",
	Doc:   "https://tarteaucitron.io/en/install/",
	Names: []string{"tarteaucitron"},
	Bare:  func(v string) bool { return strings.HasPrefix(v, "!") && strings.Contains(v, "=") },
	Read:  readTarteaucitron,
	Examples: []Example{
		{"tarteaucitron", "!gtag=false!youtube=false", Denied, ""},
		{"tarteaucitron", "!gtag=true!youtube=wait", Granted, "gtag granted; youtube unknown"},
	},
}

func readTarteaucitron(r *Record, value string) {
	for _, m := range pairs(strings.TrimPrefix(plain(value), "!"), "!", "=") {
		s := stateOf(m.value)
		if s == Unknown && m.value != "wait" {
			r.fault(FaultValue, "%q is none of true, false and wait", m.value)
			return
		}
		r.Chosen = max(r.Chosen, answer(s != Unknown))
		r.choose(m.key, s)
	}
	if len(r.Purposes) == 0 {
		r.fault(FaultSyntax, "the tarteaucitron record names no service")
	}
}
