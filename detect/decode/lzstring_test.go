package decode

import (
	"encoding/json"
	"os"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The vectors were written by the npm package lz-string 1.5.0.
func TestLZStringReadsWhatTheNpmPackageWrites(t *testing.T) {
	data, err := os.ReadFile("testdata/lzstring-1.5.0.json")
	require.NoError(t, err)
	var vectors []struct {
		Text, Base64, URI, UTF16, Bytes string
		Raw                             []uint16
	}
	require.NoError(t, json.Unmarshal(data, &vectors))
	require.NotEmpty(t, vectors)
	read := func(units []uint16, width int) string {
		r := lzReader{units: units, width: width, limit: 1 << 20}
		v := r.read()
		assert.True(t, r.ended)
		return v
	}
	letters := func(s string, a *[256]byte) (units []uint16) {
		for i := range len(s) {
			if s[i] != '=' {
				units = append(units, uint16(a[s[i]]))
			}
		}
		return units
	}
	for _, v := range vectors {
		assert.Equal(t, v.Text, read(letters(v.Base64, &stdAlphabet), 6))
		assert.Equal(t, v.Text, read(letters(v.URI, &lzAlphabet), 6))
		assert.Equal(t, v.Text, read(v.Raw, 16))
		wide := utf16.Encode([]rune(v.UTF16))
		for i := range wide {
			wide[i] -= 32
		}
		assert.Equal(t, v.Text, read(wide, 15))
		if len(v.Text) < 8 {
			continue
		}
		for name, in := range map[string]string{"lz-string": v.Base64, "lz-string-uri": v.URI, "lz-string-utf16": v.UTF16} {
			tree := Bytes(BodyIn, "body", []byte(in), DefaultBudget)
			require.Greater(t, len(tree.Fields), 1, "%s of %q", name, v.Text)
			assert.Equal(t, v.Text, tree.Fields[1].Value, name)
		}
	}
}

func TestLZStringIsBounded(t *testing.T) {
	r := lzReader{units: make([]uint16, 1<<20), width: 6, limit: 1 << 16}
	assert.LessOrEqual(t, len(r.read()), 1<<18)
}
