package main

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/fixtures"
)

// endless is a site with a page after each page.
func endless(t *testing.T, reached chan<- struct{}) *fixtures.Server {
	t.Helper()
	n := 0
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/p") {
			if n++; n == 3 {
				close(reached)
			}
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(`<title>a page</title><script>fetch('https://vendor.test/x?email=jo.doe%40example.org')</script>` +
			`<a href="` + r.URL.Path + `a">next</a><a href="/p` + r.URL.Path[1:] + `">other</a>`))
	})
	ctx, stop := context.WithCancel(context.Background())
	s, err := fixtures.Serve(ctx, fixtures.Site{Name: "endless", URL: "https://endless.test/p", Hosts: map[string]http.Handler{"endless.test": page}})
	require.NoError(t, err)
	t.Cleanup(func() { stop(); s.Wait() })
	return s
}

// processesWith lists the processes that have a text in their command line.
func processesWith(text string) []string {
	var out []string
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, f := range files {
		if line, err := os.ReadFile(f); err == nil && strings.Contains(string(line), text) {
			out = append(out, strings.ReplaceAll(string(line[:min(len(line), 120)]), "\x00", " "))
		}
	}
	return out
}

// scanInterrupted starts a scan, sends the signals once pages are being visited, and returns exit code, output and the run
// directory.
func scanInterrupted(t *testing.T, signals int) (code int, stdout, dir, temp string) {
	t.Helper()
	reached := make(chan struct{})
	s := endless(t, reached)
	temp = t.TempDir()
	require.NoError(t, os.Chmod(temp, 0o755))
	dir = filepath.Join(t.TempDir(), "run")
	args := []string{"scan", s.URL(), "--insecure", "--no-dns", "-o", dir, "--max-pages", "0", "--per-route", "0", "-q", "--workers", "2"}
	for _, m := range s.MapRules() {
		args = append(args, "--map", m)
	}
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), "TMPDIR="+temp, "TAGSCAN_TEST_MAIN=1")
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	require.NoError(t, cmd.Start())
	select {
	case <-reached:
	case <-time.After(60 * time.Second):
		_ = cmd.Process.Kill()
		t.Fatalf("no page was visited: %s", out.String())
	}
	for range signals {
		require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
	}
	began := time.Now()
	_ = cmd.Wait()
	assert.Less(t, time.Since(began), 30*time.Second)
	return cmd.ProcessState.ExitCode(), out.String(), dir, temp
}

func TestInterruptReportsWhatWasSeen(t *testing.T) {
	code, stdout, dir, temp := scanInterrupted(t, 1)
	assert.Equal(t, 130, code, stdout)
	assert.Contains(t, stdout, "vendor.test")
	var m struct {
		Interrupted bool
		Whole       bool
	}
	data, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &m))
	assert.True(t, m.Interrupted)
	assert.FileExists(t, filepath.Join(dir, "report.html"))
	assert.Empty(t, processesWith(temp), "a browser is left")
	left, err := os.ReadDir(temp)
	require.NoError(t, err)
	for _, e := range left {
		inside, _ := os.ReadDir(filepath.Join(temp, e.Name()))
		assert.Empty(t, inside, "%s is left", e.Name())
	}
}

func TestSecondInterruptStopsAtOnce(t *testing.T) {
	code, _, _, temp := scanInterrupted(t, 2)
	assert.Equal(t, 130, code)
	assert.Empty(t, processesWith(temp), "a browser is left")
}
