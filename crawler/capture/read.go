package capture

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/har"
)

// Capture is a run on disk, or a HAR file taken for one.
type Capture struct {
	Path     string
	Manifest Manifest      // of a HAR: Whole, and nothing else
	Blobs    crawler.Blobs // where the bodies are that events only name
	har      bool

	unread error // why Manifest could not be read, or is not as it was written
	hashes hashes
}

// Open opens the run directory, or the HAR file, at the path. Nothing but the manifest is read yet. A run directory
// without a readable manifest is opened as one that is not whole.
func Open(path string) (*Capture, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("open run: %w", err)
	}
	if !info.IsDir() {
		return &Capture{Path: path, Manifest: Manifest{Whole: true}, Blobs: noBlobs(), har: true}, nil
	}
	if err := lookForCapture(path); err != nil {
		return nil, fmt.Errorf("open run: %w", err)
	}
	c := &Capture{Path: path, Blobs: NewBlobs(filepath.Join(path, BlobsDir)), hashes: hashes{dir: path}}
	c.Manifest, c.unread = readManifest(path)
	switch {
	case c.unread == nil || errors.Is(c.unread, errEdited):
	case c.Manifest.Schema > ManifestSchema:
		return nil, c.unread
	case errors.Is(c.unread, fs.ErrNotExist):
		c.Manifest = Manifest{Reason: "there is no manifest"}
	default:
		c.Manifest = Manifest{Reason: c.unread.Error()}
	}
	return c, nil
}

// lookForCapture fails if the directory is none of a run.
func lookForCapture(dir string) error {
	name := filepath.Join(dir, CaptureFile)
	info, err := os.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && Exists(dir):
		return fmt.Errorf("%s is gone: restore it, or scan again: %w", name, fs.ErrNotExist)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s holds no %s: give the directory that `tagscan scan -o` made, or a HAR file", dir, CaptureFile)
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return &fs.PathError{Op: "open", Path: name, Err: errNotRegular}
	}
	return nil
}

// IsHAR reports whether the events come from a HAR file.
func (c *Capture) IsHAR() bool { return c.har }

// Events reads the events from the start, each time it is ranged over, and after what could be read yields a Gap event for
// everything that does not fit: a capture that is cut off, damaged, or without an end; bodies that are not there or have
// other bytes; a manifest that is not there, or lists what the run directory does not hold. Where of such a gap is the name
// of the file in the run directory. Each file is hashed once for a Capture, however often it is read. The error is one of
// opening the capture, or of a schema that is newer than this package reads; the events of a HAR can end with others.
func (c *Capture) Events() iter.Seq2[crawler.Event, error] {
	if c.har {
		return c.harEvents
	}
	return func(yield func(crawler.Event, error) bool) {
		s, found := new(stream), newCheck(&c.hashes)
		for ev, err := range c.recorded(s, found) {
			if !yield(ev, err) || err != nil {
				return
			}
		}
		gaps, err := c.missing(context.Background(), s, found)
		if err != nil {
			yield(crawler.Event{}, err)
			return
		}
		for _, g := range gaps {
			if !yield(s.gapEvent(g), nil) {
				return
			}
		}
	}
}

// Gaps reads the whole run and returns the gaps that Events yields for what does not fit: none for a run that is as it was
// recorded, and none for a HAR. Those that are recorded in the capture are not among them. It is for who rests on what was
// concluded from a run before, and so does not read it otherwise. The error is one of Events, or of ctx.
func (c *Capture) Gaps(ctx context.Context) ([]crawler.Gap, error) {
	if c.har {
		return nil, nil
	}
	s, found := new(stream), newCheck(&c.hashes)
	for _, err := range c.recorded(s, found) {
		if err == nil && ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		if err != nil {
			return nil, err
		}
	}
	return c.missing(ctx, s, found)
}

// Intact returns nil if the file is listed in the manifest and is what is listed, byte for byte. A command that reads what was
// concluded from a run, such as report.json, should rest on it only then, and else conclude anew from the capture: a scan
// that was killed before its manifest lists its reports leaves good evidence and reports that nothing vouches for.
func (c *Capture) Intact(name string) error {
	if c.unread != nil {
		return c.unread
	}
	for _, want := range c.Manifest.Files {
		if want.Name != name {
			continue
		}
		got, err := c.hashes.of(name)
		if f := faultOf(got == want, err); f != intact {
			return fmt.Errorf("%s: %s", filepath.Join(c.Path, name), fileTexts[f])
		}
		return nil
	}
	return fmt.Errorf("%s: the manifest does not list it", filepath.Join(c.Path, name))
}

// ReadFile returns a file at the top of a run directory that must be at most so many bytes long. A link in its place is refused.
func ReadFile(dir, name string, limit int64) ([]byte, error) {
	if !atTop(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return readAtMost(filepath.Join(dir, name), limit)
}

// WriteFile puts a file that vouches for the manifest beside it: SignatureFile or StampFile.
func WriteFile(dir, name string, data []byte) error { return writeFile(filepath.Join(dir, name), data) }

// Verify reads the whole run and reports, joined, everything that is not as it was recorded, each with the name of the file.
// A run that was stopped early and is kept as it was is in order.
func Verify(dir string) error {
	c, err := Open(dir)
	if err != nil {
		return errors.Join(err, verifyListed(dir))
	}
	gaps, err := c.Gaps(context.Background())
	if err != nil {
		return err
	}
	return errorsOf(gaps)
}

// verifyListed reports what is wrong with the other files of a run whose capture is not there.
func verifyListed(dir string) error {
	m, err := ReadManifest(dir)
	if err != nil {
		return err
	}
	found := newCheck(&hashes{dir: dir})
	if err := found.files(context.Background(), &m); err != nil {
		return err
	}
	return errorsOf(found.gaps())
}

func errorsOf(gaps []crawler.Gap) error {
	var errs []error
	for _, g := range gaps {
		if g.Kind != crawler.GapInterrupted {
			errs = append(errs, fmt.Errorf("%s: %s", g.Where, g.Text))
		}
	}
	return errors.Join(errs...)
}

// recorded yields what was recorded, and remembers what is to be said of it at the end.
func (c *Capture) recorded(s *stream, found *check) iter.Seq2[crawler.Event, error] {
	return func(yield func(crawler.Event, error) bool) {
		name := filepath.Join(c.Path, CaptureFile)
		f, err := openToRead(name)
		if err != nil {
			yield(crawler.Event{}, fmt.Errorf("open run: %w", err))
			return
		}
		defer f.Close()
		for ev, err := range s.read(f) {
			if err != nil {
				yield(crawler.Event{}, fmt.Errorf("%s: %w", name, err))
				return
			}
			found.event(ev)
			if !yield(ev, nil) {
				return
			}
		}
	}
}

// missing is what does not fit, once everything was read.
func (c *Capture) missing(ctx context.Context, s *stream, found *check) ([]crawler.Gap, error) {
	m := &c.Manifest
	if c.unread != nil && !errors.Is(c.unread, errEdited) {
		m = nil
	}
	if err := found.manifest(ctx, m, c.unread, s); err != nil {
		return nil, err
	}
	if found.edited {
		m = nil // it claims nothing that counts: what the capture says of itself does
	}
	return append(s.gaps(m), found.gaps()...), nil
}

func (c *Capture) harEvents(yield func(crawler.Event, error) bool) {
	f, err := os.Open(c.Path)
	if err != nil {
		yield(crawler.Event{}, fmt.Errorf("open run: %w", err))
		return
	}
	defer f.Close()
	for ev, err := range har.Read(f) {
		if err != nil {
			err = fmt.Errorf("%s: %w", c.Path, err)
		}
		if g := ev.Gap; g != nil && g.Where == "" && (g.Kind == crawler.GapTruncated || g.Kind == crawler.GapDamaged) {
			g.Where = filepath.Base(c.Path) // the reader of a HAR knows no name of it
		}
		if !yield(ev, err) || err != nil {
			return
		}
	}
}
