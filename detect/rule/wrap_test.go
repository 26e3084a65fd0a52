package rule

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/tagscan/tagscan/detect/decode"
)

// wraps are ways to carry a text, as scripts do it.
var wraps = map[string]func(r *rand.Rand, s string) string{
	"json": func(r *rand.Rand, s string) string {
		return fmt.Sprintf(`{"v":%d,%s:%s,"t":"x"}`, r.IntN(99), quote(obscure(r)), quote(s))
	},
	"deep json": func(r *rand.Rand, s string) string {
		return fmt.Sprintf(`{"a":[{"e":"view","p":{%s:%s}}],"n":%d}`, quote(obscure(r)), quote(s), r.IntN(1e6))
	},
	"form": func(r *rand.Rand, s string) string {
		return "a=1&" + obscure(r) + "=" + url.QueryEscape(s) + "&z=" + fmt.Sprint(r.IntN(1e6))
	},
	"base64":    func(_ *rand.Rand, s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64url": func(_ *rand.Rand, s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
	"gzip": func(_ *rand.Rand, s string) string {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.Write([]byte(s))
		w.Close()
		return base64.StdEncoding.EncodeToString(b.Bytes())
	},
	"zlib": func(_ *rand.Rand, s string) string {
		var b bytes.Buffer
		w := zlib.NewWriter(&b)
		w.Write([]byte(s))
		w.Close()
		return base64.URLEncoding.EncodeToString(b.Bytes())
	},
	"percent": func(_ *rand.Rand, s string) string { return url.PathEscape(url.QueryEscape(s)) },
	"hex":     func(_ *rand.Rand, s string) string { return hex.EncodeToString([]byte(s)) },
}

func quote(s string) string { b, _ := json.Marshal(s); return string(b) }

// obscure draws names that say nothing, and some that say a little.
func obscure(r *rand.Rand) string {
	names := []string{"x", "p1", "data", "val", "q2", "u", "payload", "attr", "c", "k9", "prop", "d", "info", "field1", "custom", "dim3", "ev_label", "cd12", "meta", "m"}
	return names[r.IntN(len(names))]
}

// TestWrappedValuesAreFound wraps known values up to three times, plain and hashed, under names that say nothing.
func TestWrappedValuesAreFound(t *testing.T) {
	p := NewPool(marta)
	o := decode.Options{Interesting: p.Interesting}
	values := map[string][]string{
		"email": {"marta.kovacs+news@gmail.com", "MARTA.KOVACS+NEWS@GMAIL.COM", sum("martakovacs@gmail.com"), sum("marta.kovacs+news@gmail.com")},
		"phone": {"+436641234567", "+43 664 1234567", sum("+436641234567"), sum("436641234567")}, "full_name": {"Marta Kovács", "Kovacs, Marta"},
		"street": {"Lange Straße 12", "Lange Strasse 12"}, "dob": {"1987-03-24", "24/03/1987"}, "user_id": {"usr_8f3k2q9x"}, "org_id": {"org_5512"}, "org_name": {"Acme Robotics"},
		"ip": {"203.0.113.77"}, "password": {"Tr0ub4dor&3"}, "payment_card": {"4539578763621486", "4539 5787 6362 1486"}, "iban": {"AT611904300234573201"}, "search_term": {"insulin pump case"},
		"username": {"mkovacs87"}, "loyalty": {"LX-2231-0098"}, "first_name": {sum("marta")}, "last_name": {"Kovács"}, "city": {"Klagenfurt"},
	}
	r := rand.New(rand.NewPCG(7, 9))
	names := slices.Sorted(maps.Keys(wraps))
	all, found := 0, 0
	missed := map[string]int{}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		for _, v := range values[key] {
			for range 40 {
				body := v
				chain := []string{}
				for range r.IntN(3) {
					n := names[r.IntN(len(names))]
					body, chain = wraps[n](r, body), append(chain, n)
				}
				body, chain = wraps["json"](r, body), append(chain, "json")
				all++
				ok := false
				for _, m := range p.Find(o.Bytes(decode.BodyIn, "body", []byte(body)), nil) {
					ok = ok || m.Key == key
				}
				if ok {
					found++
				} else {
					missed[key+" "+strings.Join(chain, ">")]++
					if missed[key+" "+strings.Join(chain, ">")] == 1 {
						t.Logf("missed %s %q in %s", key, chain, body)
					}
				}
			}
		}
	}
	t.Logf("%d of %d", found, all)
	assert.GreaterOrEqual(t, found*1000, all*985)
}

func sum(s string) string { h := sha256.Sum256([]byte(s)); return hex.EncodeToString(h[:]) }
