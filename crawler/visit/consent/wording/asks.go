package wording

import "strings"

// Dialog is what something on a page says that may ask for consent.
type Dialog struct {
	Text    string   // all of it
	Links   []string // what links in it say that lead elsewhere; part of Text
	Fields  int      // to type an address or a name into
	Buttons []string // labels
}

// Offers is what the buttons mean.
func (d Dialog) Offers() map[Meaning]bool {
	has := map[Meaning]bool{}
	for _, b := range d.Buttons {
		has[MeaningOf(b)] = true
	}
	return has
}

// AsksForConsent reports whether a dialog asks for consent to cookies and the like. Others ask for something else with the same
// buttons, such as leave to notify or an address for the newsletter, and have a privacy policy below: to refuse those is no
// refusal of cookies. Shops sell cookies to eat.
func (d Dialog) AsksForConsent() bool {
	text := d.Text
	for _, link := range d.Links {
		text = strings.ReplaceAll(text, link, " ")
	}
	t := TopicsOf(text)
	switch {
	case d.Fields > 0 && (t.Other > 0 || t.Cookies == 0):
		return false
	case t.eaten() || t.Food > 0 && !d.Offers()[Accept]:
		return false
	case t.Cookies > 0:
		return 2*t.Cookies >= t.Other
	case t.Other > 0:
		return false
	case TopicsOf(d.Text).Cookies > 0: // "we use these", with the word in the link alone
		return true
	case t.Privacy == 0:
		return false
	}
	has := d.Offers()
	return has[Accept] && (has[Reject] || has[Settings])
}

// eaten reports whether the cookies of a text are to eat: it has words of food, and none of the web, or four times as many. Banners joke
// about what cookies are eaten with, at any length; what is done with them is then said all the same, which no bakery says.
func (t Topics) eaten() bool {
	return t.Food > 0 && t.Purpose == 0 && (t.Site == 0 || 2*(t.Cookies+t.Site) < t.Food)
}

// SpeaksOfConsent reports whether a text is about cookies on a web site or the consent to them, whoever says so. Banners joke about
// what cookies are eaten with, and bakeries have banners: a text is about food if it has no more words of the web than of food, and none
// of what cookies are for.
func SpeaksOfConsent(text string) bool {
	t := TopicsOf(text)
	web := t.Purpose > 0 || t.Food < t.Cookies+t.Privacy+t.Site
	return t.Cookies > 0 && web && 2*t.Cookies >= t.Other
}
