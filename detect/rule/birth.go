package rule

import (
	"strconv"
	"strings"
	"time"
)

// BirthDateField finds birth dates by the name of their field.
var BirthDateField = Rule{
	ID:    "birth-date-field",
	Class: BirthDate,
	Doc:   "A date of birth in a field that is named for one.",
	Why:   "With a post code and a gender it names most people.",
	Do:    "Send an age group, or nothing.",
	Needs: NeedLeaf | NeedDigit,
	Names: true,
	Find:  findBirthDate,
	Hits: []Sample{
		{Body: `{"user":{"birthday":"1991-11-30"}}`, Text: "1991-11-30"}, {Body: `{"dob":"30/11/1991"}`, Text: "30/11/1991"}, {Body: `{"dob":"19911130"}`, Text: "19911130"},
		{Body: `{"birth_date":"1991-11-30T00:00:00.000Z"}`, Text: "1991-11-30T00:00:00.000Z"}, {Body: `{"dob":"$D_691459200"}`, Text: "$D_691459200"}, {Body: `{"birthYear":1991}`, Text: "1991"},
	},
	Misses: []Sample{{Body: `{"dob":"1"}`}, {Body: `{"dob":"YYYY-MM-DD 0"}`}, {Body: `{"birthday":"2191-01-01"}`}, {Body: `{"dob_required":"1991-11-30"}`}, {Body: `{"born":"12"}`}},
}

func findBirthDate(c *Context, yield func(Match)) {
	if len(c.v) > 40 || !birthDate(strings.TrimPrefix(c.v, "$D_")) {
		return
	}
	yield(c.whole(ByField, Certain))
}

// birthDate reports a date, a year or a Unix time at which somebody alive was born.
func birthDate(v string) bool {
	for _, layout := range append(dateLayouts, "2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05.000Z", "2006-01-02 15:04:05", "02.01.06", "01/02/06", "02/01/06", "2006") {
		if d, err := time.Parse(layout, v); err == nil && d.Year() >= 1900 && d.Year() <= 2025 {
			return true
		}
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		return false
	}
	if len(strings.TrimPrefix(v, "-")) > 10 {
		n /= 1000
	}
	return len(v) >= 8 && n > -2208988800 && n < 1766000000
}

// GenderField finds a gender by the name of its field.
var GenderField = Rule{
	ID:     "gender-field",
	Class:  Gender,
	Doc:    "A gender in a field that is named for one.",
	Why:    "With birth date and post code it names most people.",
	Do:     "Leave it out.",
	Needs:  NeedLeaf,
	Names:  true,
	Find:   findGender,
	Hits:   []Sample{{Body: `{"traits":{"gender":"female"}}`, Text: "female"}, {URL: "https://vendor.example/c?sex=M", Text: "M"}},
	Misses: []Sample{{Body: `{"gender":"gender"}`}, {Body: `{"gender":"unknown"}`}, {Body: `{"product":{"gender":"women"}}`}, {Body: `{"gender":"/women/shoes"}`}, {Body: `{"gender":"all"}`}},
}

var genders = wordSet(`m f w d x male female man woman other diverse divers nonbinary non-binary männlich weiblich homme femme hombre mujer masculino femenino maschio femmina kvinna kvinde herr frau mr mrs ms`)

func findGender(c *Context, yield func(Match)) {
	if genders[strings.ToLower(c.v)] && !c.foreign() {
		yield(c.whole(ByField, Certain))
	}
}
