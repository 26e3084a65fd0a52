package conclude

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
)

// advice is the vendor's own setting, whatever the class.
func advice(c *recipient.Catalog) func(string, rule.Class) string {
	return func(id string, _ rule.Class) string {
		if v, ok := c.ByID(id); ok {
			return v.Advice
		}
		return ""
	}
}

func keysOf(p rule.Persona) []string { return slices.Sorted(maps.Keys(p)) }

// CatalogVersion is a hash of all that the catalog says, so that a diff can tell changes of the site from those of the
// catalog.
func CatalogVersion(c *recipient.Catalog) string {
	h := sha256.New()
	enc := json.NewEncoder(h)
	for _, v := range c.All() {
		_ = enc.Encode(v) // a hash takes everything
	}
	return short(h.Sum(nil))
}

// RulesVersion is a hash of the rules, classes and decoders by name and description.
func RulesVersion() string {
	h := sha256.New()
	for _, r := range rule.Rules {
		fmt.Fprintln(h, r.ID, r.Class, r.Doc, r.Hits, r.Misses)
	}
	for _, c := range rule.Classes() {
		fmt.Fprintln(h, c)
	}
	for _, d := range decode.Decoders {
		io.WriteString(h, d.Name+"\n"+d.Doc+"\n")
	}
	return short(h.Sum(nil))
}

func short(sum []byte) string { return hex.EncodeToString(sum[:6]) }
