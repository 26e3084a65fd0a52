package decode

import "strings"

// GraphQL opens the arguments that are written into a GraphQL text.
var GraphQL = Decoder{
	Name: "graphql",
	Doc:  `Arguments in the text of a GraphQL operation: mutation { identify(email: "…") }. Variables come as JSON beside it.`,
	Kind: Structure,
	Rank: 94,
	Gate: Gate{Min: 12, First: "mqs{", Needs: Brace | Quote, Test: isGraphQL},
	Decode: func(o *Out, s string) bool {
		o.partial = true
		n := 0
		for i := strings.IndexByte(s, '('); i >= 0 && i < len(s) && !o.full; i++ {
			if s[i] != '"' {
				continue
			}
			name := argument(s[:i])
			p := jsonReader{s: s, i: i, o: o}
			v, _ := p.quoted('"')
			i = p.i - 1
			if name == "" || v == "" {
				continue
			}
			o.Field(name, v, Text)
			n++
		}
		return n > 0
	},
	Examples: []Example{
		{In: `mutation { identify(email: "jane@example.org", plan: PRO) { id } }`, Path: ".email", Want: "jane@example.org"},
		{In: `{"query":"query Q { user(id: \"17\", input: {name:\"Jane Doe\"}) { id } }"}`, Path: ".query.name", Want: "Jane Doe"},
		{In: `query Q($id: ID!) { user(id: $id) { name } }`, Noise: true},
		{In: `say ("hello") to {all}`, Noise: true},
	},
}

func isGraphQL(s string) bool {
	for _, word := range [...]string{"mutation", "query", "subscription", "{"} {
		if rest, ok := strings.CutPrefix(s, word); ok && rest != "" {
			c := rest[0]
			return (c == ' ' || c == '{' || c == '(' || c == '\n') && strings.IndexByte(s, '(') > 0 && strings.IndexByte(s, '"') > 0 && strings.IndexByte(s, '}') > 0
		}
	}
	return false
}

// argument returns the name that stands before a colon at the end of s, "" if there is none.
func argument(s string) string {
	s, ok := strings.CutSuffix(strings.TrimRight(s, " \n"), ":")
	if !ok {
		return ""
	}
	s = strings.TrimRight(s, " ")
	i := len(s)
	for i > 0 && classes[s[i-1]]&(Alnum|Dash) != 0 {
		i--
	}
	return s[i:]
}
