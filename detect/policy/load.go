package policy

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
)

// ConfigFile and BaselineFile are the names the files have unless the user says otherwise.
const (
	ConfigFile   = "tagscan.yaml"
	BaselineFile = "tagscan-baseline.yaml"
)

// Load reads a configuration file. A missing file is fs.ErrNotExist.
func Load(path string) (*Config, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	return Parse(path, src)
}

// Parse reads a configuration; file is its name for errors. What is not known or does not fit is a *Mistake.
func Parse(file string, src []byte) (*Config, error) {
	var c Config
	if err := decodeFile(file, src, &c); err != nil {
		return nil, err
	}
	for i := range c.Policy.Allow {
		c.Policy.Allow[i].Action = Allow
	}
	for i := range c.Policy.Forbid {
		c.Policy.Forbid[i].Action = Forbid
	}
	c.Standing.expand()
	return &c, nil
}

// LoadBaseline reads a baseline. A file that is not there is an empty baseline: nil and no error.
func LoadBaseline(path string) (*Baseline, error) {
	src, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("baseline: %w", err)
	}
	return ParseBaseline(path, src)
}

// ParseBaseline reads a baseline; file is its name for errors.
func ParseBaseline(file string, src []byte) (*Baseline, error) {
	var b Baseline
	if err := decodeFile(file, src, &b); err != nil {
		return nil, err
	}
	if err := b.inherit(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	b.migrate()
	b.sort()
	b.Standing.expand()
	return &b, nil
}

// IsZero leaves a date that is not set out of YAML.
func (d Date) IsZero() bool { return d.Time.IsZero() }

// MarshalText implements encoding.TextMarshaler, as 2026-12-31.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.Format(time.DateOnly)), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Date) UnmarshalText(b []byte) (err error) {
	d.Time, err = time.Parse(time.DateOnly, string(b))
	return err
}

// The words that a policy can use.
var (
	severities = []string{"info", "low", "medium", "high", "critical"}
	forms      = []string{"clear", "plain", "encoded", "compressed", "hashed", "masked", "split"}
	placeWords = []string{"url", "body", "header", "cookie"}
)

// check returns what is wrong with a mapping, beginning with the key it is about; "" if nothing is.
func (c *Config) check() string {
	if c.Version > 1 {
		return fmt.Sprintf("version: %d is not known: this tagscan reads version 1", c.Version)
	}
	for _, s := range c.Consent {
		if !slices.Contains(visitStates, s) {
			return "consent: " + notOneOf(s, visitStates)
		}
	}
	return ""
}

func (v *Visits) check() string {
	words := []struct {
		key, said string
		known     []string
	}{
		{"polite", v.Polite, []string{"gentle", "slow"}},
		{"third_party_cookies", v.ThirdPartyCookies, []string{"allowed", "blocked"}},
	}
	for _, w := range words {
		if w.said != "" && !slices.Contains(w.known, w.said) {
			return w.key + ": " + notOneOf(w.said, w.known)
		}
	}
	for _, d := range v.Device {
		if known := []string{"desktop", "phone"}; !slices.Contains(known, d) {
			return "device: " + notOneOf(d, known)
		}
	}
	return ""
}

func (r *Rules) check() string {
	switch r.Default {
	case "", Allow, Forbid, Review:
	default:
		return "default: " + notOneOf(string(r.Default), []string{"allow", "forbid", "review"})
	}
	switch r.FailOn {
	case "", FailNew, FailAny, FailNever:
	default:
		return "fail_on: " + notOneOf(string(r.FailOn), []string{"new", "any", "never"})
	}
	for i := range r.Allow {
		if a := &r.Allow[i]; len(a.Contradiction) > 0 && strings.TrimSpace(a.Reason) == "" {
			return fmt.Sprintf("allow: the rule in line %d allows a contradiction and needs a reason: say why it is none", a.Line)
		}
	}
	if text := cmp.Or(checkNewPlace(r.NewPlace), checkFailOnNews(r.FailOnNews)); text != "" {
		return text
	}
	return checkIncompleteOn(r.IncompleteOn)
}

// checkNewPlace says what is wrong with new_place; "" if nothing is.
func checkNewPlace(list Strings) string {
	for _, w := range list {
		if w != placeFails && w != placeQuiet && !strings.HasPrefix(w, "/") && !strings.Contains(w, "://") {
			return "new_place: " + strconv.Quote(w) + " is neither fail, quiet nor a kind of page such as /checkout*"
		}
	}
	return ""
}

func (r *Rule) check() string {
	if r.Match.empty() {
		return "a rule needs at least one condition (recipient, category, class, consent, route, form, place, country, severity, contradiction); for everything else use \"default\""
	}
	if r.Action != Forbid {
		if text := checkNewPlace(r.NewPlace); text != "" {
			return text
		}
	}
	return r.Match.check()
}

func (ig *Ignore) check() string {
	switch {
	case strings.TrimSpace(ig.Reason) == "":
		return "an ignore needs a reason: say why it is tolerated, so that the next reader knows"
	case ig.Until.IsZero():
		return "an ignore needs a last day: until: 2026-12-31; what is to last belongs into \"allow\""
	case ig.Match.empty() && len(ig.Fingerprint) == 0:
		return "an ignore needs a condition, best a fingerprint"
	}
	return ig.Match.check()
}

func (r *ScriptRule) check() string {
	switch {
	case len(r.Route) == 0:
		return "a script inventory needs the routes it is for: route: /checkout*"
	case r.Integrity != "" && r.Integrity != "required" && r.Integrity != "optional":
		return "integrity: " + notOneOf(r.Integrity, []string{"required", "optional"})
	}
	return ""
}

func (l *ListedScript) check() string {
	switch {
	case l.URL == "":
		return "a listed script needs its url (or self, or inline)"
	case strings.TrimSpace(l.Owner) == "":
		return "a listed script needs an owner: who answers for it"
	case strings.TrimSpace(l.Why) == "":
		return "a listed script needs a why: the justification in writing"
	}
	return ""
}

func (b *Baseline) check() string {
	if b.Version > baselineVersion {
		return fmt.Sprintf("version: %d is newer than this tagscan reads (%d)", b.Version, baselineVersion)
	}
	return ""
}

func (g *Group) check() string {
	if g.Recipient == "" {
		return "a group needs its recipient"
	}
	return ""
}

func (e *Entry) check() string {
	switch {
	case e.Class == "":
		return "a flow needs its class"
	case e.Form != "" && e.Form != detect.Clear && e.Form != detect.Hashed && e.Form != detect.Masked:
		return "form: " + notOneOf(string(e.Form), []string{"clear", "hashed", "masked"})
	}
	return ""
}

func (e *oldEntry) check() string {
	switch {
	case e.Fingerprint == "":
		return "an entry needs its fingerprint"
	case strings.TrimSpace(e.Reason) == "":
		return "an entry needs a reason"
	}
	return ""
}

// check looks at every word of a match that must be of a closed list.
func (m *Match) check() string {
	lists := []struct {
		key   string
		list  Strings
		known []string
	}{{"category", m.Category, recipient.Categories}, {"consent", m.Consent, consentStates}, {"form", m.Form, forms}, {"place", m.Place, placeWords},
		{"severity", m.Severity, severities}, {"class", m.Class, classNames}}
	for _, l := range lists {
		for _, w := range l.list {
			word := strings.TrimPrefix(w, "!")
			if l.key == "severity" {
				word = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(word, ">="), "<="))
			}
			if !slices.Contains(l.known, word) && !strings.ContainsAny(word, "*?") && !strings.HasPrefix(word, "known.") {
				return l.key + ": " + notOneOf(w, l.known)
			}
		}
	}
	if text := m.checkContradiction(); text != "" {
		return text
	}
	for _, w := range m.Country {
		c := strings.ToUpper(strings.TrimPrefix(w, "!"))
		if c != "EEA" && c != "??" && (len(c) != 2 || strings.Trim(c, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "") {
			return fmt.Sprintf("country: %q is no country: write its two letters (ISO 3166-1), EU, EEA or ??", w)
		}
	}
	return ""
}

// classNames are the classes that a policy can name, besides globs and known values.
var classNames = func() []string {
	var out []string
	for _, c := range rule.Classes() {
		out = append(out, string(c.Class))
	}
	return out
}()
