package chrome

import (
	"bytes"

	"github.com/tagscan/tagscan/crawler"
)

// mangled is how long a request's postData may be: it is a lossy duplicate of postDataEntries, which has the bytes. A longer
// one is left out and not cut, for its beginning would look like a short body.
const mangled = 4 << 10

// elider copies JSON without the strings that are long: a request's body goes to a sink and leaves empty strings behind,
// so does its postData if it is longer than mangled, and any other string is cut once the message has grown to max. What it
// writes stays valid JSON: a cut string only ends early. Pieces may end anywhere.
type elider struct {
	out  []byte
	max  int
	cut  int
	at   place
	body spill

	inString bool
	escaped  bool
	start    int // where the string began in out
	limit    int // bytes of this string that are kept
	full     bool
	spare    bool // the string is a lossy duplicate: leaving it out loses nothing
	spilling bool // the string goes to the body
}

func newElider(max int, open func() (crawler.Sink, error)) *elider {
	return &elider{max: max, body: spill{open: open}}
}

// end returns what became of the message.
func (e *elider) end() message {
	body, lost, err := e.body.end(e.at.entries)
	return message{json: e.out, cut: e.cut + lost, body: body, bodyErr: err}
}

func (e *elider) write(b []byte) {
	for len(b) > 0 {
		if e.inString {
			b = b[e.string(b):]
		} else {
			b = b[e.between(b):]
		}
	}
}

// between copies what stands between two strings and the quote that begins the second, and returns how many bytes of b
// it took.
func (e *elider) between(b []byte) int {
	i := bytes.IndexByte(b, '"')
	if i < 0 {
		i = len(b)
	}
	e.out = append(e.out, b[:i]...)
	e.at.follow(b[:i])
	if i == len(b) {
		return i
	}
	e.limit = max(e.max-len(e.out), 1<<10)
	if e.spare = e.at.postData(); e.spare {
		e.limit = min(e.limit, mangled)
	}
	e.spilling = e.body.open != nil && e.at.entryBytes()
	e.out = append(e.out, '"')
	e.inString, e.escaped, e.full, e.start = true, false, false, len(e.out)
	return i + 1
}

// string copies or cuts a piece of a string's inside, and returns how many bytes of b it took.
func (e *elider) string(b []byte) int {
	if e.full || e.spilling {
		return e.pass(b)
	}
	if e.escaped {
		e.escaped = false
		e.keep(b[:1])
		return 1
	}
	i := bytes.IndexAny(b, `"\`)
	if i < 0 {
		e.keep(b)
		return len(b)
	}
	e.keep(b[:i])
	if b[i] == '"' {
		e.endString()
		return i + 1
	}
	// An escape is kept whole or not at all; \uXXXX is one backslash and five plain bytes, so the cut must not fall into it.
	if len(e.out)-e.start+6 > e.limit {
		e.fill()
	}
	e.keep(b[i : i+1])
	e.escaped = true
	return i + 1
}

// pass is string for one of which nothing is copied: it looks for the quote that ends it and for nothing else, which is
// many times faster. The browser writes an upload that is no text as a hundred million escapes, and until they are read the
// page seems to stand still.
func (e *elider) pass(b []byte) int {
	n := bytes.IndexByte(b, '"')
	ends := n >= 0
	if !ends {
		n = len(b)
	}
	slashes := n - len(bytes.TrimRight(b[:n], `\`))
	escaped := slashes%2 == 1
	if slashes == n && e.escaped {
		escaped = !escaped
	}
	e.escaped = escaped && !ends
	switch {
	case ends && escaped:
		n++
		e.keep(b[:n])
		return n
	case ends:
		e.keep(b[:n])
		e.endString()
		return n + 1
	}
	e.keep(b)
	return n
}

func (e *elider) endString() {
	if e.spilling {
		e.body.endEntry()
	}
	e.at.last = e.out[e.start:]
	e.inString, e.spilling = false, false
	e.out = append(e.out, '"')
}

func (e *elider) keep(b []byte) {
	switch {
	case e.spilling:
		e.body.text(b)
		return
	case e.full:
		e.lose(len(b))
		return
	}
	room := e.limit + 16 - (len(e.out) - e.start) // 16: an escape that was begun may end
	if len(b) <= room {
		e.out = append(e.out, b...)
		return
	}
	n := max(0, e.limit-(len(e.out)-e.start))
	for n > 0 && n < len(b) && b[n]&0xC0 == 0x80 { // not inside a rune
		n--
	}
	e.out = append(e.out, b[:n]...)
	e.lose(len(b) - n)
	e.fill()
}

// fill ends what is kept of a string.
func (e *elider) fill() {
	e.full = true
	if e.spare {
		e.out = e.out[:e.start]
	}
}

func (e *elider) lose(n int) {
	if !e.spare {
		e.cut += n
	}
}

// entryPath is what an entry of a request's body lies in, from the outside: the name of each object or array on the way,
// empty where it has none. It is written out, and not looked for anywhere, because a page chooses the names of what it
// hands to tagscan's own scripts.
var entryPath = []string{"", "params", "request", "postDataEntries", ""}

const requestDepth = 3 // of entryPath is the request itself

// place is where in a message the elider is, as far as it takes to know members of the request from any others.
type place struct {
	depth   int    // open brackets
	matched int    // how many of them, from the outside, are entryPath
	last    []byte // the string before
	key     []byte // name of the value that comes; nil in an array
	entries int    // of the body, so far
}

// follow goes over what stands between two strings.
func (p *place) follow(b []byte) {
	for _, c := range b {
		switch c {
		case ':':
			p.key = p.last
		case ',':
			p.key = nil
		case '{', '[':
			p.enter()
		case '}', ']':
			p.key = nil
			p.matched = min(p.matched, max(p.depth-1, 0))
			p.depth = max(p.depth-1, 0)
		}
	}
}

func (p *place) enter() {
	if p.depth < len(entryPath) && p.at(p.depth, entryPath[p.depth]) {
		p.matched++
		if p.matched == len(entryPath) {
			p.entries++
		}
	}
	p.key = nil
	p.depth++
}

// postData reports whether the next value is the request's postData.
func (p *place) postData() bool {
	return p.at(requestDepth, "postData")
}

// entryBytes reports whether the next value is the bytes of an entry of the body.
func (p *place) entryBytes() bool {
	return p.at(len(entryPath), "bytes")
}

// at reports whether the next value lies on entryPath, so deep, and has the name; empty: none.
func (p *place) at(depth int, name string) bool {
	return p.depth == depth && p.matched == depth && string(p.key) == name && (p.key == nil) == (name == "")
}
