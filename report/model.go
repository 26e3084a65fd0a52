package report

import (
	"time"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/consent"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/policy"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
)

// Schema is the version of report.json. It grows by one with every change that an older reader would misread; added
// fields do not count. Schema 3 has flows of recipient, class, consent state and form, with their places; before, a flow was of
// one kind of page too. Schema 2 tells what was not seen as verdict.gaps; schema 1 had verdict.missing.
const Schema = 3

// Model is all that a report says. Every format renders it and adds nothing; report.json is the Model itself, so that
// any format can be made from it later. It holds no time but those of the run and no order that a map decided.
//
// Field tag redact:"-" marks text that is tagscan's own or structural (ids, class names, hashes): the builder masks
// personal values in every other string.
type Model struct {
	Schema     int            `json:"schema"`
	Made       Made           `json:"made" redact:"-"`
	Run        Run            `json:"run"`
	Verdict    policy.Verdict `json:"verdict"`
	Totals     Totals         `json:"totals"`
	Gravest    []Grave        `json:"gravest"`    // what a reader should know first, at most 5
	Pages      []Page         `json:"pages"`      // in the order of visit
	Routes     []Route        `json:"routes"`     // folded pages, sorted
	Recipients []Exposure     `json:"recipients"` // the worst first
	Flows      []Flow         `json:"flows"`      // the worst first
	Consent    Matrix         `json:"consent"`
	Scripts    []Script       `json:"scripts"`             // by owner and URL
	Cookies    []Cookie       `json:"cookies"`             // by domain and name
	Loads      []Load         `json:"loads"`               // what a Content-Security-Policy would have to allow
	Contacts   []Contact      `json:"contacts"`            // third parties that were connected to, by name
	Strangers  []Stranger     `json:"strangers,omitempty"` // recipients that the catalog does not know
	Advice     []Advice       `json:"advice"`              // grouped by what to do, the worst first
	Glossary   []Term         `json:"glossary"`            // the classes that occur
	Limits     []string       `json:"limits" redact:"-"`
	// Standing is how the site stands beside its flows: what a later run tells news by.
	Standing policy.Standing `json:"standing,omitzero"`
	Changes  *Changes        `json:"changes,omitempty"` // since last time, if there was one
}

// Made tells which knowledge the conclusions rest on, so that a diff can keep changes of the site apart from those of
// tagscan.
type Made struct {
	Tool    string `json:"tool"`              // "tagscan 1.2.3"
	Catalog string `json:"catalog,omitempty"` // version or hash of the catalog of vendors
	// Policy and Baseline are what it was judged by: the name of the file and a hash of it; "" without one.
	Policy   string `json:"policy,omitempty"`
	Baseline string `json:"baseline,omitempty"`
	Rules    string `json:"rules,omitempty"` // version or hash of rules and decoders
}

// Run is how the facts were obtained.
type Run struct {
	ID         string          `json:"id" redact:"-"`
	Tool       string          `json:"tool" redact:"-"` // that recorded: "tagscan 1.2.3", or the creator of a HAR
	Site       string          `json:"site"`            // host of the first seed
	Seeds      []string        `json:"seeds"`
	Started    time.Time       `json:"started"`
	Ended      time.Time       `json:"ended,omitzero"` // of the last event
	Browser    crawler.Browser `json:"browser" redact:"-"`
	Options    []Option        `json:"options,omitempty"` // that change what is seen, by name
	FirstParty []string        `json:"first_party,omitempty"`
	Deviations []string        `json:"deviations,omitempty"`
	Persona    []string        `json:"persona,omitempty" redact:"-"` // keys of the known values that were looked for, sorted
}

// Option is one flag that changes what is seen.
type Option struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Totals are the sums of a run.
type Totals struct {
	Pages      int    `json:"pages"`
	Complete   int    `json:"complete"`
	Partial    int    `json:"partial"`
	Blocked    int    `json:"blocked"`
	Failed     int    `json:"failed"`
	Requests   int    `json:"requests"`
	ThirdParty int    `json:"third_party"` // requests to third parties
	Findings   int    `json:"findings"`
	Severity   [5]int `json:"severity"` // flows by rule.Severity, from info to critical
	Scripts    int    `json:"scripts"`  // distinct
	ThirdCode  int    `json:"third_party_scripts"`
	Inside     int    `json:"third_party_scripts_in_pages"` // of these, those that ran with the rights of a page, not in a worker or a frame of their own
	BodiesGone int    `json:"bodies_missing"`
}

// Grave is one class of data with everybody who is sent it.
type Grave struct {
	Class    rule.Class    `json:"class" redact:"-"`
	What     string        `json:"what" redact:"-"` // "e-mail addresses"
	Severity rule.Severity `json:"severity"`
	To       []string      `json:"to" redact:"-"` // names of recipients
	When     string        `json:"when"`          // consent states, in words
}

// Page is one visit.
type Page struct {
	ID       string          `json:"id" redact:"-"`
	URL      string          `json:"url"` // without query and fragment, identifying parts of the path folded
	Route    string          `json:"route"`
	Title    string          `json:"title,omitempty"`
	Consent  crawler.Consent `json:"consent,omitempty"`
	Profile  string          `json:"profile,omitempty"`
	Outcome  crawler.Outcome `json:"outcome"`
	Reason   string          `json:"reason,omitempty"`
	Status   int             `json:"status,omitempty"`
	Seconds  float64         `json:"seconds"` // the visit took
	Requests int             `json:"requests"`
	Third    int             `json:"third"` // requests to third parties
	Missing  []string        `json:"missing,omitempty"`
	Dialog   *Dialog         `json:"dialog,omitempty"`
	Shot     string          `json:"shot,omitempty" redact:"-"` // SHA-256 of the screenshot
}

// Dialog is what was seen and done about consent on a page.
type Dialog struct {
	Seen     bool            `json:"seen"`
	Platform string          `json:"platform,omitempty"`
	Action   crawler.Consent `json:"action,omitempty"`
	Verified bool            `json:"verified,omitempty"`
	State    string          `json:"state,omitempty"`
	Text     string          `json:"text,omitempty"`   // what the dialog said
	Clicks   int             `json:"clicks,omitempty"` // how many the choice took
	Ticked   []string        `json:"ticked,omitempty"` // what was on before anything was pressed
}

// Route is a group of pages that are alike.
type Route struct {
	Route      string            `json:"route"`
	Pages      int               `json:"pages"`
	Complete   int               `json:"complete"`
	Consents   []crawler.Consent `json:"consents"`
	Recipients int               `json:"recipients"` // third parties that got identifying data there
	Severity   rule.Severity     `json:"severity"`   // of the worst flow
}

// Exposure is the blast radius of one recipient, in three rings: what it was sent, what its script could have read, and
// whom it brings along.
type Exposure struct {
	Recipient recipient.Recipient `json:"recipient" redact:"-"`
	Country   string              `json:"country,omitempty" redact:"-"` // its name in English
	Severity  rule.Severity       `json:"severity"`                     // the worst of what was sent
	Sentence  string              `json:"sentence"`                     // "If Mixpanel were breached tomorrow, …"
	Why       string              `json:"why"`                          // what makes the severity
	Sent      []Sent              `json:"sent"`                         // ring one, the worst first
	Reach     *Within             `json:"reach,omitempty"`              // ring two; nil: none of its scripts was seen
	Brings    []Brought           `json:"brings,omitempty"`             // ring three
	BroughtBy []Brought           `json:"brought_by,omitempty"`         // third parties that led to it; empty: the site's own pages
	Hosts     []string            `json:"hosts"`
	Accounts  []string            `json:"accounts,omitempty"` // the vendor's account ids the data went to
	Events    []string            `json:"events,omitempty"`   // the vendor's names for what it was told, at most 12
	Requests  int                 `json:"requests"`
	Routes    int                 `json:"routes"`
	Consents  []crawler.Consent   `json:"consents"` // states in which it was contacted
	Flows     []string            `json:"flows" redact:"-"`
	Decisions []Count             `json:"decisions,omitempty" redact:"-"` // flows by policy decision
	Refs      []string            `json:"refs,omitempty"`                 // contracts that the policy names for it
}

// Sent is one class of data that a recipient was sent.
type Sent struct {
	Class    rule.Class        `json:"class" redact:"-"`
	Title    string            `json:"title" redact:"-"`
	Severity rule.Severity     `json:"severity"`
	Forms    []detect.Form     `json:"forms"`
	Wheres   []decode.Where    `json:"wheres"`
	Consents []crawler.Consent `json:"consents"`
	Routes   []string          `json:"routes"`
	Findings int               `json:"findings"`
	Requests int               `json:"requests"`
	Example  string            `json:"example" redact:"-"` // masked
	Doubtful bool              `json:"doubtful,omitempty"` // only possible, or the recipient is only guessed
}

// Within is what a recipient's scripts could read where they run with the page's rights.
type Within struct {
	Fields  []Readable `json:"fields,omitempty"`
	Cookies []Readable `json:"cookies,omitempty"`
	Storage []Readable `json:"storage,omitempty"`
	Routes  []string   `json:"routes"`            // where its script ran with the page's rights
	Framed  []string   `json:"framed,omitempty"`  // routes where it ran only in a frame or worker apart from the page
	Lowered []string   `json:"lowered,omitempty"` // what stands in its way
	Scripts int        `json:"scripts"`           // distinct scripts
	Pinned  int        `json:"pinned"`            // of these, with an integrity attribute
}

// Readable is one thing a script could read.
type Readable struct {
	Name   string   `json:"name"`           // "email/email/user_email", "session", "local:user"
	Kind   string   `json:"kind,omitempty"` // what a reader calls it: "e-mail field", "password field"
	Grave  bool     `json:"grave,omitempty"`
	Routes []string `json:"routes"`
}

// Brought is a third party that came with another.
type Brought struct {
	ID       string `json:"id" redact:"-"`
	Name     string `json:"name" redact:"-"`
	Country  string `json:"country,omitempty" redact:"-"`
	Direct   bool   `json:"direct"` // called by its own script or redirect; else by something it loaded
	Requests int    `json:"requests"`
	How      string `json:"how" redact:"-"` // script, request, redirect
}

// Through is the hand that sent something.
type Through struct {
	Kind string `json:"kind"`           // own, tag-manager, vendor, page, unknown
	ID   string `json:"id,omitempty"`   // recipient id of the tag manager or vendor
	Name string `json:"name,omitempty"` // "Google Tag Manager"
}

// Evidence is one finding, as far as a reader needs it.
type Evidence struct {
	Request    string          `json:"request" redact:"-"`
	PageID     string          `json:"page_id,omitempty" redact:"-"`
	Page       string          `json:"page"`
	Host       string          `json:"host"`
	Method     string          `json:"method,omitempty"`
	URL        string          `json:"url"`
	Account    string          `json:"account,omitempty"`
	Event      string          `json:"event,omitempty"`
	Rule       string          `json:"rule" redact:"-"`
	Form       detect.Form     `json:"form"`
	Known      detect.Known    `json:"known"`
	Confidence string          `json:"confidence"`
	Where      decode.Where    `json:"where"`
	Field      string          `json:"field"`
	Chain      []string        `json:"chain"`
	Steps      []Step          `json:"steps,omitempty"`
	Value      string          `json:"value" redact:"-"` // masked
	Clear      string          `json:"clear,omitempty" redact:"-"`
	Token      string          `json:"token,omitempty" redact:"-"` // keyed; equal values of one project have equal tokens
	Phase      crawler.Phase   `json:"phase,omitempty"`
	Via        []crawler.Cause `json:"via,omitempty"` // nearest first, without queries
	TagManager string          `json:"tag_manager,omitempty"`
	Also       []string        `json:"also,omitempty" redact:"-"` // other rules that explain the same bytes
	Print      string          `json:"fingerprint" redact:"-"`    // of this finding

	clear string // the value as it is: in memory only, written if revealing is asked for
}

// Step is one step of unwrapping.
type Step struct {
	Decoder string `json:"decoder" redact:"-"`
	Result  string `json:"result"`
}

// Matrix tells who was contacted and told what in each consent state.
type Matrix struct {
	States  []State     `json:"states"`
	Rows    []MatrixRow `json:"rows"`
	Remarks []string    `json:"remarks,omitempty" redact:"-"`
	Dialog  *Asked      `json:"dialog,omitempty"` // nil: none was seen
	// Contradictions are told the gravest first.
	Contradictions []Contradiction `json:"contradictions"`
}

// State is what is known of the pages visited in one consent state.
type State struct {
	Consent   crawler.Consent `json:"consent"`
	Pages     int             `json:"pages"`
	Dialogs   int             `json:"dialogs"`   // pages on which a dialog was seen
	Verified  int             `json:"verified"`  // pages on which the choice was proven to have been taken
	Platforms []string        `json:"platforms"` // consent platforms seen
	Pressed   crawler.Consent `json:"pressed"`   // the choice that was made; empty if none was
	Recorded  []consent.Said  `json:"recorded"`  // what the site had on record last
}

// MatrixRow is one recipient's row; Cells are in the order of Matrix.States.
type MatrixRow struct {
	ID    string `json:"id" redact:"-"`
	Name  string `json:"name" redact:"-"`
	Cells []Cell `json:"cells"`
}

// Cell is what one recipient got in one state.
type Cell struct {
	Requests int           `json:"requests"`
	Cookies  int           `json:"cookies"`
	Classes  []rule.Class  `json:"classes,omitempty" redact:"-"`
	Severity rule.Severity `json:"severity"`
	// The four facts: what was pressed, and what the site recorded, claimed to the recipient and sent.
	Pressed  crawler.Consent `json:"pressed"`
	Recorded []consent.Said  `json:"recorded"`
	Claimed  []consent.Said  `json:"claimed"`
	Sent     []rule.Class    `json:"sent" redact:"-"`
	Sights   []consent.Sight `json:"sights,omitempty"` // a few requests, as evidence
	// Contradicts are the kinds of contradictions about the recipient in the state.
	Contradicts []consent.ID `json:"contradictions,omitempty" redact:"-"`
}

// Script is one script by content: the same bytes from the same place.
type Script struct {
	URL       string   `json:"url,omitempty"` // without query; empty for inline code
	Owner     string   `json:"owner" redact:"-"`
	OwnerName string   `json:"owner_name" redact:"-"`
	SHA256    string   `json:"sha256" redact:"-"`
	Size      int64    `json:"size"`
	Kind      string   `json:"kind,omitempty"`
	Integrity string   `json:"integrity,omitempty" redact:"-"`
	LoadedBy  string   `json:"loaded_by,omitempty"` // script or document that brought it, without query
	Via       []string `json:"via,omitempty"`       // all that led to it, nearest first, without queries
	Routes    []string `json:"routes"`
	Pages     int      `json:"pages"`
	Target    string   `json:"target,omitempty"`
	Decision  string   `json:"decision,omitempty" redact:"-"` // of the script inventory in the policy
	Why       string   `json:"why,omitempty"`
	Claim     string   `json:"claim,omitempty"` // what it says of its own source, where that is not so
}

// Load is one source that the main frame of a kind of page loaded from or connected to.
type Load struct {
	Route     string `json:"route"`
	Directive string `json:"directive" redact:"-"` // of a Content-Security-Policy: "script-src"
	Source    string `json:"source"`               // "'self'", an origin, for scripts a URL without query, for inline code a hash
}

// Cookie is one cookie, without its value.
type Cookie struct {
	Name      string            `json:"name"`
	Domain    string            `json:"domain"`
	Owner     string            `json:"owner" redact:"-"`
	Days      float64           `json:"days"` // lifetime at the time it was seen; 0: ends with the session
	HTTPOnly  bool              `json:"http_only"`
	Secure    bool              `json:"secure"`
	SameSite  string            `json:"same_site,omitempty"`
	SetBy     string            `json:"set_by,omitempty"`               // host or script
	SetByID   string            `json:"set_by_id,omitempty" redact:"-"` // recipient id of it
	Consents  []crawler.Consent `json:"consents"`
	Received  []string          `json:"received,omitempty" redact:"-"` // ids of third parties whose requests carried it
	Blocked   string            `json:"blocked,omitempty"`
	ThirdSite bool              `json:"third_party"`
}

// Contact is a third party that learned IP address and browser by being connected to.
type Contact struct {
	ID       string            `json:"id" redact:"-"`
	Name     string            `json:"name" redact:"-"`
	Owner    string            `json:"owner,omitempty" redact:"-"`
	Country  string            `json:"country,omitempty" redact:"-"`
	Category string            `json:"category,omitempty" redact:"-"`
	Hosts    []string          `json:"hosts"`
	Requests int               `json:"requests"`
	Consents []crawler.Consent `json:"consents"`
	Referer  bool              `json:"referer"` // was told the address of the page
}

// Advice is one thing to do, and whom it would help against.
type Advice struct {
	Do         string        `json:"do"`
	Severity   rule.Severity `json:"severity"`
	Recipients []string      `json:"recipients" redact:"-"` // names
	Classes    []rule.Class  `json:"classes" redact:"-"`
	Flows      []string      `json:"flows" redact:"-"` // fingerprints it would end
	Kind       string        `json:"kind"`             // vendor, class, consent, url, script, incomplete
}

// Term explains a class.
type Term struct {
	Class    rule.Class    `json:"class" redact:"-"`
	Title    string        `json:"title" redact:"-"`
	Severity rule.Severity `json:"severity"`
	What     string        `json:"what,omitempty" redact:"-"`
	Why      string        `json:"why,omitempty" redact:"-"`
	GDPR     string        `json:"gdpr,omitempty" redact:"-"`
	TCF      string        `json:"tcf,omitempty" redact:"-"`
	DPV      string        `json:"dpv,omitempty" redact:"-"`
	Apple    string        `json:"apple,omitempty" redact:"-"`
	Play     string        `json:"play,omitempty" redact:"-"`
	CWE      string        `json:"cwe,omitempty" redact:"-"`
}

// Count is a number with its name.
type Count struct {
	Name string `json:"name"`
	N    int    `json:"n"`
}

// Changes is what differs from an earlier run. Package report/history makes it.
type Changes struct {
	Since   string    `json:"since" redact:"-"` // id of the earlier run
	At      time.Time `json:"at"`               // when that was started
	Summary string    `json:"summary"`
	Site    []Change  `json:"site"`             // the site changed
	Tool    []Change  `json:"tool,omitempty"`   // tagscan's catalog or rules changed, or may have
	Also    []Change  `json:"also,omitempty"`   // known flows in other places than last time: no news
	Unsure  []Change  `json:"unsure,omitempty"` // not seen this time, but not enough was seen to say it is gone
}

// Change is one difference.
type Change struct {
	Kind     string        `json:"kind"` // new, gone, changed
	What     string        `json:"what"` // recipient, flow, script, cookie, consent, page, tagscan
	ID       string        `json:"id"`
	Of       string        `json:"of,omitempty" redact:"-"` // recipient of a flow
	Under    bool          `json:"under,omitempty"`         // told below the recipient that is new or gone with it
	Text     string        `json:"text"`
	Severity rule.Severity `json:"severity"`
}
