package decode

import "strings"

// JSONP opens callback({…}) and other JSON with a prefix.
var JSONP = Decoder{
	Name: "jsonp",
	Doc:  "JSON in a call, name({…}), or after a guard against inclusion: )]}', for(;;); while(1);",
	Kind: Structure,
	Rank: 97,
	Gate: Gate{Min: 6, Needs: Brace, Test: func(s string) bool { from, _ := jsonInCall(s); return from > 0 }},
	Decode: func(o *Out, s string) bool {
		from, to := jsonInCall(s)
		o.Text(s[from:to])
		return true
	},
	Examples: []Example{
		{In: `cb17({"mail":"jane@example.org"});`, Path: ".mail", Want: "jane@example.org"},
		{In: `window.app.done(["jane@example.org"])`, Path: "[0]", Want: "jane@example.org"},
		{In: ")]}'\n{\"mail\":\"jane@example.org\"}", Path: ".mail", Want: "jane@example.org"},
		{In: `for(;;);{"mail":"jane@example.org"}`, Path: ".mail", Want: "jane@example.org"},
		{In: "f(x)", Noise: true},
		{In: "rgba(0,0,0,1)", Noise: true},
	},
}

// jsonInCall returns where the JSON is in a call or after a guard; from is 0 if it is none.
func jsonInCall(s string) (from, to int) {
	for _, guard := range [...]string{")]}',", ")]}'", "for(;;);", "for (;;);", "while(1);", "&&&START&&&", "/**/"} {
		if strings.HasPrefix(s, guard) {
			return len(guard), len(s)
		}
	}
	open := strings.IndexByte(s[:min(len(s), 100)], '(')
	if open < 1 || open+2 >= len(s) || shape(s[:open])&^(Alnum|Dash|Dot|List|Space|Brace) != 0 {
		return 0, 0
	}
	if c := s[open+1]; c != '{' && c != '[' || strings.IndexByte("\"{[]}0123456789'", s[open+2]) < 0 {
		return 0, 0
	}
	end := strings.LastIndexByte(s, ')')
	if end < open {
		end = len(s)
	}
	return open + 1, end
}
