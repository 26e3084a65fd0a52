package chrome

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestALongTemporaryDirectoryIsNotUsed: Chrome would end with a message about a socket.
func TestALongTemporaryDirectoryIsNotUsed(t *testing.T) {
	long, err := os.MkdirTemp("", "long-"+strings.Repeat("x", 60))
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(long) })
	require.NoError(t, os.Chmod(long, 0o755))
	t.Setenv("TMPDIR", long)
	dir, why := TempDir()
	assert.Contains(t, []string{"/tmp", "/var/tmp"}, dir)
	require.ErrorContains(t, why, "too long")
	got, err := profileParent("")
	require.NoError(t, err)
	assert.Equal(t, dir, got)
	profile, err := newProfile(got, Options{})
	require.NoError(t, err)
	defer os.RemoveAll(profile)
	assert.LessOrEqual(t, len(filepath.Join(profile, socketName)), maxSocketPath)
}

func TestAShortTemporaryDirectoryIsUsed(t *testing.T) {
	t.Setenv("TMPDIR", "/tmp")
	dir, why := TempDir()
	require.NoError(t, why)
	assert.Equal(t, "/tmp", dir)
}

func TestTheLimitOfOpenFilesIsRaisedForTheBrowser(t *testing.T) {
	require.NoError(t, enoughFiles())
	var l syscall.Rlimit
	require.NoError(t, syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l))
	assert.Equal(t, l.Max, l.Cur)
}
