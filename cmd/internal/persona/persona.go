// Package persona makes up the person that a run types into forms: plausible for the country of the site, different in
// every run, so that nothing matches by chance, and nobody: addresses are under domains that are reserved for examples,
// telephone numbers from ranges that are set aside for fiction, the card and the bank account are those that are
// published for tests. How its values are found again is package rule's business.
package persona

import (
	"fmt"
	"io"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Person is somebody who does not exist.
type Person struct {
	Values   map[string][]string // by persona key
	Country  string              // ISO 3166, "DE"
	Locale   string              // "de-DE"
	Timezone string              // "Europe/Berlin"
	Lat, Lon float64             // somewhere in the city
}

// New makes a person of a country (ISO 3166; one that is not in the table is taken for US). random gives what differs
// from run to run; crypto/rand.Reader is one.
func New(random io.Reader, country string) (Person, error) {
	var b [24]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return Person{}, fmt.Errorf("persona: %w", err)
	}
	c := placeOf(country)
	nonce := spell(b[:6], "abcdefghjkmnpqrstuvwxyz23456789")
	first := c.names[int(b[6])%len(c.names)]
	last := surname(b[7:11])
	p := Person{
		Country: c.code, Locale: c.locale, Timezone: c.zone,
		// Within about two kilometres of the city's middle.
		Lat: round(c.lat + (float64(b[11])-128)/6400), Lon: round(c.lon + (float64(b[12])-128)/6400),
	}
	lat, lon := strconv.FormatFloat(p.Lat, 'f', 5, 64), strconv.FormatFloat(p.Lon, 'f', 5, 64)
	p.Values = map[string][]string{
		"email":      {fold(first) + "." + fold(last) + "." + nonce + "@example.org"},
		"first_name": {first}, "last_name": {last}, "full_name": {first + " " + last},
		"username": {fold(last) + "_" + nonce},
		"phone":    {c.phoneNumber(int(b[13]), int(b[14]))},
		"street":   {fmt.Sprintf(c.street, 101+int(b[15])*3+int(b[16])%3)},
		"city":     {c.city}, "postcode": {c.postcode}, "country": {c.name},
		"dob":          {fmt.Sprintf("%d-%02d-%02d", 1961+int(b[17])%38, 1+int(b[18])%12, 13+int(b[19])%16)},
		"password":     {"Hb7!" + nonce + "-Quay"},
		"payment_card": {"4111 1111 1111 1111"},
		"iban":         {c.iban},
		"search_term":  {"lantern " + nonce},
		"user_id":      {"u-" + nonce + spell(b[20:24], "0123456789")},
		"org_name":     {last + " & " + surname(b[16:20]) + " Example"},
		"lat":          {lat}, "lon": {lon}, "geo": {lat + "," + lon},
	}
	return p, nil
}

func round(x float64) float64 { return math.Round(x*1e5) / 1e5 }

// spell writes bytes with the letters of an alphabet, one each.
func spell(b []byte, alphabet string) string {
	var s strings.Builder
	for _, x := range b {
		s.WriteByte(alphabet[int(x)%len(alphabet)])
	}
	return s.String()
}

var (
	openings = []string{"Bar", "Dol", "Fen", "Gar", "Hal", "Kel", "Lor", "Mar", "Nev", "Ost", "Per", "Quin", "Ros", "Sil", "Tor", "Var", "Wen", "Yel", "Zan", "Cor"}
	middles  = []string{"a", "e", "i", "o", "u", "an", "en", "or", "il", "ar"}
	endings  = []string{"berg", "dale", "feld", "gren", "hout", "kamp", "lind", "mont", "nau", "quist", "rath", "stad", "thorpe", "vik", "wick", "zell"}
)

// surname makes a name that sounds like one and that hardly anybody bears: one of 51,200 of four bytes.
func surname(b []byte) string {
	return openings[int(b[0])%len(openings)] + middles[int(b[1])%len(middles)] + spell(b[2:3], "dklmnrst") + "o" + spell(b[3:4], "bdgklmnrstvw") + endings[(int(b[2])+int(b[3]))%len(endings)]
}

// accents are the letters that fold writes with others; it leaves out what is not among them.
var accents = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "é", "e", "è", "e", "ë", "e", "ě", "e", "á", "a", "ã", "a", "å", "aa",
	"í", "i", "ó", "o", "ø", "oe", "ł", "l", "ż", "z", "ž", "z", "ř", "r", "ň", "n", "ń", "n", "č", "c", "ç", "c")

// fold writes a name as addresses do.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 'a' || r > 'z' {
			return -1
		}
		return r
	}, accents.Replace(strings.ToLower(s)))
}

// CountryOf guesses the country that a site is made for: by the ending of its host, else by the region of a locale such as
// "de-AT"; "US" if neither says.
func CountryOf(site, locale string) string {
	if u, err := url.Parse(site); err == nil {
		host := u.Hostname()
		tld := strings.ToUpper(host[strings.LastIndexByte(host, '.')+1:])
		if tld == "UK" {
			tld = "GB"
		}
		if known(tld) {
			return tld
		}
	}
	if i := strings.LastIndexAny(locale, "-_"); i > 0 && known(strings.ToUpper(locale[i+1:])) {
		return strings.ToUpper(locale[i+1:])
	}
	language, _, _ := strings.Cut(strings.ToLower(locale), "-")
	if i := slices.IndexFunc(places, func(p place) bool { return strings.HasPrefix(p.locale, language+"-") }); language != "" && i >= 0 {
		return places[i].code
	}
	return "US"
}

// Place returns locale and time zone of a country by its code or English name; ok is false if it is not in the table.
func Place(country string) (locale, zone string, ok bool) {
	i := slices.IndexFunc(places, func(p place) bool { return strings.EqualFold(p.code, country) || strings.EqualFold(p.name, country) })
	if i < 0 {
		return "", "", false
	}
	return places[i].locale, places[i].zone, true
}

func known(code string) bool {
	return slices.ContainsFunc(places, func(p place) bool { return p.code == code })
}

func placeOf(code string) place {
	if i := slices.IndexFunc(places, func(p place) bool { return strings.EqualFold(p.code, code) }); i >= 0 {
		return places[i]
	}
	return places[0]
}
