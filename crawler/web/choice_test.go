package web

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAddressesThatAnswerAConsentDialog(t *testing.T) {
	for address, is := range map[string]bool{
		"/consent?c=all": true, "/consent?c=min": true, "/cookies/accept": true, "/cookie-consent/reject-all": true, "/?cookie_consent=yes": true,
		"https://shop.example/lamps?cookies=1": true, "/set.php?gdpr=deny": true, "/tracking/off": true,
		"/cookies": false, "/cookie-policy": false, "/consent": false, "/lamps?c=all": false, "/blog/cookies/2": false, "/recipes/cookies?page=2": false,
		"/accept": false, "/order-tracking?id=17": false, "/cookies?lang=en": false,
		"/recipes/cookies?page=1": false, "/recipes/cookies?sort=all": false, "/order-tracking?status=all": false, "/order-tracking?express=no": false,
		"/blog/1/cookies": false, "/privacy/opt-out": false, "/cookies?utm_source=accept": false, "%zz": false,
	} {
		assert.Equal(t, is, IsChoiceAddress(address), address)
	}
}

func FuzzIsChoiceAddress(f *testing.F) {
	f.Add("/consent?c=all")
	f.Fuzz(func(_ *testing.T, s string) { IsChoiceAddress(s) })
}
