package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tagscan/tagscan/cmd/internal/exit"
	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/consent"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report"
)

func (a *app) explainCommand() *cobra.Command {
	var run, config string
	var vendors []string
	c := &cobra.Command{
		Use:   "explain ID | consent STRING",
		Short: "A rule, vendor, decoder, class, gap, contradiction or fingerprint: what, why, example, what to do; or a consent string, decoded",
		Example: `  tagscan explain contact.email
  tagscan explain mixpanel
  tagscan explain base64
  tagscan explain 3f9c0a17e2b4 --run tagscan-demo
  tagscan explain gap:unreachable
  tagscan explain contradiction:refused-but-sent
  tagscan explain consent gcd=13r3r3r2r5l1
  tagscan explain list`,
		Args: usageArgs(explainArgs),
		RunE: func(c *cobra.Command, args []string) error {
			if args[0] == consentWord {
				return explainer{w: a.stdout}.consent(strings.Join(args[1:], ""))
			}
			catalog, err := loadCatalog(vendors)
			if err != nil {
				return err
			}
			e := explainer{w: a.stdout, catalog: catalog, read: func(run string) (*report.Model, error) {
				m, _, err := a.readRun(c.Context(), run)
				return m, err
			}}
			id := args[0]
			switch {
			case id == "list":
				e.list()
			case strings.HasPrefix(id, contradictionPrefix):
				return e.contradiction(strings.TrimPrefix(id, contradictionPrefix))
			case strings.HasPrefix(id, newsPrefix):
				return e.news(strings.TrimPrefix(id, newsPrefix))
			case strings.HasPrefix(id, gapPrefix):
				return e.gap(strings.TrimPrefix(id, gapPrefix))
			case e.class(id) || e.vendor(id) || e.decoder(id) || e.rule(id):
			default:
				rules, err := policyOf(config)
				if err != nil {
					return err
				}
				e.rules = rules
				return e.flow(id, run)
			}
			return nil
		},
	}
	c.Flags().StringVar(&run, "run", "", "run directory in which a fingerprint is looked up")
	c.Flags().StringVar(&config, "config", "", "policy file by which a fingerprint is judged ("+configFile+" if it is there)")
	c.Flags().StringSliceVar(&vendors, "vendors", nil, "vendor files of your own")
	return c
}

// explainArgs wants one id, or the word consent and a string.
func explainArgs(c *cobra.Command, args []string) error {
	if len(args) > 0 && args[0] == consentWord {
		return cobra.MaximumNArgs(2)(c, args)
	}
	return cobra.ExactArgs(1)(c, args)
}

type explainer struct {
	w       io.Writer
	read    func(run string) (*report.Model, error)
	catalog *recipient.Catalog
	rules   *policy.Rules // nil: a run's own verdict is told
}

// policyOf reads the policy that a flow is held against, nil if there is none.
func policyOf(config string) (*policy.Rules, error) {
	if config == "" {
		if _, err := os.Stat(configFile); err != nil {
			return nil, nil
		}
		config = configFile
	}
	cfg, err := policy.Load(config)
	if err != nil {
		return nil, exit.Usagef("", "%w", err)
	}
	return &cfg.Policy, nil
}

// decision tells what was decided about a flow, and which rule of the policy as it is now speaks of it.
func (e explainer) decision(m *report.Model, f report.Flow) string {
	s := strings.TrimSpace(fmt.Sprintf("%s by %s", f.Verdict.Decision, f.Verdict.Rule))
	if f.Verdict.Line > 0 {
		s += fmt.Sprintf(" (line %d)", f.Verdict.Line)
	}
	if f.Verdict.Reason != "" {
		s += ": " + f.Verdict.Reason
	}
	if e.rules == nil {
		return s
	}
	_, why := e.rules.Explain(m.Detected(f))
	return "in the run: " + s + "\nby the policy as it is: " + why
}

// tell prints a heading and paragraphs; empty ones are left out.
func (e explainer) tell(head string, parts ...[2]string) {
	fmt.Fprintf(e.w, "%s\n", head)
	for _, p := range parts {
		if p[1] != "" {
			fmt.Fprintf(e.w, "\n%s\n  %s\n", p[0], strings.ReplaceAll(strings.TrimSpace(p[1]), "\n", "\n  "))
		}
	}
}

func (e explainer) class(id string) bool {
	c, ok := rule.InfoOf(rule.Class(id))
	if !ok {
		return false
	}
	var rules []string
	for _, r := range rule.Rules {
		if r.Class == c.Class {
			rules = append(rules, r.ID)
		}
	}
	e.tell(fmt.Sprintf("%s: %s (class, severity %s)", id, c.Title, c.Severity),
		[2]string{"What it is", c.What}, [2]string{"Why it matters", c.Why}, [2]string{"What to do", c.Do},
		[2]string{"Found by", strings.Join(rules, ", ")},
		[2]string{"In the frameworks", frameworks(c)})
	return true
}

func frameworks(c rule.ClassInfo) string {
	var lines []string
	for _, f := range [][2]string{{"GDPR", c.GDPR}, {"IAB TCF data category", c.TCF}, {"W3C DPV", c.DPV}, {"Apple privacy label", c.Apple}, {"Google Play data safety", c.Play}, {"CWE", c.CWE}} {
		if f[1] != "" {
			lines = append(lines, f[0]+": "+f[1])
		}
	}
	return strings.Join(lines, "\n")
}

func (e explainer) vendor(id string) bool {
	v, ok := e.catalog.ByID(id)
	if !ok {
		return false
	}
	e.tell(fmt.Sprintf("%s: %s (%s)", v.ID, v.Name, strings.Join(append([]string{v.Category}, v.Also...), ", ")),
		[2]string{"Who it is", fmt.Sprintf("%s, %s%s", v.Owner.Name, v.Owner.Country, parentOf(v))},
		[2]string{"Recognised by", vendorSigns(v)},
		[2]string{"About consent", vendorConsent(v)},
		[2]string{"What to do", v.Advice},
		[2]string{"Example", vendorExample(v)},
		[2]string{"Privacy policy", v.Privacy},
		[2]string{"Sources", strings.Join(v.Sources, "\n") + "\nreviewed " + v.Reviewed})
	return true
}

func parentOf(v *recipient.Vendor) string {
	if v.Owner.Parent == "" {
		return ""
	}
	return ", part of " + v.Owner.Parent
}

func vendorSigns(v *recipient.Vendor) string {
	lines := []string{"domains: " + strings.Join(v.Domains, ", ")}
	if len(v.CNAMEs) > 0 {
		lines = append(lines, "DNS aliases: "+strings.Join(v.CNAMEs, ", "))
	}
	for _, p := range v.Endpoints {
		lines = append(lines, "endpoint: "+p.ID)
	}
	return strings.Join(lines, "\n")
}

// vendorConsent says by which id consent strings name a vendor, and what its requests can say. Without the id nobody can tell whether
// a dialog disclosed it.
func vendorConsent(v *recipient.Vendor) string {
	lines := []string{"id in the IAB's Global Vendor List: " + strconv.Itoa(v.Consent.GVL)}
	if v.Consent.GVL == 0 {
		lines[0] = "id in the IAB's Global Vendor List: not known, so vendor-not-disclosed is never said of it"
	}
	if len(v.Consent.Takes) > 0 {
		lines = append(lines, "its requests can say what the visitor chose by: "+strings.Join(v.Consent.Takes, ", "))
	}
	return strings.Join(append(lines, v.Consent.Sources...), "\n")
}

func vendorExample(v *recipient.Vendor) string {
	if len(v.Examples) == 0 {
		return ""
	}
	r := v.Examples[0].Request
	return strings.TrimSpace(r.Method + " " + r.URL)
}

func (e explainer) decoder(id string) bool {
	for _, d := range decode.Decoders {
		if d.Name != id {
			continue
		}
		example := ""
		if len(d.Examples) > 0 {
			example = fmt.Sprintf("%.200q", d.Examples[0].In)
		}
		e.tell(fmt.Sprintf("%s (decoder)", d.Name), [2]string{"What it does", d.Doc}, [2]string{"Example", example},
			[2]string{"Why it matters", "Whoever receives it undoes it as easily. It protects nobody, but keeps the data from the eyes of whoever checks the traffic."},
			[2]string{"What to do", "Judge what is inside, not the wrapping: `tagscan explain CLASS` for the class that was found."})
		return true
	}
	return false
}

func (e explainer) rule(id string) bool {
	for _, r := range rule.Rules {
		if r.ID != id {
			continue
		}
		e.tell(fmt.Sprintf("%s (rule for %s)", r.ID, r.Class),
			[2]string{"What it finds", r.Doc}, [2]string{"Why it matters", r.Why}, [2]string{"What to do", r.Do},
			[2]string{"Found, for example", sample(r.Hits)}, [2]string{"Not taken for it", sample(r.Misses)})
		return true
	}
	return false
}

func sample(ss []rule.Sample) string {
	var lines []string
	for _, s := range ss[:min(3, len(ss))] {
		lines = append(lines, s.Body+s.URL+s.Header)
	}
	return strings.Join(lines, "\n")
}

// flow explains a fingerprint, or its beginning, of a run.
func (e explainer) flow(id, run string) error {
	if run == "" {
		return exit.Usagef("`tagscan explain list` names all ids; a fingerprint needs --run RUN", "%s is no class, vendor, decoder or rule", id)
	}
	m, err := e.read(run)
	if err != nil {
		return exit.Usagef("give the directory that `tagscan scan -o` made", "%w", err)
	}
	for _, f := range m.Flows {
		at := slices.IndexFunc(f.Places, func(p report.Place) bool { return strings.HasPrefix(p.Fingerprint, id) })
		if strings.HasPrefix(f.Fingerprint, id) || at >= 0 {
			e.told(m, f, at)
			return nil
		}
	}
	return exit.Usagef("`tagscan report "+run+" --format json` lists them", "no flow of %s has the fingerprint %s", run, id)
}

// maxTold is how many places of a flow are listed.
const maxTold = 20

// told explains a flow and its places: of at, if that is one, the evidence is told, else of the worst.
func (e explainer) told(m *report.Model, f report.Flow, at int) {
	var places, steps []string
	for i, p := range f.Places {
		if i == maxTold {
			places = append(places, fmt.Sprintf("and %d more", len(f.Places)-i))
			break
		}
		places = append(places, fmt.Sprintf("%.12s %-8s %s, %s %s%s%s", p.Fingerprint, p.Severity, p.Route, p.Where, p.Field, sentBy(p), through(p)))
	}
	var reasons []string
	if len(f.Places) > 0 {
		p := f.Places[max(at, 0)]
		reasons = p.Reasons
		if len(p.Evidence) > 0 {
			ev := p.Evidence[0]
			steps = append(steps, fmt.Sprintf("%s %s", ev.Method, ev.URL), fmt.Sprintf("%s = %s", ev.Field, ev.Value))
			for _, s := range ev.Steps {
				steps = append(steps, s.Decoder+": "+s.Result)
			}
		}
	}
	e.tell(fmt.Sprintf("%s: %s to %s (flow, severity %s)", f.Fingerprint, f.What(), f.Name, f.Severity),
		[2]string{"When", fmt.Sprintf("consent %s; requests: %d, pages: %d", f.Consent, f.Requests, f.PageCount)},
		[2]string{"Places", strings.Join(places, "\n")},
		[2]string{"Evidence", strings.Join(steps, "\n")},
		[2]string{"Severity", strings.Join(reasons, "\n")},
		[2]string{"Decision", e.decision(m, f)},
		[2]string{"What to do", f.Do},
		[2]string{"More", fmt.Sprintf("tagscan explain %s; tagscan explain %s", f.Class, f.Recipient)})
}

func sentBy(p report.Place) string {
	if p.Sender == "" {
		return ""
	}
	return ", sent by " + p.Sender
}

func through(p report.Place) string {
	if p.Host == "" {
		return ""
	}
	return ", to " + p.Host
}

// gapPrefix begins the name of a kind of gap.
const gapPrefix = "gap:"

// gap explains a kind of gap, or lists them all.
func (e explainer) gap(kind string) error {
	if kind == "" || kind == "list" {
		e.gaps()
		return nil
	}
	info, ok := crawler.InfoOfGap(crawler.GapKind(kind))
	if !ok {
		return exit.Usagef("`tagscan explain gap:list` names them all", "%s is no kind of gap", kind)
	}
	effect := "It is told, and does not make a run incomplete unless the policy's incomplete_on names it."
	if info.Hides {
		effect = "Personal data could be behind it, so it makes a run incomplete (exit 3) unless the policy's incomplete_on takes it out."
	}
	e.tell(fmt.Sprintf("%s%s (gap of the %s)", gapPrefix, kind, info.From),
		[2]string{"What was not seen", info.Doc}, [2]string{"What it means", effect}, [2]string{"What to do", info.Remedy},
		[2]string{"In the policy", fmt.Sprintf("policy:\n  incomplete_on: [default, \"!%s\"]   # to live with it\n  incomplete_on: [default, %s]      # to insist on it", kind, kind)})
	return nil
}

// contradictionPrefix begins the name of a kind of contradiction about consent.
const contradictionPrefix = "contradiction:"

// contradiction explains a kind of contradiction, or lists them all.
func (e explainer) contradiction(kind string) error {
	if kind == "" || kind == "list" {
		e.contradictions()
		return nil
	}
	info, ok := consent.InfoOf(consent.ID(kind))
	if !ok {
		return exit.Usagef("`tagscan explain contradiction:list` names them all", "%s is no kind of contradiction", kind)
	}
	who := ""
	if !info.OfSite() {
		who = "recipient: some-vendor, "
	}
	e.tell(fmt.Sprintf("%s%s (%s, %s)", contradictionPrefix, kind, info.Title, info.Severity),
		[2]string{"In a sentence", info.Sentence("The vendor")}, [2]string{"When it is said", info.Doc}, [2]string{"What to do", info.Remedy},
		[2]string{"In the policy", fmt.Sprintf("policy:\n  forbid: [{contradiction: %s}]   # fails the run whatever its severity\n"+
			"  allow: [{contradiction: %s, %sreason: \"why it is none\"}]", kind, kind, who)})
	return nil
}

func (e explainer) contradictions() {
	fmt.Fprintln(e.w, "contradictions between what was pressed, recorded, claimed and sent:")
	for _, i := range consent.Infos {
		fmt.Fprintf(e.w, "  %-8s %-44s %s\n", i.Severity, contradictionPrefix+string(i.ID), i.Title)
	}
}

func (e explainer) gaps() {
	fmt.Fprintln(e.w, "gaps (* makes a run incomplete unless the policy says otherwise):")
	for _, g := range crawler.GapKinds {
		mark := " "
		if g.Hides {
			mark = "*"
		}
		fmt.Fprintf(e.w, "  %s %-28s %s\n", mark, gapPrefix+string(g.Kind), g.Doc)
	}
}

func (e explainer) list() {
	fmt.Fprintln(e.w, "classes:")
	for _, c := range rule.Classes() {
		fmt.Fprintf(e.w, "  %-24s %s\n", c.Class, c.Title)
	}
	fmt.Fprintln(e.w, "rules:")
	for _, r := range rule.Rules {
		fmt.Fprintf(e.w, "  %-24s %s\n", r.ID, r.Doc)
	}
	fmt.Fprintln(e.w, "decoders:")
	for _, d := range decode.Decoders {
		fmt.Fprintf(e.w, "  %-24s %s\n", d.Name, d.Doc)
	}
	e.gaps()
	fmt.Fprintln(e.w, "vendors:")
	for _, v := range e.catalog.All() {
		fmt.Fprintf(e.w, "  %-24s %s, %s\n", v.ID, v.Name, v.Owner.Name)
	}
}
