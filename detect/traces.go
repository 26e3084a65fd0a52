package detect

import (
	"github.com/tagscan/tagscan/crawler/web"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/rule"
)

// traces are what the requests of a run hold, as keys of 32 bits (see rule.Traces): enough to know which ones to look at
// again for a value that was learned later, and too little to keep anybody's data.
type traces struct {
	keys []uint32
	ends []trace
}

// trace says where in the keys those of a request end.
type trace struct {
	request requestRef
	end     int
}

// requestRef names a request of one of several captures.
type requestRef struct {
	capture int
	seq     int64
}

const (
	// maxTraces bounds the keys of a run to 16 MB, those of some 60,000 requests. When they are full, what was learned until
	// then is looked for in all that comes, and what is learned later in nothing that came.
	maxTraces = 4 << 20
	// maxInner is the length in bytes of a text that something was decoded out of and that leaves traces of its own: a digest.
	maxInner = 256
)

// full reports whether no more requests can be remembered.
func (t *traces) full() bool { return len(t.keys) >= maxTraces }

// keep remembers the traces of a request.
func (t *traces) keep(key requestRef, left []uint32) {
	t.keys = append(t.keys, left...)
	t.ends = append(t.ends, trace{key, len(t.keys)})
}

// with returns the requests that left one of the traces.
func (t *traces) with(wanted map[uint32]bool) map[requestRef]bool {
	if len(wanted) == 0 {
		return nil
	}
	var some [1 << 10]uint64 // of 16 bits of the wanted keys: most others end here
	for k := range wanted {
		some[k>>6&1023] |= 1 << (k & 63)
	}
	out := map[requestRef]bool{}
	from := 0
	for _, e := range t.ends {
		for _, k := range t.keys[from:e.end] {
			if some[k>>6&1023]&(1<<(k&63)) != 0 && wanted[k] {
				out[e.request] = true
				break
			}
		}
		from = e.end
	}
	return out
}

// sentAnyway reports a header that every browser sends with every request, and that tells of the visitor what contact does.
func sentAnyway(f *decode.Field) bool {
	if f.Where != decode.Header {
		return false
	}
	name := headerName(f.Path)
	return name != "referer" && web.OrdinaryHeader(name)
}

// tracesOf are the traces that the fields of a tree leave.
func tracesOf(t *decode.Tree, out []uint32) []uint32 {
	yield := func(k uint32) { out = append(out, k) }
	for i := range t.Fields {
		f := &t.Fields[i]
		if f.Kind == decode.Binary || f.Inner && len(f.Value) > maxInner || sentAnyway(f) {
			continue
		}
		rule.Traces(f.Value, yield)
	}
	return out
}
