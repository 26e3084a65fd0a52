package main

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/cmd/internal/scan"
	"github.com/tagscan/tagscan/crawler/visit"
)

func applied(t *testing.T, f personFlags, known map[string][]string) scan.Options {
	t.Helper()
	o := scan.Options{Seeds: []string{"https://shop.example.se/"}, Flags: map[string]string{}}
	require.NoError(t, f.apply(&app{stderr: io.Discard}, &o, known, false))
	return o
}

func TestInteractMakesAPersonOfTheSitesCountry(t *testing.T) {
	o := applied(t, personFlags{interact: true}, nil)
	assert.Equal(t, o.Persona, o.Visit.Interact.Persona)
	assert.Equal(t, "sv-SE", o.Visit.Locale)
	assert.Equal(t, "Europe/Stockholm", o.Visit.Timezone)
	require.NotNil(t, o.Visit.Location)
	assert.InDelta(t, 57.7, o.Visit.Location.Latitude, 0.1)
	assert.Equal(t, []string{"interact"}, o.Deviations)
	assert.Equal(t, "true", o.Flags["interact"])
}

func TestAPersonaFileIsNotCopiedIntoTheRun(t *testing.T) {
	o := applied(t, personFlags{interact: true}, map[string][]string{"email": {"jo@example.org"}, "country": {"France"}, "geo": {"48.85, 2.35"}})
	assert.Equal(t, "jo@example.org", o.Visit.Interact.Persona["email"][0])
	assert.NotContains(t, o.Persona, "email")
	assert.Contains(t, o.Persona, "phone", "what the file lacks is made up")
	assert.NotContains(t, o.Persona, "lat")
	assert.Equal(t, "fr-FR", o.Visit.Locale)
	assert.Equal(t, &visit.Location{Latitude: 48.85, Longitude: 2.35, Accuracy: 20}, o.Visit.Location)
}

func TestWithoutInteractNobodyTypes(t *testing.T) {
	o := applied(t, personFlags{}, nil)
	assert.Nil(t, o.Visit.Interact)
	assert.Nil(t, o.Persona)
	assert.Nil(t, o.Visit.Location)
}

func TestReadOnlyRefusesWritesToTheSiteAlone(t *testing.T) {
	refuse := refuseWrites([]string{"https://www.shop.example.se/start", "shop-api.example"})
	for url, want := range map[string]bool{
		"https://api.example.se/x": true, "https://cdn.shop-api.example/": true, "https://vendor.example/": false,
	} {
		assert.Equal(t, want, refuse("POST", url), url)
		assert.False(t, refuse("GET", url), url)
	}
	assert.True(t, refuse("DELETE", "https://www.shop.example.se/a"))
}

func TestInteractIsConfirmed(t *testing.T) {
	var b strings.Builder
	assert.NoError(t, confirm(&b, strings.NewReader("Yes\n"), []string{"https://a.example"}))
	assert.Contains(t, b.String(), "https://a.example")
	assert.Equal(t, exit.Usage, exit.CodeOf(confirm(io.Discard, strings.NewReader("\n"), nil)))
	assert.Error(t, confirm(io.Discard, strings.NewReader(""), nil))
}
