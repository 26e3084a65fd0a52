package har

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A cleaner reads what tools write for JSON and gives JSON (RFC 8259) whose every value is small enough to be held:
//
//   - what stands around an object of the file is left out: a function's call (JSONP), an assignment, byte order marks;
//   - words that are none of JSON's (NaN, Infinity, undefined) are null, numbers that it does not allow are written anew;
//   - a comma before a closing bracket is left out;
//   - in strings, control characters are escaped, and a backslash that begins no escape stands for itself;
//   - a string is given as far as its limits allow; cutAt tells that it was cut.
//
// It adds nothing and drops nothing else, so what is no JSON stays none.
type cleaner struct {
	in    *bufio.Reader
	max   limits
	out   []byte // clean
	read  int    // of it
	depth int    // brackets that are open
	comma bool   // one came, and is written before the next value
	fresh bool   // an opening bracket came, and nothing since
	err   error

	inString bool
	kept     int   // bytes of the string that were given
	whole    int64 // bytes of it that there are
	cutting  bool

	member int // bytes that the strings of an entry's member may still have
	entry  int // bytes that all of the entry may still have
}

// limits bound what is held of a file, in bytes.
type limits struct {
	text   int // one string
	member int // the strings of one member of an entry: a long session of a WebSocket is one list of messages
	entry  int // what is left of an entry when its strings are cut
}

// ordinary limits: 8 MB are what detection opens of a body (decode.DefaultBudget), four times the largest that Chrome hands
// over; nothing but an attack reaches that of an entry.
var ordinary = limits{text: 8 << 20, member: 32 << 20, entry: 128 << 20}

const (
	// entryDepth is how many brackets are open in an entry: the file's, the log's, the entries' and its own. Where the file
	// is the log itself there is one less, and the limits hold for a part of a member.
	entryDepth = 4
	// maxWord is up to which length in bytes a string is never cut: a name, a type or a method says what the rest is.
	maxWord = 64
	// maxBetween bounds what stands around the objects of a file.
	maxBetween = 4 << 10
)

// errTooLarge is the end of a file with an entry that is larger than its limit.
var errTooLarge = errors.New("an entry is too large")

// cutMark ends a string that was cut; the number of bytes that there were follows. U+FDD0 is no character and for a
// program's own use (https://www.unicode.org/faq/private_use.html#nonchar4).
const cutMark = "\uFDD0"

// cutAt takes the mark off a text. size is how many bytes the text had before it was cut, else how many it has.
func cutAt(text string) (head string, size int64, cut bool) {
	from := max(0, len(text)-len(cutMark)-20)
	if i := strings.LastIndex(text[from:], cutMark); i >= 0 {
		if n, err := strconv.ParseInt(text[from+i+len(cutMark):], 10, 64); err == nil && n >= int64(from+i) {
			return text[:from+i], n, true
		}
	}
	return text, int64(len(text)), false
}

func newCleaner(in *bufio.Reader, max limits) *cleaner {
	return &cleaner{in: in, max: max, member: max.member, entry: max.entry}
}

// Read implements io.Reader.
func (c *cleaner) Read(p []byte) (int, error) {
	for c.read == len(c.out) {
		if c.err != nil {
			return 0, c.err
		}
		c.out, c.read = c.out[:0], 0
		c.step()
	}
	n := copy(p, c.out[c.read:])
	c.read += n
	return n, nil
}

// step cleans the next piece of the file.
func (c *cleaner) step() {
	switch {
	case c.inString:
		c.text()
		return
	case c.depth == 0:
		c.between()
		return
	}
	for len(c.out) < bufferSize && c.err == nil && !c.inString && c.depth > 0 {
		b, err := c.in.ReadByte()
		if err != nil {
			c.err = err
			return
		}
		c.token(b)
		c.spend(1)
	}
}

// spend counts what the entry has.
func (c *cleaner) spend(n int) {
	if c.entry -= n; c.entry < 0 {
		c.err = errTooLarge
	}
}

// token cleans what begins with b, outside strings.
func (c *cleaner) token(b byte) {
	switch b {
	case ' ', '\t', '\r', '\n':
	case ',':
		c.comma = !c.fresh
	case '}', ']':
		c.comma, c.fresh = false, false
		c.depth--
		c.out = append(c.out, b)
	case '{', '[':
		c.value()
		c.out = append(c.out, b)
		c.fresh = true
		c.depth++
		if c.depth <= entryDepth+1 {
			c.member = c.max.member
		}
		if c.depth <= entryDepth {
			c.entry = c.max.entry
		}
	case '"':
		c.value()
		c.inString, c.kept, c.whole, c.cutting = true, 0, 0, false
		c.out = append(c.out, b)
	case ':':
		c.out = append(c.out, b)
	case 0xef:
		if next, _ := c.in.Peek(2); string(next) == "\xbb\xbf" {
			c.in.Discard(2)
			return
		}
		c.out = append(c.out, b)
	default:
		c.value()
		c.word(b)
	}
}

// value writes the comma that separates a value from the one before.
func (c *cleaner) value() {
	if c.comma {
		c.out = append(c.out, ',')
	}
	c.comma, c.fresh = false, false
}

// word cleans a number or a name.
func (c *cleaner) word(first byte) {
	word := []byte{first}
	for len(word) < 1<<10 {
		next, err := c.in.Peek(1)
		if err != nil || !inWord(next[0]) {
			break
		}
		c.in.Discard(1)
		word = append(word, next[0])
	}
	switch {
	case json.Valid(word), !inWord(first):
		c.out = append(c.out, word...)
	case first == '+' || first == '-' || first == '.' || first >= '0' && first <= '9':
		c.out = append(c.out, numberOf(word)...)
	default:
		c.out = append(c.out, "null"...)
	}
}

func inWord(b byte) bool {
	return b == '_' || b == '$' || b == '.' || b == '+' || b == '-' ||
		b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// numberOf writes a number as JSON has it; what is none is null.
func numberOf(word []byte) []byte {
	f, err := strconv.ParseFloat(string(word), 64)
	if err != nil {
		return []byte("null")
	}
	if n := strconv.AppendFloat(nil, f, 'g', -1, 64); json.Valid(n) {
		return n
	}
	return []byte("null") // NaN, Inf
}

// text cleans the string that is open, as far as the buffer reaches.
func (c *cleaner) text() {
	if _, err := c.in.Peek(1); err != nil {
		c.err = err
		return
	}
	buf, _ := c.in.Peek(c.in.Buffered())
	n := 0
	for n < len(buf) && buf[n] >= ' ' && buf[n] != '"' && buf[n] != '\\' {
		n++
	}
	if n > 0 {
		c.give(buf[:n], n)
		c.in.Discard(n)
		return
	}
	switch b := buf[0]; b {
	case '"':
		c.in.Discard(1)
		c.closeString()
	case '\\':
		c.escape()
	default:
		c.in.Discard(1)
		c.give(fmt.Appendf(nil, `\u%04x`, b), 1)
	}
}

// escape cleans what begins with a backslash.
func (c *cleaner) escape() {
	next, _ := c.in.Peek(6)
	switch {
	case len(next) >= 2 && strings.IndexByte(`"\/bfnrt`, next[1]) >= 0:
		c.give(next[:2], 1)
		c.in.Discard(2)
	case len(next) == 6 && next[1] == 'u' && isHex(next[2:]):
		c.give(next, widthOf(next[2:]))
		c.in.Discard(6)
	default:
		c.give([]byte(`\\`), 1)
		c.in.Discard(1)
	}
}

func isHex(digits []byte) bool {
	_, err := strconv.ParseUint(string(digits), 16, 16)
	return err == nil
}

// widthOf is how many bytes the character of a \u escape has; one half of a pair has two of the pair's four.
func widthOf(digits []byte) int {
	u, _ := strconv.ParseUint(string(digits), 16, 16)
	if n := utf8.RuneLen(rune(u)); n > 0 {
		return n
	}
	return 2
}

// give passes on a piece of a string that stands for n bytes, or as much of it as may be kept.
func (c *cleaner) give(piece []byte, n int) {
	c.whole += int64(n)
	room := min(c.max.text-c.kept, max(c.member, maxWord-c.kept))
	switch {
	case c.cutting:
		return
	case len(piece) > room && piece[0] == '\\':
		c.cutting = true
		return
	case len(piece) > room:
		for room > 0 && !utf8.RuneStart(piece[room]) {
			room--
		}
		piece, c.cutting = piece[:room], true
	}
	c.out = append(c.out, piece...)
	c.kept += len(piece)
	c.spend(len(piece))
	c.member = max(0, c.member-len(piece))
}

func (c *cleaner) closeString() {
	c.inString = false
	if c.cutting {
		c.out = append(c.out, cutMark...)
		c.out = strconv.AppendInt(c.out, c.whole, 10)
	}
	c.out = append(c.out, '"')
}

// around is what may stand before an object of the file: the end of the one before, an assignment, a call, and the guards
// that keep a file from being run as a script.
var around = regexp.MustCompile(`^[\s;,)]*(?:for\s*\(;;\);|while\s*\(1\);|\)\]\}',?)?\s*` +
	`(?:(?:(?:var|let|const)\s+)?[\w$.]+\s*=\s*)?(?:[\w$.]+\s*\(\s*)?$`)

// between goes over what stands around the objects of a file. What it does not know is passed on, and is no JSON.
func (c *cleaner) between() {
	var seen []byte
	for len(seen) < maxBetween {
		b, err := c.in.ReadByte()
		if err == nil && b != '{' {
			seen = append(seen, b)
			continue
		}
		seen = bytes.ReplaceAll(seen, []byte("\ufeff"), nil)
		if !around.Match(seen) {
			c.out = append(c.out, seen...)
		}
		if c.err = err; err == nil {
			c.token(b)
		}
		return
	}
	c.out, c.err = append(c.out, seen...), io.EOF // whatever it is, it is no HAR
}
