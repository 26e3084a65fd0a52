package decode

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// layered wraps a text n times in base64 and JSON.
func layered(text string, n int) string {
	s := marshal(map[string]string{"mail": text})
	for range n {
		s = marshal(map[string]string{"p": b64(s)})
	}
	return s
}

func gzipped(s string) string {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return b.String()
}

func hasValue(t *Tree, v string) bool {
	for i := range t.Fields {
		if t.Fields[i].Value == v {
			return true
		}
	}
	return false
}

func TestHowDeepAPayloadIsOpened(t *testing.T) {
	deep := layered("jane@example.org", 14)
	tree := Bytes(BodyIn, "body", []byte(deep), DefaultBudget)
	assert.True(t, hasValue(tree, "jane@example.org"), "14 layers of base64 in JSON are opened")
	assert.Empty(t, tree.Cut)

	many := `{"mail":"jane@example.org"}`
	for range 60 {
		many = gzipped(many)
	}
	tree = Bytes(BodyIn, "body", []byte(many), DefaultBudget)
	assert.False(t, hasValue(tree, "jane@example.org"))
	require.Len(t, tree.Cut, 1)
	assert.Equal(t, CutDepth, tree.Cut[0].Kind)
	assert.Equal(t, "body", tree.Cut[0].Path)
	assert.Positive(t, tree.Cut[0].Bytes)
	assert.Empty(t, tree.Opaque(), "it is said once")
}

// tokens are base64 of n times 30 random bytes, in a JSON list: no wrapping, and much work to see it.
func tokens(n int) string {
	r := rand.New(rand.NewPCG(30, uint64(n)))
	list := make([]string, n)
	for i := range list {
		raw := make([]byte, 30)
		for k := range raw {
			raw[k] = byte(r.Uint32())
		}
		list[i] = base64.StdEncoding.EncodeToString(raw)
	}
	return marshal(list)
}

// but is the default budget with something changed.
func but(change func(*Budget)) Budget {
	b := DefaultBudget
	change(&b)
	return b
}

func TestEveryBudgetSaysWhatItLeftClosed(t *testing.T) {
	letters := strings.Repeat("a", 4<<20)
	for name, c := range map[string]struct {
		in     string
		budget Budget
		kind   CutKind
		path   string
	}{
		"depth": {layered("jane@example.org", 4), but(func(b *Budget) { b.Depth = 3 }), CutDepth, "body.p.p"},
		"depth of a guess": {
			`{"p":"` + b64(gzipped(gzipped(`{"mail":"jane@example.org"}`))) + `"}`, but(func(b *Budget) { b.Depth = 2 }), CutDepth, "body.p"},
		"nodes":          {`{"q":[` + strings.Repeat(`0,"",`, 1000) + `0]}`, but(func(b *Budget) { b.Nodes = 10 }), CutNodes, "body"},
		"nodes of lines": {strings.Repeat("{}[0,\"\"]", 1000), but(func(b *Budget) { b.Nodes = -1900 }), CutNodes, "body"},
		"input":          {`{"q":"` + letters + `"}`, but(func(b *Budget) { b.Input = 1000 }), CutSize, "body"},
		"output":         {gzipped(letters), but(func(b *Budget) { b.Output = 2 << 20; b.Ratio = 1 << 20 }), CutSize, "body"},
		"ratio":          {gzipped(letters), DefaultBudget, CutRatio, "body"},
		"lz-string":      {LZString.Examples[0].In, but(func(b *Budget) { b.Output = 26 }), CutSize, "body"},
		"work":           {tokens(500), but(func(b *Budget) { b.Work = 1 }), CutWork, "body["},
	} {
		t.Run(name, func(t *testing.T) {
			tree := Bytes(BodyIn, "body", []byte(c.in), c.budget)
			require.NotEmpty(t, tree.Cut, show(tree))
			first := tree.Cut[0]
			assert.Equal(t, c.kind, first.Kind)
			assert.Equal(t, BodyIn, first.Where)
			assert.True(t, first.Path == c.path || c.kind == CutWork && strings.HasPrefix(first.Path, c.path), first.Path)
			assert.Positive(t, first.Bytes)
			assert.LessOrEqual(t, first.Bytes, int64(len(c.in)))
			assert.LessOrEqual(t, len(tree.Cut), maxCuts+1)
		})
	}
}

func TestWhatCannotHideAnythingIsNoCut(t *testing.T) {
	gif := "GIF89a" + strings.Repeat("\x00\x01pixels", 1<<18)
	full := `{"q":[` + strings.Repeat(`"",`, 100) + `""],`
	for name, c := range map[string]struct {
		in     string
		budget Budget
	}{
		"words at the limit of depth":    {layered("Unter den Linden 1, 10117 Berlin", 1), but(func(b *Budget) { b.Depth = 4 })},
		"a picture":                      {gzipped(gif), but(func(b *Budget) { b.Output = 1000 })},
		"a tree that is just full":       {full + `"a":"some words"}`, but(func(b *Budget) { b.Nodes = 103 - len(full)/bytesPerNode - 5 })},
		"a token that is no compression": {tokens(1), but(func(b *Budget) { b.Output = 10 })},
	} {
		t.Run(name, func(t *testing.T) {
			tree := Bytes(BodyIn, "body", []byte(c.in), c.budget)
			assert.Empty(t, tree.Cut, "%d fields", len(tree.Fields))
		})
	}
}

func TestAFullTreeSaysWhatItDidNotOpen(t *testing.T) {
	list := `["` + strings.Repeat(`","`, 100) + b64(`{"mail":"jane@example.org"}`) + `"]`
	tree := Bytes(BodyIn, "body", []byte(list), but(func(b *Budget) { b.Nodes = 102 - 1 - len(list)/bytesPerNode }))
	require.Len(t, tree.Fields, 102, "the list, and not what is in its last item")
	require.Len(t, tree.Cut, 1)
	assert.Equal(t, Cut{CutNodes, BodyIn, "body[100]", 36}, tree.Cut[0])
}

// Nobody else's load, and nothing that was opened before, changes what is opened.
func TestTheSameRequestGivesTheSameTree(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 2026))
	memory := NewMemory()
	for range 400 {
		s := randomValue(r)
		for range r.IntN(6) {
			if w := wrappers[r.IntN(len(wrappers))]; !w.text || shape(s)&(Control|High) == 0 {
				s = w.wrap(s, r)
			}
		}
		if r.IntN(2) == 0 {
			s = marshal([]string{tokens(r.IntN(20)), strings.ToValidUTF8(s, "?"), "some words", tokens(3)})
		}
		b := Budget{Depth: 1 + r.IntN(10), Nodes: r.IntN(200) - len(s)/bytesPerNode, Output: int64(r.IntN(4000)), Ratio: 10, Work: 1 + int64(r.IntN(2<<20)) - workPerByte*int64(len(s))}
		want := Bytes(BodyIn, "body", []byte(s), b)
		var wait sync.WaitGroup
		trees := make([]*Tree, 4)
		for i := range trees {
			wait.Go(func() { trees[i] = Options{Budget: b, Memory: memory}.Bytes(BodyIn, "body", []byte(s)) })
		}
		wait.Wait()
		for _, got := range trees {
			require.Equal(t, show(want), show(got), "%q with %+v", s, b)
			require.Equal(t, want.spent, got.spent, "%q with %+v", s, b)
		}
	}
}

func TestDecodingKnowsNoClock(t *testing.T) {
	files, err := os.ReadDir(".")
	require.NoError(t, err)
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, i := range parsed.Imports {
			assert.NotEqual(t, `"time"`, i.Path.Value, "%s: what is opened must not depend on the machine's speed", f.Name())
		}
	}
}

// A double bomb unpacks to gigabytes. Many of them at once are held in the memory of what their requests are worth.
func TestManyBombsAreHeldInLittleMemory(t *testing.T) {
	bomb := gzipped(gzipped(strings.Repeat("a", 256<<20)))
	var held int64
	for range 50 {
		tree := Bytes(BodyIn, "body", []byte(bomb), DefaultBudget)
		require.NotEmpty(t, tree.Cut)
		held += tree.Held()
	}
	t.Logf("50 bombs of %d bytes are held in %d MB", len(bomb), held>>20)
	assert.Less(t, held, int64(100<<20))
}
