package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/fixtures"
)

// served is a server that runs as a process of its own.
type served struct {
	cmd    *exec.Cmd
	url    string // with the token
	client *http.Client
}

func startServer(t *testing.T, sites, data, temp string, site *fixtures.Server) *served {
	t.Helper()
	args := []string{"serve", "--sites", sites, "--data", data, "--listen", "127.0.0.1:0", "--insecure", "--no-dns"}
	for _, m := range site.MapRules() {
		args = append(args, "--map", m)
	}
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), "TMPDIR="+temp, "TAGSCAN_TEST_MAIN=1", "TAGSCAN_KEY=")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err, "it says where the page is")
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	s := &served{cmd: cmd, url: strings.TrimSpace(line), client: &http.Client{Jar: jar}}
	assert.Contains(t, s.get(t, "/"), "console", "the printed address signs in")
	return s
}

// get reads a page, signed in by the printed address.
func (s *served) get(t *testing.T, path string) string {
	t.Helper()
	u, err := url.Parse(s.url)
	require.NoError(t, err)
	u.Path = path
	res, err := s.client.Get(u.String())
	require.NoError(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, res.StatusCode, "%s: %s", path, body)
	return string(body)
}

// A server is killed in the middle of a scan. Nothing of the scan is left, the next server makes it again at once, and its page shows it.
func TestAServerThatIsKilledGoesOnWhereItWas(t *testing.T) {
	site, err := fixtures.Breach()
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	web, err := fixtures.Serve(ctx, site)
	require.NoError(t, err)
	t.Cleanup(func() { stop(); web.Wait() })
	sites, data, temp := t.TempDir(), t.TempDir(), t.TempDir()
	require.NoError(t, os.Chmod(temp, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(sites, "persona.yaml"), fixtures.Persona(), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(sites, "console.yaml"),
		[]byte("site: "+web.URL()+"\npersona: persona.yaml\npages: {max: 1}\nconsent: unasked\n"), 0o600))

	first := startServer(t, sites, data, temp, web)
	require.Eventually(t, func() bool { return len(web.Received()) > 0 }, 2*time.Minute, 20*time.Millisecond, "a page is visited")
	require.NoError(t, first.cmd.Process.Kill())
	_ = first.cmd.Wait()
	require.Eventually(t, func() bool { return len(processesWith(temp)) == 0 }, time.Minute, 20*time.Millisecond, "its browser ends with it")

	second := startServer(t, sites, data, temp, web)
	defer func() {
		_ = second.cmd.Process.Signal(os.Interrupt)
		require.NoError(t, second.cmd.Wait())
		assert.Empty(t, processesWith(temp), "a browser is left")
	}()
	require.Eventually(t, func() bool { return strings.Contains(second.get(t, "/api/v1/sites"), `"result":"fail"`) }, 3*time.Minute,
		200*time.Millisecond, "the scan is made")
	assert.Contains(t, second.get(t, "/sites/console"), "<td>2</td><td></td>", "by the second attempt")
	assert.Contains(t, second.get(t, "/recipients/mixpanel"), "1 site of 1 (console) sent")
	alerts := second.get(t, "/api/v1/alerts")
	assert.Contains(t, alerts, `"recipient":"mixpanel"`)
	page := second.get(t, "/sites/console")
	i := strings.Index(page, `"/scans/console/`)
	require.Positive(t, i)
	scan := strings.SplitN(page[i+1:], `"`, 2)[0]
	assert.Contains(t, second.get(t, scan+"/report"), "Who receives what about the users of")

	// What the command says is what the page says.
	var out strings.Builder
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self, "alerts", "--store", filepath.Join(data, "tagscan.db"), "--format", "jsonl")
	cmd.Env, cmd.Stdout = append(os.Environ(), "TAGSCAN_TEST_MAIN=1"), &out
	require.NoError(t, cmd.Run())
	assert.Equal(t, out.String(), alerts)
}
