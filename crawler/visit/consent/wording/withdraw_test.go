package wording

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestConsentIsWithdrawnInEveryLanguage(t *testing.T) {
	for _, l := range languages() {
		for _, phrase := range l.phrases["+withdraw"] {
			assert.True(t, Withdraws(phrase), "%s: %q %+v", l.code, phrase, TopicsOf(phrase))
		}
		for _, sign := range []string{"+accept", "+save", "+other"} {
			for _, phrase := range l.phrases[sign] {
				assert.False(t, Withdraws(phrase), "%s: %q", l.code, phrase)
			}
		}
	}
}

func TestLinksThatOpenTheSettingsAgain(t *testing.T) {
	for _, label := range []string{
		"Cookie settings", "Manage cookies", "Privacy settings", "Change your cookie settings", "Cookie-Einstellungen", "Datenschutzeinstellungen",
		"Cookie-Einstellungen ändern", "Gérer les cookies", "Configurar cookies", "Impostazioni cookie", "Cookie-instellingen", "Ustawienia plików cookie",
		"Evästeasetukset", "Nastavení cookies", "Your privacy choices", "Cookieindstillinger", "Cookieinställningar",
	} {
		assert.True(t, ReopensSettings(label), label)
	}
	for _, label := range []string{"Privacy policy", "Datenschutz", "Cookies", "Settings", "Widerrufsbelehrung", "Account settings", "Impressum", "Cookie recipes"} {
		assert.False(t, ReopensSettings(label) || Withdraws(label), label)
	}
}
