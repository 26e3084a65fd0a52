// Package secret keeps values that a user gave a scan (headers, passwords, the cookies of a session) out of everything that is
// written. A value is replaced by a token of the same length, in whichever of the usual encodings it stands, so that what held the
// value holds the token at the same place, and decodes to it. A token is no secret: it is told with its name at the head of a run,
// so that who reads the run finds where the value went. What the values are good for is not this package's business.
package secret

import (
	"crypto/hmac"
	"crypto/sha256"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tagscan/tagscan/crawler"
)

// minLength is the length in bytes from which a value is replaced wherever it stands: shorter ones ("demo") are parts of ordinary
// words and would tear holes into them.
const minLength = 6

// minWord is the length from which a text of letters alone ("password", "welcome") is no ordinary word any more, which stands in
// pages and scripts for itself.
const minWord = 12

// replaceable reports whether a value can be told from ordinary text, and a token from it.
func replaceable(s string) bool {
	letters := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }) < 0
	own := strings.Map(func(r rune) rune {
		if r < 0x20 || strings.ContainsRune(kept, r) {
			return -1
		}
		return r
	}, s)
	return len(own) >= minLength && (!letters || len(s) >= minWord)
}

// Value is one secret.
type Value struct {
	Name string // for people: "header X-Staging", "cookie sid", "password"
	Key  string // persona key that says what it is: "password", "auth_token"
	Text string
}

// Vault replaces the values it was made of. The nil Vault replaces nothing. It is safe for use by several goroutines.
type Vault struct {
	told     []crawler.Secret
	patterns matcher
}

// New makes a vault of values. key makes the tokens: the same key and name give the same token, and nobody without the key can
// tell a value from its token. ordinary are the names of values that cannot be told from ordinary text, and so are not replaced. The
// longest value comes first where two overlap, and one value that has several names has the first of them.
func New(key []byte, values ...Value) (v *Vault, ordinary []string) {
	v = new(Vault)
	var pairs []pair
	seen := map[string]bool{}
	for _, val := range values {
		switch {
		case seen[val.Text]:
			continue
		case !replaceable(val.Text):
			ordinary = append(ordinary, val.Name)
			continue
		}
		seen[val.Text] = true
		token := tokenOf(key, val)
		v.told = append(v.told, crawler.Secret{Name: val.Name, Key: val.Key, Token: token})
		pairs = append(pairs, pairsOf(val.Text, token)...)
	}
	v.patterns = newMatcher(pairs)
	return v, ordinary
}

// Told are the names and tokens of the values, for the head of a run.
func (v *Vault) Told() []crawler.Secret {
	if v == nil {
		return nil
	}
	return slices.Clone(v.told)
}

// Empty reports whether the vault replaces nothing.
func (v *Vault) Empty() bool { return v == nil || len(v.told) == 0 }

// Bytes returns b with every value replaced, b itself if there is none. b is not changed.
func (v *Vault) Bytes(b []byte) []byte {
	if v.Empty() {
		return b
	}
	return v.armoured(v.patterns.replace(b))
}

// String is Bytes for text.
func (v *Vault) String(s string) string {
	if v.Empty() || len(s) < minLength {
		return s
	}
	in := []byte(s)
	if out := v.armoured(v.patterns.replace(in)); len(out) != len(in) || string(out) != s {
		return string(out)
	}
	return s
}

// letters are what tokens are made of: letters and digits that no encoding of text changes.
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// kept are the signs that a token has where its value has them: those that some encoding writes at another length, so that a token
// is as long as its value in every one. Control characters are kept for the same reason.
const kept = "\"\\/<>&' "

// head begins a token that is long enough for it, so that a person who meets one knows what it is.
const head = "TAGSCAN"

// minHead is the length from which a token has the head: what is left must not be guessed or met by accident (nine letters of 62 are
// 53 bits).
const minHead = len(head) + 9

// tokenOf is the token of a value: character by character one of as many bytes.
func tokenOf(key []byte, val Value) string {
	noise := noiseOf(key, val)
	var b strings.Builder
	for i := 0; i < len(val.Text); {
		r, n := utf8.DecodeRuneInString(val.Text[i:])
		switch c := noise(); {
		case n == 1 && (r < 0x20 || strings.ContainsRune(kept, r)):
			b.WriteRune(r)
		case n == 2:
			b.WriteRune('à' + rune(c)%('ö'-'à'))
		case n == 3:
			b.WriteRune('一' + rune(c)<<4 + rune(noise())%16)
		case n == 4:
			b.WriteRune('𠀀' + rune(c)<<4 + rune(noise())%16)
		case len(val.Text) >= minHead && i < len(head):
			b.WriteByte(head[i])
		default:
			b.WriteByte(letters[int(c)%len(letters)])
		}
		i += n
	}
	return b.String()
}

// noiseOf gives as many bytes as are asked for, the same ones for the same key and value.
func noiseOf(key []byte, val Value) func() byte {
	var sum []byte
	block := byte(0)
	return func() byte {
		if len(sum) == 0 {
			mac := hmac.New(sha256.New, key)
			mac.Write([]byte{block})
			mac.Write([]byte("tagscan secret\x00" + val.Name + "\x00" + val.Text))
			sum = mac.Sum(nil)
			block++
		}
		b := sum[0]
		sum = sum[1:]
		return b
	}
}
