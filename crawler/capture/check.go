package capture

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"github.com/tagscan/tagscan/crawler"
)

// hashes are those of the files of a run directory, each worked out when it is first asked for and then kept.
type hashes struct {
	dir string

	mu    sync.Mutex
	known map[string]hashed // by name in the run directory, guarded by mu
}

type hashed struct {
	fact ManifestFact
	err  error
}

func (h *hashes) of(name string) (ManifestFact, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	got, ok := h.known[name]
	if !ok {
		got.fact, got.err = factOf(h.dir, name)
		if h.known == nil {
			h.known = map[string]hashed{}
		}
		h.known[name] = got
	}
	return got.fact, got.err
}

// fault is what is wrong with a file.
type fault int

const (
	intact fault = iota
	missing
	unreadable
	changed
)

// faultOf says what is wrong with a file that could be hashed, or not, and has the expected bytes, or not.
func faultOf(same bool, err error) fault {
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return missing
	case err != nil:
		return unreadable
	case !same:
		return changed
	}
	return intact
}

// blob says what is wrong with a body.
func (h *hashes) blob(sum string) fault {
	fact, err := h.of(BlobsDir + "/" + sum)
	return faultOf(fact.SHA256 == sum, err)
}

var (
	blobKinds = map[fault]crawler.GapKind{missing: crawler.GapBlobMissing, unreadable: crawler.GapBlobMissing, changed: crawler.GapBlobChanged}
	blobTexts = map[fault]string{
		missing:    "a body is not there any more",
		unreadable: "a body is there and cannot be read",
		changed:    "a body does not have the bytes that were recorded",
	}
	fileTexts = map[fault]string{
		missing:    "a file of the run is not there any more",
		unreadable: "a file of the run is there and cannot be read",
		changed:    "a file of the run was changed since the manifest was written",
	}
)

// toldFiles is how many files of one kind of fault are told by name; what is more is counted.
const toldFiles = 1000

// check is what one pass over a capture finds wrong beside it: in its bodies, its manifest and the files that it lists.
type check struct {
	hashes *hashes
	list   []crawler.Gap
	told   map[crawler.GapKind]int
	blobs  map[string]bool // bodies whose fault was told
	edited bool            // the manifest is known not to be the one that was written: what it says of files is no fault of theirs
}

func newCheck(h *hashes) *check {
	return &check{hashes: h, told: map[crawler.GapKind]int{}, blobs: map[string]bool{}}
}

func (c *check) say(g crawler.Gap) {
	if c.told[g.Kind]++; c.told[g.Kind] <= toldFiles {
		c.list = append(c.list, g)
	}
}

// gaps are all that were said.
func (c *check) gaps() []crawler.Gap {
	for _, g := range []crawler.Gap{
		{Kind: crawler.GapBlobMissing, Where: BlobsDir},
		{Kind: crawler.GapBlobChanged, Where: BlobsDir},
		{Kind: crawler.GapManifest, Where: ManifestFile},
	} {
		if g.Count = c.told[g.Kind] - toldFiles; g.Count > 0 {
			g.Text = "a further file is like those that are named"
			c.list = append(c.list, g)
		}
	}
	return c.list
}

// event looks after the bodies that the event names.
func (c *check) event(ev crawler.Event) {
	for b := range bodies(ev) {
		if b.SHA256 == "" || b.Inline != nil || b.Cut {
			continue
		}
		c.blob(b.SHA256, ownerOf(ev))
	}
}

// blob looks after a body. owner is the gap with what is known of whose body it is.
func (c *check) blob(sum string, owner crawler.Gap) fault {
	f := c.hashes.blob(sum)
	if f == intact || c.blobs[sum] {
		return f
	}
	c.blobs[sum] = true
	owner.Kind, owner.Text, owner.Where = blobKinds[f], blobTexts[f], BlobsDir
	if blobName.MatchString(sum) {
		owner.Where += "/" + sum
	}
	c.say(owner)
	return f
}

// ownerOf is a gap that belongs to what the event belongs to.
func ownerOf(ev crawler.Event) crawler.Gap {
	switch {
	case ev.Request != nil:
		r := ev.Request
		return crawler.Gap{Request: r.ID, Page: r.Page, Profile: r.Profile, Consent: r.Consent}
	case ev.Page != nil:
		return crawler.Gap{Page: ev.Page.ID, Profile: ev.Page.Task.Profile, Consent: ev.Page.Task.Consent}
	}
	return crawler.Gap{}
}

// bodies are those that the event holds or names, also the empty ones.
func bodies(ev crawler.Event) iter.Seq[crawler.Body] {
	return func(yield func(crawler.Body) bool) {
		switch {
		case ev.Page != nil:
			_ = yield(ev.Page.HTML) && yield(ev.Page.Screenshot)
		case ev.Request != nil:
			if !yield(ev.Request.Body) || ev.Request.Response != nil && !yield(ev.Request.Response.Body) {
				return
			}
			for i := range ev.Request.Messages {
				if !yield(ev.Request.Messages[i].Data) {
					return
				}
			}
		}
	}
}

// manifest holds the run against its manifest, err being why that could not be read or is not as it was written. It fails
// only if ctx ends.
func (c *check) manifest(ctx context.Context, m *Manifest, err error, s *stream) error {
	switch {
	case errors.Is(err, errEdited):
		c.mismatch(ManifestFile, "the manifest is not as it was written")
		c.edited = m.Self != ""
	case errors.Is(err, fs.ErrNotExist):
		c.say(crawler.Gap{Kind: crawler.GapManifestMissing, Where: ManifestFile, Text: "the run has no manifest"})
		return nil
	case err != nil:
		c.say(crawler.Gap{Kind: crawler.GapManifestMissing, Where: ManifestFile, Text: "the manifest cannot be read"})
		return nil
	}
	if !m.closed() {
		return nil // it claims nothing, and the stream says that the run was killed
	}
	if s.run != "" && s.run != m.Run {
		c.mismatch(ManifestFile, "the manifest is that of another run")
	}
	if m.Events < s.last {
		c.mismatch(ManifestFile, "the manifest counts fewer events than there are")
	}
	return c.files(ctx, m)
}

// mismatch says that the manifest and a file do not fit. If the manifest was edited, that is its fault.
func (c *check) mismatch(where, text string) {
	if c.edited && where != ManifestFile {
		where, text = ManifestFile, "the manifest was edited and does not fit a file of the run"
	}
	c.say(crawler.Gap{Kind: crawler.GapManifest, Where: where, Text: text})
}

// files looks at everything that the manifest lists, and at what it should list.
func (c *check) files(ctx context.Context, m *Manifest) error {
	listed := map[string]bool{}
	for _, want := range m.Files {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if sum, ok := strings.CutPrefix(want.Name, BlobsDir+"/"); ok {
			c.listedBlob(sum, want)
			continue
		}
		listed[want.Name] = true
		if !atTop(want.Name) {
			c.mismatch(ManifestFile, "the manifest lists a file that is not in the run directory")
			continue
		}
		got, err := c.hashes.of(want.Name)
		if f := faultOf(got == want, err); f != intact {
			c.mismatch(want.Name, fileTexts[f])
		}
	}
	if !listed[CaptureFile] {
		c.mismatch(CaptureFile, "the manifest does not list the capture")
	}
	// A scan writes these two and then lists both. One that was killed before lists none, and has them or not.
	for _, pair := range [][2]string{{reportFile, findingsFile}, {findingsFile, reportFile}} {
		if listed[pair[0]] && !listed[pair[1]] && c.exists(pair[1]) {
			c.mismatch(pair[1], "the manifest does not list a file of the run")
		}
	}
	return nil
}

// listedBlob looks at a body that the manifest lists.
func (c *check) listedBlob(sum string, want ManifestFact) {
	if sum != want.SHA256 {
		c.mismatch(ManifestFile, "the manifest lists a body by the name of another")
	}
	if c.edited && c.hashes.blob(sum) != intact { // what events name is told of them
		c.mismatch(want.Name, "")
		return
	}
	if c.blob(sum, crawler.Gap{}) != intact {
		return
	}
	if got, err := c.hashes.of(want.Name); err != nil || got != want {
		c.mismatch(want.Name, "the manifest names other bytes than those of a body")
	}
}

func (c *check) exists(name string) bool {
	_, err := os.Lstat(filepath.Join(c.hashes.dir, name))
	return err == nil
}
