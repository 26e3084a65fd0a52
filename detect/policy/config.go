package policy

import (
	"time"

	"github.com/tagscan/tagscan/detect/rule"
)

// Config is tagscan.yaml. Unknown keys are errors; see Parse. Relative paths in it are relative to the file.
type Config struct {
	Version    int          `yaml:"version,omitempty" json:"version,omitempty" jsonschema:"enum=1" doc:"version of this file's format; 1"`
	Site       Strings      `yaml:"site,omitempty" json:"site,omitempty" doc:"URLs where the scan starts"`
	FirstParty Strings      `yaml:"first_party,omitempty" json:"first_party,omitempty" doc:"further domains that belong to the site's owner"`
	Pages      Pages        `yaml:"pages,omitempty" json:"pages,omitzero" doc:"which pages are visited"`
	Visits     Visits       `yaml:"visits,omitempty" json:"visits,omitzero" doc:"how pages are visited"`
	Network    Network      `yaml:"network,omitempty" json:"network,omitzero" doc:"how the network is reached"`
	Persona    string       `yaml:"persona,omitempty" json:"persona,omitempty" doc:"file with the known values of the test account"`
	Consent    Strings      `yaml:"consent,omitempty" json:"consent,omitempty" doc:"consent states to visit in: unasked, rejected, accepted, gpc, withdrawn"`
	Policy     Rules        `yaml:"policy,omitempty" json:"policy,omitzero" doc:"what may be sent to whom"`
	Scripts    []ScriptRule `yaml:"scripts,omitempty" json:"scripts,omitempty" doc:"script inventory of chosen routes (PCI DSS 4.0.1, 6.4.3 and 11.6.1)"`
	Baseline   string       `yaml:"baseline,omitempty" json:"baseline,omitempty" doc:"file with the accepted flows; tagscan-baseline.yaml unless said otherwise"`
	Timestamp  string       `yaml:"timestamp,omitempty" json:"timestamp,omitempty" doc:"URL of a time-stamping authority (RFC 3161) that stamps the manifest of each run"`
	Name       string       `yaml:"name,omitempty" json:"name,omitempty" doc:"name by which tagscan serve knows the site; that of the file unless said otherwise"`
	Schedule   Schedule     `yaml:"schedule,omitempty" json:"schedule,omitzero" doc:"when tagscan serve scans the site: cron text, or every: 24h"`
	Owner      string       `yaml:"owner,omitempty" json:"owner,omitempty" doc:"who answers for the site"`
	Alerts     Alerts       `yaml:"alerts,omitempty" json:"alerts,omitzero" doc:"channels of serve.yaml on which news are told; all unless said otherwise"`
	Standing   Standing     `yaml:"standing,omitempty" json:"standing,omitzero" doc:"how the site stood when this was written: what differs later is told as news"`
}

// Schedule says when tagscan serve scans the site. As a plain text it is Cron.
type Schedule struct {
	Cron   string   `yaml:"cron,omitempty" json:"cron,omitempty" doc:"minute, hour, day of month, month, day of week, as '30 3 * * *'"`
	Every  Duration `yaml:"every,omitempty" json:"every,omitempty" doc:"instead of cron: as 24h"`
	Zone   string   `yaml:"zone,omitempty" json:"zone,omitempty" doc:"time zone whose clocks cron speaks of, as Europe/Berlin; UTC unless said otherwise"`
	Jitter Duration `yaml:"jitter,omitempty" json:"jitter,omitempty" doc:"a scan begins up to so much later, so that not all begin at once"`
}

func (*Schedule) shorthand() string { return "cron" }

// Alerts says where and when tagscan serve tells news of the site. As a plain list it is Channels.
type Alerts struct {
	Channels Strings        `yaml:"channels,omitempty" json:"channels,omitempty" doc:"channels of serve.yaml; all unless said otherwise"`
	AtOnce   *rule.Severity `yaml:"at_once,omitempty" json:"at_once,omitempty" jsonschema:"type=string,enum=info,enum=low,enum=medium,enum=high,enum=critical" doc:"severity from which news are told at once, and not with the digest; high unless said otherwise"`
}

func (*Alerts) shorthand() string { return "channels" }

// Pages says which pages are visited.
type Pages struct {
	Include  Strings `yaml:"include,omitempty" json:"include,omitempty" doc:"globs of URLs that may be visited"`
	Exclude  Strings `yaml:"exclude,omitempty" json:"exclude,omitempty" doc:"globs of URLs that are not visited"`
	List     Strings `yaml:"list,omitempty" json:"list,omitempty" doc:"URLs, or files with a URL on each line, to visit besides"`
	Max      int     `yaml:"max,omitempty" json:"max,omitempty" doc:"most pages to visit"`
	PerRoute int     `yaml:"per_route,omitempty" json:"per_route,omitempty" doc:"visits per group of pages that are alike"`
	Depth    int     `yaml:"depth,omitempty" json:"depth,omitempty" doc:"links to follow from a start page"`
	Robots   *bool   `yaml:"robots,omitempty" json:"robots,omitempty" doc:"honour robots.txt (true unless said otherwise)"`
	Sitemap  *bool   `yaml:"sitemap,omitempty" json:"sitemap,omitempty" doc:"read sitemaps (true unless said otherwise)"`
}

// Visits says how pages are visited, and by whom.
type Visits struct {
	Workers           int      `yaml:"workers,omitempty" json:"workers,omitempty" doc:"pages at a time"`
	Timeout           Duration `yaml:"timeout,omitempty" json:"timeout,omitempty" doc:"longest time for a page, as 45s"`
	Budget            Duration `yaml:"budget,omitempty" json:"budget,omitempty" doc:"longest time for the run, as 20m"`
	Dwell             Duration `yaml:"dwell,omitempty" json:"dwell,omitempty" doc:"time a page is given after it loaded, by the page's own clock"`
	RealTime          bool     `yaml:"real_time,omitempty" json:"real_time,omitempty" doc:"wait in real time instead of running the page's clock ahead"`
	Polite            string   `yaml:"polite,omitempty" json:"polite,omitempty" jsonschema:"enum=gentle,enum=slow" doc:"gentle: one page of a host at a time, a second between two; slow: five seconds (delay and per_host win)"`
	Delay             Duration `yaml:"delay,omitempty" json:"delay,omitempty" doc:"least time between two pages of one host"`
	PerHost           int      `yaml:"per_host,omitempty" json:"per_host,omitempty" doc:"pages of one host at a time"`
	Confirm           *int     `yaml:"confirm,omitempty" json:"confirm,omitempty" doc:"how many fresh visitors look again for what would fail the run and was seen once; 0: none"`
	Interact          bool     `yaml:"interact,omitempty" json:"interact,omitempty" doc:"type the persona into forms, never submitting; only on sites that are yours"`
	ReadOnly          bool     `yaml:"read_only,omitempty" json:"read_only,omitempty" doc:"hold back every request to the site itself that is not GET, HEAD or OPTIONS"`
	Screenshots       bool     `yaml:"screenshots,omitempty" json:"screenshots,omitempty" doc:"keep a picture of every page, form fields blurred"`
	SignedIn          string   `yaml:"signed_in,omitempty" json:"signed_in,omitempty" doc:"what only signed-in users have: a CSS selector, or a part of the page's URL that begins with /"`
	ThirdPartyCookies string   `yaml:"third_party_cookies,omitempty" json:"third_party_cookies,omitempty" jsonschema:"enum=allowed,enum=blocked" doc:"allowed (unless said otherwise) or blocked"`
	Locale            Strings  `yaml:"locale,omitempty" json:"locale,omitempty" doc:"language of the visitor, as de-DE; each further one is a visitor of its own"`
	Device            Strings  `yaml:"device,omitempty" json:"device,omitempty" doc:"desktop, phone: what the visitor holds; the second is a visitor of its own"`
	TimeZone          string   `yaml:"timezone,omitempty" json:"timezone,omitempty" doc:"time zone of the visitor, as Europe/Berlin"`
}

// Network says how the network is reached.
type Network struct {
	Map          Strings `yaml:"map,omitempty" json:"map,omitempty" doc:"HOST[:PORT]=ADDR[:PORT]: connect there instead"`
	AllowPrivate Strings `yaml:"allow_private,omitempty" json:"allow_private,omitempty" doc:"addresses or networks (10.1.0.0/16) of this machine or its networks that pages may reach"`
	Proxy        string  `yaml:"proxy,omitempty" json:"proxy,omitempty" doc:"proxy, as http://proxy.example:3128 or socks5://…, or direct; without a password"`
	CA           string  `yaml:"ca,omitempty" json:"ca,omitempty" doc:"PEM file with certificate authorities to trust beside the machine's"`
	ClientCert   string  `yaml:"client_cert,omitempty" json:"client_cert,omitempty" doc:"PEM file with a certificate and its key, shown to the hosts of the start addresses when they ask"`
}

// FailOn says which flows make a run fail.
type FailOn string

const (
	FailNew   FailOn = "new"   // forbidden ones, and those that nobody agreed to
	FailAny   FailOn = "any"   // all that no rule allows, accepted ones too
	FailNever FailOn = "never" // none
)

// Action is what a rule does.
type Action string

const (
	Allow  Action = "allow"
	Forbid Action = "forbid"
	Review Action = "review"
)

// Rules is the policy: what may be sent to whom.
type Rules struct {
	Default  Action         `yaml:"default,omitempty" json:"default,omitempty" jsonschema:"enum=allow,enum=forbid,enum=review" doc:"for flows that no rule speaks of: allow, forbid or review (unless said otherwise)"`
	FailOn   FailOn         `yaml:"fail_on,omitempty" json:"fail_on,omitempty" jsonschema:"enum=new,enum=any,enum=never" doc:"which flows fail a run: new (unless said otherwise), any or never"`
	Severity *rule.Severity `yaml:"severity,omitempty" json:"severity,omitempty" jsonschema:"type=string,enum=info,enum=low,enum=medium,enum=high,enum=critical" doc:"severity from which flows fail a run; medium unless said otherwise"`
	Allow    []Rule         `yaml:"allow,omitempty" json:"allow,omitempty" doc:"flows that are agreed to"`
	Forbid   []Rule         `yaml:"forbid,omitempty" json:"forbid,omitempty" doc:"flows that must not be"`
	// IncompleteOn are the kinds of gaps that make a run incomplete.
	IncompleteOn Strings  `yaml:"incomplete_on,omitempty" json:"incomplete_on,omitempty" doc:"gaps that make a run incomplete (explain gap:list): default, all, kinds or globs; !KIND takes one out"`
	Ignore       []Ignore `yaml:"ignore,omitempty" json:"ignore,omitempty" doc:"flows that are known and tolerated until a date"`
	// NewPlace says where a flow that was accepted fails in a place that the baseline does not know.
	NewPlace Strings `yaml:"new_place,omitempty" json:"new_place,omitempty" doc:"where an accepted flow in a place that the baseline does not know fails a run: fail (everywhere), quiet (nowhere, unless said otherwise), or kinds of pages: /checkout*"`
	// FailOnNews are the kinds of news that make a run fail.
	FailOnNews Strings `yaml:"fail_on_news,omitempty" json:"fail_on_news,omitempty" doc:"news that fail a run (explain news:list): kinds, all or none (unless said otherwise)"`
	Line       int     `yaml:"-" json:"-"` // of the key default, if it is there
}

// fallback is the decision for flows that nothing speaks of.
func (r *Rules) fallback() Decision {
	switch r.Default {
	case Allow:
		return Allowed
	case Forbid:
		return Forbidden
	}
	return New
}

// threshold is the severity from which flows fail a run: medium unless the policy says otherwise.
func (r *Rules) threshold() rule.Severity {
	if r.Severity != nil {
		return *r.Severity
	}
	return rule.Medium
}

func (c *Config) orDefault() *Config {
	if c != nil {
		return c
	}
	return &Config{}
}

// Ignore tolerates flows until a date. Reason and date are required.
type Ignore struct {
	Match       `yaml:",inline"`
	Fingerprint Strings `yaml:"fingerprint,omitempty" json:"fingerprint,omitempty" doc:"fingerprints of flows"`
	Reason      string  `yaml:"reason" json:"reason" jsonschema:"required" doc:"why it is tolerated"`
	Until       Date    `yaml:"until" json:"until" jsonschema:"required" doc:"last day on which it is, as 2026-12-31"`
	Ref         string  `yaml:"ref,omitempty" json:"ref,omitempty" doc:"contract or ticket"`
	Line        int     `yaml:"-" json:"-"`
}

// Rule allows or forbids flows.
type Rule struct {
	ID     string `yaml:"id,omitempty" json:"id,omitempty" doc:"name, for reports"`
	Match  `yaml:",inline"`
	Ref    string `yaml:"ref,omitempty" json:"ref,omitempty" doc:"contract that allows it, as 'DPA 2025-11, annex 2'"`
	Reason string `yaml:"reason,omitempty" json:"reason,omitempty" doc:"why, for people"`
	// NewPlace is Rules.NewPlace for the flows that this rule allows.
	NewPlace Strings `yaml:"new_place,omitempty" json:"new_place,omitempty" doc:"as new_place of the policy, for what this rule allows: fail, quiet, or kinds of pages"`
	Action   Action  `yaml:"-" json:"-"`
	Line     int     `yaml:"-" json:"-"`
}

// Duration is a time.Duration written as "45s" or "20m".
type Duration struct{ time.Duration }

// Date is a day, written as 2026-12-31. It lasts to its end, UTC.
type Date struct{ time.Time }

// Passed reports whether the day is over.
func (d Date) Passed(now time.Time) bool { return !d.IsZero() && !now.Before(d.AddDate(0, 0, 1)) }
