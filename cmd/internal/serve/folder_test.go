package serve

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// write writes files of a folder of sites.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		file := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	}
}

func read(t *testing.T, dir, kept string) *Folder {
	t.Helper()
	settings, err := ReadSettings(dir)
	require.NoError(t, err)
	f := OpenFolder(dir, kept, settings)
	require.NoError(t, f.Read())
	return f
}

func TestAFolderOfSites(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"serve.yaml":             "channels:\n  ops: {webhook: https://hooks.test/x}\n  desk: {webhook: https://hooks.test/y}\n",
		"shop.yaml":              "site: https://shop.example\nschedule: 30 3 * * *\nowner: Jo\nalerts: [ops]\n",
		"blog/tagscan.yaml":      "site: https://blog.example\nschedule: {every: 12h, jitter: 30m}\n",
		"news.yml":               "site: https://news.example\nname: The News\nschedule: never\nalerts: {at_once: low}\n",
		"shop-baseline.yaml":     "version: 2\n",
		"persona.yaml":           "email: jo@example.org\n",
		".hidden.yaml":           "nonsense",
		"notes/tagscan-old.yaml": "nonsense",
	})
	f := read(t, dir, t.TempDir())
	var got []string
	for _, s := range f.Sites() {
		require.NoError(t, s.Mistake, s.File)
		got = append(got, s.Name+": "+s.Spec.String())
	}
	assert.Equal(t, []string{"The News: never by itself", "blog: every 12h, up to 30m later", "shop: 30 3 * * *"}, got)
	assert.Equal(t, []string{"ops"}, f.Site("shop").Channels)
	assert.Equal(t, []string{"desk", "ops"}, f.Site("blog").Channels)
	assert.Equal(t, "low", f.Site("The News").AtOnce.String())
	assert.Equal(t, "high", f.Site("shop").AtOnce.String())
}

func TestAMistakeIsTold(t *testing.T) {
	for text, want := range map[string]string{
		"site: https://a.test\nscedule: daily\n":                             `unknown key "scedule": did you mean "schedule"?`,
		"site: https://a.test\nschedule: 0 25 * * *\n":                       "shop.yaml:2:1: cron: \"0 25 * * *\" is no cron text",
		"site: https://a.test\nschedule: {every: 24h, zone: Europe/Berln}\n": `zone: "Europe/Berln" is no time zone`,
		"site: https://a.test\nschedule:\n  cron: 0 0 * * *\n  every: 24h\n": "it is either one",
		"owner: Jo\n":                            "site: say where the scan starts",
		"site: https://a.test\nname: ../x\n":     "shop.yaml:2:1: name: \"../x\" is no name of a site",
		"site: https://a.test\nalerts: [opps]\n": `alerts: serve.yaml has no channel "opps": did you mean "ops"?`,
		"site: [unclosed\n":                      "shop.yaml:1:",
	} {
		dir := t.TempDir()
		write(t, dir, map[string]string{"serve.yaml": "channels: {ops: {webhook: https://hooks.test/x}}\n", "shop.yaml": text})
		f := read(t, dir, t.TempDir())
		require.Len(t, f.Sites(), 1)
		require.Error(t, f.Sites()[0].Mistake, text)
		assert.Contains(t, f.Sites()[0].Mistake.Error(), want)
		assert.Contains(t, f.Sites()[0].Mistake.Error(), "^", "the caret")
		assert.Nil(t, f.Site("shop"))
	}
}

func TestSettingsAreStrict(t *testing.T) {
	for text, want := range map[string]string{
		"lisen: 127.0.0.1:1\n": `did you mean "listen"?`,
		"listen: nowhere\n":    "listen: \"nowhere\" is no address",
		"channels:\n  ops: {webhook: https://x.test, smtp: 'm:25'}\n":    "serve.yaml:2:3: channel ops: it needs a webhook or smtp",
		"channels:\n  ops: {webhook: https://x.test, secret: hunter2}\n": "a secret is named, not written",
		"tokens:\n  - {name: jo, role: boss, hash: ab}\n":                `role: "boss" is none of`,
		"tls: {cert: a.pem}\n":      "cert and key belong together",
		"digest: {cron: '* * *'}\n": "has not five fields",
	} {
		dir := t.TempDir()
		write(t, dir, map[string]string{"serve.yaml": text})
		_, err := ReadSettings(dir)
		assert.ErrorContains(t, err, want)
	}
}

// A file is edited while the server runs: what is right takes effect, what is wrong is told and changes nothing, not even for a
// server that is started meanwhile.
func TestAFileWithAnErrorKeepsItsLastGoodForm(t *testing.T) {
	dir, kept := t.TempDir(), t.TempDir()
	write(t, dir, map[string]string{"shop.yaml": "site: https://shop.example\nschedule: {every: 6h}\n", "blog.yaml": "site: https://blog.example\n"})
	f := read(t, dir, kept)
	write(t, dir, map[string]string{"shop.yaml": "site: https://shop.example\nschedule: {every: 6h\n"})
	for name, f := range map[string]*Folder{"the same server": f, "another": read(t, dir, kept)} {
		require.NoError(t, f.Read())
		s := f.Site("shop")
		require.NotNil(t, s, name)
		assert.Error(t, s.Mistake, name)
		assert.Equal(t, "every 6h", s.Spec.String(), name)
		data, err := os.ReadFile(s.Copy)
		require.NoError(t, err)
		assert.Contains(t, string(data), "6h}", name)
	}
	write(t, dir, map[string]string{"shop.yaml": "site: https://shop.example\nschedule: {every: 8h}\n", "blog.yaml": "name: shop\nsite: https://b.example\n"})
	require.NoError(t, os.Remove(filepath.Join(dir, "blog.yaml")))
	require.NoError(t, f.Read())
	assert.Equal(t, "every 8h", f.Site("shop").Spec.String())
	assert.NoError(t, f.Site("shop").Mistake)
	assert.Nil(t, f.Site("blog"), "a file that is gone is no site any more")

	write(t, dir, map[string]string{"shop2.yaml": "name: shop\nsite: https://b.example\n", "serve.yaml": "lisen: x\n"})
	require.NoError(t, f.Read())
	require.Len(t, f.Sites(), 2)
	assert.ErrorContains(t, f.Sites()[1].Mistake, `"shop" is the name of shop.yaml already`)
	settings, err := f.Settings()
	assert.ErrorContains(t, err, `did you mean "listen"?`)
	assert.Equal(t, defaultListen, settings.Listen)
}
