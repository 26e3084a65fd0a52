package conclude

import (
	"maps"
	"slices"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
)

// keyName is the text whose token names the key of a project's tokens.
const keyName = "tagscan: the key of the known values"

// Known names the known values without telling them, for the run to remember; nil if there are none, or no key to hide them with.
func (o Options) Known() *crawler.Known {
	if len(o.Persona) == 0 || len(o.Key) == 0 {
		return nil
	}
	k := &crawler.Known{Key: detect.Token(o.Key, detect.NewValue(keyName)), Tokens: map[string][]string{}}
	for key, values := range o.Persona {
		for _, v := range values {
			k.Tokens[key] = append(k.Tokens[key], detect.Token(o.Key, detect.NewValue(v)))
		}
		slices.Sort(k.Tokens[key])
	}
	return k
}

// Forgotten are the keys of values that were known when the captures were made and are not known now, sorted: without them less
// would be found. Under another key than the scan's only the names of the values can be compared.
func (o Options) Forgotten(profiles ...Profile) []string {
	gone := map[string]bool{}
	now := o.Known()
	for _, p := range profiles {
		run := runOf([]Profile{p})
		if run == nil || run.Known == nil {
			continue
		}
		for key, tokens := range run.Known.Tokens {
			switch {
			case now == nil || len(now.Tokens[key]) == 0:
				gone[key] = true
			case now.Key == run.Known.Key:
				gone[key] = gone[key] || slices.ContainsFunc(tokens, func(t string) bool { return !slices.Contains(now.Tokens[key], t) })
			}
		}
	}
	maps.DeleteFunc(gone, func(_ string, missing bool) bool { return !missing })
	return slices.Sorted(maps.Keys(gone))
}
