package scan

import (
	"crypto/rand"
	"encoding/hex"
)

// runID is 16 random hex digits.
func runID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return hex.EncodeToString(b[:])
}
