package capture

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tagscan/tagscan/crawler"
)

// Examination is what one look at all of a run directory comes to.
type Examination struct {
	Faults  []crawler.Gap // what does not fit, in the order in which it was found: the events first, then the files
	Stopped bool          // the scan was stopped before its end, and what it left is kept as it was
	Ended   bool          // there is a manifest, and the run came to an end: what is not among Faults is as it was recorded
	Foreign []string      // what is in the directory and is no file of the run, in the order of names
}

// Examine reads the whole run, as Gaps does, and looks for files that nothing lists as well.
func (c *Capture) Examine(ctx context.Context) (Examination, error) {
	gaps, err := c.Gaps(ctx)
	if err != nil {
		return Examination{}, err
	}
	e := Examination{Ended: c.unread == nil && c.Manifest.closed()}
	for _, g := range gaps {
		switch g.Kind {
		case crawler.GapInterrupted:
			e.Stopped = true
		case crawler.GapKilled:
			e.Ended = false
		default:
			e.Faults = append(e.Faults, g)
		}
	}
	if !c.Manifest.closed() {
		return e, nil // it lists nothing yet
	}
	unlisted, err := c.unlisted()
	if err != nil {
		return e, err
	}
	for _, name := range unlisted {
		if ours(filepath.Dir(name)) || ours(name) && !tempName.MatchString(name) {
			e.Faults = append(e.Faults, crawler.Gap{Kind: crawler.GapManifest, Where: name, Text: "the manifest does not list it"})
			continue
		}
		e.Foreign = append(e.Foreign, name)
	}
	return e, nil
}

// unlisted are the names in the run directory, and among its bodies, that the manifest does not list, with slashes.
func (c *Capture) unlisted() ([]string, error) {
	listed := map[string]bool{ManifestFile: true, SignatureFile: true, StampFile: true, BlobsDir: true}
	for _, f := range c.Manifest.Files {
		listed[f.Name] = true
	}
	var names []string
	for _, sub := range []string{"", BlobsDir} {
		entries, err := os.ReadDir(filepath.Join(c.Path, sub))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			name := filepath.ToSlash(filepath.Join(sub, e.Name()))
			if !listed[name] {
				names = append(names, name)
			}
		}
	}
	return names, nil
}
