package rule

import (
	"bytes"
	"compress/gzip"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tagscan/tagscan/detect/decode"
)

// marta is a person nobody is.
var marta = PersonaOf(map[string][]string{
	"email": {"Marta.Kovacs+news@gmail.com"}, "phone": {"+43 664 1234567"}, "name": {"Marta Kovács"}, "username": {"mkovacs87"},
	"street": {"Lange Straße 12"}, "city": {"Klagenfurt"}, "region": {"Kärnten"}, "zip": {"9020"}, "country": {"AT"}, "birthdate": {"1987-03-24"}, "gender": {"female"},
	"user_id": {"usr_8f3k2q9x"}, "org_id": {"org_5512"}, "org_name": {"Acme Robotics"}, "ip": {"203.0.113.77"}, "geo": {"46.624336,14.307577"},
	"password": {"Tr0ub4dor&3"}, "card": {"4539 5787 6362 1486"}, "iban": {"AT61 1904 3002 3457 3201"}, "search_term": {"insulin pump case"},
	"loyalty": {"LX-2231-0098"},
})

func tree(body string) *decode.Tree {
	return decode.Bytes(decode.BodyIn, "body", []byte(body), decode.Budget{})
}

func find(p *Pool, body string) map[string]string {
	got := map[string]string{}
	for _, m := range p.Find(tree(body), nil) {
		v := m.Key
		if len(m.Hash) > 0 {
			v += ":" + strings.Join(m.Hash, ">")
		}
		got[v] = m.Text
	}
	return got
}

func TestPoolFindsEveryForm(t *testing.T) {
	sha := func(s string) string { h := sha256.Sum256([]byte(s)); return hex.EncodeToString(h[:]) }
	shab := func(s string) string {
		h := sha256.Sum256([]byte(s))
		return base64.RawURLEncoding.EncodeToString(h[:])
	}
	shab64 := func(s string) string { h := sha256.Sum256([]byte(s)); return base64.StdEncoding.EncodeToString(h[:]) }
	mail := "marta.kovacs+news@gmail.com"
	md := func(s string) string { h := md5.Sum([]byte(s)); return hex.EncodeToString(h[:]) }
	var gz bytes.Buffer
	w := gzip.NewWriter(&gz)
	fmt.Fprintf(w, `{"ev":"x","u":{"h":%q}}`, sha(mail))
	w.Close()
	s1 := sha1.Sum([]byte("+436641234567"))
	for _, c := range []struct{ name, body, want string }{
		{"plain", `{"a":"marta.kovacs+news@gmail.com"}`, "email"},
		{"case", `{"a":"MARTA.Kovacs+News@Gmail.com"}`, "email"},
		{"no tag", `x=marta.kovacs@gmail.com`, "email"},
		{"no dots", `x=martakovacs%40googlemail.com`, "email"},
		{"sha256", `{"em":"` + sha(mail) + `"}`, "email:sha256"},
		{"sha256 upper", `{"em":"` + strings.ToUpper(sha(mail)) + `"}`, "email:sha256"},
		{"sha256 google", `em=tv.1~em.` + shab("martakovacs@gmail.com") + `~fn0.`, "email:sha256"},
		{"sha256 uid2", `{"email_hash":"` + shab64("martakovacs@gmail.com") + `"}`, "email:sha256"},
		{"truncated", `{"x":"` + sha(mail)[:20] + `"}`, "email:sha256"},
		{"md5 of md5", `{"x":"` + md(md(mail)) + `"}`, "email:md5>md5"},
		{"sha256 of md5", `{"x":"` + sha(md(mail)) + `"}`, "email:md5>sha256"},
		{"gzip", gz.String(), "email:sha256"},
		{"base64 gzip", base64.StdEncoding.EncodeToString(gz.Bytes()), "email:sha256"},
		{"awin", `{"hash":"` + sha("QX4QkKEU"+mail) + `"}`, "email:sha256-salted"},
		{"path", `{"p":"/c/m/` + md(mail) + `/p.gif"}`, "email:md5"},
		{"crc with a name", `{"email_crc":"` + fmt.Sprint(crc32.ChecksumIEEE([]byte(mail))) + `"}`, "email:crc32"},
		{"phone", `{"t":"0664 123 45 67"}`, "phone"},
		{"phone intl", `{"t":"00436641234567"}`, "phone"},
		{"phone brackets", `{"t":"+43 (0) 664 1234567"}`, ""},
		{"phone sha1 e164", `{"t":"` + hex.EncodeToString(s1[:]) + `"}`, "phone:sha1"},
		{"phone digits sha256", `{"ph":"` + sha("436641234567") + `"}`, "phone:sha256"},
		{"name", `{"t":"Hi Marta Kovács!"}`, "full_name"},
		{"name folded", `{"t":"kovacs, marta"}`, "full_name"},
		{"name utf8 upper", `{"t":"MARTA KOVÁCS"}`, "full_name"},
		{"first hashed", `{"fn":"` + sha("marta") + `"}`, "first_name:sha256"},
		{"street", `{"t":"lange strasse 12"}`, "street"},
		{"street abbreviated", `{"t":"Lange Str. 12"}`, "street"},
		{"city", `{"traits":{"city":"Klagenfurt"}}`, "city"},
		{"zip", `{"zip":"9020"}`, "postcode"},
		{"country", `{"address":{"country":"at"}}`, "country"},
		{"dob", `{"bday":"24.03.1987"}`, "dob"},
		{"dob compact hash", `{"db":"` + sha("19870324") + `"}`, "dob:sha256"},
		{"gender", `{"gender":"female"}`, "gender"},
		{"gender's letter, hashed", `{"ge":"` + sha("f") + `"}`, "gender:sha256"},
		{"country of its own", `{"props":{"country":"Austria"}}`, "country"},
		{"country's code, hashed", `{"x":"` + sha("at") + `"}`, "country:sha256"},
		{"user id", `{"k":"usr_8f3k2q9x"}`, "user_id"},
		{"org", `{"k":"org_5512"}`, "org_id"},
		{"org name", `{"k":"Acme Robotics GmbH"}`, "org_name"},
		{"ip", `{"k":"203.0.113.77"}`, "ip"},
		{"lat lon", `{"lat":46.6243,"lng":14.3076}`, "lat"},
		{"geo text", `{"g":"46.624,14.308"}`, "lon"},
		{"password", `{"p":"Tr0ub4dor&3"}`, "password"},
		{"card", `{"p":"4539-5787-6362-1486"}`, "payment_card"},
		{"iban", `{"p":"AT611904300234573201"}`, "iban"},
		{"search", `{"q":"Insulin+pump+case"}`, "search_term"},
		{"unknown key", `{"q":"lx-2231-0098"}`, "loyalty"},
	} {
		p := NewPool(marta)
		got := find(p, c.body)
		if c.want == "" {
			continue
		}
		assert.Contains(t, got, c.want, "%s: %s", c.name, c.body)
	}
}

func TestPoolLeavesOtherThingsAlone(t *testing.T) {
	p := NewPool(marta)
	for _, body := range []string{
		`{"tz":"Europe/Klagenfurt"}`, `{"x":"xmarta.kovacs+news@gmail.com"}`, `{"count":9020}`, `{"duration":"9020"}`, `{"country_label":"at"}`,
		`{"x":"look at this"}`, `{"kind":"female"}`, `{"ts":1987032412345}`, `{"v":"46.62.1"}`, `{"latency":46.62}`, `{"w":46.6}`,
		`{"x":"1453957876362148699"}`, `{"n":` + fmt.Sprint(crc32.ChecksumIEEE([]byte("marta.kovacs+news@gmail.com"))) + `}`,
		`{"a":"203.0.113.7"}`, `{"a":"1.203.0.113.77"}`, `{"a":"amartak"}`,
	} {
		assert.Empty(t, find(p, body), body)
	}
}

// How long it takes to make, BenchmarkNewPool tells.
func TestPoolIsSmall(t *testing.T) {
	p := NewPool(marta)
	t.Logf("%d values, %d patterns", len(p.entries), len(p.patterns))
	require.Less(t, len(p.patterns), 60_000)
}

func BenchmarkNewPool(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		NewPool(marta)
	}
}

func BenchmarkPoolFind(b *testing.B) {
	p := NewPool(marta)
	body := `{"api_key":"abc","events":[` + strings.TrimSuffix(strings.Repeat(`{"event_type":"page_view","time":1700000000123,"user_properties":{"plan":"gold","theme":"dark"},"insert_id":"9f1c2d3e-1b2c-4d5e-8f90-a1b2c3d4e5f6","library":"amplitude-ts/2.1"},`, 10), ",") + `]}`
	t := tree(body)
	n := 0
	for i := range t.Fields {
		n += len(t.Fields[i].Value)
	}
	b.SetBytes(int64(n))
	var out []Match
	for b.Loop() {
		out = p.Find(t, out[:0])
	}
}
