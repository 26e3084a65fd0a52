package detect_test

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/rule"
)

// A corpus of captured-like requests with the truth about each, drawn from a seed. The requests are written from what
// vendors document; wrappings are made with encoders that have nothing to do with package decode.

// truth is one datum that a request carries.
type truth struct {
	class  rule.Class
	text   string // in clear; of an unknown hash, the digest
	forms  string // wrapping it was given, for the table of misses
	depth  int
	family string // "persona", "stranger", "hard"
}

// sample is a request and the truth about it.
type sample struct {
	name    string
	request crawler.Request
	truths  []truth
	also    []rule.Class // classes that the request carries as well, or that may be said of it: neither asked for nor wrong
}

// draw is a source of random things.
type draw struct{ *rand.Rand }

func newDraw(seed uint64) draw { return draw{rand.New(rand.NewPCG(seed, 0x7a65))} }

func one[T any](d draw, list ...T) T { return list[d.IntN(len(list))] }

func (d draw) from(alphabet string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[d.IntN(len(alphabet))]
	}
	return string(b)
}

func (d draw) hex(n int) string    { return d.from("0123456789abcdef", n) }
func (d draw) digits(n int) string { return d.from("123456789", 1) + d.from("0123456789", n-1) }
func (d draw) base62(n int) string {
	return d.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", n)
}
func (d draw) lower(n int) string { return d.from("abcdefghijklmnopqrstuvwxyz0123456789", n) }

func (d draw) uuid() string {
	h := d.hex(32)
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-a" + h[17:20] + "-" + h[20:]
}

// moment is a time of the capture, in ms.
func (d draw) moment() int64 {
	return time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC).UnixMilli() + d.Int64N(80*24*3600*1000)
}

func (d draw) epoch() string { return fmt.Sprint(d.moment() / 1000) }
func (d draw) millis() string {
	return fmt.Sprint(d.moment())
}

// person is somebody with everything that is asked for in forms.
type person struct {
	email, phone, first, last, street, city, region, postcode, country, dob, gender string
	username, userID, orgID, orgName, ip, password, card, iban                      string
	lat, lon                                                                        float64
	search                                                                          string
}

var (
	firstNames = []string{"Marisol", "Torvald", "Anneliese", "Kwabena", "Siobhan", "Thaddeus", "Ludmila", "Ignacio", "Henrike", "Bartholomew"}
	lastNames  = []string{"Oyelaran", "Kjeldsen", "Vandermeer", "Szymborska", "Achterberg", "Quintanilla", "Feuerstein", "Papadakis", "Lindqvist", "Okonkwo"}
	mailHosts  = []string{"gmail.com", "outlook.com", "posteo.de", "fastmail.com", "orange.fr", "proton.me", "web.de"}
	streets    = []string{"Birkenallee 17", "221 Larkspur Lane", "Rue des Tanneurs 8", "Kastanjelaan 42", "1600 Mockingbird Terrace"}
	places     = []struct {
		city, region, post, country string
		lat, lon                    float64
	}{
		{"Tübingen", "Baden-Württemberg", "72070", "DE", 48.52266, 9.05222},
		{"Chattanooga", "Tennessee", "37402", "US", 35.04563, -85.30968},
		{"Montpellier", "Occitanie", "34000", "FR", 43.61092, 3.87723},
		{"Eindhoven", "Noord-Brabant", "5611 AB", "NL", 51.44164, 5.46972},
	}
)

func (d draw) person() person {
	p := person{first: one(d, firstNames...), last: one(d, lastNames...)}
	place := one(d, places...)
	p.city, p.region, p.postcode, p.country = place.city, place.region, place.post, place.country
	p.lat, p.lon = place.lat+float64(d.IntN(900))/1e5, place.lon+float64(d.IntN(900))/1e5
	p.email = strings.ToLower(p.first) + "." + strings.ToLower(p.last) + d.digits(2) + "@" + one(d, mailHosts...)
	p.phone = one(d, "+49151", "+49170", "+49160") + d.from("23456789", 1) + d.digits(7)
	p.street, p.gender = one(d, streets...), one(d, "female", "male")
	p.dob = fmt.Sprintf("%d-%02d-%02d", 1955+d.IntN(45), 1+d.IntN(12), 13+d.IntN(15))
	p.username = strings.ToLower(p.first[:3]+p.last[:4]) + d.digits(3)
	p.userID, p.orgID = one(d, "usr_"+d.base62(14), d.uuid(), "u-"+d.digits(9)), "org_"+d.base62(14)
	p.orgName = one(d, "Halvorsen Maritime", "Brightwater Robotics", "Zedernholz Verlag") + " " + one(d, "GmbH", "Ltd", "Inc")
	p.ip = fmt.Sprintf("%d.%d.%d.%d", one(d, 81, 93, 212, 178), d.IntN(255), d.IntN(255), 1+d.IntN(254))
	p.password = "Tr0ub" + d.base62(7) + "!"
	p.card, p.iban = luhn("4539"+d.digits(11)), iban("DE", d.digits(18))
	p.search = one(d, "wheelchair ramp rental", "fertility clinic prices", "divorce lawyer near me") + " " + d.digits(2)
	return p
}

func (p person) full() string { return p.first + " " + p.last }

func (p person) persona() rule.Persona {
	return rule.PersonaOf(map[string][]string{
		"email": {p.email}, "phone": {p.phone}, "full_name": {p.full()}, "first_name": {p.first}, "last_name": {p.last},
		"street": {p.street}, "city": {p.city}, "region": {p.region}, "postcode": {p.postcode}, "country": {p.country},
		"dob": {p.dob}, "gender": {p.gender}, "username": {p.username}, "user_id": {p.userID}, "org_id": {p.orgID},
		"org_name": {p.orgName}, "ip": {p.ip}, "password": {p.password}, "payment_card": {p.card}, "iban": {p.iban},
		"search_term": {p.search}, "geo": {fmt.Sprintf("%.5f,%.5f", p.lat, p.lon)},
	})
}

func luhn(s string) string {
	sum := 0
	for i := range s {
		n := int(s[len(s)-1-i] - '0')
		if i%2 == 0 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return s + fmt.Sprint((10-sum%10)%10)
}

func iban(country, bban string) string {
	digits := ""
	for _, c := range bban + country + "00" {
		if c >= 'A' {
			digits += fmt.Sprint(int(c-'A') + 10)
		} else {
			digits += string(c)
		}
	}
	rest := 0
	for _, c := range digits {
		rest = (rest*10 + int(c-'0')) % 97
	}
	return fmt.Sprintf("%s%02d%s", country, 98-rest, bban)
}

// events makes a stream of the requests of one page.
func events(samples []sample) iter.Seq2[crawler.Event, error] {
	return func(yield func(crawler.Event, error) bool) {
		for i := range samples {
			if !yield(crawler.Event{Seq: int64(i + 1), Request: &samples[i].request}, nil) {
				return
			}
		}
	}
}

const chromeUA = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"

// request makes a request as a browser sends it from a page of the shop.
func (d draw) request(method, url, contentType string, body []byte) crawler.Request {
	r := crawler.Request{
		URL: url, Method: method, PageURL: "https://www.lantern-shop.example/product/" + d.digits(5), Type: "fetch",
		Time: time.UnixMilli(d.moment()), Source: "both",
		Headers: []crawler.Header{
			{Name: "User-Agent", Value: chromeUA}, {Name: "Accept", Value: "*/*"},
			{Name: "Referer", Value: "https://www.lantern-shop.example/"}, {Name: "Accept-Language", Value: "en-US,en;q=0.9"},
			{Name: "sec-ch-ua", Value: `"Chromium";v="156", "Not?A_Brand";v="8"`}, {Name: "Origin", Value: "https://www.lantern-shop.example"},
		},
	}
	if body != nil {
		r.Body = crawler.NewBody(body)
		r.Headers = append(r.Headers, crawler.Header{Name: "Content-Type", Value: contentType})
	}
	return r
}
