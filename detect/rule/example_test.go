package rule_test

import (
	"fmt"

	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/rule"
)

// Known values are found in any of their spellings, hashed ones included.
func ExamplePool() {
	pool := rule.NewPool(rule.PersonaOf(map[string][]string{"email": {"Alice@Example.com"}}))
	body := `{"user":{"em":"ff8d9819fc0e12bf0d24892e45987e249a28dce836a85cad60e28eaaa8c6d976"}}`
	tree := decode.Bytes(decode.BodyIn, "body", []byte(body), decode.DefaultBudget)
	for _, m := range pool.Find(tree, nil) {
		fmt.Println(m.Class, m.Key, m.Hash, tree.Fields[m.Field].Path)
	}
	// Output: contact.email email [sha256] body.user.em
}

// Rules find what needs no known value: patterns, and fields that are named for what they hold.
func ExampleFind() {
	body := `{"traits":{"firstName":"Zoé","birthday":"1991-11-30"},"context":{"ip":"81.2.69.142"},"release":"4.18.2.1"}`
	tree := decode.Bytes(decode.BodyIn, "body", []byte(body), decode.DefaultBudget)
	for _, m := range rule.Find(&rule.Context{Tree: tree}, nil) {
		fmt.Println(m.Class, m.Text, m.Confidence)
	}
	// Unordered output:
	// identity.name Zoé certain
	// identity.dob 1991-11-30 certain
	// network.ip 81.2.69.142 certain
}
