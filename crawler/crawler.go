package crawler

import (
	"time"
)

// Schema is the version of the event stream in a capture. It grows by one with every change that an older reader
// would misread; added fields do not count.
const Schema = 1

// Consent is the state of the visitor's choice in which a page is visited. It is a dimension of the Task.
type Consent string

const (
	Unasked  Consent = "unasked"  // no choice was made, or no dialog was seen
	Rejected Consent = "rejected" // everything that can be refused was refused
	Accepted Consent = "accepted" // everything was accepted
	Unknown  Consent = "unknown"  // nobody says which choice was made: a HAR, a request whose visitor is not known
	GPC      Consent = "gpc"      // no choice was made, Global Privacy Control is set

	Withdrawn Consent = "withdrawn" // everything was accepted, and that was taken back later by the site's own means
)

// Task is one URL in one consent state, for one profile: the unit of work.
type Task struct {
	URL     string  `json:"url"`
	Route   string  `json:"route,omitempty"`   // the folded URL, e.g. "https://shop.example/product/{n}"; pages of one route are alike
	Profile string  `json:"profile,omitempty"` // name of the visitor (a browser, cookies and storage of its own), e.g. "accepted", "unasked-2"
	Consent Consent `json:"consent,omitempty"`
	Depth   int     `json:"depth,omitempty"` // links followed from a seed; a seed has 0
	Via     string  `json:"via,omitempty"`   // how it was found: seed, link, sitemap, list, earlier (only an earlier crawl knows of it), flow (a page of a recording)

	// Again is which time a page is looked at again by a fresh visitor, after the crawl and apart from it; 0: by the crawl.
	Again int      `json:"again,omitempty"`
	For   []string `json:"for,omitempty"` // what it is looked at again for, as whoever asked names it
}

// Event is a tagged union: exactly one of Run, Page, Request, Script, Use, Cookie, Storage, Gap, Note is set. A stream of events
// starts with Run; the Page event of a visit comes after everything that belongs to it, but for requests that were seen to
// leave only later. A stream stays valid with all notes removed.
type Event struct {
	Seq     int64     `json:"seq"`             // position in the stream, from 1, without holes
	Prev    string    `json:"prev,omitempty"`  // SHA-256 in hex of the line before in a capture; none in the first, and where nobody chained them
	Time    time.Time `json:"time"`            // wall time of the observation, UTC
	Again   int       `json:"again,omitempty"` // as Task.Again: not 0 for all that a fresh visitor did who looked at a page again
	Run     *Run      `json:"run,omitempty"`
	Page    *Page     `json:"page,omitempty"`
	Request *Request  `json:"request,omitempty"`
	Script  *Script   `json:"script,omitempty"`
	Use     *Use      `json:"use,omitempty"`
	Cookie  *Cookie   `json:"cookie,omitempty"`
	Storage *Storage  `json:"storage,omitempty"`
	Gap     *Gap      `json:"gap,omitempty"`
	Note    *Note     `json:"note,omitempty"`
}

// Run says how the facts that follow were obtained. It is the first event of a stream. A stream that came to
// its end has a Note of kind end or interrupted as its last event; one without was cut short, whatever is said elsewhere.
type Run struct {
	Schema     int                 `json:"schema"`
	ID         string              `json:"id"`   // random, 16 hex digits
	Tool       string              `json:"tool"` // "tagscan 1.2.3", or the creator of an imported HAR
	Seeds      []string            `json:"seeds,omitempty"`
	Started    time.Time           `json:"started"`
	Browser    Browser             `json:"browser,omitzero"`
	Options    map[string]string   `json:"options,omitempty"`     // flags that change what is seen, by name; never a secret
	FirstParty []string            `json:"first_party,omitempty"` // further registrable domains that belong to the site's owner
	Persona    map[string][]string `json:"persona,omitempty"`     // known values made by tagscan for this run (a user's --persona file is never copied here)
	Known      *Known              `json:"known,omitempty"`       // which values of the user's were known beforehand
	Secrets    []Secret            `json:"secrets,omitempty"`     // what stands in the place of values that the user gave and that must not be written
	Deviations []string            `json:"deviations,omitempty"`  // what makes the run differ from an ordinary visitor's: insecure, no-sandbox, real-time, header …
}

// Known names values without telling them, so that who looks at a run again can tell whether the same are known.
type Known struct {
	Key    string              `json:"key"`    // names the secret key of the tokens
	Tokens map[string][]string `json:"tokens"` // keyed hashes of the values, by persona key
}

// Secret is a value that the user gave for the scan to be let in (a header, a password, a cookie of a session), told by a token.
// Wherever the value was, the token stands, in the same encoding and of the same length.
type Secret struct {
	Name  string `json:"name"`  // for people: "header X-Staging", "cookie sid"
	Key   string `json:"key"`   // persona key that says what it is: password, auth_token
	Token string `json:"token"` // no secret
}

// Browser identifies the browser of a run and how it was held.
type Browser struct {
	Product           string   `json:"product,omitempty"` // "Chrome/156.0.8078.79"
	Path              string   `json:"path,omitempty"`
	Kind              string   `json:"kind,omitempty"` // chrome, headless-shell
	UserAgent         string   `json:"user_agent,omitempty"`
	Sandbox           string   `json:"sandbox,omitempty"` // what was proven after launch, e.g. "userns+seccomp"; "none"
	Args              []string `json:"args,omitempty"`
	ThirdPartyCookies string   `json:"third_party_cookies,omitempty"` // allowed, blocked
}

// Outcome is how a visit ended.
type Outcome string

const (
	Complete Outcome = "complete" // everything that left was seen; only this can prove absence
	Partial  Outcome = "partial"  // something was seen, something was missed: Reason says what
	Blocked  Outcome = "blocked"  // the site did not show its page: login wall, robots, HTTP 4xx/5xx, bot wall
	Failed   Outcome = "failed"   // nothing useful was seen
)

// Page is the outcome of a visit.
type Page struct {
	ID         string              `json:"id"` // unique in the run, "p1"
	Task       Task                `json:"task"`
	URL        string              `json:"url"` // where the main frame was when the visit ended
	Title      string              `json:"title,omitempty"`
	Outcome    Outcome             `json:"outcome"`
	Reason     string              `json:"reason,omitempty"` // short stable word first, then detail: "timeout: navigation took 30 s"
	Status     int                 `json:"status,omitempty"` // HTTP status of the main document
	Started    time.Time           `json:"started"`
	Ended      time.Time           `json:"ended"`
	Loaded     time.Time           `json:"loaded,omitzero"` // load event; zero if it never fired
	Links      []string            `json:"links,omitempty"` // http(s) URLs found in the DOM at the end, absolute, in order, without duplicates
	HTML       Body                `json:"html,omitzero"`   // the DOM of the main frame serialised at the end
	Clock      Clock               `json:"clock,omitzero"`
	Dialog     *Dialog             `json:"dialog,omitempty"` // the consent dialog, if one was looked for
	Counts     Completeness        `json:"counts,omitzero"`
	Reach      []Reach             `json:"reach,omitempty"`     // what scripts of each origin could read
	Facts      SiteFacts           `json:"facts,omitzero"`      // identifying values that the page shows to everybody
	Observed   map[string][]string `json:"observed,omitempty"`  // values the page shows about its user, by persona key
	Screenshot Body                `json:"screenshot,omitzero"` // PNG or JPEG; form fields blurred
	Typed      map[string][]string `json:"typed,omitempty"`     // what was typed into forms, by persona key
	Adopted    string              `json:"adopted,omitempty"`   // registrable domain that the start address has moved to for good, and that is the site's own from then on
	Gaps       []Gap               `json:"gaps,omitempty"`      // what was not seen on this page, beside what Outcome, Reason and Counts say
	Shape      string              `json:"shape,omitempty"`     // what the page is like without its words: pages of one template have shapes that are alike, see web.Outline
	Lists      []string            `json:"lists,omitempty"`     // folders whose pages stand in one list on the page, see web.Outline
	Records    []ConsentRecord     `json:"records,omitempty"`   // what the site had on record about consent, as it was read on this page
}

// ConsentRecord is one thing in which a site keeps, or its platform tells, what the visitor chose: word for word, to be read by
// package signal.
type ConsentRecord struct {
	Stage  Stage  `json:"stage"`
	Source string `json:"source"` // api, cookie, local, session
	Name   string `json:"name"`   // as package signal knows it: of an API (tcdata, gpp-ping, google-ics …), a cookie or a key
	Value  string `json:"value"`
}

// Stage is when on a page a record of consent was read.
type Stage string

const (
	AtArrival Stage = "arrival"  // before anything was pressed on this page
	AtAnswer  Stage = "answered" // after the choice was pressed
	AtLeaving Stage = "leaving"  // at the end of the visit
)

// Clock tells how a page's waiting was done.
type Clock struct {
	Mode     string        `json:"mode,omitempty"`      // virtual, real
	PageTime time.Duration `json:"page_time,omitempty"` // ns of page time after load that the page lived
	Skew     time.Duration `json:"skew,omitempty"`      // ns by which the page's clock was ahead of the wall clock when it was left
	Fallback string        `json:"fallback,omitempty"`  // why virtual time was given up for this page
}

// Dialog is what was seen and done about consent on a page.
type Dialog struct {
	Seen     bool      `json:"seen"`
	Platform string    `json:"platform,omitempty"` // id of the consent platform; "heuristic" if only a button was recognised
	Action   Consent   `json:"action,omitempty"`   // the choice that was clicked on this page; empty if none
	At       time.Time `json:"at,omitzero"`        // when it was clicked
	Again    bool      `json:"again,omitempty"`    // this visitor has answered the same dialog before
	Recorded Consent   `json:"recorded,omitempty"` // what the site has on record since: accepted, rejected; empty if that cannot be read
	Verified bool      `json:"verified,omitempty"` // the visitor has made its task's choice, is not asked again, and the record says so
	State    string    `json:"state,omitempty"`    // accepted, rejected, withdrawn, unasked, unknown: what the page believes, as far as it can be read
	Detail   string    `json:"detail,omitempty"`
	Text     string    `json:"text,omitempty"`   // what the dialog says, as a visitor reads it
	Clicks   int       `json:"clicks,omitempty"` // how many the choice took; 0: nothing was pressed, or it is not known
	Ticked   []string  `json:"ticked,omitempty"` // what was on before anything was pressed, by its label; what cannot be changed is not among it
	Puzzle   string    `json:"puzzle,omitempty"` // what speaks of cookies and was not understood, in its own words; see GapDialog
}

// Completeness counts what a visit saw and what it knows it did not see. Everything but Requests, Targets, Messages
// and Events is zero on a complete page.
type Completeness struct {
	Events        int      `json:"events"` // protocol events that were read
	Requests      int      `json:"requests"`
	Messages      int      `json:"messages,omitempty"` // WebSocket and EventSource messages
	Targets       int      `json:"targets"`
	NotAttached   int      `json:"not_attached,omitempty"`   // targets that existed and could not be recorded
	DecodeFailed  int      `json:"decode_failed,omitempty"`  // protocol messages that no schema fitted
	BodiesMissing int      `json:"bodies_missing,omitempty"` // requests marked Unseen
	CapsReached   []string `json:"caps_reached,omitempty"`   // limits of tagscan's that cut something off
}

// Full reports whether nothing is known to be missing.
func (c Completeness) Full() bool {
	return c.NotAttached == 0 && c.DecodeFailed == 0 && c.BodiesMissing == 0 && len(c.CapsReached) == 0
}

// Reach is what scripts of one origin could read on a page because they run with the page's rights.
type Reach struct {
	Frame   string   `json:"frame,omitempty"`   // URL of the frame
	Fields  []string `json:"fields,omitempty"`  // form fields as "type/autocomplete/name", e.g. "email/email/user_email"
	Cookies []string `json:"cookies,omitempty"` // names of cookies without HttpOnly
	Storage []string `json:"storage,omitempty"` // "local:key", "session:key"
	Sandbox string   `json:"sandbox,omitempty"` // the frame's sandbox attribute, "" if none, "(empty)" if it allows nothing
	CSP     string   `json:"csp,omitempty"`     // Content-Security-Policy in force: header, then meta elements, joined by ", "
}

// SiteFacts are contact data and the like that belong to the site, not to its visitor: seen in mailto: and tel: links,
// JSON-LD, the footer. Detection does not call them leaks.
type SiteFacts struct {
	Emails      []string `json:"emails,omitempty"`
	Phones      []string `json:"phones,omitempty"`
	Names       []string `json:"names,omitempty"`
	Coordinates []string `json:"coordinates,omitempty"` // "lat,lon"
	Addresses   []string `json:"addresses,omitempty"`
}

// Script is one script that ran.
type Script struct {
	ID        string  `json:"id"`                  // unique in the run, "s1"
	Page      string  `json:"page"`                // Page.ID
	URL       string  `json:"url,omitempty"`       // empty for inline and eval
	SHA256    string  `json:"sha256"`              // hex, of the UTF-8 source
	Size      int64   `json:"size"`                // bytes of source
	Integrity string  `json:"integrity,omitempty"` // the element's integrity attribute
	Kind      string  `json:"kind,omitempty"`      // external, inline, eval, module, worker
	Frame     string  `json:"frame,omitempty"`     // URL of the frame it ran in
	Target    string  `json:"target,omitempty"`    // page, iframe, worker, service_worker, shared_worker
	LoadedBy  []Cause `json:"loaded_by,omitempty"` // nearest cause first
	Position  string  `json:"position,omitempty"`  // "line:column" in the document, for inline scripts
	Request   string  `json:"request,omitempty"`   // Request.ID that fetched it
	Claim     string  `json:"claim,omitempty"`     // what it says of its own source (a sourceURL comment), where that is not so
}

// Cookie is a cookie as it stood at the end of a visit, or as a response set it.
type Cookie struct {
	Page     string    `json:"page,omitempty"`
	Profile  string    `json:"profile,omitempty"`
	Consent  Consent   `json:"consent,omitempty"`
	Name     string    `json:"name"`
	Value    string    `json:"value"`
	Domain   string    `json:"domain"`
	Path     string    `json:"path,omitempty"`
	Expires  time.Time `json:"expires,omitzero"` // zero: session cookie
	HTTPOnly bool      `json:"http_only,omitempty"`
	Secure   bool      `json:"secure,omitempty"`
	SameSite string    `json:"same_site,omitempty"`
	SetBy    string    `json:"set_by,omitempty"`  // Request.ID of the response that set it, or the URL of the script
	Blocked  string    `json:"blocked,omitempty"` // why the browser refused it
}

// Storage is one entry of web storage as it stood at the end of a visit.
type Storage struct {
	Page    string  `json:"page,omitempty"`
	Profile string  `json:"profile,omitempty"`
	Consent Consent `json:"consent,omitempty"`
	Origin  string  `json:"origin"`
	Area    string  `json:"area"` // local, session, indexeddb
	Key     string  `json:"key"`
	Value   string  `json:"value"`
}

// Note is a remark for a person: progress, a warning, the end of the run.
type Note struct {
	Level string `json:"level"` // info, warn, error
	Kind  string `json:"kind"`  // stable word: end, interrupted, retry, browser, robots …
	Text  string `json:"text"`
	Page  string `json:"page,omitempty"`
}
