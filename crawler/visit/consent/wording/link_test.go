package wording

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLinksThatAnswer(t *testing.T) {
	for address, is := range map[string]bool{
		"/consent?c=all": true, "/consent?c=min": true, "/cookies/accept": true, "/cookie-consent/reject-all": true, "/?cookie_consent=yes": true,
		"https://shop.example/lamps?cookies=1": true, "/set.php?gdpr=deny": true,
		"/cookies": false, "/cookie-policy": false, "/consent": false, "/lamps?c=all": false, "/blog/cookies/2": false, "/recipes/cookies?page=2": false,
		"/accept": false, "/order-tracking?id=17": false, "/cookies?lang=en": false,
	} {
		assert.Equal(t, is, IsChoiceAddress(address), address)
	}
	assert.True(t, IsChoiceLink("/consent?c=all", "Accept all"))
	assert.True(t, IsChoiceLink("/cookies?do=x", "Nur notwendige Cookies"))
	assert.False(t, IsChoiceLink("/cookies", "Cookie policy"))
	assert.False(t, IsChoiceLink("/shop", "Continue"))
	assert.False(t, IsChoiceLink("/order", "No thanks"))
}

func TestNamesBesideTheText(t *testing.T) {
	assert.Equal(t, Reject, MeaningOf("×", "Continue without accepting"))
	assert.Equal(t, Accept, MeaningOf("✓", "", "Aceptar todo"))
	assert.Equal(t, Other, MeaningOf("Accept", "Do not accept"), "they say the opposite")
	assert.Equal(t, Accept, MeaningOf("Accept", "Accept or change your settings"))
}

func FuzzMeaningOf(f *testing.F) {
	for _, p := range Phrases()[:50] {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, s string) {
		MeaningOf(s)
		Dialog{Text: s, Buttons: []string{s}}.AsksForConsent()
		IsChoiceAddress(s)
	})
}
