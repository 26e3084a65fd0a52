package recipient

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/detect/yamltext"
)

// Vendor is one file of the catalog: who a vendor is, how its requests are known, and what its parameters mean.
type Vendor struct {
	Schema     int               `yaml:"schema" json:"schema"`
	ID         string            `yaml:"id" json:"id"` // kebab-case, the file's name
	Name       string            `yaml:"name" json:"name"`
	Aliases    []string          `yaml:"aliases" json:"aliases,omitempty"` // other names people and lists call it by: "ga4", "Google Analytics"
	Owner      Owner             `yaml:"owner" json:"owner"`
	Category   string            `yaml:"category" json:"category"`
	Also       []string          `yaml:"also" json:"also,omitempty"`
	Homepage   string            `yaml:"homepage" json:"homepage,omitempty"`
	Privacy    string            `yaml:"privacy" json:"privacy,omitempty"`
	Reviewed   string            `yaml:"reviewed" json:"reviewed"`                 // date on which somebody last checked the file, YYYY-MM-DD
	Sources    []string          `yaml:"sources" json:"sources"`                   // public pages and packages the facts come from
	Advice     string            `yaml:"advice" json:"advice,omitempty"`           // the vendor's own setting that stops or limits what it gets
	Domains    []string          `yaml:"domains" json:"domains,omitempty"`         // label suffixes, or "host/path-prefix" for a vendor that shares a host
	Countries  []string          `yaml:"countries" json:"countries,omitempty"`     // domains that stand for the same name under every country: google.com for google.de, google.co.jp
	CNAMEs     []string          `yaml:"cnames" json:"cnames,omitempty"`           // suffixes of DNS aliases that a site's own hosts point to; the domains count too
	Excludes   []string          `yaml:"excludes" json:"excludes,omitempty"`       // label suffixes of hosts that look alike and are somebody else's
	Regions    map[string]string `yaml:"regions" json:"regions,omitempty"`         // host → where it processes: "EU"
	Scripts    []string          `yaml:"scripts" json:"scripts,omitempty"`         // globs on host/path of its libraries
	TagManager bool              `yaml:"tag_manager" json:"tag_manager,omitempty"` // its scripts load other vendors' scripts
	Hosting    bool              `yaml:"hosting" json:"hosting,omitempty"`         // others run their services on its hosts, so a shape says more than the host
	Cookies    map[string]string `yaml:"cookies" json:"cookies,omitempty"`         // glob of a cookie's name → word
	Storage    map[string]string `yaml:"storage" json:"storage,omitempty"`         // glob of a web-storage key → word
	Consent    Consent           `yaml:"consent" json:"consent,omitzero"`          // what is known of it about consent
	Reading    `yaml:",inline"`  // for every request to the vendor, endpoints' own come first
	Endpoints  []Endpoint        `yaml:"endpoints" json:"endpoints,omitempty"`
	Examples   []Example         `yaml:"examples" json:"examples"`

	own bool // from a file of the user's
}

// Consent is what a vendor's own documentation says about consent.
type Consent struct {
	GVL     int      `yaml:"gvl" json:"gvl,omitempty"`     // id in the Global Vendor List of the IAB's TCF
	Takes   []string `yaml:"takes" json:"takes,omitempty"` // kinds of package signal that its requests carry: gcs, tcf, asc …
	Sources []string `yaml:"sources" json:"sources,omitempty"`
}

// Owner is the company that answers for a vendor.
type Owner struct {
	Name    string `yaml:"name" json:"name"`
	Country string `yaml:"country" json:"country"` // ISO 3166-1 alpha-2 of the contracting entity
	Parent  string `yaml:"parent" json:"parent,omitempty"`
}

// Reading says where in a decoded request things are. A path names fields as package decode does, with array indexes
// folded to [*]. One that begins with a part of the request (query. path[ header. cookie. body. frame[) counts from
// the request; any other one from each of Each.
type Reading struct {
	Each    Strings `yaml:"each" json:"each,omitempty"`       // roots of events: "body.data[*]", "body"
	Account Strings `yaml:"account" json:"account,omitempty"` // paths of the vendor's account; the first with a value wins
	Event   Strings `yaml:"event" json:"event,omitempty"`     // paths of the event's name; "=text" is a name of its own
	Fields  Fields  `yaml:"fields" json:"fields,omitempty"`
	Pairs   Strings `yaml:"pairs" json:"pairs,omitempty"` // "name value": where an object names a field and holds it beside the name; Fields knows it as "@" and its name
}

// Endpoint is one place of a vendor that takes data.
type Endpoint struct {
	ID      string   `yaml:"id" json:"id"`
	Hosts   []string `yaml:"hosts" json:"hosts,omitempty"` // label suffixes; default: the vendor's domains
	Path    Strings  `yaml:"path" json:"path,omitempty"`   // globs of the URL's path on these hosts; none: any
	Methods []string `yaml:"methods" json:"methods,omitempty"`
	Shapes  []Shape  `yaml:"shapes" json:"shapes,omitempty"`
	Reading `yaml:",inline"`
}

// Shape is the form of a request by which it is known on any host. It is strong if it has two markers that do not
// depend on each other, a path and a field or two fields; a weak one is only worth a "looks like".
type Shape struct {
	Path     Strings           `yaml:"path" json:"path,omitempty"`         // globs, one must fit
	All      map[string]string `yaml:"all" json:"all,omitempty"`           // path glob → regular expression; "" is any value
	Any      map[string]string `yaml:"any" json:"any,omitempty"`           // at least one of these
	None     map[string]string `yaml:"none" json:"none,omitempty"`         // none of these
	Contains map[string]string `yaml:"contains" json:"contains,omitempty"` // the first field's text holds the second's
	Weak     bool              `yaml:"weak" json:"weak,omitempty"`
}

// Example is a request that proves a file: it must be recognised as said.
type Example struct {
	Request ExampleRequest `yaml:"request" json:"request"`
	Page    string         `yaml:"page" json:"page,omitempty"` // default https://www.shop.example/
	Expect  Expect         `yaml:"expect" json:"expect"`
}

// ExampleRequest is a request in miniature.
type ExampleRequest struct {
	Method  string            `yaml:"method" json:"method,omitempty"` // default GET, POST with a body
	URL     string            `yaml:"url" json:"url"`
	Headers map[string]string `yaml:"headers" json:"headers,omitempty"`
	Body    string            `yaml:"body" json:"body,omitempty"`
	Base64  string            `yaml:"base64" json:"base64,omitempty"` // a body that is no text
}

// Expect is what must be seen in an example. What is empty is not checked, but for Fields, which must be found.
type Expect struct {
	Endpoint string            `yaml:"endpoint" json:"endpoint,omitempty"`
	How      How               `yaml:"how" json:"how,omitempty"` // default: endpoint, or shape if the host is not the vendor's
	Account  string            `yaml:"account" json:"account,omitempty"`
	Event    string            `yaml:"event" json:"event,omitempty"`
	Fields   map[string]string `yaml:"fields" json:"fields,omitempty"` // absolute path of a field → word
}

// Strings is a list that may be written as one string.
type Strings []string

// UnmarshalYAML accepts a string or a list of strings.
func (s *Strings) UnmarshalYAML(unmarshal func(any) error) error {
	var list []string
	if err := unmarshal(&list); err == nil {
		*s = list
		return nil
	}
	var one string
	if err := unmarshal(&one); err != nil {
		return err
	}
	*s = Strings{one}
	return nil
}

// Fields maps a path glob to what the field means: one word, or the first word whose pattern fits the value.
type Fields map[string]Words

// Words is what a field may mean.
type Words []Word

// Word is one meaning: a class id of package rule, or a neutral or an open one, and the values it is limited to.
type Word struct {
	Is   string `yaml:"is" json:"is"`
	When string `yaml:"when" json:"when,omitempty"` // regular expression on the value; "" is any
}

// UnmarshalYAML accepts a word, or a list of {when, is}.
func (w *Words) UnmarshalYAML(unmarshal func(any) error) error {
	var one string
	if err := unmarshal(&one); err == nil {
		*w = Words{{Is: one}}
		return nil
	}
	var list []Word
	if err := unmarshal(&list); err != nil {
		return err
	}
	*w = list
	return nil
}

// Read reads every *.yaml of fsys and validates it. All errors are reported, each with file and line.
func Read(fsys fs.FS) ([]Vendor, error) {
	names, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("vendor files: %w", err)
	}
	var vendors []Vendor
	var errs []error
	for _, name := range names {
		v, err := readFile(fsys, name)
		if err != nil {
			errs = append(errs, fmt.Errorf("vendor file %s: %w", name, err))
			continue
		}
		vendors = append(vendors, v)
	}
	return vendors, errors.Join(errs...)
}

func readFile(fsys fs.FS, name string) (Vendor, error) {
	var v Vendor
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return v, err
	}
	if err := unmarshal(data, &v); err != nil {
		return v, err
	}
	if want := strings.TrimSuffix(path.Base(name), ".yaml"); v.ID != want {
		return v, fmt.Errorf("id is %q: it must be the file's name, %q", v.ID, want)
	}
	return v, v.validate()
}

// unmarshal decodes YAML strictly. The library panics on some broken documents; here that is an error like another.
func unmarshal(data []byte, v *Vendor) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("no valid YAML: %v", r)
		}
	}()
	if _, err := yamltext.Parse(data); err != nil {
		var excess *yamltext.Excess
		if errors.As(err, &excess) {
			return err
		}
	}
	if err := yaml.UnmarshalWithOptions(data, v, yaml.Strict()); err != nil {
		return errors.New(strings.TrimSpace(yaml.FormatError(err, false, true)))
	}
	return nil
}

// maxGVL is the largest id that a TC string can hold.
const maxGVL = 65535

var (
	idForm      = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	countryForm = regexp.MustCompile(`^[A-Z]{2}$`)
	dateForm    = regexp.MustCompile(`^20\d\d-[01]\d-[0-3]\d$`)
)

// validate checks what the YAML types cannot. It names every fault at once.
func (v *Vendor) validate() error {
	var errs []error
	need := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	need(v.Schema == 1, "schema is %d: this version reads 1", v.Schema)
	need(idForm.MatchString(v.ID), "id %q is not kebab-case", v.ID)
	need(v.Name != "", "name is missing")
	need(v.Owner.Name != "", "owner.name is missing")
	need(countryForm.MatchString(v.Owner.Country), "owner.country %q is no ISO 3166-1 code such as US", v.Owner.Country)
	for _, c := range append([]string{v.Category}, v.Also...) {
		need(slices.Contains(Categories, c), "category %q is none of %s", c, strings.Join(Categories, ", "))
	}
	need(dateForm.MatchString(v.Reviewed), "reviewed %q is no date such as 2026-09-10", v.Reviewed)
	need(len(v.Sources) > 0, "sources is empty: say where the facts come from")
	need(len(v.Examples) > 0, "examples is empty: add a request that must be recognised")
	for _, d := range slices.Concat(v.Domains, v.Countries, v.CNAMEs, v.Excludes) {
		need(d != "" && d == strings.ToLower(d) && !strings.HasPrefix(d, ".") && !strings.Contains(d, "://"), "%q is no host suffix", d)
	}
	for _, d := range v.Countries {
		need(strings.Count(d, ".") == 1 && slices.Contains(v.Domains, d), "countries: %q is no domain of the vendor such as google.com", d)
	}
	for name, word := range v.Cookies {
		need(knownWord(word), "cookies: %s: %s", name, wordFault(word))
	}
	for name, word := range v.Storage {
		need(knownWord(word), "storage: %s: %s", name, wordFault(word))
	}
	about := v.Consent.GVL != 0 || len(v.Consent.Takes) > 0
	need(!about || len(v.Consent.Sources) > 0, "consent.sources is empty: say where the facts come from")
	need(v.Consent.GVL >= 0 && v.Consent.GVL <= maxGVL, "consent.gvl %d is no id of the Global Vendor List", v.Consent.GVL)
	errs = append(errs, v.Reading.validate("")...)
	seen := map[string]bool{}
	for i := range v.Endpoints {
		e := &v.Endpoints[i]
		need(e.ID != "" && !seen[e.ID], "endpoints[%d]: id %q is missing or twice there", i, e.ID)
		seen[e.ID] = true
		errs = append(errs, e.validate()...)
	}
	for i := range v.Examples {
		need(v.Examples[i].Request.URL != "", "examples[%d]: request.url is missing", i)
	}
	return errors.Join(errs...)
}

func (e *Endpoint) validate() []error {
	errs := e.Reading.validate("endpoint " + e.ID + ": ")
	for i := range e.Shapes {
		s := &e.Shapes[i]
		for _, p := range slices.Sorted(maps.Keys(s.All)) {
			errs = append(errs, checkPattern(e.ID, s.All[p])...)
		}
		for _, p := range slices.Sorted(maps.Keys(s.Any)) {
			errs = append(errs, checkPattern(e.ID, s.Any[p])...)
		}
		for _, p := range slices.Sorted(maps.Keys(s.None)) {
			errs = append(errs, checkPattern(e.ID, s.None[p])...)
		}
		if !s.Weak && s.markers() < 2 {
			errs = append(errs, fmt.Errorf("endpoint %s: shapes[%d] has %d marker: a strong shape needs two, else say weak: true", e.ID, i, s.markers()))
		}
	}
	return errs
}

// markers counts what must hold independently of each other.
func (s *Shape) markers() int {
	n := len(s.All) + len(s.Contains)
	if len(s.Path) > 0 {
		n++
	}
	if len(s.Any) > 0 {
		n++
	}
	return n
}

func (r *Reading) validate(where string) []error {
	var errs []error
	for _, p := range slices.Sorted(maps.Keys(r.Fields)) {
		for _, w := range r.Fields[p] {
			if !knownWord(w.Is) {
				errs = append(errs, fmt.Errorf("%sfields: %s: %s", where, p, wordFault(w.Is)))
			}
			errs = append(errs, checkPattern(where+"fields: "+p, w.When)...)
		}
	}
	return errs
}

func checkPattern(where, expr string) []error {
	if expr == "" {
		return nil
	}
	if _, err := regexp.Compile(expr); err != nil {
		return []error{fmt.Errorf("%s: %w", where, err)}
	}
	return nil
}

func wordFault(word string) string {
	return fmt.Sprintf("%q is neither a class (%s …) nor one of %s, %s", word, rule.Email,
		strings.Join(slices.Sorted(maps.Keys(neutralWords)), " "), strings.Join(slices.Sorted(maps.Keys(openWords)), " "))
}
