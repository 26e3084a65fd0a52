package evidence

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler/capture"
	"github.com/tagscan/tagscan/crawler/capture/attest"
)

// A bundle is one file to hand over: a ZIP archive without compression, its files in the order of their names and without times, so
// that the same run gives the same bytes, and every byte of it can be checked.

// The names of what only a bundle has.
const (
	BundleFile      = "bundle.json"
	bundleSignature = BundleFile + ".sig"
	bundleStamp     = BundleFile + ".tst"
	ReadmeFile      = "VERIFY.md"
	HARFile         = "run.har"
)

// bundleSchema is the version of bundle.json.
const bundleSchema = 1

// maxBundle bounds what a bundle may hold, in bytes: a hundred times what a large scan leaves.
const maxBundle = 64 << 30

// Bundle says what a bundle holds. Its JSON is canonical, as that of a manifest.
type Bundle struct {
	Schema   int                    `json:"schema"`
	Tool     string                 `json:"tool"`
	Run      string                 `json:"run"`
	Redacted bool                   `json:"redacted"` // what identifies somebody has a token in its place
	Parent   string                 `json:"parent"`   // SHA-256 of the manifest of the run that it was made of
	Rendered []string               `json:"rendered"` // files that are no copies of the run's
	Files    []capture.ManifestFact `json:"files"`
	Self     string                 `json:"self"` // SHA-256 of this file without this line's value
}

func (b Bundle) encode() []byte {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	_ = enc.Encode(b) // a buffer takes everything, and so does JSON of such a struct
	return out.Bytes()
}

func (b Bundle) self() string {
	b.Self = ""
	return sumOf(b.encode())
}

func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Content is a file of a bundle: a file of the run's directory, or bytes.
type Content struct {
	Name string // in the bundle
	File string // path of the file; "": Data
	Data []byte
}

func (c Content) open() (io.ReadCloser, error) {
	if c.File == "" {
		return io.NopCloser(bytes.NewReader(c.Data)), nil
	}
	return os.Open(c.File)
}

func (c Content) fact() (capture.ManifestFact, error) {
	r, err := c.open()
	if err != nil {
		return capture.ManifestFact{}, err
	}
	defer r.Close()
	h := sha256.New()
	n, err := io.Copy(h, r)
	return capture.ManifestFact{Name: c.Name, Size: n, SHA256: hex.EncodeToString(h.Sum(nil))}, err
}

// WriteBundle writes the contents, and what lists them, as b says and v vouches for.
func WriteBundle(ctx context.Context, w io.Writer, b Bundle, contents []Content, v Vouch) error {
	b.Schema = bundleSchema
	b.Files = []capture.ManifestFact{}
	for _, c := range contents {
		fact, err := c.fact()
		if err != nil {
			return fmt.Errorf("bundle: %w", err)
		}
		b.Files = append(b.Files, fact)
	}
	slices.SortFunc(b.Files, func(x, y capture.ManifestFact) int { return strings.Compare(x.Name, y.Name) })
	if b.Rendered == nil {
		b.Rendered = []string{}
	}
	slices.Sort(b.Rendered)
	b.Self = b.self()
	list := b.encode()
	contents = append(slices.Clone(contents), Content{Name: BundleFile, Data: list})
	if v.Key != nil {
		sig, err := attest.Sign(v.Key, list)
		if err != nil {
			return fmt.Errorf("bundle: %w", err)
		}
		contents = append(contents, Content{Name: bundleSignature, Data: sig})
	}
	if v.Authority != "" {
		stamp, err := attest.Stamp(ctx, v.Client, v.Authority, list)
		if err != nil {
			return fmt.Errorf("bundle: %w", err)
		}
		contents = append(contents, Content{Name: bundleStamp, Data: stamp})
	}
	return writeZIP(w, contents)
}

// writeZIP writes the one archive that the contents have.
func writeZIP(w io.Writer, contents []Content) error {
	slices.SortFunc(contents, func(a, b Content) int { return strings.Compare(a.Name, b.Name) })
	z := zip.NewWriter(w)
	for _, c := range contents {
		if err := addTo(z, c); err != nil {
			return fmt.Errorf("bundle: %s: %w", c.Name, err)
		}
	}
	return z.Close()
}

// firstDay is the time of all files of an archive: the first that the format can tell.
var firstDay = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

func addTo(z *zip.Writer, c Content) error {
	r, err := c.open()
	if err != nil {
		return err
	}
	defer r.Close()
	out, err := z.CreateHeader(&zip.FileHeader{Name: c.Name, Method: zip.Store, Modified: firstDay})
	if err == nil {
		_, err = io.Copy(out, r)
	}
	return err
}

// IsBundle reports whether a file is one by its first bytes.
func IsBundle(name string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 4)
	_, err = io.ReadFull(f, head)
	return err == nil && string(head) == "PK\x03\x04"
}

// bundleName are the names that a file of a bundle can have: none of them leads anywhere else.
var bundleName = regexp.MustCompile(`^(?:[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}|blobs/[0-9a-f]{64})$`)

// LookAtBundle looks at a bundle: at every byte of it, at what vouches for it, and, if it holds a whole run, at that.
func LookAtBundle(ctx context.Context, name string, trust Trust) (*Finding, error) {
	dir, err := os.MkdirTemp("", "tagscan-bundle-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	f := &Finding{Ended: true}
	contents, err := unpack(ctx, name, dir, f)
	if err != nil || !f.Fits() {
		return f, err
	}
	list, err := os.ReadFile(filepath.Join(dir, BundleFile))
	if err != nil {
		f.fault(BundleFile, "the bundle does not say what it holds")
		return f, nil
	}
	var b Bundle
	if err := json.Unmarshal(list, &b); err != nil || b.Schema < 1 || b.Self != b.self() || !bytes.Equal(b.encode(), list) {
		if err == nil && b.Schema > bundleSchema {
			return nil, fmt.Errorf("%s has schema %d, which is newer than this tagscan reads (%d): use a newer tagscan",
				BundleFile, b.Schema, bundleSchema)
		}
		f.fault(BundleFile, "it is not as it was written")
		return f, nil
	}
	f.Run, f.Files, f.Manifest = b.Run, len(b.Files), sumOf(list)
	f.listed(dir, b, contents)
	f.archive(name, contents)
	f.run(ctx, dir, b, trust)
	f.bundleAttested(dir, list, b, trust)
	return f, nil
}

// bundleAttested looks at what vouches for the list of a bundle. For a whole one it is enough that somebody vouches for the run.
func (f *Finding) bundleAttested(dir string, list []byte, b Bundle, trust Trust) {
	if !b.Redacted && f.Signed != nil && f.Signed.Known {
		trust.Signers = nil
	}
	if !b.Redacted && f.Stamped != nil && f.Stamped.Trusted {
		trust.Authorities = nil
	}
	signed, stamped := f.Signed, f.Stamped
	defer func() { // whom nobody trusts does not take the place of somebody who is trusted
		if signed != nil && signed.Known {
			f.Signed = signed
		}
		if stamped != nil && stamped.Trusted {
			f.Stamped = stamped
		}
	}()
	sig, err := capture.ReadFile(dir, bundleSignature, maxAttestation)
	f.signature(bundleSignature, sig, err, list, trust.Signers)
	stamp, err := capture.ReadFile(dir, bundleStamp, maxAttestation)
	f.stamp(bundleStamp, stamp, err, list, trust.Authorities)
}

// unpack takes the archive apart into the directory.
func unpack(ctx context.Context, name, dir string, f *Finding) ([]Content, error) {
	z, err := zip.OpenReader(name)
	if err != nil {
		f.fault(filepath.Base(name), "it cannot be read as the archive that it was")
		return nil, nil
	}
	defer z.Close()
	if err := os.Mkdir(filepath.Join(dir, capture.BlobsDir), 0o700); err != nil {
		return nil, err
	}
	var contents []Content
	room := int64(maxBundle)
	for _, file := range z.File {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if !bundleName.MatchString(file.Name) || file.Method != zip.Store {
			f.fault(file.Name, "it is no file of a bundle")
			return nil, nil
		}
		to := filepath.Join(dir, filepath.FromSlash(file.Name))
		n, err := extract(file, to, room)
		if damaged(err) {
			f.fault(file.Name, "it is not as it was written")
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		room -= n
		contents = append(contents, Content{Name: file.Name, File: to})
	}
	return contents, nil
}

var errOutOfRoom = errors.New("more than a bundle holds")

// damaged reports whether an error of unpacking is the archive's, and not the machine's.
func damaged(err error) bool {
	for _, e := range []error{errOutOfRoom, fs.ErrExist, zip.ErrChecksum, zip.ErrFormat, io.ErrUnexpectedEOF} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

func extract(file *zip.File, to string, room int64) (int64, error) {
	in, err := file.Open()
	if err != nil {
		return 0, err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(out, io.LimitReader(in, room+1))
	if n > room {
		err = errOutOfRoom
	}
	return n, errors.Join(err, out.Close())
}

// listed holds the files against their list.
func (f *Finding) listed(dir string, b Bundle, contents []Content) {
	there := map[string]Content{}
	for _, c := range contents {
		there[c.Name] = c
	}
	for _, want := range b.Files {
		c, ok := there[want.Name]
		delete(there, want.Name)
		if !ok {
			f.fault(want.Name, "it is not there any more")
			continue
		}
		if got, err := c.fact(); err != nil || got != want {
			f.fault(want.Name, "it was changed since the bundle was made")
		}
	}
	for _, c := range contents {
		if _, more := there[c.Name]; more && !slices.Contains([]string{BundleFile, bundleSignature, bundleStamp}, c.Name) {
			f.fault(c.Name, "the bundle does not list it")
		}
	}
	// What is a copy of the run's must be what the run's manifest says, which somebody may have signed.
	m, err := capture.ReadManifest(dir)
	if err != nil {
		f.fault(capture.ManifestFile, "it cannot be read")
		return
	}
	if b.Run != m.Run {
		f.fault(BundleFile, "the bundle is one of another run")
	}
	if message, err := capture.ReadFile(dir, capture.ManifestFile, maxManifest); err != nil || sumOf(message) != b.Parent {
		f.fault(capture.ManifestFile, "it is not the manifest that the bundle was made with")
	}
	for _, want := range m.Files {
		i := slices.IndexFunc(b.Files, func(x capture.ManifestFact) bool { return x.Name == want.Name })
		if i >= 0 && b.Files[i] != want && !slices.Contains(b.Rendered, want.Name) {
			f.fault(want.Name, "it is not the file of the run")
		}
	}
}

// archive makes the archive anew of what it holds: it must be the same to the byte.
func (f *Finding) archive(name string, contents []Content) {
	in, err := os.Open(name)
	if err != nil {
		f.fault(filepath.Base(name), "it cannot be read")
		return
	}
	defer in.Close()
	same := &comparer{with: in}
	if err := writeZIP(same, slices.Clone(contents)); err != nil || !same.ended() {
		f.fault(filepath.Base(name), "the archive has bytes that belong to none of its files, or were changed")
	}
}

// comparer compares what is written to it with what it reads.
type comparer struct {
	with io.Reader
	diff bool
}

var errDiffers = errors.New("differs")

func (c *comparer) Write(p []byte) (int, error) {
	other := make([]byte, len(p))
	if _, err := io.ReadFull(c.with, other); err != nil || !bytes.Equal(p, other) {
		c.diff = true
		return 0, errDiffers
	}
	return len(p), nil
}

func (c *comparer) ended() bool {
	n, err := c.with.Read(make([]byte, 1))
	return !c.diff && n == 0 && err == io.EOF
}

// run looks at the run that a whole bundle holds; of a redacted one at what vouches for the manifest.
func (f *Finding) run(ctx context.Context, dir string, b Bundle, trust Trust) {
	if !b.Redacted {
		whole, err := Run(ctx, dir, Trust{})
		if err != nil {
			f.fault(capture.CaptureFile, err.Error())
			return
		}
		f.Faults = append(f.Faults, whole.Faults...)
		f.Ended, f.Stopped, f.Events, f.Chained, f.ClockSet = whole.Ended, whole.Stopped, whole.Events, whole.Chained, whole.ClockSet
	}
	message, err := capture.ReadFile(dir, capture.ManifestFile, maxManifest)
	if err != nil {
		return // which was told
	}
	inner := &Finding{}
	inner.attested(dir, message, Trust{Signers: trust.Signers, Authorities: trust.Authorities})
	for _, x := range inner.Faults {
		if _, err := os.Lstat(filepath.Join(dir, x.Where)); err == nil { // one that is not there may be there for the bundle
			f.Faults = append(f.Faults, x)
		}
	}
	f.Signed, f.Stamped = inner.Signed, inner.Stamped
}
