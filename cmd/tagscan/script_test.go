package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/crypto/ssh"

	"github.com/tagscan/tagscan/fixtures"
)

// TestMain lets the scripts run the real command by its name, and other tests by running this program again.
func TestMain(m *testing.M) {
	if os.Getenv("TAGSCAN_TEST_MAIN") != "" {
		main()
	}
	testscript.Main(m, map[string]func(){"tagscan": main})
}

// TestScripts runs testdata/script/*.txt: each is a session that a user could have had. BREACH and MAPS name the fixture
// site of the breach, which every script may scan.
func TestScripts(t *testing.T) {
	site, err := fixtures.Breach()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	server, err := fixtures.Serve(ctx, site)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); server.Wait() })
	rules := server.MapRules()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("BREACH", server.URL())
			e.Setenv("MAP1", rules[0])
			e.Setenv("MAP2", rules[1])
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("CI", "")
			e.Setenv("NO_COLOR", "1")
			for _, name := range []string{"TAGSCAN_CHROME", "CHROME_PATH"} {
				e.Setenv(name, os.Getenv(name))
			}
			for _, name := range []string{"key", "other"} {
				if err := writeKey(filepath.Join(e.WorkDir, name)); err != nil {
					return err
				}
			}
			return os.WriteFile(filepath.Join(e.WorkDir, "persona.yaml"), fixtures.Persona(), 0o600)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":    exits,
			"nochrome": noChrome,
			"mode":     mode,
			"envsubst": envsubst,
			"edit":     edit,
		},
	})
}

// writeKey makes a key as ssh-keygen -C jo does: NAME and NAME.pub.
func writeKey(name string) error {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	block, err := ssh.MarshalPrivateKey(private, "jo")
	if err != nil {
		return err
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		return err
	}
	public := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(signer.PublicKey()))) + " jo\n"
	return errors.Join(os.WriteFile(name, pem.EncodeToMemory(block), 0o600), os.WriteFile(name+".pub", []byte(public), 0o600))
}

// exits runs tagscan and wants an exit code: exits 2 scan --nonsense
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE ARG…")
	}
	err := ts.Exec("tagscan", args[1:]...)
	code := "0"
	if err != nil {
		exit, ok := err.(*exec.ExitError)
		if !ok {
			ts.Fatalf("tagscan %s: %v", strings.Join(args[1:], " "), err)
		}
		code = strconv.Itoa(exit.ExitCode())
	}
	if code != args[0] {
		ts.Fatalf("tagscan %s: exit %s, want %s", strings.Join(args[1:], " "), code, args[0])
	}
}

// noChrome fails if a browser process of a tagscan profile is left.
func noChrome(ts *testscript.TestScript, neg bool, _ []string) {
	procs, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, p := range procs {
		line, err := os.ReadFile(p)
		if err == nil && strings.Contains(string(line), "--user-data-dir=") && strings.Contains(string(line), ts.Getenv("TMPDIR")) {
			ts.Fatalf("left behind: %s", strings.ReplaceAll(string(line[:min(len(line), 200)]), "\x00", " "))
		}
	}
}

// mode checks permissions: mode 600 FILE
func mode(ts *testscript.TestScript, neg bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[1]))
	ts.Check(err)
	if got := strings.TrimLeft(info.Mode().Perm().String(), "-"); got != args[0] {
		ts.Fatalf("%s has mode %s, want %s", args[1], got, args[0])
	}
}

// edit replaces a text in a file, which must be there: edit FILE OLD NEW
func edit(ts *testscript.TestScript, neg bool, args []string) {
	old := ts.ReadFile(args[0])
	if !strings.Contains(old, args[1]) {
		ts.Fatalf("%s does not hold %s", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.ReplaceAll(old, args[1], args[2])), 0o600))
}

// envsubst writes environment variables into a file: @NAME@ becomes the value of NAME.
func envsubst(ts *testscript.TestScript, neg bool, args []string) {
	text := ts.ReadFile(args[0])
	for _, name := range []string{"BREACH", "MAP1", "MAP2"} {
		text = strings.ReplaceAll(text, "@"+name+"@", ts.Getenv(name))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}
