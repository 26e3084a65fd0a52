package main

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/detect/policy"
)

const everyKey = `
pages: {include: "*/a*", exclude: "*/b*", list: https://shop.example/x, max: 4, per_route: 5, depth: 6, robots: false, sitemap: false}
visits:
  {workers: 1, timeout: 2s, budget: 3m, dwell: 4s, real_time: true, polite: slow, delay: 7s, per_host: 8, confirm: 0, interact: true,
  read_only: true, screenshots: true, signed_in: /account, third_party_cookies: blocked, locale: [de-DE, fr], device: [phone], timezone: Europe/Berlin}
network: {map: "a.test=127.0.0.1", allow_private: 10.1.0.0/16, proxy: "http://proxy.example:3128", ca: ca.pem, client_cert: /etc/me.pem}
consent: [unasked]
timestamp: https://tsa.example/
`

// adopted are the flags of a scan with a policy file.
func adopted(t *testing.T, file string, args ...string) (f *scanFlags, cfg *policy.Config) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "tagscan.yaml")
	require.NoError(t, os.WriteFile(name, []byte(file), 0o600))
	f = &scanFlags{}
	c := &cobra.Command{}
	f.register(c)
	require.NoError(t, c.ParseFlags(append(args, "--config", name, "--no-dns")))
	j, err := f.judgeFlags.load(nil)
	require.NoError(t, err)
	f.adopt(j)
	f.config = "" // where it was, which the caller does not ask
	f.authorities, _ = filepath.Rel(filepath.Dir(name), f.authorities)
	return f, j.options.Config
}

// TestWhatNoFlagSaysIsAsTheFileSays: each key for pages, visits and the network has its effect, and each flag outdoes it.
func TestWhatNoFlagSaysIsAsTheFileSays(t *testing.T) {
	f, cfg := adopted(t, everyKey)
	for _, part := range []any{cfg.Pages, cfg.Visits, cfg.Network} {
		v := reflect.ValueOf(part)
		for i := range v.NumField() {
			assert.False(t, v.Field(i).IsZero(), "%s is in the file of this test", v.Type().Field(i).Name)
		}
	}
	assert.Equal(t, []any{[]string{"*/a*"}, []string{"*/b*"}, 4, 5, 6, true, true},
		[]any{f.include, f.exclude, f.maxPages, f.perRoute, f.depth, f.noRobots, f.noSitemap})
	assert.Equal(t, []any{1, 2 * time.Second, 3 * time.Minute, 4 * time.Second, true, "slow", 0, true, true, true, "/account", "blocked"},
		[]any{f.workers, f.timeout, f.budget, f.dwell, f.realTime, f.preset, f.confirm, f.interact, f.readOnly, f.screenshot, f.signedIn, f.cookies})
	assert.Equal(t, []any{[]string{"de-DE", "fr"}, []string{"phone"}, "Europe/Berlin", []string{"unasked"}, "https://tsa.example/"},
		[]any{f.locales, f.devices, f.timezone, f.consent, f.timestamp})
	assert.Equal(t, []any{[]string{"a.test=127.0.0.1"}, []string{"10.1.0.0/16"}, "http://proxy.example:3128", "ca.pem", "/etc/me.pem"},
		[]any{f.hostMap, f.allowPrivate, f.proxy, f.authorities, f.clientCert})
	require.NoError(t, f.politeFlags.apply(f.changed))
	assert.Equal(t, []any{7 * time.Second, 8}, []any{f.delay, f.perHost}, "they outdo polite, whoever says it")

	f, _ = adopted(t, everyKey, "--max-pages", "9", "--proxy", "direct", "--delay", "1s", "--confirm", "2")
	assert.Equal(t, []any{9, "direct", time.Second, 2, 5}, []any{f.maxPages, f.proxy, f.delay, f.confirm, f.perRoute})
}

func TestWhatAFileCannotSayIsRefused(t *testing.T) {
	for file, want := range map[string]string{
		"visits: {polite: verry}":             `polite: "verry" is none of`,
		"visits: {third_party_cookies: yes}":  "third_party_cookies: ",
		"visits: {device: [desktop, fridge]}": `device: "fridge" is none of`,
		"visits: {delay: -1s}":                "is no duration",
		"network: {proxi: direct}":            `did you mean "proxy"`,
		"network: {insecure: true}":           `unknown key "insecure"`,
		"sign: key":                           `unknown key "sign"`,
		"header: [a]":                         `unknown key "header"`,
	} {
		_, err := policy.Parse("tagscan.yaml", []byte(file))
		assert.ErrorContains(t, err, want, file)
	}
}
