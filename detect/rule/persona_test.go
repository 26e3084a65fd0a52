package rule

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPersonaReadsYAMLAndJSON(t *testing.T) {
	for _, text := range []string{
		"email: lena@posteo.de\nName: Lena Fischer\nzip: 01067\nphones: [\"+49 351 1234567\", 0351 1234567]\nbirthDate: 1990-02-03\ncard: 4539578763621486\nloyalty_no: LX-1\ngeo: \"51.05,13.74\"\nnothing: null\n",
		`{"email":"lena@posteo.de","name":"Lena Fischer","postal_code":"01067","phone":["+49 351 1234567","0351 1234567"],"date_of_birth":"1990-02-03","payment_card":"4539578763621486","loyalty_no":"LX-1","latlng":"51.05,13.74"}`,
	} {
		p, err := ParsePersona([]byte(text))
		require.NoError(t, err)
		assert.Equal(t, Persona{
			"email": {"lena@posteo.de"}, "full_name": {"Lena Fischer"}, "postcode": {"01067"}, "phone": {"+49 351 1234567", "0351 1234567"}, "dob": {"1990-02-03"},
			"payment_card": {"4539578763621486"}, "loyalty_no": {"LX-1"}, "geo": {"51.05,13.74"},
		}, p)
	}
}

func TestPersonaErrorsNameTheLine(t *testing.T) {
	for text, want := range map[string]string{
		"email: a@b.de\nname:\n  first: Lena\n": "line 3",
		"- lena\n- fischer\n":                   "want a mapping",
		"email: a@b.de\nemail: c@d.de\n":        "email",
		"email: [a, [b]]\n":                     "line 1",
		"email: \"unterminated\nname: x":        "persona",
	} {
		_, err := ParsePersona([]byte(text))
		assert.ErrorContains(t, err, want, text)
	}
	p, err := ParsePersona(nil)
	require.NoError(t, err)
	assert.Empty(t, p)
}

func TestAPersonaIsOfPeopleAndNoDatabase(t *testing.T) {
	list := func(n int) []byte {
		var b strings.Builder
		b.WriteString("email:\n")
		for i := range n {
			fmt.Fprintf(&b, "- u%d@people.example\n", i)
		}
		return []byte(b.String())
	}
	_, err := ParsePersona(list(maxPersona))
	require.NoError(t, err)
	_, err = ParsePersona(list(maxPersona + 1))
	require.ErrorContains(t, err, "more than 1000 values")
	_, err = ParsePersona([]byte(strings.Repeat("[", 100_000)))
	require.ErrorContains(t, err, "nested more than 100 deep")
}

func TestUnknownKeysAreClassesOfTheirOwn(t *testing.T) {
	assert.Equal(t, Class("known.loyalty_no"), ClassOfKey("loyalty_no"))
	assert.Equal(t, Email, ClassOfKey("E-Mail"))
	assert.Equal(t, AuthToken, ClassOfKey("jwt"))
	info, ok := InfoOf("known.loyalty_no")
	assert.True(t, ok)
	assert.NotEmpty(t, info.Title)
}

func FuzzParsePersona(f *testing.F) {
	f.Add([]byte("email: a@b.de\nphone: [1, 2]\n"))
	f.Add([]byte(`{"a":{"b":1}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := ParsePersona(data)
		if err != nil {
			assert.Nil(t, p)
		}
	})
}

// FuzzFind looks for panics, and for spans that are not in their field.
func FuzzFind(f *testing.F) {
	for _, r := range Rules {
		for _, s := range append(append([]Sample(nil), r.Hits...), r.Misses...) {
			f.Add(s.Body, s.URL)
		}
	}
	p := NewPool(marta)
	f.Fuzz(func(t *testing.T, body, address string) {
		tr := Sample{Body: body, URL: address}.open()
		got := Find(&Context{Tree: tr}, nil)
		got = p.Find(tr, got)
		got = append(got, cribsOf(tr, p, nil)...)
		new(Keystrokes).Add("h", tr, p)
		for _, m := range got {
			require.True(t, m.Start >= 0 && m.Start <= m.End && m.End <= len(tr.Fields[m.Field].Value), "%+v", m)
			require.NotEmpty(t, m.Class)
			require.NotEmpty(t, m.Rule)
		}
	})
}
