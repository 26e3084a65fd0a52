package rule

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What was in vain before a value was known is looked at again.
func TestPoolForgetsWhenItLearns(t *testing.T) {
	p := NewPool(marta)
	body := `{"d":"` + rot("ibolya.szabo@example.org", 7) + `","e":"ibolya.szabo@example.org"}`
	for range 3 {
		require.Empty(t, find(p, body))
		require.Empty(t, cribKeys(&Context{Tree: tree(body)}, p))
	}
	p.Add(ByObserved, Email, "email", "ibolya.szabo@example.org", "")
	assert.NotEmpty(t, find(p, body))
	assert.Contains(t, cribKeys(&Context{Tree: tree(body)}, p), "email")
}

// A text that counts in one field and not in another is found whichever comes first.
func TestPoolLooksAgainWhereTheNameDecides(t *testing.T) {
	p := NewPool(PersonaOf(map[string][]string{"phone": {"5512345"}, "city": {"Graz"}, "zip": {"9020"}}))
	for range 3 {
		assert.NotContains(t, find(p, `{"count":"5512345"}`), "phone")
		assert.NotEmpty(t, find(p, `{"user":{"phone":"5512345"}}`))
	}
}

// A salt that was tried in vain often enough to be remembered still opens the digest it made.
func TestSaltsThatAreRemembered(t *testing.T) {
	p := NewPool(marta)
	mail := "marta.kovacs+news@gmail.com"
	plain, mac := sha1.Sum([]byte("tenant-99"+":"+mail)), hmac.New(sha1.New, []byte("tenant-99"))
	mac.Write([]byte(mail))
	for n := range 5 {
		other := sha1.Sum(fmt.Append(nil, n))
		got := cribKeys(&Context{Tree: tree(`{"salt":"tenant-99","h":"` + hex.EncodeToString(other[:]) + `"}`)}, p)
		require.Empty(t, got)
		got = cribKeys(&Context{Tree: tree(`{"salt":"tenant-99","h":"` + hex.EncodeToString(plain[:]) + `"}`)}, p)
		require.Equal(t, []string{"sha1-salted"}, got["email"].Hash)
		got = cribKeys(&Context{Tree: tree(`{"salt":"tenant-99","h":"` + hex.EncodeToString(mac.Sum(nil)) + `"}`)}, p)
		require.Equal(t, []string{"hmac-sha1"}, got["email"].Hash)
	}
}
