package capture

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// ManifestFile is the name of the manifest in a run directory.
const ManifestFile = "manifest.json"

// ManifestSchema is the version of the manifest's shape.
const ManifestSchema = 1

// Manifest says what a run directory holds and whether that is all there should be. It is written when the run starts
// (then nothing is whole), when its capture is closed, and when its reports are there. Its JSON is canonical: fixed order
// of keys, files sorted by name, two spaces of indent, no HTML escapes, one newline at the end; so the same run has the
// same bytes.
type Manifest struct {
	Schema      int            `json:"schema"`
	Tool        string         `json:"tool"` // "tagscan 1.2.3"
	Run         string         `json:"run,omitempty"`
	Started     time.Time      `json:"started"`
	Ended       time.Time      `json:"ended,omitzero"`
	Whole       bool           `json:"whole"`       // the capture was closed in order: nothing of what was recorded is missing
	Interrupted bool           `json:"interrupted"` // the run was stopped before it had done what was asked
	Reason      string         `json:"reason,omitempty"`
	Events      int64          `json:"events"`
	Files       []ManifestFact `json:"files"`
}

// ManifestFact is one file of a run directory.
type ManifestFact struct {
	Name   string `json:"name"` // relative, with slashes
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
}

// ReadManifest reads the manifest of a run directory.
func ReadManifest(dir string) (Manifest, error) {
	var m Manifest
	f, err := openFile(filepath.Join(dir, ManifestFile), os.O_RDONLY)
	if err != nil {
		return m, fmt.Errorf("manifest: %w", err)
	}
	defer f.Close()
	if err := json.NewDecoder(f).Decode(&m); err != nil {
		return m, fmt.Errorf("manifest: %w", err)
	}
	if m.Schema > ManifestSchema {
		return m, fmt.Errorf("manifest: schema %d is newer than this tagscan reads (%d): use a newer tagscan", m.Schema, ManifestSchema)
	}
	return m, nil
}

// Seal lists the files that are in the run directory now, with their hashes, in its manifest. Call it after reports were
// written beside the capture.
func Seal(dir string) error {
	m, err := ReadManifest(dir)
	if err != nil {
		return err
	}
	return m.write(dir)
}

// Verify reads every file that the manifest of the run directory names and reports, joined, all that are missing or
// differ.
func Verify(dir string) error {
	m, err := ReadManifest(dir)
	if err != nil {
		return err
	}
	var errs []error
	for _, want := range m.Files {
		got, err := factOf(dir, want.Name)
		if err != nil {
			errs = append(errs, err)
		} else if got != want {
			errs = append(errs, fmt.Errorf("%s: was changed since the manifest was written", want.Name))
		}
	}
	return errors.Join(errs...)
}

// write lists the files and puts the manifest in place.
func (m *Manifest) write(dir string) error {
	m.Schema = ManifestSchema
	m.Files = []ManifestFact{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if e.IsDir() {
			if name != "." && name != BlobsDir {
				return fs.SkipDir
			}
			return nil
		}
		blob, inBlobs := strings.CutPrefix(name, BlobsDir+"/")
		if !e.Type().IsRegular() || name == ManifestFile || tempName.MatchString(e.Name()) ||
			(inBlobs && !blobName.MatchString(blob)) || (!inBlobs && !ours(name)) {
			return nil
		}
		fact, err := factOf(dir, name)
		m.Files = append(m.Files, fact)
		return err
	})
	if err != nil {
		return fmt.Errorf("manifest: %w", err)
	}
	slices.SortFunc(m.Files, func(a, b ManifestFact) int { return strings.Compare(a.Name, b.Name) })
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(m); err != nil {
		return fmt.Errorf("manifest: %w", err)
	}
	if err := writeFile(filepath.Join(dir, ManifestFile), out.Bytes()); err != nil {
		return fmt.Errorf("manifest: %w", err)
	}
	return nil
}

// factOf hashes one file of the directory. A name that leads out of it does not exist.
func factOf(dir, name string) (ManifestFact, error) {
	if !filepath.IsLocal(name) {
		return ManifestFact{}, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	f, err := openFile(filepath.Join(dir, filepath.FromSlash(name)), os.O_RDONLY)
	if err != nil {
		return ManifestFact{}, err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err != nil {
		return ManifestFact{}, err
	}
	return ManifestFact{Name: name, Size: n, SHA256: hex.EncodeToString(h.Sum(nil))}, nil
}
