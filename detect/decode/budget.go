package decode

import (
	"cmp"
	"math"
	"slices"
	"unsafe"
)

// Budget bounds the work on one request, so that a decompression bomb costs nothing. It counts what is done and knows no
// clock: the same request gives the same tree on any machine under any load. What it ends is named in Tree.Cut.
type Budget struct {
	Depth  int   // decoders in a chain
	Nodes  int   // fields, besides one for every bytesPerNode of input and of decompressed output; never more than maxNodes
	Input  int64 // bytes of a part of the request (a body, a message, a parameter) that are looked at; 0: no limit
	Output int64 // bytes decompressed in all
	Ratio  int64 // bytes decompressed in all per byte of the request, beyond the first megabyte
	Work   int64 // bytes that decoders look at, besides workPerByte for every byte of input and of decompressed output; 0: no limit
}

// DefaultBudget opens what real requests hold. The deepest chain of a known SDK has 7 decoders, and whoever hides a value by
// base64 in JSON makes it a third longer with each layer: 20 of them, a thousandfold, are 40 decoders. Session replays reach
// 40 to 1 in compression. 8 MB are four times the largest body that Chrome hands over; a HAR may hold any. The work is some
// two seconds of a core; the most that was seen in 20,000 requests of public HARs is a thirtieth.
var DefaultBudget = Budget{Depth: 40, Nodes: 3000, Input: 32 << 20, Output: 8 << 20, Ratio: 200, Work: 1 << 30}

const (
	// workPerByte is the work that a byte of input or of output earns, so that a long request is opened like a short one:
	// each level of wrapping looks at a byte some ten times.
	workPerByte = 256
	// bytesPerNode are what short items of a list take: "ab",. Recordings are made of such lists.
	bytesPerNode = 4
	// maxNodes are fields of some 120 bytes each, as many as 8 MB of an ordinary body hold.
	maxNodes = 1 << 19
	// maxPaths are bytes of field paths: of a recorded page, whose nodes lie 30 deep, there are some 400 a field.
	maxPaths = 48 << 20
)

// CutKind says what ended decoding early.
type CutKind string

const (
	CutDepth CutKind = "depth" // too many wrappings around each other
	CutNodes CutKind = "nodes" // too many fields
	CutSize  CutKind = "size"  // too many bytes, of one part of the request or decompressed
	CutRatio CutKind = "ratio" // it grows too much by decompression
	CutWork  CutKind = "work"  // too much work
	CutBody  CutKind = "body"  // the bytes were not to be had
)

// Cut is a place where decoding ended early, and something could be hidden: what no decoder would have opened is none, nor
// is a picture.
type Cut struct {
	Kind  CutKind
	Where Where
	Path  string // of the field that stayed closed, or was opened in part
	Bytes int64  // of it that were not looked into, or of its compressed form; 0 if it is not known
}

// maxCuts bounds the list of cuts; what is cut beyond it is added to the last one of its kind.
const maxCuts = 32

// limits are what a tree may use up. They grow with what it is made from.
type limits struct {
	nodes int
	work  int64
}

// spent is what a tree has used up.
type spent struct {
	input  int64 // bytes of the request
	output int64 // bytes that were decompressed
	work   int64 // bytes that decoders looked at
	paths  int   // bytes of paths
	fields int   // that were added, those that were taken back included
}

// miss is what a field was kept from while it was opened.
type miss struct {
	kind   CutKind // "": nothing
	left   int64   // bytes of it that were not looked into; 0: all
	inside bool    // of what a decoder made of it: nothing if the decoder fails
}

// Held is about how many bytes of memory the tree holds until it is released.
func (t *Tree) Held() int64 {
	return t.spent.input + t.spent.output + int64(t.spent.paths) + int64(cap(t.Fields))*int64(unsafe.Sizeof(Field{}))
}

// earn raises the limits by what n bytes are worth.
func (t *Tree) earn(n int) {
	t.left.nodes = min(t.left.nodes+n/bytesPerNode, max(maxNodes, t.opt.Budget.Nodes))
	t.left.work += workPerByte * int64(n)
}

// work notes that n bytes were looked at, and reports whether there is work left.
func (t *Tree) work(n int) bool {
	t.spent.work += int64(n)
	return !t.tired()
}

func (t *Tree) tired() bool { return t.opt.Budget.Work > 0 && t.spent.work > t.left.work }

// mayOutput is how many bytes may still be decompressed, and what ends it there.
func (t *Tree) mayOutput() (limit int64, why CutKind) {
	limit, why = t.opt.Budget.Output, CutSize
	if byRatio := max(freeOutput, t.opt.Budget.Ratio*t.spent.input); byRatio < limit {
		limit, why = byRatio, CutRatio
	}
	return max(0, limit-t.spent.output), why
}

// cut notes that something ended early in a field.
func (t *Tree) cut(kind CutKind, where Where, path string, left int64) {
	if len(t.Cut) < maxCuts {
		t.Cut = append(t.Cut, Cut{kind, where, path, left})
		return
	}
	for i := range slices.Backward(t.Cut) {
		if t.Cut[i].Kind == kind {
			t.Cut[i].Bytes += left
			return
		}
	}
	t.Cut = append(t.Cut, Cut{kind, where, path, left})
}

// missed notes that the field that is being opened was kept from something; the first thing counts.
func (t *Tree) missed(kind CutKind) {
	if t.miss.kind == "" {
		t.miss.kind = kind
	}
}

// missed notes that the last bytes of the input were not looked into.
func (o *Out) missed(kind CutKind, left int) {
	if o.t.miss.kind == "" {
		o.t.miss = miss{kind, int64(left), true}
	}
}

// unread says how many bytes of the input are left, if there was no room for what is in them.
func (o *Out) unread(left int) {
	if o.full && o.t.miss == (miss{kind: CutNodes}) {
		o.t.miss.left = int64(left)
	}
}

// tellMissed notes a cut if the field was kept from something.
func (t *Tree) tellMissed(i int) {
	if t.miss.kind != "" {
		f := &t.Fields[i]
		t.cut(t.miss.kind, f.Where, f.Path, cmp.Or(t.miss.left, int64(len(f.Value))))
	}
	t.miss = miss{}
}

// capped is how many of the n bytes of a part of the request are looked at.
func (t *Tree) capped(where Where, path string, n int) int {
	limit := cmp.Or(t.opt.Budget.Input, math.MaxInt64)
	if int64(n) <= limit {
		return n
	}
	t.cut(CutSize, where, path, int64(n)-limit)
	return int(limit)
}
