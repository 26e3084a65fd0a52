package capture

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// What a run keeps may identify people, so nobody but its owner may read it.
const (
	fileMode = 0o600
	dirMode  = 0o700
)

// The names of what commands read back instead of the capture. The packages that write them have names of their own for them.
const (
	findingsFile = "findings.jsonl"
	reportFile   = "report.json"
	pageFile     = "report.html"
)

// errNotRegular says that something else is in the place of a file.
var errNotRegular = errors.New("not a regular file")

// openFile opens a file of a run directory. A symbolic link in its place is refused: it could lead the bytes elsewhere.
func openFile(name string, flag int) (*os.File, error) {
	return os.OpenFile(name, flag|syscall.O_NOFOLLOW, fileMode)
}

// openToRead opens a file of a run directory that came from anywhere. What is there and no regular file (a link, a directory, a pipe
// that nobody writes to, a device) is refused and never waited for.
func openToRead(name string) (*os.File, error) {
	f, err := openFile(name, os.O_RDONLY|syscall.O_NONBLOCK)
	if errors.Is(err, syscall.ELOOP) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errNotRegular}
	}
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: name, Err: errNotRegular}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
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

// fixed are the names of what is concluded from every run.
var fixed = []string{findingsFile, reportFile, pageFile}

// ErrForeign says that a directory holds a file of another's where a run would put one of its own.
var ErrForeign = errors.New("it is no file of a run, and would be replaced: choose another directory")

// foreign fails if there is, in a directory without a run, a file that the run would replace.
func foreign(dir string) error {
	if Exists(dir) {
		return nil
	}
	for _, name := range fixed {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return fmt.Errorf("%s: %w", filepath.Join(dir, name), ErrForeign)
		}
	}
	return nil
}

// ours reports whether a name at the top of a run directory is one that a run puts there.
func ours(name string) bool {
	switch name {
	case CaptureFile, ManifestFile, SignatureFile, StampFile, BlobsDir:
		return true
	}
	return concluded(name) || tempName.MatchString(name)
}

// concluded reports whether a name at the top of a run directory is one of what was concluded from the capture: a run has
// these after its capture was closed, or never.
func concluded(name string) bool {
	return name == findingsFile || strings.HasPrefix(name, "report.")
}

// removeRun removes the files of an earlier run from the directory, and nothing else: those that every run has, and those further
// reports that its manifest lists and that are as they were written.
func removeRun(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var m Manifest
	if Exists(dir) {
		m, _ = readManifest(dir) // one that cannot be read lists nothing
	}
	for _, e := range entries {
		if own(dir, e.Name(), m) {
			err = errors.Join(err, os.Remove(filepath.Join(dir, e.Name())))
		}
	}
	return errors.Join(err, NewBlobs(filepath.Join(dir, BlobsDir)).clean())
}

// own reports whether a name at the top of the directory is that of a file that the run with the manifest put there.
func own(dir, name string, m Manifest) bool {
	switch {
	case name == BlobsDir:
		return false // what is in it is looked at file by file
	case !concluded(name), slices.Contains(fixed, name):
		return ours(name)
	}
	for _, want := range m.Files {
		if want.Name == name {
			got, err := factOf(dir, name)
			return err == nil && got == want
		}
	}
	return false
}
