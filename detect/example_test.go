package detect_test

import (
	"context"
	"fmt"
	"log"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/rule"
)

// A request to Meta's pixel carries a hash of the visitor's address. It is found by the persona, and told masked.
func ExampleAnalyzer_Analyze() {
	a, err := detect.New(detect.Config{Persona: rule.Persona{"email": {"alice@example.com"}}})
	if err != nil {
		log.Fatal(err)
	}
	request := &crawler.Request{
		ID: "r1", Method: "GET", PageURL: "https://shop.example/checkout",
		URL: "https://www.facebook.com/tr/?id=1234567890123&ev=Lead&ud[em]=ff8d9819fc0e12bf0d24892e45987e249a28dce836a85cad60e28eaaa8c6d976",
	}
	events := func(yield func(crawler.Event, error) bool) { yield(crawler.Event{Seq: 1, Request: request}, nil) }
	for f, err := range a.Analyze(context.Background(), events, nil) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(f.Recipient.Name, f.Class, f.Form, f.Known, f.Field, f.Chain, f.Value, f.Severity)
	}
	// Output: Meta Pixel contact.email hashed persona query.ud[em] [sha256] a***@e***.com critical
}
