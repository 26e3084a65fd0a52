package visit

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAFieldLosesWhatWasTyped(t *testing.T) {
	for _, c := range []struct {
		typed, held string
		lost        bool
	}{
		{"jo@example.org", "", true},
		{"jo@example.org", "  ", true},
		{"jo@example.org", "jo@exa", true},
		{"hunter2secret", "hunter2", true},
		{"+49 170 1234567", "567", true},
		{"jo@example.org", "jo@example.org", false},
		{"jo@example.org", "JO@EXAMPLE.ORG", false},
		{" jo@example.org ", "jo@example.org", false},
		{"01701234567", "0170 123 45 67", false},
		{"01701234567", "+49 170 1234567", false},
		{"4111111111111111", "•••• •••• •••• 1111", false},
		{"31.12.2026", "2026-12-31", false},
		{"007", "7", false},
		{"1000", "1,000.00", false},
		{"10115", "10115 Berlin", false},
		{"", "", false},
		{"***", "***", false},
	} {
		assert.Equal(t, c.lost, lostText(c.typed, c.held), "%q, then %q", c.typed, c.held)
	}
}

func TestWhatActsOnAPage(t *testing.T) {
	assert.True(t, Step{Type: "click"}.acts())
	assert.True(t, Step{Type: "keyDown", Key: "Enter"}.acts())
	assert.False(t, Step{Type: "keyDown", Key: "Tab"}.acts())
	assert.False(t, Step{Type: "change"}.acts())
	assert.True(t, element{Tag: "INPUT", Type: "email"}.isField())
	assert.True(t, element{Tag: "LABEL"}.isField())
	assert.True(t, element{Tag: "DIV", Editable: true}.isField())
	assert.False(t, element{Tag: "INPUT", Type: "submit"}.isField())
	assert.False(t, element{Tag: "BUTTON"}.isField())
	assert.False(t, element{Tag: "DIV"}.isField())
}
