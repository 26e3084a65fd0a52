package har

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"unicode"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
)

// errNotHAR is the one answer to a file that is something else.
var errNotHAR = errors.New(
	"this is no HAR file: a HAR is JSON with log.entries, as a browser's network panel saves it (\"Save all as HAR with content\")")

// Read reads a HAR 1.2 file (http://www.softwareishard.com/blog/har-12-spec/) as Chrome, Firefox, Safari, Charles,
// Proxyman, Fiddler, WebPagetest, Playwright and mitmproxy write it, and yields it as a capture: Run, a Request for every
// entry, the Scripts and Cookies that entries show, a Gap for what is missing, a Page for every page.
//
// The file may be gzipped, in UTF-8 or UTF-16, wrapped in the call of a function, a log without the object around it, or
// several HARs one after the other; NaN, commas too many and the like are forgiven. One entry is held at a time, and the
// first 8 MB of each of its texts, so the size of the file does not matter; a body that is cut so is a gap cap-reached.
//
// Request.ID is the entry's _id: a string as it stands; a number as "#" and its digits. An entry without _id has "#" and
// its index in log.entries, from 0. So an id that begins with "#" stands for a JSON number. Ids of pages and requests of a
// second HAR in the file begin with "2/".
//
// Run.Seeds is the site whose HAR it is: an address of the first page that the HAR lists, else of the document that was
// first loaded into a main frame, else what all requests name as where they came from. A frame's document is never the
// site. If nobody knows, Seeds is empty, no request has a PageURL, and a gap har-no-pages says so. A HAR may hold pages of
// several sites: Page.Task.Via is "seed" for the first page of the site and for those that the visitor asked for by their
// address, "link" for one that a page led to.
//
// A page's URL is the title of its HAR page if that is a URL, else the document its first entry loads. An entry without
// page belongs to the document that its Referer, Origin or initiator leads to, or to none. A page is complete as far as the
// file goes: nothing is known to be missing of what was sent to others. That a HAR proves no absence is a gap of its own,
// har-unproven, once. Nobody says in which consent state a HAR was recorded, so that is crawler.Unknown.
//
// What a browser extension sent has the initiator type "extension" and no page, and what was sent to one is left out. The
// frames of extensions are left out of the initiators of the page's own requests.
//
// A file that ends in the middle yields what is there and then a gap capture-truncated; a damaged one likewise a gap
// capture-damaged. A file that is no HAR is an error.
//
// What tagscan exported itself comes back as it was: run, outcomes, gaps, consent, everything but screenshots and the
// documents of pages.
//
// The site, and pages that are written after the entries, are known in time only because the file is looked at before it
// is read, which takes an io.ReadSeeker. Of another reader up to 200 entries are held back until there is a document among
// them; a site, or the address of a page, that only comes later is not known.
func Read(r io.Reader) iter.Seq2[crawler.Event, error] {
	return func(yield func(crawler.Event, error) bool) {
		readWithin(ordinary, r, yield)
	}
}

func readWithin(max limits, r io.Reader, yield func(crawler.Event, error) bool) {
	h := &reader{max: max, yield: yield, survey: newSurvey(), run: crawler.Run{Schema: crawler.Schema, ID: "har", Tool: "HAR"}}
	if err := h.file(r); err != nil && !errors.Is(err, errStop) {
		yield(crawler.Event{}, err)
	}
}

var errStop = errors.New("stop") // the consumer wants no more

// reader turns one file into events.
type reader struct {
	max     limits
	yield   func(crawler.Event, error) bool
	seq     int64
	run     crawler.Run
	started bool // the Run event was yielded

	survey  *survey
	looked  bool           // the survey has seen the file
	waiting []waitingEntry // for the Run event, while it is not known whose site it is
	held    int            // bytes of their texts

	log     int // which HAR of the file is read, from 1
	tables  []*pageTable
	pages   *pageTable // of the log
	entries int        // of the log
	isHAR   bool       // there were members of a log that nothing else has
	export  bool       // tagscan wrote the log, and it says itself what there is to say
	others  int        // entries of logs that are no exports

	cookies cookieJar
	scripts scriptList
	short   shortfall
	unloaded
	agent string // User-Agent of the first request that has one
}

// waitingEntry is an entry that was read and not told.
type waitingEntry struct {
	e     *harEntry
	index int
}

const (
	maxWaiting = 200      // entries that wait for a document to come
	maxHeld    = 16 << 20 // bytes of their texts
)

// file reads the file, and looks at it before if that can be done.
func (h *reader) file(r io.Reader) error {
	if s, ok := r.(io.ReadSeeker); ok {
		if start, err := s.Seek(0, io.SeekCurrent); err == nil {
			_ = h.look(r) // what stops it stops the reading, too, and is said there
			h.looked = true
			if _, err := s.Seek(start, io.SeekStart); err != nil {
				return fmt.Errorf("read HAR: %w", err)
			}
		}
	}
	return h.read(r)
}

// look surveys a file before it is read, as far as needed.
func (h *reader) look(r io.Reader) error {
	dec, err := h.decoder(r)
	if err != nil {
		return err
	}
	return h.eachLog(dec, func(key string) error {
		switch key {
		case "pages":
			return h.readPages(dec)
		case "entries":
			return eachIn(dec, func() error {
				if h.survey.done() {
					return errSurveyed
				}
				var g glance
				if err := decodeLoose(dec, &g); err != nil {
					return err
				}
				h.began(g.Started)
				h.survey.entry(g.request())
				return nil
			})
		}
		return skip(dec)
	})
}

var errSurveyed = errors.New("surveyed")

// read goes through the file.
func (h *reader) read(r io.Reader) error {
	dec, err := h.decoder(r)
	if err != nil {
		return err
	}
	err = h.eachLog(dec, h.member(dec))
	if errors.Is(err, errAfter) {
		h.short.after, err = true, nil
	}
	switch {
	case errors.Is(err, errStop), errors.Is(err, errSchema):
		return err
	case !h.isHAR && isBroken(err):
		return fmt.Errorf("%w (%w)", errNotHAR, err)
	case !h.isHAR:
		return errNotHAR
	}
	if err := h.start(); err != nil {
		return err
	}
	return h.finish(err)
}

// member reads a member of the log.
func (h *reader) member(dec *json.Decoder) func(key string) error {
	return func(key string) error {
		switch key {
		case "creator", "browser":
			var tool harTool
			if err := decodeLoose(dec, &tool); err != nil {
				return err
			}
			h.made(key, tool.String())
			return nil
		case "_tagscan":
			var ext harRunExt
			if err := decodeLoose(dec, &ext); err != nil {
				return err
			}
			return h.isExport(ext)
		case "_tagscanEvents":
			return eachIn(dec, func() error {
				var ev crawler.Event
				if err := decodeLoose(dec, &ev); err != nil {
					return err
				}
				return h.passOn(ev)
			})
		case "pages":
			return h.readPages(dec)
		case "entries":
			return eachIn(dec, func() error { return h.readEntry(dec) })
		}
		return skip(dec)
	}
}

// made notes the tool or the browser, of the first HAR of the file.
func (h *reader) made(key, tool string) {
	switch {
	case h.started || h.export || tool == "":
	case key == "creator":
		h.run.Tool = tool
	default:
		h.run.Browser.Product = tool
	}
}

// errSchema is an export that is too new.
var errSchema = errors.New("the exported run has a newer schema than this tagscan reads: use a newer tagscan")

// isExport takes over what an export says of its run.
func (h *reader) isExport(ext harRunExt) error {
	switch {
	case ext.Run == nil:
		return nil
	case ext.Run.Schema > crawler.Schema:
		return errSchema
	}
	if h.export = true; !h.started {
		h.run = *ext.Run
	}
	return nil
}

// passOn yields an event of an export that is neither run, page nor entry.
func (h *reader) passOn(ev crawler.Event) error {
	if ev.Run != nil || ev.Page != nil || ev.Request != nil && !ev.Request.NotSent {
		return nil
	}
	if err := h.start(); err != nil {
		return err
	}
	return h.emit(ev)
}

// start yields the Run event, and then what waited for it.
func (h *reader) start() error {
	if h.started {
		return nil
	}
	h.started = true
	site := h.survey.site()
	for _, t := range h.tables {
		t.site = site
	}
	if !h.export && site != "" {
		h.run.Seeds = []string{site}
	}
	if err := h.emit(crawler.Event{Run: &h.run, Time: h.run.Started}); err != nil {
		return err
	}
	for _, w := range h.waiting {
		if err := h.tell(w.e, w.index); err != nil {
			return err
		}
	}
	h.waiting = nil
	return nil
}

func (h *reader) readPages(dec *json.Decoder) error {
	return eachIn(dec, func() error {
		var p harPage
		if err := decodeLoose(dec, &p); err != nil {
			return err
		}
		page := h.pages.add(p)
		if !h.started && h.log == 1 {
			h.survey.page(&page.Page)
		}
		h.began(p.StartedDateTime)
		h.isHAR = true
		return nil
	})
}

// began moves the run's start to the earliest time that is said before it is told.
func (h *reader) began(at loose) {
	t := parseHARTime(string(at))
	if !h.started && !h.export && !t.IsZero() && (h.run.Started.IsZero() || t.Before(h.run.Started)) {
		h.run.Started = t
	}
}

// readEntry reads an entry, and holds it back while it is not known whose site the file is of.
func (h *reader) readEntry(dec *json.Decoder) error {
	var e harEntry
	if err := decodeLoose(dec, &e); err != nil {
		return err
	}
	index := h.entries
	h.entries++
	switch {
	case e.Request.URL == "" && e.Request.Method == "":
		h.short.skip(noEntry, h.id(&e, index))
		return nil
	case e.address() == "":
		h.short.skip(noAddress, h.id(&e, index))
		return nil
	}
	h.isHAR = true
	h.began(e.Started)
	if !h.started && !h.looked && !h.export {
		r, _ := e.request("")
		h.survey.entry(r)
		if h.held += e.held(); !h.survey.known() && len(h.waiting) < maxWaiting && h.held < maxHeld {
			h.waiting = append(h.waiting, waitingEntry{&e, index})
			return nil
		}
	}
	if err := h.start(); err != nil {
		return err
	}
	return h.tell(&e, index)
}

// held is how many bytes the entry's long texts have.
func (e *harEntry) held() int {
	n := 0
	if p := e.Request.PostData; p != nil && p.Text != nil {
		n += len(*p.Text)
	}
	if t := e.Response.Content.Text; t != nil {
		n += len(*t)
	}
	for _, m := range e.WebSocket {
		n += len(m.Data)
	}
	return n
}

// tell yields what an entry says.
func (h *reader) tell(e *harEntry, index int) error {
	r, lacks := e.request(h.id(e, index))
	if !h.export {
		h.others++
	}
	if isExtension(r.URL) {
		h.short.toThem++
		return nil
	}
	page := h.pages.place(e, r)
	if err := h.emit(crawler.Event{Time: r.Time, Request: r}); err != nil {
		return err
	}
	if r.Initiator.Type == ofExtension && e.Ext == nil {
		h.short.apart++
		return nil
	}
	if err := h.tellLacks(r, page, lacks); err != nil || h.export {
		return err
	}
	h.note(e, r, page)
	for _, gap := range []*crawler.Gap{h.unloaded.load(e, r, page, h.pages.site), h.unloaded.frame(r, page)} {
		if gap == nil {
			continue
		}
		if err := h.emit(crawler.Event{Time: r.Time, Gap: gap}); err != nil {
			return err
		}
	}
	h.unloaded.hear(e, r)
	return h.tellLoaded(e, r)
}

// id is the request's.
func (h *reader) id(e *harEntry, index int) string {
	raw := bytes.TrimSpace(e.ID)
	id, text := "#"+strconv.Itoa(index), ""
	switch {
	case len(raw) == 0, bytes.Equal(raw, []byte("null")):
	case json.Unmarshal(raw, &text) == nil:
		id = text
	case raw[0] == '-' || unicode.IsDigit(rune(raw[0])):
		id = "#" + string(raw)
	}
	return h.pages.prefix + id
}

// note takes down what is told at the end.
func (h *reader) note(e *harEntry, r *crawler.Request, page *page) {
	if h.agent == "" {
		h.agent = crawler.HeaderValue(r.Headers, "User-Agent")
	}
	if e.Ext != nil {
		return
	}
	h.short.unknown++
	if h.pages.site == "" && !r.NotSent {
		h.short.nowhere++
	}
	if page == nil && !r.NotSent && e.PageRef == "" {
		h.short.unnamed++
	}
}

// tellLacks yields a gap for everything that is missing of a request.
func (h *reader) tellLacks(r *crawler.Request, page *page, lacks []lack) error {
	for _, l := range lacks {
		gap := &crawler.Gap{
			Kind: l.kind, Where: web.Host(r.URL), Page: r.Page, Request: r.ID, Profile: r.Profile, Consent: r.Consent,
			Count: l.n, Text: l.text,
		}
		if err := h.emit(crawler.Event{Time: r.Time, Gap: gap}); err != nil {
			return err
		}
	}
	if page == nil || web.Site(r.URL) == web.Site(page.URL) {
		return nil
	}
	for _, l := range lacks {
		if l.kind == crawler.GapSocket {
			page.deaf++
		} else {
			page.lost++
		}
	}
	return nil
}

// tellLoaded yields the script that an entry loaded, and the cookies that it shows.
func (h *reader) tellLoaded(e *harEntry, r *crawler.Request) error {
	if s := h.scripts.of(e, r); s != nil {
		if err := h.emit(crawler.Event{Time: r.Time, Script: s}); err != nil {
			return err
		}
	}
	h.cookies.watch(e, r, web.Site(h.pages.site))
	if r.NotSent {
		return nil
	}
	for _, c := range h.cookies.of(e, r) {
		if err := h.emit(crawler.Event{Time: r.Time, Cookie: &c}); err != nil {
			return err
		}
	}
	return nil
}

// finish yields what is missing, and then the pages: a Page event comes after everything that belongs to it. why is what
// ended the reading, nil if the file did.
func (h *reader) finish(why error) error {
	gaps := h.short.found()
	if why != nil {
		gaps = append([]crawler.Gap{h.broken(why)}, gaps...)
	}
	if h.others > 0 || !h.export {
		gaps = append(gaps, h.unsaid()...)
	}
	for _, gap := range gaps {
		if err := h.emit(crawler.Event{Gap: &gap}); err != nil {
			return err
		}
	}
	if note := h.short.extensions(); note != nil {
		if err := h.emit(crawler.Event{Note: note}); err != nil {
			return err
		}
	}
	for _, t := range h.tables {
		for _, p := range t.ended(why != nil) {
			if err := h.emit(crawler.Event{Time: p.Ended, Page: p}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (h *reader) emit(ev crawler.Event) error {
	h.seq++
	ev.Seq = h.seq
	if !h.yield(ev, nil) {
		return errStop
	}
	return nil
}

// eachLog calls member for every key of every log in the file; member consumes the value. The file may be the log itself,
// and more HARs may follow; errAfter is the end of a file where something else does.
func (h *reader) eachLog(dec *json.Decoder, member func(key string) error) error {
	for h.log = 1; ; h.log++ {
		h.open()
		err := h.eachMember(dec, member)
		switch {
		case err == nil && dec.More():
			continue
		case err == nil:
			return atEnd(dec)
		case h.log > 1 && h.entries == 0 && (isBroken(err) || errors.Is(err, errNotHAR)):
			return errAfter
		}
		return err
	}
}

var errAfter = errors.New("what follows is no HAR")

// open prepares for the log. A look at the file before may have found its pages.
func (h *reader) open() {
	if len(h.tables) < h.log {
		t := &pageTable{}
		if h.log > 1 {
			t.site, t.prefix = h.tables[0].site, strconv.Itoa(h.log)+"/"
		}
		h.tables = append(h.tables, t)
	}
	h.pages, h.entries, h.export = h.tables[h.log-1], 0, false
}

// eachMember reads one HAR.
func (h *reader) eachMember(dec *json.Decoder, member func(key string) error) error {
	found, versioned := false, false
	err := eachKey(dec, func(key string) error {
		switch key {
		case "log":
			return eachKey(dec, func(key string) error {
				found = found || key == "entries"
				return member(key)
			})
		case "version", "creator":
			versioned = true
			return member(key)
		case "entries", "browser", "pages", "_tagscan", "_tagscanEvents":
			found = found || key == "entries" && (versioned || h.isHAR)
			return member(key)
		}
		return skip(dec)
	})
	switch {
	case err != nil:
		return err
	case !found && (h.log > 1 || !h.isHAR):
		return errNotHAR
	}
	h.isHAR = true
	return nil
}

// decoder opens the wrappings that a HAR comes in.
func (h *reader) decoder(r io.Reader) (*json.Decoder, error) {
	in, err := unwrap(r)
	if err != nil {
		return nil, err
	}
	return json.NewDecoder(newCleaner(in, h.max)), nil
}
