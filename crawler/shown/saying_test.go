package shown

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/crawler"
)

// spoken are the kinds of pages by what they say, and what is told of them.
var spoken = map[string]struct {
	sayings sayings
	kind    crawler.GapKind
}{
	"challenges": {challengeSayings, crawler.GapWall},
	"denials":    {denialSayings, crawler.GapPageBlocked},
	"throttles":  {throttleSayings, crawler.GapThrottled},
	"needs":      {needsSayings, crawler.GapWall},
	"ages":       {ageSayings, crawler.GapPageBlocked},
	"nowhere":    {nowhereSayings, crawler.GapPageBlocked},
	"failures":   {failureSayings, crawler.GapMaintenance},
	"sessions":   {sessionSayings, crawler.GapLogin},
}

// tongues are the official languages of the European Union and the others that sites are seen in.
const tongues = "bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv ar hi id ja ko ru th tr uk vi zh"

// saidBy is a page with a heading and a sentence; the title is the heading's, or a shop's.
func saidBy(title, head, text string) string {
	if head != "" {
		head = "<h1>" + head + "</h1>"
	}
	return "<title>" + title + "</title>" + head + "<p>" + text + "</p>"
}

// Each kind is told in each language, by its heading with its sentence and by its sentence alone, and none by what uses its words.
func TestPagesAreToldInEachLanguage(t *testing.T) {
	for name, kind := range spoken {
		t.Run(name, func(t *testing.T) {
			var langs []string
			for _, one := range kind.sayings.says {
				langs = append(langs, one.lang)
				head, text, _ := strings.Cut(one.hit, "|")
				for _, sample := range []string{saidBy(head, head, text), saidBy("Shop", "", text)} {
					f := circumstances{}.of(t, sample)
					f.Named = true
					if got := f.Instead(); assert.NotNil(t, got, "%s: %s", one.lang, sample) {
						assert.Equal(t, kind.kind, got.Kind, "%s: %s: %s", one.lang, sample, got.Text)
					}
				}
			}
			assert.ElementsMatch(t, strings.Fields(tongues), langs)
			for _, miss := range kind.sayings.misses {
				head, text, _ := strings.Cut(miss, "|")
				f := circumstances{start: true}.of(t, saidBy(head, head, text))
				if got := f.Instead(); got != nil {
					assert.Fail(t, "a page was not taken for one", "%s: %s", miss, got.Reason())
				}
			}
		})
	}
}
