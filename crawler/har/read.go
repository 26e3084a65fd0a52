package har

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/tagscan/tagscan/crawler"
)

// errNotHAR is the one answer to a file that is something else.
var errNotHAR = errors.New("this is no HAR file: a HAR is JSON with log.entries, as a browser's network panel saves it (\"Save all as HAR with content\")")

// Read reads a HAR 1.2 file (http://www.softwareishard.com/blog/har-12-spec/) as Chrome, Firefox, Safari, Charles,
// Proxyman, Fiddler and mitmproxy write it, plain or gzipped, in UTF-8 or UTF-16, and yields it as a capture: Run, a
// Request for every entry, a Page for every page. One entry is held at a time, so the size of the file does not matter.
//
// Request.ID is the entry's _id: a string as it stands; a number as "#" and its digits. An entry without _id has "#" and
// its index in log.entries, from 0. So an id that begins with "#" stands for a JSON number.
//
// A page's URL is the title of its HAR page if that is a URL, else the document its first entry loads. An entry without
// page belongs to the document that its Referer, Origin or initiator leads to, or to none. Nobody vouches that a HAR is
// complete, so the outcome of every page is partial.
//
// Pages that are written after the entries are only known in time if r is an io.ReadSeeker.
func Read(r io.Reader) iter.Seq2[crawler.Event, error] {
	return func(yield func(crawler.Event, error) bool) {
		h := &harReader{yield: yield}
		var start int64 = -1
		s, seeks := r.(io.ReadSeeker)
		if seeks {
			if at, err := s.Seek(0, io.SeekCurrent); err == nil {
				start = at
			}
		}
		err := h.read(r, start >= 0)
		if errors.Is(err, errPagesLate) {
			if _, err = s.Seek(start, io.SeekStart); err == nil {
				err = h.scanPages(r)
			}
			if err == nil {
				_, err = s.Seek(start, io.SeekStart)
			}
			if err == nil {
				err = h.read(r, false)
			}
		}
		if err != nil && !errors.Is(err, errStop) {
			yield(crawler.Event{}, err)
		}
	}
}

var (
	errStop      = errors.New("stop")       // the consumer wants no more
	errPagesLate = errors.New("pages late") // entries come before pages
)

// harReader turns one HAR into events.
type harReader struct {
	yield   func(crawler.Event, error) bool
	seq     int64
	pages   pageTable
	started bool // Run was yielded
	entries int
	run     crawler.Run
}

// read goes through the file. If mayLook is set and entries come before pages it stops with errPagesLate.
func (h *harReader) read(r io.Reader, mayLook bool) error {
	dec, err := newHARDecoder(r)
	if err != nil {
		return err
	}
	seen := false
	err = inLog(dec, func(key string) error {
		switch key {
		case "creator", "browser":
			var tool harTool
			if err := decodeLoose(dec, &tool); err != nil {
				return err
			}
			if key == "creator" {
				h.run.Tool = tool.String()
			} else {
				h.run.Browser.Product = tool.String()
			}
			return nil
		case "pages":
			seen = true
			return h.readPages(dec)
		case "entries":
			if !seen && mayLook {
				return errPagesLate
			}
			if err := h.start(); err != nil {
				return err
			}
			return h.readEntries(dec)
		}
		return skip(dec)
	})
	var syntax *json.SyntaxError
	switch {
	case err == nil:
	case isCut(err) && h.started:
		return fmt.Errorf("the HAR is cut off in or after entry %d: save it again", h.entries)
	case !h.started && (isCut(err) || errors.As(err, &syntax)):
		return fmt.Errorf("%w (%w)", errNotHAR, err)
	default:
		return err
	}
	if !h.started {
		return errNotHAR
	}
	return h.finish()
}

// scanPages reads the pages alone.
func (h *harReader) scanPages(r io.Reader) error {
	dec, err := newHARDecoder(r)
	if err != nil {
		return err
	}
	err = inLog(dec, func(key string) error {
		if key == "pages" {
			return h.readPages(dec)
		}
		if key == "entries" {
			return eachIn(dec, func() error { return skip(dec) })
		}
		return skip(dec)
	})
	if isCut(err) { // the second reading says so, after what is there
		return nil
	}
	return err
}

func (h *harReader) start() error {
	if h.started {
		return nil
	}
	h.started = true
	h.run.Schema = crawler.Schema
	h.run.ID = "har"
	if h.run.Tool == "" {
		h.run.Tool = "HAR"
	}
	return h.emit(crawler.Event{Run: &h.run, Time: h.run.Started})
}

func (h *harReader) readPages(dec *json.Decoder) error {
	return eachIn(dec, func() error {
		var p harPage
		if err := decodeLoose(dec, &p); err != nil {
			return err
		}
		h.pages.add(p)
		if t := parseHARTime(string(p.StartedDateTime)); h.run.Started.IsZero() || (!t.IsZero() && t.Before(h.run.Started)) {
			h.run.Started = t
		}
		return nil
	})
}

func (h *harReader) readEntries(dec *json.Decoder) error {
	return eachIn(dec, func() error {
		var e harEntry
		if err := decodeLoose(dec, &e); err != nil {
			return err
		}
		req := e.request(h.entries)
		h.entries++
		if req.URL == "" {
			return h.emit(crawler.Event{Time: req.Time, Note: &crawler.Note{Level: "warn", Kind: "har",
				Text: fmt.Sprintf("entry %s has no request URL and was left out", req.ID)}})
		}
		h.pages.place(&e, req)
		return h.emit(crawler.Event{Time: req.Time, Request: req})
	})
}

// finish yields the pages: a Page event comes after everything that belongs to it.
func (h *harReader) finish() error {
	for _, p := range h.pages.list {
		if err := h.emit(crawler.Event{Time: p.Ended, Page: p}); err != nil {
			return err
		}
	}
	return nil
}

func (h *harReader) emit(ev crawler.Event) error {
	h.seq++
	ev.Seq = h.seq
	if !h.yield(ev, nil) {
		return errStop
	}
	return nil
}

// newHARDecoder opens the wrappings that a HAR comes in: gzip, and the byte order marks of Fiddler (UTF-8) and of a
// Windows shell's redirection (UTF-16).
func newHARDecoder(r io.Reader) (*json.Decoder, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	head, _ := in.Peek(3)
	if bytes.HasPrefix(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, fmt.Errorf("%w (%w)", errNotHAR, err)
		}
		in = bufio.NewReaderSize(z, 64<<10)
		head, _ = in.Peek(3)
	}
	switch {
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		in.Discard(3)
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		utf16 := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
		return json.NewDecoder(transform.NewReader(in, utf16.NewDecoder())), nil
	}
	return json.NewDecoder(in), nil
}

// inLog calls member for every key of the file's log object; member consumes the value.
func inLog(dec *json.Decoder, member func(key string) error) error {
	found := false
	err := eachKey(dec, func(key string) error {
		if key != "log" {
			return skip(dec)
		}
		found = true
		return eachKey(dec, member)
	})
	if err == nil && !found {
		return errNotHAR
	}
	return err
}

// eachKey reads an object: member is called at each value and consumes it.
func eachKey(dec *json.Decoder, member func(key string) error) error {
	if t, err := dec.Token(); err != nil {
		return err
	} else if t != json.Delim('{') {
		return errNotHAR
	}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return err
		}
		key, _ := t.(string)
		if err := member(key); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

// eachIn reads an array: item is called at each value and consumes it. A null counts as an empty array.
func eachIn(dec *json.Decoder, item func() error) error {
	if t, err := dec.Token(); err != nil {
		return err
	} else if t == nil {
		return nil
	} else if t != json.Delim('[') {
		return errNotHAR
	}
	for dec.More() {
		if err := item(); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

// skip passes over one value, held whole for a moment.
func skip(dec *json.Decoder) error {
	var raw json.RawMessage
	return dec.Decode(&raw)
}

// decodeLoose decodes one value and keeps what could be read of it if a part has a type that no schema has.
func decodeLoose(dec *json.Decoder, v any) error {
	err := dec.Decode(v)
	var mistyped *json.UnmarshalTypeError
	if errors.As(err, &mistyped) {
		return nil
	}
	return err
}

func isCut(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}
