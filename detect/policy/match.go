package policy

import (
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
)

// Strings is one string or a list of them.
type Strings []string

// Match says which flows a rule speaks of. What is left out matches everything; what is there must all fit. In lists any
// entry may fit, and an entry with "!" before it must not: country: ["!EEA"] is every country outside the EEA. In
// recipient, category, class and route, "*" stands for any characters and "?" for one.
//
// A flow is seen in many places, and a condition on the route, the form, the place or the severity is held against each
// of them: a rule that allows must cover them all, for one that forbids one is enough.
type Match struct {
	Recipient Strings `yaml:"recipient,omitempty" json:"recipient,omitempty" doc:"ids of recipients, or globs"`
	Category  Strings `yaml:"category,omitempty" json:"category,omitempty" doc:"categories of recipients: analytics, ads, session-replay …"`
	Class     Strings `yaml:"class,omitempty" json:"class,omitempty" doc:"classes of data, or globs: contact.email, online.*"`
	Consent   Strings `yaml:"consent,omitempty" json:"consent,omitempty" doc:"consent states: unasked, rejected, accepted, gpc, withdrawn"`
	Route     Strings `yaml:"route,omitempty" json:"route,omitempty" doc:"kinds of pages, as URL or path, or globs: /checkout*"`
	Form      Strings `yaml:"form,omitempty" json:"form,omitempty" doc:"how it was dressed: clear (that is plain, encoded, compressed or split), hashed, masked"`
	Place     Strings `yaml:"place,omitempty" json:"place,omitempty" doc:"where it stood: url, body, header, cookie"`
	Country   Strings `yaml:"country,omitempty" json:"country,omitempty" doc:"countries of recipients, ISO 3166-1 alpha-2; EU and EEA are groups, ?? is unknown"`
	Severity  Strings `yaml:"severity,omitempty" json:"severity,omitempty" doc:"severities: info, low, medium, high, critical; or >=high, <=low"`
	// Contradiction makes a rule one about contradictions, and no flow.
	Contradiction Strings `yaml:"contradiction,omitempty" json:"contradiction,omitempty" doc:"contradictions about consent (explain contradiction:list), or globs; the rule is then about these and about no flow"`
}

func (m *Match) empty() bool {
	return len(m.Recipient)+len(m.Category)+len(m.Class)+len(m.Consent)+len(m.Route)+len(m.Form)+len(m.Place)+
		len(m.Country)+len(m.Severity)+len(m.Contradiction) == 0
}

// fits reports whether a place of a flow is spoken of. all: every form in which the datum was there must fit, not just one.
func (m *Match) fits(f *detect.Flow, p *detect.Place, all bool) bool {
	return m.fitsFlow(f) && m.fitsPlace(f, p, all)
}

// fitsFlow holds the conditions that are about the flow as a whole.
func (m *Match) fitsFlow(f *detect.Flow) bool {
	r := f.Recipient
	return len(m.Contradiction) == 0 && one(m.Recipient, glob, r.ID) &&
		one(m.Category, glob, append([]string{r.Category}, r.Also...)...) &&
		one(m.Class, glob, string(f.Class)) &&
		one(m.Consent, equal, string(f.Consent)) &&
		one(m.Country, inCountry, country(r))
}

// fitsPlace holds the conditions that differ from place to place.
func (m *Match) fitsPlace(f *detect.Flow, p *detect.Place, all bool) bool {
	return one(m.Route, routeGlob, p.Route) &&
		several(m.Form, formFits, formsOf(f, p), all) &&
		one(m.Place, equal, placeWord(p.Where)) &&
		one(m.Severity, severityFits, p.Severity.String())
}

// formsOf are the forms of the datum in a place: those that were seen, or that of the flow where no more is known.
func formsOf(f *detect.Flow, p *detect.Place) []string {
	if len(p.Forms) == 0 {
		return []string{string(f.Form)}
	}
	return words(p.Forms)
}

// formFits matches a form with its word, or with clear for all that the recipient can read.
func formFits(p, v string) bool {
	return p == v || p == string(detect.Clear) && detect.Form(v).OfFlow() == detect.Clear
}

// one reports whether any of the values fits the list: some entry without "!", if there are any, and none with.
func one(list Strings, fits func(pattern, v string) bool, values ...string) bool {
	positive, hit := false, false
	for _, p := range list {
		not := strings.HasPrefix(p, "!")
		positive = positive || !not
		if slices.ContainsFunc(values, func(v string) bool { return fits(strings.TrimPrefix(p, "!"), v) }) {
			if not {
				return false
			}
			hit = true
		}
	}
	return hit || !positive
}

// several reports whether all values fit the list, or one of them does.
func several(list Strings, match func(pattern, v string) bool, values []string, all bool) bool {
	if len(list) == 0 {
		return true
	}
	fits := func(v string) bool { return one(list, match, v) }
	if all {
		return !slices.ContainsFunc(values, func(v string) bool { return !fits(v) })
	}
	return slices.ContainsFunc(values, fits)
}

func equal(p, v string) bool { return p == v }

// placeWord is a part of a request in the words of the policy.
func placeWord(w decode.Where) string {
	switch w {
	case decode.Query, decode.Path:
		return inURL
	case decode.Frame:
		return "body"
	}
	return string(w)
}

// inURL is the word of the policy for what stands in an address.
const inURL = "url"

func words[T ~string](ts []T) []string {
	out := make([]string, len(ts))
	for i, t := range ts {
		out[i] = string(t)
	}
	return out
}

func country(r recipient.Recipient) string {
	if r.Country == "" {
		return "??"
	}
	return r.Country
}

// The European Union's members, and the European Economic Area's beside them (EEA Agreement, Art. 126).
var (
	eu  = strings.Fields("AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE")
	eea = strings.Fields("IS LI NO")
)

func inCountry(p, v string) bool {
	switch strings.ToUpper(p) {
	case "EU":
		return slices.Contains(eu, v)
	case "EEA":
		return slices.Contains(eu, v) || slices.Contains(eea, v)
	}
	return strings.EqualFold(p, v)
}

// severityFits compares a severity with "high", ">=high" or "<=low".
func severityFits(p, v string) bool {
	have, _ := rule.ParseSeverity(v)
	switch {
	case strings.HasPrefix(p, ">="):
		want, err := rule.ParseSeverity(strings.TrimSpace(p[2:]))
		return err == nil && have >= want
	case strings.HasPrefix(p, "<="):
		want, err := rule.ParseSeverity(strings.TrimSpace(p[2:]))
		return err == nil && have <= want
	}
	return p == v
}

// routeGlob matches a route by its whole URL, or by its path if the pattern starts with a slash. Whoever writes the address
// of a page means it with every query: "/checkout" is "/checkout?step", too.
func routeGlob(p, route string) bool {
	if strings.HasPrefix(p, "/") {
		if _, rest, ok := strings.Cut(route, "://"); ok {
			i := strings.IndexByte(rest, '/')
			if i < 0 {
				rest, i = "/", 0
			}
			route = rest[i:]
		}
	}
	bare, _, _ := strings.Cut(route, "?")
	return glob(p, route) || glob(p, bare)
}

// glob matches "*" (any characters, none too) and "?" (one); all else stands for itself, braces of routes too.
func glob(p, s string) bool {
	star, back := -1, 0
	i, j := 0, 0
	for j < len(s) {
		switch {
		case i < len(p) && p[i] == '*':
			star, back = i, j
			i++
		case i < len(p) && (p[i] == '?' || p[i] == s[j]):
			i++
			j++
		case star >= 0:
			back++
			i, j = star+1, back
		default:
			return false
		}
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}

// narrowness tells, for each way in which a rule can be narrow, how narrow it is: more is narrower, 0 is not at all.
func (m *Match) narrowness() [9]int {
	who := narrowGlob(m.Recipient)
	switch {
	case who > 0:
		who += 1000
	case len(m.Category) > 0:
		who = narrowGlob(m.Category)
	}
	return [...]int{who, narrowGlob(m.Class), narrowGlob(m.Route), narrowList(m.Consent), narrowList(m.Form),
		narrowList(m.Place), narrowList(m.Country), narrowList(m.Severity), narrowGlob(m.Contradiction)}
}

// narrowGlob: an exact name is narrower than a glob, a glob with more letters than one with fewer, and a single entry
// narrower than a list. A list is as narrow as its widest entry.
func narrowGlob(list Strings) int {
	if len(list) == 0 {
		return 0
	}
	least := 900
	for _, p := range list {
		n := 800
		switch {
		case strings.HasPrefix(p, "!"):
			n = 1
		case strings.ContainsAny(p, "*?"):
			n = 2 + min(len(strings.NewReplacer("*", "", "?", "").Replace(p)), 500)
		}
		least = min(least, n)
	}
	return max(1, least-min(len(list)-1, 90))
}

// narrowList: the shorter the list, the narrower; all but some is wider than some.
func narrowList(list Strings) int {
	if len(list) == 0 {
		return 0
	}
	if slices.ContainsFunc(list, func(p string) bool {
		return strings.HasPrefix(p, "!") || strings.HasPrefix(p, ">=") || strings.HasPrefix(p, "<=")
	}) {
		return 1
	}
	return max(2, 100-len(list))
}

// narrower reports whether a is narrower than b in at least one way and wider in none.
func narrower(a, b [9]int) bool {
	more := false
	for i := range a {
		if a[i] < b[i] {
			return false
		}
		more = more || a[i] > b[i]
	}
	return more
}

// visitStates are the states that a site can be visited in, consentStates those that a rule can speak of.
var (
	visitStates   = []string{string(crawler.Unasked), string(crawler.Rejected), string(crawler.Accepted), string(crawler.GPC), string(crawler.Withdrawn)}
	consentStates = append(slices.Clone(visitStates), string(crawler.Unknown))
)
