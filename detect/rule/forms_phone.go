package rule

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// phoneForms: E.164 with and without +, 00 prefix, national with and without 0. Separators do not matter for the plain
// forms; the hashed ones also come as they were typed and in the two formats of libphonenumber.
func phoneForms(value string) forms {
	typed := digitsOf(value)
	f := forms{digits: []string{typed}, hash: []string{typed, value}, weak: 2}
	num, ok := parsePhone(value)
	if !ok {
		f.hash = unique(append(f.hash, strings.TrimLeft(typed, "0"))...)
		return f
	}
	e164 := phonenumbers.Format(num, phonenumbers.E164)
	intl := digitsOf(e164)
	significant := phonenumbers.GetNationalSignificantNumber(num)
	region := phonenumbers.GetRegionCodeForNumber(num)
	trunk := phonenumbers.GetNddPrefixForRegion(region, true)
	national := trunk + significant
	if trunk == "1" {
		national = significant
	}
	f.digits = unique(intl, "00"+intl, national, "0"+significant, typed)
	if len(significant) >= 9 {
		f.digits = unique(append(f.digits, significant)...)
	}
	f.hash = unique(e164, intl, national, significant, "0"+significant, "00"+intl, value, typed,
		phonenumbers.Format(num, phonenumbers.INTERNATIONAL), phonenumbers.Format(num, phonenumbers.NATIONAL), "011"+intl)
	return f
}

// parsePhone reads a number that says its country by itself, or a North American one of ten digits.
func parsePhone(s string) (*phonenumbers.PhoneNumber, bool) {
	s = strings.TrimSpace(s)
	d := digitsOf(s)
	try := []string{s}
	switch {
	case strings.HasPrefix(s, "+"):
	case strings.HasPrefix(d, "00"):
		try = []string{"+" + d[2:]}
	case len(d) == 10 && d[0] >= '2':
		try = []string{"+1" + d, "+" + d}
	case len(d) > 10 && d[0] != '0':
		try = []string{"+" + d}
	default:
		return nil, false
	}
	for _, t := range try {
		if n, err := phonenumbers.Parse(t, "ZZ"); err == nil && phonenumbers.IsPossibleNumber(n) {
			return n, true
		}
	}
	return nil, false
}
