package wording

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLinksThatAnswer(t *testing.T) {
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
		IsChoiceLink(s, s)
	})
}
