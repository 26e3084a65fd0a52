package recipient_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/detect/recipient"
)

// catalog.jsonl is what go generate makes of catalog/*.yaml.
func TestCompactCatalogIsUpToDate(t *testing.T) {
	vendors, err := recipient.Read(os.DirFS("catalog"))
	require.NoError(t, err)
	want, err := recipient.Compact(vendors)
	require.NoError(t, err)
	got, err := os.ReadFile("catalog.jsonl")
	require.NoError(t, err)
	assert.True(t, string(want) == string(got), "catalog.jsonl differs from catalog/*.yaml: run go generate ./detect/recipient")
}

var tableHead = regexp.MustCompile(`^# third-party-web (\S+) \(MIT, see thirdparty\.LICENSE\) entities-nostats\.json sha256:([0-9a-f]{64}) table sha256:([0-9a-f]{64})$`)

// thirdparty.tsv is as the generator wrote it. Where npm reaches its registry, the generator is run again.
func TestPublicListIsAsGenerated(t *testing.T) {
	data, err := os.ReadFile("thirdparty.tsv")
	require.NoError(t, err)
	head, table, _ := strings.Cut(string(data), "\n")
	m := tableHead.FindStringSubmatch(head)
	require.NotNil(t, m, head)
	sum := sha256.Sum256([]byte(table))
	assert.Equal(t, m[3], hex.EncodeToString(sum[:]), "thirdparty.tsv was changed by hand: change a vendor file instead, it comes first")
	gen, err := os.ReadFile("gen_thirdparty.go")
	require.NoError(t, err)
	assert.Contains(t, string(gen), `version = "`+m[1]+`"`)
	licence, err := os.ReadFile("thirdparty.LICENSE")
	require.NoError(t, err)
	assert.Contains(t, string(licence), "Permission is hereby granted, free of charge")
	if os.Getenv("TAGSCAN_REGENERATE") == "" {
		return
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "gen_thirdparty.go"), gen, 0o600))
	cmd := exec.CommandContext(t.Context(), "go", "run", "gen_thirdparty.go")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	again, err := os.ReadFile(filepath.Join(dir, "thirdparty.tsv"))
	require.NoError(t, err)
	assert.True(t, string(data) == string(again), "thirdparty.tsv differs from what the package gives")
}
