package detect

import (
	"cmp"
	"hash/maphash"
	"iter"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/rule"
)

// storageKey is one value of the browser's storage as one owner holds it.
type storageKey struct{ host, text string }

// entryKey is one entry of the browser's storage as one profile has it.
type entryKey struct{ host, name, profile string }

// entryHistory is what an entry held over a run.
type entryHistory struct {
	values int            // distinct values
	held   map[string]int // text → in how many of them
}

// minValues is how many values an entry must have had to tell what stays from what is drawn anew.
const minValues = 3

// stays reports whether a text is what the entry keeps: of a queue of events each value holds others, and none is an
// identifier of the visitor.
func (h *entryHistory) stays(text string) bool {
	return h == nil || h.values < minValues || 2*h.held[text] >= h.values
}

// stored is a value, or a part of one, that a cookie or a web-storage entry holds.
type stored struct {
	name, text, host string
	profiles         []string // in which it was seen
}

const (
	minStored  = 8    // bytes: DETECTION's line below which values match by chance
	maxStored  = 512  // bytes: longer ones are documents, not identifiers; their leaves are looked at
	maxEntries = 4000 // values of a run, so that a hostile page cannot fill the pool
	maxParts   = 40   // of one entry
	maxKept    = 50_000

	maxHeldTexts = 1000 // of one entry over a run
)

// keep learns the identifiers in a cookie or web-storage entry of host.
func (k *knowledge) keep(name, value, host, profile string) {
	host = strings.TrimPrefix(strings.ToLower(host), ".")
	if host == "" || len(value) < minStored {
		return
	}
	k.keepAddresses(value, host)
	if ordinaryEntry(name) {
		return
	}
	entry := maphash.String(k.seed, host+"\x00"+name+"\x00"+value+"\x00"+profile)
	if k.kept[entry] {
		return // every request of a page carries the same cookies
	}
	if len(k.kept) < maxKept {
		k.kept[entry] = true
	}
	h := k.entries[entryKey{host, name, profile}]
	if h == nil {
		if len(k.entries) >= maxKept {
			return
		}
		h = &entryHistory{held: map[string]int{}}
		k.entries[entryKey{host, name, profile}] = h
	}
	h.values++
	for _, part := range identifiersIn(value) {
		if h.held[part] > 0 || len(h.held) < maxHeldTexts {
			h.held[part]++
		}
		key := storageKey{host, part}
		s := k.storage[key]
		if s == nil {
			if len(k.storage) >= maxEntries {
				return
			}
			s = &stored{name: name, text: part, host: host}
			k.storage[key] = s
			k.owners[part] = append(k.owners[part], host)
			k.dirty = true
		}
		if !slices.Contains(s.profiles, profile) {
			s.profiles = append(s.profiles, profile)
			k.dirty = k.dirty || len(s.profiles) == 2
		}
	}
}

// keepAddresses learns the e-mail addresses in a value that host keeps.
func (k *knowledge) keepAddresses(value, host string) {
	if len(k.addresses) >= maxObserved {
		return
	}
	for _, a := range addressesIn(value) {
		if k.addresses[a] == "" {
			k.addresses[a] = host
			k.dirty = true
		}
	}
}

// cookiesSent are the cookies that a request carries, by name and value.
func cookiesSent(r *crawler.Request) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for _, h := range r.Headers {
			if !strings.EqualFold(h.Name, "cookie") {
				continue
			}
			for pair := range strings.SplitSeq(h.Value, ";") {
				name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
				if name != "" && !yield(name, value) {
					return
				}
			}
		}
	}
}

// keepCookies learns from what a request carries in its Cookie header and its response sets. A HAR has no other record
// of storage.
func (k *knowledge) keepCookies(r *crawler.Request) {
	host := web.Host(r.URL)
	for name, value := range cookiesSent(r) {
		k.keep(name, value, web.Domain(host), r.Profile)
	}
	if r.Response == nil {
		return
	}
	for _, h := range r.Response.Headers {
		if !strings.EqualFold(h.Name, "set-cookie") {
			continue
		}
		for line := range strings.SplitSeq(h.Value, "\n") {
			pair, _, _ := strings.Cut(line, ";")
			name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
			k.keep(name, value, web.Domain(host), r.Profile)
		}
	}
}

// synced lists what storage flow looks for, in a fixed order: what one visitor's storage keeps and no other's holds. A
// value that several profiles hold belongs to the site.
func (k *knowledge) synced() []*stored {
	holders := map[string][]string{}
	for _, s := range k.storage {
		for _, p := range s.profiles {
			if !slices.Contains(holders[s.text], p) {
				holders[s.text] = append(holders[s.text], p)
			}
		}
	}
	var out []*stored
	for _, s := range k.storage {
		if len(holders[s.text]) == 1 && k.entries[entryKey{s.host, s.name, s.profiles[0]}].stays(s.text) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b *stored) int {
		return cmp.Or(cmp.Compare(a.host, b.host), cmp.Compare(a.name, b.name), cmp.Compare(a.text, b.text))
	})
	return out
}

// trust says how sure it is that a stored text identifies its visitor: certain where another visitor has the same entry
// with another text; where nobody else has the entry, its name decides whether it is more than a hint.
func (k *knowledge) trust(s *stored) rule.Confidence {
	for other := range k.profiles {
		if other != s.profiles[0] && k.entries[entryKey{s.host, s.name, other}] != nil {
			return rule.Certain
		}
	}
	if identifierName.MatchString(s.name) {
		return rule.Likely
	}
	return rule.Possible
}

// sureOf is how sure it is that what storage flow found identifies the visitor.
func (k *knowledge) sureOf(m rule.Match) rule.Confidence {
	if c, ok := k.trusted[m.Text]; ok {
		return c
	}
	if identifierName.MatchString(m.Key) { // a part of a stored text
		return rule.Likely
	}
	return rule.Possible
}

// identifierName matches names of entries that say that they hold an identifier.
var identifierName = regexp.MustCompile(`(?i)id$|[_.-]id[_.-]|uid|uuid|guid|visitor|^vis$|client|device|browser|anon|user|distinct|^_ga|^_fb[pc]|^_gcl|^ide$|^_ttp|^_pk_`)

// foreign reports whether the stored text belongs to somebody else than the recipient at host: then its arrival there is
// an exchange of identifiers.
func (k *knowledge) foreign(text, host string) bool {
	domain := web.Domain(host)
	own, other := false, false
	for h := range k.holders(text) {
		if web.Domain(h) == domain {
			own = true
		} else {
			other = true
		}
	}
	return other && !own
}

// holders are the hosts whose storage holds the text, by itself or as a part.
func (k *knowledge) holders(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		known := k.owners[text]
		for _, h := range known {
			if !yield(h) {
				return
			}
		}
		if len(known) > 0 {
			return
		}
		for key := range k.storage {
			if strings.Contains(key.text, text) && !yield(key.host) {
				return
			}
		}
	}
}

// ordinaryName matches names of entries that hold choices, experiments, sessions of load balancers and the like: what
// they hold identifies nobody, or is new each time.
var ordinaryName = regexp.MustCompile(`(?i)consent|gdpr|ccpa|tcf|euconsent|usprivacy|__gpp|optanon|cookiebot|didomi|cmp|privacy` +
	`|csrf|xsrf|nonce|locale|lang|currency|timezone|theme|experiment|variant|variation|cohort|abtest|ab_test|bucket|feature|flag` +
	`|^awsalb|^bigip|^arraffinity|^serverid|^route|^__cf_bm|^cf_clearance|^datadome|^incap_|^visid_incap|^nlbi_|^ak_bmsc|^_abck|^bm_s|version|build|release`)

func ordinaryEntry(name string) bool { return ordinaryName.MatchString(name) }

// identifiersIn returns the texts in a stored value that could identify: the value itself, what it holds if it is a
// document, and its parts between delimiters.
func identifiersIn(value string) []string {
	var out []string
	add := func(s string) {
		if len(out) < maxParts && len(s) <= maxStored && drawn(s) && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	leaves := leavesOf(value)
	for i, leaf := range leaves {
		if i == 0 && len(leaves) > 1 && (strings.HasPrefix(leaf, "{") || strings.HasPrefix(leaf, "[")) {
			continue // a document: what is in it was told apart
		}
		add(leaf)
		for _, p := range partsOf(leaf) {
			add(p)
		}
	}
	return out
}

// leavesOf opens a stored value and returns the texts in it, the whole first.
func leavesOf(value string) []string {
	for range 3 {
		plain, err := url.PathUnescape(value)
		if err != nil || plain == value {
			break
		}
		value = plain // what is sent elsewhere is unescaped, too, before it is compared
	}
	out := []string{value}
	tree := decode.Bytes(decode.BodyIn, "value", []byte(value), decode.Budget{Depth: 5, Nodes: 200, Output: 256 << 10, Ratio: 50, Work: 1 << 24})
	defer tree.Release()
	for i := range tree.Fields {
		f := &tree.Fields[i]
		ofEvent := f.Path != "value" && eventName.MatchString(lastName(f.Path)) // a queue of events: their ids are nobody's
		if !f.Inner && f.Kind != decode.Binary && len(f.Value) >= minStored && !ofEvent {
			out = append(out, f.Value)
		}
	}
	return out
}

// partsOf cuts a compound value ("GA1.1.1234567890.1700000000", "fb.1.1700000000000.42424242") at its delimiters. Two
// numbers at the end that a dot joins are one part, too: that is how Google's client id is sent on.
func partsOf(v string) []string {
	parts := strings.FieldsFunc(v, func(r rune) bool { return strings.ContainsRune(".|:;,&=~!*$/\"'[]{}() ", r) })
	if len(parts) < 2 || strings.HasPrefix(v, "eyJ") { // the head of a JSON web token is everybody's
		return nil
	}
	if fraction.MatchString(v) && !twoNumbers.MatchString(v) {
		return nil // a measurement
	}
	if dots := strings.Split(v, "."); len(dots) > 2 {
		if last := dots[len(dots)-2:]; digits(last[0]) && digits(last[1]) && len(last[0]) >= 6 {
			parts = append(parts, strings.Join(last, "."))
		}
	}
	return parts
}

// fraction matches a number with digits behind its point.
var fraction = regexp.MustCompile(`^[-+]?\d+\.\d+(?:e[-+]?\d+)?$`)

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
