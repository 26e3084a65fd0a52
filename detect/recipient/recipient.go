// Package recipient names who receives a request: the vendor, its company and country, how that was recognised, and what
// the vendor itself calls each parameter. Vendors are data: one YAML file each in catalog. It does not judge whether the
// disclosure is allowed (package policy does) and finds no personal data of its own accord (package rule does).
package recipient

import "slices"

//go:generate go run gen_thirdparty.go

// Recipient is who receives a request.
type Recipient struct {
	ID       string   `json:"id"`                 // vendor id in kebab-case, "mixpanel"; for unknown ones the registrable domain, "unknown.example"; FirstParty for the site itself
	Name     string   `json:"name"`               // "Mixpanel"
	Owner    string   `json:"owner,omitempty"`    // "Mixpanel, Inc."
	Parent   string   `json:"parent,omitempty"`   // the owner's group, if it has another name
	Country  string   `json:"country,omitempty"`  // ISO 3166-1 alpha-2 of the contracting entity
	Category string   `json:"category,omitempty"` // of the closed list Categories
	Also     []string `json:"also,omitempty"`     // further categories
	Privacy  string   `json:"privacy,omitempty"`  // URL of the privacy policy
	How      How      `json:"how"`                // how it was recognised
	Via      string   `json:"via,omitempty"`      // the first-party host that stands in for the vendor (proxy or CNAME)
	Weak     bool     `json:"weak,omitempty"`     // only "looks like": never alone fails a policy
}

// Advertising reports a recipient whose business, or a part of it, is to place advertisements: such firms number browsers and tell
// each other their numbers.
func (r *Recipient) Advertising() bool {
	return r.ID == UnknownAds || r.Category == "ads" || slices.Contains(r.Also, "ads")
}

// How says how a recipient was recognised, strongest first.
type How string

const (
	ByEndpoint How = "endpoint" // the vendor's host and one of its endpoints
	ByShape    How = "shape"    // the form of the request, on any host
	ByCNAME    How = "cname"    // the DNS alias of a first-party host
	ByDomain   How = "domain"   // the vendor's domain
	ByList     How = "list"     // a public list of owners
	ByUser     How = "user"     // a file of the user's
	Unknown    How = "unknown"
	OwnHost    How = "first-party"
)

// FirstParty is the ID of the site itself.
const FirstParty = "first-party"

// UnknownAds is the ID of all hosts that a list says are for advertising and whose owner nobody knows. Such hosts change
// from visit to visit, and what is new about the next one is nothing; a host of which no list speaks stays a recipient of
// its own.
const UnknownAds = "unknown-advertising"

// Categories is the closed list of what recipients are for.
var Categories = []string{
	"analytics", "ads", "attribution", "affiliate", "tag-manager", "cdp", "session-replay", "ab-testing", "feature-flags",
	"error-monitoring", "rum", "consent", "chat", "marketing-automation", "crm", "maps", "fonts", "video", "social",
	"payments", "security", "cdn", "search", "hosting", "other",
}
