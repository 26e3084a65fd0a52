package signal

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestTextOfAPerson: a name is no part of the value, nor are the parameters that follow in a URL; an ampersand inside a record is.
func TestTextOfAPerson(t *testing.T) {
	const (
		tc  = "CQuZP8AQuZP8AAKABBENBkFgAAAAAAAAAAYgAAAAAAAA.IGSQAwAMgLzAZIAA.YAAAAAAAAAAA"
		cky = "consent:no,action:yes,necessary:yes,functional:no,analytics:no"
	)
	for text, want := range map[string]Record{
		"cookieyes-consent=" + cky:       {Kind: CookieYes.Kind, Name: "cookieyes-consent", Value: cky},
		cky:                              {Kind: CookieYes.Kind, Value: cky},
		"gdpr_consent=" + tc + "&gdpr=1": {Kind: TCString.Kind, Name: "gdpr_consent", Value: tc},
		"gdpr_consent=" + tc:             {Kind: TCString.Kind, Name: "gdpr_consent", Value: tc},
		tc:                               {Kind: TCString.Kind, Value: tc},
		"npa=1&gcs=G100":                 {Kind: GoogleNPA.Kind, Name: "npa", Value: "1"},
		"OptanonConsent=isGpcEnabled=0&groups=C0002:0": {Kind: OneTrust.Kind, Name: "OptanonConsent", Value: "isGpcEnabled=0&groups=C0002:0"},
	} {
		r, ok := RecogniseText(text)
		assert.True(t, ok, text)
		assert.NoError(t, r.Err(), text)
		assert.Equal(t, want, Record{Kind: r.Kind, Name: r.Name, Value: r.Value}, text)
	}
	for _, text := range []string{"", "hello", "x=1", "=", "dma"} {
		_, ok := RecogniseText(text)
		assert.False(t, ok, text)
	}
	r, _ := RecogniseText("cookieyes-consent=" + cky)
	assert.NotContains(t, r.Parts, Part{Name: "cookieyes-consent=consent", Value: "no"})
}
