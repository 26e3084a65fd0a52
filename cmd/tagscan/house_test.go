package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/tagscan/tagscan/"

// allowed says which of our packages a package may import, by longest matching prefix. Facts (crawler) never depend on
// conclusions (detect), conclusions never on wording (report); only cmd links Chrome and detection together.
var allowed = []struct {
	of string
	ok []string
}{
	{"crawler", nil},
	{"crawler/web", nil},
	{"crawler/signal", nil},
	{"crawler/discover", []string{"crawler", "crawler/web"}},
	{"crawler/egress", []string{"crawler", "crawler/web"}},
	{"crawler/shown", []string{"crawler", "crawler/web"}},
	{"crawler/har", []string{"crawler", "crawler/web", "crawler/shown"}},
	{"crawler/secret", []string{"crawler"}},
	{"crawler/redact", []string{"crawler", "crawler/web", "crawler/secret"}},
	{"crawler/capture", []string{"crawler", "crawler/web", "crawler/har", "crawler/secret"}},
	{"crawler/record", []string{"crawler", "crawler/web", "crawler/chrome", "crawler/record"}},
	{"crawler/record/cause", []string{"crawler", "crawler/web"}},
	{"crawler/record/netlog", []string{"crawler", "crawler/web"}},
	{"crawler/chrome", []string{"crawler", "crawler/web"}},
	{"crawler/visit", []string{"crawler", "crawler/web", "crawler/signal", "crawler/shown", "crawler/chrome", "crawler/record", "crawler/visit"}},
	{"detect/decode", []string{"crawler", "crawler/web"}},
	{"detect/yamltext", nil},
	{"detect/rule", []string{"crawler", "crawler/web", "detect/decode", "detect/rule", "detect/yamltext"}},
	{"detect/recipient", []string{"crawler", "crawler/web", "detect/decode", "detect/rule", "detect/recipient", "detect/yamltext"}},
	{"detect/identify", []string{"crawler", "detect/decode", "detect/rule"}},
	{"detect/consent", []string{"crawler", "crawler/web", "crawler/signal", "detect/rule"}},
	{"detect", []string{"crawler", "crawler/web", "crawler/signal", "detect/decode", "detect/rule", "detect/recipient", "detect/consent", "detect/identify"}},
	{"detect/policy", []string{"crawler", "crawler/web", "detect", "detect/consent", "detect/decode", "detect/rule", "detect/recipient", "detect/yamltext"}},
	{"report", []string{"crawler", "crawler/web", "detect", "detect/consent", "detect/decode", "detect/rule", "detect/recipient", "detect/policy", "report"}},
	{"report/conclude", []string{"crawler", "crawler/web", "crawler/capture", "crawler/har", "detect", "detect/decode", "detect/rule", "detect/recipient", "detect/policy", "report"}},
	{"fixtures", []string{"fixtures", "crawler"}},
	{"cmd", []string{"crawler", "crawler/web", "crawler/signal", "detect", "report", "fixtures", "cmd"}},
}

type listed struct {
	ImportPath string
	Imports    []string
}

func listPackages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	require.NoError(t, err)
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else {
			require.NoError(t, err)
		}
		all = append(all, p)
	}
	require.NotEmpty(t, all)
	return all
}

func within(pkg, prefix string) bool { return pkg == prefix || strings.HasPrefix(pkg, prefix+"/") }

// mayImport reports whether the rules let from import to, both without the module's prefix.
func mayImport(from, to string) bool {
	best := -1
	for i, r := range allowed {
		if within(from, r.of) && (best < 0 || len(r.of) > len(allowed[best].of)) {
			best = i
		}
	}
	if best < 0 {
		return false
	}
	// A rule names packages exactly, except that a package may always use what lies below itself, and that cmd, report,
	// fixtures and the packages that list their own name mean the whole folder.
	for _, ok := range allowed[best].ok {
		if to == ok || (within(to, ok) && (allowed[best].of == "cmd" || ok == allowed[best].of)) {
			return true
		}
	}
	return false
}

func TestImportsRunOneWay(t *testing.T) {
	for _, p := range listPackages(t) {
		from := strings.TrimPrefix(p.ImportPath, module)
		for _, imp := range p.Imports {
			if to, ours := strings.CutPrefix(imp, module); ours {
				assert.True(t, mayImport(from, to), "%s must not import %s", from, to)
			}
		}
	}
}

func TestTheRuleOfImportsCanFail(t *testing.T) {
	for _, bad := range [][2]string{
		{"crawler", "crawler/record"}, {"crawler/record/cause", "crawler/record"}, {"crawler/record/netlog", "crawler/chrome"}, {"detect", "detect/policy"}, {"detect/rule", "detect"}, {"crawler/visit", "detect/rule"},
		{"crawler/signal", "crawler/web"}, {"crawler/shown", "crawler/visit"}, {"detect/policy", "report"}, {"report", "crawler/record"}, {"detect/decode", "detect/rule"}, {"report", "cmd/internal/scan"},
	} {
		assert.False(t, mayImport(bad[0], bad[1]), "%s → %s", bad[0], bad[1])
	}
}

func TestChromeIsDrivenInThreePackagesOnly(t *testing.T) {
	for _, p := range listPackages(t) {
		from := strings.TrimPrefix(p.ImportPath, module)
		if drives := within(from, "crawler/chrome") || within(from, "crawler/visit") || from == "crawler/record" || within(from, "fixtures"); drives {
			continue
		}
		for _, imp := range p.Imports {
			assert.False(t, strings.HasPrefix(imp, "github.com/chromedp/"), "%s imports %s", from, imp)
		}
	}
}

// What the web calls its own is answered in one place: who registered a domain, and which pages are of one route.
func TestDomainsAreReadInOnePlace(t *testing.T) {
	for _, p := range listPackages(t) {
		if from := strings.TrimPrefix(p.ImportPath, module); from != "crawler/web" {
			assert.NotContains(t, p.Imports, "golang.org/x/net/publicsuffix", "%s: crawler/web has Domain, Site, Registrable", from)
		}
	}
}
