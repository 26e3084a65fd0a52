package decode

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestEveryDecoderProvesItself(t *testing.T) {
	names := map[string]bool{}
	for _, d := range Decoders {
		t.Run(d.Name, func(t *testing.T) {
			assert.False(t, names[d.Name], "the name is taken")
			names[d.Name] = true
			assert.NotEmpty(t, d.Doc)
			assert.NotEmpty(t, d.Kind)
			positive := false
			for _, ex := range d.Examples {
				checkExample(t, d, ex)
				positive = positive || !ex.Noise
			}
			assert.True(t, positive, "a decoder needs an example that it opens")
		})
	}
}

func checkExample(t *testing.T, d *Decoder, ex Example) {
	t.Helper()
	tree := openExample(ex)
	if ex.Noise {
		for _, f := range tree.Fields {
			assert.NotContains(t, f.Chain, d.Name, "%q was opened to %q", ex.In, f.Value)
		}
		return
	}
	for _, f := range tree.Fields {
		if f.Path == "body"+ex.Path && f.Value == ex.Want && slices.Contains(f.Chain, d.Name) {
			return
		}
	}
	t.Errorf("%q: no field body%s = %q through %s in\n%s", ex.In, ex.Path, ex.Want, d.Name, show(tree))
}

func openExample(ex Example) *Tree {
	opt := Options{}
	if ex.Known != "" {
		opt.Interesting = func(b []byte) bool { return strings.Contains(string(b), ex.Known) }
	}
	return opt.Bytes(BodyIn, "body", []byte(ex.In))
}

// show writes a tree for a person.
func show(t *Tree) string {
	var b strings.Builder
	for i, f := range t.Fields {
		b.WriteString(strings.Join([]string{f.Path, strings.Join(f.Chain, ">"), strings.ToValidUTF8(f.Value[:min(len(f.Value), 120)], "·")}, "\t"))
		if f.Inner {
			b.WriteString("\t(inner)")
		}
		b.WriteString("\n")
		if i > 60 {
			b.WriteString("…\n")
			break
		}
	}
	for _, c := range t.Cut {
		fmt.Fprintf(&b, "cut: %+v\n", c)
	}
	return b.String()
}
