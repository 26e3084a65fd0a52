package capture

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestOnlyARunsOwnFilesAreReplaced: a run that replaces another takes away what that one wrote or left half-written, and nothing of
// anybody else's, whatever its name is.
func TestOnlyARunsOwnFilesAreReplaced(t *testing.T) {
	dir := t.TempDir()
	w, err := Create(dir, CreateOptions{})
	require.NoError(t, err)
	require.NoError(t, w.Close(Ending{}))
	write := func(names ...string) {
		for _, name := range names {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600))
		}
	}
	write("report.html", "report.sarif")
	require.NoError(t, Seal(dir, "report.html", "report.sarif"))

	// Names as a killed run leaves them, and names that look a little like those.
	left := []string{".4xkq2zpn.tmp", ".tagscan-1234567890", ".tagscan-abcdefghijklmnopqrstuvwxyz"}
	theirs := []string{"report.docx", "report.txt", ".tagscan-notes", ".tagscan-12345678901", ".tagscan-", ".vimrc.tmp.bak", "notes.txt"}
	write(append(left[:len(left):len(left)], theirs...)...)
	w, err = Create(dir, CreateOptions{Overwrite: true})
	require.NoError(t, err)
	require.NoError(t, w.Close(Ending{}))
	for _, name := range append(left, "report.html", "report.sarif") {
		assert.NoFileExists(t, filepath.Join(dir, name))
	}
	for _, name := range theirs {
		assert.FileExists(t, filepath.Join(dir, name))
	}
}

// TestNothingOfAnothersIsTakenForARuns: where there is no run, what has the name of one of its files is another's.
func TestNothingOfAnothersIsTakenForARuns(t *testing.T) {
	for _, name := range []string{"report.json", "report.html", "findings.jsonl"} {
		dir := t.TempDir()
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, []byte("mine"), 0o600))
		for _, overwrite := range []bool{false, true} {
			_, err := Create(dir, CreateOptions{Overwrite: overwrite})
			require.ErrorIs(t, err, ErrForeign, name)
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, "mine", string(text))
	}
}

// TestOneAtATimeWritesToADirectory: the lock holds from whoever took it first to when that one lets it go.
func TestOneAtATimeWritesToADirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	unlock, err := Lock(dir)
	require.NoError(t, err)
	_, err = Lock(dir)
	require.ErrorIs(t, err, ErrLocked)
	unlock()
	unlock, err = Lock(dir)
	require.NoError(t, err)
	unlock()
}
