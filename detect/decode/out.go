package decode

import (
	"strconv"
	"strings"
)

// Out takes what a decoder makes of its input.
type Out struct {
	t       *Tree
	parent  int
	d       *Decoder
	chain   []string
	path    []byte // of the place that is written to; empty: that of the parent
	key     int    // length of the last name in path; 0: it ends in an index
	partial bool   // what was given does not hold all of the input, which stays a leaf
	full    bool   // the budget is used up: nothing more is taken
}

// enter takes an Out from the stack.
func (t *Tree) enter(i int, d *Decoder) *Out {
	if t.depth == len(t.outs) {
		t.outs = append(t.outs, new(Out))
	}
	o := t.outs[t.depth]
	t.depth++
	f := &t.Fields[i]
	o.t, o.parent, o.d, o.full, o.partial = t, i, d, false, false
	o.chain = nil
	o.path, o.key = o.path[:0], len(f.Key)
	return o
}

// Text gives the whole input unwrapped: it stays at the same place.
func (o *Out) Text(v string) { o.add(v, Text) }

// Add gives a value at the place that was gone to.
func (o *Out) add(v string, k Kind) *Field {
	t := o.t
	t.spent.fields++
	if len(t.Fields) >= t.left.nodes || t.spent.paths > maxPaths {
		o.full = true
		t.missed(CutNodes)
		return nil
	}
	if o.chain == nil {
		o.chain = t.chain(t.Fields[o.parent].Chain, o.d.Name)
	}
	p := &t.Fields[o.parent]
	path := p.Path
	if len(o.path) > len(path) {
		path = t.keep(o.path)
		t.spent.paths += len(path)
	}
	t.Fields = append(t.Fields, Field{
		Where: p.Where, Path: path, Key: path[len(path)-o.key:], Chain: o.chain, Value: v, Kind: k, Parent: o.parent,
	})
	return &t.Fields[len(t.Fields)-1]
}

// Field gives a value by its name, below the place that was gone to.
func (o *Out) Field(name, v string, k Kind) *Field {
	at, key := o.Name(name)
	f := o.add(v, k)
	o.Back(at, key)
	return f
}

// Item gives a value by its index, below the place that was gone to.
func (o *Out) Item(i int, v string, k Kind) *Field {
	at, key := o.Index(i)
	f := o.add(v, k)
	o.Back(at, key)
	return f
}

// start writes the parent's path, before something is added to it.
func (o *Out) start() {
	if len(o.path) == 0 && o.t != nil {
		o.path = append(o.path, o.t.Fields[o.parent].Path...)
	}
}

// maxName is how many bytes of a name are kept in paths, which every field below repeats. The text that it was read from
// has it whole.
const maxName = 256

// Name goes to a name below the current place. Back returns with the two numbers. Dots in a name that is an e-mail
// address are written %2E, so that the address can be told from the names around it, and masked.
func (o *Out) Name(name string) (at, key int) {
	o.start()
	if len(name) > maxName {
		name = strings.ToValidUTF8(name[:maxName], "") + "…"
	}
	if strings.IndexByte(name, '@') > 0 {
		name = strings.ReplaceAll(name, ".", "%2E")
	}
	at, key = len(o.path), o.key
	o.path = append(o.path, '.')
	o.path = append(o.path, name...)
	o.key = len(name)
	return at, key
}

// Index goes to an index below the current place. Back returns with the two numbers.
func (o *Out) Index(i int) (at, key int) {
	o.start()
	at, key = len(o.path), o.key
	o.path = append(o.path, '[')
	o.path = strconv.AppendInt(o.path, int64(i), 10)
	o.path = append(o.path, ']')
	o.key = 0
	return at, key
}

// Back returns to a place.
func (o *Out) Back(at, key int) { o.path, o.key = o.path[:at], key }

// Undone gives what an encoding held, if it makes sense: it is readable, or something known is in it, or a further
// decoder opens it. It reports whether it did.
func (o *Out) Undone(v string) bool {
	if len(v) == 0 {
		return false
	}
	if readable(v) && (len(v) >= 12 || clearText(v) && shape(v)&High == 0) {
		o.add(v, Text)
		return true
	}
	return o.Known(v) || o.Opens(v)
}

// Known gives what an encoding held if something known is in it, and reports whether it is.
func (o *Out) Known(v string) bool {
	if !printable(v, 4) || !o.t.interesting(v) {
		return false
	}
	o.add(v, Text)
	return true
}

// guess reports whether the input is what another decoder made, and nothing but being opened would confirm.
func (o *Out) guess() bool { return o.t.guesses > 0 }

// Opens gives what an encoding held if a further decoder opens it, and reports whether one does.
func (o *Out) Opens(v string) bool {
	n, paths := len(o.t.Fields), o.t.spent.paths
	f := o.add(v, Binary)
	if f == nil {
		return false
	}
	if o.d.Name != "percent" { // nobody writes %XX by accident
		o.t.guesses++
		defer func() { o.t.guesses-- }()
	}
	if o.t.depth >= o.t.opt.Budget.Depth {
		o.t.missed(CutDepth)
	} else if o.t.open(n) {
		return true
	}
	o.t.Fields, o.t.spent.paths = o.t.Fields[:n], paths
	return false
}

// chainOf returns the chain of what is being decoded.
func (o *Out) chainOf() []string { return o.t.Fields[o.parent].Chain }
