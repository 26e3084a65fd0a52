package policy_test

import (
	"fmt"
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
)

// A policy in tagscan.yaml: what may be sent to whom. What no rule speaks of is new.
const example = `
policy:
  default: review
  allow:
  - id: product analytics
    recipient: mixpanel
    class: [online.*, device.*]
    consent: accepted
    ref: DPA 2025-11, annex 2
  forbid:
  - id: no recordings of payment
    category: session-replay
    route: /checkout*
`

func ExampleJudge() {
	cfg, err := policy.Parse("tagscan.yaml", []byte(example))
	if err != nil {
		fmt.Println(err)
		return
	}
	flow := func(id, category string, class rule.Class, route string) detect.Flow {
		return detect.Flow{Recipient: recipient.Recipient{ID: id, Category: category}, Class: class, Consent: crawler.Accepted, Form: detect.Clear,
			Places: []detect.Place{{Route: route, Severity: rule.High, Confidence: detect.Certain}}}
	}
	in := policy.Input{
		Flows: []detect.Flow{
			flow("mixpanel", "analytics", rule.ClientID, "https://shop.example/"),
			flow("mixpanel", "analytics", rule.Email, "https://shop.example/"),
			flow("hotjar", "session-replay", rule.Replay, "https://shop.example/checkout/pay"),
		},
		Pages: []policy.Page{{Route: "https://shop.example/", Consent: crawler.Accepted, Outcome: crawler.Complete}},
	}
	v := policy.Judge(in, cfg, nil, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC))
	for _, f := range v.Flows {
		fmt.Printf("%s to %s: %s by line %d (%s)%s\n", f.Class, f.Recipient, f.Decision, f.Line, f.Rule, prefix(" ", f.Ref))
	}
	fmt.Println(v.Result, v.Sentence)
	// Output:
	// online.client_id to mixpanel: allowed by line 5 (product analytics) DPA 2025-11, annex 2
	// contact.email to mixpanel: new by line 3 (default)
	// content.replay to hotjar: forbidden by line 11 (no recordings of payment)
	// fail 1 forbidden flow, 1 flow that nobody agreed to.
}

func prefix(p, s string) string {
	if s == "" {
		return ""
	}
	return p + s
}

func ExampleRules_Explain() {
	cfg, err := policy.Parse("tagscan.yaml", []byte(`policy:
  forbid:
  - {id: no e-mail, class: contact.email}
  allow:
  - {id: newsletter, recipient: mailchimp, class: contact.email}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, why := cfg.Policy.Explain(detect.Flow{Recipient: recipient.Recipient{ID: "mailchimp"}, Class: rule.Email})
	fmt.Println(why)
	// Output: line 5, "newsletter", decides; narrower rules beat "no e-mail" (line 3)
}

func ExampleParse() {
	_, err := policy.Parse("tagscan.yaml", []byte("policy:\n  defualt: review\n"))
	fmt.Println(err)
	// Output:
	// tagscan.yaml:2:3: unknown key "defualt": did you mean "default"?
	//   2 |   defualt: review
	//         ^
}
