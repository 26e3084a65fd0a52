package rule

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"strings"
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
				if how := w.saltedHow(fn, want, text, salt); how != "" {
					w.found(i, int32(e), func(m *Match) { m.Form, m.Hash, m.Confidence = Hashed, []string{how}, Certain })
					return
				}
			}
		}
	}
}

// saltedHow names the construction that gives the digest: hmac-sha256, sha256-salted; "" if none does.
func (w *cribber) saltedHow(fn string, want []byte, text, salt string) string {
	w.hashes -= 6
	mac := hmac.New(saltedBy[fn], []byte(salt))
	mac.Write([]byte(text))
	if hmac.Equal(mac.Sum(nil), want) {
		return "hmac-" + fn
	}
	h := saltedBy[fn]()
	for _, s := range [...]string{text + salt, salt + text, text + ":" + salt, salt + ":" + text, text + "|" + salt, salt + "|" + text, text + "-" + salt, salt + "-" + text, text + "_" + salt, salt + "_" + text} {
		h.Reset()
		h.Write([]byte(s))
		if string(h.Sum(nil)) == string(want) {
			return fn + "-salted"
		}
	}
	return ""
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
	for j := range c.siblings {
		g := &c.Tree.Fields[j]
		if len(out) >= cribSalts {
			break
		}
		if s := strings.TrimSpace(g.Value); len(s) >= 1 && len(s) <= 128 && !g.Inner {
			out = append(out, s)
		}
	}
	return unique(out...)
}

// digestBytes reads a digest in hex or base64.
func digestBytes(v string) ([]byte, bool) {
	if b, err := hex.DecodeString(v); err == nil {
		return b, true
	}
	b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(v), "="))
	return b, err == nil
}
