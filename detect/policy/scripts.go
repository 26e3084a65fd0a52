package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/detect/recipient"
)

// ScriptRule is the script inventory of some routes, as PCI DSS 4.0.1 asks for on payment pages: which sources are
// authorized, that their integrity is assured, an owner and a written justification for each script (6.4.3), and that
// changes are noticed (11.6.1: the hashes of the baseline).
type ScriptRule struct {
	Route     Strings        `yaml:"route" json:"route" jsonschema:"required" doc:"kinds of pages, as URL or path, or globs"`
	Allow     Strings        `yaml:"allow,omitempty" json:"allow,omitempty" doc:"allowed sources: URLs or globs, self, inline, or sha256-… of one script"`
	Integrity string         `yaml:"integrity,omitempty" json:"integrity,omitempty" jsonschema:"enum=required,enum=optional" doc:"whether external scripts of others need an integrity attribute"`
	Scripts   []ListedScript `yaml:"scripts,omitempty" json:"scripts,omitempty" doc:"the inventory: owner and justification of each script"`
	Line      int            `yaml:"-" json:"-"`
}

// ListedScript is one line of the inventory.
type ListedScript struct {
	URL   string `yaml:"url" json:"url" jsonschema:"required" doc:"URL or glob, self or inline"`
	Owner string `yaml:"owner" json:"owner" jsonschema:"required" doc:"who answers for it"`
	Why   string `yaml:"why" json:"why" jsonschema:"required" doc:"why the page needs it"`
	Line  int    `yaml:"-" json:"-"`
}

// scripts judges every script on every inventoried route.
func (j *judge) scripts(in Input) []ScriptVerdict {
	var out []ScriptVerdict
	for _, r := range j.cfg.Scripts {
		for _, s := range in.Scripts {
			for _, route := range s.Routes {
				if one(r.Route, routeGlob, route) {
					out = append(out, j.script(r, s, route))
				}
			}
		}
	}
	return out
}

func (j *judge) script(r ScriptRule, s Script, route string) ScriptVerdict {
	v := ScriptVerdict{URL: s.URL, SHA256: s.SHA256, Route: route, Line: r.Line, Decision: ScriptAllowed}
	listed := slices.IndexFunc(r.Scripts, func(l ListedScript) bool { return sourceFits(l.URL, s) })
	known, same := j.base.script(s)
	switch {
	case listed < 0 && !slices.ContainsFunc(r.Allow, func(p string) bool { return sourceFits(p, s) }):
		v.Decision, v.Why = ScriptUnlisted, "no allowed source of this page covers it"
	case r.Integrity == "required" && s.URL != "" && s.Owner != recipient.FirstParty && s.Integrity == "":
		v.Decision, v.Why = ScriptUnpinned, "integrity is required, and the script has no integrity attribute"
	case known && !same:
		v.Decision, v.Why = ScriptChanged, "its bytes differ from those that were reviewed"
	case listed < 0 && len(r.Scripts) > 0:
		v.Decision, v.Why = ScriptUnowned, "its source is allowed, but the inventory has no owner and justification for it"
	case j.base != nil && !known:
		v.Decision, v.Why = ScriptUnreviewed, "its bytes were not reviewed yet: accept them, and a change will be noticed"
	default:
		v.Why = "allowed"
	}
	if listed >= 0 && v.Decision == ScriptAllowed {
		l := r.Scripts[listed]
		v.Line, v.Why = l.Line, l.Why+" (owner: "+l.Owner+")"
	}
	v.Fails = v.Decision != ScriptAllowed && v.Decision != ScriptUnreviewed && j.cfg.Policy.FailOn != FailNever
	return v
}

// sourceFits matches a script with a source: "self", "inline", "sha256-" and hex, or a glob of its URL.
func sourceFits(p string, s Script) bool {
	if sha, ok := strings.CutPrefix(p, "sha256-"); ok {
		return strings.EqualFold(sha, s.SHA256)
	}
	switch p {
	case "self":
		return s.URL != "" && s.Owner == recipient.FirstParty
	case "inline":
		return s.URL == ""
	}
	return s.URL != "" && glob(p, s.URL)
}

// script reports whether a script was reviewed, and whether with these bytes. Inline code has no name but its bytes.
func (b *Baseline) script(s Script) (known, same bool) {
	if b == nil {
		return false, false
	}
	for _, a := range b.Scripts {
		if a.URL == s.URL && (s.URL != "" || a.SHA256 == s.SHA256) {
			known = true
			same = same || a.SHA256 == s.SHA256
		}
	}
	return known, same
}

func (j *judge) unusedScripts(in Input) []string {
	var out []string
	for _, r := range j.cfg.Scripts {
		for _, l := range r.Scripts {
			used := slices.ContainsFunc(in.Scripts, func(s Script) bool {
				return sourceFits(l.URL, s) && slices.ContainsFunc(s.Routes, func(rt string) bool { return one(r.Route, routeGlob, rt) })
			})
			if !used {
				out = append(out, fmt.Sprintf("line %d: script %q of the inventory was not seen", l.Line, l.URL))
			}
		}
	}
	return out
}
