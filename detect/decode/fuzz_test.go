package decode

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// checkTree asserts what holds of every tree.
func checkTree(t *testing.T, tree *Tree, b Budget, size int) {
	t.Helper()
	require.LessOrEqual(t, len(tree.Fields), b.Nodes+size/bytesPerNode+int(b.Output)/bytesPerNode+16)
	for i, f := range tree.Fields {
		require.Less(t, f.Parent, i, "a field comes after what it was decoded from")
		assert.LessOrEqual(t, len(f.Chain), b.Depth+2)
		if f.Parent < 0 {
			continue
		}
		p := tree.Fields[f.Parent]
		require.True(t, strings.HasPrefix(f.Path, p.Path), "%q is below %q", f.Path, p.Path)
		require.True(t, strings.HasSuffix(f.Path, f.Key), "%q ends in %q", f.Path, f.Key)
		require.Greater(t, len(f.Chain), len(p.Chain))
		require.True(t, slices.Equal(p.Chain, f.Chain[:len(p.Chain)]))
		require.Equal(t, p.Where, f.Where)
	}
	for _, i := range tree.Leaves() {
		require.False(t, tree.Fields[i].Inner)
	}
	for _, c := range tree.Cut {
		require.NotEmpty(t, c.Kind)
		require.Positive(t, c.Bytes)
	}
	last := -1
	for _, o := range tree.Opaque() {
		require.Greater(t, o.Field, last)
		require.GreaterOrEqual(t, len(o.Hidden), minOpaque)
		last = o.Field
	}
}

var fuzzBudget = Budget{Depth: 8, Nodes: 2000, Input: 1 << 13, Output: 1 << 20, Ratio: 100, Work: 1 << 24}

func FuzzBytes(f *testing.F) {
	for _, d := range Decoders {
		for _, ex := range d.Examples {
			f.Add([]byte(ex.In))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<14 {
			return
		}
		tree := Bytes(BodyIn, "body", data, fuzzBudget)
		checkTree(t, tree, fuzzBudget, len(data))
		tree.Release()
	})
}

// FuzzDecoder gives every decoder data that its gate would keep away, too.
func FuzzDecoder(f *testing.F) {
	for i, d := range Decoders {
		for _, ex := range d.Examples {
			f.Add(uint8(i), ex.In)
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, s string) {
		d := Decoders[int(which)%len(Decoders)]
		if len(s) > 1<<14 || len(s) < max(d.Gate.Min, 4) {
			return
		}
		if d.Gate.Test != nil && !d.Gate.Test(s) {
			return
		}
		tree := Options{Budget: fuzzBudget, Interesting: func(b []byte) bool { return len(b) == 7 }}.tree()
		tree.root(BodyIn, "body", "", s)
		tree.try(0, d, s)
		tree.run()
		checkTree(t, tree, fuzzBudget, len(s))
		tree.Release()
	})
}
