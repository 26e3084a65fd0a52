package rule

import (
	"strings"
)

// JWTSubject reads whom a JSON web token is about.
var JWTSubject = Rule{
	ID:    "jwt-subject",
	Class: UserID,
	Doc:   "The claims of a JSON web token that say whom it was issued to: subject, name, user name, telephone number (RFC 7519, OpenID Connect Core 5.1).",
	Why:   "A token is signed, not sealed: whoever is sent it reads the claims.",
	Do:    "Keep tokens out of URLs and payloads of third parties; keep names and addresses out of tokens.",
	Needs: NeedLeaf,
	Find:  findJWTSubject,
	Hits: []Sample{
		{Body: `{"t":"` + sampleJWT + `"}`, Text: "u-10293"}, {Body: `{"t":"` + sampleJWT + `"}`, Text: "Lena Fischer", Class: Name},
		{URL: "https://vendor.example/c?x=" + sampleJWT, Text: "u-10293"}, {Header: "Authorization: Bearer " + sampleJWT, Text: "Lena Fischer", Class: Name},
	},
	Misses: []Sample{
		{Body: `{"sub":"u-10293","name":"Lena Fischer"}`}, {Body: `{"payload":{"sub":"u-10293"}}`}, {Body: `{"t":"` + machineJWT + `"}`},
		{Body: `{"apikey":"eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJzdXBhYmFzZSIsInJvbGUiOiJhbm9uIn0.c2lnbmF0dXJlc2lnbmF0dXJl"}`},
	},
}

// machineJWT says {"sub":"shop-api@clients","gty":"client-credentials","name":"Shop API"}.
const machineJWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzaG9wLWFwaUBjbGllbnRzIiwiZ3R5IjoiY2xpZW50LWNyZWRlbnRpYWxzIiwibmFtZSI6IlNob3AgQVBJIn0.c2lnbmF0dXJlc2lnbmF0dXJl"

// claims are those that tell of a person and have names that mean other things elsewhere.
var claims = map[string]meaning{
	"sub": {class: UserID, key: "user_id"}, "oid": {class: UserID, key: "user_id"}, "nameid": {class: UserID, key: "user_id"},
	"uid": {class: UserID, key: "user_id"}, "name": {class: Name, key: "full_name"}, "given_name": {class: Name, key: "first_name"},
	"family_name": {class: Name, key: "last_name"}, "preferred_username": {class: Username, key: "username"},
	"unique_name": {class: Username, key: "username"}, "upn": {class: Username, key: "username"}, "nickname": {class: Username, key: "username"},
	"phone_number": {class: Phone, key: "phone"},
}

func findJWTSubject(c *Context, yield func(Match)) {
	claim, ok := claims[c.f.Key]
	if !ok || !c.isClaim() || isNothing(c.v) || len(c.v) > 200 || strings.Contains(c.v, "@") || c.ofMachine() {
		return
	}
	m := c.whole(ByField, Certain)
	m.Class, m.Key = claim.class, claim.key
	yield(m)
}

// isClaim reports a member of the payload of a token.
func (c *Context) isClaim() bool {
	p := c.f.Parent
	if p < 0 {
		return false
	}
	payload := &c.Tree.Fields[p]
	n := len(payload.Chain)
	return n > 0 && payload.Chain[n-1] == "jwt" && payload.Key == "payload" && strings.TrimSuffix(parentPath(c.f), ".") == payload.Path
}

// ofMachine reports a token that was issued to a program, or to everybody.
func (c *Context) ofMachine() bool {
	for j := range c.siblings {
		g := &c.Tree.Fields[j]
		switch {
		case g.Key == "gty" && g.Value == "client-credentials", g.Key == "role" && (g.Value == "anon" || g.Value == "anonymous" || g.Value == "public"):
			return true
		case (g.Key == "client_id" || g.Key == "azp") && c.f.Key == "sub" && g.Value == c.v:
			return true
		}
	}
	return false
}
