package signal

import (
	"strconv"
	"strings"
	"unicode"
)

// Purpose is something that is granted or denied.
type Purpose struct {
	ID       string // by the format: "1", "ad_storage", "C0004", "marketing", "SaleOptOut"
	Category Category
	Basis    Basis
	State    State

	// Default is what was set before any choice, Update what was set since, where the format tells them apart (Google).
	Default, Update State
	// InEffect is what a vendor acts on when nothing was said: Google's tags act as if granted. Equal to State otherwise.
	InEffect State
}

// GrantedUnasked reports that the purpose was granted before anybody was asked: by default, or because nothing was said and
// the vendor acts as if granted.
func (p Purpose) GrantedUnasked() bool {
	return p.Default == Granted || p.State == Unknown && p.InEffect == Granted
}

// chosen reports whether the purpose is one that a visitor consents to or objects to: neither necessary nor on another ground.
func (p Purpose) chosen() bool {
	return p.Category != Necessary && (p.Basis == Consent || p.Basis == OptOut)
}

// Basis is the ground that a purpose rests on.
type Basis uint8

// The grounds. OptOut is that of the laws of the United States: allowed until somebody objects.
const (
	Consent Basis = iota
	LegitimateInterest
	OptOut
)

func (b Basis) String() string {
	return nameOf([]string{"consent", "legitimate interest", "opt-out"}, int(b))
}

// Category is the one vocabulary in which the purposes of all formats are compared. It is empty where a format's own words
// leave open what they mean.
type Category string

// The categories. The order of the first five is that of most dialogs.
const (
	Necessary   Category = "necessary"
	Functional  Category = "functional"  // preferences, comfort, personal content
	Statistics  Category = "statistics"  // measurement, performance, analytics
	Advertising Category = "advertising" // marketing, targeting, profiles for it
	Social      Category = "social"      // social media, content of others
	Storage     Category = "storage"     // TCF purpose 1: cookies and other identifiers on the device
	Sale        Category = "sale"        // of personal information, United States
	Sharing     Category = "sharing"     // for cross-context advertising, California
)

// categoryWords are the words by which platforms and their customers name categories, in lower case.
var categoryWords = map[string]Category{
	"necessary": Necessary, "essential": Necessary, "essentials": Necessary, "strict": Necessary, "strictly": Necessary, "required": Necessary,
	"security": Necessary, "technical": Necessary, "mandatory": Necessary, "ess": Necessary, "notwendig": Necessary,
	"functional": Functional, "functionality": Functional, "preferences": Functional, "preference": Functional, "personalization": Functional,
	"personalisation": Functional, "comfort": Functional, "convenience": Functional, "experience": Functional,
	"statistics": Statistics, "statistic": Statistics, "statistical": Statistics, "analytics": Statistics, "analytical": Statistics,
	"performance": Statistics, "measurement": Statistics, "audience": Statistics, "statistiken": Statistics,
	"marketing": Advertising, "advertising": Advertising, "advertisement": Advertising, "advertisements": Advertising, "ads": Advertising,
	"ad": Advertising, "targeting": Advertising, "targeted": Advertising, "profiling": Advertising, "retargeting": Advertising,
	"tracking": Advertising, "social": Social, "sale": Sale, "sharing": Sharing,
}

// categoryOf reads the name that a platform or its customer has for a category or service: "targeting_cookies", "adStorage". Of
// two words that tell, the one that is not necessity counts, and the first: "ad_personalization" is advertising. "C0004" and
// "non-necessary" tell nothing.
func categoryOf(name string) Category {
	out := Category("")
	for _, word := range wordsOf(name) {
		c := categoryWords[word]
		switch {
		case word == "non" || word == "not" || word == "no":
			return ""
		case c != "" && (out == "" || out == Necessary):
			out = c
		}
	}
	return out
}

// wordsOf cuts a name at what is no letter and where a capital follows a small letter; the words are in lower case.
func wordsOf(name string) []string {
	var b strings.Builder
	small := false
	for _, c := range name {
		if unicode.IsUpper(c) && small {
			b.WriteByte(' ')
		}
		small = unicode.IsLower(c)
		if !unicode.IsLetter(c) {
			c = ' '
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return strings.Fields(b.String())
}

// Summary writes the purposes in a line: "necessary granted; statistics, marketing denied", "1-11 denied".
func (r *Record) Summary() string {
	var groups []string
	for i := 0; i < len(r.Purposes); {
		first := r.Purposes[i]
		var ids []string
		for i < len(r.Purposes) && r.Purposes[i].State == first.State && r.Purposes[i].Basis == first.Basis {
			ids = append(ids, r.Purposes[i].ID)
			i++
		}
		groups = append(groups, listOf(ids)+first.word())
	}
	return strings.Join(groups, "; ")
}

// listOf writes ids with commas between them, those that are all numbers as ranges.
func listOf(ids []string) string {
	var numbers []int
	for _, id := range ids {
		if n, err := strconv.Atoi(id); err == nil {
			numbers = append(numbers, n)
		}
	}
	if s := idsOf(numbers...); len(numbers) == len(ids) && s.Len() == len(ids) {
		return s.String()
	}
	return strings.Join(ids, ", ")
}

func (p Purpose) word() string {
	s := " " + p.State.String()
	if p.Basis == LegitimateInterest {
		s += " (legitimate interest)"
	}
	return s
}

// Category is what the record says about all purposes of a category together; Unknown if it has none.
func (r *Record) Category(c Category) State {
	var of []Purpose
	for _, p := range r.Purposes {
		if p.Category == c && p.Basis != LegitimateInterest {
			p.Category = "" // what is necessary counts here
			of = append(of, p)
		}
	}
	return together(of)
}

// Purpose returns a purpose on a ground by the format's id.
func (r *Record) Purpose(id string, basis Basis) (Purpose, bool) {
	for _, p := range r.Purposes {
		if p.ID == id && p.Basis == basis {
			return p, true
		}
	}
	return Purpose{}, false
}

// Grants reports whether any purpose that a visitor can refuse is granted. NotOptedOut is no grant.
func (r *Record) Grants() bool {
	for _, p := range r.Purposes {
		if p.chosen() && p.State == Granted {
			return true
		}
	}
	return r.Says == Granted
}

// GrantedUnasked are the purposes that were granted before anybody was asked.
func (r *Record) GrantedUnasked() []Purpose {
	var out []Purpose
	for _, p := range r.Purposes {
		if p.chosen() && p.GrantedUnasked() {
			out = append(out, p)
		}
	}
	return out
}

// purpose adds a purpose whose State is in effect.
func (r *Record) purpose(id string, category Category, s State) {
	r.Purposes = append(r.Purposes, Purpose{ID: id, Category: category, State: s, InEffect: s})
}
