package capture

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/secret"
)

// CaptureFile is the event stream in a run directory: crawler.Event as JSON, one a line, in zstd frames that each stand
// alone.
const CaptureFile = "capture.jsonl.zst"

const (
	// frameEvery is how long an event may wait before it is on disk: what a killed run loses.
	frameEvery = 2 * time.Second
	// frameSize is how many bytes of JSON make a frame that does not wait: enough to compress well, little to hold.
	frameSize = 1 << 20
)

// ErrRunExists says that a directory already holds a run.
var ErrRunExists = errors.New("the directory holds a run already: choose another one, or say that it may be overwritten")

// CreateOptions says how a capture is made. The zero value is usable.
type CreateOptions struct {
	Command   []string         // for the manifest: the arguments of the command
	Masked    bool             // for the manifest: something in Command was masked
	Secrets   *secret.Vault    // what must not be written; nil: nothing
	Tool      string           // for the manifest, e.g. "tagscan 1.2.3"
	Overwrite bool             // remove the run that is in the directory; other files stay
	Now       func() time.Time // nil: time.Now
}

// Writer writes the capture of a run: the only place where events get their number and reach the disk. It is safe for
// use by several goroutines. After an error it writes nothing more, every call returns that error, and the manifest never
// says that the run is whole.
type Writer struct {
	dir   string
	vault *secret.Vault
	now   func() time.Time
	blobs *Blobs
	enc   *zstd.Encoder

	mu       sync.Mutex
	file     frameFile
	good     int64     // bytes of file that are whole frames
	sum      hash.Hash // SHA-256 of these
	seq      int64
	chain    string       // SHA-256 of the line written last
	begun    time.Time    // with the reading of a clock that nobody sets
	buf      bytes.Buffer // events of the frame to come
	timer    *time.Timer  // runs while buf holds something
	manifest Manifest
	ending   string   // kind of the event written last, if it is an ending note
	kept     *Salvage // of a run that is gone on with
	earlier  []string // the files of what it recorded before
	err      error
	closed   bool
}

// frameFile is what a Writer needs of its file; tests give one whose disk is full.
type frameFile interface {
	io.Writer
	Truncate(size int64) error
	Close() error
}

// Create makes the run directory (0700) with an empty capture (0600) and a manifest that says that nothing is whole yet.
// It fails with ErrRunExists if a run is there, and with ErrForeign if a file of another's is in the place of one of a run's. Lock
// keeps other processes away.
func Create(dir string, opt CreateOptions) (*Writer, error) {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if err := makeDir(dir); err != nil {
		return nil, err
	}
	if err := foreign(dir); err != nil {
		return nil, err
	}
	if opt.Overwrite {
		if err := removeRun(dir); err != nil {
			return nil, fmt.Errorf("remove the earlier run: %w", err)
		}
	} else if Exists(dir) {
		return nil, fmt.Errorf("%s: %w", dir, ErrRunExists)
	}
	return begin(dir, opt)
}

// begin makes an empty capture and its manifest.
func begin(dir string, opt CreateOptions) (*Writer, error) {
	f, err := openFile(filepath.Join(dir, CaptureFile), os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if err != nil {
		if errors.Is(err, fs.ErrExist) {
			err = ErrRunExists
		}
		return nil, fmt.Errorf("capture in %s: %w", dir, err)
	}
	w := &Writer{dir: dir, now: opt.Now, vault: opt.Secrets, begun: opt.Now(), file: f, sum: sha256.New(),
		blobs: NewBlobs(filepath.Join(dir, BlobsDir))}
	w.blobs.vault = opt.Secrets
	w.manifest = Manifest{Tool: opt.Tool, Started: w.begun.UTC()}
	w.manifest.Made = Made{Platform: runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH, Command: opt.Secrets.Texts(opt.Command)}
	w.manifest.Made.Masked = opt.Masked || !slices.Equal(w.manifest.Made.Command, opt.Command)
	w.enc, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err == nil {
		err = os.MkdirAll(w.blobs.dir, dirMode)
	}
	if err == nil {
		err = w.manifest.write(dir) // it lists nothing: files that still grow have no hash
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("capture in %s: %w", dir, err), f.Close())
	}
	return w, nil
}

// Exists reports whether the directory holds a run, whole or not.
func Exists(dir string) bool {
	for _, name := range []string{CaptureFile, ManifestFile} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}

// Blobs returns the bodies of this run. What goes there may be named by an event that is written later.
func (w *Writer) Blobs() *Blobs { return w.blobs }

// Write gives the event its number, and a time if it has none, moves bodies over crawler.MaxInline to blobs, and keeps
// it. It returns the event as it was kept. It is on disk two seconds later at most, or after Flush or Close.
func (w *Writer) Write(ev crawler.Event) (crawler.Event, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return ev, w.err
	}
	if w.closed {
		return ev, errors.New("capture: write after close")
	}
	return w.put(ev)
}

// put is Write for who holds the lock.
func (w *Writer) put(ev crawler.Event) (crawler.Event, error) {
	ev, err := store(w.vault.Event(ev), w.blobs)
	if err != nil {
		w.err = fmt.Errorf("capture: %w", err)
		return ev, w.err
	}
	w.seq++
	ev.Seq = w.seq
	if ev.Time.IsZero() {
		ev.Time = w.now()
	}
	ev.Time = ev.Time.UTC()
	ev.Prev = w.chain
	line, err := json.Marshal(ev)
	if err != nil { // the event is unusable, the capture is not
		w.seq--
		return ev, fmt.Errorf("capture: event: %w", err)
	}
	if ev.Run != nil {
		m := &w.manifest
		m.Run, m.Made.Options, m.Made.Browser = ev.Run.ID, ev.Run.Options, ev.Run.Browser
	}
	w.chain = linkOf(line)
	w.ending = endingOf(ev)
	w.buf.Write(line)
	w.buf.WriteByte('\n')
	if w.buf.Len() >= frameSize {
		return ev, w.flush()
	}
	if w.timer == nil {
		w.timer = time.AfterFunc(frameEvery, func() { w.Flush() })
	}
	return ev, nil
}

// Flush brings everything that was written to disk.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return w.err
	}
	return w.flush()
}

// flush writes one frame. A frame that does not fit on the disk is taken back, so that the file ends with a whole one.
func (w *Writer) flush() error {
	if w.timer != nil {
		w.timer.Stop()
		w.timer = nil
	}
	if w.err != nil || w.buf.Len() == 0 {
		return w.err
	}
	frame := w.enc.EncodeAll(w.buf.Bytes(), nil)
	w.buf.Reset()
	if _, err := w.file.Write(frame); err != nil {
		w.err = errors.Join(fmt.Errorf("capture: %w", err), w.file.Truncate(w.good))
		return w.err
	}
	w.good += int64(len(frame))
	w.sum.Write(frame)
	return nil
}

// Ending says how a run ended.
type Ending struct {
	Interrupted bool   // stopped before everything asked for was done
	Reason      string // why, for a person; empty: all was done
}

// done reports whether everything asked for was done.
func (e Ending) done() bool { return !e.Interrupted && e.Reason == "" }

// Close writes what is left and the manifest, which says that the capture is whole unless an error came before. It must
// be called once; Seal updates the manifest when reports are added. The last event of a capture that was closed is a Note
// that says how it ended, of kind "end" or "interrupted": Close writes it unless that was done, so that a capture without
// one was killed, or lost its end.
func (w *Writer) Close(end Ending) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return w.err
	}
	w.closed = true
	err := w.conclude(end)
	if ferr := w.flush(); err == nil {
		err = ferr
	}
	if cerr := w.file.Close(); cerr != nil && err == nil {
		err = fmt.Errorf("capture: %w", cerr)
	}
	w.err = err
	if err = errors.Join(err, w.seal(end)); err != nil || !end.done() {
		return err
	}
	return w.removeEarlier()
}

// conclude makes sure that the last event says how the run ended, and no better than it did.
func (w *Writer) conclude(end Ending) error {
	if w.err != nil || w.ending == noteInterrupted || (w.ending == noteEnd && end.done()) {
		return w.err
	}
	note := crawler.Note{Level: "info", Kind: noteEnd, Text: "the capture was closed"}
	if !end.done() {
		note = crawler.Note{Level: "warn", Kind: noteInterrupted, Text: cmp.Or(end.Reason, "interrupted")}
	}
	_, err := w.put(crawler.Event{Note: &note})
	return err
}

// seal writes the manifest of the capture as it was closed. A body that could not be kept is not an error of the capture,
// which says so where the body belongs, but such a run is not whole.
func (w *Writer) seal(end Ending) error {
	blobs, err := w.blobs.facts()
	m := &w.manifest
	m.Files = append(blobs, ManifestFact{Name: CaptureFile, Size: w.good, SHA256: hex.EncodeToString(w.sum.Sum(nil))})
	ended := w.now()
	m.Ended, m.Elapsed = ended.UTC(), ended.Sub(w.begun).String()
	if w.kept != nil {
		m.Elapsed = "" // no clock ran all the time
	}
	m.Events, m.Chain = w.seq, w.chain
	m.Interrupted, m.Reason = end.Interrupted, w.vault.String(end.Reason)
	if lost := cmp.Or(w.err, w.blobs.failure(), err); lost != nil {
		m.Reason = lost.Error()
	} else {
		m.Whole = true
	}
	return errors.Join(err, m.write(w.dir))
}

// linkOf is the link of the chain of events that a line of a capture makes: the next event names it as Prev.
func linkOf(line []byte) string {
	sum := sha256.Sum256(line)
	return hex.EncodeToString(sum[:])
}

// store returns the event with its long bodies in blobs. What the event points to is not changed.
func store(ev crawler.Event, blobs *Blobs) (crawler.Event, error) {
	var errs []error
	keep := func(b crawler.Body) crawler.Body {
		if len(b.Inline) <= crawler.MaxInline {
			return b
		}
		if b.Cut { // the rest is known by its hash at most: the head goes inline as far as it may
			b.Inline = b.Inline[:crawler.MaxInline]
			return b
		}
		kept, err := blobs.Put(b.Inline)
		if err != nil {
			errs = append(errs, err)
			return b
		}
		return kept
	}
	switch {
	case ev.Page != nil:
		p := *ev.Page
		p.HTML, p.Screenshot = keep(p.HTML), keep(p.Screenshot)
		ev.Page = &p
	case ev.Request != nil:
		r := *ev.Request
		r.Body = keep(r.Body)
		if r.Response != nil {
			resp := *r.Response
			resp.Body = keep(resp.Body)
			r.Response = &resp
		}
		if len(r.Messages) > 0 {
			r.Messages = append([]crawler.Message(nil), r.Messages...)
			for i := range r.Messages {
				r.Messages[i].Data = keep(r.Messages[i].Data)
			}
		}
		ev.Request = &r
	}
	return ev, errors.Join(errs...)
}
