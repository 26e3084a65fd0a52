package signal

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The strings were made by the reference library; 25 is Yahoo, 755 Google, 804 LinkedIn in the IAB's list.
const (
	allRefused    = "CQuZP8AQuZP8AAKABBENBkFgAAAAAAAAAAYgAAAAAAAA.IGSQAwAMgLzAZIAA.YAAAAAAAAAAA"
	allGranted    = "CQuZP8AQuZP8AAKABBENBkFgAP_gAEPgAAYgGSQAwAMgLzAZIBecAIADIC8wAAAA.IGSQAwAMgLzAZIAA.YAAAAAAAAAAA"
	onlyStorage   = "CQuZP8AQuZP8AAKABBENBkFgAIAAAAAAAAYgF5wAQF5gAAAA.IGSQAwAMgLzAZIAA.YAAAAAAAAAAA"
	interestsLeft = "CQuZP8AQuZP8AAKABBENBkFgAAAAAEPAAAYgAAALzgBAAZAXmAAA.IGSQAwAMgLzAZIAA.YAAAAAAAAAAA"
	ofTheSpec     = "CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA.IDKQA4AAgAKAGQAygAAA"
)

func decoded(t *testing.T, kind Kind, value string) Record {
	t.Helper()
	r, err := Decode(kind, value)
	require.NoError(t, err)
	return r
}

func TestTCStrings(t *testing.T) {
	for _, c := range []struct {
		text                                   string
		purposes, interests, vendors, onGround string
		disclosed                              []int
		cmp, policy                            int
	}{
		{allRefused, "none", "none", "none", "none", []int{25, 755, 804}, 10, 5},
		{allGranted, "1-11", "2, 7-11", "25, 755, 804", "25, 755", []int{25, 755, 804}, 10, 5},
		{onlyStorage, "1", "none", "755", "none", []int{25, 755, 804}, 10, 5},
		{interestsLeft, "none", "2, 7-10", "none", "25, 755", []int{25, 755, 804}, 10, 5},
		{ofTheSpec, "none", "none", "1-4", "none", nil, 880, 2},
	} {
		r := decoded(t, "tcf", c.text)
		assert.Equal(t, c.purposes, r.TCF.PurposeConsents.String(), c.text)
		assert.Equal(t, c.interests, r.TCF.PurposeInterests.String(), c.text)
		assert.Equal(t, c.vendors, r.TCF.VendorConsents.String(), c.text)
		assert.Equal(t, c.onGround, r.TCF.VendorInterests.String(), c.text)
		if c.disclosed != nil {
			assert.Equal(t, c.disclosed, r.TCF.Disclosed.Slice(), c.text)
		}
		assert.Equal(t, c.cmp, r.CMP, c.text)
		assert.Equal(t, c.policy, r.TCF.Policy, c.text)
		assert.Equal(t, "EN", r.Language, c.text)
	}
	spec := decoded(t, "tcf", ofTheSpec)
	assert.Equal(t, 48, spec.TCF.VendorList)
	assert.Equal(t, 404, spec.TCF.Disclosed.last())
	assert.Nil(t, spec.TCF.Publisher)
}

// What a consumer asks of a record: may this vendor do that, on what ground, was it disclosed, what was left on.
func TestQuestionsAboutVendors(t *testing.T) {
	refused, granted := decoded(t, "tcf", allRefused), decoded(t, "tcf", allGranted)
	storage, left := decoded(t, "tcf", onlyStorage), decoded(t, "tcf", interestsLeft)
	assert.Equal(t, Denied, refused.Consented(755, 1))
	assert.Equal(t, Granted, granted.Consented(755, 1))
	assert.Equal(t, Denied, granted.Consented(91, 1), "a vendor without its bit has none of the purposes")
	assert.Equal(t, Granted, storage.Consented(755, 1))
	assert.Equal(t, Denied, storage.Consented(755, 2))
	assert.Equal(t, Denied, storage.Consented(25, 1))
	assert.Equal(t, Granted, left.Interest(755, 7))
	assert.Equal(t, Denied, left.Interest(804, 7))
	assert.Equal(t, Granted, left.Allows(25, 2))
	assert.Equal(t, Denied, left.Allows(25, 1))
	assert.Equal(t, Denied, left.AllowsAny(755), "legitimate interest is no consent")
	assert.Equal(t, Granted, storage.AllowsAny(755))

	assert.Equal(t, Yes, refused.Disclosed(804))
	assert.Equal(t, No, refused.Disclosed(91))
	purposes, vendors := left.InterestsLeft()
	assert.Equal(t, []int{2, 7, 8, 9, 10}, purposes.Slice())
	assert.Equal(t, []int{25, 755}, vendors.Slice())
	purposes, vendors = refused.InterestsLeft()
	assert.Zero(t, purposes.Len()+vendors.Len())

	assert.Equal(t, Denied, left.Says, "interests that were left on are no consent")
	assert.True(t, granted.Grants() && storage.Grants())
	assert.False(t, refused.Grants() || left.Grants())
	assert.Equal(t, Denied, refused.Category(Advertising))
	assert.Equal(t, Granted, storage.Category(Storage))

	other := decoded(t, "us_privacy", "1YNN")
	assert.Equal(t, Unknown, other.Consented(755, 1))
	assert.Equal(t, NotSaid, other.Disclosed(755))
	assert.Equal(t, Unknown, granted.Consented(755, 25))
	assert.Equal(t, Unknown, granted.Consented(755, 0))
}

// writer makes base64url of bits, for strings that no encoder writes.
type writer struct{ bits strings.Builder }

func (w *writer) int(v, n int) *writer {
	s := strconv.FormatInt(int64(v), 2)
	w.bits.WriteString(strings.Repeat("0", n-len(s)) + s)
	return w
}

func (w *writer) String() string {
	s := w.bits.String()
	for len(s)%24 != 0 {
		s += "0"
	}
	var b strings.Builder
	for i := 0; i < len(s); i += 6 {
		n, _ := strconv.ParseInt(s[i:i+6], 2, 8)
		b.WriteByte(base64url[n])
	}
	return b.String()
}

// core begins a TC string: everything up to the vendors, with purposes 1 to 3 consented to and 2 and 7 on interest.
func core(version int, serviceSpecific int) *writer {
	w := &writer{}
	w.int(version, 6).int(17_000_000_000, 36).int(17_000_000_000, 36).int(10, 12).int(1, 12).int(0, 6)
	w.int(4, 6).int(13, 6).int(150, 12).int(5, 6)
	w.int(serviceSpecific, 1).int(0, 1).int(0, 12).int(0b111<<21, 24).int(1<<22|1<<17, 24).int(0, 1).int(3, 6).int(4, 6)
	return w
}

func TestRestrictionsOfThePublisherDecide(t *testing.T) {
	w := core(2, 1)
	w.int(9, 16).int(0, 1).int(0b111111111, 9) // vendors 1 to 9 with consent
	w.int(9, 16).int(0, 1).int(0b111111111, 9) // and on interest
	w.int(3, 12)
	w.int(1, 6).int(0, 2).int(1, 12).int(0, 1).int(4, 16)            // purpose 1 not allowed: vendor 4
	w.int(2, 6).int(1, 2).int(1, 12).int(1, 1).int(2, 16).int(3, 16) // purpose 2 only with consent: 2 to 3
	w.int(3, 6).int(2, 2).int(1, 12).int(0, 1).int(5, 16)            // purpose 3 only on interest: 5
	r := decoded(t, "tcf", w.String())
	assert.Equal(t, Denied, r.Consented(4, 1))
	assert.Equal(t, Granted, r.Consented(5, 1))
	assert.Equal(t, Granted, r.Interest(4, 2))
	assert.Equal(t, Denied, r.Interest(3, 2))
	assert.Equal(t, Granted, r.Consented(3, 2))
	assert.Equal(t, Denied, r.Consented(5, 3))
	assert.Equal(t, "DE", r.Country)
	assert.Equal(t, Mixed, r.Says)
}

func TestMalformedTCStrings(t *testing.T) {
	nobody := func() *writer { return core(2, 1).int(0, 16).int(0, 1).int(0, 16).int(0, 1) } // no vendor has a bit
	whole := nobody().int(0, 12)
	long := core(2, 1).int(1, 16).int(1, 1).int(4095, 12).String()
	backwards := core(2, 1).int(9, 16).int(1, 1).int(1, 12).int(1, 1).int(9, 16).int(3, 16).int(0, 16).int(0, 1).int(0, 12)
	zero := core(2, 1).int(9, 16).int(1, 1).int(1, 12).int(0, 1).int(0, 16).int(0, 16).int(0, 1).int(0, 12)
	for name, c := range map[string]struct {
		text string
		code FaultCode
		read bool // the core was read all the same
	}{
		"empty":                      {"", FaultEmpty, false},
		"version 1":                  {"BOEFEAyOEFEAyAHABDENAI4AAAB9vABAASA", FaultVersion, false},
		"version 3":                  {core(3, 1).String(), FaultVersion, false},
		"another alphabet":           {strings.Replace(allGranted, "_", "/", 1), FaultAlphabet, false},
		"a space":                    {"CQuZ P8AQuZP8", FaultAlphabet, false},
		"cut in the core":            {allRefused[:20], FaultTruncated, false},
		"cut in the vendors":         {long, FaultTruncated, false},
		"padding":                    {whole.String() + "==", FaultPadding, true},
		"something after the end":    {whole.String() + "AAAA_", FaultTrailing, true},
		"a range that goes back":     {backwards.String(), FaultValue, false},
		"vendor 0":                   {zero.String(), FaultValue, false},
		"an empty segment":           {allRefused + ".", FaultEmpty, true},
		"a segment of type 5":        {allRefused + "." + (&writer{}).int(5, 3).String(), FaultSegment, true},
		"disclosed vendors twice":    {allRefused + ".IGSQAwAMgLzAZIAA", FaultSegment, true},
		"disclosed vendors cut":      {"CQuZP8AQuZP8AAKABBENBkFgAAAAAAAAAAYgAAAAAAAA.IGSQ", FaultTruncated, true},
		"something after a segment":  {"CQuZP8AQuZP8AAKABBENBkFgAAAAAAAAAAYgAAAAAAAA.IGSQAwAMgLzAZIAA_", FaultTrailing, true},
		"publisher purposes cut":     {"CQuZP8AQuZP8AAKABBENBkFgAAAAAAAAAAYgAAAAAAAA.YAA", FaultTruncated, true},
		"restriction of type 3":      {nobody().int(1, 12).int(1, 6).int(3, 2).int(0, 12).String(), FaultValue, false},
		"a language without letters": {(&writer{}).int(2, 6).int(1, 36).int(1, 36).int(1, 30).int(63, 6).int(0, 200).String(), FaultValue, false},
	} {
		r, err := Decode("tcf", c.text)
		require.Error(t, err, name)
		var f Fault
		require.ErrorAs(t, err, &f, name)
		assert.Equal(t, c.code, f.Code, "%s: %v", name, err)
		assert.Equal(t, c.read, r.TCF != nil, name)
	}
}

func TestRulesThatAWellFormedStringBreaks(t *testing.T) {
	end := func(w *writer) string { return w.int(0, 16).int(0, 1).int(0, 16).int(0, 1).int(0, 12).String() }
	for name, c := range map[string]struct {
		text  string
		codes []FaultCode
	}{
		"none":                {allRefused, nil},
		"policy 2 of 2025":    {ofTheSpec, nil},
		"for the whole web":   {end(core(2, 0)) + ".IGSQAwAMgLzAZIAA", []FaultCode{FaultNotServiceSpecific}},
		"nothing disclosed":   {allRefused[:44], []FaultCode{FaultNoDisclosedVendors}},
		"nor in 2023":         {end(core(2, 1)), nil},
		"interest in storage": {"CQuZP8AQuZP8AAKABBENBkFgAAAAAIAAAAYgAAAAAAAA.IGSQAwAMgLzAZIAA", []FaultCode{FaultInterestNotAllowed}},
	} {
		r := decoded(t, "tcf", c.text)
		var codes []FaultCode
		for _, f := range r.Faults {
			codes = append(codes, f.Code)
			assert.NotEmpty(t, f.Error())
		}
		assert.Equal(t, c.codes, codes, name)
	}
}

// Encoders before 2026 wrote the vendors of Canada's string as Europe's has them.
func TestCanadasStringInBothCodings(t *testing.T) {
	head := func() *writer {
		w := &writer{}
		w.int(1, 6).int(17_000_000_000, 36).int(17_000_000_000, 36).int(10, 12).int(1, 12).int(0, 6).int(4, 6).int(13, 6).int(150, 12).int(2, 6)
		return w.int(0, 1).int(0, 12).int(0b111<<21, 24).int(0b1<<23, 24)
	}
	old := head().int(900, 16).int(1, 1).int(2, 12).int(0, 1).int(755, 16).int(1, 1).int(800, 16).int(900, 16).int(0, 16).int(0, 1).int(0, 12)
	// The 16 bits of 3 end in the two ones that end a Fibonacci-coded number, 987: only the largest id, which stands before, tells.
	both := head().int(3, 16).int(1, 1).int(1, 12).int(0, 1).int(3, 16).int(0, 16).int(0, 1).int(0, 12)
	// Fibonacci: 4 is 1011, then 5 more, 00011, is 9.
	now := head().int(9, 16).int(1, 1).int(2, 12).int(0, 1).int(0b1011, 4).int(0, 1).int(0b00011, 5).int(0, 16).int(0, 1).int(0, 12)
	for text, vendors := range map[string]string{old.String(): "755, 800-900", now.String(): "4, 9", both.String(): "3"} {
		r := decoded(t, "gpp", "DBABDA~"+text) // section 5
		s, ok := r.Section(5)
		require.True(t, ok)
		assert.Equal(t, vendors, s.TCF.VendorConsents.String())
		assert.Equal(t, "1-3", s.TCF.PurposeConsents.String())
		assert.True(t, s.TCF.Canada)
	}
}
