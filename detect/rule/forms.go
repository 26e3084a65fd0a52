package rule

import (
	"net/netip"
	"strconv"
	"strings"
)

// forms are the spellings in which a known value is looked for.
type forms struct {
	plain  []string // as text; the case of ASCII letters does not count
	exact  []string // as text, with its case
	digits []string // as digits with any separators between: phone and card numbers
	hash   []string // hashed, as they are
	weak   int      // how many of hash, from the first, are tried with 32-bit checksums too
	coord  float64  // a half of a pair of coordinates
	isLat  bool
	isLon  bool
}

// formsOf returns the forms of a value by its persona key. A key without forms of its own is text.
func formsOf(key, value string) forms {
	switch key {
	case "email":
		return emailForms(value)
	case "phone":
		return phoneForms(value)
	case "full_name":
		return nameForms(value)
	case "first_name", "last_name", "city", "region", "org_name":
		return textForms(value)
	case "street":
		return streetForms(value)
	case "dob":
		return dateForms(value)
	case "payment_card":
		d := digitsOf(value)
		return forms{digits: unique(d), hash: unique(d, value), weak: 1}
	case "iban", "postcode":
		return codeForms(value)
	case "ip":
		return ipForms(value)
	case "lat", "lon":
		f, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil {
			return textForms(value)
		}
		return forms{coord: f, isLat: key == "lat", isLon: key == "lon", hash: []string{value}}
	case "password":
		return forms{exact: []string{value}, hash: unique(value, strings.ToLower(value)), weak: 1}
	case "search_term":
		return searchForms(value)
	case "user_agent":
		return forms{exact: []string{value}, hash: []string{value}}
	case "gender":
		return sameForms(value, genderWords)
	case "country":
		return sameForms(value, countryWords)
	}
	return forms{plain: withCases(spellings(value)...), hash: unique(value, strings.ToLower(value), strings.ToUpper(value)), weak: 2}
}

// emailForms: lower case is what all matching asks for; Google and UID2 drop dots and tags of Gmail addresses, Microsoft
// of all (support.google.com/google-ads/answer/13262500, unifiedid.com/docs/getting-started/gs-normalization-encoding,
// learn.microsoft.com/advertising/guides/enhanced-conversions).
func emailForms(value string) forms {
	low := strings.ToLower(strings.TrimSpace(value))
	at := strings.LastIndexByte(low, '@')
	if at <= 0 {
		return textForms(value)
	}
	local, domain := low[:at], low[at+1:]
	base, _, tagged := strings.Cut(local, "+")
	noTag, noDots := base+"@"+domain, strings.ReplaceAll(base, ".", "")+"@"+domain
	f := forms{plain: spellings(low), weak: 2}
	f.hash = unique(low, value, noTag, noDots, strings.ReplaceAll(local, ".", "")+"@"+domain, strings.ToUpper(low))
	if tagged {
		f.plain = append(f.plain, noTag)
	}
	if domain == "gmail.com" || domain == "googlemail.com" {
		other := map[string]string{"gmail.com": "googlemail.com", "googlemail.com": "gmail.com"}[domain]
		bare := strings.ReplaceAll(base, ".", "")
		f.plain = append(f.plain, noDots, local+"@"+other, bare+"@"+other)
		f.hash = append(f.hash, local+"@"+other, bare+"@"+other)
	}
	// databases and class names that allow neither dot nor @
	f.plain = unique(append(f.plain, strings.ReplaceAll(low, ".", ","), strings.NewReplacer("@", "_", ".", "_").Replace(low),
		strings.Replace(low, "@", " at ", 1), strings.Replace(low, "@", "(at)", 1), strings.Replace(low, "@", "[at]", 1))...)
	return f
}

func textForms(value string) forms {
	value = strings.Join(strings.Fields(value), " ")
	var f forms
	for _, s := range spellings(value) {
		f.plain = append(f.plain, s)
		low := strings.ToLower(s)
		f.hash = append(f.hash, low, s, strings.ReplaceAll(low, " ", ""), lettersOf(low), strings.ToUpper(s))
		if strings.ContainsAny(s, " -'") {
			f.plain = append(f.plain, lettersOf(s), strings.ReplaceAll(s, " ", "-"), strings.ReplaceAll(s, " ", "_"), strings.ReplaceAll(s, " ", "+"))
		}
	}
	f.plain, f.hash, f.weak = withCases(unique(f.plain...)...), unique(f.hash...), 1
	return f
}

// nameForms: both orders, with and without separators, initials only where they cannot be a word.
func nameForms(value string) forms {
	parts := nameParts(value)
	if len(parts) < 2 {
		return textForms(value)
	}
	first, last := parts[0], parts[len(parts)-1]
	var f forms
	for _, p := range namePairs(first, last) {
		fn, ln := p[0], p[1]
		f.plain = append(f.plain, fn+" "+ln, ln+" "+fn, ln+", "+fn, ln+","+fn, fn+"."+ln, fn+"_"+ln, fn+"-"+ln, fn+"+"+ln, fn+ln, ln+fn,
			ln+"."+fn, ln+"_"+fn, ln+"-"+fn)
		l, g := strings.ToLower(fn), strings.ToLower(ln)
		f.hash = append(f.hash, l+" "+g, fn+" "+ln, l+g, g+" "+l, g+l, l+"."+g, l+"_"+g, g+", "+l, ln+", "+fn)
		if len(ln) >= 5 {
			initial := string([]rune(fn)[:1])
			if len(fn) >= 4 {
				f.plain = append(f.plain, fn+" "+string([]rune(ln)[:1])+".")
			}
			f.plain = append(f.plain, initial+". "+ln, initial+"."+ln, ln+", "+initial+".", ln+" "+initial+".")
		}
	}
	if len(parts) > 2 {
		t := textForms(value)
		f.plain, f.hash = append(t.plain, f.plain...), append(t.hash, f.hash...)
	}
	f.plain, f.hash, f.weak = withCases(unique(f.plain...)...), unique(f.hash...), 1
	return f
}

// nameParts splits a full name, "Last, First" too.
func nameParts(value string) []string {
	if last, first, ok := strings.Cut(value, ","); ok {
		value = strings.TrimSpace(first) + " " + strings.TrimSpace(last)
	}
	return strings.Fields(value)
}

// namePairs returns the spellings of first and last name that go together.
func namePairs(first, last string) [][2]string {
	pairs := [][2]string{{first, last}}
	for _, f := range []func(string) string{fold, foldLong} {
		if p := [2]string{f(first), f(last)}; p != pairs[0] && p != pairs[len(pairs)-1] {
			pairs = append(pairs, p)
		}
	}
	return pairs
}

// streetWords are the abbreviations that addresses are written with.
var streetWords = [][2]string{
	{"street", "st"}, {"avenue", "ave"}, {"road", "rd"}, {"boulevard", "blvd"}, {"drive", "dr"}, {"lane", "ln"}, {"court", "ct"},
	{"square", "sq"}, {"place", "pl"}, {"straße", "str"}, {"strasse", "str"}, {"apartment", "apt"}, {"suite", "ste"},
}

func streetForms(value string) forms {
	f := textForms(value)
	for _, s := range spellings(value) {
		bare := strings.Join(strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" ,.;:#/-'\n", r) }), " ")
		for _, v := range append([]string{bare}, abbreviate(s)...) {
			low := strings.ToLower(v)
			f.plain = append(f.plain, v, strings.ReplaceAll(v, " ", "_"))
			f.hash = append(f.hash, low, strings.ReplaceAll(low, " ", ""))
		}
	}
	f.plain, f.hash = withCases(unique(f.plain...)...), unique(f.hash...)
	return f
}

// abbreviate swaps street words with their abbreviations, both ways.
func abbreviate(s string) (out []string) {
	low := strings.ToLower(s)
	for _, w := range streetWords {
		if i := strings.Index(low, w[0]); i >= 0 && len(low) == len(s) {
			rest := s[i+len(w[0]):]
			out = append(out, s[:i]+s[i:i+len(w[1])]+rest, s[:i]+s[i:i+len(w[1])]+"."+rest)
		} else if i := strings.Index(low, " "+w[1]); i >= 0 && len(low) == len(s) {
			end := i + 1 + len(w[1])
			if end == len(s) || !wordByte[s[end]] {
				out = append(out, s[:i+1]+w[0]+strings.TrimPrefix(s[end:], "."))
			}
		}
	}
	return out
}

// codeForms: IBAN and post codes come with and without spaces.
func codeForms(value string) forms {
	bare := lettersOf(value)
	low := strings.ToLower(bare)
	return forms{
		plain: unique(value, bare, group(bare, 4, " "), group(bare, 4, "-"), strings.ReplaceAll(value, " ", "-")),
		hash:  unique(low, bare, value, strings.ToLower(value), strings.ToUpper(bare)), weak: 1,
	}
}

// group puts sep after every n bytes.
func group(s string, n int, sep string) string {
	var parts []string
	for len(s) > n {
		parts, s = append(parts, s[:n]), s[n:]
	}
	return strings.Join(append(parts, s), sep)
}

func ipForms(value string) forms {
	a, err := netip.ParseAddr(value)
	if err != nil {
		return forms{plain: []string{value}, hash: []string{value}}
	}
	f := forms{plain: unique(value, a.String(), a.StringExpanded()), weak: 1}
	f.hash = unique(value, a.String(), a.StringExpanded())
	if a.Is4() {
		b := a.As4()
		n := uint64(b[0])<<24 | uint64(b[1])<<16 | uint64(b[2])<<8 | uint64(b[3])
		f.plain = append(f.plain, "::ffff:"+a.String(), strings.ReplaceAll(a.String(), ".", "-"), strconv.FormatUint(n, 10))
	}
	return f
}

func searchForms(value string) forms {
	f := textForms(value)
	words := strings.Fields(value)
	if len(words) > 1 {
		f.plain = unique(append(f.plain, strings.Join(words, "+"), strings.Join(words, "%20"), strings.Join(words, ","))...)
	}
	return f
}

// withCases adds the lower and upper case of texts beyond ASCII, whose case the search does not fold.
func withCases(texts ...string) []string {
	out := texts
	for _, t := range texts {
		if !isASCII(t) {
			out = append(out, strings.ToLower(t), strings.ToUpper(t))
		}
	}
	return unique(out...)
}
