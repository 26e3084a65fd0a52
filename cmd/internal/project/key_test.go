package project

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func env(m map[string]string) func(string) string { return func(k string) string { return m[k] } }

func TestKeyIsKeptForTheNextRun(t *testing.T) {
	dir := t.TempDir()
	config := func() (string, error) { return dir, nil }
	first, err := Key(env(nil), config)
	require.NoError(t, err)
	require.Len(t, first, KeySize)
	second, err := Key(env(nil), config)
	require.NoError(t, err)
	assert.Equal(t, first, second)
	info, err := os.Stat(filepath.Join(dir, "tagscan", "key"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestKeyFromTheEnvironmentWins(t *testing.T) {
	key, err := Key(env(map[string]string{"TAGSCAN_KEY": "000102030405060708090a0b0c0d0e0f"}), func() (string, error) { return "", errors.New("no home") })
	require.NoError(t, err)
	assert.Len(t, key, 16)
	_, err = Key(env(map[string]string{"TAGSCAN_KEY": "secret"}), nil)
	assert.ErrorContains(t, err, "hex")
}

func TestKeyWithoutAHomeServesOneRun(t *testing.T) {
	nowhere := func() (string, error) { return "", errors.New("no home") }
	a, err := Key(env(nil), nowhere)
	require.NoError(t, err)
	b, err := Key(env(nil), nowhere)
	require.NoError(t, err)
	assert.NotEqual(t, a, b)
}
