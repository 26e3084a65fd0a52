package signal

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The strings were made by the reference library.
func TestGPPStrings(t *testing.T) {
	for _, c := range []struct {
		text    string
		section int
		version int
		fields  map[string]int
		gpc     Answer
		sale    State
	}{
		{
			"DBABLA~CFQVAAAAAABA.YA", 7, 2,
			map[string]int{"SaleOptOut": 1, "SharingOptOut": 1, "TargetedAdvertisingOptOut": 1, "MspaCoveredTransaction": 1}, Yes, Denied,
		},
		{"DBABLA~CFQqAAAAAABA.QA", 7, 2, map[string]int{"SaleOptOut": 2, "MspaCoveredTransaction": 1}, No, NotOptedOut},
		{"DBABLA~BVQqAAAAAgA.QA", 7, 1, map[string]int{"SaleOptOut": 2, "MspaCoveredTransaction": 2}, No, NotOptedOut},
		{"DBABBg~BUUAAABA.QA", 8, 1, map[string]int{"SaleOptOut": 1, "SharingOptOut": 1}, No, Denied},
		{"DBABEw~BEQAAAQA.QA", 16, 1, map[string]int{"SaleOptOut": 1}, No, Denied},
	} {
		r := decoded(t, "gpp", c.text)
		s, ok := r.Section(c.section)
		require.True(t, ok, c.text)
		assert.Equal(t, c.version, s.Version, c.text)
		assert.Equal(t, SectionName(c.section), s.Name)
		for name, v := range c.fields {
			assert.Equal(t, v, s.Value(name), "%s: %s", c.text, name)
		}
		assert.Equal(t, -1, s.Value("NoSuchField"))
		assert.Equal(t, c.gpc, s.GPC, c.text)
		assert.Equal(t, c.gpc, r.GPC, c.text)
		assert.Equal(t, c.sale, r.Category(Sale), c.text)
		assert.False(t, r.Grants(), "nobody consents by not opting out")
	}
	both := decoded(t, "gpp", "DBACNYA~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA~1YNN")
	require.Len(t, both.Sections, 2)
	assert.Equal(t, "tcfeuv2", both.Sections[0].Name)
	assert.Equal(t, Denied, both.Consented(755, 1))
	assert.Equal(t, NotOptedOut, both.Category(Sale))
}

func TestCategoriesOfSensitiveDataByVersion(t *testing.T) {
	for text, n := range map[string]int{"DBABLA~CFQVAAAAAABA.YA": 16, "DBABLA~BVQqAAAAAgA.QA": 12} {
		r := decoded(t, "gpp", text)
		for _, f := range r.Sections[0].Fields {
			if f.Name == "SensitiveDataProcessing" {
				assert.Len(t, f.Values, n, text)
			}
		}
	}
}

func TestMalformedGPPStrings(t *testing.T) {
	section := func(w *writer) string { return "DBABLA~" + w.String() }
	for name, c := range map[string]struct {
		text string
		code FaultCode
	}{
		"empty":                        {"", FaultEmpty},
		"not a header":                 {"CQuZ~1YNN", FaultSyntax},
		"header of version 2":          {(&writer{}).int(3, 6).int(2, 6).int(0, 12).String(), FaultVersion},
		"header cut":                   {"DB", FaultTruncated},
		"header without an end":        {"DBAB", FaultTruncated},
		"section that is not there":    {"DBABLA", FaultSections},
		"one section too many":         {"DBABLA~CFQVAAAAAABA~1YNN", FaultSections},
		"section of an unknown id":     {header(0b00000000011, 11) + "~AAAA", FaultSections},
		"section with nothing in it":   {"DBABLA~", FaultEmpty},
		"section of version 9":         {section((&writer{}).int(9, 6).int(0, 60)), FaultVersion},
		"section cut":                  {"DBABLA~CFQ", FaultTruncated},
		"value 3":                      {section((&writer{}).int(2, 6).int(3, 2).int(0, 80)), FaultValue},
		"GPC segment of type 2":        {"DBABLA~CFQVAAAAAABA.gA", FaultSegment},
		"three segments":               {"DBABLA~CFQVAAAAAABA.YA.YA", FaultSegment},
		"segment where there is none":  {header(0b0000011, 7) + "~" + (&writer{}).int(1, 6).int(0, 60).String() + ".YA", FaultSegment},
		"us_privacy of five letters":   {header(0b10011, 5) + "~1YNNN", FaultTrailing},
		"ids without an end of number": {(&writer{}).int(3, 6).int(1, 6).int(1, 12).int(1, 1).int(0, 23).String(), FaultTruncated},
	} {
		_, err := Decode("gpp", c.text)
		require.Error(t, err, name)
		var f Fault
		require.ErrorAs(t, err, &f, name)
		assert.Equal(t, c.code, f.Code, "%s: %v", name, err)
	}
}

// header is that of a GPP string with one section, whose id is given in Fibonacci coding: 11 is 1, 011 is 2, 0011 is 3.
func header(fibonacci, bits int) string {
	return (&writer{}).int(3, 6).int(1, 6).int(1, 12).int(0, 1).int(fibonacci, bits).String()
}

func TestAHeaderCannotAnnounceMoreThanThereIs(t *testing.T) {
	// One range from 1 to 60,000, in Fibonacci coding, in a dozen characters.
	w := (&writer{}).int(3, 6).int(1, 6).int(1, 12).int(1, 1).int(0b11, 2)
	w.int(0b000000000000000000000011>>1, 23).int(1, 1)
	r, err := Decode("gpp", w.String())
	require.Error(t, err)
	assert.Empty(t, r.Sections)
}

func TestSectionsThatApply(t *testing.T) {
	r := decoded(t, "gpp_sid", "7_8")
	assert.Equal(t, Yes, r.Applies)
	assert.Len(t, r.Parts, 2)
	none := decoded(t, "gpp_sid", "-1")
	assert.Equal(t, No, none.Applies)
	_, err := Decode("gpp_sid", "seven")
	assert.Error(t, err)
}
