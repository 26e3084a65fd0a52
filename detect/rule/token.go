package rule

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/tagscan/tagscan/detect/decode"
)

// JWTClaims finds JSON web tokens that speak of a person.
var JWTClaims = Rule{
	ID:    "jwt-claims",
	Class: AuthToken,
	Doc:   "A JSON web token whose claims name a subject, an address or a user. Public tokens (anonymous role, publishable keys) are left out.",
	Why:   "Whoever holds it can act as the user until it expires, and its claims are readable by anyone.",
	Do:    "Keep tokens out of URLs, and strip them from what error monitors record (beforeSend, denyUrls, network body filters).",
	Needs: NeedDot | NeedLong,
	Find:  findJWTs,
	Hits: []Sample{
		{Body: `{"url":"https://api.example/x?t=` + sampleJWT + `"}`, Text: sampleJWT}, {Body: `{"k":"` + sampleJWT + `"}`, Text: sampleJWT}, {Header: "Authorization: Bearer " + sampleJWT, Text: sampleJWT},
	},
	Misses: []Sample{{Body: `{"apikey":"eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJzdXBhYmFzZSIsInJvbGUiOiJhbm9uIn0.c2lnbmF0dXJlc2lnbmF0dXJl"}`}, {Body: `{"access_token":"pk.eyJ1IjoiYWNtZSIsImEiOiJjbDEyMyJ9.c2lnbmF0dXJlc2lnbmF0dXJl"}`}, {Body: `{"x":"eyJhbGciOiJIUzI1NiJ9.broken.x"}`}},
}

// sampleJWT says {"alg":"HS256"}.{"sub":"u-10293","name":"Lena Fischer"}.
const sampleJWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1LTEwMjkzIiwibmFtZSI6IkxlbmEgRmlzY2hlciJ9.c2lnbmF0dXJlc2lnbmF0dXJl"

func findJWTs(c *Context, yield func(Match)) {
	if c.f.Inner && len(c.v) > 8192 || c.insideJWT() {
		return
	}
	for i := 0; ; {
		p := strings.Index(c.v[i:], "eyJ")
		if p < 0 {
			return
		}
		p += i
		end := p
		for end < len(c.v) && (wordByte[c.v[end]] && c.v[end] < 0x80 || strings.IndexByte("-_.=", c.v[end]) >= 0) {
			end++
		}
		i = end
		if p > 0 && c.v[p-1] == '.' || !personalJWT(c.v[p:end]) || c.coveredBelow(c.v[p:end]) {
			continue
		}
		m := c.span(p, end, ByPattern, Certain)
		m.Key = "auth_token"
		yield(m)
	}
}

// insideJWT reports a field that is part of an opened token.
func (c *Context) insideJWT() bool {
	return len(c.f.Chain) > 0 && c.f.Chain[len(c.f.Chain)-1] == "jwt"
}

// coveredBelow reports whether a field that was decoded out of the one at hand holds the text as well, other than as
// the parts of a token.
func (c *Context) coveredBelow(text string) bool {
	if !c.f.Inner || len(c.v) == len(text) {
		return false
	}
	for j := c.i + 1; j < len(c.Tree.Fields); j++ {
		if g := &c.Tree.Fields[j]; g.Parent == c.i && strings.Contains(g.Value, text) {
			return true
		}
	}
	return false
}

// personalJWT reads the claims of a token.
func personalJWT(token string) bool {
	parts := strings.Split(token, ".")
	if len(parts) != 3 { // one of five is encrypted (JWE, RFC 7516), and nobody knows what is in it
		return false
	}
	if _, ok := rawURL(parts[0]); !ok {
		return false
	}
	payload, ok := rawURL(parts[1])
	if !ok || len(parts[2]) < 8 {
		return false
	}
	var claims map[string]any
	if json.Unmarshal(payload, &claims) != nil {
		return false
	}
	if role, _ := claims["role"].(string); role == "anon" || role == "anonymous" || role == "public" {
		return false
	}
	for _, k := range []string{"sub", "email", "name", "uid", "user_id", "userId", "preferred_username", "username", "given_name", "oid", "upn", "unique_name", "user", "uuid", "nameid", "sid", "phone_number", "customer_id"} {
		switch x := claims[k].(type) {
		case string:
			if !isNothing(x) {
				return true
			}
		case float64, map[string]any:
			return true
		}
	}
	return false
}

func rawURL(s string) ([]byte, bool) {
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(s, "="))
	return b, err == nil
}

// TokenField finds opaque credentials: bearer headers to third parties, and tokens by the name of their field.
var TokenField = Rule{
	ID:    "token-field",
	Class: AuthToken,
	Doc:   "A bearer token, an access or reset token, in a header to a third party or in a field that is named for one.",
	Why:   JWTClaims.Why,
	Do:    JWTClaims.Do,
	Needs: NeedLong,
	Find:  findTokens,
	Hits: []Sample{
		{Header: "Authorization: Bearer 8xLOxBtZp8aK2mQ9vR4t", Text: "8xLOxBtZp8aK2mQ9vR4t"}, {Body: `{"access_token":"gho_16C7e42F292c6912E7710c838347Ae178B4a"}`, Text: "gho_16C7e42F292c6912E7710c838347Ae178B4a"},
		{URL: "https://vendor.example/c?dl=https%3A%2F%2Fshop.example%2Freset%3Freset_token%3D9fK2mQ8vR4tLx7Bz", Text: "9fK2mQ8vR4tLx7Bz"}, {Body: `{"log":"header Authorization: Bearer 8xLOxBtZp8aK2mQ9vR4t"}`, Text: "8xLOxBtZp8aK2mQ9vR4t"},
		{Header: "Cookie: session-token=8xLOxBtZp8aK2mQ9vR4t", Text: "8xLOxBtZp8aK2mQ9vR4t", Class: SessionID},
	},
	Misses: []Sample{
		{Body: `{"token":"9f1c2d3e1b2c4d5e8f90a1b2c3d4e5f6"}`}, {Body: `{"access_token":"pk.eyJ1IjoiYWNtZSJ9.c2lnbmF0dXJl"}`}, {Body: `{"auth":"true"}`}, {Body: `{"token":"phc_abcdefghijklmnop1234567890"}`},
		{Body: `{"csrf_token":"8xLOxBtZp8aK2mQ9vR4t"}`}, {Body: `{"auth_token":"{{token}}"}`}, {Header: "Authorization: Basic OWYxYzJkM2U6"}, {Body: `{"write_key":"8xLOxBtZp8aK2mQ9vR4t"}`},
	},
}

func findTokens(c *Context, yield func(Match)) {
	if c.f.Where == decode.Header && strings.EqualFold(c.f.Key, "authorization") {
		c.authorization(yield)
		return
	}
	if c.f.Inner || c.f.Where == decode.Header && strings.Contains(strings.ToLower(c.f.Path), "authorization") {
		return
	}
	if i := strings.Index(c.v, "earer "); i > 0 && (c.v[i-1] == 'B' || c.v[i-1] == 'b') && len(c.v) < 8192 {
		end := i + 6
		for end < len(c.v) && (wordByte[c.v[end]] && c.v[end] < 0x80 || strings.IndexByte("-_.~+/=", c.v[end]) >= 0) {
			end++
		}
		if token := c.v[i+6 : end]; secret(token) && !strings.HasPrefix(token, "eyJ") {
			m := c.span(i+6, end, ByPattern, Likely)
			m.Key = "auth_token"
			yield(m)
		}
		return
	}
	n := c.name
	if n.class != AuthToken || n.weak && !(len(n.outer) > 0 && (n.outer[len(n.outer)-1] == "user" || n.outer[len(n.outer)-1] == "auth")) || n.has(signature) || !secret(c.v) || strings.HasPrefix(c.v, "eyJ") || isURL(c.v) {
		return
	}
	m := c.whole(ByField, Likely)
	if c.f.Where == decode.Cookie && !c.Disguised {
		m.Class, m.Key = SessionID, "session_id" // the recipient's own cookie goes back to it
	}
	yield(m)
}

// authorization reads the header: a bearer token is the user's; Basic with a password too, with an empty one it is a
// site key.
func (c *Context) authorization(yield func(Match)) {
	scheme, value, ok := strings.Cut(c.v, " ")
	if !ok || c.FirstParty || strings.HasPrefix(value, "eyJ") {
		return
	}
	value = strings.TrimSpace(value)
	switch strings.ToLower(scheme) {
	case "bearer", "token", "jwt":
		if !secret(value) {
			return
		}
	case "basic":
		b, err := base64.StdEncoding.DecodeString(value)
		if _, pass, colon := strings.Cut(string(b), ":"); err != nil || !colon || pass == "" || !strings.Contains(string(b), "@") {
			return
		}
	default:
		return
	}
	start := strings.LastIndex(c.v, value)
	m := c.span(start, start+len(value), ByPattern, Likely)
	m.Key = "auth_token"
	yield(m)
}

// publicKeys are prefixes of keys that are made to be public.
var publicKeys = []string{"pk.", "pk_", "pub", "phc_", "sentry_", "client-", "AIza", "ey.", "G-", "UA-", "key_live_", "NRJS-", "NRBR-", "6L", "rzp_", "Bearer"}

// secret reports a token that is one: random, and not a publishable key.
func secret(v string) bool {
	for _, p := range publicKeys {
		if strings.HasPrefix(v, p) {
			return false
		}
	}
	return len(v) >= 12 && len(v) <= 4096 && !isNothing(v) && (random(v) || len(v) > 256 && !strings.Contains(v, " "))
}

// PasswordField finds passwords by the name of their field.
var PasswordField = Rule{
	ID:    "password-field",
	Class: Password,
	Doc:   "A password in a field that is named for one.",
	Why:   "Whoever has it is the user, here and wherever the password is used again.",
	Do:    "Stop form capture on every page with a login; rotate what was sent.",
	Needs: NeedLeaf,
	Names: true,
	Find:  findPassword,
	Hits:  []Sample{{Body: `{"user":{"password":"Winter2024!"}}`, Text: "Winter2024!"}, {URL: "https://vendor.example/c?pwd=s3cr3tpass", Text: "s3cr3tpass"}, {Body: `{"el":"input","name":"password","value":"S3cret!pass"}`, Text: "S3cret!pass"}},
	Misses: []Sample{{Body: `{"password":"********"}`}, {Body: `{"password":"true"}`}, {Body: `{"password":"[Filtered]"}`}, {Body: `{"password_reset":"yes"}`}, {Body: `{"password":"password"}`}, {Body: `{"password":"Passwort"}`},
		{Body: `{"hasPassword":"Winter2024!"}`}, {Body: `{"password":"Please enter your password"}`}},
}

func findPassword(c *Context, yield func(Match)) {
	if len(c.v) < 4 || len(c.v) > 128 || isNothing(c.v) || isLabel(c.v) || strings.Count(c.v, " ") > 1 || c.f.Kind == decode.Bool || isURL(c.v) || strings.ContainsAny(c.v, "<>{}") {
		return
	}
	m := c.whole(ByField, Certain)
	if fn := digestShape(c.v); fn != "" {
		m.Form, m.Hash = Hashed, []string{"?" + fn}
	}
	yield(m)
}
