package signal

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEveryFormatReadsItsExamples(t *testing.T) {
	for _, f := range Formats {
		require.NotEmpty(t, f.Examples, f.Kind)
		require.NotEmpty(t, f.Title, f.Kind)
		require.NotEmpty(t, f.Doc, f.Kind)
		for _, e := range f.Examples {
			r, ok := Recognise(e.Name, e.Value)
			if !assert.True(t, ok, "%s: %s=%s is not recognised", f.Kind, e.Name, e.Value) {
				continue
			}
			assert.Equal(t, f.Kind, r.Kind, "%s=%s", e.Name, e.Value)
			assert.NoError(t, r.Err(), "%s=%s", e.Name, e.Value)
			assert.Equal(t, e.Says, r.Says, "%s=%s: %s", e.Name, e.Value, r.Summary())
			if e.Whole != "" {
				assert.Equal(t, e.Whole, r.Summary(), "%s=%s", e.Name, e.Value)
			}
			alone, err := Decode(f.Kind, e.Value)
			assert.NoError(t, err)
			assert.Equal(t, r.Says, alone.Says, "%s alone", e.Value)
			assert.NotEmpty(t, r.Parts, "%s=%s", e.Name, e.Value)
		}
	}
}

func TestKindsAndNamesAreOfOneFormat(t *testing.T) {
	kinds, names := map[Kind]bool{}, map[string]Kind{}
	for _, f := range Formats {
		assert.False(t, kinds[f.Kind], "%s twice", f.Kind)
		kinds[f.Kind] = true
		for _, n := range f.Names {
			assert.Equal(t, strings.ToLower(n), n)
			assert.Empty(t, names[n], "%s is of %s and %s", n, names[n], f.Kind)
			names[n] = f.Kind
		}
	}
}
