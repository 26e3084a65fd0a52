package detect

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/rule"
)

// tree is a body that holds an address, in base64 in JSON.
func mergeTree() *decode.Tree {
	return &decode.Tree{Fields: []decode.Field{
		{Path: "body", Value: `{"d":"Z2VyZGEuaG9sbUBwb3N0ZW8uZGU=","n":"Gerda Holm"}`, Parent: -1, Inner: true},
		{Path: "body.d", Key: "d", Value: "Z2VyZGEuaG9sbUBwb3N0ZW8uZGU=", Parent: 0, Inner: true},
		{Path: "body.d", Key: "d", Value: "gerda.holm@posteo.de", Parent: 1},
		{Path: "body.n", Key: "n", Value: "Gerda Holm", Parent: 0},
	}}
}

func match(ruleID string, c rule.Class, known rule.Known, field, start, end int, text string) rule.Match {
	return rule.Match{Rule: ruleID, Class: c, Known: known, Field: field, Start: start, End: end, Text: text, Confidence: rule.Certain}
}

func TestMergeKeepsOneExplanationForEachSpan(t *testing.T) {
	email := match("known-value", rule.Email, rule.ByPersona, 2, 0, 20, "gerda.holm@posteo.de")
	for _, c := range []struct {
		name string
		in   []rule.Match
		want []string // rule and class
	}{
		{"the longest", []rule.Match{email, match("known-value", rule.Name, rule.ByPersona, 2, 0, 5, "gerda")}, []string{"known-value contact.email"}},
		{"the best known", []rule.Match{match("email-pattern", rule.Email, rule.ByPattern, 2, 0, 20, "gerda.holm@posteo.de"), email}, []string{"known-value contact.email"}},
		{"what proves itself, and what the vendor says the field is for", []rule.Match{match(vendorRule, rule.UserID, rule.ByField, 2, 0, 20, "gerda.holm@posteo.de"),
			match("email-pattern", rule.Email, rule.ByPattern, 2, 0, 20, "gerda.holm@posteo.de")}, []string{"email-pattern contact.email", "vendor-field account.user_id"}},
		{"the vendor's word before a name", []rule.Match{match("client-id-field", rule.ClientID, rule.ByField, 3, 0, 10, "Gerda Holm"),
			match(vendorRule, rule.Name, rule.ByField, 3, 0, 10, "Gerda Holm")}, []string{"vendor-field identity.name"}},
		{"the deepest", []rule.Match{match("known-value", rule.Name, rule.ByPersona, 0, 42, 52, "Gerda Holm"), match("known-value", rule.Name, rule.ByPersona, 3, 0, 10, "Gerda Holm")},
			[]string{"known-value identity.name"}},
		{"what is left alone where it is seen closest", []rule.Match{match("name-pattern", rule.Name, rule.ByPattern, 0, 42, 52, "Gerda Holm")}, nil},
		{"a name of a field", []rule.Match{match("email-pattern", rule.Email, rule.ByPattern, 0, 1, 4, "d@x")}, []string{"email-pattern contact.email"}},
		{"the address and the page it is in", []rule.Match{match(vendorRule, rule.PageURL, rule.ByField, 2, 0, 20, "gerda.holm@posteo.de"), match("email-pattern", rule.Email, rule.ByPattern, 2, 3, 20, "da.holm@posteo.de")},
			[]string{"vendor-field behaviour.page_url", "email-pattern contact.email"}},
		{"neighbours", []rule.Match{match("known-value", rule.Name, rule.ByPersona, 3, 0, 5, "Gerda"), match("known-value", rule.Name, rule.ByPersona, 3, 6, 10, "Holm")},
			[]string{"known-value identity.name", "known-value identity.name"}},
		{"a field out of range", []rule.Match{match("x", rule.Name, rule.ByPattern, 9, 0, 1, "x")}, nil},
	} {
		var got []string
		for _, m := range merge(mergeTree(), c.in) {
			got = append(got, m.Rule+" "+string(m.Class))
		}
		assert.Equal(t, c.want, got, c.name)
	}
}

func TestMergeKeepsEvidenceAndWhatItTeaches(t *testing.T) {
	digest := match("hash-in-identity-field", rule.Email, rule.ByField, 1, 0, 28, "Z2VyZGEuaG9sbUBwb3N0ZW8uZGU=")
	digest.Form, digest.Hash = rule.Hashed, []string{"?sha256"}
	tree := mergeTree()
	tree.Fields[1].Inner, tree.Fields[2].Value, tree.Fields[2].Parent = false, "other", -1
	out := merge(tree, []rule.Match{match(vendorRule, rule.Email, rule.ByField, 1, 0, 28, "Z2VyZGEuaG9sbUBwb3N0ZW8uZGU="), digest})
	require.Len(t, out, 1)
	assert.Equal(t, vendorRule, out[0].Rule)
	assert.Equal(t, rule.Hashed, out[0].Form, "the vendor's word does not say that it is a hash")
	assert.Equal(t, []Evidence{{"hash-in-identity-field", rule.Email, ByFieldName, "body.d"}}, out[0].evidence)

	digest.Info = "hash of nothing"
	out = merge(tree, []rule.Match{match(vendorRule, rule.Email, rule.ByField, 1, 0, 28, "Z2VyZGEuaG9sbUBwb3N0ZW8uZGU="), digest})
	require.Len(t, out, 1)
	assert.Equal(t, "hash of nothing", out[0].Info)
}

func TestMergeDoesNotDependOnTheOrderOfMatches(t *testing.T) {
	in := []rule.Match{
		match("known-value", rule.Email, rule.ByPersona, 2, 0, 20, "gerda.holm@posteo.de"), match("email-pattern", rule.Email, rule.ByPattern, 2, 0, 20, "gerda.holm@posteo.de"),
		match("known-value", rule.Name, rule.ByPersona, 2, 0, 5, "gerda"), match("known-value", rule.Name, rule.ByPersona, 3, 0, 10, "Gerda Holm"), match("known-value", rule.Name, rule.ByPersona, 0, 42, 52, "Gerda Holm"),
	}
	key := func(ms []explained) (out []string) {
		for _, m := range ms {
			out = append(out, m.Rule+string(m.Class)+m.Text)
		}
		return out
	}
	want := key(merge(mergeTree(), in))
	for range in {
		in = append(in[1:], in[0])
		assert.Equal(t, want, key(merge(mergeTree(), in)))
	}
}
