package policy

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMistakesNameThePlaceAndTheNearestWord(t *testing.T) {
	for name, tt := range map[string]struct{ in, want string }{
		"unknown key": {"policy:\n  defualt: review\n", "f.yaml:2:3: unknown key \"defualt\": did you mean \"default\"?\n  2 |   defualt: review\n        ^"},
		"far key":     {"zzzzzzzz: 1\n", "f.yaml:1:1: unknown key \"zzzzzzzz\": known are alerts, baseline, consent, first_party, name, network, owner, pages, persona, policy, schedule, scripts, site, standing, timestamp, version, visits\n  1 | zzzzzzzz: 1\n      ^"},
		"swapped":     {"scritps: []\n", "f.yaml:1:1: unknown key \"scritps\": did you mean \"scripts\"?\n  1 | scritps: []\n      ^"},
		"class":       {"policy:\n  allow:\n  - class: [online.*, contact.emial]\n", "f.yaml:3:23: class: \"contact.emial\" is not known: did you mean \"contact.email\"?\n  3 |   - class: [online.*, contact.emial]\n                            ^"},
		"list wanted": {"policy:\n  allow: mixpanel\n", "f.yaml:2:10: allow: a list is wanted here, not a value: begin each entry with \"- \"\n  2 |   allow: mixpanel\n               ^"},
		"no reason":   {"policy:\n  ignore:\n  - recipient: x\n    until: 2026-01-01\n", "f.yaml:3:5: an ignore needs a reason: say why it is tolerated, so that the next reader knows\n  3 |   - recipient: x\n          ^"},
		"no end":      {"policy:\n  ignore:\n  - recipient: x\n    reason: y\n", "f.yaml:3:5: an ignore needs a last day: until: 2026-12-31; what is to last belongs into \"allow\"\n  3 |   - recipient: x\n          ^"},
		"bad date":    {"policy:\n  ignore:\n  - until: soon\n", "f.yaml:3:12: until: \"soon\" is no date: write it as 2026-12-31\n  3 |   - until: soon\n                 ^"},
		"duration":    {"visits: {timeout: 45}\n", "f.yaml:1:19: timeout: \"45\" is no duration: write 45s, 20m or 1h30m\n  1 | visits: {timeout: 45}\n                        ^"},
		"bool":        {"visits:\n  interact: maybe\n", "f.yaml:2:13: interact: \"maybe\" is neither true nor false\n  2 |   interact: maybe\n                  ^"},
		"severity":    {"policy:\n  severity: hihg\n", "f.yaml:2:13: severity: \"hihg\" is not known: did you mean \"high\"?\n  2 |   severity: hihg\n                  ^"},
		"twice":       {"site: a\nsite: b\n", ""},
		"empty rule":  {"policy:\n  forbid:\n  - id: x\n", "f.yaml:3:5: a rule needs at least one condition (recipient, category, class, consent, route, form, place, country, severity, contradiction); for everything else use \"default\"\n  3 |   - id: x\n          ^"},
		"new place":   {"policy:\n  new_place: [fial]\n", "f.yaml:2:15: new_place: \"fial\" is neither fail, quiet nor a kind of page such as /checkout*\n  2 |   new_place: [fial]\n                    ^"},
		"country":     {"policy:\n  forbid:\n  - country: [\"!EEA\", USA]\n", "f.yaml:3:23: country: \"USA\" is no country: write its two letters (ISO 3166-1), EU, EEA or ??\n  3 |   - country: [\"!EEA\", USA]\n                            ^"},
		"syntax":      {"site: [a\n", ""},
		"version":     {"version: 2\n", "f.yaml:1:10: version: 2 is not known: this tagscan reads version 1\n  1 | version: 2\n               ^"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("f.yaml", []byte(tt.in))
			require.Error(t, err)
			m, ok := err.(*Mistake)
			require.True(t, ok, "%T %v", err, err)
			if tt.want != "" {
				assert.Equal(t, tt.want, m.Error())
			}
			assert.Positive(t, m.Line)
		})
	}
}

const full = `
version: 1
site: https://shop.example/
first_party: [shop-cdn.example]
consent: [unasked, rejected, accepted]
pages: {max: 40, per_route: 3, exclude: "*/logout*", robots: false}
visits:
  timeout: 45s
  budget: 20m
policy:
  default: review
  severity: medium
  allow:
  - id: product analytics
    recipient: mixpanel
    class: [online.*, device.*]
    consent: accepted
    ref: DPA 2025-11, annex 2
  forbid:
  - category: session-replay
    route: /checkout*
  - country: NO
  ignore:
  - fingerprint: 1e5
    reason: ticket 12
    until: 2026-12-31
scripts:
- route: /checkout*
  allow: [self, "https://js.stripe.com/*"]
  integrity: required
  scripts:
  - {url: "https://js.stripe.com/v3/", owner: payments, why: takes the card}
`

func TestParseReadsEverything(t *testing.T) {
	c, err := Parse("tagscan.yaml", []byte(full))
	require.NoError(t, err)
	assert.Equal(t, Strings{"https://shop.example/"}, c.Site)
	assert.Equal(t, 40, c.Pages.Max)
	require.NotNil(t, c.Pages.Robots)
	assert.False(t, *c.Pages.Robots)
	assert.Equal(t, "45s", c.Visits.Timeout.String())
	assert.Equal(t, Strings{"online.*", "device.*"}, c.Policy.Allow[0].Class)
	assert.Equal(t, Strings{"NO"}, c.Policy.Forbid[1].Country, "Norway is no boolean")
	assert.Equal(t, Strings{"1e5"}, c.Policy.Ignore[0].Fingerprint, "a fingerprint is no number")
	assert.Equal(t, 14, c.Policy.Allow[0].Line)
	assert.Equal(t, 20, c.Policy.Forbid[0].Line)
	assert.Equal(t, Forbid, c.Policy.Forbid[0].Action)
	assert.Equal(t, "payments", c.Scripts[0].Scripts[0].Owner)
	assert.Equal(t, "2026-12-31", c.Policy.Ignore[0].Until.Format("2006-01-02"))
}

func TestEmptyFileIsAnEmptyPolicy(t *testing.T) {
	for _, in := range []string{"", "# nothing\n", "policy:\n", "---\n"} {
		_, err := Parse("f.yaml", []byte(in))
		assert.NoError(t, err, "%q", in)
	}
}

func TestWhatIsNestedWithoutEndIsAMistakeOfOneLine(t *testing.T) {
	_, err := Parse("f.yaml", []byte("site: a\npolicy: "+strings.Repeat("{a: ", 100_000)))
	require.ErrorContains(t, err, "f.yaml:2:")
	assert.ErrorContains(t, err, "nested more than 100 deep")
	assert.Less(t, len(err.Error()), 200)
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(full))
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("policy: {allow: [{recipient: *x}]}"))
	f.Fuzz(func(t *testing.T, src []byte) {
		if _, err := Parse("f.yaml", src); err != nil {
			_ = err.Error()
		}
	})
}
