package signal

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRecognisedByNameAndValue(t *testing.T) {
	for _, c := range []struct {
		name, value string
		kind        Kind
	}{
		{"GDPR_CONSENT", allRefused, "tcf"},
		{"gdpr_consent", strings.ReplaceAll(allRefused, ".", "%2E"), "tcf"},
		{"some_parameter", allGranted, "tcf"},
		{"x", "DBABLA%7ECFQVAAAAAABA.YA", "gpp"},
		{"consent", allGranted, "tcf"},
		{"consent", `[{"standard":"Adobe","version":"2.0","value":{"collect":{"val":"y"}}}]`, "adobe"},
		{"ccpa", "1YNN", "us_privacy"},
		{"kndctr_5B3A_AdobeOrg_consent", "general%3Dout", "adobe-cookie"},
		{"cookielawinfo-checkbox-advertisement", "yes", "cookielawinfo"},
		{"_sp_user_consent_12", `{"gdpr":{"euconsent":"` + allGranted + `"}}`, "sourcepoint"},
		{"Sec-GPC", "1", "gpc"},
		{"gpp", "CQuZ", "gpp"}, // malformed, and under a name that means nothing else
	} {
		r, ok := Recognise(c.name, c.value)
		assert.True(t, ok, "%s=%s", c.name, c.value)
		assert.Equal(t, c.kind, r.Kind, "%s=%s", c.name, c.value)
		assert.Equal(t, c.name, r.Name)
		assert.Equal(t, c.value, r.Value)
	}
}

func TestNotTakenForConsent(t *testing.T) {
	for _, c := range [][2]string{
		{"asc", "desc"}, {"asc", "1"}, {"sku", "G100"}, {"order", "1YNN"}, {"consent", "newsletter"}, {"gdpr", "maybe-later"},
		{"npa", "Nordic Pulp"},
		{"dma", "501"}, {"dpo", "dpo@example.org"}, {"consent", ""}, {"id", "CAESEH2x5bY8Zl0r9l1pQp0m4vM"}, {"q", "1~7.12.35"}, {"klaro", "lamp"},
		{"gid", "CPq1w2e3r4t5y6u7i8o9p0aASDFGHJKLzxcvbnmQWERTYUIOP"}, {"", ""}, {"consentId", "6f1c0f5e-1111-4222-8333-444455556666"},
		{"cookieconsent", "lamp"}, {"token", "DBabcdefghijklmnopqrstuvwxyz"}, {"x", "!important"}, {"data", `{"standard":1}`}, {"tcs", "Tata"},
		{"gpc", "lamp"}, {"rdp", "3389"}, {"query", "13p3p3"}, {"v", "1---"},
	} {
		r, ok := Recognise(c[0], c[1])
		assert.False(t, ok, "%s=%s is taken for %s", c[0], c[1], r.Kind)
	}
}

// Random text of the alphabet that begins as a string does is none.
func TestRandomTextIsNoConsentString(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, begin := range []string{"C", "CQ", "CP", "DB", "DBAB", "13"} {
		for range 20_000 {
			b := []byte(begin)
			for range 40 + random.IntN(80) {
				b = append(b, base64url[random.IntN(64)])
			}
			r, ok := Recognise("v", string(b))
			assert.False(t, ok, "%s is taken for %s", b, r.Kind)
		}
	}
}

func TestTextsOfAPerson(t *testing.T) {
	for text, kind := range map[string]Kind{
		allRefused: "tcf", "gdpr_consent=" + allRefused: "tcf", "gcs=G111": "gcs", "G111": "gcs", "1YNN": "us_privacy", "npa=1": "npa",
		" 13p3p3p2p5l1\n": "gcd", "DBABLA~CFQVAAAAAABA.YA": "gpp", "addtl_consent=1~7.12": "addtl_consent", "1~7.12": "addtl_consent",
		"dpo=": "dpo", "OptanonConsent=groups=C0001%3A1%2CC0004%3A0&interactionCount=1": "onetrust",
		"kndctr_X_AdobeOrg_consent=general=in": "adobe-cookie", "!gtag=true!ga=false": "tarteaucitron",
	} {
		r, ok := RecogniseText(text)
		assert.True(t, ok, text)
		assert.Equal(t, kind, r.Kind, text)
	}
	for _, text := range []string{"", "hello", "a=b", "=", "gcs"} {
		_, ok := RecogniseText(text)
		assert.False(t, ok, text)
	}
}

// A visitor is told apart by the ids that platforms keep, never by what was chosen.
func TestOnlyIdsIdentify(t *testing.T) {
	for _, f := range Formats {
		for _, e := range f.Examples {
			r, ok := Recognise(e.Name, e.Value)
			require.True(t, ok)
			if !r.Identifies() {
				continue
			}
			switch r.Kind {
			case "onetrust", "cookiebot", "cookieyes", "didomi", "usercentrics", "cookie-information", "cookie-script", "vanilla-cookieconsent",
				"borlabs", "axeptio", "civic", "iubenda", "sourcepoint", "trustarc-preferences", "termly", "shopify",
				"ccm19", "cookie-compliance", "fides", "finsweet", "pandectes", "piwik-pro", "probo":
			default:
				t.Errorf("%s: %s identifies somebody", r.Kind, e.Value)
			}
		}
	}
	r := decoded(t, "onetrust", "consentId=6f1c&groups=C0001:1&landingPath=https%3A%2F%2Fshop.example%2F%3Femail%3Da")
	var marked []string
	for _, p := range r.Parts {
		if p.Identifies {
			marked = append(marked, p.Name)
		}
	}
	assert.Equal(t, []string{"consent id", "landing page"}, marked)
}

func TestWhetherAChoiceWasMade(t *testing.T) {
	for _, c := range []struct {
		name, value string
		chosen      Answer
	}{
		{"OptanonConsent", "interactionCount=0&groups=C0001:1,C0004:1", No},
		{"OptanonConsent", "interactionCount=1&groups=C0001:1,C0004:1", Yes},
		{"OptanonConsent", "groups=C0001:1,C0004:1", NotSaid},
		{"CookieConsent", "{stamp:'-1',necessary:true,marketing:true,method:'implied',utc:1795860000000}", No},
		{"CookieConsent", "{stamp:'x==',necessary:true,marketing:true,method:'explicit',utc:1795860000000}", Yes},
		{"cookieyes-consent", "consent:no,action:,necessary:yes,analytics:no", NotSaid},
		{"tarteaucitron", "!ga=wait", No},
		{"_tracking_consent", `{"con":{"CMP":{"a":"","m":""}}}`, No},
		{"__tcfapi", `{"eventStatus":"cmpuishown","cmpId":1}`, No},
		{"__tcfapi", `{"eventStatus":"useractioncomplete","cmpId":1}`, Yes},
		{"axeptio_cookies", `{"$$completed":false}`, No},
	} {
		r, ok := Recognise(c.name, c.value)
		require.True(t, ok, c.value)
		assert.Equal(t, c.chosen, r.Chosen, c.value)
	}
}

func TestGlobalPrivacyControlInRecords(t *testing.T) {
	for value, want := range map[string]Answer{
		"isGpcEnabled=1&groups=C0001:1": Yes, "isGpcEnabled=0&groups=C0001:1": No, "groups=C0001:1": NotSaid,
	} {
		r := decoded(t, "onetrust", value)
		assert.Equal(t, want, r.GPC, value)
	}
}

func TestTimesOfRecords(t *testing.T) {
	want := time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC)
	for _, v := range []any{"2026-11-28T10:00:00.000Z", json.Number("1795860000"), json.Number("1795860000000"),
		"Sat Nov 28 2026 11:00:00 GMT+0100 (Central European Standard Time)", "2026-11-28 10:00:00"} {
		assert.True(t, want.Equal(timeOf(v)), "%v: %v", v, timeOf(v))
	}
	for _, v := range []any{"", "soon", json.Number("-5"), json.Number("99999999999999999"), nil} {
		assert.True(t, timeOf(v).IsZero(), "%v", v)
	}
}

func TestDeepRecordsAreRefused(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000)
	_, err := Decode("klaro", deep)
	assert.Error(t, err)
}

func TestCategoriesByTheirNames(t *testing.T) {
	for name, want := range map[string]Category{
		"necessary": Necessary, "strictly-necessary-cookies": Necessary, "essential_services": Necessary, "security_storage": Necessary,
		"non-necessary": "", "nonessential": "", "not_required": "", "C0004": "", "lamp": "", "": "",
		"ad_personalization": Advertising, "adStorage": Advertising, "adUserData": Advertising, "behavioral_advertising": Advertising,
		"essential_ads": Advertising, "cookie_cat_statistic": Statistics, "analyticsStorage": Statistics, "statistics-anonymous": Statistics,
		"functionality_storage": Functional, "cookie_cat_functional": Functional, "social_networking": Social, "Statistika": "",
		"sale_of_data": Sale, "adobe": "", "loadbalancer": "",
	} {
		assert.Equal(t, want, categoryOf(name), name)
	}
}

func TestIDs(t *testing.T) {
	s := idsOf(9, 1, 2, 3, 11, 10, 2)
	assert.Equal(t, "1-3, 9-11", s.String())
	assert.Equal(t, 6, s.Len())
	assert.Equal(t, []int{1, 2, 3, 9, 10, 11}, s.Slice())
	for id, want := range map[int]bool{0: false, 1: true, 3: true, 4: false, 8: false, 10: true, 11: true, 12: false} {
		assert.Equal(t, want, s.Has(id), id)
	}
	var none IDs
	assert.Equal(t, "none", none.String())
	assert.False(t, none.Has(1))
	assert.Nil(t, none.Slice())
	b, err := json.Marshal(map[string]any{"ids": s, "state": NotOptedOut, "answer": Yes})
	require.NoError(t, err)
	assert.JSONEq(t, `{"ids":"1-3, 9-11","state":"not opted out","answer":"yes"}`, string(b))
	var back struct {
		State  State
		Answer Answer
	}
	require.NoError(t, json.Unmarshal(b, &back))
	assert.Equal(t, NotOptedOut, back.State)
	assert.Equal(t, Yes, back.Answer)
	assert.Error(t, json.Unmarshal([]byte(`{"state":"perhaps"}`), &back))
}

// No string makes a reader panic, take long, or tell what is not true of every record.
func FuzzRecognise(f *testing.F) {
	for _, format := range Formats {
		for _, e := range format.Examples {
			f.Add(e.Name, e.Value)
		}
	}
	for _, s := range []string{allGranted[:30], ofTheSpec, "DBACNYA~", "DBABDA~BQucev0", "2~1~dv", "{", "%", "%%25", "1@@@@@1592900933049"} {
		f.Add("", s)
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		check := func(r Record) {
			_ = r.Summary() + r.Title()
			for purpose := range 26 {
				_, _ = r.Allows(755, purpose), r.Interest(1, purpose)
			}
			_, _, _ = r.Disclosed(1), r.Provider(1), r.AllowsAny(65_535)
			if r.Err() != nil {
				assert.NotEmpty(t, r.Err().Error())
			}
			if r.TCF != nil {
				assert.LessOrEqual(t, r.TCF.VendorConsents.last(), maxID)
			}
			_, err := json.Marshal(r)
			assert.NoError(t, err)
		}
		if r, ok := Recognise(name, value); ok {
			check(r)
		}
		if r, ok := RecogniseText(value); ok {
			check(r)
			assert.NoError(t, r.Err())
		}
		for _, format := range Formats {
			r, err := Decode(format.Kind, value)
			check(r)
			assert.Equal(t, err == nil, r.Err() == nil)
		}
	})
}
