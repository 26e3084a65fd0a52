package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lists are those of the house. Each must be as committed.
var lists = []struct {
	dir, file, typ, name string
	pointers             bool
}{
	{"detect/decode", "list.go", "Decoder", "Decoders", true},
	{"detect/rule", "list.go", "Rule", "Rules", true},
	{"report", "formats_gen.go", "Format", "All", false},
	{"crawler/visit/consent", "list.go", "Platform", "Platforms", true},
}

func TestListsAreAsCommitted(t *testing.T) {
	for _, l := range lists {
		dir := filepath.Join("../../..", l.dir)
		want, err := list(dir, l.file, l.typ, l.name, l.pointers)
		require.NoError(t, err, l.dir)
		got, err := os.ReadFile(filepath.Join(dir, l.file))
		require.NoError(t, err)
		assert.Equal(t, string(want), string(got), "%s: run go generate ./%s", l.file, l.dir)
	}
}

func TestListTakesWhatIsMadeByTheType(t *testing.T) {
	dir := t.TempDir()
	write := func(name, src string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(src), 0o600))
	}
	write("b.go", "package p\nvar B = T{1}\nvar other = U{}\nvar x, A = 1, T{}\n")
	write("b_test.go", "package p\nvar C = T{}\n")
	write("gen.go", "//go:build ignore\n\npackage main\nvar D = T{}\n")
	write("list.go", "package p\nvar E = T{}\n")
	src, err := list(dir, "list.go", "T", "Ts", true)
	require.NoError(t, err)
	assert.Contains(t, string(src), "package p\n")
	assert.Contains(t, string(src), "var Ts = []*T{\n\t&A,\n\t&B,\n}")
	_, err = list(dir, "list.go", "None", "Ns", true)
	assert.ErrorContains(t, err, "no variable of type None")
}
