package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/recipient"
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
`)
	writeAllowed(&b, m)
	b.WriteString(`  forbid:
  - id: never
    class: [` + strings.Join(never(), ", ") + `]
  # - {id: no recordings of payment, category: session-replay, route: "/checkout*"}
  # - {id: not after refusal, consent: rejected, category: [ads, analytics]}
  # ignore:
  # - {fingerprint: 0123456789abcdef, reason: "ticket 12, fixed with the next release", until: 2027-01-31}

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

// writeAllowed writes the rules of each recipient: what is grave apart from the rest, so that it can be deleted alone.
func writeAllowed(b *strings.Builder, m *Model) {
	b.WriteString("  allow:\n")
	written := 0
	for _, e := range m.Recipients {
		if e.Recipient.ID == recipient.FirstParty || len(e.Sent) == 0 {
			continue
		}
		var mild, grave []string
		for _, s := range e.Sent {
			switch {
			case isNever(s.Class):
			case s.Severity >= rule.High:
				grave = append(grave, string(s.Class))
			default:
				mild = append(mild, string(s.Class))
			}
		}
		comment(b, e.Sentence)
		if len(grave) > 0 {
			written++
			writeRule(b, e.Recipient.Name+", grave", e, grave)
		}
		if len(mild) > 0 {
			written++
			writeRule(b, e.Recipient.Name, e, mild)
		}
	}
	if written == 0 {
		b.WriteString("  # - {id: product analytics, recipient: matomo, class: [online.client_id, behaviour.*], consent: accepted}\n")
	}
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

func writeRule(b *strings.Builder, id string, e Exposure, classes []string) {
	slices.Sort(classes)
	fmt.Fprintf(b, "  - id: %s\n    recipient: %s", quoteYAML(id), quoteYAML(e.Recipient.ID))
	if e.Recipient.Owner != "" {
		fmt.Fprintf(b, " # %s", harmless.Line(companyOf(e)))
	}
	fmt.Fprintf(b, "\n    class: [%s]\n", strings.Join(classes, ", "))
	var states []crawler.Consent
	var forms []string
	for _, s := range e.Sent {
		if !slices.Contains(classes, string(s.Class)) {
			continue
		}
		for _, c := range s.Consents {
			if c != "" {
				states = append(states, c)
			}
		}
		for _, f := range s.Forms {
			if !slices.Contains(forms, string(f)) {
				forms = append(forms, string(f))
			}
		}
	}
	if len(states) > 0 {
		fmt.Fprintf(b, "    consent: [%s]\n", strings.ReplaceAll(words(sortStates(states)), " ", ", "))
	}
	if len(forms) == 1 && forms[0] == string(detect.Hashed) {
		b.WriteString("    form: hashed\n")
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
