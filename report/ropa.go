package report

import (
	"context"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/report/harmless"
)

// ROPA is a draft for a record of processing activities in the spirit of GDPR Article 30(1): recipients, categories of
// data, purposes and countries as seen. What cannot be seen in a browser is left for a person to fill in.
var ROPA = Format{Name: "ropa", Ext: ".csv", Stem: "ropa", Doc: "draft for a record of processing (GDPR Art. 30) as a table", Write: writeROPA}

// ROPAHTML is the same as a page.
var ROPAHTML = Format{Name: "ropa-html", Ext: ".html", Stem: "ropa", Doc: "draft for a record of processing (GDPR Art. 30) as a page", Write: writeROPAHTML}

var ropaHead = []string{"recipient", "company", "country", "outside_eea", "purpose", "categories_of_data", "categories_of_persons", "pages",
	"consent_states", "contract", "retention", "legal_basis", "safeguards", "privacy_policy"}

// purposes says in words what recipients of a category are for.
var purposes = map[string]string{
	"analytics": "Measuring how the site is used", "ads": "Advertising and its measurement", "attribution": "Measuring campaigns",
	"affiliate": "Affiliate marketing", "tag-manager": "Loading of other services", "cdp": "Collecting customer data for other services",
	"session-replay": "Recording of sessions", "ab-testing": "Testing of variants", "feature-flags": "Switching of features",
	"error-monitoring": "Finding of errors", "rum": "Measuring speed", "consent": "Asking for consent", "chat": "Support by chat",
	"marketing-automation": "Marketing messages", "crm": "Customer relations", "maps": "Maps", "fonts": "Fonts", "video": "Video",
	"social": "Social media", "payments": "Payments", "security": "Security", "cdn": "Delivery of files", "search": "Search", "hosting": "Hosting",
}

const toFillIn = "(to be filled in)"

func ropaRows(m *Model) [][]string {
	var out [][]string
	for _, e := range m.Recipients {
		var data []string
		routes := set{}
		for _, s := range e.Sent {
			t := s.Title
			if len(s.Forms) == 1 && s.Forms[0] == detect.Hashed {
				t += " (hashed)"
			}
			if s.Doubtful {
				t += " (a hint)"
			}
			data = append(data, t)
			for _, r := range s.Routes {
				routes.add(r)
			}
		}
		if len(data) == 0 {
			data = []string{"IP address and browser, by being connected to"}
		}
		purpose := purposes[e.Recipient.Category]
		if purpose == "" {
			purpose = toFillIn
		}
		contract := strings.Join(e.Refs, "; ")
		if contract == "" {
			contract = toFillIn
		}
		country := e.Country
		if country == "" {
			country = "unknown"
		}
		company := e.Recipient.Owner
		if company == "" {
			company = "unknown"
		}
		out = append(out, []string{e.Recipient.Name, company, country, outsideEEA(e.Recipient.Country), purpose, strings.Join(data, "; "),
			"Visitors and users of " + m.Run.Site, strings.Join(routes.list(), " "), joinWith(e.Consents, func(c crawler.Consent) string { return stateWord(c) }, "; "),
			contract, toFillIn, toFillIn, toFillIn, e.Recipient.Privacy})
	}
	return out
}

// The European Economic Area (EEA Agreement, Art. 126, with the Union's members).
var eea = strings.Fields("AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO")

func outsideEEA(country string) string {
	switch {
	case country == "":
		return "unknown"
	case slices.Contains(eea, country):
		return "no"
	}
	return "yes"
}

func writeROPA(_ context.Context, w io.Writer, m *Model, _ WriteOptions) error {
	return append(table{ropaHead}, ropaRows(m)...).write(w)
}

const ropaPage = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{{.CSP}}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">
<title>Record of processing, as seen in the browser: {{.Site}}</title><style>{{.CSS}}</style></head>
<body><main class="ropa"><h1>Record of processing, as seen in the browser</h1>
<p class="lead">{{.Site}}, {{.Day}}. A draft in the spirit of GDPR Article 30(1): it lists what left the browser. What stands in brackets must be filled in by a person; what servers pass on is not in it.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Record of processing"><table><caption class="vh">Recipients</caption><thead><tr>{{range .Head}}<th scope="col">{{.}}</th>{{end}}</tr></thead>
<tbody>{{range .Rows}}<tr>{{range $i, $c := .}}{{if $i}}<td>{{$c}}</td>{{else}}<th scope="row">{{$c}}</th>{{end}}{{end}}</tr>{{end}}</tbody></table></div></main></body></html>
`

func writeROPAHTML(_ context.Context, w io.Writer, m *Model, _ WriteOptions) error {
	css, err := htmlFiles.ReadFile("html/style.css")
	if err != nil {
		return fmt.Errorf("record of processing: %w", err)
	}
	t, err := template.New("ropa").Parse(ropaPage)
	if err != nil {
		return fmt.Errorf("record of processing: %w", err)
	}
	rows := ropaRows(m)
	for _, r := range rows {
		for i := range r {
			r[i] = harmless.Line(r[i])
		}
	}
	var heads []string
	for _, h := range ropaHead {
		heads = append(heads, strings.ToUpper(h[:1])+strings.ReplaceAll(h[1:], "_", " "))
	}
	err = t.Execute(w, map[string]any{"CSP": "default-src 'none'; style-src 'sha256-" + digest(css) + "'; base-uri 'none'; form-action 'none'",
		"CSS": template.CSS(css), "Site": harmless.Line(m.Run.Site), "Day": m.Run.Started.Format("2 January 2006"), "Head": heads, "Rows": rows})
	if err != nil {
		return fmt.Errorf("record of processing: %w", err)
	}
	return nil
}
