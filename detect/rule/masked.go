package rule

import "strings"

// MaskedValue finds values that were starred out and still tell their shape.
var MaskedValue = Rule{
	ID:    "masked-shape",
	Class: Email,
	Doc:   "A masked value whose mask still gives away its shape: the letters outside the stars, its length, the place of @ and dots.",
	Why:   "A short list of candidates is enough to undo it, and it proves that the script reads the field.",
	Do:    "Switch off automatic matching or form capture for this field; do not mask, leave out.",
	Needs: NeedMask | NeedLeaf,
	Find:  findMasked,
	Hits: []Sample{
		{URL: "https://vendor.example/tr?cudff[em]=*****%40****.***", Text: "*****@****.***"},
		{Body: `{"hint":"le***@po****.de"}`, Text: "le***@po****.de"},
		{Body: `{"card":"**** **** **** 1486"}`, Text: "**** **** **** 1486", Class: Card},
		{Body: `{"phone":"+43 *** ***67"}`, Text: "+43 *** ***67", Class: Phone},
		{Body: `{"user_hint":"ma••••"}`, Text: "ma••••", Class: UserID},
	},
	Misses: []Sample{{Body: `{"password":"********"}`}, {Body: `{"x":"/** comment */"}`}, {Body: `{"md":"**bold** text"}`}, {Body: `{"email":"***"}`}, {Body: `{"c":"a ** b"}`},
		{Body: `{"name":"********"}`}},
}

func findMasked(c *Context, yield func(Match)) {
	v := c.v
	if len(v) > 120 || strings.ContainsAny(v, "<>{}\n;=") || strings.Contains(v, "/*") {
		return
	}
	m := c.whole(ByPattern, Likely)
	m.Form, m.Key = Masked, ""
	plain := strings.Trim(strings.NewReplacer("*", "", "•", "").Replace(v), " .-@+()")
	digits := digitsOf(v)
	at := strings.IndexByte(v, '@')
	switch {
	case at > 0 && strings.Contains(v[at:], ".") && !strings.ContainsAny(v, " "):
		m.Class = Email
	case c.name.class == Card && len(digits) >= 4 || len(digits) == 4 && strings.HasSuffix(v, digits) && strings.Count(v, "*")+strings.Count(v, "•") >= 8:
		m.Class = Card
	case plain == "" || !strings.Contains(v, "***") && !strings.Contains(v, "••"):
		return
	case c.name.class == Phone && len(digits) >= 2:
		m.Class = Phone
	case c.name.class == Email || c.name.class == Name || c.name.class == Address || c.name.class == UserID || c.name.class == Username || c.name.class == IBAN || c.name.class == NationalID:
		m.Class = c.name.class
	case strings.Contains(c.name.flat, "hint") && c.name.has(identity):
		m.Class = UserID
	default:
		return
	}
	yield(m)
}
