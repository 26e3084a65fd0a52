package chrome_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler/chrome"
)

func TestFind(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		p := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(p), 0o755))
		require.NoError(t, os.WriteFile(p, []byte(text), mode))
		return p
	}
	real := write("lib/chromium", "\x7fELF", 0o755)
	shell := write("lib/chrome-headless-shell", "\x7fELF", 0o755)
	wrapper := write("bin/chromium-wrapped", "#!/bin/sh\nexec "+real+" --flags \"$@\"\n", 0o755)
	empty := write("bin/useless", "#!/bin/sh\nexit 1\n", 0o755)
	plain := write("plain", "text", 0o644)
	link := filepath.Join(dir, "link")
	require.NoError(t, os.Symlink(real, link))

	env := func(m map[string]string) func(string) string { return func(k string) string { return m[k] } }
	tests := []struct {
		name string
		o    chrome.FindOptions
		want chrome.Binary
		err  string
	}{
		{"named", chrome.FindOptions{Path: real}, chrome.Binary{Path: real, Kind: "chrome"}, ""},
		{"a link", chrome.FindOptions{Path: link}, chrome.Binary{Path: real, Kind: "chrome"}, ""},
		{"a wrapper", chrome.FindOptions{Path: wrapper}, chrome.Binary{Path: real, Kind: "chrome"}, ""},
		{"headless shell", chrome.FindOptions{Path: shell}, chrome.Binary{Path: shell, Kind: "headless-shell"}, ""},
		{"by environment", chrome.FindOptions{Env: env(map[string]string{"CHROME_PATH": real})}, chrome.Binary{Path: real, Kind: "chrome"}, ""},
		{"ours goes first", chrome.FindOptions{Env: env(map[string]string{"CHROME_PATH": real, "TAGSCAN_CHROME": shell})}, chrome.Binary{Path: shell, Kind: "headless-shell"}, ""},
		{"wrong kind", chrome.FindOptions{Path: real, Kind: "headless-shell"}, chrome.Binary{}, "of kind chrome"},
		{"unknown kind", chrome.FindOptions{Kind: "firefox"}, chrome.Binary{}, "not known"},
		{"missing", chrome.FindOptions{Path: dir + "/nothing"}, chrome.Binary{}, "no such file"},
		{"no program", chrome.FindOptions{Path: plain}, chrome.Binary{}, "is not a program"},
		{"a script that starts none", chrome.FindOptions{Path: empty}, chrome.Binary{}, "wrapper script"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.o.Env == nil {
				tt.o.Env = env(nil)
			}
			got, err := chrome.Find(tt.o)
			if tt.err != "" {
				require.ErrorContains(t, err, tt.err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
		})
	}
}
