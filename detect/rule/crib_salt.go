package rule

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/tagscan/tagscan/crawler/web"
)

// saltedBy are the functions that salts are tried with, by the name that digestShape gives.
var saltedBy = map[string]func(out, in []byte) []byte{
	"md5":    func(out, in []byte) []byte { d := md5.Sum(in); return append(out, d[:]...) },
	"sha1":   func(out, in []byte) []byte { d := sha1.Sum(in); return append(out, d[:]...) },
	"sha256": func(out, in []byte) []byte { d := sha256.Sum256(in); return append(out, d[:]...) },
	"sha512": func(out, in []byte) []byte { d := sha512.Sum512(in); return append(out, d[:]...) },
}

// salted tries to make an unexplained digest out of a known value and a salt that is at hand: another field of the
// same object, the site's host, the recipient's host.
func (w *cribber) salted(i int) {
	f := &w.c.Tree.Fields[i]
	v := strings.TrimSpace(f.Value)
	fn := digestShape(v)
	if fn == "" || saltedBy[fn] == nil || w.hashes <= 0 {
		return
	}
	name := w.c.Names.of(f)
	if name.has(signature|versionName|timeName) && !name.has(hashName|identity) {
		return
	}
	want, ok := digestBytes(v)
	if !ok {
		return
	}
	for _, salt := range w.salts(i) {
		if w.vainSalt(fn, salt, want) {
			continue
		}
		s := newSalter(fn, salt, want)
		for e, text := range w.pool.saltable {
			if w.hashes <= 0 {
				break
			}
			w.hashes -= saltCost
			if how := s.how(text); how != "" {
				w.found(i, e, func(m *Match) { m.Form, m.Hash, m.Confidence = Hashed, []string{how}, Certain })
				return
			}
		}
	}
}

// salter makes digests of texts with one salt. It allocates nothing for a text.
type salter struct {
	fn, salt string
	want     []byte
	inner    []byte // of HMAC: the padded key and then the text
	outer    []byte // of HMAC: the padded key and then the first digest
	in, out  []byte
	sum      func(out, in []byte) []byte
}

func newSalter(fn, salt string, want []byte) *salter {
	s := &salter{fn: fn, salt: salt, want: want, sum: saltedBy[fn]}
	block := 64
	if fn == "sha512" {
		block = 128
	}
	key := []byte(salt)
	if len(key) > block {
		key = s.sum(nil, key)
	}
	s.inner, s.outer = make([]byte, block, 2*block), make([]byte, block, 2*block)
	for i := range block {
		k := byte(0)
		if i < len(key) {
			k = key[i]
		}
		s.inner[i], s.outer[i] = k^0x36, k^0x5c
	}
	return s
}

// each yields the digests that the text and the salt make, each with the name of the construction, until yield returns
// false. HMAC is that of RFC 2104.
func (s *salter) each(text string, yield func(digest []byte, how string) bool) bool {
	block := len(s.inner)
	s.in = append(append(s.in[:0], s.inner...), text...)
	s.out = s.sum(s.out[:0], s.in)
	s.in = append(append(s.in[:0], s.outer[:block]...), s.out...)
	s.out = s.sum(s.out[:0], s.in)
	if !yield(s.out, "hmac-") {
		return false
	}
	for _, between := range [...]string{"", ":", "|", "-", "_"} {
		s.in = append(append(append(s.in[:0], text...), between...), s.salt...)
		if s.out = s.sum(s.out[:0], s.in); !yield(s.out, "-salted") {
			return false
		}
		s.in = append(append(append(s.in[:0], s.salt...), between...), text...)
		if s.out = s.sum(s.out[:0], s.in); !yield(s.out, "-salted") {
			return false
		}
	}
	return true
}

// how names the construction that gives the digest: hmac-sha256, sha256-salted; "" if none does.
func (s *salter) how(text string) (name string) {
	s.each(text, func(digest []byte, how string) bool {
		if !bytes.Equal(digest, s.want) {
			return true
		}
		if name = s.fn + how; how == "hmac-" {
			name = how + s.fn
		}
		return false
	})
	return name
}

// salts are the other values of the object, the hosts, and the names of the fields.
func (w *cribber) salts(i int) []string {
	c := w.c
	c.i, c.f = i, &c.Tree.Fields[i]
	out := make([]string, 0, cribSalts)
	for _, s := range []string{c.Site, c.Host} {
		if s != "" {
			out = append(out, s)
			if host, _, ok := strings.Cut(s, "."); ok {
				out = append(out, host)
			}
		}
	}
	if d, ok := web.Registrable(c.Host); ok {
		out = append(out, d)
	}
	for j := range c.siblings {
		g := &c.Tree.Fields[j]
		if len(out) >= cribSalts {
			break
		}
		if s := strings.TrimSpace(g.Value); len(s) >= 1 && len(s) <= 128 && !g.Inner {
			out = append(out, s)
		}
	}
	for j := range c.Tree.Fields {
		g := &c.Tree.Fields[j]
		if len(out) >= 2*cribSalts {
			break
		}
		if !g.Inner && len(g.Value) >= 3 && len(g.Value) <= 128 && saltName(c.Names.of(g)) {
			out = append(out, strings.TrimSpace(g.Value))
		}
	}
	return unique(out...)
}

// saltName reports a field that may hold a salt or key, or the id of the account, which serves as one.
func saltName(n *nameInfo) bool {
	for _, t := range n.tokens {
		switch t {
		case "salt", "pepper", "seed", "nonce", "secret", "key", "site", "tenant", "account", "partner", "pid", "publisher", "domain", "client", "app", "hostname", "token":
			return true
		}
	}
	return false
}

// digestBytes reads a digest in hex or base64.
func digestBytes(v string) ([]byte, bool) {
	if b, err := hex.DecodeString(v); err == nil {
		return b, true
	}
	b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(v), "="))
	return b, err == nil
}
