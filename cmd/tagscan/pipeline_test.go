package main

import (
	"archive/zip"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/fixtures"
)

// What must be in nothing that a pipeline keeps, says or publishes.
const (
	pipelineSecret = "stg-4711-open-sesame"
	pipelineEmail  = "mara.lind@people.example"
)

// staging is a site that lets in whoever has the secret, and sends an address and the secret to a vendor.
func staging(t *testing.T) *fixtures.Server {
	t.Helper()
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secret := r.Header.Get("X-Staging")
		if r.URL.Path != "/" || secret != pipelineSecret {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprintf(w, `<title>Staging</title><h1>A shop</h1><p>of some kind<script>
fetch('https://vendor.test/x?email=%s',{method:'POST',mode:'no-cors',body:JSON.stringify({token:%q})})</script>`, url.QueryEscape(pipelineEmail), secret)
	})
	ctx, stop := context.WithCancel(context.Background())
	s, err := fixtures.Serve(ctx, fixtures.Site{Name: "staging", URL: "https://staging.test/", Hosts: map[string]http.Handler{"staging.test": page}})
	require.NoError(t, err)
	t.Cleanup(func() { stop(); s.Wait() })
	return s
}

// stagingArgs are the flags for a scan of staging, as a person writes them into a workflow.
func stagingArgs(s *fixtures.Server) string {
	args := "--insecure --no-dns --no-sitemap --max-pages 1\n--consent unasked --confirm 0 --header 'X-Staging: ${STAGING_TOKEN}'"
	for _, m := range s.MapRules() {
		args += " --map '" + m + "'"
	}
	return args
}

// holdsNoSecret fails if one of the texts holds something that must not get out, plain, percent-encoded or in base64.
func holdsNoSecret(t *testing.T, texts map[string]string) {
	t.Helper()
	for name, text := range texts {
		for _, v := range []string{pipelineSecret, pipelineEmail, "ghs-7719-canary"} {
			for _, form := range []string{v, url.QueryEscape(v), base64.RawStdEncoding.EncodeToString([]byte(v))} {
				assert.NotContains(t, text, form, name)
			}
		}
	}
}

// unzipped are the files of an archive.
func unzipped(t *testing.T, name string) map[string]string {
	t.Helper()
	r, err := zip.OpenReader(name)
	require.NoError(t, err)
	defer r.Close()
	files := map[string]string{}
	for _, f := range r.File {
		in, err := f.Open()
		require.NoError(t, err)
		text, err := io.ReadAll(in)
		require.NoError(t, err)
		files[f.Name] = string(text)
	}
	return files
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(text)
}

type comment struct {
	ID   int               `json:"id"`
	Body string            `json:"body"`
	User map[string]string `json:"user"`
}

// comments plays GitHub's interface to the comments of pull request 7 of example/shop.
type comments struct {
	list []comment
	was  []string // requests that changed something
}

func (c *comments) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	const issues = "/repos/example/shop/issues"
	var in comment
	switch {
	case r.Header.Get("Authorization") != "Bearer ghs-7719-canary" || r.URL.Path == "/user":
		w.WriteHeader(http.StatusForbidden) // a workflow's token may not ask whose it is
	case r.Method == http.MethodGet && r.URL.Path == issues+"/7/comments":
		page := slices.Collect(slices.Chunk(c.list, 100))
		n := int(r.URL.Query().Get("page")[0] - '1')
		if n >= len(page) {
			page, n = [][]comment{{}}, 0
		}
		_ = json.NewEncoder(w).Encode(page[n])
	case r.Method == http.MethodPost && r.URL.Path == issues+"/7/comments" && json.NewDecoder(r.Body).Decode(&in) == nil:
		c.was = append(c.was, "new")
		c.list = append(c.list, comment{ID: len(c.list), Body: in.Body, User: map[string]string{"login": "github-actions[bot]"}})
		w.WriteHeader(http.StatusCreated)
	case r.Method == http.MethodPatch && json.NewDecoder(r.Body).Decode(&in) == nil:
		c.was = append(c.was, strings.TrimPrefix(r.URL.Path, issues+"/comments/"))
		c.list[len(c.list)-1].Body = in.Body
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// TestPipelineGitHub: the verdict is the last step's whatever becomes of the uploads, nothing secret is published, and what is not set
// is as the policy file says.
func TestPipelineGitHub(t *testing.T) {
	s := staging(t)
	said := &comments{}
	for i := range 100 { // the first page; one pretends to be ours
		said.list = append(said.list, comment{ID: i, Body: "<!-- tagscan: tagscan -->\nPASS", User: map[string]string{"login": "mallory"}})
	}
	api := httptest.NewServer(said)
	t.Cleanup(api.Close)
	published := map[string]map[string]string{}
	run := func(t *testing.T, config string, uploads error) (r *actionRunner, code int) {
		r = newRunner(t, map[string]string{"url": s.URL(), "config": "ci/policy.yaml", "working-directory": "web", "args": stagingArgs(s)})
		r.env = append(r.env, "GITHUB_API_URL="+api.URL, "STAGING_TOKEN="+pipelineSecret, "TAGSCAN_KEY=00112233445566778899aabbccddeeff")
		r.github["event.pull_request.number"] = "7"
		require.NoError(t, os.MkdirAll(filepath.Join(r.dir, "web/ci"), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(r.dir, "web/ci/policy.yaml"), []byte(config), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(r.dir, "web/ci/me.yaml"), []byte("email: "+pipelineEmail+"\n"), 0o600))
		r.uses = func(action string, with map[string]string) error {
			published[action] = with
			if strings.Contains(action, "upload") {
				return uploads
			}
			return nil
		}
		code, failed := r.run()
		assert.Equal(t, code != 0, failed)
		return r, code
	}

	t.Run("it fails, and so do the uploads", func(t *testing.T) {
		r, code := run(t, "persona: me.yaml\n", errors.New("no permission"))
		log := r.log.String()
		require.Equal(t, 1, code, log)
		assert.Equal(t, "fail", r.text(r.action.Outputs["verdict"].Value))
		assert.Contains(t, log, "::warning title=tagscan::the flows did not reach code scanning")
		assert.Contains(t, log, "::warning title=tagscan::the artifact could not be kept")
		assert.Contains(t, log, "::error title=tagscan%3A E-mail address to vendor.test")
		bundle := published["actions/upload-artifact"]["path"]
		files := unzipped(t, bundle)
		assert.Contains(t, files, "report.html")
		files["summary"], files["sarif"] = read(t, r.summary), read(t, published["github/codeql-action/upload-sarif"]["sarif_file"])
		files["log"], files["comment"] = log, said.list[100].Body
		assert.Contains(t, files["summary"], "vendor.test")
		assert.True(t, strings.HasPrefix(files["comment"], "<!-- tagscan: tagscan -->\n### ❌ tagscan: "), files["comment"])
		holdsNoSecret(t, files)
		assert.Equal(t, "false", published["actions/setup-go"]["cache"], "nothing of the repository that calls is in a key")
		assert.Regexp(t, `^tagscan-Linux-X64-v1-[0-9a-f]{64}$`, published["actions/cache"]["key"])
	})
	t.Run("the policy file says never, and no input says otherwise", func(t *testing.T) {
		r, code := run(t, "persona: me.yaml\npolicy: {fail_on: never}\n", nil)
		require.Zero(t, code, r.log.String())
		assert.Equal(t, []string{"new", "100"}, said.was, "one comment, in its place")
		assert.Contains(t, said.list[100].Body, "### ✅ tagscan: ")
		assert.Equal(t, "pass", r.text(r.action.Outputs["verdict"].Value))
	})
}

// TestPipelineGitHubRefuses: what cannot be done is an error of its name, and never a pass.
func TestPipelineGitHubRefuses(t *testing.T) {
	t.Run("a policy file that is not there", func(t *testing.T) {
		r := newRunner(t, map[string]string{"url": "https://staging.test", "config": "tagscna.yaml"})
		code, failed := r.run()
		assert.True(t, failed)
		assert.Equal(t, 2, code)
		assert.Contains(t, r.log.String(), "tagscna.yaml: no such file")
		assert.Contains(t, read(t, r.summary), "no verdict: exit code 2")
		assert.Equal(t, "none", r.text(r.action.Outputs["verdict"].Value))
	})
	t.Run("a build that fails", func(t *testing.T) {
		r := newRunner(t, map[string]string{"url": "https://staging.test"})
		require.NoError(t, os.RemoveAll(filepath.Join(r.path, ".ci/browser")))
		code, failed := r.run()
		assert.True(t, failed)
		assert.Equal(t, 4, code)
	})
	t.Run("a quote that does not end", func(t *testing.T) {
		r := newRunner(t, map[string]string{"args": "--header 'X"})
		code, failed := r.run()
		assert.True(t, failed)
		assert.Equal(t, 4, code)
		assert.Contains(t, r.log.String(), "args: a quote does not end")
	})
}

// TestPipelineGitHubPassesOn: flags are what was set, word for word; nothing that is given is run.
func TestPipelineGitHubPassesOn(t *testing.T) {
	const always = "--reveal=false -o OUT/run --report OUT/flows.sarif --report OUT/flows.md --"
	for name, c := range map[string]struct {
		inputs map[string]string
		want   string
	}{
		"nothing": {want: "scan --ci " + always},
		"what there is": {map[string]string{"url": "https://a.test https://b.test/?q=*", "config": "a b.yaml", "persona": "me.yaml", "fail-on": "any"},
			"scan --ci --config=a b.yaml --persona=me.yaml --fail-on=any " + always + " https://a.test https://b.test/?q=*"},
		"flags": {map[string]string{"args": "--max-pages 3 --header 'X-A: ${TOKEN} $(touch pwned)'\n  --exclude \"/a b*\" --reveal"},
			"scan --ci --max-pages 3 --header X-A: ${TOKEN} $(touch pwned) --exclude /a b* --reveal " + always},
		"what is no URL": {map[string]string{"url": "--reveal $(touch${IFS}pwned) `touch${IFS}pwned` ;touch", "name": "x\"; touch pwned; \""},
			"scan --ci " + always + " --reveal $(touch${IFS}pwned) `touch${IFS}pwned` ;touch"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRunner(t, c.inputs)
			told := filepath.Join(r.temp, "told")
			require.NoError(t, os.Mkdir(filepath.Join(r.path, "bin"), 0o700))
			program(t, filepath.Join(r.path, "bin/tagscan"), `printf '%s ' "$@" >> '`+told+`'; exit 3`)
			code, _ := r.run()
			assert.Equal(t, 3, code)
			out := r.outputs["scan"]["out"]
			assert.Equal(t, c.want, strings.TrimSpace(strings.ReplaceAll(read(t, told), out, "OUT")))
			assert.NoFileExists(t, filepath.Join(r.dir, "pwned"))
		})
	}
}

// gitlabJob is the job that the README shows.
type gitlabJob struct {
	Image struct {
		Name       string
		Entrypoint []string
	}
	Script    []string
	Artifacts struct {
		When    string
		Paths   []string
		Reports map[string]string
	}
}

// readmeGitLab reads the job that the README shows.
func readmeGitLab(t *testing.T) gitlabJob {
	t.Helper()
	_, block, ok := strings.Cut(read(t, filepath.Join(repository(t), "README.md")), "```yaml\n# GitLab\n")
	require.True(t, ok)
	block, _, _ = strings.Cut(block, "```")
	var jobs map[string]gitlabJob
	require.NoError(t, yaml.UnmarshalWithOptions([]byte(block), &jobs, yaml.Strict()))
	return jobs["tagscan"]
}

// TestPipelineGitLab runs the script of the job as GitLab's runner does: all lines in one shell that ends at the first error.
func TestPipelineGitLab(t *testing.T) {
	job := readmeGitLab(t)
	assert.Equal(t, []string{""}, job.Image.Entrypoint, "the runner starts a shell")
	assert.Contains(t, read(t, filepath.Join(repository(t), "Dockerfile")), "FROM debian:", "which has one")
	assert.Equal(t, "always", job.Artifacts.When)
	s := staging(t)
	run := func(shell []string, files map[string]string) (dir string, code int, log string) {
		dir = t.TempDir()
		tools := t.TempDir()
		tagscanIn(t, tools)
		for name, text := range files {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
		}
		script := strings.ReplaceAll(strings.Join(job.Script, "\n"), "https://staging.example", s.URL()+" "+strings.ReplaceAll(stagingArgs(s), "\n", " "))
		cmd := exec.Command(shell[0], append(shell[1:], "-c", script)...)
		cmd.Dir = dir
		cmd.Env = append(jobEnv(t, tools), "GITLAB_CI=true", "STAGING_TOKEN="+pipelineSecret, "TAGSCAN_KEY=00112233445566778899aabbccddeeff")
		said, _ := cmd.CombinedOutput()
		return dir, cmd.ProcessState.ExitCode(), string(said)
	}
	dir, code, log := run([]string{"bash", "-eo", "pipefail"}, map[string]string{"tagscan.yaml": "persona: me.yaml\n", "me.yaml": "email: " + pipelineEmail + "\n"})
	require.Equal(t, 1, code, log)
	published := map[string]string{"log": log}
	for _, name := range append(job.Artifacts.Paths, job.Artifacts.Reports["junit"]) {
		published[name] = read(t, filepath.Join(dir, name))
	}
	assert.Contains(t, published["flows.md"], "vendor.test")
	assert.Contains(t, published["gl.xml"], "<failure")
	for name, text := range unzipped(t, filepath.Join(dir, "run.zip")) {
		published[name] = text
	}
	holdsNoSecret(t, published)

	_, code, log = run([]string{"sh", "-e"}, nil)
	assert.Equal(t, 2, code)
	assert.Contains(t, log, "tagscan.yaml: no such file")
}
