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
		{"gcd", "", FaultEmpty}, {"gcd", "23p3p3p2p5", FaultVersion}, {"gcd", "13p3p3p2p", FaultTruncated},
		{"gcd", "13p3p3p2p5l1l1l1l1", FaultTrailing}, {"gcd", "13p3p3p2p~", FaultAlphabet}, {"gcs", "", FaultEmpty},
		{"gcs", "G211", FaultVersion}, {"gcs", "G11", FaultTruncated}, {"gcs", "G1111", FaultTrailing}, {"gcs", "G1x1", FaultAlphabet},
		{"npa", "", FaultEmpty}, {"npa", "2", FaultValue}, {"dma", "yes", FaultValue}, {"gdpr", "maybe", FaultValue},
		{"rdp", "x", FaultValue}, {"gcu", "x", FaultValue}, {"dma_cps", "", FaultEmpty}, {"dma_cps", "syz", FaultAlphabet},
		{"tcfd", "", FaultEmpty}, {"tcfd", "2aaaa", FaultVersion}, {"tcfd", "1aa", FaultTruncated},
		{"tcfd", "1aaaaaaaaa", FaultTrailing}, {"tcfd", "1aa~a", FaultAlphabet}, {"us_privacy", "", FaultEmpty},
		{"us_privacy", "2YYN", FaultVersion}, {"us_privacy", "1YY", FaultTruncated}, {"us_privacy", "1YYNN", FaultTrailing},
		{"us_privacy", "1YXN", FaultAlphabet}, {"addtl_consent", "", FaultEmpty}, {"addtl_consent", "3~1", FaultVersion},
		{"addtl_consent", "1", FaultTruncated}, {"addtl_consent", "1~1~2", FaultTrailing}, {"addtl_consent", "1~1.x", FaultValue},
		{"addtl_consent", "2~1~2.3", FaultSyntax}, {"addtl_consent", "1~1..2", FaultValue}, {"asc", "", FaultEmpty},
		{"asc", "desc", FaultValue}, {"dpo", "LDX", FaultValue}, {"dpoco", "7", FaultValue}, {"dpost", "", FaultEmpty},
		{"dpost", "99999", FaultValue}, {"gpc", "x", FaultValue}, {"gpp_sid", "", FaultEmpty}, {"gpp_sid", "7,x", FaultValue},
		{"onetrust", "a=b", FaultSyntax}, {"onetrust-closed", "soon", FaultValue}, {"cookiebot", "{stamp:'x'", FaultTruncated},
		{"cookiebot", "yes", FaultSyntax}, {"cookiebot", "{}", FaultSyntax}, {"cookieyes", "x", FaultSyntax},
		{"didomi", "%%%", FaultSyntax}, {"didomi", "eyJ1c2VyX2lk", FaultTruncated}, {"commanders-act", "2@1@2", FaultSyntax},
		{"commanders-act", "0@1@2", FaultTruncated}, {"trustarc-preferences", "7:", FaultSyntax}, {"trustarc-gdpr", "a", FaultSyntax},
		{"trustarc-permit", "deny", FaultSyntax}, {"usercentrics", `{"services":[`, FaultTruncated},
		{"usercentrics", "[]", FaultSyntax}, {"adobe", "{}", FaultSyntax}, {"adobe-cookie", "general=maybe", FaultValue},
		{"amazon", "{}", FaultSyntax}, {"cookie-script", "{}", FaultSyntax}, {"tarteaucitron", "!a=perhaps", FaultValue},
		{"klaro", `{"a":"b"}`, FaultSyntax}, {"klaro", `{"a":true}x`, FaultSyntax}, {"hubspot", "", FaultSyntax},
		{"wix", "{}", FaultSyntax}, {"civic", "{}", FaultSyntax}, {"shopify", "{}", FaultSyntax}, {"iubenda", "{}", FaultSyntax},
		{"sourcepoint", "{}", FaultSyntax}, {"borlabs", "{}", FaultSyntax}, {"google-ics", "{}", FaultSyntax},
		{"tcdata", "{}", FaultSyntax}, {"gpp-ping", "{}", FaultSyntax}, {"funding-choices", "x", FaultSyntax},
		{"cookieconsent-status", "x", FaultValue}, {"yes-no", "x", FaultValue}, {"complianz", "x", FaultValue},
		{"usercentrics-tcf", "{}", FaultEmpty}, {"complianz-banner", "", FaultEmpty}, {"hubspot-opt-out", "x", FaultValue},
		{"moove", "{}", FaultSyntax}, {"cookie-information", "{}", FaultSyntax}, {"cookielawinfo", "x", FaultValue},
		{"usercentrics-gcm", "{}", FaultSyntax}, {"ketch", "{}", FaultSyntax}, {"ketch", "$", FaultSyntax},
		{"termly", "{}", FaultSyntax}, {"consentmanager", "51", FaultSyntax}, {"wix", "", FaultTruncated},
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
	apart := decoded(t, "addtl_consent", "1~43.3.9.6.9")
	assert.Equal(t, []int{43, 46, 55, 61, 70}, apart.Providers.Consented.Slice())
	two := decoded(t, "addtl_consent", "2~7~dv.13")
	assert.Equal(t, Granted, two.Provider(7))
	assert.Equal(t, Denied, two.Provider(13))
	assert.Equal(t, Unknown, two.Provider(99), "neither consented to nor shown")
	none := decoded(t, "gcs", "G111")
	assert.Equal(t, Unknown, none.Provider(7))
}
