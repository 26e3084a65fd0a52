package policy

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
)

// Standing is how a site stands beside its flows: few facts, none of which changes from run to run by itself, so that a later run
// tells news by them. A run makes one of what it saw; a policy, a baseline and a diff keep one of all that was seen last.
type Standing struct {
	Of      string   `yaml:"of,omitempty" json:"of,omitempty" doc:"when the run began that it is of, RFC 3339"`
	Routes  Strings  `yaml:"routes,omitempty" json:"routes,omitempty" doc:"kinds of page that were seen completely in some state"`
	Dialog  bool     `yaml:"dialog,omitempty" json:"dialog,omitempty" doc:"a consent dialog was shown"`
	States  []Chosen `yaml:"states,omitempty" json:"states,omitempty" doc:"consent states that were visited"`
	Headers []Header `yaml:"headers,omitempty" json:"headers,omitempty" doc:"security headers of the site's own pages"`
	Vendors []Vendor `yaml:"vendors,omitempty" json:"vendors,omitempty" doc:"third parties and how they are reached"`

	Documents Strings `yaml:"-" json:"documents,omitempty"` // of a run alone: kinds of the site's own pages whose answer was seen
}

// Header is a security header with a value, where the documents of a kind of page have it.
type Header struct {
	Name  string  `yaml:"name" json:"name" doc:"in lower case"`
	Value string  `yaml:"value" json:"value" doc:"what of it stays from answer to answer"` // as CanonicalHeader makes it
	On    Strings `yaml:"on,omitempty" json:"on,omitempty" doc:"kinds of page; \"*\" is all"`
}

// Vendor is a third party that was called, and how.
type Vendor struct {
	ID      string  `yaml:"id" json:"id" doc:"recipient"`
	Name    string  `yaml:"name,omitempty" json:"name,omitempty" doc:"its name, if that is not its id"`
	Consent Strings `yaml:"consent,omitempty" json:"consent,omitempty" doc:"consent states in which it was called"`
	On      Strings `yaml:"on,omitempty" json:"on,omitempty" doc:"kinds of page on which it was called; \"*\" is all"`
	Code    Strings `yaml:"code,omitempty" json:"code,omitempty" doc:"kinds of page on which its scripts ran with the page's rights"`
	Own     Strings `yaml:"own,omitempty" json:"own,omitempty" doc:"the site's own hosts that stand in for it"`
	// Passing says that it comes and goes, so that its absence is no news, nor is another state in which it is met.
	Passing bool `yaml:"passing,omitempty" json:"passing,omitempty" doc:"it comes and goes: its absence is no news"`
	Gone    bool `yaml:"gone,omitempty" json:"gone,omitempty" doc:"it was not met any more when this was written"`

	// Of a run alone: states that its calls are no chance of, those in which it was sent what identifies a person, and whether it was
	// called under a host of its own.
	Steady Strings `yaml:"-" json:"steady,omitempty"`
	Data   Strings `yaml:"-" json:"data,omitempty"`
	Direct bool    `yaml:"-" json:"direct,omitempty"`
}

// Chosen is a consent state that was visited.
type Chosen struct {
	Consent crawler.Consent `yaml:"consent" json:"consent"`
	Proven  bool            `yaml:"proven,omitempty" json:"proven,omitempty" doc:"that the choice was taken was proven on some page"`
	On      Strings         `yaml:"on,omitempty" json:"on,omitempty" doc:"kinds of page that were seen completely; \"*\" is all"`
}

// everywhere stands in a file for all kinds of page of the standing.
const everywhere = "*"

func (v *Vendor) name() string { return cmp.Or(v.Name, v.ID) }

// in reports whether the vendor was called in the state.
func (v *Vendor) in(c crawler.Consent) bool { return slices.Contains(v.Consent, string(c)) }

// known reports whether the standing says anything.
func (s *Standing) known() bool { return s != nil && len(s.States) > 0 }

func (s *Standing) vendor(id string) *Vendor {
	if s == nil {
		return nil
	}
	for i := range s.Vendors {
		if s.Vendors[i].ID == id {
			return &s.Vendors[i]
		}
	}
	return nil
}

func (s *Standing) state(c crawler.Consent) *Chosen {
	for i := range s.States {
		if s.States[i].Consent == c {
			return &s.States[i]
		}
	}
	return nil
}

// header is the value of a header on a kind of page, and whether it was sent there.
func (s *Standing) header(name, route string) (string, bool) {
	for _, h := range s.Headers {
		if h.Name == name && on(h.On, route) {
			return h.Value, true
		}
	}
	return "", false
}

// on reports whether a list of kinds of page has a route; either may be without the site's origin.
func on(list Strings, route string) bool {
	return slices.ContainsFunc(list, func(k string) bool { return sameRoute(k, route) || sameRoute(route, k) })
}

// Keep is what is known of the site after a run that saw so much: what it did not see stays as it was before. old may be nil, and
// neither is changed. short says how addresses are written.
func (s *Standing) Keep(old *Standing, sight *Sight, short func(string) string) *Standing {
	now := s.seen(sight).shortened(short)
	if old == nil || len(old.States) == 0 {
		return now
	}
	if len(now.States) == 0 {
		return old
	}
	out := &Standing{Of: now.Of, Dialog: now.Dialog, Routes: unite(old.Routes, now.Routes)}
	out.States = merged(old.States, now.States, func(c Chosen) string { return string(c.Consent) }, func(was, is Chosen) Chosen {
		return Chosen{is.Consent, is.Proven, unite(was.On, is.On)}
	})
	out.Headers = now.Headers
	for _, h := range old.Headers {
		h.On = slices.DeleteFunc(slices.Clone(h.On), func(r string) bool { return on(now.Documents, r) })
		out.addHeader(h)
	}
	out.sortHeaders()
	met := func(was, is Vendor) Vendor { return was.after(is, sight) }
	out.Vendors = merged(old.Vendors, now.Vendors, func(v Vendor) string { return v.ID }, met)
	out.Vendors = slices.DeleteFunc(out.Vendors, func(v Vendor) bool { return v.Passing && now.vendor(v.ID) == nil })
	for i := range out.Vendors {
		v := &out.Vendors[i]
		v.Gone = now.vendor(v.ID) == nil && (v.Gone || v.missed(old, sight) > 0)
	}
	return out
}

// after is what is known of a vendor that was met again. Kinds of page that a run which saw all did not meet are not there any more:
// what is on sale has another name next week.
func (v Vendor) after(is Vendor, sight *Sight) Vendor {
	out := is
	still := slices.Clone(v.On)
	if sight.whole {
		seen := Strings(sight.routes())
		still = slices.DeleteFunc(still, func(r string) bool { return !on(seen, r) })
	}
	out.Consent, out.On, out.Code = unite(v.Consent, is.Consent), unite(still, is.On), unite(v.Code, is.Code)
	out.Passing = is.Passing || v.Passing || v.Gone
	if len(is.Own) == 0 && !is.Direct {
		out.Own = v.Own
	}
	return out
}

// seen is what a run can say for certain: of states in which it saw enough.
func (s *Standing) seen(sight *Sight) *Standing {
	out := *s
	out.States, out.Routes = nil, sight.routes()
	for _, c := range s.States {
		if !sight.State(c.Consent) {
			continue
		}
		c.On = slices.Clone(Strings(sight.seen[c.Consent]))
		slices.Sort(c.On)
		out.States = append(out.States, c)
	}
	return &out
}

// shortened is a copy with addresses as a file has them.
func (s *Standing) shortened(short func(string) string) *Standing {
	out := *s
	each := func(list Strings) Strings {
		var o Strings
		for _, r := range list {
			if r != "" {
				o = append(o, short(r))
			}
		}
		slices.Sort(o)
		return slices.Compact(o)
	}
	out.Routes, out.Documents = each(s.Routes), each(s.Documents)
	out.States, out.Headers, out.Vendors = slices.Clone(s.States), slices.Clone(s.Headers), slices.Clone(s.Vendors)
	for i := range out.States {
		out.States[i].On = each(out.States[i].On)
	}
	for i := range out.Headers {
		out.Headers[i].On = each(out.Headers[i].On)
	}
	for i := range out.Vendors {
		out.Vendors[i].On, out.Vendors[i].Code = each(out.Vendors[i].On), each(out.Vendors[i].Code)
	}
	return &out
}

// addHeader adds a header to the one with the same value.
func (s *Standing) addHeader(h Header) {
	if len(h.On) == 0 {
		return
	}
	i := slices.IndexFunc(s.Headers, func(x Header) bool { return x.Name == h.Name && x.Value == h.Value })
	if i < 0 {
		s.Headers = append(s.Headers, h)
		return
	}
	s.Headers[i].On = unite(s.Headers[i].On, h.On)
}

func (s *Standing) sortHeaders() {
	slices.SortFunc(s.Headers, func(a, b Header) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Value, b.Value))
	})
}

// merged are things by their names: those that were and are, both put together, in order.
func merged[T any](old, now []T, name func(T) string, both func(was, is T) T) []T {
	by := map[string]T{}
	for _, o := range old {
		by[name(o)] = o
	}
	for _, n := range now {
		if was, ok := by[name(n)]; ok {
			n = both(was, n)
		}
		by[name(n)] = n
	}
	var out []T
	for _, k := range slices.Sorted(maps.Keys(by)) {
		out = append(out, by[k])
	}
	return out
}

// unite is the sorted union of two lists.
func unite(a, b Strings) Strings { return sorted(slices.Concat(a, b)) }

// expand puts the kinds of page in the place of the word that a file has for all of them.
func (s *Standing) expand() {
	if s == nil {
		return
	}
	each := func(list *Strings) {
		if len(*list) == 1 && (*list)[0] == everywhere {
			*list = slices.Clone(s.Routes)
		}
	}
	for i := range s.States {
		each(&s.States[i].On)
	}
	for i := range s.Headers {
		each(&s.Headers[i].On)
	}
	for i := range s.Vendors {
		each(&s.Vendors[i].On)
		each(&s.Vendors[i].Code)
	}
}

// folded is a list as a file has it.
func (s *Standing) folded(list Strings) Strings {
	if len(s.Routes) > 1 && slices.Equal(list, s.Routes) {
		return Strings{everywhere}
	}
	return list
}

// Write writes the standing as YAML, a line for each fact, and reports whether there is any.
func (s *Standing) Write(b *strings.Builder) bool {
	if !s.known() {
		return false
	}
	const indent = "  "
	b.WriteString("standing:\n")
	line := func(parts ...string) { b.WriteString(indent + "- {" + strings.Join(parts, ", ") + "}\n") }
	if s.Of != "" {
		b.WriteString(indent + "of: " + yamlWord(s.Of) + "\n")
	}
	if len(s.Routes) > 0 {
		b.WriteString(indent + yamlList("routes", s.Routes)[0] + "\n")
	}
	if s.Dialog {
		b.WriteString(indent + "dialog: true\n")
	}
	b.WriteString(indent + "states:\n")
	for _, c := range s.States {
		line(slices.Concat([]string{"consent: " + yamlWord(string(c.Consent))}, yamlFlag("proven", c.Proven), yamlList("on", s.folded(c.On)))...)
	}
	if len(s.Headers) > 0 {
		b.WriteString(indent + "headers:\n")
	}
	for _, h := range s.Headers {
		line(slices.Concat([]string{"name: " + yamlWord(h.Name), "value: " + yamlWord(h.Value)}, yamlList("on", s.folded(h.On)))...)
	}
	if len(s.Vendors) > 0 {
		b.WriteString(indent + "vendors:\n")
	}
	for _, v := range s.Vendors {
		parts := []string{"id: " + yamlWord(v.ID)}
		if v.Name != "" && v.Name != v.ID {
			parts = append(parts, "name: "+yamlWord(v.Name))
		}
		line(slices.Concat(parts, yamlList("consent", v.Consent), yamlList("on", s.folded(v.On)), yamlList("code", s.folded(v.Code)),
			yamlList("own", v.Own), yamlFlag("passing", v.Passing), yamlFlag("gone", v.Gone))...)
	}
	return true
}

func yamlFlag(key string, on bool) []string {
	if !on {
		return nil
	}
	return []string{key + ": true"}
}

// check says what is wrong with a standing that a file has.
func (s *Standing) check() string {
	for _, h := range s.Headers {
		if !slices.Contains(SecurityHeaders(), h.Name) {
			return "headers: " + notOneOf(h.Name, SecurityHeaders())
		}
	}
	for _, c := range s.States {
		if !slices.Contains(consentStates, string(c.Consent)) {
			return "states: " + notOneOf(string(c.Consent), consentStates)
		}
	}
	return ""
}
