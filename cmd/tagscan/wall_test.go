package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/fixtures"
)

// TestALoginWallIsIncomplete scans a site that sends visitors to its login: nothing was seen of what was asked for.
func TestALoginWallIsIncomplete(t *testing.T) {
	app := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/login" {
			http.Redirect(w, r, "/login?next="+r.URL.Path, http.StatusFound)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, `<title>Log in</title><form method=post><input type=email><input type=password autocomplete=current-password><button>Log in</button></form>`)
	})
	ctx, stop := context.WithCancel(context.Background())
	s, err := fixtures.Serve(ctx, fixtures.Site{Name: "wall", URL: "https://wall.test/account", Hosts: map[string]http.Handler{"wall.test": app}})
	require.NoError(t, err)
	t.Cleanup(func() { stop(); s.Wait() })
	self, err := os.Executable()
	require.NoError(t, err)
	args := []string{"scan", s.URL(), "--insecure", "--no-dns", "--no-sitemap", "-q", "-o", filepath.Join(t.TempDir(), "run")}
	for _, m := range s.MapRules() {
		args = append(args, "--map", m)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), "TAGSCAN_TEST_MAIN=1")
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	_ = cmd.Run()
	assert.Equal(t, 3, cmd.ProcessState.ExitCode(), out.String())
	assert.Contains(t, strings.Join(strings.Fields(out.String()), " "), "not enough was seen")
}
