package capture

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/tagscan/tagscan/crawler"
)

// The kinds of the note that ends a capture: the last event of one that was closed. A note of such a kind that is not the
// last event ends nothing.
const (
	noteEnd         = "end"         // all that was asked for was done
	noteInterrupted = "interrupted" // it was stopped before
)

// endingOf is the kind of the event if it is an ending note, else empty.
func endingOf(ev crawler.Event) string {
	if ev.Note != nil && (ev.Note.Kind == noteEnd || ev.Note.Kind == noteInterrupted) {
		return ev.Note.Kind
	}
	return ""
}

const (
	// maxWindow bounds what the decoder of a capture holds; the encoder uses 8 MB.
	maxWindow = 32 << 20
	// maxLine bounds one event as JSON. The longest are sockets, of which the recorder keeps 5 MB (record.LiveOptions), at
	// six bytes for a byte that JSON must escape.
	maxLine = 64 << 20
	// maxMissing bounds how many events are taken to be missing: a number that is further away is no number of a capture.
	maxMissing = 1 << 40
)

// ReadEvents reads a capture stream: what can be read of it, and then a Gap event for each thing that it says of itself does
// not fit: it is cut off, damaged, out of order, or does not end. A stream of a newer schema is an error, the only one.
func ReadEvents(r io.Reader) iter.Seq2[crawler.Event, error] {
	return func(yield func(crawler.Event, error) bool) {
		var s stream
		for ev, err := range s.read(r) {
			if !yield(ev, err) || err != nil {
				return
			}
		}
		for _, g := range s.gaps(nil) {
			if !yield(s.gapEvent(g), nil) {
				return
			}
		}
	}
}

// stream is what one pass over a capture came to, beside its events.
type stream struct {
	last    int64  // the highest number of an event
	missing int64  // numbers that were left out
	late    int64  // events whose number is not higher than that of the one before
	bad     int64  // lines that are no event
	cut     bool   // it ends inside a frame or line
	damaged bool   // from some point on it cannot be read
	begun   bool   // an event that is no note was seen
	headed  bool   // the first of these is the Run
	run     string // Run.ID
	ending  string // kind of the ending note, if it is the last event so far
	words   string // its text
	link    string // of the line before
	chained bool   // an event names the one before
	torn    int64  // the first event that does not follow from the one before; 0: none

	time time.Time // of the last event
}

// read yields the events as they stand.
func (s *stream) read(r io.Reader) iter.Seq2[crawler.Event, error] {
	return func(yield func(crawler.Event, error) bool) {
		dec, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			yield(crawler.Event{}, fmt.Errorf("capture: %w", err))
			return
		}
		defer dec.Close()
		in := lineReader{r: bufio.NewReaderSize(dec, 64<<10), limit: maxLine}
		for {
			line, err := in.next()
			if err != nil {
				s.end(line, err)
				return
			}
			ev, ok := s.take(line)
			if !ok {
				continue
			}
			if ev.Run != nil && ev.Run.Schema > crawler.Schema {
				const newer = "capture: schema %d is newer than this tagscan reads (%d): use a newer tagscan"
				yield(crawler.Event{}, fmt.Errorf(newer, ev.Run.Schema, crawler.Schema))
				return
			}
			if !yield(ev, nil) {
				return
			}
		}
	}
}

// end takes the error that ended the reading, with what was read of a last line.
func (s *stream) end(line []byte, err error) {
	switch {
	case err == io.EOF && len(line) == 0:
	case err == io.EOF, errors.Is(err, io.ErrUnexpectedEOF):
		s.cut = true
	default:
		s.damaged = true
	}
}

// take reads one line; false: it is no event.
func (s *stream) take(line []byte) (crawler.Event, bool) {
	var ev crawler.Event
	s.ending, s.words = "", ""
	before := s.link
	s.link = linkOf(line)
	if err := json.Unmarshal(line, &ev); err != nil || kinds(ev) != 1 {
		s.bad++
		s.last++
		return ev, false
	}
	s.number(ev.Seq)
	s.chained = s.chained || ev.Prev != ""
	if s.chained && ev.Prev != before && s.torn == 0 {
		s.torn = ev.Seq
	}
	s.time = ev.Time
	if s.ending = endingOf(ev); s.ending != "" {
		s.words = ev.Note.Text
	}
	if ev.Note == nil && !s.begun {
		s.begun, s.headed = true, ev.Run != nil
	}
	if ev.Run != nil && s.run == "" {
		s.run = ev.Run.ID
	}
	return ev, true
}

// kinds counts what is set of the tagged union.
func kinds(ev crawler.Event) int {
	n := 0
	for _, set := range []bool{
		ev.Run != nil, ev.Page != nil, ev.Request != nil, ev.Script != nil, ev.Use != nil, ev.Cookie != nil, ev.Storage != nil, ev.Gap != nil, ev.Note != nil,
	} {
		if set {
			n++
		}
	}
	return n
}

// number takes the number of the next event, which should follow the last.
func (s *stream) number(seq int64) {
	switch hole := seq - s.last - 1; {
	case seq <= s.last, hole > maxMissing-s.missing:
		s.late++
	default:
		s.missing += hole
		s.last = seq
	}
}

// gaps are what does not fit. m is the manifest of the run; nil: none can be read.
func (s *stream) gaps(m *Manifest) []crawler.Gap {
	var list []crawler.Gap
	say := func(kind crawler.GapKind, count int64, text string) {
		list = append(list, crawler.Gap{Kind: kind, Where: CaptureFile, Count: int(count), Text: text})
	}
	var lost int64 // events that the manifest counts and that are not there
	if m != nil && m.closed() {
		lost = max(0, m.Events-s.last)
	}
	switch {
	case s.damaged:
		say(crawler.GapDamaged, 0, fmt.Sprintf("the capture cannot be read after event %d", s.last))
	case m != nil && m.closed() && !m.Whole:
		say(crawler.GapTruncated, 0, causeOf(m.Reason))
	case lost > 0:
		say(crawler.GapTruncated, 0, fmt.Sprintf("the capture ends after event %d of %d", s.last, m.Events))
	case s.cut:
		say(crawler.GapTruncated, 0, fmt.Sprintf("the capture is cut off after event %d", s.last))
	}
	if s.bad > 0 {
		say(crawler.GapDamaged, s.bad, "an event of the capture cannot be read")
	}
	switch {
	case s.late > 0: // one that is missed at its place may come later
		say(crawler.GapTruncated, s.missing+s.late, "an event of the capture is missing, comes twice or comes late")
	case s.missing > 0:
		say(crawler.GapTruncated, s.missing, "an event of the capture is missing")
	}
	if len(list) == 0 && s.torn > 0 {
		say(crawler.GapDamaged, 0, fmt.Sprintf("event %d does not follow from the one before it: one of them was changed, left out or put in", s.torn))
	} else if len(list) == 0 && m != nil && m.closed() && m.Chain != "" && m.Chain != s.link {
		say(crawler.GapDamaged, 0, fmt.Sprintf("event %d is not the last one that the manifest names", s.last))
	}
	if s.begun != s.headed {
		say(crawler.GapDamaged, 0, "the capture does not begin with how it was made")
	}
	if s.killed(m, lost) {
		say(crawler.GapKilled, 0, "the capture has no end: its scan was killed, or still runs")
	} else if s.stopped(m) {
		say(crawler.GapInterrupted, 0, s.stopping())
	} else if s.ending == noteEnd && !s.begun {
		say(crawler.GapDamaged, 0, "the capture holds nothing but its end")
	}
	return list
}

// causes are the errors of a disk, by what the system calls them.
var causes = []struct {
	errno syscall.Errno
	text  string
}{
	{syscall.ENOSPC, "the disk was full when the run was written"},
	{syscall.EDQUOT, "the disk quota was used up when the run was written"},
	{syscall.EFBIG, "a file became longer than the system allows when the run was written"},
	{syscall.EROFS, "the disk was read-only when the run was written"},
	{syscall.EMFILE, "too many files were open when the run was written"},
	{syscall.ENFILE, "too many files were open on the machine when the run was written"},
	{syscall.EIO, "the disk failed when the run was written"},
}

// causeOf says why a run could not be written whole, without the paths that the reason names.
func causeOf(reason string) string {
	for _, c := range causes {
		if strings.Contains(reason, c.errno.Error()) {
			return c.text
		}
	}
	return "the run could not be written whole"
}

// killed reports whether the run did not come to its end. The capture's own end decides: a manifest can say that a run did
// not end, but not that it did. Where an end was lost later, and the gaps say so, it is not told as a killed run.
func (s *stream) killed(m *Manifest, lost int64) bool {
	if m == nil {
		return s.ending == "" && !s.cut && !s.damaged
	}
	if !m.closed() {
		return true
	}
	explained := s.damaged || lost > 0 || !m.Whole
	return s.ending == "" && !explained
}

// stopped reports whether the run ended before all was done that was asked for.
func (s *stream) stopped(m *Manifest) bool {
	return s.ending == noteInterrupted || m != nil && m.closed() && (m.Interrupted || m.Whole && m.Reason != "")
}

// plainWords are remarks that can be repeated in a gap: they hold no address and no path.
var plainWords = regexp.MustCompile(`^[A-Za-z0-9 ,:;()'-]{1,120}$`)

// stopping says how a run was stopped, in the words of its ending if they may be repeated.
func (s *stream) stopping() string {
	if s.ending == noteInterrupted && plainWords.MatchString(s.words) {
		return "the scan was stopped: " + s.words
	}
	return "the scan was stopped before its end"
}

// gapEvent is the gap as the next event of the stream.
func (s *stream) gapEvent(g crawler.Gap) crawler.Event {
	s.last++
	return crawler.Event{Seq: s.last, Time: s.time, Gap: &g}
}

// lineReader reads lines of bounded length.
type lineReader struct {
	r     *bufio.Reader
	limit int
	buf   []byte
}

// next returns the next line without its end, valid until next is called again. Of a line that is too long it returns the
// beginning, which is no event. With an error, io.EOF at the end, it returns what there is of a line that has no end.
func (l *lineReader) next() ([]byte, error) {
	l.buf = l.buf[:0]
	for {
		part, err := l.r.ReadSlice('\n')
		l.buf = append(l.buf, part[:min(len(part), max(0, l.limit-len(l.buf)))]...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil {
			return l.buf, err
		}
		if n := len(l.buf); n > 0 && l.buf[n-1] == '\n' {
			return l.buf[:n-1], nil
		}
		return l.buf, nil
	}
}
