package shown

import (
	"slices"
	"strings"
)

// saying is how one kind of page that is shown instead of another speaks in one language.
type saying struct {
	lang string // ISO 639-1
	head string // pattern of its headings as a whole; "" if they say nothing by themselves
	part string // pattern of what it says about the visitor, the request or the site at this moment
	hit  string // a heading, "|" and a sentence, either of which is enough; a heading may be left out
}

// sayings are those of a kind, and ordinary pages that use the same words: a heading, "|" and text.
type sayings struct {
	says   []saying
	misses []string
}

// phrases are all of them in one table.
func (s sayings) phrases() phrases {
	var heads, parts []string
	for _, one := range s.says {
		if one.head != "" {
			heads = append(heads, one.head)
		}
		parts = append(parts, one.part)
	}
	return phrases{whole: headings(heads...), part: anywhere(parts...)}
}

// letters makes \w, which is of ASCII alone in RE2, mean the letters of all languages.
func letters(pattern string) string { return strings.ReplaceAll(pattern, `\w`, `[\pL\pM\d]`) }

// with is a table that has the patterns of another, too.
func (p phrases) with(s sayings) phrases {
	more := s.phrases()
	return phrases{firm: p.firm, whole: slices.Concat(p.whole, more.whole), part: slices.Concat(p.part, more.part)}
}
