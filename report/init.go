package report

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/consent"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report/harmless"
)

// WriteConfig writes a tagscan.yaml that agrees to what a run has seen, with a comment on each rule, for a person to
// delete what should not be. What no contract makes right (passwords, payment data, identity numbers) is forbidden instead.
func WriteConfig(w io.Writer, m *Model) error {
	var b strings.Builder
	if m.Run.Started.IsZero() {
		b.WriteString("# tagscan's configuration. `tagscan init RUN` writes one that holds what goes out today.\n")
	} else {
		fmt.Fprintf(&b, "# tagscan's configuration for %s, written from a scan of %s.\n#\n"+
			"# This is what goes out today. Read each rule, and delete what you do not agree to: from then on it fails the scan.\n",
			harmless.Line(m.Run.Site), m.Run.Started.Format("2006-01-02"))
	}
	b.WriteString("version: 1\n")
	if len(m.Run.Seeds) == 0 {
		b.WriteString("# site: [\"https://shop.example\"]   # where a scan starts that is given no URL\n")
	} else {
		b.WriteString("site:\n")
	}
	for _, s := range m.Run.Seeds {
		fmt.Fprintf(&b, "- %s\n", quoteYAML(s))
	}
	b.WriteString("# Further domains that are yours, so that they are not taken for third parties.\n")
	if len(m.Run.FirstParty) == 0 {
		b.WriteString("# first_party: [shop-cdn.example]\n")
	} else {
		b.WriteString("first_party:\n")
		for _, s := range m.Run.FirstParty {
			fmt.Fprintf(&b, "- %s\n", quoteYAML(s))
		}
	}
	b.WriteString(`# The test account whose values are looked for: keys like email, full_name, phone, user_id.
# persona: persona.yaml
# consent: [unasked, rejected, accepted]
# pages: {max: 200, per_route: 3, exclude: ["*/logout*"]}

policy:
  default: review     # what no rule speaks of is new and fails the scan; allow and forbid are the other choices
  severity: medium    # from this severity on
  # fail_on_news: [refusal, header, moved, dialog]   # what is not as it was fails nothing unless it is named here
  # new_place: [/checkout*]   # where whoever is agreed to fails the scan if it was not there before
`)
	writeAllowed(&b, m)
	writeContradictions(&b, m)
	b.WriteString(`  forbid:
  - id: never
    class: [` + strings.Join(never(), ", ") + `]
  # - {id: no recordings of payment, category: session-replay, route: "/checkout*"}
  # - {id: not after refusal, consent: rejected, category: [ads, analytics]}
  - id: as the visitor chose
    contradiction: [` + strings.Join(graveContradictions, ", ") + `]
  # ignore:
  # - {fingerprint: 0123456789abcdef, reason: "ticket 12, fixed with the next release", until: 2027-01-31}

# How the site stood: what differs later is told as news (explain news:list), and fails the scan if fail_on_news says so.
`)
	writeStanding(&b, m)
	b.WriteString(`
# On payment pages every script needs a source that is allowed, an owner and a justification (PCI DSS 4.0.1, 6.4.3).
# scripts:
# - route: /checkout*
#   allow: [self]
#   integrity: required
#   scripts:
#   - {url: "https://js.stripe.com/v3/", owner: payments team, why: takes the card so that we do not}
`)
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	return nil
}

// writeStanding writes what news are told by.
func writeStanding(b *strings.Builder, m *Model) {
	in := m.Input()
	origin := ""
	for _, p := range m.Pages {
		if u, err := url.Parse(p.URL); err == nil && u.Host != "" && p.Outcome == crawler.Complete {
			origin = u.Scheme + "://" + u.Host
			break
		}
	}
	short := func(route string) string {
		if path, ok := strings.CutPrefix(route, origin); ok && origin != "" && strings.HasPrefix(path, "/") {
			return path
		}
		return route
	}
	s := in.Standing.Keep(nil, policy.SightOf(in.Pages, m.Verdict.Gaps), short)
	if !s.Write(b) {
		b.WriteString("# standing: is written by tagscan init RUN\n")
	}
}

// graveContradictions are those that no rule is written for: the visitor said no, and it counted as yes.
var graveContradictions = []string{string(consent.Sent), string(consent.ClaimedGranted), string(consent.Recorded)}

// writeContradictions writes a rule for each of the others.
func writeContradictions(b *strings.Builder, m *Model) {
	for _, c := range m.Consent.Contradictions {
		if slices.Contains(graveContradictions, string(c.ID)) {
			continue
		}
		comment(b, c.Sentence)
		b.WriteString("  " + strings.Replace(c.Way(), `"…"`, `"as it was when this was written"`, 1) + "\n")
	}
}

// never are the classes that no rule is written for, as a policy names them: a group by a glob if all of it is so.
func never() []string {
	var out []string
	for _, c := range rule.Classes() {
		if !c.Never {
			continue
		}
		group, _, _ := strings.Cut(string(c.Class), ".")
		some := slices.ContainsFunc(rule.Classes(), func(o rule.ClassInfo) bool { return strings.HasPrefix(string(o.Class), group+".") && !o.Never })
		name := group + ".*"
		if some {
			name = string(c.Class)
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

func isNever(c rule.Class) bool {
	info, _ := rule.InfoOf(c)
	return info.Never
}

// writeAllowed writes the rules of each recipient, by the keys that a baseline accepts by: recipient, class, consent state
// and form. What is grave stands apart from the rest, so that it can be deleted alone.
func writeAllowed(b *strings.Builder, m *Model) {
	b.WriteString("  allow:\n")
	flows := map[string][]Flow{}
	for _, f := range m.third() {
		if !isNever(f.Class) {
			flows[f.Recipient] = append(flows[f.Recipient], f)
		}
	}
	written := 0
	for _, e := range m.Recipients {
		rules := rulesOf(flows[e.Recipient.ID])
		if len(rules) == 0 {
			continue
		}
		comment(b, e.Sentence)
		for _, r := range rules {
			written++
			r.write(b, e, len(rules) > 1)
		}
	}
	if written == 0 {
		b.WriteString("  # - {id: product analytics, recipient: matomo, class: [online.client_id, behaviour.*], consent: accepted}\n")
	}
}

// agreed is a rule that allows what was seen and no more.
type agreed struct {
	grave   bool
	form    detect.Form // "": any
	states  string      // consent states, parted by commas
	classes []string
}

// rulesOf makes rules of flows to one recipient: classes that were sent in the same states and form share one.
func rulesOf(flows []Flow) []agreed {
	grave := map[rule.Class]bool{}
	states := map[rule.Class]map[detect.Form][]crawler.Consent{}
	clear := map[rule.Class][]crawler.Consent{}
	for _, f := range flows {
		grave[f.Class] = grave[f.Class] || f.Severity >= rule.High
		if f.Form == detect.Clear {
			clear[f.Class] = append(clear[f.Class], f.Consent)
		}
	}
	for _, f := range flows {
		form := f.Form
		if form == detect.Clear {
			form = ""
		} else if slices.Contains(clear[f.Class], f.Consent) {
			continue // who agrees to the clear text agrees to less
		}
		if states[f.Class] == nil {
			states[f.Class] = map[detect.Form][]crawler.Consent{}
		}
		states[f.Class][form] = append(states[f.Class][form], f.Consent)
	}
	var out []agreed
	for _, class := range slices.Sorted(maps.Keys(states)) {
		for _, form := range slices.Sorted(maps.Keys(states[class])) {
			r := agreed{grave: grave[class], form: form, states: strings.ReplaceAll(words(sortStates(states[class][form])), " ", ", ")}
			i := slices.IndexFunc(out, func(o agreed) bool { return o.grave == r.grave && o.form == r.form && o.states == r.states })
			if i < 0 {
				i = len(out)
				out = append(out, r)
			}
			out[i].classes = append(out[i].classes, string(class))
		}
	}
	slices.SortStableFunc(out, func(a, b agreed) int {
		if a.grave != b.grave {
			if a.grave {
				return -1
			}
			return 1
		}
		return cmp.Or(strings.Compare(a.states, b.states), strings.Compare(string(a.form), string(b.form)))
	})
	return out
}

// comment writes a sentence as comment lines of at most 100 columns, long words apart.
func comment(b *strings.Builder, s string) {
	col := 0
	for _, w := range strings.Fields(harmless.Line(s)) {
		if col > 0 && col+1+len(w) > 100 {
			b.WriteByte('\n')
			col = 0
		}
		if col == 0 {
			b.WriteString("  #")
			col = 3
		}
		b.WriteString(" " + w)
		col += 1 + len(w)
	}
	b.WriteByte('\n')
}

// write writes a rule; several says that the recipient has others, so that the name tells which it is.
func (r agreed) write(b *strings.Builder, e Exposure, several bool) {
	id := e.Recipient.Name
	if r.grave {
		id += ", grave"
	}
	if several && r.states != "" {
		id += ", " + r.states
	}
	if r.form != "" {
		id += ", " + string(r.form)
	}
	fmt.Fprintf(b, "  - id: %s\n    recipient: %s", quoteYAML(id), quoteYAML(e.Recipient.ID))
	if e.Recipient.Owner != "" {
		fmt.Fprintf(b, " # %s", harmless.Line(companyOf(e)))
	}
	fmt.Fprintf(b, "\n    class: [%s]\n", strings.Join(r.classes, ", "))
	if r.states != "" {
		fmt.Fprintf(b, "    consent: [%s]\n", r.states)
	}
	if r.form != "" {
		fmt.Fprintf(b, "    form: %s\n", r.form)
	}
	b.WriteString("    # ref: the contract that allows it\n")
}

// quoteYAML writes s as a double-quoted YAML scalar if it is not a plain word.
func quoteYAML(s string) string {
	s = harmless.Line(s)
	plain := s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == "" && s[0] != '-' && s[0] != '.'
	if plain && strings.ContainsAny(s[:1], "abcdefghijklmnopqrstuvwxyz") && !slices.Contains([]string{"true", "false", "null", "yes", "no", "on", "off"}, s) {
		return s
	}
	return strconv.Quote(s)
}
