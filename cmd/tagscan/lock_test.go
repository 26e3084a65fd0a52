package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler/capture"
)

// TestARunThatIsBeingWrittenIsLeftAlone: a scan of the same directory that comes in between changes nothing.
func TestARunThatIsBeingWrittenIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	run := filepath.Join(dir, "run")
	unlock, err := capture.Lock(run)
	require.NoError(t, err)
	defer unlock()
	w, err := capture.Create(run, capture.CreateOptions{})
	require.NoError(t, err)
	before, err := os.ReadDir(run)
	require.NoError(t, err)

	code, _, stderr := command(t, dir, "scan", "http://shop.test/", "-o", "run", "--overwrite", "--no-dns", "-q")
	assert.Equal(t, 2, code, stderr)
	assert.Contains(t, stderr, "another tagscan is writing to it")
	after, err := os.ReadDir(run)
	require.NoError(t, err)
	assert.Equal(t, len(before), len(after))
	require.NoError(t, w.Close(capture.Ending{}))
}
