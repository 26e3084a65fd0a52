package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/fixtures"
)

// moody is a site with a page that sends an address to a vendor each time it is loaded, and one that does so the first of
// five times, once the site is in that mood. sometimes says that the first of these is left out.
func moody(t *testing.T, sometimes bool) (s *fixtures.Server, loads *atomic.Int64) {
	t.Helper()
	loads = new(atomic.Int64)
	send := func(host string) string {
		return "<script>fetch('https://" + host + "/x?email=jo.doe%40example.org',{mode:'no-cors'})</script>"
	}
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		body := "<p>nothing of interest</p>"
		switch r.URL.Path {
		case "/":
			body = `<a href=/rare>rare</a> <a href=/plain>plain</a>`
			if !sometimes {
				body += ` <a href=/always>always</a>`
			}
		case "/always":
			body += send("always.test")
		case "/rare":
			if loads.Add(1)%5 == 1 {
				body += send("rare.test")
			}
		}
		_, _ = io.WriteString(w, "<title>"+r.URL.Path+"</title><h1>A page of the shop</h1>"+body)
	})
	ctx, stop := context.WithCancel(context.Background())
	s, err := fixtures.Serve(ctx, fixtures.Site{Name: "moody", URL: "https://moody.test/", Hosts: map[string]http.Handler{"moody.test": page}})
	require.NoError(t, err)
	t.Cleanup(func() { stop(); s.Wait() })
	return s, loads
}

// command runs the command in a directory and returns its exit code and what it printed.
func command(t *testing.T, dir string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TAGSCAN_TEST_MAIN=1", "CI=", "NO_COLOR=1", "TAGSCAN_KEY=00112233445566778899aabbccddeeff")
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	_ = cmd.Run()
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// words is a text without its line breaks.
func words(s string) string { return strings.Join(strings.Fields(s), " ") }

func scanArgs(s *fixtures.Server, more ...string) []string {
	args := []string{"scan", s.URL(), "--insecure", "--no-dns", "--no-sitemap", "--consent", "unasked", "-q"}
	for _, m := range s.MapRules() {
		args = append(args, "--map", m)
	}
	return append(args, more...)
}

// TestWhatIsNewIsLookedAtAgain: fresh visitors confirm what fails, and what they mostly do not see fails nothing; every format
// and every command says the same.
func TestWhatIsNewIsLookedAtAgain(t *testing.T) {
	s, loads := moody(t, false)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "tagscan.yaml"), []byte("policy: {default: review}\n"), 0o600))
	formats := []string{"json", "sarif", "xml", "md", "csv", "html", "jsonl"}
	args := scanArgs(s, "-o", "run")
	for _, f := range formats {
		args = append(args, "--report", "out."+f)
	}
	code, out, _ := command(t, dir, args...)
	assert.Equal(t, 1, code, out)
	assert.Contains(t, words(out), "FAIL 1 flow that nobody agreed to. 1 new flow was not seen again by most fresh visitors: not stable.")
	assert.Contains(t, words(out), "seen 3 of 3")
	assert.Contains(t, words(out), "seen 1 of 4: not stable")
	assert.Contains(t, words(out), "moody.test: 4 visits (4 complete)", "those who look again count nowhere else")
	assert.EqualValues(t, 4, loads.Load(), "the crawl and three looks")
	for _, f := range formats {
		text, err := os.ReadFile(filepath.Join(dir, "out."+f))
		require.NoError(t, err)
		if f == "json" || f == "jsonl" {
			assert.Regexp(t, `"seen": ?3,\s*"looks": ?3`, string(text), f)
			assert.Regexp(t, `"seen": ?1,\s*"looks": ?4`, string(text), f)
			continue
		}
		assert.Contains(t, string(text), "seen 3 of 3", f)
		assert.Contains(t, string(text), "seen 1 of 4: not stable", f)
	}
	for _, again := range [][]string{{"detect", "run", "--no-dns"}, {"report", "run"}, {"report", "run", "--fail-on", "new"}} {
		code, told, _ := command(t, dir, again...)
		assert.Equal(t, 1, code, "%v", again)
		assert.Contains(t, words(told), "seen 1 of 4: not stable", "%v", again)
		assert.Contains(t, words(told), "seen 3 of 3", "%v", again)
		assert.Contains(t, words(told), "4 visits (4 complete)", "%v", again)
	}
	code, har, _ := command(t, dir, "export", "run", "--har", "-")
	assert.Zero(t, code)
	assert.Equal(t, 4, strings.Count(har, `"pageTimings"`), "the pages of the crawl")
}

// TestWhatIsNotStableNeverFailsAlone: and without looking again it does.
func TestWhatIsNotStableNeverFailsAlone(t *testing.T) {
	for confirm, want := range map[int]int{0: 1, 3: 0} {
		t.Run(fmt.Sprint(confirm), func(t *testing.T) {
			s, _ := moody(t, true)
			code, out, _ := command(t, t.TempDir(), scanArgs(s, "-o", "run", "--confirm", fmt.Sprint(confirm))...)
			assert.Equal(t, want, code, out)
		})
	}
}
