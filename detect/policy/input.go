package policy

import (
	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
)

// Input is what a run is judged on.
type Input struct {
	Flows []detect.Flow
	Gaps  []crawler.Gap // what was not seen
	// Again is how often flows were seen that were looked for again, by fingerprint.
	Again map[string]detect.Stability
	// Gathered are the gaps of a report that was made before and is judged anew.
	Gathered []Gap
	Pages    []Page // for what a baseline says of pages that were seen
	Scripts  []Script
	// Contradictions are those about consent.
	Contradictions []Contradiction
	// Standing is how the site stands beside all that.
	Standing Standing
}

// Page is one visit, as far as it says whether enough was seen.
type Page struct {
	ID      string // of the visit
	URL     string
	Route   string
	Consent crawler.Consent
	Outcome crawler.Outcome
	Reason  string
	Status  int
}

// Script is one script that ran, by content.
type Script struct {
	URL       string // without query; empty for inline code
	SHA256    string // hex
	Owner     string // recipient id
	Integrity string // the element's integrity attribute; empty if it was missing on any page
	Kind      string // as crawler.Script.Kind
	Routes    []string
}
