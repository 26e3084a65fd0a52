package capture

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/har"
)

// Capture is a run on disk, or a HAR file taken for one.
type Capture struct {
	Path     string
	Manifest Manifest      // of a HAR: Whole, and nothing else
	Blobs    crawler.Blobs // where the bodies are that events only name
	har      bool
}

// Open opens the run directory, or the HAR file, at the path. Nothing but the manifest is read yet. A run directory
// without a readable manifest is opened as one that is not whole.
func Open(path string) (*Capture, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("open run: %w", err)
	}
	if !info.IsDir() {
		return &Capture{Path: path, Manifest: Manifest{Whole: true}, Blobs: &Blobs{}, har: true}, nil
	}
	if _, err := os.Stat(filepath.Join(path, CaptureFile)); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("open run: %s holds no %s: give the directory that `tagscan scan -o` made, or a HAR file", path, CaptureFile)
		}
		return nil, fmt.Errorf("open run: %w", err)
	}
	c := &Capture{Path: path, Blobs: &Blobs{dir: filepath.Join(path, BlobsDir)}}
	m, err := ReadManifest(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c.Manifest.Reason = "there is no manifest"
	case err != nil && m.Schema > ManifestSchema:
		return nil, err
	case err != nil:
		c.Manifest = Manifest{Reason: err.Error()}
	default:
		c.Manifest = m
	}
	return c, nil
}

// IsHAR reports whether the events come from a HAR file.
func (c *Capture) IsHAR() bool { return c.har }

// Events reads the events from the start, each time it is ranged over. A capture that was cut off (its run was killed, or
// it still runs) gives everything up to the cut and then a Note of kind "truncated"; a damaged one ends with an error.
func (c *Capture) Events() iter.Seq2[crawler.Event, error] {
	return func(yield func(crawler.Event, error) bool) {
		name, read := filepath.Join(c.Path, CaptureFile), ReadEvents
		if c.har {
			name, read = c.Path, har.Read
		}
		f, err := os.Open(name)
		if err != nil {
			yield(crawler.Event{}, fmt.Errorf("open run: %w", err))
			return
		}
		defer f.Close()
		for ev, err := range read(f) {
			if err != nil {
				err = fmt.Errorf("%s: %w", name, err)
			}
			if !yield(ev, err) || err != nil {
				return
			}
		}
	}
}

// maxFrameMemory bounds what a capture may make the decoder hold; frames are written from one megabyte.
const maxFrameMemory = 256 << 20

// ReadEvents reads a capture stream as Capture.Events does.
func ReadEvents(r io.Reader) iter.Seq2[crawler.Event, error] {
	return func(yield func(crawler.Event, error) bool) {
		dec, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxFrameMemory))
		if err != nil {
			yield(crawler.Event{}, fmt.Errorf("capture: %w", err))
			return
		}
		defer dec.Close()
		lines := bufio.NewReaderSize(dec, 64<<10)
		var seq int64
		for {
			line, rerr := lines.ReadBytes('\n')
			if rerr == nil {
				var ev crawler.Event
				if err := json.Unmarshal(line, &ev); err != nil {
					yield(crawler.Event{}, fmt.Errorf("capture: event %d: %w", seq+1, err))
					return
				}
				seq = ev.Seq
				if ev.Run != nil && ev.Run.Schema > crawler.Schema {
					yield(crawler.Event{}, fmt.Errorf("capture: schema %d is newer than this tagscan reads (%d): use a newer tagscan", ev.Run.Schema, crawler.Schema))
					return
				}
				if !yield(ev, nil) {
					return
				}
				continue
			}
			switch {
			case rerr == io.EOF && len(bytes.TrimSpace(line)) == 0:
			case rerr == io.EOF, errors.Is(rerr, io.ErrUnexpectedEOF):
				yield(crawler.Event{Seq: seq + 1, Note: &crawler.Note{Level: "warn", Kind: "truncated",
					Text: fmt.Sprintf("the capture is cut off after event %d: what came later was lost", seq)}}, nil)
			default:
				yield(crawler.Event{}, fmt.Errorf("capture: damaged after event %d: %w", seq, rerr))
			}
			return
		}
	}
}
