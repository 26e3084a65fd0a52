package rule

import (
	"regexp"
	"strings"

	"github.com/tagscan/tagscan/detect/decode"
)

// CardNumber finds payment card numbers: Luhn's check digit and an issuer's prefix.
var CardNumber = Rule{
	ID:    "card-number",
	Class: Card,
	Doc:   "A payment card number: 13 to 19 digits with Luhn's check digit and an issuer's prefix, where the field, its groups or what stands beside it says so.",
	Why:   "It is money.",
	Do:    "Keep every third-party script off the payment page (PCI DSS 6.4.3); put the card fields into the processor's frame.",
	Needs: NeedLeaf | NeedDigit,
	Find:  findCards,
	Hits: []Sample{
		{Body: `{"card":{"number":"4539578763621486"}}`, Text: "4539578763621486"}, {Body: `{"x":"5425 2334 3010 9903"}`, Text: "5425 2334 3010 9903"},
		{Body: `{"text":"Card 3782-822463-10005 declined"}`, Text: "3782-822463-10005"}, {Body: `{"cvc":"123","cc_number":"6011000990139424"}`, Text: "6011000990139424"},
		{Body: `{"cvv":"737"}`, Text: "737"}, {Body: `{"x":"4539578763621486","expiry":"12/29"}`, Text: "4539578763621486"},
		{Body: `{"text":"my visa is 4539578763621486"}`, Text: "4539578763621486"}, {Body: `{"card":{"x":"4539578763621486"}}`, Text: "4539578763621486"},
	},
	Misses: []Sample{
		{Body: `{"ad_id":"4539578763621486"}`}, {Body: `{"campaign":"4539578763621486"}`}, {Body: `{"x":"4539578763621487"}`}, {Body: `{"id":4539578763621486}`}, {Body: `{"ts":"1700000000000001"}`},
		{Body: `{"x":"0.4539578763621486"}`}, {Body: `{"pixel_id":"4539578763621486"}`}, {Body: `{"cvv":"12"}`}, {Body: `{"x":"14539578763621486"}`},
		{Body: `{"x":"4539578763621486"}`}, {Body: `{"ttfb":"4539578763621486"}`}, {Body: `{"text":"see 4539578763621486"}`},
	},
}

func findCards(c *Context, yield func(Match)) {
	if c.name.class == Card && c.name.pkey == "cvc" {
		if len(c.v) >= 3 && len(c.v) <= 4 && digitsOf(c.v) == c.v {
			m := c.whole(ByField, Certain)
			m.Key = "payment_card"
			yield(m)
		}
		return
	}
	if len(c.v) < 13 || len(c.v) > 64<<10 || c.example() {
		return
	}
	v := c.v
	for i := 0; i < len(v); {
		if !isDigit(v[i]) {
			i++
			continue
		}
		end, n, gaps, sep := i, 0, 0, byte(0)
		for j := i; j < len(v); j++ {
			if isDigit(v[j]) {
				n++
				end = j + 1
				continue
			}
			if (v[j] == ' ' || v[j] == '-') && (sep == 0 || sep == v[j]) && j == end && j+1 < len(v) && isDigit(v[j+1]) {
				sep = v[j]
				gaps++
				continue
			}
			break
		}
		c.card(i, end, n, gaps, yield)
		i = end + 1
	}
}

// card yields v[start:end] if it is a card number.
func (c *Context) card(start, end, n, gaps int, yield func(Match)) {
	if n < 13 || n > 19 || gaps > 4 {
		return
	}
	v := c.v
	if start > 0 && (v[start-1] == '.' || wordByte[v[start-1]] || v[start-1] == '_' || v[start-1] == '-') || end < len(v) && (wordByte[v[end]] || v[end] == '.' && end+1 < len(v) && isDigit(v[end+1]) || v[end] == '_') {
		return
	}
	d := digitsOf(v[start:end])
	isCard := c.name.class == Card
	if !luhn(d) || !issuer(d, isCard) || sameDigits(d) || gaps > 0 && !cardGroups(v[start:end]) {
		return
	}
	if !isCard && gaps == 0 && !cardWord.MatchString(before(v, start)) && !c.besideCard() {
		return // one in ten numbers has the check digit
	}
	if !isCard && gaps == 0 && (c.f.Kind == decode.Number || c.f.Where == decode.Query && c.f.Parent < 0 || c.name.has(adName|timeName|signature|numberName|versionName|alien) || c.isID() || isEpoch(d[:13]) && n == 16 && d[0] == '1' || c.f.Where == decode.Cookie || c.f.Where == decode.Path) {
		return
	}
	m := c.span(start, end, ByPattern, Likely)
	m.Key = "payment_card"
	if isCard || gaps > 0 {
		m.Confidence = Certain
	}
	yield(m)
}

// cardWord matches words that announce a payment card.
var cardWord = regexp.MustCompile(`(?i)\bcards?\b|kart(?:e|en)?n?u?m?m?e?r?\b|\bcarte\b|\btarjeta|visa|master|amex|american express|\bcc\b|\bpan\b|credit|debit`)

// besideCard reports a field of the same object, or a part of the way to it, that tells of a payment card.
func (c *Context) besideCard() bool {
	for _, n := range c.siblings {
		if n.class == Card || cardField.MatchString(n.flat) {
			return true
		}
	}
	return cardPath.MatchString(c.f.Path)
}

var (
	cardField = regexp.MustCompile(`^(?:cvc|cvv|cvv2|cvn|csc|expiry|expiration|expirationdate|exp|expmonth|expyear|expirymonth|expiryyear|validthru|cardholder|cardholdername|nameoncard|brand|cardtype|cardbrand)$`)
	cardPath  = regexp.MustCompile(`(?i)(?:^|[._-])(?:card|credit_?card|debit_?card|payment_?card|cc|payment_?method)(?:$|[._\[-])`)
)

// isID reports a field that is named for some id.
func (c *Context) isID() bool {
	n := c.name
	return n.class == ClientID || n.class == SessionID || n.class == UserID || n.class == ClickID || n.class == Purchase || n.class == PageURL || n.class == Phone ||
		strings.HasSuffix(n.flat, "id") || strings.HasSuffix(n.flat, "ids") || strings.HasPrefix(n.flat, "id") || len(n.flat) <= 2 && n.flat != "" && c.f.Where == decode.Query || n.flat == "gtin" || n.flat == "ean"
}

// cardGroups reports digits in the groups that cards are printed with: 4-4-4-4, 4-6-5, 4-6-4.
func cardGroups(s string) bool {
	gs := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '-' })
	for i, g := range gs {
		if len(g) != 4 && !(i == 1 && len(g) == 6) && !(i == len(gs)-1 && len(g) <= 5) {
			return false
		}
	}
	return len(gs) >= 3
}

func luhn(d string) bool {
	sum := 0
	for i := range len(d) {
		n := int(d[len(d)-1-i] - '0')
		if i%2 == 1 {
			n *= 2
			if n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0
}

// issuer checks prefix and length (ISO/IEC 7812; the networks' own lists). Maestro's wide ranges need a card's name.
func issuer(d string, isCard bool) bool {
	p := func(n int) string { return d[:n] }
	switch n := len(d); {
	case d[0] == '4':
		return n == 16 || isCard && (n == 13 || n == 19)
	case p(2) >= "51" && p(2) <= "55", p(4) >= "2221" && p(4) <= "2720":
		return n == 16
	case p(2) == "34" || p(2) == "37":
		return n == 15
	case p(4) == "6011", p(2) == "65", p(3) >= "644" && p(3) <= "649":
		return n == 16
	case p(4) >= "3528" && p(4) <= "3589":
		return n == 16
	case p(3) >= "300" && p(3) <= "305", p(2) == "36", p(2) == "38":
		return n == 14
	case p(2) == "62":
		return n >= 16 && isCard
	case p(2) == "50", p(2) >= "56" && p(2) <= "58", d[0] == '6':
		return isCard
	}
	return false
}
