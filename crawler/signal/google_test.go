package signal

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestGoogleDefaults(t *testing.T) {
	states := func(r Record) (out []State) {
		for _, p := range r.Purposes {
			out = append(out, p.State)
		}
		return out
	}
	all := func(s State) []State { return []State{s, s, s, s} }
	for _, c := range []struct {
		gcd     string
		states  []State
		chosen  Answer
		gpc     Answer
		unasked int // purposes that were granted before anybody was asked
	}{
		{"13p3p3p2p5l1", all(Denied), No, No, 0},
		{"13q3q3q2q5l1", all(Denied), Yes, No, 0},
		{"13r3r3r2r5l1", all(Granted), Yes, No, 0},
		{"13l3l3l3l1l1", all(Unknown), NotSaid, No, 4},
		{"13p3p3p2pdl1", all(Denied), No, Yes, 0},
		{"13t3t3t2t5l1", all(Granted), No, No, 4},
		{"13v3v3v2v5l1", all(Granted), Yes, No, 4},
		{"13u3u3u2u5l1", all(Denied), Yes, No, 4},
		{"13n3n3n2n5l1", all(Granted), Yes, No, 0},
		{"13m3m3m2m5l1", all(Denied), Yes, No, 0},
		{"13l3l3l2l1", []State{Unknown, Unknown, Unknown, Denied}, NotSaid, No, 3},
		{"13r3r3n2n5", all(Granted), Yes, No, 0},
		// A declared value: index 53 is 11 01 01, declared granted and nothing else; R is 53.
		{"13R3p3p2p5l1", []State{Granted, Denied, Denied, Denied}, No, No, 0},
	} {
		r := decoded(t, "gcd", c.gcd)
		assert.Equal(t, c.states, states(r), c.gcd)
		assert.Equal(t, c.chosen, r.Chosen, c.gcd)
		assert.Equal(t, c.gpc, r.GPC, c.gcd)
		assert.Len(t, r.GrantedUnasked(), c.unasked, c.gcd)
	}
}

func TestMalformedParameters(t *testing.T) {
	for _, c := range []struct {
		kind  Kind
		value string
		code  FaultCode
	}{
		{"gcd", "", Empty}, {"gcd", "23p3p3p2p5", Version}, {"gcd", "13p3p3p2p", Truncated}, {"gcd", "13p3p3p2p5l1l1l1l1", Trailing},
		{"gcd", "13p3p3p2p~", Alphabet},
		{"gcs", "", Empty}, {"gcs", "G211", Version}, {"gcs", "G11", Truncated}, {"gcs", "G1111", Trailing}, {"gcs", "G1x1", Alphabet},
		{"npa", "", Empty}, {"npa", "2", Value}, {"dma", "yes", Value}, {"gdpr", "maybe", Value}, {"rdp", "x", Value}, {"gcu", "x", Value},
		{"dma_cps", "", Empty}, {"dma_cps", "syz", Alphabet},
		{"tcfd", "", Empty}, {"tcfd", "2aaaa", Version}, {"tcfd", "1aa", Truncated}, {"tcfd", "1aaaaaaaaa", Trailing},
		{"tcfd", "1aa~a", Alphabet},
		{"us_privacy", "", Empty}, {"us_privacy", "2YYN", Version}, {"us_privacy", "1YY", Truncated}, {"us_privacy", "1YYNN", Trailing},
		{"us_privacy", "1YXN", Alphabet},
		{"addtl_consent", "", Empty}, {"addtl_consent", "3~1", Version}, {"addtl_consent", "1", Truncated}, {"addtl_consent", "1~1~2", Trailing},
		{"addtl_consent", "1~1.x", Value}, {"addtl_consent", "2~1~2.3", Syntax}, {"addtl_consent", "1~1..2", Value},
		{"asc", "", Empty}, {"asc", "desc", Value}, {"dpo", "LDX", Value}, {"dpoco", "7", Value}, {"dpost", "", Empty}, {"dpost", "99999", Value},
		{"gpc", "x", Value}, {"gpp_sid", "", Empty}, {"gpp_sid", "7,x", Value},
		{"onetrust", "a=b", Syntax}, {"onetrust-closed", "soon", Value}, {"cookiebot", "{stamp:'x'", Truncated}, {"cookiebot", "yes", Syntax},
		{"cookiebot", "{}", Syntax}, {"cookieyes", "x", Syntax}, {"didomi", "%%%", Syntax}, {"didomi", "eyJ1c2VyX2lk", Truncated},
		{"commanders-act", "2@1@2", Syntax}, {"commanders-act", "0@1@2", Truncated}, {"trustarc-preferences", "7:", Syntax},
		{"trustarc-gdpr", "a", Syntax}, {"trustarc-permit", "deny", Syntax}, {"usercentrics", `{"services":[`, Truncated},
		{"usercentrics", "[]", Syntax}, {"adobe", "{}", Syntax}, {"adobe-cookie", "general=maybe", Value}, {"amazon", "{}", Syntax},
		{"cookie-script", "{}", Syntax}, {"tarteaucitron", "!a=perhaps", Value}, {"klaro", `{"a":"b"}`, Syntax}, {"klaro", `{"a":true}x`, Syntax},
		{"hubspot", "", Syntax}, {"wix", "{}", Syntax}, {"civic", "{}", Syntax}, {"shopify", "{}", Syntax}, {"iubenda", "{}", Syntax},
		{"sourcepoint", "{}", Syntax}, {"borlabs", "{}", Syntax}, {"google-ics", "{}", Syntax}, {"tcdata", "{}", Syntax},
		{"gpp-ping", "{}", Syntax},
		{"funding-choices", "x", Syntax}, {"cookieconsent-status", "x", Value}, {"yes-no", "x", Value}, {"complianz", "x", Value},
		{"usercentrics-tcf", "{}", Empty}, {"complianz-banner", "", Empty}, {"hubspot-opt-out", "x", Value}, {"moove", "{}", Syntax},
		{"cookie-information", "{}", Syntax}, {"cookielawinfo", "x", Value}, {"usercentrics-gcm", "{}", Syntax},
		{"ketch", "{}", Syntax}, {"ketch", "$", Syntax}, {"termly", "{}", Syntax}, {"consentmanager", "51", Syntax}, {"wix", "", Truncated},
	} {
		_, err := Decode(c.kind, c.value)
		var f Fault
		if assert.ErrorAs(t, err, &f, "%s %q", c.kind, c.value) {
			assert.Equal(t, c.code, f.Code, "%s %q: %v", c.kind, c.value, err)
			assert.NotEmpty(t, f.Text)
		}
	}
	_, err := Decode("no such kind", "x")
	require.Error(t, err)
}

func TestProvidersOfGooglesList(t *testing.T) {
	one := decoded(t, "addtl_consent", "1~7.12")
	assert.Equal(t, Granted, one.Provider(12))
	assert.Equal(t, Denied, one.Provider(13))
	two := decoded(t, "addtl_consent", "2~7~dv.13")
	assert.Equal(t, Granted, two.Provider(7))
	assert.Equal(t, Denied, two.Provider(13))
	assert.Equal(t, Unknown, two.Provider(99), "neither consented to nor shown")
	none := decoded(t, "gcs", "G111")
	assert.Equal(t, Unknown, none.Provider(7))
}
