package consent

import (
	"strings"

	"github.com/tagscan/tagscan/detect/rule"
)

// ID names a kind of contradiction. The list is closed: Infos has them all.
type ID string

// The contradictions.
const (
	Sent           ID = "refused-but-sent"
	ClaimedGranted ID = "refused-but-claimed-granted"
	Recorded       ID = "refused-but-recorded-granted"
	NotTold        ID = "refused-but-not-told"
	Disagree       ID = "claims-disagree"
	BeforeAsked    ID = "granted-before-asked"
	NotDisclosed   ID = "vendor-not-disclosed"
	InterestLeft   ID = "legitimate-interest-left-on"
	GPCNotRecorded ID = "gpc-not-recorded"
	Withdrawal     ID = "withdrawal-ignored"
	Invalid        ID = "consent-string-invalid"
)

// Info says what a kind of contradiction means.
type Info struct {
	ID       ID
	Title    string
	Severity rule.Severity
	// Says is the contradiction in a sentence, with %s for the name of the recipient where there is one.
	Says   string
	Doc    string // when it is said, and when not
	Remedy string
	site   bool // it is about the site's own record: it has no recipient
}

// Infos are all kinds, in the order in which reports tell them. What tells a vendor or the record the contrary of what the visitor
// chose is the gravest; what makes a refusal reach nobody is next; a string that counts for nothing harms least.
var Infos = []Info{
	{ClaimedGranted, "Told yes, the visitor said no", rule.Critical, "%s was told that the visitor consents, after the visitor had refused.",
		"After a refusal, or with Global Privacy Control on, a request claims consent for a purpose that can be refused. That nobody opted " +
			"out, as strings of the United States say it, is no consent.",
		"Find what sets the claim: a default of consent mode that is granted and never updated, a string that is written by hand.", false},
	{Recorded, "Refused, recorded as consent", rule.Critical, "The visitor refused, and the site recorded consent.",
		"What the site had on record last, in its platform's cookie, its storage or the answer of its interfaces, grants a purpose that was " +
			"refused. What is strictly necessary, and comfort alone beside refusals, do not count.",
		"Look at what the refusal button does; the platform's template or the code around it records the wrong choice.", true},
	{Sent, "Told no, got data", rule.High, "%s was told that the visitor refused, and was sent data that identifies the visitor all the same.",
		"A request claims a refusal and carries a contact, hashed or not, an account or click id, or an identifier that lasts beyond the page. " +
			"A ping without such an identifier is what consent modes send by design and is no contradiction.",
		"Let the tag wait for consent (basic consent mode), or stop what adds the identifier.", false},
	{Withdrawal, "Consent withdrawn without effect", rule.High, "The visitor withdrew consent, and %s goes on as before.",
		"After consent was withdrawn a request still claims consent, or carries a lasting identifier that its recipient does not get of a " +
			"visitor who never consented.",
		"Withdrawing must tell the vendor's tag, delete its cookies and stop it.", false},
	{NotTold, "Not told of the refusal", rule.Medium, "%s was not told that the visitor refused, so it acts as if the visitor had not.",
		"After a refusal, or with Global Privacy Control on at a site that speaks of consent, a vendor whose requests can say so was reported " +
			"to, and none of the request's fields says what was chosen.",
		"Wire the platform to the vendor's tag: consent mode, the vendor's own switch, or the string in the request.", false},
	{BeforeAsked, "Consent claimed before the question", rule.Medium, "%s was told that the visitor consents before the visitor was asked.",
		"The site shows a dialog, nothing was pressed, and a request claims consent, or that consent mode is off, which means the same.",
		"Set the default of every consent type to denied before any tag runs.", false},
	{GPCNotRecorded, "Global Privacy Control not recorded", rule.Medium,
		"The browser said that its user opts out (Global Privacy Control), and the site recorded or passed on that nobody opted out.",
		"With Global Privacy Control on, a record or a claim says that it is off or that nobody opted out. It is about a vendor where only " +
			"requests to that vendor say so.",
		"Turn on the platform's support of Global Privacy Control, for all visitors who send it.", true},
	{InterestLeft, "Objection not recorded", rule.Medium,
		"The visitor refused everything, and the TC string still lets vendors act on legitimate interest.",
		"After a refusal the TC string has purposes or vendors on legitimate interest. While the dialog is open they are there by the " +
			"standard. It is about a vendor where only requests to that vendor have such a string, and none of them claims consent.",
		"Let the refusal object to legitimate interests too: a setting of the platform.", true},
	{NotDisclosed, "Contacted, not disclosed", rule.Medium, "%s was contacted, and is not among the vendors that the dialog disclosed.",
		"The vendor is in the IAB's list, and the disclosed vendors of the TC string do not have it. A vendor whose id in that list is not " +
			"known is not judged: `tagscan explain VENDOR` says so.",
		"Add the vendor to the platform's vendor list, or remove its tag.", false},
	{Disagree, "Claims disagree", rule.Low, "%s was told yes and no in one request.",
		"Two fields of one request say the contrary of each other: everything granted in one and denied in the other, or that somebody opted " +
			"out and that nobody did.",
		"Let one source set all signals.", false},
	{Invalid, "Consent string counts for nothing", rule.Low, "The consent string is not valid, so it counts as no consent.",
		"The TC string is of another version than 2, is not for this service only, names no disclosed vendors, or is older than the choice it " +
			"is to tell of.",
		"Update the platform; do not write the string by hand or keep an old one.", true},
}

// InfoOf returns what is known of a kind.
func InfoOf(id ID) (Info, bool) {
	for _, i := range Infos {
		if i.ID == id {
			return i, true
		}
	}
	return Info{}, false
}

// Sentence is the contradiction in a sentence, about a recipient by its name.
func (i Info) Sentence(name string) string {
	if i.site {
		return i.Says
	}
	return strings.Replace(i.Says, "%s", name, 1)
}

// OfSite reports whether a kind is about the site's own record, and so has no recipient.
func (i Info) OfSite() bool { return i.site }
