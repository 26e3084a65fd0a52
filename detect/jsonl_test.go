package detect

import (
	"bytes"
	"encoding/json"
	"errors"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
)

func stream(fs ...Finding) iter.Seq2[Finding, error] {
	return func(yield func(Finding, error) bool) {
		for _, f := range fs {
			if !yield(f, nil) {
				return
			}
		}
	}
}

func fullFinding() Finding {
	return Finding{
		Request: "#17", Seq: 18, PageID: "p1", Page: "https://shop.example/", Route: "https://shop.example/", Profile: "A", Host: "api.mixpanel.com",
		URL: "https://api.mixpanel.com/track", Method: "POST", Time: time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC),
		Recipient: recipient.Recipient{ID: "mixpanel", Name: "Mixpanel", Owner: "Mixpanel, Inc.", Country: "US", Category: "analytics", Also: []string{"session-replay"},
			Privacy: "https://mixpanel.com/legal/privacy-policy/", How: recipient.ByShape, Via: "shop.example", Weak: true},
		Account: "tok", EventName: "Signed Up", Class: rule.Email, Rule: "known-value", Form: Encoded, Known: ByPersona, Confidence: Certain, Where: "body",
		Field: "body.data.email", Chain: []string{"form", "base64", "json"}, Value: NewValue("gerda@example.org"), Consent: crawler.Unasked, Phase: crawler.Typing,
		Severity: rule.Critical, Reasons: []string{whileTyping}, Fingerprint: "0123", Place: "4567", Via: []crawler.Cause{{URL: "https://shop.example/a.js", Line: 3}}, TagManager: "Google Tag Manager",
		Steps: []Step{{"base64", "e***"}}, Evidence: []Evidence{{"email-pattern", rule.Email, ByPattern, "body.data.email"}},
	}
}

func TestALineHasTheFieldsThatScriptsRelyOn(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, WriteJSONL(&b, stream(fullFinding()), Output{}))
	var line map[string]any
	require.NoError(t, json.Unmarshal(b.Bytes(), &line))
	for field, want := range map[string]any{
		"request": 17.0, "page": "https://shop.example/", "host": "api.mixpanel.com", "recipient": "mixpanel", "class": "contact.email", "form": "encoded",
		"known": "persona", "where": "body", "field": "body.data.email", "chain": []any{"form", "base64", "json"}, "value": "g***@e***.org", "consent": "unasked",
		"severity": "critical", "fingerprint": "0123",
	} {
		assert.Equal(t, want, line[field], field)
	}
	assert.NotContains(t, b.String(), "gerda")
}

func TestChainIsAListEvenIfNothingWasDecoded(t *testing.T) {
	f := fullFinding()
	f.Chain, f.Request = nil, "r12"
	var b bytes.Buffer
	require.NoError(t, WriteJSONL(&b, stream(f), Output{}))
	assert.Contains(t, b.String(), `"chain":[]`)
	assert.Contains(t, b.String(), `"request":"r12"`)
}

func TestFindingsComeBackAsTheyWereWritten(t *testing.T) {
	for _, reveal := range []bool{false, true} {
		var b bytes.Buffer
		want := fullFinding()
		require.NoError(t, WriteJSONL(&b, stream(want, want), Output{Reveal: reveal, Key: []byte("k")}))
		n := 0
		for got, err := range ReadFindings(&b) {
			require.NoError(t, err)
			n++
			assert.Equal(t, "g***@e***.org", got.Value.String())
			assert.Equal(t, reveal, got.Value.Revealable())
			assert.Equal(t, Token([]byte("k"), want.Value), got.Token)
			got.Value, got.Token = want.Value, want.Token
			assert.Equal(t, want, got)
		}
		assert.Equal(t, 2, n)
	}
}

func TestAnOlderLineIsOfTheFlowAndPlaceThatItsPartsSay(t *testing.T) {
	for f, err := range ReadFindings(strings.NewReader(`{"request":1,"recipient":"mixpanel","class":"contact.email","form":"encoded","consent":"unasked",` +
		`"route":"https://shop.example/","where":"body","field":"body.email","fingerprint":"00112233445566778899aabbccddeeff"}`)) {
		require.NoError(t, err)
		assert.Equal(t, FlowFingerprint(FlowKey{"mixpanel", "contact.email", "unasked", Clear}), f.Fingerprint)
		assert.Equal(t, PlaceFingerprint(f.Fingerprint, "https://shop.example/", "body", "body.email", "", ""), f.Place)
	}
}

func TestRequestIDs(t *testing.T) {
	for id, want := range map[RequestID]string{"#0": "0", "#17": "17", "#017": `"#017"`, "#x": `"#x"`, "r17": `"r17"`, "17": `"17"`, "#-1": `"#-1"`, "#99999999999999999999": `"#99999999999999999999"`} {
		b, err := json.Marshal(id)
		require.NoError(t, err)
		assert.Equal(t, want, string(b))
		var back RequestID
		require.NoError(t, json.Unmarshal(b, &back))
		assert.Equal(t, id, back)
	}
	assert.Error(t, json.Unmarshal([]byte("1.5"), new(RequestID)))
}

func TestABrokenLineIsNamed(t *testing.T) {
	var errs []error
	for _, err := range ReadFindings(strings.NewReader("{\"request\":1}\n\n{broken\n")) {
		if err != nil {
			errs = append(errs, err)
		}
	}
	require.Len(t, errs, 1)
	assert.ErrorContains(t, errs[0], "line 3")
	for _, err := range ReadFindings(strings.NewReader(strings.Repeat("x", maxLine+2))) {
		assert.ErrorContains(t, err, "longer than")
	}
}

func TestWritingEndsWithTheFirstError(t *testing.T) {
	boom := errors.New("boom")
	err := WriteJSONL(&bytes.Buffer{}, func(yield func(Finding, error) bool) { yield(Finding{}, boom) }, Output{})
	assert.ErrorIs(t, err, boom)
}

func TestTokensCorrelateUnderOneKeyOnly(t *testing.T) {
	a, b := NewValue("x"), NewValue("x")
	assert.Equal(t, Token([]byte("k"), a), Token([]byte("k"), b))
	assert.NotEqual(t, Token([]byte("k"), a), Token([]byte("l"), b))
	assert.Len(t, Token([]byte("k"), a), 12)
	assert.Empty(t, Token(nil, a))
	assert.Empty(t, Token([]byte("k"), NewMasked("***")))
}

func FuzzReadFindings(f *testing.F) {
	var b bytes.Buffer
	_ = WriteJSONL(&b, stream(fullFinding()), Output{})
	f.Add(b.String())
	f.Add("{\"request\":[]}\n")
	f.Fuzz(func(t *testing.T, s string) {
		for got, err := range ReadFindings(strings.NewReader(s)) {
			if err == nil {
				var out bytes.Buffer
				require.NoError(t, WriteJSONL(&out, stream(got), Output{}))
			}
		}
	})
}
