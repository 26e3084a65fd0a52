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
	"unicode/utf8"

	"github.com/tagscan/tagscan/crawler"
)

// ManifestFile is the name of the manifest in a run directory.
const ManifestFile = "manifest.json"

// ManifestSchema is the version of the manifest's shape.
const ManifestSchema = 2

// SignatureFile and StampFile are beside a manifest what vouches for it, if anything does: a signature as ssh-keygen makes it, and a
// time-stamp token of RFC 3161. They are of the bytes of the manifest, so they are the only files that it cannot list.
const (
	SignatureFile = ManifestFile + ".sig"
	StampFile     = ManifestFile + ".tst"
)

// maxManifest bounds the bytes of a manifest that is read. A body takes about 200 of them, so this is room for 300,000
// bodies, which are five gigabytes at least.
const maxManifest = 64 << 20

// Manifest says what a run directory holds and whether that is all there should be. It is written when the run starts
// (then nothing is whole, and nothing is listed), when its capture is closed, and when its reports are there. Its JSON is
// canonical: fixed order of keys, files sorted by name, two spaces of indent, no HTML escapes, one newline at the end; so
// the same run has the same bytes, and a field that is added later must be left out where it is empty.
//
// It names its own hash and the last link of the chain of events, so that any byte of it or of the run that is changed, added
// or lost is noticed. Whoever can write all files of a run can still make another run of it that fits, unless the manifest is
// signed, time-stamped or kept elsewhere: that is for SignatureFile and StampFile, which are made and read by package attest.
// No manifest hides what the capture says of itself: events that are missing, changed or out of order, its end, and bodies,
// whose names are their hashes. Schema 1 had neither hash of its own nor chain; it is read as it is.
type Manifest struct {
	Schema      int            `json:"schema"`
	Tool        string         `json:"tool"` // "tagscan 1.2.3"
	Run         string         `json:"run,omitempty"`
	Started     time.Time      `json:"started"`
	Ended       time.Time      `json:"ended,omitzero"` // zero: the capture was not closed, and the manifest claims nothing yet
	Whole       bool           `json:"whole"`          // the capture was closed in order: nothing of what was recorded is missing
	Interrupted bool           `json:"interrupted"`    // the run was stopped before it had done what was asked
	Reason      string         `json:"reason,omitempty"`
	Events      int64          `json:"events"`
	Files       []ManifestFact `json:"files"`

	// How it was made. All of it is told by who made it.
	Made    Made        `json:"made,omitzero"`
	Resumed []time.Time `json:"resumed,omitempty"` // when it was gone on with after it had been killed or stopped
	Elapsed string      `json:"elapsed,omitempty"` // from Started to Ended by a clock that nobody sets, as "1m3.2s"
	Chain   string      `json:"chain,omitempty"`   // SHA-256 in hex of the last line of the capture, which names that of the line before, and so on
	Self    string      `json:"self,omitempty"`    // SHA-256 in hex of this manifest without this line's value
}

// Made says with what a run was made.
type Made struct {
	Platform string            `json:"platform,omitempty"` // "go1.26.8 linux/amd64"
	Command  []string          `json:"command,omitempty"`  // the arguments of the command; secrets are masked
	Masked   bool              `json:"masked,omitempty"`   // some were, so that the command cannot be read from here
	Options  map[string]string `json:"options,omitempty"`  // as crawler.Run.Options
	Browser  crawler.Browser   `json:"browser,omitzero"`
}

// ManifestFact is one file of a run directory.
type ManifestFact struct {
	Name   string `json:"name"` // relative, with slashes
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
}

// closed reports whether the capture was closed when the manifest was written.
func (m *Manifest) closed() bool { return !m.Ended.IsZero() }

// UnmarshalJSON implements json.Unmarshaler.
func (m *Manifest) UnmarshalJSON(data []byte) error {
	type plain Manifest
	v := struct {
		*plain
		Files factList `json:"files"`
	}{plain: (*plain)(m)}
	err := json.Unmarshal(data, &v)
	m.Files = v.Files
	return err
}

// factList reads the facts one by one and stops at the first that cannot be one, so that a file made to fill the memory
// takes no more than its own size.
type factList []ManifestFact

func (l *factList) UnmarshalJSON(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	if t, err := dec.Token(); err != nil || t != json.Delim('[') {
		return errors.New("files: not a list")
	}
	*l = factList{}
	for dec.More() {
		var f ManifestFact
		if err := dec.Decode(&f); err != nil {
			return fmt.Errorf("files: %w", err)
		}
		if f.Name == "" || !blobName.MatchString(f.SHA256) {
			return fmt.Errorf("files: entry %d has no name or no hash", len(*l)+1)
		}
		*l = append(*l, f)
	}
	return nil
}

// errEdited says that a manifest is not what Manifest.encode makes.
var errEdited = errors.New("not as it was written: somebody or something changed it")

// ReadManifest reads the manifest of a run directory. One that somebody edited by hand so that it is not canonical any
// more, is read as well: Capture.Gaps and Verify say so.
func ReadManifest(dir string) (Manifest, error) {
	m, err := readManifest(dir)
	if errors.Is(err, errEdited) {
		err = nil
	}
	return m, err
}

// readManifest is ReadManifest that fails with errEdited, beside the manifest, if that is not canonical.
func readManifest(dir string) (Manifest, error) {
	var m Manifest
	name := filepath.Join(dir, ManifestFile)
	data, err := readAtMost(name, maxManifest)
	if err != nil {
		return m, fmt.Errorf("manifest: %w", err)
	}
	err = json.Unmarshal(data, &m)
	switch {
	case m.Schema > ManifestSchema:
		return m, fmt.Errorf("manifest: %s: schema %d is newer than this tagscan reads (%d): use a newer tagscan", name, m.Schema, ManifestSchema)
	case err != nil:
		return m, fmt.Errorf("manifest: %s: %w", name, err)
	case m.Schema < 1:
		return m, fmt.Errorf("manifest: %s: it has no schema", name)
	}
	canonical, err := m.encode()
	if err != nil {
		return m, fmt.Errorf("manifest: %s: %w", name, err)
	}
	if !bytes.Equal(canonical, data) || m.Schema >= selfSchema && m.Self != m.self() {
		return m, fmt.Errorf("manifest: %s: %w", name, errEdited)
	}
	return m, nil
}

// readAtMost reads a file of a run directory that must not be longer.
func readAtMost(name string, limit int64) ([]byte, error) {
	f, err := openToRead(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("%s: longer than %d bytes", name, limit)
	}
	return data, err
}

// Seal puts what was concluded from a run into its manifest, with hashes: the files of these names in the run directory or,
// if none is named, those of findings.jsonl, report.json and report.html that are there. Call it after reports were written beside
// the capture; name the one that was written if a command adds or replaces one later, so that no other changes unnoticed.
// What is listed of the capture and its bodies stays as it was: these do not change once the capture is closed.
func Seal(dir string, names ...string) error {
	m, err := readManifest(dir)
	if err != nil {
		return err
	}
	if _, err := os.Lstat(filepath.Join(dir, SignatureFile)); err == nil {
		return ErrSigned
	}
	all := len(names) == 0
	if all {
		if names, err = conclusions(dir); err != nil {
			return fmt.Errorf("manifest: %w", err)
		}
	}
	m.Files = slices.DeleteFunc(m.Files, func(f ManifestFact) bool {
		return slices.Contains(names, f.Name) || all && concluded(f.Name)
	})
	for _, name := range names {
		if ours(name) && !concluded(name) || !atTop(name) || !utf8.ValidString(name) {
			return fmt.Errorf("manifest: %s is no name of a report in a run directory", name)
		}
		fact, err := factOf(dir, name)
		if err != nil {
			return fmt.Errorf("manifest: %w", err)
		}
		m.Files = append(m.Files, fact)
	}
	return m.write(dir)
}

// ErrSigned says that nothing can be added to a run, for somebody vouches for it as it is.
var ErrSigned = errors.New("the run is signed, and so its list of files is closed: write the report to another directory")

// conclusions lists the files in the directory that are concluded from every capture.
func conclusions(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() && slices.Contains(fixed, e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// selfSchema is the first schema whose manifests name their own hash.
const selfSchema = 2

// self is the hash of the manifest but for the field that holds it.
func (m Manifest) self() string {
	m.Self = ""
	data, err := m.encode()
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// encode is the manifest as JSON, in its canonical form if Files are sorted.
func (m *Manifest) encode() ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(m)
	return out.Bytes(), err
}

// write puts the manifest in place.
func (m *Manifest) write(dir string) error {
	if m.Schema == 0 { // one that is written anew for a report keeps the shape that it was made with
		m.Schema = ManifestSchema
	}
	for _, text := range []*string{&m.Tool, &m.Run, &m.Reason} { // JSON has no way to say other bytes, so they would not come back
		*text = strings.ToValidUTF8(*text, "\uFFFD")
	}
	if m.Files == nil {
		m.Files = []ManifestFact{}
	}
	slices.SortFunc(m.Files, func(a, b ManifestFact) int { return strings.Compare(a.Name, b.Name) })
	if m.Schema >= selfSchema {
		m.Self = m.self()
	}
	data, err := m.encode()
	if err == nil {
		err = writeFile(filepath.Join(dir, ManifestFile), data)
	}
	if err != nil {
		return fmt.Errorf("manifest: %w", err)
	}
	return nil
}

// atTop reports whether a name of a manifest is that of a file in the run directory itself: it leads nowhere else.
func atTop(name string) bool { return filepath.IsLocal(name) && !strings.ContainsAny(name, `/\`) }

// factOf hashes one file of the directory. A name that leads elsewhere does not exist.
func factOf(dir, name string) (ManifestFact, error) {
	blob, inBlobs := strings.CutPrefix(name, BlobsDir+"/")
	if !atTop(name) && !(inBlobs && blobName.MatchString(blob)) {
		return ManifestFact{}, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	f, err := openToRead(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		return ManifestFact{}, err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err != nil {
		return ManifestFact{}, fmt.Errorf("%s: %w", name, err)
	}
	return ManifestFact{Name: name, Size: n, SHA256: hex.EncodeToString(h.Sum(nil))}, nil
}
