package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"
)

// action is what is read of action.yml.
type action struct {
	Inputs  map[string]struct{ Default string }
	Outputs map[string]struct{ Value string }
	Runs    struct{ Steps []actionStep }
}

type actionStep struct {
	ID, Name, If, Shell, Run, Uses string
	WorkingDirectory               string            `yaml:"working-directory"`
	ContinueOnError                bool              `yaml:"continue-on-error"`
	Env, With                      map[string]string `yaml:",omitempty"`
}

// actionRunner does what GitHub's runner does with a composite action, as far as action.yml makes use of it
// (https://docs.github.com/actions/reference/workflows-and-actions/metadata-syntax). What it does not know fails the test.
type actionRunner struct {
	t       *testing.T
	action  action
	dir     string            // of the repository that calls
	path    string            // of the action
	temp    string            // RUNNER_TEMP
	env     []string          // of the job
	inputs  map[string]string // as given
	github  map[string]string // of the context github
	uses    func(action string, with map[string]string) error
	outputs map[string]map[string]string // by step
	outcome map[string]string
	failed  bool
	log     strings.Builder
	summary string
}

// repository is the root of this one.
func repository(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	require.NoError(t, err)
	return dir
}

// newRunner prepares a run of the action in a directory. Its program is this one; making it is left out.
func newRunner(t *testing.T, inputs map[string]string) *actionRunner {
	t.Helper()
	root := repository(t)
	r := &actionRunner{t: t, dir: t.TempDir(), path: t.TempDir(), temp: t.TempDir(), inputs: inputs,
		github: map[string]string{"action_ref": "v1", "token": "ghs-7719-canary"},
		uses:   func(string, map[string]string) error { return nil }}
	r.summary = filepath.Join(r.temp, "summary")
	src, err := os.ReadFile(filepath.Join(root, "action.yml"))
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(src, &r.action))
	for name := range inputs {
		require.Contains(t, r.action.Inputs, name)
	}
	require.NoError(t, os.CopyFS(filepath.Join(r.path, ".ci"), os.DirFS(filepath.Join(root, ".ci"))))
	tools := t.TempDir()
	program(t, filepath.Join(tools, "make"), "[ \"$1\" = build ] && mkdir -p bin && cp "+filepath.Join(tools, "tagscan")+" bin/tagscan")
	tagscanIn(t, tools)
	r.env = append(jobEnv(t, tools), "GITHUB_ACTIONS=true", "RUNNER_TEMP="+r.temp, "RUNNER_OS=Linux", "RUNNER_ARCH=X64",
		"GITHUB_ACTION_PATH="+r.path, "GITHUB_STEP_SUMMARY="+r.summary, "GITHUB_REPOSITORY=example/shop", "GITHUB_WORKSPACE="+r.dir)
	return r
}

// jobEnv is the environment of a job, with tools before all other programs.
func jobEnv(t *testing.T, tools string) []string {
	t.Helper()
	env := []string{"CI=true", "PATH=" + tools + ":" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TMPDIR=" + os.TempDir()}
	for _, name := range []string{"TAGSCAN_CHROME", "CHROME_PATH"} {
		if v := os.Getenv(name); v != "" {
			env = append(env, name+"="+v)
		}
	}
	return env
}

func program(t *testing.T, name, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(name, []byte("#!/bin/sh\n"+text+"\n"), 0o700))
}

// tagscanIn writes a program that is the command under test.
func tagscanIn(t *testing.T, dir string) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	program(t, filepath.Join(dir, "tagscan"), "TAGSCAN_TEST_MAIN=1 exec '"+self+"' \"$@\"")
}

// run does all steps. It returns the exit code of the last, which is the verdict, and whether the action failed.
func (r *actionRunner) run() (last int, failed bool) {
	r.t.Helper()
	r.outputs, r.outcome, r.failed = map[string]map[string]string{}, map[string]string{}, false
	for _, step := range r.action.Runs.Steps {
		outcome := "skipped"
		if r.wanted(step.If) {
			outcome = "success"
			var ok bool
			if last, ok = r.step(step); !ok {
				outcome = "failure"
				r.failed = r.failed || !step.ContinueOnError
			}
		}
		if step.ID != "" {
			r.outcome[step.ID] = outcome
		}
	}
	return last, r.failed
}

// step does one.
func (r *actionRunner) step(s actionStep) (code int, ok bool) {
	if s.Uses != "" {
		with := map[string]string{}
		for name, v := range s.With {
			with[name] = r.text(v)
		}
		err := r.uses(strings.Split(s.Uses, "@")[0], with)
		return 0, err == nil
	}
	require.Equal(r.t, "bash", s.Shell, s.Name)
	require.NotContains(r.t, s.Run, "${{", "%s: what is given must not become part of a script", s.Name)
	output := filepath.Join(r.t.TempDir(), "output")
	script := filepath.Join(r.t.TempDir(), "script.sh")
	require.NoError(r.t, os.WriteFile(script, []byte(s.Run), 0o600))
	cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", script)
	cmd.Dir = filepath.Join(r.dir, r.text(s.WorkingDirectory))
	cmd.Env = append(r.env[:len(r.env):len(r.env)], "GITHUB_OUTPUT="+output)
	for name, v := range s.Env {
		cmd.Env = append(cmd.Env, name+"="+r.text(v))
	}
	said, _ := cmd.CombinedOutput()
	r.log.WriteString("--- " + s.Name + "\n" + string(said))
	if s.ID != "" {
		r.outputs[s.ID] = outputsIn(output)
	}
	return cmd.ProcessState.ExitCode(), cmd.ProcessState.Success()
}

// outputsIn reads the file that a step writes its outputs to.
func outputsIn(file string) map[string]string {
	out := map[string]string{}
	text, _ := os.ReadFile(file)
	for line := range strings.Lines(string(text)) {
		name, v, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		out[name] = v
	}
	return out
}

var (
	expression = regexp.MustCompile(`\$\{\{ ([^}]*) \}\}`)
	comparison = regexp.MustCompile(`^(\S+) (==|!=) '([^']*)'$`)
)

// text is a text with its expressions evaluated.
func (r *actionRunner) text(s string) string {
	return expression.ReplaceAllStringFunc(s, func(e string) string { return r.value(expression.FindStringSubmatch(e)[1]) })
}

// wanted evaluates a condition: comparisons, all of which must hold.
func (r *actionRunner) wanted(condition string) bool {
	always := false
	for term := range strings.SplitSeq(condition, " && ") {
		switch m := comparison.FindStringSubmatch(term); {
		case term == "always()":
			always = true
		case term == "":
		case m == nil:
			r.t.Fatalf("no condition that the runner of the tests knows: %s", condition)
		case (r.value(m[1]) == m[3]) != (m[2] == "=="):
			return false
		}
	}
	return always || !r.failed
}

// value is what an expression names.
func (r *actionRunner) value(name string) string {
	path := strings.Split(name, ".")
	switch {
	case path[0] == "inputs" && len(path) == 2:
		input, ok := r.action.Inputs[path[1]]
		require.True(r.t, ok, name)
		if v, given := r.inputs[path[1]]; given {
			return v
		}
		return r.text(input.Default)
	case path[0] == "github":
		return r.github[strings.Join(path[1:], ".")]
	case path[0] == "steps" && len(path) == 3 && path[2] == "outcome":
		require.True(r.t, r.has(path[1]), name)
		return r.outcome[path[1]]
	case path[0] == "steps" && len(path) == 4 && path[2] == "outputs":
		require.True(r.t, r.has(path[1]), name)
		return r.outputs[path[1]][path[3]]
	}
	r.t.Fatalf("no expression that the runner of the tests knows: %s", name)
	return ""
}

func (r *actionRunner) has(step string) bool {
	for _, s := range r.action.Runs.Steps {
		if s.ID == step {
			return true
		}
	}
	return false
}
