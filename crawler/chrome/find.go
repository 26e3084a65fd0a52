package chrome

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"
)

// The kinds of browser. Full Chrome is what people use; headless-shell costs half the CPU and is easier to tell from a
// person.
const (
	KindAuto          = "auto"
	KindChrome        = "chrome"
	KindHeadlessShell = "headless-shell"
)

// Binary is a browser on this machine: the program itself, never a wrapper script.
type Binary struct {
	Path string
	Kind string // chrome or headless-shell
}

// FindOptions says which browser is wanted. The zero value takes the first full Chrome in the usual places.
type FindOptions struct {
	Path string              // named by the user; nothing else is tried then
	Kind string              // auto, chrome or headless-shell; empty is auto, which is chrome
	Env  func(string) string // reads an environment variable; nil is os.Getenv
}

// ErrNotFound is wrapped by Find's error when this machine has no browser.
var ErrNotFound = errors.New("no Chrome or Chromium was found")

// Find returns the browser to run: the path given, else the one that TAGSCAN_CHROME or CHROME_PATH names, else the first
// in the usual places. A wrapper script, as distributions install, is replaced by the program it starts, for wrappers
// add extensions and flags of their own.
func Find(o FindOptions) (Binary, error) {
	env := o.Env
	if env == nil {
		env = os.Getenv
	}
	kind := o.Kind
	switch kind {
	case "", KindAuto:
		kind = KindAuto
	case KindChrome, KindHeadlessShell:
	default:
		return Binary{}, fmt.Errorf("browser %q is not known: use auto, chrome or headless-shell", kind)
	}
	path := o.Path
	if path == "" {
		path = env("TAGSCAN_CHROME")
	}
	if path == "" {
		path = env("CHROME_PATH")
	}
	if path != "" {
		return named(path, kind)
	}
	for _, c := range places(kind) {
		if p, err := program(c); err == nil {
			return Binary{Path: p, Kind: kindOf(p)}, nil
		}
	}
	return Binary{}, fmt.Errorf("%w: install one (Debian and Ubuntu: apt-get install chromium) or name it with --chrome or TAGSCAN_CHROME", ErrNotFound)
}

// named checks the browser that somebody named.
func named(path, kind string) (Binary, error) {
	p, err := program(path)
	if err != nil {
		return Binary{}, fmt.Errorf("browser %s: %w", path, err)
	}
	if k := kindOf(p); kind != KindAuto && kind != k {
		return Binary{}, fmt.Errorf("browser %s is of kind %s, not %s", p, k, kind)
	}
	return Binary{Path: p, Kind: kindOf(p)}, nil
}

// places lists candidates, best first. Entries without a slash are looked up in PATH.
func places(kind string) []string {
	shell := []string{
		"/usr/lib/chromium/chromium-headless-shell", "/usr/lib64/chromium-browser/headless_shell",
		"chromium-headless-shell", "chrome-headless-shell", "headless_shell",
	}
	if kind == KindHeadlessShell {
		return shell
	}
	if runtime.GOOS == "darwin" {
		return []string{
			"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
			"/Applications/Chromium.app/Contents/MacOS/Chromium",
			"/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
		}
	}
	full := []string{
		"/opt/google/chrome/chrome", "/usr/lib/chromium/chromium", "/usr/lib/chromium-browser/chromium-browser",
		"/usr/lib64/chromium-browser/chromium-browser", "/opt/microsoft/msedge/msedge",
		"google-chrome-stable", "google-chrome", "chromium", "chromium-browser", "chrome", "microsoft-edge",
	}
	if kind == KindAuto {
		return append(full, shell...)
	}
	return full
}

// kindOf tells the kind of a browser from its name.
func kindOf(path string) string {
	base := strings.ReplaceAll(filepath.Base(path), "_", "-")
	if strings.Contains(base, "headless-shell") {
		return KindHeadlessShell
	}
	return KindChrome
}

// execLine finds the program that a wrapper script starts in its end.
var execLine = regexp.MustCompile(`(?m)^\s*(?:exec\s+)?(?:-a\s+\S+\s+)?"?(/[^\s"$]+)"?\s`)

// program resolves links and wrapper scripts to an executable that is no script.
func program(path string) (string, error) {
	if !strings.Contains(path, "/") {
		p, err := exec.LookPath(path)
		if err != nil {
			return "", err
		}
		path = p
	}
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", err
	}
	st, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if st.IsDir() || st.Mode()&0o111 == 0 {
		return "", errors.New("is not a program")
	}
	head, err := readHead(path)
	if err != nil {
		return "", err
	}
	if !bytes.HasPrefix(head, []byte("#!")) {
		return path, nil
	}
	return behindWrapper(path, head)
}

// behindWrapper finds the program of a wrapper script: a file named like a browser in a lib directory that the script
// mentions, or beside it.
func behindWrapper(path string, script []byte) (string, error) {
	base := filepath.Base(path)
	tries := []string{
		filepath.Join(filepath.Dir(path), "chrome"),
		filepath.Join("/usr/lib", base, base), filepath.Join("/usr/lib/chromium", base), filepath.Join("/usr/lib64", base, base),
	}
	for _, m := range execLine.FindAllSubmatch(script, -1) {
		tries = append(tries, string(m[1]))
	}
	for _, t := range tries {
		if t == path {
			continue
		}
		head, err := readHead(t)
		if st, serr := os.Stat(t); err == nil && serr == nil && st.Mode().IsRegular() && st.Mode()&0o111 != 0 &&
			!bytes.HasPrefix(head, []byte("#!")) && looksLikeBrowser(t) {
			return t, nil
		}
	}
	return "", errors.New("is a wrapper script; name the program that it starts")
}

func looksLikeBrowser(path string) bool {
	base := strings.ToLower(filepath.Base(path))
	return strings.Contains(base, "chrom") || strings.Contains(base, "headless") || strings.Contains(base, "edge")
}

// readHead returns the first 64 KB of a file: a wrapper script whole, a program's head.
func readHead(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, 64<<10))
}

var versionNumber = regexp.MustCompile(`\b(\d+)\.\d+\.\d+\.\d+\b`)

// Version asks the program for its version: "156.0.8078.79". It starts no window and touches no profile.
func (b Binary) Version(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, b.Path, "--version")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=/nonexistent"}
	unprivileged(cmd)
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("asking %s for its version: %w", b.Path, err)
	}
	v := versionNumber.FindString(string(out))
	if v == "" {
		said, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
		return "", fmt.Errorf("asking %s for its version: %.60q has no version number; is it a Chromium?", b.Path, said)
	}
	return v, nil
}
