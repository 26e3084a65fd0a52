package decode

import (
	"math/bits"
	"slices"
	"unsafe"
)

// table tells at once which decoders may open a value: one bit each, in the order of their ranks.
type table struct {
	decoders []*Decoder
	first    [256]uint64  // by first byte
	low, mid [4096]uint64 // by the classes that occur: bits 0 to 11, and 12 to 23
	someLow  [4096]uint64 // by the classes of which some must occur, in the same way: either half is enough
	someMid  [4096]uint64
	bytes    uint64     // those that look at what is no text
	min      [64]uint64 // by length, the last entry for all longer ones
}

var dispatch = makeTable(Decoders)

func makeTable(all []*Decoder) (t table) {
	t.decoders = slices.Clone(all)
	slices.SortStableFunc(t.decoders, func(a, b *Decoder) int { return a.Rank - b.Rank })
	for n, d := range t.decoders {
		bit := uint64(1) << n
		if d.Gate.Bytes {
			t.bytes |= bit
		}
		for c := range t.first {
			if d.Gate.First == "" || containsByte(d.Gate.First, byte(c)) {
				t.first[c] |= bit
			}
		}
		for l := range t.min {
			if l >= d.Gate.Min || l == len(t.min)-1 {
				t.min[l] |= bit
			}
		}
		for m := range Class(len(t.low)) {
			if fits(d.Gate, m, 1<<12-1) {
				t.low[m] |= bit
			}
			if fits(d.Gate, m<<12, (1<<12-1)<<12) {
				t.mid[m] |= bit
			}
			if d.Gate.Some == 0 || d.Gate.Some&m != 0 {
				t.someLow[m] |= bit
			}
			if d.Gate.Some&(m<<12) != 0 {
				t.someMid[m] |= bit
			}
		}
	}
	return t
}

func containsByte(s string, c byte) bool {
	for i := range len(s) {
		if s[i] == c {
			return true
		}
	}
	return false
}

// fits reports whether a value with the classes m, of those in part, may pass the gate.
func fits(g Gate, m, part Class) bool {
	return (g.Chars == 0 || m&^g.Chars == 0) && g.Needs&part&^m == 0
}

// candidates returns the decoders whose gates s passes but for their tests.
func (t *table) candidates(s string, m Class) uint64 {
	low, mid := m&(1<<12-1), m>>12&(1<<12-1)
	return t.first[s[0]] & t.low[low] & t.mid[mid] & (t.someLow[low] | t.someMid[mid]) & t.min[min(len(s), len(t.min)-1)]
}

// run opens every field, and what comes out of it, breadth first: if a budget ends it, the shallow fields are there.
func (t *Tree) run() {
	defer t.leave()
	for i := 0; i < len(t.Fields); i++ {
		if t.Fields[i].state == 0 && t.Fields[i].Kind != Number {
			t.open(i)
		}
	}
}

// open decodes one field by the first decoder that makes sense of it, and reports whether one did.
func (t *Tree) open(i int) bool {
	f := &t.Fields[i]
	f.state |= seen
	if len(f.Value) < 4 {
		return false
	}
	s := f.Value
	m := shape(s)
	switch {
	case m&^(Digits|Dot|Dash|Plus) == 0 && len(s) < 20: // a number or a date
		return false
	case len(s) == 36 && m&^(Hex|Dash) == 0 && s[8] == '-' && s[23] == '-': // a UUID
		return false
	}
	cand := t.table.candidates(s, m)
	if m&(Control|High) != 0 && binary(s) {
		if f.Kind == Text {
			f.Kind = Binary
		}
		if media(s) {
			return false
		}
		cand &= t.table.bytes
	}
	if cand == 0 {
		return false
	}
	if !t.work(opening + len(s)*(1+bits.OnesCount64(cand))) {
		if len(s) >= minHiding {
			t.missed(CutWork)
		}
		return t.opened(i, false)
	}
	repeated := len(s) >= 48
	if repeated {
		if j, ok := t.memo[s]; ok && t.again(i, int(j)) {
			return true
		}
	}
	v := t.vainly(i, s)
	if v.known() {
		return false
	}
	for ; cand != 0; cand &= cand - 1 {
		d := t.table.decoders[bits.TrailingZeros64(cand)]
		if len(s) < d.Gate.Min || d.Gate.Test != nil && !d.Gate.Test(s) {
			continue
		}
		if t.try(i, d, s) {
			if repeated && t.Fields[i].Inner {
				t.remember(s, i)
			}
			return t.opened(i, true)
		}
		if t.Fields[i].state&barred != 0 {
			break
		}
	}
	v.keep()
	return t.opened(i, false)
}

const (
	opening   = 256 // work of opening a value, besides that for its bytes
	minHiding = 12  // bytes of a value that may hide another one
)

// opened ends the opening of a field. What it was kept from is told where no other field is being opened.
func (t *Tree) opened(i int, ok bool) bool {
	if t.depth == 0 {
		t.tellMissed(i)
	}
	return ok
}

// vain is an attempt at a text that nothing may come out of. Small ones are remembered with what they cost, and cost the
// same if they are not made again: so a memory changes no tree.
type vain struct {
	t     *Tree
	small bool
	key   uint64 // 0: the memory is not asked
	about uint32
	cuts  int
	spent spent
}

// A small attempt stays below these.
const (
	smallOutput = 1 << 10
	smallWork   = 16 << maxCost
	smallFields = 64
)

func (t *Tree) vainly(i int, s string) vain {
	f := &t.Fields[i]
	v := vain{t: t, cuts: len(t.Cut), spent: t.spent}
	v.small = t.depth == 0 && len(s) <= maxMemory && len(f.Chain) <= t.opt.Budget.Depth/2
	if v.small && t.opt.Memory != nil && t.roomy() {
		v.key = t.opt.Memory.Key(s)
		if len(f.Chain) > 0 { // decoders ask what a value came out of
			v.about = uint32(t.opt.Memory.Key(f.Chain[len(f.Chain)-1]))
		}
	}
	return v
}

// roomy reports whether no budget can end a small attempt.
func (t *Tree) roomy() bool {
	output, _ := t.mayOutput()
	return output > smallOutput && t.left.nodes-len(t.Fields) > smallFields && t.spent.paths+smallFields*4*maxMemory < maxPaths &&
		(t.opt.Budget.Work <= 0 || t.left.work-t.spent.work > smallWork)
}

// known reports whether it is remembered that no decoder opens the text, which costs what it cost to see it.
func (v *vain) known() bool {
	cost, ok := v.t.opt.Memory.costOf(v.key, v.about)
	if ok {
		v.t.spent.work += cost.work()
	}
	return ok
}

// keep ends an attempt that was in vain.
func (v *vain) keep() {
	t := v.t
	work := t.spent.work - v.spent.work
	if !v.small || len(t.Cut) != v.cuts || t.miss.kind != "" || work >= smallWork ||
		t.spent.output-v.spent.output >= smallOutput || t.spent.fields-v.spent.fields >= smallFields {
		return
	}
	cost := classOfCost(work)
	t.spent = v.spent
	t.spent.work += cost.work()
	t.opt.Memory.keepCost(v.key, v.about, cost)
}

// remember notes what a field was opened to, for others of the same value.
func (t *Tree) remember(s string, i int) {
	if t.memo == nil {
		t.memo = make(map[string]int32)
	}
	t.memo[s] = int32(i)
}

// try lets one decoder have its go; what it emitted is taken back if it fails.
func (t *Tree) try(i int, d *Decoder, s string) bool {
	n, cuts, left, paths, missed := len(t.Fields), len(t.Cut), t.left, t.spent.paths, t.miss
	bar := t.bar(i)
	if bar == CutNodes {
		t.left.nodes = n + smallFields // to see whether it opens
	}
	o := t.enter(i, d)
	ok := d.Decode(o, s) && len(t.Fields) > n && (len(t.Fields) > n+1 || t.Fields[n].Value != s)
	whole := !o.full && !o.partial
	t.depth--
	if !ok || bar != "" {
		t.Fields, t.Cut, t.left, t.spent.paths = t.Fields[:n], t.Cut[:cuts], left, paths
		switch {
		case ok:
			t.miss = miss{kind: bar}
			t.Fields[i].state |= barred
		case t.miss.inside: // it was not what the decoder took it for
			t.miss = missed
		}
		return false
	}
	f := &t.Fields[i]
	f.Inner = whole
	f.first, f.count = int32(n), int32(t.children(i, n))
	return true
}

// bar is the budget that keeps what comes out of a field from being taken, "" if none does. A decoder is tried all the
// same: what nothing opens hides nothing.
func (t *Tree) bar(i int) CutKind {
	switch {
	case len(t.Fields[i].Chain) >= t.opt.Budget.Depth:
		return CutDepth
	case len(t.Fields) >= t.left.nodes && t.depth == 0:
		return CutNodes
	}
	return ""
}

// children counts the fields from n on that belong to i: the first ones, because what was opened out of them comes later.
func (t *Tree) children(i, n int) (count int) {
	for _, f := range t.Fields[n:] {
		if f.Parent == i {
			count++
		}
	}
	return count
}

// again gives field i the fields that came out of field j, which has the same value.
func (t *Tree) again(i, j int) bool {
	if j >= len(t.Fields) || j == i || !t.Fields[j].Inner || t.Fields[j].Value != t.Fields[i].Value {
		return false
	}
	from, to := t.Children(j)
	added := len(t.Fields[from].Chain) - len(t.Fields[j].Chain)
	if to > len(t.Fields) || added <= 0 || len(t.Fields[i].Chain)+added > t.opt.Budget.Depth {
		return false
	}
	n := len(t.Fields)
	t.spent.fields += smallFields // an attempt that asked what this tree holds is not remembered for others
	for k := from; k < to; k++ {
		f, old, of := t.Fields[k], &t.Fields[j], &t.Fields[i]
		if f.Parent != j || n+to-from > t.left.nodes {
			t.Fields = t.Fields[:n]
			return false
		}
		f.Where, f.Parent, f.Inner, f.first, f.count, f.state = of.Where, i, false, 0, 0, f.state&closed
		f.Path = t.join(of.Path, f.Path[len(old.Path):])
		t.spent.paths += len(f.Path)
		f.Key = f.Path[len(f.Path)-min(len(f.Key), len(f.Path)):]
		chain := of.Chain
		for _, name := range f.Chain[len(old.Chain):] {
			chain = t.chain(chain, name)
		}
		f.Chain = chain
		t.Fields = append(t.Fields, f)
	}
	t.Fields[i].Inner, t.Fields[i].first, t.Fields[i].count = true, int32(n), int32(len(t.Fields)-n)
	return true
}

// interesting asks the caller.
func (t *Tree) interesting(s string) bool {
	return t.opt.Interesting != nil && len(s) > 0 && t.opt.Interesting(unsafe.Slice(unsafe.StringData(s), len(s)))
}

// root adds a part of the request.
func (t *Tree) root(where Where, path, key, value string) *Field {
	value = value[:t.capped(where, path, len(value))]
	t.spent.input += int64(len(value))
	t.left.nodes++
	t.earn(len(value))
	t.Fields = append(t.Fields, Field{Where: where, Path: path, Key: key, Value: value, Parent: -1})
	return &t.Fields[len(t.Fields)-1]
}

const chunk = 4 << 10 // bytes, and words, taken from the allocator at once

// keep returns b as a string in memory that is never used again.
func (t *Tree) keep(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if len(b) > len(t.text) {
		if len(b) > chunk/4 {
			return string(b)
		}
		t.text = make([]byte, chunk)
	}
	n := copy(t.text, b)
	s := unsafe.String(&t.text[0], n)
	t.text = t.text[n:]
	return s
}

// join returns a+b.
func (t *Tree) join(a, b string) string {
	if b == "" {
		return a
	}
	n := len(a) + len(b)
	if n > len(t.text) {
		if n > chunk/4 {
			return a + b
		}
		t.text = make([]byte, chunk)
	}
	copy(t.text, a)
	copy(t.text[len(a):], b)
	s := unsafe.String(&t.text[0], n)
	t.text = t.text[n:]
	return s
}

// chainOf remembers a chain that was made by adding a name to another.
type chainOf struct {
	from *string
	n    int
	name string
	made []string
}

// chain returns the chain with the name added. Equal ones share memory.
func (t *Tree) chain(c []string, name string) []string {
	from := unsafe.SliceData(c)
	if len(c) == 0 {
		from = nil
	}
	for k := len(t.chains) - 1; k >= max(0, len(t.chains)-12); k-- {
		if e := &t.chains[k]; e.n == len(c) && e.from == from && e.name == name {
			return e.made
		}
	}
	n := len(c) + 1
	if n > len(t.words) {
		t.words = make([]string, 64+n)
	}
	made := t.words[:n:n]
	t.words = t.words[n:]
	copy(made, c)
	made[n-1] = name
	t.chains = append(t.chains, chainOf{from, len(c), name, made})
	return made
}
