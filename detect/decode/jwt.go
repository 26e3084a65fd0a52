package decode

import "strings"

// JWT opens the header and the payload of a JSON web token.
var JWT = Decoder{
	Name: "jwt",
	Doc:  "JSON web tokens (RFC 7519): header and claims; the signature is left. An encrypted one (JWE) shows its header alone.",
	Kind: Structure,
	Rank: 80,
	Gate: Gate{Min: 12, First: "e", Chars: Alnum | Dash | Dot | Equal, Needs: Dot, Test: func(s string) bool {
		return strings.HasPrefix(s, "eyJ") || strings.HasPrefix(s, "ewog") || strings.HasPrefix(s, "eyAi")
	}},
	Decode: func(o *Out, s string) bool {
		header, rest, _ := strings.Cut(s, ".")
		payload, _, _ := strings.Cut(rest, ".")
		h := unbase64(nil, strings.TrimRight(header, "="), &urlAlphabet)
		if len(h) < 8 || h[0] != '{' {
			return false
		}
		o.Field("header", o.t.keep(h), Text)
		if p := unbase64(nil, strings.TrimRight(payload, "="), &urlAlphabet); len(p) > 1 && p[0] == '{' {
			o.Field("payload", o.t.keep(p), Text)
		}
		return true
	},
	Examples: []Example{
		{In: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxNyIsImVtYWlsIjoiamFuZUBleGFtcGxlLm9yZyJ9.c2ln", Path: ".payload.email", Want: "jane@example.org"},
		{In: `{"token":"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxNyJ9.c2ln"}`, Path: ".token.header.alg", Want: "HS256"},
		{In: "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxNyJ9.c2ln", Noise: false, Path: ".payload.sub", Want: "17"},
		{In: "ey.example.com", Noise: true},
	},
}

// Credentials opens the Authorization header's schemes.
var Credentials = Decoder{
	Name: "credentials",
	Doc:  "A scheme and what follows it, as in an Authorization header (RFC 9110): Basic, Bearer, Token, Digest.",
	Kind: Structure,
	Rank: 70,
	Gate: Gate{Min: 10, Needs: Space, First: "BbTtNJDSAC", Test: func(s string) bool { _, _, ok := scheme(s); return ok }},
	Decode: func(o *Out, s string) bool {
		_, rest, _ := scheme(s)
		o.add(rest, Text)
		return true
	},
	Examples: []Example{
		{In: "Basic amFuZTpzZWNyZXQ=", Want: "jane:secret"},
		{In: "Bearer abcdefghijklmnop", Want: "abcdefghijklmnop"},
		{In: "Basic plan", Noise: true},
		{In: "Bearer of bad news", Noise: true},
	},
}

func scheme(s string) (name, rest string, ok bool) {
	name, rest, ok = strings.Cut(s, " ")
	rest = strings.TrimSpace(rest)
	if !ok || len(rest) < 8 || strings.IndexByte(rest, ' ') >= 0 {
		return "", "", false
	}
	switch strings.ToLower(name) {
	case "basic", "bearer", "token", "negotiate", "jwt", "apikey", "digest", "splunk", "atomic", "clientid", "client-id":
		return name, rest, true
	}
	return "", "", false
}
