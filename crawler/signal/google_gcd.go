package signal

import "strings"

// GoogleDefaults is the parameter gcd: what was set by default and what since, for each of four signals.
var GoogleDefaults = Format{
	Kind:    "gcd",
	Title:   "Google consent mode (gcd)",
	Doc:     "https://developers.google.com/tag-platform/security/concepts/consent-mode",
	Names:   []string{"gcd"},
	Bare:    isGCD,
	AnyName: true,
	Claim:   true,
	Read:    readGCD,
	Examples: []Example{
		{"gcd", "13p3p3p2p5l1", Denied, "ad_storage, analytics_storage, ad_user_data, ad_personalization denied"},
		{"gcd", "13q3q3q2q5l1", Denied, ""},
		{"", "13r3r3r2r5l1", Granted, ""},
		{"", "13l3l3l3l1l1", Unknown, ""},
		{"", "13p3p3p2pdl1", Denied, ""},
		{"", "13t3t3t2t5l1", Granted, ""},
		{"", "13l3l3l2l1", Denied, "ad_storage, analytics_storage, ad_user_data unknown; ad_personalization denied"},
		{"", "13r3r3n2n5", Granted, ""},
		{"", "13r3q3r2q5l1", Mixed, "ad_storage granted; analytics_storage denied; ad_user_data granted; ad_personalization denied"},
		{"gcd", "11t1t1t1t5", Granted, ""},
	},
}

// isGCD reports the values that tags are seen to send: other letters need the parameter's name.
func isGCD(v string) bool {
	if len(v) != 10 && len(v) != 12 || v[0] != '1' {
		return false
	}
	for i := 1; i < 9; i += 2 {
		if !strings.Contains("123", v[i:i+1]) || !strings.Contains("lmnpqrtuv", v[i+1:i+2]) {
			return false
		}
	}
	return gcdDigit(v[9]) >= 0
}

// googleSignals are the signals of consent mode in the order of gcd.
var googleSignals = []string{"ad_storage", "analytics_storage", "ad_user_data", "ad_personalization"}

// gcdAlphabet has 64 digits: index is value.
const gcdAlphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"

func gcdDigit(c byte) int { return strings.IndexByte(gcdAlphabet, c) }

// Bits of the character after the signals.
const (
	gcdGPC    = 8
	gcdActive = 4
)

// The longest gcd seen has two more characters, about the container.
const maxGCD = 16

func readGCD(r *Record, value string) {
	v := plain(value)
	switch {
	case v == "":
		r.fault(FaultEmpty, "gcd is empty")
		return
	case v[0] != '1':
		r.fault(FaultVersion, "gcd begins with %q, and there is only version 1", v[:1])
		return
	case len(v) < 10:
		r.fault(FaultTruncated, "gcd has %d characters, and needs 10", len(v))
		return
	case len(v) > maxGCD:
		r.fault(FaultTrailing, "gcd has %d characters", len(v))
		return
	}
	for i := range len(v) {
		if gcdDigit(v[i]) < 0 {
			r.fault(FaultAlphabet, "character %d of gcd is none of its digits", i+1)
			return
		}
	}
	flags := gcdDigit(v[9])
	active := flags&gcdActive != 0
	chosen := NotSaid
	if active {
		chosen = No
	}
	for i, name := range googleSignals {
		p := gcdPurpose(name, gcdDigit(v[1+2*i]), gcdDigit(v[2+2*i]))
		r.Purposes = append(r.Purposes, p)
		r.part(name, gcdWords(p))
		if p.Update != Unknown {
			chosen = Yes
		}
	}
	r.Chosen, r.GPC = chosen, answer(flags&gcdGPC != 0)
	r.part("consent mode is active", yes(active))
	r.part("Global Privacy Control", r.GPC.String())
}

// gcdPurpose reads a signal. In a field of two bits 2 is denied, 3 granted, and the rest not set. What was set last counts;
// where nothing was set Google acts as if granted.
func gcdPurpose(name string, source, state int) Purpose {
	field := func(v, shift int) State {
		switch v >> shift & 3 {
		case 2:
			return Denied
		case 3:
			return Granted
		}
		return Unknown
	}
	p := Purpose{ID: name, Category: categoryOf(name), Default: field(state, 2), Update: field(state, 0)}
	for _, s := range []State{p.Update, p.Default, field(state, 4)} {
		if s != Unknown {
			p.State, p.InEffect = s, s
			return p
		}
	}
	p.InEffect = Granted
	if field(source, 0) == Denied {
		p.State, p.InEffect = Denied, Denied
	}
	return p
}

func gcdWords(p Purpose) string {
	switch {
	case p.State == Unknown:
		return "not set, which Google takes for granted"
	case p.Default == Unknown && p.Update == Unknown:
		return p.State.String() + ", implied or declared"
	case p.Default == Unknown:
		return p.Update.String() + " by an update"
	case p.Update == Unknown:
		return p.Default.String() + " by default"
	}
	return p.Default.String() + " by default, then " + p.Update.String()
}
