// Package project finds what belongs to the user's project and not to one run: the key of the tokens that correlate masked
// values, the policy file, the persona. It judges nothing.
package project

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// KeySize is the size in bytes of a project's key: that of the HMAC-SHA256 it is used for.
const KeySize = 32

// Key returns the key of the tokens by which equal values can be recognised without being shown. It is read from the
// environment variable TAGSCAN_KEY (hex; for CI, where every run should give the same tokens), else from the user's
// configuration directory, where it is made when missing. Where neither can be had the key is made for this run alone.
func Key(getenv func(string) string, configDir func() (string, error)) ([]byte, error) {
	if s := strings.TrimSpace(getenv("TAGSCAN_KEY")); s != "" {
		key, err := hex.DecodeString(s)
		if err != nil || len(key) < 16 {
			return nil, errors.New("TAGSCAN_KEY must be at least 16 bytes in hex, for example the output of `openssl rand -hex 32`")
		}
		return key, nil
	}
	fresh := make([]byte, KeySize)
	if _, err := rand.Read(fresh); err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	dir, err := configDir()
	if err != nil {
		return fresh, nil
	}
	name := filepath.Join(dir, "tagscan", "key")
	switch key, err := os.ReadFile(name); {
	case err == nil && len(key) == KeySize:
		return key, nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fresh, nil
	}
	if os.MkdirAll(filepath.Dir(name), 0o700) != nil {
		return fresh, nil
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fresh, nil
	}
	_, err = f.Write(fresh)
	if cerr := f.Close(); err != nil || cerr != nil {
		os.Remove(name)
	}
	return fresh, nil
}
