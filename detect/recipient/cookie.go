package recipient

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/detect/decode"
)

// cookieName is a glob of the names of a vendor's cookies, and what they hold.
type cookieName struct {
	glob
	word string
}

// cookieNames are a vendor's cookies, the closest glob first.
func cookieNames(words map[string]string) []cookieName {
	var out []cookieName
	for _, name := range slices.Sorted(maps.Keys(words)) {
		out = append(out, cookieName{newGlob(name), words[name]})
	}
	slices.SortStableFunc(out, func(a, b cookieName) int { return cmp.Or(b.literal-a.literal, strings.Compare(a.word, b.word)) })
	return out
}

// minIdentifier is how many bytes a cookie has at least that can tell browsers apart: flags and choices are shorter.
const minIdentifier = 6

// cookieWord is what a cookie holds that was sent to the vendor itself, by the vendor's list of its cookies; "" if it is none of
// them. What is inside a cookie that identifies nobody identifies nobody either, whatever it is called there.
func (r *reading) cookieWord(t *decode.Tree, i int, words []string) string {
	f := &t.Fields[i]
	if f.Where != decode.Cookie {
		return ""
	}
	if f.Parent >= 0 && f.Parent < i {
		if w := words[f.Parent]; neutralWords[w] != "" {
			return w
		}
		return ""
	}
	name := strings.TrimPrefix(f.Path, string(decode.Cookie)+".")
	for k := range r.cookies {
		if c := &r.cookies[k]; c.match(name) {
			if neutralWords[c.word] == "" && len(f.Value) < minIdentifier {
				return "flag"
			}
			return c.word
		}
	}
	return ""
}
