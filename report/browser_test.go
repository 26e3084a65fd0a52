package report

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/target"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler/chrome"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
)

// tab is one page in a real browser, with everything it asked for and complained about.
type tab struct {
	t        *testing.T
	s        *chrome.Session
	b        *chrome.Browser
	mu       sync.Mutex
	requests []string
	errors   []string
	loaded   chan struct{}
}

// browse opens a browser with one page.
func browse(t *testing.T) *tab {
	t.Helper()
	bin, err := chrome.Find(chrome.FindOptions{})
	require.NoError(t, err)
	b, err := chrome.Launch(t.Context(), chrome.Options{Binary: bin})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, b.Close()) })
	p := &tab{t: t, b: b, loaded: make(chan struct{}, 16)}
	var made struct {
		TargetID string `json:"targetId"`
	}
	require.NoError(t, b.Session().Call(t.Context(), "Target.createTarget", map[string]any{"url": "about:blank"}, &made))
	var attached struct {
		SessionID target.SessionID `json:"sessionId"`
	}
	require.NoError(t, b.Session().Call(t.Context(), "Target.attachToTarget", map[string]any{"targetId": made.TargetID, "flatten": true}, &attached))
	p.s = b.Target(attached.SessionID)
	t.Cleanup(b.Listen(p.hear))
	for _, domain := range []string{"Page", "Network", "Runtime", "Log"} {
		p.call(domain+".enable", nil, nil)
	}
	p.call("Performance.enable", map[string]any{"timeDomain": "threadTicks"}, nil)
	return p
}

// hear takes down requests, errors of the console, dialogs and page loads.
func (p *tab) hear(e chrome.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := string(e.Params)
	switch e.Method {
	case "Network.requestWillBeSent":
		var r struct{ Request struct{ URL string } }
		_ = json.Unmarshal(e.Params, &r)
		if !strings.HasPrefix(r.Request.URL, "data:") {
			p.requests = append(p.requests, r.Request.URL)
		}
	case "Runtime.exceptionThrown", "Page.javascriptDialogOpening", "Page.windowOpen":
		p.errors = append(p.errors, e.Method+" "+text)
	case "Runtime.consoleAPICalled":
		if strings.Contains(text, `"type":"error"`) || strings.Contains(text, `"type":"warning"`) {
			p.errors = append(p.errors, text)
		}
	case "Log.entryAdded":
		if strings.Contains(text, `"level":"error"`) || strings.Contains(text, `"level":"warning"`) {
			p.errors = append(p.errors, text)
		}
	case "Page.loadEventFired":
		p.loaded <- struct{}{}
	}
}

func (p *tab) call(method string, params, result any) {
	p.t.Helper()
	if params == nil {
		params = struct{}{}
	}
	require.NoError(p.t, p.s.Call(p.t.Context(), method, params, result), method)
}

// open loads a page.
func (p *tab) open(url string) {
	p.t.Helper()
	p.call("Page.navigate", map[string]any{"url": url}, nil)
	ctx, cancel := context.WithTimeout(p.t.Context(), 30*time.Second)
	defer cancel()
	select {
	case <-p.loaded:
	case <-ctx.Done():
		require.Fail(p.t, "the page did not load")
	}
}

// cpu is the processor time that the page's main thread has used for tasks so far.
func (p *tab) cpu() time.Duration {
	p.t.Helper()
	var m struct {
		Metrics []struct {
			Name  string  `json:"name"`
			Value float64 `json:"value"`
		} `json:"metrics"`
	}
	p.call("Performance.getMetrics", nil, &m)
	for _, x := range m.Metrics {
		if x.Name == "TaskDuration" {
			return time.Duration(x.Value * float64(time.Second))
		}
	}
	require.Fail(p.t, "the browser has no such metric")
	return 0
}

// eval evaluates an expression, awaiting promises.
func (p *tab) eval(expression string, result any) {
	p.t.Helper()
	var r struct {
		Result struct {
			Value json.RawMessage `json:"value"`
		} `json:"result"`
		ExceptionDetails *struct {
			Text      string `json:"text"`
			Exception struct {
				Description string `json:"description"`
			} `json:"exception"`
		} `json:"exceptionDetails"`
	}
	p.call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "awaitPromise": true}, &r)
	if r.ExceptionDetails != nil {
		require.Fail(p.t, "script failed", r.ExceptionDetails.Text+" "+r.ExceptionDetails.Exception.Description)
	}
	if result != nil {
		require.NoError(p.t, json.Unmarshal(r.Result.Value, result))
	}
}

// serve serves pages under /NAME.
func serve(t *testing.T, pages map[string][]byte) string {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, ok := pages[strings.TrimPrefix(r.URL.Path, "/")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page)
	}))
	t.Cleanup(srv.Close)
	return srv.URL + "/"
}

func TestHTMLInABrowser(t *testing.T) {
	pages := map[string][]byte{
		"sample": render(t, HTML, sampleModel(), WriteOptions{}), "hostile": render(t, HTML, hostileModel(), WriteOptions{}),
		"empty": render(t, HTML, NewBuilder(Options{}).Build(policy.Judge(policy.Input{}, nil, nil, start)), WriteOptions{}),
		"ropa":  render(t, ROPAHTML, hostileModel(), WriteOptions{}), "large": render(t, HTML, largeModel(2000, 60), WriteOptions{}),
	}
	axe := string(nodeFile(t, "axe-core/axe.min.js"))
	base := serve(t, pages)
	p := browse(t)
	for name := range pages {
		t.Run(name, func(t *testing.T) {
			p.t = t
			p.requests, p.errors = nil, nil
			before := p.cpu()
			p.open(base + name)
			var title string
			p.eval("document.title", &title)
			assert.NotContains(t, title, "owned")
			var own bool
			p.eval("document.querySelectorAll('script,iframe,object,embed,base,link,form[action]').length <= 2", &own)
			assert.True(t, own, "the page has only its own elements")
			p.mu.Lock()
			assert.Equal(t, []string{base + name}, p.requests, "nothing but the page itself is asked for")
			assert.Empty(t, p.errors)
			p.mu.Unlock()
			if name == "large" {
				// The page's own processor time, which other work makes longer, too. It takes half a second; this is a bound on growth.
				took := p.cpu() - before
				assert.Less(t, took, 5*time.Second, "2,000 flows")
				t.Logf("2,000 flows, %d bytes: opened in %v", len(pages[name]), took)
				return
			}
			violations(t, p, axe)
		})
	}
}

// violations fails on what axe calls serious or critical, at both widths and in both colour schemes.
func violations(t *testing.T, p *tab, axe string) {
	t.Helper()
	for _, width := range []int{1440, 390} {
		for _, scheme := range []string{"light", "dark"} {
			p.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}, nil)
			p.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
			p.eval(axe+"; 0", nil)
			var found []struct {
				ID, Impact, Help string
				Nodes            []struct{ HTML, FailureSummary string }
			}
			p.eval(`(async () => { document.querySelectorAll('details').forEach((d, i) => { d.open = i < 8; });
				const r = await axe.run(document, {resultTypes: ['violations']}); return r.violations; })()`, &found)
			for _, v := range found {
				if v.Impact == "serious" || v.Impact == "critical" {
					t.Errorf("%d px, %s: %s (%s): %s, %d times, first %.300s %s", width, scheme, v.ID, v.Impact, v.Help, len(v.Nodes), v.Nodes[0].HTML, v.Nodes[0].FailureSummary)
				}
			}
			var wide float64
			p.eval("document.documentElement.scrollWidth", &wide)
			assert.LessOrEqual(t, int(wide), width, "nothing sticks out sideways at %d px", width)
		}
	}
	p.call("Emulation.clearDeviceMetricsOverride", nil, nil)
}

func TestFilterAndSortWork(t *testing.T) {
	base := serve(t, map[string][]byte{"r": render(t, HTML, sampleModel(), WriteOptions{})})
	p := browse(t)
	p.open(base + "r")
	var n, all int
	shown := "document.querySelectorAll('#flows-list > .flow:not([hidden])').length"
	p.eval(shown, &all)
	p.eval("(() => { const q = document.getElementById('f-q'); q.value = 'fullstory password'; q.dispatchEvent(new Event('input')); return "+shown+"; })()", &n)
	assert.Equal(t, 1, n)
	assert.Len(t, sampleModel().Flows, all)
	p.eval("(() => { const q = document.getElementById('f-q'); q.value = ''; q.dispatchEvent(new Event('input')); const s = document.querySelector('select[name=sev]'); s.value = 'critical'; s.dispatchEvent(new Event('change')); return "+shown+"; })()", &n)
	assert.Equal(t, sampleModel().Totals.Severity[rule.Critical], n)
	var sorted bool
	p.eval(`(() => { const t = document.querySelector('#scripts table'); t.tHead.rows[0].cells[2].querySelector('button').click();
		const v = [...t.tBodies[0].rows].map(r => Number(r.cells[2].dataset.v)); return v.length > 3 && v.every((x, i) => i === 0 || v[i-1] <= x); })()`, &sorted)
	assert.True(t, sorted)
}

func TestPDFIsPrintedByTheBrowser(t *testing.T) {
	p := browse(t)
	srv := map[string][]byte{}
	base := serve(t, srv)
	o := WriteOptions{Print: func(_ context.Context, html []byte) ([]byte, error) {
		srv["print"] = html
		p.open(base + "print")
		var out struct {
			Data []byte `json:"data"`
		}
		p.call("Page.printToPDF", map[string]any{"printBackground": true, "preferCSSPageSize": true}, &out)
		return out.Data, nil
	}}
	var b strings.Builder
	require.NoError(t, PDF.Write(t.Context(), &b, sampleModel(), o))
	assert.True(t, strings.HasPrefix(b.String(), "%PDF-"))
	if dir := os.Getenv("REPORT_OUT"); dir != "" {
		require.NoError(t, os.WriteFile(dir+"/print.pdf", []byte(b.String()), 0o644))
	}
}

// largeModel has many flows to many recipients.
func largeModel(flows, recipients int) *Model {
	b := NewBuilder(Options{})
	classes := rule.Classes()
	for i := range 3 * flows { // each on three kinds of page
		k := i % flows
		r := fmt.Sprintf("vendor-%02d", k%recipients)
		c := classes[k/recipients%len(classes)].Class
		found(b, detect.Finding{Request: itoa(i), Seq: int64(i), Host: r + ".example", URL: "https://" + r + ".example/collect", Method: "POST", Page: "https://shop.example/p",
			Recipient: recipient.Recipient{ID: r, Name: "Vendor " + itoa(k%recipients), Owner: "Company " + itoa(k%recipients/2) + ", Inc.", Country: []string{"US", "DE", "IE", "SG"}[k%4], Category: "analytics"},
			Class:     c, Rule: string(c), Form: detect.Plain, Known: detect.ByPersona, Confidence: detect.Certain, Where: "body", Field: "body.user.traits.value", Chain: []string{"base64", "json"},
			Value: detect.NewMasked("m***@g***.com"), Consent: "accepted", Route: fmt.Sprintf("https://shop.example/section-%d/{n}", i/flows*7+i%7), Severity: rule.Severity(i % 5),
			Fingerprint: fmt.Sprintf("%032x", i), Steps: []detect.Step{{Decoder: "base64", Result: `{"user":{"traits":…`}, {Decoder: "json", Result: "m***@g***.com"}}})
	}
	return b.Build(policy.Judge(b.Input(), nil, nil, start))
}
