package rule

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tagscan/tagscan/crawler/web"
	"github.com/tagscan/tagscan/detect/decode"
)

// EmailPattern finds addresses by their shape, anywhere in a text.
var EmailPattern = Rule{
	ID:    "email-pattern",
	Class: Email,
	Doc:   "An e-mail address, by its shape, with a domain under a public suffix.",
	Why:   "It names one person, and it is the key that data brokers join records by.",
	Do:    "Keep addresses out of events, URLs and page titles; send an id of your own that only you can resolve.",
	Needs: NeedAt | NeedDot,
	Find:  findEmails,
	Hits: []Sample{
		{Body: `{"u":{"contact":"lena.fischer@posteo.de"}}`, Text: "lena.fischer@posteo.de"},
		{Body: `{"message":"Login failed for o'neil+shop@mail.co.uk, retry"}`, Text: "o'neil+shop@mail.co.uk"},
		{URL: "https://vendor.example/i?dl=https%3A%2F%2Fshop.example%2Fthanks%3Femail%3Djo%2540web.de", Text: "jo@web.de"},
		{Body: `{"shared_with":{"k.brandt@firma.example":"editor"}}`, Text: "k.brandt@firma.example"},
		{Body: `{"text":"写信给jürgen@müller.de。"}`, Text: "jürgen@müller.de"},
		{Body: `{"text":"mailto:k.brandt@firma.example?subject=x"}`, Text: "k.brandt@firma.example"},
		{Body: `{"traits":{"email":"qa@example.com"}}`, Text: "qa@example.com"}, {URL: "https://vendor.example/c?em=john.doe%40example.com", Text: "john.doe@example.com"},
		{Body: `{"user":{"email":"admin@shop-works.de"}}`, Text: "admin@shop-works.de"}, {Body: `{"text":"Signed in as user1@staging.example"}`, Text: "user1@staging.example"},
	},
	Misses: []Sample{
		{Body: "/*! foo v3 | (c) 2019 Jo Brandt <jo.brandt@posteo.de> | MIT */!function(){}"}, {Body: `{"@type":"Store","email":"zurich@firma-brandt.de"}`},
		{Body: `{"lib":"jquery@3.7.1.min.js"}`}, {Body: `{"img":"logo@2x.png"}`}, {Body: `{"repo":"git@github.com:acme/site.git"}`},
		{Body: `{"dsn":"https://9f1c2d3e1b2c4d5e8f90a1b2c3d4e5f6@o123.ingest.sentry.io/45"}`}, {Body: `{"org":"5B123A4E53D6C0DF0A490D45@AdobeOrg"}`},
		{Body: `{"css":"@media screen and (min-width:1px){a.b{c:d}}"}`}, {Body: `{"ph":"you@example.com"}`}, {Body: `{"u":"https://medium.com/@some.writer"}`},
		{Body: `{"cal":"en.austrian#holiday@group.v.calendar.google.com"}`}, {Body: `{"pkg":"@babel/core@7.2.1"}`}, {Body: `{"p":"name@domain.com"}`},
		{Body: `{"help":"Type an address, for example john.doe@example.com"}`}, {Body: `{"node":{"tagName":"input","attributes":{"placeholder":"jane.doe@example.com"}}}`},
		{Body: `{"s":"at Object.fn (webpack:///./node_modules/.pnpm/react@18.2.0/index.js)"}`}, {Body: `{"f":"module@sub.min.js"}`},
	},
}

func findEmails(c *Context, yield func(Match)) {
	if c.example() {
		return
	}
	for i := 0; i < len(c.v); {
		at := strings.IndexByte(c.v[i:], '@')
		if at < 0 {
			return
		}
		at += i
		i = at + 1
		start, end := emailSpan(c.v, at)
		if start < 0 {
			continue
		}
		i = end
		if c.f.Inner && !objectKey(c.v, start, end) {
			continue // what was decoded out of the field has it again, under a name
		}
		c.email(start, end, yield)
	}
}

// objectKey reports a name in a JSON object: "jo@web.de": {…}.
func objectKey(v string, start, end int) bool {
	if start == 0 || v[start-1] != '"' || end >= len(v) || v[end] != '"' {
		return false
	}
	rest := strings.TrimLeft(v[end+1:min(len(v), end+8)], " \t\n")
	return strings.HasPrefix(rest, ":")
}

// email yields the address v[start:end], unless it is nobody's.
func (c *Context) email(start, end int, yield func(Match)) {
	address := c.v[start:end]
	m := c.span(start, end, ByPattern, Likely)
	m.Key = "email"
	named := c.name.class == Email
	if named {
		m.Confidence = Certain
	}
	switch {
	case c.siteOwn(address), nobody(address), c.credit(start), c.thing():
		return
	case testAddress(address), named && adminAddress(address):
		if c.mentioned(start, end) {
			return
		}
		c.tester(&m)
	case roleAddress(address):
		m.Info, m.Confidence = "role address", Likely
	}
	yield(m)
}

// tester marks a match as one of an account that looks like a tester's: on a staging site that is who signs in, elsewhere it
// may be an example. Of a run whose visitor is known it is as sure as any other.
func (c *Context) tester(m *Match) {
	m.Tester = true
	if !c.Visitor {
		m.Confidence = Lower(m.Confidence)
	}
}

// Lower is the next lower confidence.
func Lower(c Confidence) Confidence {
	if c == Certain {
		return Likely
	}
	return Possible
}

// Texts in which an address stands that nobody has: an explanation of what to type. Longer texts than a line of an account page
// are about the address, not of whom it is.
const (
	maxSaid      = 60 // bytes
	maxSaidWords = 6
	hintReach    = 40 // bytes before the address
)

// mentioned reports an address of the kind that examples have, in the midst of a text that explains something.
func (c *Context) mentioned(start, end int) bool {
	if start == 0 && end == len(c.v) || c.Visitor {
		return false
	}
	before := strings.ToLower(c.v[max(0, start-hintReach):start])
	for _, hint := range [...]string{"e.g.", "eg ", "eg:", "example", "such as", "like ", "placeholder", "hint", "z.b.", "z. b.", "zb ", "beispiel", "ex.", "ex:", "exemple", "ejemplo", "esempio"} {
		if strings.Contains(before, hint) {
			return true
		}
	}
	if c.f.Where == decode.Header || !strings.Contains(c.v, " ") {
		return false
	}
	return len(c.v) > maxSaid || len(strings.Fields(c.v)) > maxSaidWords
}

// credit reports an address in the notice of a library: who wrote it, and whose it is.
func (c *Context) credit(start int) bool {
	line := c.v[max(0, start-100):start]
	line = strings.ToLower(line[strings.LastIndexByte(line, '\n')+1:])
	for _, word := range [...]string{"(c)", "©", "copyright", "@author", "@license", "licensed under", "released under", "maintainer"} {
		if strings.Contains(line, word) {
			return true
		}
	}
	return false
}

// emailSpan returns the bytes of the address around an @, or -1.
func emailSpan(v string, at int) (start, end int) {
	start, end = at, at+1
	for start > 0 && at-start < 64 {
		if v[start-1] >= utf8.RuneSelf {
			r, size := utf8.DecodeLastRuneInString(v[:start])
			if !unicode.Is(unicode.Latin, r) {
				break
			}
			start -= size
			continue
		}
		if !localByte2(v[start-1]) {
			break
		}
		start--
	}
	for start < at && strings.IndexByte(".'-+&", v[start]) >= 0 {
		start++
	}
	for end < len(v) && end-at < 254 {
		if v[end] >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(v[end:])
			if !unicode.Is(unicode.Latin, r) {
				break
			}
			end += size
			continue
		}
		if !wordByte[v[end]] && v[end] != '.' && v[end] != '-' {
			break
		}
		end++
	}
	for end > at && (v[end-1] == '.' || v[end-1] == '-') {
		end--
	}
	if start == at || v[at-1] == '.' || end-at < 5 || !mailDomain(strings.ToLower(v[at+1:end])) {
		return -1, 0
	}
	if end < len(v) && (v[end] == ':' && end+1 < len(v) && wordByte[v[end+1]] || v[end] == '/' || v[end] == '@') {
		return -1, 0 // git@host:path, user@host/path
	}
	if start > 1 && v[start-1] == '/' && v[start-2] == '/' || start > 0 && strings.IndexByte("#@", v[start-1]) >= 0 {
		return -1, 0 // user information of a URL
	}
	if start > 0 && v[start-1] == ':' { // user:secret@host
		if p := strings.LastIndex(v[:start], "//"); p >= 0 && !strings.ContainsAny(v[p+2:start], "/ ?") {
			return -1, 0
		}
	}
	return start, end
}

// localByte2 tells what a local part is made of (RFC 5321's atoms that are seen in the wild).
func localByte2(c byte) bool { return localByte(c) || c == '\'' || c == '&' }

// mailDomain reports a domain that can have mail: labels of letters, a public suffix, no file name, no version.
func mailDomain(d string) bool {
	dot := strings.LastIndexByte(d, '.')
	if dot <= 0 || strings.Contains(d, "..") {
		return false
	}
	first, _, _ := strings.Cut(d, ".")
	if digitsOf(first) != "" && (digitsOf(first) == first || len(first) == 2 && first[1] == 'x') {
		return false // pkg@1.2.3, name@2x.png
	}
	tld := d[dot+1:]
	if digitsOf(tld) != "" && !strings.HasPrefix(tld, "xn--") || fileEndings[tld] {
		return false
	}
	if tld == "example" || tld == "test" || tld == "invalid" {
		return true // names for documentation (RFC 2606): nobody() decides
	}
	return web.KnownSuffix(d)
}

var fileEndings = wordSet(`js mjs cjs ts jsx tsx png jpg jpeg gif svg webp avif ico css scss less map min json html htm php asp aspx xml txt woff woff2 ttf otf eot pdf mp4 webm mp3 wasm vue
	svelte local localdomain internal lan bundle chunk prod dev1 tgz gz yml yaml md5 bmp csv log`)

// nobody reports addresses that stand for no person: what is written where an address is to be typed, and machine names in
// the shape of an address.
func nobody(address string) bool {
	low := strings.ToLower(address)
	at := strings.LastIndexByte(low, '@')
	local, domain := low[:at], low[at+1:]
	switch {
	case strings.HasSuffix(domain, "calendar.google.com"), strings.HasSuffix(domain, "ingest.sentry.io"), strings.HasSuffix(domain, ".gserviceaccount.com"),
		domain == "adobeorg", strings.Contains(domain, "ingest.") && strings.HasSuffix(domain, "sentry.io"):
		return true
	case digestShape(local) != "" && strings.Count(domain, ".") > 1, local == "git" || local == "hg" || local == "ssh":
		return true
	case placeholderLocals[strings.ReplaceAll(local, " ", "")]:
		return placeholderDomain(domain) || local == firstLabel(domain)
	case strings.HasPrefix(local, "your") && placeholderDomain(domain), strings.Count(local, "x") == len(local):
		return true
	}
	return false
}

// testAddress reports addresses that people type who try a site out: an account's name that says so, or an example's, at a
// domain that belongs to nobody; and the shortest ones that can be typed.
func testAddress(address string) bool {
	low := strings.ToLower(address)
	at := strings.LastIndexByte(low, '@')
	if at < 0 {
		return false
	}
	local, domain := low[:at], low[at+1:]
	local, _, _ = strings.Cut(local, "+")
	short := len(local) <= 3 && !roleLocals[local]
	word := strings.TrimRight(strings.Trim(local, "._-"), "0123456789")
	tried := testLocals[local] || testLocals[strings.Trim(word, "._-")] || short
	return tried && (placeholderDomain(domain) || local == firstLabel(domain))
}

// adminAddress reports the account of who runs a site, where an account is asked for: an office's address elsewhere.
func adminAddress(address string) bool {
	local, _, _ := strings.Cut(strings.ToLower(address), "@")
	return local == "admin" || local == "root" || local == "administrator"
}

func firstLabel(domain string) string {
	label, _, _ := strings.Cut(domain, ".")
	return label
}

// TestAddress reports an e-mail address that looks like a tester's.
func TestAddress(address string) bool { return testAddress(address) }

func placeholderDomain(d string) bool {
	if placeholderDomains[d] {
		return true
	}
	for _, s := range []string{".example", ".test", ".invalid", ".example.com", ".example.org", ".example.net"} {
		if strings.HasSuffix(d, s) {
			return true
		}
	}
	name, _, _ := strings.Cut(d, ".")
	return name == "example" || name == "yourdomain" || name == "domain" || name == "yourcompany" || name == "mysite" || name == "website"
}

var (
	placeholderLocals = wordSet(`you your name username email e-mail mail me someone somebody example sample first.last firstname.lastname firstname.name
		yourname your.name your-name your.email youremail your_email name.surname xxx my.email myemail myname hello address a.b prenom.nom nombre recipient sender nobody
		none null undefined first_name.last_name firstnamelastname email.address emailaddress a x`)
	testLocals = wordSet(`qa admin administrator root demo test tester testing testuser test.user test-user test_user qauser qa.user qa-user staging dev developer devuser user customer client guest member
		employee manager owner buyer seller shopper student patient foo bar foobar baz abc asdf qwerty hello admin.user user.test user.name demo.user demouser superuser super.admin superadmin
		jane.doe john.doe janedoe johndoe jdoe john jane j.doe jane_doe john_doe doe joe joe.bloggs joe.doe jdoe1 john.smith jane.smith alice bob max.mustermann mustermann maxmustermann erika.mustermann
		m.mustermann mustermann.max jean.dupont jan.kowalski mario.rossi juan.perez jan.jansen e2e cypress playwright selenium automation autotest robot smoke smoketest sandbox beta alpha`)
	placeholderDomains = wordSet(`example.com example.org example.net example.edu domain.com domain.de domain.org company.com company.de email.com mail.com test.com test.de acme.com foo.com bar.com
		site.com website.com yourdomain.com yourcompany.com mysite.com mydomain.com beispiel.de exemple.fr ejemplo.com esempio.it address.com provider.com host.com server.com xyz.com abc.com doe.com
		xxx.com mustermann.de sample.com demo.com somewhere.com organization.com business.com muster.de domain.tld email.de mail.de.example firma.de`)
	roleLocals = wordSet(`info support sales noreply no-reply no_reply donotreply do-not-reply privacy dpo press help hello contact kontakt office admin webmaster postmaster abuse security hr jobs career careers
		team service kundenservice datenschutz newsletter news marketing media legal billing accounts accounting orders order shop store feedback enquiries inquiries enquiry hostmaster mailer-daemon notifications
		notification customerservice customer.service customercare care welcome presse impressum bewerbung booking reservations reception editor redaktion help-desk helpdesk gdpr compliance partners mail1 bounce bounces
		unsubscribe reply alerts root it partner affiliates pr investors ir academy events`)
)

// roleAddress reports the address of an office rather than of a person.
func roleAddress(address string) bool {
	local, _, _ := strings.Cut(strings.ToLower(address), "@")
	return roleLocals[local]
}

// siteOwn reports what the page shows to everybody.
func (c *Context) siteOwn(text string) bool {
	if c.word == nil {
		c.word = map[string]bool{}
		for _, list := range [][]string{c.Facts.Emails, c.Facts.Names, c.Facts.Addresses, c.Facts.Coordinates} {
			for _, t := range list {
				c.word[strings.ToLower(strings.TrimSpace(t))] = true
			}
		}
		for _, t := range c.Facts.Phones {
			c.word["tel:"+strings.TrimLeft(digitsOf(t), "0")] = true
		}
	}
	return len(c.word) > 0 && c.word[strings.ToLower(strings.TrimSpace(text))]
}
