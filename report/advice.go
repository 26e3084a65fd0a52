package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/rule"
)

// advice groups what to do by the fix: one entry for each thing that would have to be changed, with all flows it ends.
func (b *Builder) advice(m *Model) []Advice {
	type acc struct {
		Advice
		names, prints set
		classes       map[rule.Class]rule.Severity
	}
	by := map[string]*acc{}
	add := func(kind, do string, f Flow) {
		if do == "" {
			return
		}
		a := by[do]
		if a == nil {
			a = &acc{Advice: Advice{Do: do, Kind: kind}, names: set{}, prints: set{}, classes: map[rule.Class]rule.Severity{}}
			by[do] = a
		}
		a.Severity = max(a.Severity, f.Severity)
		a.names.add(f.Name)
		a.prints.add(f.Fingerprint)
		a.classes[f.Class] = max(a.classes[f.Class], f.Severity)
	}
	for _, f := range m.Flows {
		if f.Recipient == "first-party" || f.Severity < rule.Medium || f.Weak {
			continue
		}
		for _, fix := range b.fixes(f) {
			add(fix.kind, fix.do, f)
		}
	}
	out := make([]Advice, 0, len(by))
	for _, a := range by {
		a.Recipients, a.Flows, a.Classes = a.names.list(), a.prints.list(), worstFirst(a.classes)
		out = append(out, a.Advice)
	}
	slices.SortFunc(out, func(a, b Advice) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(len(b.Flows), len(a.Flows)), strings.Compare(a.Do, b.Do))
	})
	return out
}

type fix struct{ kind, do string }

// fixes are the changes that would end or lower a flow: at the recipient first, else for the class, and for the
// circumstances that made it worse.
func (b *Builder) fixes(f Flow) []fix {
	var out []fix
	if f.Do != "" {
		out = append(out, fix{"vendor", f.Name + ": " + f.Do})
	} else if i, ok := rule.InfoOf(f.Class); ok {
		out = append(out, fix{"class", f.Title + ": " + i.Do})
	}
	if pageAddress(f) {
		out = append(out, fix{"url", "Keep personal data out of page addresses: every party on the page is told the address, and servers log it."})
	}
	switch {
	case f.Consent == crawler.Rejected:
		out = append(out, fix{"consent", "Do not load these after a visitor has refused."})
	case f.Consent == crawler.Withdrawn:
		out = append(out, fix{"consent", "Stop these when a visitor takes consent back, and delete what they have stored."})
	case f.Consent == crawler.GPC:
		out = append(out, fix{"consent", "Do not load these for visitors who send Global Privacy Control."})
	case f.Consent == crawler.Unasked && slices.Contains(f.Reasons(), "before consent"):
		out = append(out, fix{"consent", "Load these only after a visitor has agreed."})
	}
	return out
}

// pageAddress reports whether a datum was sent because it stands in the address of the page.
func pageAddress(f Flow) bool {
	class, _ := rule.InfoOf(f.Class)
	for _, p := range f.Places {
		low := strings.ToLower(p.Field)
		if p.Where == decode.Header && strings.Contains(low, "referer") {
			return true
		}
		if class.InAddress && slices.ContainsFunc(addressFields, func(w string) bool { return strings.Contains(low, w) }) {
			return true
		}
	}
	return false
}

// addressFields stand in the paths of fields that hold the address of a page.
var addressFields = []string{"query.dl", "query.url", "page_url", "current_url", "location.href", "document_location", "referrer"}

// worstFirst lists classes by severity, then name.
func worstFirst(m map[rule.Class]rule.Severity) []rule.Class {
	return slices.SortedFunc(maps.Keys(m), func(a, b rule.Class) int {
		return cmp.Or(cmp.Compare(m[b], m[a]), strings.Compare(string(a), string(b)))
	})
}
