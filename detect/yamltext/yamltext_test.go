package yamltext

import (
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// stairs are keys, each one column further to the right.
func stairs(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

// TestWhatIsNestedWithoutEndIsRefused: at once, and in memory that has to do with the size of the text.
func TestWhatIsNestedWithoutEndIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"lists":           strings.Repeat("[", 100_000),
		"lists, closed":   strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000),
		"on lines":        strings.Repeat("[\n", 50_000),
		"keys":            "a: " + strings.Repeat("{a: ", 50_000),
		"entries":         strings.Repeat("- ", 50_000) + "a",
		"stairs":          stairs(1000),
		"behind a normal": "a: [b]\nc:\n- d\ne: " + strings.Repeat("[x, ", 50_000),
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Parse([]byte(text))
			runtime.ReadMemStats(&after)
			var excess *Excess
			require.ErrorAs(t, err, &excess)
			assert.Contains(t, excess.Text, "nested more than 100 deep")
			assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(200<<20))
		})
	}
	_, err := Parse([]byte(strings.Repeat("# much\n", maxSize/7+1)))
	assert.ErrorContains(t, err, "at most 16777216 are read")
}

// TestWhatPeopleWriteIsParsed: brackets in texts, and long files that are flat, nest nothing.
func TestWhatPeopleWriteIsParsed(t *testing.T) {
	for _, text := range []string{
		"", "a: 1", "a:\n- b: [c, {d: e}]\n  f:\n    g: h\n", strings.Repeat("- a: 'it is [ not {'\n  b: see [here\n", 2000),
		strings.Repeat("- {a: [b], c: {d: e}}\n", 2000), stairs(50),
	} {
		_, err := Parse([]byte(text))
		assert.NoError(t, err, "%.60q", text)
	}
}
