package detect

import (
	"fmt"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/decode"
)

// cuts say which gap a cut of decoding is, and in a word what ended it.
var cuts = map[decode.CutKind]struct {
	kind crawler.GapKind
	word string
}{
	decode.CutDepth: {crawler.GapDepth, "nesting"},
	decode.CutNodes: {crawler.GapNodes, "number of fields"},
	decode.CutSize:  {crawler.GapSize, "size"},
	decode.CutRatio: {crawler.GapRatio, "growth by decompression"},
	decode.CutWork:  {crawler.GapWork, "work"},
}

// unopened returns the gaps of a request whose payload was not opened to the end: one for each thing that ended it. What
// the site sends to itself is nobody's.
func unopened(x *examined) (gaps []crawler.Gap) {
	if x.own || x.tree == nil {
		return nil
	}
	told := map[decode.CutKind]bool{}
	for _, c := range x.tree.Cut {
		if told[c.Kind] {
			continue
		}
		told[c.Kind] = true
		g := x.gap(crawler.GapBlobMissing, c.Path)
		g.Text = "its body is not to be had any more"
		if cut, ok := cuts[c.Kind]; ok {
			g.Kind = cut.kind
			g.Text = fmt.Sprintf("a payload could not be opened to the end: %s", cut.word)
		}
		gaps = append(gaps, g)
	}
	return gaps
}

// gap makes a gap about a field of the request.
func (x *examined) gap(kind crawler.GapKind, path string) crawler.Gap {
	q := x.job.request
	return crawler.Gap{
		Kind: kind, Where: shorten(placeOf(path)), Recipient: x.match.Recipient.ID, Page: q.Page, Request: q.ID,
		Profile: q.Profile, Consent: q.Consent, Count: 1,
	}
}

// maxPlace is the length in bytes of a field's path in a gap: it is to be found, not to be read.
const maxPlace = 160

func shorten(path string) string {
	if len(path) <= maxPlace {
		return path
	}
	return path[:maxPlace/2] + "…" + path[len(path)-maxPlace/2:]
}
