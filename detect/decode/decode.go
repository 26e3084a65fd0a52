// Package decode opens what a request carries: it makes a tree of fields out of URL path, query, headers, cookies,
// referer, body and socket messages, and undoes every wrapping it knows, in any order and nesting, within a budget. It
// sniffs by content, never by content type. It does not know what a field means: that is for packages rule and recipient.
//
// A wrapping is a Decoder: a value with a cheap Gate, a function, and examples that prove it. The list is generated. A
// decoder's result is kept only if it makes sense: it parses as a structure, or it reads as text, or a caller's
// Interesting finds something known in it. So noise stays noise.
package decode

import (
	"sync"
	"unsafe"

	"github.com/tagscan/tagscan/crawler"
)

// Where is the part of a request a field was found in.
type Where string

const (
	Query  Where = "query"
	Path   Where = "path"
	Header Where = "header"
	Cookie Where = "cookie"
	BodyIn Where = "body"
	Frame  Where = "frame" // WebSocket message sent
)

// Field is one decoded value and the way to it. Fields form a tree by Parent: a field that something was decoded out of
// stays in the tree as an inner field, so that rules can look at every level.
//
// Path names a place, Chain what was undone to read it. The parts of a request (a query parameter, a path segment, a
// header, a cookie) are roots with an empty Chain; "percent" and "plus" are in a Chain only if something was encoded that
// way. A nested URL adds .path[i], .query.name and .fragment; a JWT adds .header and .payload; a name is kept as it was
// sent, dots and brackets included ("query.udff[em]").
type Field struct {
	Where  Where
	Path   string   // from Where inwards, in JSONPath-like dots: "body.data[0].properties.$email", "query.cid", "path[2]", "header.x-user", "cookie._ga", "frame[3].user.id"
	Key    string   // last name of Path: "$email"; "" for an index
	Chain  []string // names of the decoders that led here, outside in: form, base64, json. Shared between fields: never change it
	Value  string   // the bytes at this place, after Chain
	Kind   Kind
	Parent int  // index in Tree.Fields of what this was decoded from; -1 for a root
	Inner  bool // further fields were decoded out of this one, and they hold all of it

	first, count int32 // the fields that were decoded out of this one
	state        state
}

type state uint8

const (
	seen   state = 1 << iota // open was tried
	closed                   // not to be opened: a header that never wraps anything
	barred                   // a decoder opens it, and a budget did not let it
)

// Kind is the type of a value where the wrapping knows types.
type Kind uint8

const (
	Text Kind = iota
	Number
	Bool
	Null
	Binary // not text
)

// Tree is everything that was decoded out of one request.
type Tree struct {
	Fields []Field
	Cut    []Cut // what was not opened to the end; empty: all was

	opt   Options
	table *table
	spent spent
	left  limits
	miss  miss // what the field that is being opened was kept from

	text    []byte   // what is left of the current chunk for paths and unescaped text
	words   []string // what is left of the current chunk for chains
	guesses int      // nested decodings that are not accepted yet
	depth   int      // of outs in use
	*workspace
}

// workspace is what a tree needs only while it is made.
type workspace struct {
	chains  []chainOf
	outs    []*Out
	memo    map[string]int32
	codecs  codecs
	scratch []byte // for what is being decoded
	turned  []byte // for what is tried on it
}

// leave gives the workspace back. What an unusual request made grow is not kept.
func (t *Tree) leave() {
	w := t.workspace
	t.workspace = nil
	if len(w.memo) > maxKeptItems {
		w.memo = nil
	}
	clear(w.memo)
	clear(w.chains)
	w.outs = w.outs[:min(len(w.outs), maxKeptOuts)]
	for _, o := range w.outs {
		*o = Out{path: fewer(o.path)}
	}
	w.codecs.shrink()
	w.chains, w.scratch, w.turned = fewer(w.chains), fewer(w.scratch), fewer(w.turned)
	workspaces.Put(w)
}

// Leaves returns the indexes of the fields that nothing more was decoded out of.
func (t *Tree) Leaves() []int {
	leaves := make([]int, 0, len(t.Fields))
	for i := range t.Fields {
		if !t.Fields[i].Inner {
			leaves = append(leaves, i)
		}
	}
	return leaves
}

// Children returns the range [from, to) of the fields that were decoded directly out of field i.
func (t *Tree) Children(i int) (from, to int) {
	f := &t.Fields[i]
	return int(f.first), int(f.first + f.count)
}

// Release gives the tree's memory back for another tree. The tree and its Fields slice must not be used any more; copies
// of fields and their strings stay valid.
func (t *Tree) Release() {
	clear(t.Fields)
	*t = Tree{Fields: fewer(t.Fields), text: t.text, words: t.words}
	trees.Put(t)
}

var (
	trees      = sync.Pool{New: func() any { return new(Tree) }}
	workspaces = sync.Pool{New: func() any { return new(workspace) }}
)

// What is kept for another tree: an ordinary request needs less, a bomb a hundred times more.
const (
	maxKeptItems = 1 << 13 // of slices and maps
	maxKeptBytes = 1 << 18
	maxKeptOuts  = 16
)

// fewer empties a slice for its next use, or gives up one that has grown large.
func fewer[T any](s []T) []T {
	var one T
	if cap(s) > maxKeptItems && cap(s)*int(unsafe.Sizeof(one)) > maxKeptBytes {
		return nil
	}
	return s[:0]
}

// Options are the budget and what the caller knows.
type Options struct {
	Budget Budget // zero: DefaultBudget

	// Interesting reports whether the bytes hold something known, e.g. a value of a persona. It lets weak decodings
	// stand (rot13, reversed text, base64 of a short word) that would be noise without. It may be nil. It must not keep
	// or change the bytes.
	Interesting func([]byte) bool

	// Memory makes requests that resemble each other cheap. It must be a new one where Interesting is another. It may be
	// nil, and changes no result.
	Memory *Memory
}

// Request opens every part of a request. Bodies that are not inline are read from blobs, which may be nil.
func Request(r *crawler.Request, blobs crawler.Blobs, b Budget) *Tree {
	return Options{Budget: b}.Request(r, blobs)
}

// Bytes opens data as if it had been found at the path in that part of a request: Bytes(BodyIn, "body", data, b).
func Bytes(where Where, path string, data []byte, b Budget) *Tree {
	return Options{Budget: b}.Bytes(where, path, data)
}

// Request opens every part of a request. Bodies that are not inline are read from blobs, which may be nil.
func (o Options) Request(r *crawler.Request, blobs crawler.Blobs) *Tree {
	t := o.tree()
	t.request(r, blobs)
	t.run()
	return t
}

// Bytes opens data as if it had been found at the path in that part of a request.
func (o Options) Bytes(where Where, path string, data []byte) *Tree {
	t := o.tree()
	t.root(where, path, lastKey(path), string(data))
	t.run()
	return t
}

func (o Options) tree() *Tree {
	if o.Budget == (Budget{}) {
		o.Budget = DefaultBudget
	}
	t := trees.Get().(*Tree)
	t.opt, t.table, t.workspace = o, &dispatch, workspaces.Get().(*workspace)
	t.left = limits{nodes: o.Budget.Nodes, work: o.Budget.Work}
	return t
}
