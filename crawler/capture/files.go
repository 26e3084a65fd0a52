package capture

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// What a run keeps may identify people, so nobody but its owner may read it.
const (
	fileMode = 0o600
	dirMode  = 0o700
)

// openFile opens a file of a run directory. A symbolic link in its place is refused: it could lead the bytes elsewhere.
func openFile(name string, flag int) (*os.File, error) {
	return os.OpenFile(name, flag|syscall.O_NOFOLLOW, fileMode)
}

// createTemp makes a new file with a name that nothing reads.
func createTemp(dir string) (*os.File, error) {
	return openFile(filepath.Join(dir, "."+strings.ToLower(rand.Text())+".tmp"), os.O_WRONLY|os.O_CREATE|os.O_EXCL)
}

// writeFile puts data in place of the file at once: a reader sees the old bytes or the new ones.
func writeFile(name string, data []byte) error {
	f, err := createTemp(filepath.Dir(name))
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// makeDir makes the run directory, or takes one that is there. A directory that is empty or held a run before is closed
// to others; one that holds somebody's other files keeps its mode.
func makeDir(dir string) error {
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return fmt.Errorf("run directory: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("run directory: %w", err)
	}
	for _, e := range entries {
		if !ours(e.Name()) {
			return nil
		}
	}
	if err := os.Chmod(dir, dirMode); err != nil && !errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("run directory: %w", err)
	}
	return nil
}

// ours reports whether a name at the top of a run directory is one that a run puts there.
func ours(name string) bool {
	switch name {
	case CaptureFile, ManifestFile, BlobsDir, "findings.jsonl":
		return true
	}
	return strings.HasPrefix(name, "report.") || tempName.MatchString(name)
}

// removeRun removes the files of an earlier run from the directory, and nothing else.
func removeRun(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if ours(e.Name()) && e.Name() != BlobsDir {
			err = errors.Join(err, os.Remove(filepath.Join(dir, e.Name())))
		}
	}
	return errors.Join(err, (&Blobs{filepath.Join(dir, BlobsDir)}).clean())
}
