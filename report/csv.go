package report

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/report/harmless"
)

// CSV is the flows as a table, for spreadsheets (RFC 4180). Every cell is quoted, and none is a formula.
var CSV = Format{Name: "csv", Ext: ".csv", Doc: "the flows as a table, for spreadsheets", Write: writeCSV}

func writeCSV(_ context.Context, w io.Writer, m *Model, o WriteOptions) error {
	t := table{{"severity", "decision", "class", "title", "recipient", "recipient_id", "company", "country", "category", "routes", "consent", "form",
		"places", "fields", "known", "confidence", "findings", "requests", "pages", "example", "sent_by", "reasons", "policy_rule", "until", "reference", "fingerprint", "stability"}}
	who := m.byID()
	for _, f := range m.Flows {
		r := who[f.Recipient]
		example := ""
		if e, ok := f.Example(); ok {
			example = e.shown(o.Reveal)
		}
		until := ""
		if !f.Verdict.Until.IsZero() {
			until = f.Verdict.Until.Format("2006-01-02")
		}
		t = append(t, []string{f.Severity.String(), string(f.Verdict.Decision), string(f.Class), f.Title, f.Name, f.Recipient, r.Recipient.Owner, r.Country,
			r.Recipient.Category, strings.Join(f.Routes(), " "), string(f.Consent), string(f.Form), words(f.Wheres()), strings.Join(f.Fields(), " "), words(f.Known()),
			string(f.Confidence), itoa(f.Findings), itoa(f.Requests), itoa(f.PageCount), example, throughLabel(f.Through()),
			strings.Join(f.Reasons(), ", "), f.Verdict.Rule, until, f.Verdict.Ref, f.Fingerprint, f.Verdict.Stability.String()})
	}
	for _, c := range m.Consent.Contradictions {
		t = append(t, contradictionRow(c, who[c.Recipient], len(t[0])))
	}
	for _, n := range m.Verdict.News {
		t = append(t, newsRow(m, n, len(t[0])))
	}
	for _, g := range m.Verdict.Gaps {
		t = append(t, gapRow(m, g, len(t[0])))
	}
	return t.write(w)
}

// contradictionRow is a contradiction about consent among the flows.
func contradictionRow(c Contradiction, r Exposure, columns int) []string {
	row := make([]string, columns)
	copy(row, []string{c.Severity.String(), string(c.Verdict.Decision), "contradiction:" + string(c.ID), c.Sentence, c.Name, c.Recipient,
		r.Recipient.Owner, r.Country, r.Recipient.Category, "", string(c.Consent)})
	row[17], row[19], row[22] = itoa(c.Count), c.Evidence(), c.Verdict.Rule
	return row
}

// gapRow is a gap among the flows: its decision says that it was not seen, and whether that makes the run incomplete.
func gapRow(m *Model, g policy.Gap, columns int) []string {
	row := make([]string, columns)
	decision := "not seen"
	if g.Incomplete {
		decision = string(policy.Incomplete)
	}
	copy(row, []string{"", decision, "gap:" + string(g.Kind), g.Text, m.nameOf(g.Recipient), g.Recipient, "", "", "", strings.Join(g.Where, " "),
		joinWith(g.Consents, func(s crawler.Consent) string { return string(s) }, " ")})
	row[16] = itoa(g.Count)
	return row
}

// CSVCookies is the cookies as a table.
var CSVCookies = Format{Name: "csv-cookies", Ext: ".csv", Stem: "cookies", Doc: "the cookies as a table", Write: writeCookiesCSV}

func writeCookiesCSV(_ context.Context, w io.Writer, m *Model, _ WriteOptions) error {
	t := table{{"name", "domain", "third_party", "days", "lifetime", "set_by", "set_by_id", "received_by", "consent", "http_only", "secure", "same_site", "refused"}}
	for _, c := range m.Cookies {
		t = append(t, []string{c.Name, c.Domain, yes(c.ThirdSite), fmt.Sprintf("%.1f", c.Days), days(c.Days), c.SetBy, c.SetByID,
			strings.Join(c.Received, " "), joinWith(c.Consents, func(s crawler.Consent) string { return string(s) }, " "), yes(c.HTTPOnly), yes(c.Secure), c.SameSite, c.Blocked})
	}
	return t.write(w)
}

// CSVScripts is the script inventory as a table.
var CSVScripts = Format{Name: "csv-scripts", Ext: ".csv", Stem: "scripts", Doc: "the script inventory as a table", Write: writeScriptsCSV}

func writeScriptsCSV(_ context.Context, w io.Writer, m *Model, _ WriteOptions) error {
	t := table{{"owner", "owner_id", "url", "kind", "sha256", "bytes", "integrity", "loaded_by", "via", "pages", "routes", "decision", "why"}}
	for _, s := range m.Scripts {
		t = append(t, []string{s.OwnerName, s.Owner, s.URL, s.Kind, s.SHA256, fmt.Sprint(s.Size), s.Integrity, s.LoadedBy,
			strings.Join(s.Via, " "), itoa(s.Pages), strings.Join(s.Routes, " "), s.Decision, s.Why})
	}
	return t.write(w)
}

// table is rows of cells, the first being the head.
type table [][]string

// write writes the table with every cell quoted and harmless, lines ended by CRLF as RFC 4180 has it.
func (t table) write(w io.Writer) error {
	var b strings.Builder
	for _, row := range t {
		for i, c := range row {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(`"` + strings.ReplaceAll(harmless.Cell(c), `"`, `""`) + `"`)
		}
		b.WriteString("\r\n")
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("csv report: %w", err)
	}
	return nil
}

func (m *Model) byID() map[string]Exposure {
	out := map[string]Exposure{}
	for _, e := range m.Recipients {
		out[e.Recipient.ID] = e
	}
	return out
}

func words[T ~string](ts []T) string {
	var out []string
	for _, t := range ts {
		out = append(out, string(t))
	}
	return strings.Join(out, " ")
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
