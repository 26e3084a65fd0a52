package crawler

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEveryGapKindIsExplained reads the constants from the source, so that a kind that is added without a sentence, a
// remedy and a stage is red.
func TestEveryGapKindIsExplained(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "gap.go", nil, 0)
	require.NoError(t, err)
	declared := map[GapKind]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		if id, ok := spec.Type.(*ast.Ident); ok && id.Name == "GapKind" {
			text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			require.NoError(t, err)
			assert.False(t, declared[GapKind(text)], "%s twice", text)
			declared[GapKind(text)] = true
		}
		return true
	})
	require.NotEmpty(t, declared)
	assert.Len(t, GapKinds, len(declared))
	for kind := range declared {
		info, ok := InfoOfGap(kind)
		if !assert.True(t, ok, "%s has no row in GapKinds", kind) {
			continue
		}
		assert.Contains(t, []string{FromCrawl, FromRecording, FromCapture, FromHAR, FromDecode}, info.From, kind)
		for _, sentence := range []string{info.Doc, info.Remedy} {
			assert.True(t, strings.HasSuffix(sentence, "."), "%s: %q is no sentence", kind, sentence)
			assert.Greater(t, len(sentence), 20, kind)
		}
	}
}
