package capture

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/tagscan/tagscan/crawler"
)

// ErrEnded says that a run came to its end, so that there is nothing to go on with.
var ErrEnded = errors.New("the scan came to its end: there is nothing to go on with")

// ErrNothing says that a run was killed before it had recorded anything.
var ErrNothing = errors.New("nothing was recorded yet: scan again")

// Salvage is what can be kept of a run that did not come to its end: how it was made, and its whole visits. Each visit is read
// from a spool on disk when it is asked for, so that a long run takes no more memory than a short one. It is for one goroutine but
// for Visit.
type Salvage struct {
	Run      crawler.Run
	Manifest Manifest // as it was found
	LastID   int64    // the highest number in an id of a page, request or script
	Kept     []Kept   // in the order in which they ended

	spool  *os.File
	loose  []span
	visits map[string][]span // by Kept.Key
	owed   map[string]bool   // keys of visits that were not read yet
}

// Kept is a visit that was whole.
type Kept struct {
	Key  string
	Page crawler.Page // without its bodies and links
}

// span is where an event stands in the spool.
type span struct {
	at, size int64
	ended    bool // it came after the page of its visit had ended
}

// earlierName matches the streams that a run which was gone on with had before, while they are needed.
var earlierName = regexp.MustCompile(`^\.resumed([0-9]+)\.tmp$`)

// Resume opens the run in the directory, which was killed or stopped, to go on with it. What the run recorded is moved aside, and
// stays there until all of it was read from the Salvage or the run came to its end; so nothing is lost if going on is killed as well. The
// caller writes anew what it keeps, beginning with Salvage.Run.
//
// key names the visit that a page ended, so that the same visit has the same name in each stream; "": the visit is not kept. A visit
// one of whose bodies is not there is not kept either. Resume fails with ErrEnded, ErrNothing or ErrSigned, and for a run whose
// events are not as they were written. Lock keeps other processes away.
func Resume(dir string, opt CreateOptions, key func(*crawler.Page) string) (*Writer, *Salvage, error) {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	m, err := readManifest(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist) && Exists(dir):
	case err != nil:
		return nil, nil, err
	case m.closed() && m.Whole && !m.Interrupted && m.Reason == "":
		return nil, nil, fmt.Errorf("%s: %w", dir, ErrEnded)
	}
	if _, err := os.Lstat(filepath.Join(dir, SignatureFile)); err == nil {
		return nil, nil, fmt.Errorf("%s: %w", dir, ErrSigned)
	}
	earlier, err := earlierStreams(dir)
	if err != nil {
		return nil, nil, err
	}
	s, err := salvage(dir, slices.Concat([]string{CaptureFile}, earlier), key)
	if err != nil {
		return nil, nil, err
	}
	s.Manifest = m
	w, err := goOn(dir, opt, s, earlier)
	if err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	return w, s, nil
}

// earlierStreams are the names of the streams of before, the last one first.
func earlierStreams(dir string) (names []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("run directory: %w", err)
	}
	for _, e := range entries {
		if earlierName.MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(turn(b), turn(a)) })
	return names, nil
}

// turn is the number in the name of a stream of before.
func turn(name string) int {
	n, _ := strconv.Atoi(earlierName.FindStringSubmatch(name)[1])
	return n
}

// goOn moves the stream aside and begins a new one.
func goOn(dir string, opt CreateOptions, s *Salvage, earlier []string) (*Writer, error) {
	n := 1
	if len(earlier) > 0 {
		n = turn(earlier[0]) + 1
	}
	aside := fmt.Sprintf(".resumed%d.tmp", n)
	switch err := os.Rename(filepath.Join(dir, CaptureFile), filepath.Join(dir, aside)); {
	case err == nil:
		earlier = append(earlier, aside)
	case !errors.Is(err, fs.ErrNotExist) || len(earlier) == 0:
		return nil, fmt.Errorf("capture in %s: %w", dir, err)
	}
	if err := removeConcluded(dir, s.Manifest); err != nil {
		return nil, err
	}
	w, err := begin(dir, opt)
	if err != nil {
		return nil, err
	}
	w.kept, w.earlier = s, earlier
	w.manifest.Started = s.Run.Started.UTC()
	w.manifest.Resumed = append(slices.Clone(s.Manifest.Resumed), w.begun.UTC())
	if len(s.Manifest.Made.Command) > 0 { // how the run was made, and not how it was gone on with
		w.manifest.Made.Command, w.manifest.Made.Masked = s.Manifest.Made.Command, s.Manifest.Made.Masked
	}
	if err := w.manifest.write(dir); err != nil {
		return nil, errors.Join(err, w.file.Close())
	}
	return w, nil
}

// removeConcluded removes what was concluded from a run that was stopped: more is to come.
func removeConcluded(dir string, m Manifest) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("run directory: %w", err)
	}
	for _, e := range entries {
		if concluded(e.Name()) && own(dir, e.Name(), m) {
			err = errors.Join(err, os.Remove(filepath.Join(dir, e.Name())))
		}
	}
	return err
}

// salvage reads the streams, the newest first, and keeps the visits that are whole.
func salvage(dir string, names []string, key func(*crawler.Page) string) (*Salvage, error) {
	temp, err := createTemp(dir)
	if err == nil {
		err = temp.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	spool, err := openFile(temp.Name(), os.O_RDWR)
	if err = errors.Join(err, os.Remove(temp.Name())); err != nil { // it lives as long as it is open
		return nil, fmt.Errorf("spool: %w", err)
	}
	s := &Salvage{spool: spool, visits: map[string][]span{}, owed: map[string]bool{}}
	for _, name := range names {
		if err := s.stream(dir, name, key); err != nil {
			return nil, errors.Join(err, spool.Close())
		}
	}
	if s.Run.ID == "" {
		return nil, errors.Join(fmt.Errorf("%s: %w", dir, ErrNothing), spool.Close())
	}
	return s, nil
}

// reading is one stream while it is read.
type reading struct {
	*Salvage
	hashes hashes
	key    func(*crawler.Page) string
	spans  map[string][]span   // by id of the page
	ended  map[string]bool     // ids of pages
	lost   map[string]bool     // ids of pages one of whose bodies is not there
	flows  map[string][]string // by profile: ids of the pages of a recording
	whole  map[string]string   // by key of the visit: id of its page
	newest bool
	at     int64
}

// stream takes what is whole of one stream.
func (s *Salvage) stream(dir, name string, key func(*crawler.Page) string) error {
	f, err := openToRead(filepath.Join(dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("capture: %w", err)
	}
	defer f.Close()
	at, err := s.spool.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	r := &reading{
		Salvage: s, hashes: hashes{dir: dir}, key: key, spans: map[string][]span{}, ended: map[string]bool{}, lost: map[string]bool{},
		flows: map[string][]string{}, whole: map[string]string{}, newest: s.Run.ID == "", at: at,
	}
	var told stream
	for ev, err := range told.read(f) {
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := r.take(ev); err != nil {
			return fmt.Errorf("spool: %w", err)
		}
	}
	if told.missing > 0 || told.late > 0 || told.bad > 0 || told.torn > 0 || told.begun != told.headed {
		return fmt.Errorf("%s: the events are not as they were written: scan again", filepath.Join(dir, name))
	}
	for key, page := range r.whole { // what came after the page had ended is known by now
		s.visits[key] = r.spans[page]
	}
	return nil
}

// take takes one event.
func (r *reading) take(ev crawler.Event) error {
	page := pageOf(&ev)
	switch {
	case ev.Run != nil:
		if r.Run.ID == "" {
			r.Run = *ev.Run
		}
		return nil
	case page == "" && (ev.Gap != nil || ev.Note != nil): // of the run as a whole: they are found anew
		return nil
	case ev.Gap != nil && r.ended[page]: // found by who led the crawl, and found again
		return nil
	}
	r.count(ev)
	for b := range bodies(ev) {
		if b.SHA256 != "" && b.Inline == nil && !b.Cut && r.hashes.blob(b.SHA256) != intact {
			r.lost[page] = true
		}
	}
	at, err := r.keep(ev)
	if err != nil {
		return err
	}
	if page == "" {
		if r.newest {
			r.loose = append(r.loose, at)
		}
		return nil
	}
	at.ended = r.ended[page]
	r.spans[page] = append(r.spans[page], at)
	if ev.Page != nil {
		r.ended[page] = true
		r.page(ev.Page)
	}
	return nil
}

// page takes in that a visit ended. The pages of a recording belong to the visit that it was replayed before.
func (r *reading) page(p *crawler.Page) {
	profile := p.Task.Profile
	key := r.key(p)
	if key == Before {
		r.flows[profile] = append(r.flows[profile], p.ID)
		return
	}
	before := r.flows[profile]
	delete(r.flows, profile)
	if _, again := r.visits[key]; key == "" || again || r.lost[p.ID] {
		return
	}
	for _, id := range slices.Backward(before) {
		r.spans[p.ID] = slices.Concat(r.spans[id], r.spans[p.ID])
	}
	kept := *p
	kept.HTML, kept.Screenshot, kept.Links = crawler.Body{}, crawler.Body{}, nil
	r.Kept = append(r.Kept, Kept{key, kept})
	r.visits[key], r.owed[key], r.whole[key] = nil, true, p.ID
}

// Before is the key of a page that belongs to the next visit of its profile.
const Before = "before"

// keep writes an event to the spool.
func (r *reading) keep(ev crawler.Event) (span, error) {
	ev.Seq, ev.Prev = 0, ""
	line, err := json.Marshal(ev)
	if err != nil {
		return span{}, err
	}
	if _, err := r.spool.Write(line); err != nil {
		return span{}, err
	}
	at := span{at: r.at, size: int64(len(line))}
	r.at += at.size
	return at, nil
}

var idNumber = regexp.MustCompile(`^[a-z]+([0-9]{1,18})$`)

// count takes in the number of an id, so that no other event gets it.
func (r *reading) count(ev crawler.Event) {
	id := ""
	switch {
	case ev.Page != nil:
		id = ev.Page.ID
	case ev.Request != nil:
		id = ev.Request.ID
	case ev.Script != nil:
		id = ev.Script.ID
	}
	if m := idNumber.FindStringSubmatch(id); m != nil {
		n, _ := strconv.ParseInt(m[1], 10, 64)
		r.LastID = max(r.LastID, n)
	}
}

// pageOf is the id of the page that an event belongs to.
func pageOf(ev *crawler.Event) string {
	switch {
	case ev.Page != nil:
		return ev.Page.ID
	case ev.Request != nil:
		return ev.Request.Page
	case ev.Script != nil:
		return ev.Script.Page
	case ev.Use != nil:
		return ev.Use.Page
	case ev.Cookie != nil:
		return ev.Cookie.Page
	case ev.Storage != nil:
		return ev.Storage.Page
	case ev.Gap != nil:
		return ev.Gap.Page
	case ev.Note != nil:
		return ev.Note.Page
	}
	return ""
}

// Drop gives up a visit, which is to be made anew.
func (s *Salvage) Drop(key string) {
	delete(s.visits, key)
	delete(s.owed, key)
	s.Kept = slices.DeleteFunc(s.Kept, func(k Kept) bool { return k.Key == key })
}

// Has reports whether a visit is kept.
func (s *Salvage) Has(key string) bool {
	_, ok := s.visits[key]
	return ok
}

// Visit yields what a visit yielded: its Page comes last, but for what arrived after it had ended. Several visits may be read at a time,
// each once.
func (s *Salvage) Visit(key string) iter.Seq2[crawler.Event, error] {
	spans := s.visits[key]
	if i := lastInTime(spans); i >= 0 { // what came late goes before the page, which ends the visit
		spans = slices.Concat(spans[:i], spans[i+1:], spans[i:i+1])
	}
	return s.events(spans)
}

// lastInTime is the index of the page that ended a visit.
func lastInTime(spans []span) int {
	for i, at := range slices.Backward(spans) {
		if !at.ended {
			return i
		}
	}
	return -1
}

// Loose yields what belongs to no visit: what workers of the site sent between two.
func (s *Salvage) Loose() iter.Seq2[crawler.Event, error] { return s.events(s.loose) }

func (s *Salvage) events(spans []span) iter.Seq2[crawler.Event, error] {
	return func(yield func(crawler.Event, error) bool) {
		var buf []byte
		for _, at := range spans {
			buf = slices.Grow(buf[:0], int(at.size))[:at.size]
			var ev crawler.Event
			_, err := s.spool.ReadAt(buf, at.at)
			if err == nil {
				err = json.Unmarshal(buf, &ev)
			}
			if err != nil {
				yield(ev, fmt.Errorf("spool: %w", err))
				return
			}
			if !yield(ev, nil) {
				return
			}
		}
	}
}

// Written says that a visit was written anew.
func (s *Salvage) Written(key string) { delete(s.owed, key) }

// Overtaken removes what was moved aside, once all visits that were kept are written anew and on disk.
func (w *Writer) Overtaken() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.kept == nil || len(w.kept.owed) > 0 || len(w.earlier) == 0 {
		return nil
	}
	if err := w.flush(); err != nil {
		return err
	}
	return w.removeEarlier()
}

// removeEarlier removes the streams of before. w.mu is held.
func (w *Writer) removeEarlier() (err error) {
	for _, name := range w.earlier {
		err = errors.Join(err, os.Remove(filepath.Join(w.dir, name)))
	}
	w.earlier = nil
	return err
}

// Close gives the spool up.
func (s *Salvage) Close() error { return s.spool.Close() }

// Recorded returns how the run in a directory is made, and its manifest, which is empty if it cannot be read: for who is about to go
// on with it. It fails with ErrNothing if no event says so.
func Recorded(dir string) (crawler.Run, Manifest, error) {
	m, err := readManifest(dir)
	if err != nil && !Exists(dir) {
		return crawler.Run{}, m, err
	}
	earlier, err := earlierStreams(dir)
	if err != nil {
		return crawler.Run{}, m, err
	}
	for _, name := range slices.Concat([]string{CaptureFile}, earlier) {
		run, err := runOf(filepath.Join(dir, name))
		if err != nil || run.ID != "" {
			return run, m, err
		}
	}
	return crawler.Run{}, m, fmt.Errorf("%s: %w", dir, ErrNothing)
}

// runOf is the first Run of a stream; zero if there is none.
func runOf(name string) (crawler.Run, error) {
	f, err := openToRead(name)
	if errors.Is(err, fs.ErrNotExist) {
		return crawler.Run{}, nil
	}
	if err != nil {
		return crawler.Run{}, fmt.Errorf("capture: %w", err)
	}
	defer f.Close()
	var told stream
	for ev, err := range told.read(f) {
		if err != nil {
			return crawler.Run{}, fmt.Errorf("%s: %w", name, err)
		}
		if ev.Run != nil {
			return *ev.Run, nil
		}
	}
	return crawler.Run{}, nil
}
