package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/detect"
)

const (
	maxEvidence = 3  // findings that a flow shows
	maxPages    = 20 // page URLs that a flow names
)

// telltale is what a report tells of a flow beside the flow itself.
type telltale struct {
	rules    set
	reasons  set
	evidence []detect.Finding // the most telling first, of different fields
}

func (b *Builder) flow(f detect.Finding) {
	b.group.Add(f)
	k := f.FlowKey()
	t := b.tells[k]
	if t == nil {
		t = &telltale{rules: set{}, reasons: set{}}
		b.tells[k] = t
	}
	t.rules.add(f.Rule)
	for _, r := range f.Reasons {
		t.reasons.add(r)
	}
	t.keep(f)
}

// keep holds on to the most telling findings, one for a field of a host.
func (t *telltale) keep(f detect.Finding) {
	field := detect.FoldPath(f.Field)
	for i, e := range t.evidence {
		if detect.FoldPath(e.Field) == field && e.Where == f.Where && e.Host == f.Host {
			if telling(f, e) < 0 {
				t.evidence[i] = f
				slices.SortStableFunc(t.evidence, telling)
			}
			return
		}
	}
	t.evidence = append(t.evidence, f)
	slices.SortStableFunc(t.evidence, telling)
	if len(t.evidence) > maxEvidence {
		t.evidence = slices.Delete(t.evidence, maxEvidence, len(t.evidence))
	}
}

// telling orders findings: what convinces a reader comes first. Ties go to the order of the stream, so that the same
// run gives the same report.
func telling(a, b detect.Finding) int {
	return cmp.Or(
		cmp.Compare(b.Severity, a.Severity),
		cmp.Compare(sureness(b.Confidence), sureness(a.Confidence)),
		cmp.Compare(len(a.Chain), len(b.Chain)),
		cmp.Compare(a.Seq, b.Seq),
		strings.Compare(a.Field, b.Field),
		strings.Compare(a.Request, b.Request),
	)
}

func sureness(c detect.Confidence) int {
	return slices.Index([]detect.Confidence{detect.Possible, detect.Likely, detect.Certain}, c)
}

// sortFlows puts the worst first; what is only guessed comes after what is known.
func sortFlows(fs []detect.Flow) {
	slices.SortStableFunc(fs, func(a, b detect.Flow) int {
		return cmp.Or(
			cmp.Compare(b.Severity, a.Severity),
			cmp.Compare(doubt(a), doubt(b)),
			strings.Compare(a.Recipient.Name, b.Recipient.Name),
			strings.Compare(a.Recipient.ID, b.Recipient.ID),
			strings.Compare(string(a.Class), string(b.Class)),
			strings.Compare(a.Route, b.Route),
			strings.Compare(string(a.Consent), string(b.Consent)),
		)
	})
}

func doubt(f detect.Flow) int {
	if f.Recipient.Weak || f.Confidence == detect.Possible {
		return 1
	}
	return 0
}

func keys[K cmp.Ordered](m map[K]bool) []K { return slices.Sorted(maps.Keys(m)) }
