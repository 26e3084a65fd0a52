package detect

import (
	"strings"

	"github.com/tagscan/tagscan/crawler/web"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/rule"
)

// A table of labels (translations, hints, error messages) has the names of personal data and holds words about them:
// "email": "E-Mail-Adresse", "phone": "Telefonnummer". It gives itself away by values that cannot be what their names
// say. In such a table a name says nothing of a value.

// labelled names whose values have a shape that words have not.
var labelled = map[string]func(v string) bool{
	"email": hasAt, "mail": hasAt, "emailaddress": hasAt, "useremail": hasAt,
	"phone": hasDigit, "phonenumber": hasDigit, "tel": hasDigit, "telephone": hasDigit, "mobile": hasDigit,
	"zip": hasDigit, "zipcode": hasDigit, "postcode": hasDigit, "postalcode": hasDigit,
	"dob": hasDigit, "birthday": hasDigit, "birthdate": hasDigit, "dateofbirth": hasDigit,
	"cardnumber": hasDigit, "card": hasDigit, "iban": hasDigit, "cvv": hasDigit,
}

func hasAt(v string) bool {
	return strings.Contains(v, "@") && !strings.Contains(strings.TrimSpace(v), " ") || hasDigit(v)
}
func hasDigit(v string) bool { return strings.ContainsAny(v, "0123456789") }

// labelTables returns the paths of the objects in a tree that are tables of labels: at least two fields hold words where
// something else must be, or one holds a sentence.
func labelTables(t *decode.Tree) map[string]bool {
	var contradictions map[string]int
	for i := range t.Fields {
		f := &t.Fields[i]
		if f.Inner || f.Key == "" || len(f.Value) < 3 || f.Kind != decode.Text {
			continue
		}
		fits, ok := labelled[rule.Squeeze(f.Key)]
		if !ok || fits(f.Value) && !sentence(f.Value) || !wordy(f.Value) {
			continue
		}
		if contradictions == nil {
			contradictions = map[string]int{}
		}
		n := 1
		if sentence(f.Value) {
			n = 2
		}
		contradictions[objectOf(f)] += n
	}
	var tables map[string]bool
	for path, n := range contradictions {
		if n >= 2 {
			if tables == nil {
				tables = map[string]bool{}
			}
			tables[path] = true
		}
	}
	return tables
}

// objectOf is the path of what holds the field.
func objectOf(f *decode.Field) string { return strings.TrimSuffix(f.Path, "."+f.Key) }

// wordy reports whether v is made of words: letters, and what stands between them. Masks, hashes and templates are not.
func wordy(v string) bool {
	letters := 0
	for _, r := range v {
		switch {
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0x80:
			letters++
		case strings.ContainsRune("*{}%<>#$[]_=", r):
			return false
		}
	}
	switch strings.ToLower(v) {
	case "unknown", "hidden", "redacted", "anonymous":
		return false
	}
	return !web.Nothing(v) && letters*2 > len(v) && !drawn(v)
}

// sentence reports whether v is several words with a blank between them, as no address, number or date is.
func sentence(v string) bool { return strings.Count(strings.TrimSpace(v), " ") >= 3 && wordy(v) }

// onlyLabelled reports whether a match rests on the name of a field in a table of labels.
func onlyLabelled(tables map[string]bool, f *decode.Field, m rule.Match) bool {
	return m.Known == rule.ByField && m.Rule != vendorRule && f.Key != "" && tables[objectOf(f)]
}
