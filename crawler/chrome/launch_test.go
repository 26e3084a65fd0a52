package chrome_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler/chrome"
)

// TestMain fails if a test leaves a process or a profile directory of a browser behind.
func TestMain(m *testing.M) {
	code := m.Run()
	if left := leftovers(); len(left) > 0 {
		fmt.Fprintln(os.Stderr, "left behind:", left)
		code = 1
	}
	os.Exit(code)
}

// leftovers lists the profile directories of this process and the processes that use them.
func leftovers() []string {
	mine := fmt.Sprintf("-%d-", os.Getpid())
	dirs, _ := filepath.Glob(filepath.Join(os.TempDir(), "tagscan-*"+mine+"*"))
	cmds, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, c := range cmds {
		if b, err := os.ReadFile(c); err == nil && strings.Contains(string(b), "/tagscan-") && strings.Contains(string(b), mine) {
			dirs = append(dirs, c)
		}
	}
	return dirs
}

func launch(t *testing.T, kind string, o chrome.Options) *chrome.Browser {
	t.Helper()
	bin, err := chrome.Find(chrome.FindOptions{Kind: kind})
	require.NoError(t, err)
	o.Binary = bin
	b, err := chrome.Launch(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	return b
}

func ping(ctx context.Context, b *chrome.Browser) error {
	_, err := cdp.Call(ctx, b.Session(), browser.GetVersion, cdp.Empty{})
	return err
}

func TestLaunchProvesItsSandboxAndLeavesNothing(t *testing.T) {
	for _, kind := range []string{chrome.KindChrome, chrome.KindHeadlessShell} {
		t.Run(kind, func(t *testing.T) {
			b := launch(t, kind, chrome.Options{NetLog: true})
			assert.Equal(t, "userns+pidns+netns+seccomp", b.Info().Sandbox)
			assert.NotContains(t, b.Info().UserAgent+b.Info().Product, "Headless")
			assert.Positive(t, b.Memory())
			assert.Positive(t, b.CPU())
			require.NoError(t, ping(t.Context(), b))
			st, err := os.Stat(b.Profile())
			require.NoError(t, err)
			assert.Equal(t, os.FileMode(0o700), st.Mode().Perm())
			assert.Empty(t, listening(t, b.PID()), "somebody else could take the browser over")
			if os.Getuid() == 0 {
				owner, err := os.Stat(filepath.Join("/proc", strconv.Itoa(b.PID())))
				require.NoError(t, err)
				assert.NotZero(t, owner.Sys().(*syscall.Stat_t).Uid, "the browser runs as root")
			}
			require.NoError(t, b.Close())
			assert.NoDirExists(t, b.Profile())
			assert.Error(t, ping(t.Context(), b))
		})
	}
}

// listening returns the inodes of listening TCP sockets that processes of the group hold.
func listening(t *testing.T, group int) []string {
	t.Helper()
	open := map[string]bool{}
	fds, err := filepath.Glob("/proc/[0-9]*/fd/*")
	require.NoError(t, err)
	for _, fd := range fds {
		pid, _ := strconv.Atoi(strings.Split(fd, "/")[2])
		if g, err := syscall.Getpgid(pid); err != nil || g != group {
			continue
		}
		if l, err := os.Readlink(fd); err == nil && strings.HasPrefix(l, "socket:[") {
			open[strings.Trim(l, "socket:[]")] = true
		}
	}
	var out []string
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		b, err := os.ReadFile(table)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(b)) {
			f := strings.Fields(line)
			const listen = "0A"
			if len(f) > 9 && f[3] == listen && open[f[9]] {
				out = append(out, line)
			}
		}
	}
	return out
}

func TestLaunchRefusesABrowserWithoutSandbox(t *testing.T) {
	bin, err := chrome.Find(chrome.FindOptions{Kind: chrome.KindHeadlessShell})
	require.NoError(t, err)
	o := chrome.Options{Binary: bin, Args: []string{"--no-sandbox"}, StartTimeout: 3 * time.Second}
	_, err = chrome.Launch(t.Context(), o)
	require.ErrorIs(t, err, chrome.ErrNoSandbox)
	assert.Empty(t, leftovers())

	b := launch(t, chrome.KindHeadlessShell, chrome.Options{DangerouslyNoSandbox: true})
	assert.Equal(t, "none", b.Info().Sandbox)
}

func TestLaunchSaysWhyItFailed(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o755))
	bad := filepath.Join(dir, "chrome")
	require.NoError(t, os.WriteFile(bad, []byte("\x7fELF nothing"), 0o755))
	_, err := chrome.Launch(t.Context(), chrome.Options{Binary: chrome.Binary{Path: bad, Kind: chrome.KindChrome}})
	require.ErrorContains(t, err, "version")

	bin, err := chrome.Find(chrome.FindOptions{})
	require.NoError(t, err)
	_, err = chrome.Launch(t.Context(), chrome.Options{Binary: bin, Map: []string{"a.test"}})
	require.ErrorContains(t, err, "HOST[:PORT]=ADDR[:PORT]")
	assert.Empty(t, leftovers())
}

func TestAKilledBrowserFailsCallsAtOnce(t *testing.T) {
	b := launch(t, chrome.KindHeadlessShell, chrome.Options{})
	require.NoError(t, syscall.Kill(b.PID(), syscall.SIGKILL))
	begun := time.Now()
	select {
	case <-b.Done():
	case <-time.After(5 * time.Second):
		t.Fatal("the connection does not end")
	}
	assert.Error(t, ping(t.Context(), b))
	assert.Error(t, b.Err())
	assert.Less(t, time.Since(begun), 5*time.Second)
}

func TestAFrozenBrowserIsKilled(t *testing.T) {
	b := launch(t, chrome.KindHeadlessShell, chrome.Options{Ping: 200 * time.Millisecond})
	require.NoError(t, syscall.Kill(b.PID(), syscall.SIGSTOP))
	select {
	case <-b.Done():
		assert.ErrorContains(t, b.Err(), "does not answer")
	case <-time.After(10 * time.Second):
		t.Fatal("nobody noticed")
	}
}

func TestLaunchSweepsProfilesOfTheDead(t *testing.T) {
	dir, err := os.MkdirTemp("", "sweep")
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	require.NoError(t, os.Chmod(dir, 0o755))
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	require.NoError(t, err)
	dead := filepath.Join(dir, fmt.Sprintf("tagscan-%.8s-%d-%d-1", boot, os.Getpid(), 1)) // this pid, but another start
	other := filepath.Join(dir, "tagscan-notes")
	for _, d := range []string{dead, other} {
		require.NoError(t, os.MkdirAll(filepath.Join(d, "Default"), 0o700))
	}
	b := launch(t, chrome.KindHeadlessShell, chrome.Options{TempDir: dir})
	assert.NoDirExists(t, dead)
	assert.DirExists(t, other)
	assert.DirExists(t, b.Profile())

	c := launch(t, chrome.KindHeadlessShell, chrome.Options{TempDir: dir})
	assert.DirExists(t, b.Profile(), "the profile of a living browser was swept")
	require.NotEqual(t, b.Profile(), c.Profile())
}
