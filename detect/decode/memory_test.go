package decode_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/detect/decode"
)

// A memory that has seen the same requests, in whatever nesting, gives the same trees.
func TestMemoryChangesNoTree(t *testing.T) {
	options := decode.Options{Memory: decode.NewMemory()}
	for range 2 {
		for _, d := range decode.Decoders {
			for _, x := range d.Examples {
				known := func(b []byte) bool { return x.Known != "" && strings.Contains(string(b), x.Known) }
				o := decode.Options{Interesting: known}
				if x.Known == "" {
					o.Memory = options.Memory
				}
				got := o.Bytes(decode.BodyIn, "body", []byte(x.In))
				o.Memory = nil
				want := o.Bytes(decode.BodyIn, "body", []byte(x.In))
				assert.Equal(t, values(want), values(got), "%s: %q", d.Name, x.In)
			}
		}
	}
}

func TestMemoryTellsPurposesApart(t *testing.T) {
	m := decode.NewMemory()
	key := m.Key("product_view")
	assert.False(t, m.Has(key, 1))
	m.Keep(key, 1)
	assert.True(t, m.Has(key, 1))
	assert.False(t, m.Has(key, 2))
	assert.False(t, m.Has(m.Key("product_views"), 1))
	long := m.Key(strings.Repeat("x", 4096))
	m.Keep(long, 1)
	assert.False(t, m.Has(long, 1), "long texts are not kept")
	var none *decode.Memory
	assert.Zero(t, none.Key("product_view"))
}

func values(t *decode.Tree) (out []string) {
	for _, f := range t.Fields {
		out = append(out, f.Path+" "+strings.Join(f.Chain, ">")+" "+f.Value)
	}
	return out
}
