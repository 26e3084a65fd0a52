// Package doctor looks at the machine the way a scan will need it and says what is missing and how to mend it. It changes
// nothing.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/tagscan/tagscan/crawler/chrome"
)

// State is how a check went.
type State string

const (
	Good    State = "ok"
	Warning State = "warning" // a scan runs, with less
	Bad     State = "missing" // a scan cannot run
)

// Check is one thing that was looked at.
type Check struct {
	Name  string `json:"name"`
	State State  `json:"state"`
	Found string `json:"found"`         // what is there
	Fix   string `json:"fix,omitempty"` // what to do; empty when all is well
}

// Options name what the user would scan with.
type Options struct {
	Find   chrome.FindOptions
	Launch chrome.Options // Binary is filled in
	Root   string         // where /proc, /dev and /usr are looked for; empty is "/"
}

// Run makes all checks, in the order in which they build on each other.
func Run(ctx context.Context, o Options) []Check {
	binary, browser := findBrowser(ctx, o.Find)
	checks := []Check{browser}
	if browser.State != Bad {
		o.Launch.Binary = binary
		checks = append(checks, sandbox(ctx, o.Launch))
	}
	return append(checks, sharedMemory(o.Root), fonts(o.Root), openFiles(), temp(o.Launch.TempDir), proxies(ctx))
}

func findBrowser(ctx context.Context, o chrome.FindOptions) (chrome.Binary, Check) {
	c := Check{Name: "browser"}
	b, err := chrome.Find(o)
	if err != nil {
		c.State, c.Found = Bad, err.Error()
		c.Fix = "install Google Chrome, or Chromium (Debian and Ubuntu: apt-get install chromium), or name it with --chrome or TAGSCAN_CHROME"
		return b, c
	}
	v, err := b.Version(ctx)
	if err != nil {
		c.State, c.Found = Bad, fmt.Sprintf("%s: %v", b.Path, err)
		c.Fix = "run it by hand with --version: a library it needs may be missing"
		return b, c
	}
	c.State, c.Found = Good, fmt.Sprintf("%s, %s", v, b.Path)
	return b, c
}

// sandbox launches the browser as a scan does and lets it prove its sandbox.
func sandbox(ctx context.Context, o chrome.Options) Check {
	c := Check{Name: "sandbox"}
	b, err := chrome.Launch(ctx, o)
	if err != nil {
		c.State, c.Found = Bad, err.Error()
		if errors.Is(err, chrome.ErrNoSandbox) {
			c.Fix = "allow unprivileged user namespaces: sysctl -w kernel.unprivileged_userns_clone=1 (Debian), sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu 23.10 and newer), or in a container a seccomp profile that allows clone and unshare"
		} else {
			c.Fix = "run the browser by hand with --headless --dump-dom about:blank and read what it complains about"
		}
		return c
	}
	defer b.Close()
	c.State, c.Found = Good, "proven in a renderer: "+b.Info().Sandbox
	return c
}

// minShared is the size in bytes of /dev/shm below which Chrome's renderers are known to crash on heavy pages: the 64 MB
// that container runtimes give by default are too little.
const minShared = 256 << 20

func sharedMemory(root string) Check {
	c := Check{Name: "shared memory"}
	dir := filepath.Join("/", root, "dev/shm")
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		c.State, c.Found, c.Fix = Warning, fmt.Sprintf("%s: %v", dir, err), "mount a tmpfs on /dev/shm"
		return c
	}
	size := int64(st.Blocks) * int64(st.Bsize)
	c.State, c.Found = Good, fmt.Sprintf("%d MB in %s", size>>20, dir)
	if size < minShared {
		c.State, c.Fix = Warning, "give the container more, for example docker run --shm-size=1g"
	}
	return c
}

func fonts(root string) Check {
	c := Check{Name: "fonts"}
	dirs := []string{"usr/share/fonts", "usr/local/share/fonts", "Library/Fonts", "System/Library/Fonts"}
	n := 0
	for _, d := range dirs {
		_ = filepath.WalkDir(filepath.Join("/", root, d), func(path string, e os.DirEntry, err error) error {
			if err == nil && !e.IsDir() && isFont(path) {
				n++
			}
			return nil
		})
	}
	c.State, c.Found = Good, fmt.Sprintf("%d font files", n)
	if n == 0 {
		c.State, c.Fix = Warning, "install fonts (Debian and Ubuntu: apt-get install fonts-dejavu-core fonts-noto-core): without any, pages are laid out and lazy content is loaded differently"
	}
	return c
}

func isFont(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".ttf", ".otf", ".ttc", ".pfb", ".woff", ".woff2":
		return true
	}
	return false
}

// minFiles is how many open files a browser with a handful of tabs needs with room to spare.
const minFiles = 1024

func openFiles() Check {
	c := Check{Name: "open files"}
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		c.State, c.Found = Warning, err.Error()
		return c
	}
	c.State, c.Found = Good, fmt.Sprintf("limit %d", l.Max)
	switch {
	case l.Max < chrome.MinFiles:
		c.State, c.Fix = Bad, fmt.Sprintf("a browser needs %d at least: ulimit -n %d", chrome.MinFiles, minFiles)
	case l.Max < minFiles:
		c.State, c.Fix = Warning, fmt.Sprintf("raise the limit: ulimit -n %d", minFiles)
	}
	return c
}

// minFree is the free space in bytes below which a scan is likely to fill the disk.
const minFree = 1 << 30

func temp(dir string) Check {
	c := Check{Name: "temporary files"}
	var instead error // why those of the browser are not in the system's directory
	if dir == "" {
		dir, instead = chrome.TempDir()
	}
	if dir == "" {
		c.State, c.Found, c.Fix = Bad, instead.Error(), "set TMPDIR to a directory that can be written to"
		return c
	}
	f, err := os.CreateTemp(dir, "tagscan-doctor-")
	if err != nil {
		c.State, c.Found, c.Fix = Bad, err.Error(), "set TMPDIR to a directory that can be written to"
		return c
	}
	f.Close()
	os.Remove(f.Name())
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		c.State, c.Found = Warning, err.Error()
		return c
	}
	free := int64(st.Bavail) * int64(st.Bsize)
	c.State, c.Found = Good, fmt.Sprintf("%.1f GB free in %s", float64(free)/1e9, dir)
	switch {
	case free < minFree:
		c.State, c.Fix = Warning, "free some space, or set TMPDIR to a bigger disk"
	case instead != nil:
		c.State, c.Fix = Warning, "those of the browser go there: "+instead.Error()
	}
	return c
}
