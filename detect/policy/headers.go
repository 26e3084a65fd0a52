package policy

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tagscan/tagscan/detect/rule"
)

// securityHeader is a response header that protects a page.
type securityHeader struct {
	name      string // lower case
	severity  rule.Severity
	canonical func(values []string) string         // what of it stays from answer to answer and says how strong it is
	weaker    func(was, is string) (reason string) // why the second is weaker than the first; "" if it is not
}

// securityHeaders are those that the OWASP Secure Headers Project lists for documents and that browsers obey
// (https://owasp.org/www-project-secure-headers/).
var securityHeaders = []securityHeader{
	{"content-security-policy", rule.Medium, canonicalCSP, weakerCSP},
	{"strict-transport-security", rule.Medium, firstValue, weakerHSTS},
	{"x-frame-options", rule.Medium, firstValue, ranked("sameorigin", "deny")},
	{"x-content-type-options", rule.Low, firstValue, ranked("nosniff")},
	{"referrer-policy", rule.Low, allValues, weakerReferrer},
	{"permissions-policy", rule.Low, allValues, weakerPermissions},
	{"cross-origin-opener-policy", rule.Low, firstValue, ranked("same-origin-allow-popups", "same-origin")},
	{"cross-origin-embedder-policy", rule.Low, firstValue, ranked("credentialless", "require-corp")},
	{"cross-origin-resource-policy", rule.Low, firstValue, ranked("same-site", "same-origin")},
}

// SecurityHeaders are the names of response headers that protect a page, in lower case.
func SecurityHeaders() []string {
	var out []string
	for _, h := range securityHeaders {
		out = append(out, h.name)
	}
	return out
}

// CanonicalHeader is what of a security header's values stays from answer to answer and says how strong it is: without nonces,
// hashes of inline code, hosts that are allowed by name and where to report to.
func CanonicalHeader(name string, values []string) string {
	for _, h := range securityHeaders {
		if h.name == name {
			return h.canonical(values)
		}
	}
	return ""
}

func plainValue(v string) string { return strings.ToLower(strings.Join(strings.Fields(v), " ")) }

// firstValue is the value of a header of which only the first counts. Parameters after it (report-to) say nothing about strength,
// but those of HSTS do, and have no report-to.
func firstValue(values []string) string {
	var parts []string
	for part := range strings.SplitSeq(plainValue(slices.Concat(values, []string{""})[0]), ";") {
		if part = strings.TrimSpace(part); part != "" && !strings.HasPrefix(part, "report-to") {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "; ")
}

func allValues(values []string) string { return plainValue(strings.Join(values, ", ")) }

// ranked compares values that are known from the weakest to the strongest; all others are weaker than these.
func ranked(words ...string) func(was, is string) string {
	return func(was, is string) string {
		if slices.Index(words, is) < slices.Index(words, was) {
			return strconv.Quote(is) + " instead of " + strconv.Quote(was)
		}
		return ""
	}
}

// csp is a Content-Security-Policy (https://www.w3.org/TR/CSP3/): sources by directive, sorted.
type csp map[string][]string

// hosts stands for all sources that are hosts by name: which they are changes too often to be news.
const hosts = "hosts"

// canonicalCSP is the policy that the values make together: each of several allows less.
func canonicalCSP(values []string) string {
	all := csp{}
	for _, v := range values {
		for one := range strings.SplitSeq(v, ",") {
			for directive, sources := range cspOf(one) {
				if before, ok := all[directive]; ok {
					sources = slices.DeleteFunc(sources, func(s string) bool { return !slices.Contains(before, s) })
				}
				all[directive] = sources
			}
		}
	}
	return all.String()
}

func (p csp) String() string {
	var out []string
	for _, d := range slices.Sorted(maps.Keys(p)) {
		out = append(out, strings.TrimSpace(d+" "+strings.Join(p[d], " ")))
	}
	return strings.Join(out, "; ")
}

// cspOf reads one policy. The first of directives of one name counts (CSP3, 2.2.1).
func cspOf(value string) csp {
	out := csp{}
	for d := range strings.SplitSeq(value, ";") {
		words := strings.Fields(strings.ToLower(d))
		if len(words) == 0 || words[0] == "report-uri" || words[0] == "report-to" || out[words[0]] != nil {
			continue
		}
		out[words[0]] = sourcesOf(words[0], words[1:])
	}
	return out
}

// sourcesOf are the sources that browsers obey: a nonce or a hash makes 'unsafe-inline' void, 'strict-dynamic' what is allowed by
// address besides (CSP3, 6.7.3.2 and 8.2).
func sourcesOf(directive string, words []string) []string {
	out := []string{}
	for _, w := range words {
		_, host, scheme := strings.Cut(w, "://")
		switch {
		case directive == "sandbox", slices.Contains(loose, w), w == hosts:
		case w == "'report-sample'":
			continue
		case strings.HasPrefix(w, "'nonce"):
			w = "'nonce'"
		case strings.HasPrefix(w, "'sha256-"), strings.HasPrefix(w, "'sha384-"), strings.HasPrefix(w, "'sha512-"), w == "'hash'":
			w = "'hash'"
		case scheme && host == "*":
			w = "*"
		case !strings.HasPrefix(w, "'"):
			w = hosts
		}
		out = append(out, w)
	}
	slices.Sort(out)
	out = slices.Compact(out)
	dynamic := slices.Contains(out, "'strict-dynamic'")
	named := dynamic || slices.Contains(out, "'nonce'") || slices.Contains(out, "'hash'")
	return slices.DeleteFunc(out, func(w string) bool {
		return named && w == "'unsafe-inline'" || dynamic && (w == "*" || w == "'self'" || w == hosts || strings.HasSuffix(w, ":"))
	})
}

// loose are sources that let in code which nobody has named.
var loose = []string{
	"*", "'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", "http:", "https:", "data:", "blob:", "filesystem:", "ws:", "wss:",
}

// of are the sources of a directive: its own, or those of default-src where that stands in for it.
func (p csp) of(directive string) ([]string, bool) {
	sources, ok := p[directive]
	if !ok && strings.HasSuffix(directive, "-src") {
		sources, ok = p["default-src"]
	}
	return sources, ok
}

// weakerCSP names a directive that is gone or a source that lets in what was not let in before.
func weakerCSP(was, is string) string {
	before, now := cspOf(was), cspOf(is)
	for _, d := range slices.Sorted(maps.Keys(before)) {
		if _, ok := now.of(d); !ok {
			return d + " is gone"
		}
	}
	directives := slices.Concat(slices.Collect(maps.Keys(before)), slices.Collect(maps.Keys(now)))
	for _, d := range sorted(directives) {
		was, ok := before.of(d)
		is, _ := now.of(d)
		if !ok {
			continue // it forbids what nothing forbade
		}
		for _, w := range is {
			if (d == "sandbox" || slices.Contains(loose, w)) && !slices.Contains(was, w) {
				return d + " allows " + w
			}
		}
	}
	return ""
}

// weakerHSTS compares lifetimes and the word beside them (RFC 6797, 6.1).
func weakerHSTS(was, is string) string {
	switch a, b := maxAge(was), maxAge(is); {
	case b < a:
		return fmt.Sprintf("max-age is %d instead of %d", b, a)
	case strings.Contains(was, "includesubdomains") && !strings.Contains(is, "includesubdomains"):
		return "includeSubDomains is gone"
	}
	return ""
}

func maxAge(v string) (seconds int) {
	for part := range strings.SplitSeq(v, ";") {
		if digits, ok := strings.CutPrefix(strings.TrimSpace(part), "max-age="); ok {
			seconds, _ = strconv.Atoi(strings.Trim(digits, `"`)) // what is no number counts as none
		}
	}
	return seconds
}

// weakerPermissions names a feature that was shut for everybody and is not any more
// (https://www.w3.org/TR/permissions-policy/).
func weakerPermissions(was, is string) string {
	now := shut(is)
	for _, feature := range slices.Sorted(maps.Keys(shut(was))) {
		if !now[feature] {
			return feature + " is not shut any more"
		}
	}
	return ""
}

func shut(v string) map[string]bool {
	out := map[string]bool{}
	for part := range strings.SplitSeq(v, ",") {
		if feature, who, ok := strings.Cut(strings.TrimSpace(part), "="); ok && strings.TrimSpace(who) == "()" {
			out[strings.TrimSpace(feature)] = true
		}
	}
	return out
}

// referrers are the policies from the one that tells most (https://www.w3.org/TR/referrer-policy/).
var referrers = []string{
	"unsafe-url", "no-referrer-when-downgrade", "origin-when-cross-origin", "origin", defaultReferrer, "strict-origin", "same-origin",
	"no-referrer",
}

const defaultReferrer = "strict-origin-when-cross-origin"

func weakerReferrer(was, is string) string {
	if slices.Index(referrers, referrer(is)) < slices.Index(referrers, referrer(was)) {
		return strconv.Quote(referrer(is)) + " instead of " + strconv.Quote(referrer(was))
	}
	return ""
}

// referrer is the policy that holds of a list: the last that is known.
func referrer(v string) string {
	out := defaultReferrer
	for word := range strings.SplitSeq(v, ",") {
		if word = strings.TrimSpace(word); slices.Contains(referrers, word) {
			out = word
		}
	}
	return out
}
