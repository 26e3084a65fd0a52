package rule

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// saltedBy are the functions that salts are tried with, by the name that digestShape gives.
var saltedBy = map[string]func() hash.Hash{"md5": md5.New, "sha1": sha1.New, "sha256": sha256.New, "sha512": sha512.New}

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
		s := newSalter(fn, salt, want)
		for e := range w.pool.entries {
			x := &w.pool.entries[e]
			switch x.key {
			case "email", "phone", "user_id", "username", "full_name":
			default:
				continue
			}
			for n, text := range x.forms.hash {
				if n >= 3 || w.hashes <= 0 {
					break
				}
				w.hashes -= 6
				if how := s.how(text); how != "" {
					w.found(i, int32(e), func(m *Match) { m.Form, m.Hash, m.Confidence = Hashed, []string{how}, Certain })
					return
				}
			}
		}
	}
}

// salter makes digests of texts with one salt. It allocates nothing for a text.
type salter struct {
	fn, salt string
	want     []byte
	mac, sum hash.Hash
	in, out  []byte
}

func newSalter(fn, salt string, want []byte) *salter {
	return &salter{fn: fn, salt: salt, want: want, mac: hmac.New(saltedBy[fn], []byte(salt)), sum: saltedBy[fn]()}
}

// how names the construction that gives the digest: hmac-sha256, sha256-salted; "" if none does.
func (s *salter) how(text string) string {
	s.in = append(s.in[:0], text...)
	if s.gives(s.mac) {
		return "hmac-" + s.fn
	}
	for _, between := range [...]string{"", ":", "|", "-", "_"} {
		s.in = append(append(append(s.in[:0], text...), between...), s.salt...)
		if s.gives(s.sum) {
			return s.fn + "-salted"
		}
		s.in = append(append(append(s.in[:0], s.salt...), between...), text...)
		if s.gives(s.sum) {
			return s.fn + "-salted"
		}
	}
	return ""
}

func (s *salter) gives(h hash.Hash) bool {
	h.Reset()
	h.Write(s.in)
	s.out = h.Sum(s.out[:0])
	return bytes.Equal(s.out, s.want)
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
	if d, err := publicsuffix.EffectiveTLDPlusOne(c.Host); err == nil {
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
