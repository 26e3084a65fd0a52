package rule

import (
	"math/big"
	"strings"

	"github.com/tagscan/tagscan/detect/decode"
)

// CardNumber finds payment card numbers: Luhn's check digit and an issuer's prefix.
var CardNumber = Rule{
	ID:    "card-number",
	Class: Card,
	Doc:   "A payment card number: 13 to 19 digits with Luhn's check digit and an issuer's prefix, not in a field of an ad platform.",
	Why:   "It is money.",
	Do:    "Keep every third-party script off the payment page (PCI DSS 6.4.3); put the card fields into the processor's frame.",
	Needs: NeedLeaf | NeedDigit,
	Find:  findCards,
	Hits: []Sample{
		{Body: `{"card":{"number":"4539578763621486"}}`, Text: "4539578763621486"}, {Body: `{"x":"5425 2334 3010 9903"}`, Text: "5425 2334 3010 9903"},
		{Body: `{"text":"Card 3782-822463-10005 declined"}`, Text: "3782-822463-10005"}, {Body: `{"cvc":"123","cc_number":"6011000990139424"}`, Text: "6011000990139424"},
		{Body: `{"cvv":"737"}`, Text: "737"},
	},
	Misses: []Sample{
		{Body: `{"ad_id":"4539578763621486"}`}, {Body: `{"campaign":"4539578763621486"}`}, {Body: `{"x":"4539578763621487"}`}, {Body: `{"id":4539578763621486}`}, {Body: `{"ts":"1700000000000001"}`},
		{Body: `{"x":"0.4539578763621486"}`}, {Body: `{"pixel_id":"4539578763621486"}`}, {Body: `{"cvv":"12"}`}, {Body: `{"x":"14539578763621486"}`},
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

// IBANNumber finds bank accounts: country, length and ISO 7064 check digits.
var IBANNumber = Rule{
	ID:     "iban-number",
	Class:  IBAN,
	Doc:    "An international bank account number: a country of the IBAN registry, its length, check digits modulo 97.",
	Why:    "It is a bank account, and direct debits need no more.",
	Do:     "Keep third-party scripts off pages that show or ask for it.",
	Needs:  NeedLeaf | NeedDigit | NeedLong,
	Find:   findIBANs,
	Hits:   []Sample{{Body: `{"x":"AT611904300234573201"}`, Text: "AT611904300234573201"}, {Body: `{"x":"IBAN: DE89 3704 0044 0532 0130 00, BIC"}`, Text: "DE89 3704 0044 0532 0130 00"}, {Body: `{"x":"gb29nwbk60161331926819"}`, Text: "gb29nwbk60161331926819"}},
	Misses: []Sample{{Body: `{"x":"AT611904300234573202"}`}, {Body: `{"x":"XX89370400440532013000"}`}, {Body: `{"x":"aAT611904300234573201"}`}, {Body: `{"x":"DE8937040044053201300012345678"}`}},
}

// ibanLengths are characters of an IBAN by country (SWIFT's IBAN registry).
var ibanLengths = map[string]int{"AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22,
	"DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26,
	"IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15, "PK": 24,
	"PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20}

func findIBANs(c *Context, yield func(Match)) {
	v := c.v
	if len(v) > 64<<10 {
		return
	}
	for i := 0; i+15 <= len(v); i++ {
		if !isLetter(v[i]) || !isLetter(v[i+1]) || !isDigit(v[i+2]) || !isDigit(v[i+3]) || i > 0 && wordByte[v[i-1]] && !escaped(v, i) {
			continue
		}
		want, ok := ibanLengths[strings.ToUpper(v[i:i+2])]
		if !ok {
			continue
		}
		compact, end := make([]byte, 0, 34), i
		for j := i; j < len(v) && len(compact) < want; j++ {
			if wordByte[v[j]] && v[j] < 0x80 {
				compact = append(compact, v[j])
				end = j + 1
			} else if v[j] != ' ' && v[j] != '-' || j > end {
				break
			}
		}
		if len(compact) != want || end < len(v) && wordByte[v[end]] || !mod97(strings.ToUpper(string(compact))) {
			continue
		}
		m := c.span(i, end, ByPattern, Certain)
		m.Key = "iban"
		yield(m)
		i = end
	}
}

func mod97(iban string) bool {
	var digits strings.Builder
	for _, r := range iban[4:] + iban[:4] {
		if r >= 'A' && r <= 'Z' {
			digits.WriteString(string([]byte{'0' + byte(r-'A'+10)/10, '0' + byte(r-'A'+10)%10}))
		} else {
			digits.WriteRune(r)
		}
	}
	n, ok := new(big.Int).SetString(digits.String(), 10)
	return ok && new(big.Int).Mod(n, big.NewInt(97)).Int64() == 1
}
