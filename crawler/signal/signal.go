// Package signal decodes what sites record and what requests claim about consent: the strings of the IAB frameworks (TCF, GPP,
// US Privacy), the parameters of Google, Microsoft, Meta and Adobe, and the cookies and storage of consent platforms. A Record
// tells in one vocabulary what any of them says: which purposes are granted, which vendors, on what ground, when, and whether
// the string is well-formed. It is a leaf: it imports nothing of ours, states facts and judges nothing. What was pressed, who
// received a claim, and whether the two fit together is for others.
//
//	r, ok := signal.Recognise("gdpr_consent", "CQuZP8AQuZP8AAKABBENBkFgAAAAAAAAAAYgAAAAAAAA.IGSQAwAMgLzAZIAA.YAAAAAAAAAAA")
//	r.Says                // denied
//	r.Consented(755, 1)   // denied
//	r.Disclosed(755)      // yes
//
// A string that is malformed is an error that says what is wrong with it, never a panic, and the Record holds what could be
// read all the same. Decoding is linear in the length of the string in time and memory: ids are held as ranges.
package signal

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

//go:generate go run github.com/tagscan/tagscan/cmd/internal/listvars -type Format -var Formats -pointers

// Kind names a way of writing consent down: "tcf", "gcd", "onetrust". Formats has them all.
type Kind string

// Format is one kind: where it stands, and how it is read. One file each; the list of all is generated.
type Format struct {
	Kind  Kind
	Title string // for a person: "IAB TCF string"
	Doc   string // the specification or the vendor's page

	// Names are the parameters, cookies, headers and storage keys that hold it, in lower case; a * stands for any characters.
	Names []string
	// Weak are names that many things have: they tell only together with a value that is well-formed.
	Weak []string
	// Bare reports whether a value has the format's shape, so that it is recognised without a name; nil if its values have none.
	Bare func(value string) bool
	// AnyName says that the shape can be nothing else, also under a name that means something else. "G100" may be an article.
	AnyName bool

	// Claim says that it is what requests tell vendors, and made of numbers and fixed words alone: it cannot hold anything of a
	// person's. The others are records of platforms, whose names are the site's own and which may have an id.
	Claim bool

	Read     func(r *Record, value string)
	Examples []Example // at least one; they are tests, and seeds of the fuzzer
}

// Example is a value, and what it says.
type Example struct {
	Name  string // parameter or cookie; empty: the value is recognised by itself
	Value string
	Says  State
	Whole string // the record's purposes as Record.Summary writes them; empty: not looked at
}

// Record is what a string says about consent. The zero value says nothing.
type Record struct {
	Kind  Kind
	Name  string // parameter, cookie or key that it stood in; empty if it was decoded alone
	Value string // as it was given

	// Says is the whole in a word: what the purposes that a visitor can choose say together. Legitimate interests and what is
	// strictly necessary do not count. A record with one purpose granted and the others denied is Mixed, and so may be one of
	// a visitor who accepted everything, if the dialog does not ask for all that the format has: Grants tells the two apart
	// from a refusal.
	Says State
	// Parts are the fields in the order of the format, for a person.
	Parts []Part
	// Purposes are what can be granted, in the order of the format and by its own ids.
	Purposes []Purpose
	// Vendors are those that the format names itself; ids of the IAB's and of Google's list are in TCF and Providers.
	Vendors []Vendor

	Created, Updated time.Time // zero if the format does not tell
	Language         string    // as the format writes it: "EN"
	Country          string    // of the publisher or the visitor, as the format writes it
	CMP              int       // id of the consent platform in the IAB's list; 0 if not told

	Chosen  Answer // the visitor chose: not a default, not assumed
	GPC     Answer // Global Privacy Control was on when it was written
	Applies Answer // the law that the string is about is said to apply

	TCF       *TCF      // of a TC string, also of one inside a GPP string or a platform's record
	Sections  []Section // of a GPP string
	Providers *Providers

	Faults []Fault // what is wrong with the string, in the order it was found
}

// Part is a field for display.
type Part struct {
	Name  string
	Value string
	// Identifies marks what tells visitors apart: the consent id of a platform's cookie. All other parts identify nobody.
	Identifies bool
}

// Vendor is a vendor by the format's own id.
type Vendor struct {
	ID    string
	State State
}

// Decode reads a value that is known to be of a kind. The error says what is malformed; the record is what could be read.
func Decode(kind Kind, value string) (Record, error) {
	f := formatOf(kind)
	if f == nil {
		return Record{}, fmt.Errorf("consent: unknown kind %q", kind)
	}
	r := f.decode("", value)
	return r, r.Err()
}

// Recognise reads a value by the name of the parameter, cookie, header or storage key that holds it, and failing that by the
// value alone, with or without percent-encoding. It is false for what is no consent string. A record under a name that means
// consent and nothing else is returned even if it is malformed: see Record.Err.
func Recognise(name, value string) (Record, bool) {
	var broken *Record
	for _, c := range called(strings.ToLower(strings.TrimSpace(name))) {
		r := c.format.decode(name, value)
		if r.Err() == nil {
			return r, true
		}
		if !c.weak && broken == nil {
			broken = &r
		}
	}
	if r, ok := bare(name, value); ok {
		return r, true
	}
	if broken != nil {
		return *broken, true
	}
	return Record{}, false
}

// RecogniseText reads a text from a person: a consent string alone, or name=value as it stands in a URL or a cookie header.
func RecogniseText(text string) (Record, bool) {
	text = strings.TrimSpace(text)
	name, value, isNamed := strings.Cut(text, "=")
	if isNamed && len(called(strings.ToLower(strings.TrimSpace(name)))) > 0 {
		if r, ok := ofPair(name, value); ok && r.Err() == nil {
			return r, true
		}
	}
	if r, ok := bare("", text); ok {
		return r, true
	}
	if !isNamed {
		return Record{}, false
	}
	return ofPair(name, value)
}

// ofPair reads a value under its name. Other parameters may follow in a URL: no claim has an ampersand, and records of platforms may.
func ofPair(name, value string) (Record, bool) {
	r, ok := Recognise(name, value)
	first, _, more := strings.Cut(value, "&")
	if more && (!ok || r.Err() != nil && formatOf(r.Kind).Claim) {
		return Recognise(name, first)
	}
	return r, ok
}

// bare reads a value that tells what it is by itself; under a name, only what can be nothing else.
func bare(name, value string) (Record, bool) {
	v := plain(value)
	for _, f := range Formats {
		if !f.isBare(v) || name != "" && !f.AnyName {
			continue
		}
		if r := f.decode(name, value); r.Err() == nil {
			return r, true
		}
	}
	return Record{}, false
}

func formatOf(kind Kind) *Format {
	for _, f := range Formats {
		if f.Kind == kind {
			return f
		}
	}
	return nil
}

// candidate is a format that a name may stand for.
type candidate struct {
	format *Format
	weak   bool
}

// pattern is a name with a *.
type pattern struct {
	before, after string
	candidate
}

// names and patterns are the formats by what holds them.
var names, patterns = func() (map[string][]candidate, []pattern) {
	exact, stars := map[string][]candidate{}, []pattern(nil)
	for _, f := range Formats {
		for i, n := range append(f.Names[:len(f.Names):len(f.Names)], f.Weak...) {
			c := candidate{f, i >= len(f.Names)}
			if before, after, star := strings.Cut(n, "*"); star {
				stars = append(stars, pattern{before, after, c})
			} else {
				exact[n] = append(exact[n], c)
			}
		}
	}
	return exact, stars
}()

// called are the formats that a name in lower case may stand for.
func called(name string) []candidate {
	out := names[name]
	for _, p := range patterns {
		if len(name) >= len(p.before)+len(p.after) && strings.HasPrefix(name, p.before) && strings.HasSuffix(name, p.after) {
			out = append(out[:len(out):len(out)], p.candidate)
		}
	}
	return out
}

func (f *Format) decode(name, value string) Record {
	r := Record{Kind: f.Kind, Name: name, Value: value}
	f.Read(&r, value)
	if r.Says == Unknown {
		r.Says = together(r.Purposes)
	}
	return r
}

// isBare reports whether a value has the shape of this format.
func (f *Format) isBare(value string) bool { return f.Bare != nil && f.Bare(value) }

// plain undoes percent-encoding, twice at most, as cookies are often encoded before they are put into a URL, and quotes.
func plain(value string) string {
	v := strings.TrimSpace(value)
	for range 2 {
		if !strings.Contains(v, "%") {
			break
		}
		u, err := url.PathUnescape(v)
		if err != nil {
			break
		}
		v = u
	}
	if len(v) >= 2 && v[0] == '"' && v[len(v)-1] == '"' {
		v = v[1 : len(v)-1]
	}
	return v
}

// Title names the kind for a person.
func (r *Record) Title() string {
	if f := formatOf(r.Kind); f != nil {
		return f.Title
	}
	return string(r.Kind)
}

// Claim reports whether the record is well-formed and what requests tell vendors; see Format.Claim. Its value identifies nobody.
func (r *Record) Claim() bool {
	f := formatOf(r.Kind)
	return f != nil && f.Claim && r.Err() == nil
}

// Err is what makes the string malformed, nil if nothing does. Rules that a well-formed string breaks are in Faults alone.
func (r *Record) Err() error {
	var errs []error
	for _, f := range r.Faults {
		if f.Malformed() {
			errs = append(errs, f)
		}
	}
	return errors.Join(errs...)
}

// Identifies reports whether a part of the record tells visitors apart. If not, its value can be shown to anybody.
func (r *Record) Identifies() bool {
	for _, p := range r.Parts {
		if p.Identifies {
			return true
		}
	}
	return false
}

func (r *Record) part(name, value string) {
	r.Parts = append(r.Parts, Part{Name: name, Value: value})
}

// partf adds a part unless its value is empty.
func (r *Record) partf(name, format string, args ...any) {
	if s := fmt.Sprintf(format, args...); s != "" {
		r.part(name, s)
	}
}

// identity adds a part that tells visitors apart, unless it is empty.
func (r *Record) identity(name, value string) {
	if value != "" {
		r.Parts = append(r.Parts, Part{Name: name, Value: value, Identifies: true})
	}
}

func (r *Record) fault(code FaultCode, format string, args ...any) {
	r.Faults = append(r.Faults, Fault{Code: code, Text: fmt.Sprintf(format, args...)})
}
