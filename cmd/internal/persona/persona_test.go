package persona

import (
	"bytes"
	"crypto/rand"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/detect/rule"
)

func TestNoTwoRunsHaveTheSamePerson(t *testing.T) {
	a, err := New(rand.Reader, "DE")
	require.NoError(t, err)
	b, err := New(rand.Reader, "DE")
	require.NoError(t, err)
	for _, key := range []string{"email", "last_name", "username", "user_id", "password", "search_term"} {
		assert.NotEqual(t, a.Values[key], b.Values[key], key)
	}
}

func TestEveryCountryHasAPersonWhoIsNobody(t *testing.T) {
	require.GreaterOrEqual(t, len(places), 12)
	for _, c := range places {
		p, err := New(rand.Reader, c.code)
		require.NoError(t, err)
		assert.Equal(t, c.code, p.Country)
		for key, vs := range p.Values {
			assert.NotEmpty(t, vs[0], "%s %s", c.code, key)
			assert.NotContains(t, vs[0], "%!", "%s %s", c.code, key)
			assert.Equal(t, key, rule.CanonicalKey(key), "not a persona key")
		}
		assert.Regexp(t, `^[a-z0-9.]+@example\.org$`, p.Values["email"][0], c.code)
		assert.Regexp(t, `^\+(1 \d{3} 555 01\d\d|44 7700 900\d{3}|49 30 23125\d{3}|33 6 39 98 1\d{3}|46 70 174 06 \d\d|353 20 91\d 1\d{3}|61 2 5550 1\d{3})$`, p.Values["phone"][0])
		assert.InDelta(t, c.lat, p.Lat, 0.021)
		assert.InDelta(t, c.lon, p.Lon, 0.021)
	}
}

func TestTheSameNoiseMakesTheSamePerson(t *testing.T) {
	noise := bytes.Repeat([]byte{7, 99, 200}, 8)
	a, err := New(bytes.NewReader(noise), "GB")
	require.NoError(t, err)
	b, err := New(bytes.NewReader(noise), "GB")
	require.NoError(t, err)
	assert.Equal(t, a, b)
	_, err = New(bytes.NewReader(noise[:3]), "GB")
	assert.Error(t, err)
}

func TestCountryOfASite(t *testing.T) {
	for _, c := range []struct{ site, locale, want string }{
		{"https://shop.example.de/x", "", "DE"}, {"https://shop.co.uk", "", "GB"}, {"https://shop.com", "fr-FR", "FR"},
		{"https://shop.com", "sv", "SE"}, {"https://shop.com", "", "US"}, {"http://127.0.0.1:80/", "", "US"}, {"https://shop.dk", "de-DE", "DK"},
	} {
		assert.Equal(t, c.want, CountryOf(c.site, c.locale), c.site+" "+c.locale)
	}
	l, z, ok := Place("germany")
	assert.True(t, ok)
	assert.Equal(t, []string{"de-DE", "Europe/Berlin"}, []string{l, z})
}
