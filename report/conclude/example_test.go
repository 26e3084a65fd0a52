package conclude_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tagscan/tagscan/crawler/capture"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report"
	"github.com/tagscan/tagscan/report/conclude"
)

// From a HAR file to a verdict and the sentence about a breach. A run directory is opened in the same way, and no browser is linked
// into the program.
func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "audit.har")
	if err := os.WriteFile(file, []byte(audit), 0o600); err != nil {
		log.Fatal(err)
	}

	run, err := capture.Open(file)
	if err != nil {
		log.Fatal(err)
	}
	catalog, err := recipient.Default()
	if err != nil {
		log.Fatal(err)
	}
	options := conclude.Options{
		Tool: "example", Catalog: catalog, Now: time.Now(),
		Persona: rule.Persona{"email": {"jo.doe@example.org"}},
	}
	print := func(c detect.Conclusion) error {
		if j := c.Judged; j != nil && j.Third() {
			fmt.Println("sent to", j.Recipient.Name)
		}
		if f := c.Finding; f != nil {
			fmt.Println("found", f.Class, f.Value, f.Form)
		}
		return nil
	}
	done, err := options.Conclude(context.Background(), print, conclude.Profile{Capture: run})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(done.Verdict.Result)
	fmt.Println(done.Model.Recipients[0].Sentence)

	var text strings.Builder
	if err := report.Text.Write(context.Background(), &text, done.Model, report.WriteOptions{}); err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.HasPrefix(text.String(), "FAIL"))
	// Output:
	// sent to Mixpanel
	// found contact.email j***@e***.org plain
	// fail
	// If Mixpanel were breached tomorrow, your users' e-mail addresses would be exposed.
	// true
}

const audit = `{"log":{"version":"1.2","creator":{"name":"a browser","version":"1"},
"pages":[{"id":"p","title":"https://shop.example/","startedDateTime":"2026-01-01T00:00:00Z","pageTimings":{}}],
"entries":[{"pageref":"p","startedDateTime":"2026-01-01T00:00:00Z","time":1,"request":{"method":"POST",
"url":"https://api-js.mixpanel.com/track/","httpVersion":"h2","headers":[],"queryString":[],"cookies":[],"headersSize":-1,"bodySize":-1,
"postData":{"mimeType":"application/json","text":"[{\"event\":\"Sign Up\",\"properties\":{\"token\":\"t\",\"$email\":\"jo.doe@example.org\"}}]"}},
"response":{"status":200,"statusText":"OK","httpVersion":"h2","headers":[],"cookies":[],"content":{"size":1,"mimeType":"text/plain"},
"redirectURL":"","headersSize":-1,"bodySize":-1},"cache":{},"timings":{"send":0,"wait":1,"receive":0}}]}}`
