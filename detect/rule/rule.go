package rule

import (
	"slices"
	"strings"
	"sync"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
	"github.com/tagscan/tagscan/detect/decode"
)

//go:generate go run github.com/tagscan/tagscan/cmd/internal/listvars -type Rule -var Rules -pointers

// Rule finds one kind of identifying data in fields, without known values. It carries its own proof: a rule without
// hits and misses is red.
type Rule struct {
	ID     string // words: "email-pattern"
	Class  Class  // of most of its matches; a match may say more precisely
	Doc    string // what it finds, in a sentence
	Why    string // why it matters
	Do     string // what to do about it
	Needs  Need   // what a field must have at least; cheap, tested before Find is called
	Names  bool   // asked only about fields whose name says Class
	Find   func(c *Context, yield func(Match))
	Hits   []Sample
	Misses []Sample
}

// Need is a set of conditions on a field; a rule is asked only if all of them hold.
type Need uint16

const (
	NeedAt     Need = 1 << iota // the value has an @
	NeedDigit                   // the value has a digit
	NeedDot                     // the value has a dot
	NeedLeaf                    // nothing was decoded out of the field
	NeedMask                    // the value has two mask characters (* or •) in a row
	NeedMarkup                  // the value has < or {
	NeedColon                   // the value has a colon
	NeedLong                    // the value has 16 bytes and more

	allNeeds = 1<<iota - 1
)

// Sample is a request in miniature, for the proof of a rule.
type Sample struct {
	Body   string // body of the request
	URL    string // or its URL
	Header string // or one header line, "Authorization: Bearer x"
	Text   string // of a hit: the text that must be found
	Class  Class  // of a hit: the class, if it is not the rule's own
}

// Context is what the rules know of the request whose tree they look at. Its zero value with a Tree is a request to an
// unknown third party. It must not be used by several goroutines.
type Context struct {
	Tree       *decode.Tree
	Host       string            // host of the request
	Site       string            // registrable domain of the page that sent it; empty: not known
	FirstParty bool              // the recipient is the site itself
	Ads        bool              // the recipient is an advertising firm
	Disguised  bool              // the host is the site's, or an alias of it, so its cookies are the site's
	Facts      crawler.SiteFacts // what the page shows to everybody: never a leak
	Visitor    bool              // it is known who visits: a persona, a session or what the site showed of its user
	Meant      map[int]Class     // fields whose meaning the vendor's own documentation gives, by index; an empty class means harmless
	Names      *Names            // memory to share between contexts; nil: one of its own

	i    int             // the field at hand
	f    *decode.Field   //
	name *nameInfo       // what its name says
	v    string          // its value without white space around
	from int             // where v begins in the value
	has  Need            //
	rule *Rule           // the rule that is asked
	word map[string]bool // cache of the site's own values, folded
	own  nameInfo        // room for a name whose meaning the vendor gives

	syncs answer // whether the address is that of a cookie sync
}

// Find runs all rules over the tree of c and appends what they find to out, in order of the fields.
func Find(c *Context, out []Match) []Match { return findAll(rulesFor(), c, out) }

// FindWith runs some rules, see Find.
func FindWith(rules []*Rule, c *Context, out []Match) []Match { return findAll(byNeeds(rules), c, out) }

// byNeeds lists the rules to ask for each set of conditions that a field may fulfil.
func byNeeds(rules []*Rule) *[allNeeds + 1][]*Rule {
	var t [allNeeds + 1][]*Rule
	for has := range t {
		for _, r := range rules {
			if r.Needs&^Need(has) == 0 {
				t[has] = append(t[has], r)
			}
		}
	}
	return &t
}

var rulesFor = sync.OnceValue(func() *[allNeeds + 1][]*Rule { return byNeeds(Rules) })

func findAll(rules *[allNeeds + 1][]*Rule, c *Context, out []Match) []Match {
	if c.Names == nil {
		c.Names = nameMemory.Get().(*Names)
		defer func(c *Context) { nameMemory.Put(c.Names); c.Names = nil }(c)
	}
	yield := func(m Match) {
		if m.Rule == "" {
			m.Rule = c.rule.ID
		}
		if m.Class == "" {
			m.Class = c.rule.Class
		}
		m.Field = c.i
		if m.Text == "" {
			m.Text = c.f.Value[m.Start:m.End]
		}
		out = append(out, m)
	}
	for i := range c.Tree.Fields {
		if !c.at(i) {
			continue
		}
		for _, r := range rules[c.has] {
			if r.Names && c.name.class != r.Class {
				continue
			}
			c.rule = r
			r.Find(c, yield)
		}
	}
	return out
}

// nameMemory keeps what names tell between contexts that bring no memory of their own.
var nameMemory = sync.Pool{New: func() any { return NewNames() }}

// at turns to field i; false if there is nothing to look at.
func (c *Context) at(i int) bool {
	f := &c.Tree.Fields[i]
	v := strings.TrimSpace(f.Value)
	if v == "" || f.Where == decode.Header && plumbing(f.Key) {
		return false
	}
	c.i, c.f, c.v = i, f, v
	c.from = 0
	if len(v) < len(f.Value) {
		c.from = strings.Index(f.Value, v[:1])
	}
	c.name = c.Names.at(c.Tree, i)
	if class, ok := c.Meant[i]; ok {
		c.own = *c.name
		c.own.class, c.own.weak, c.own.pkey = class, false, keyOfClass(class, c.name.pkey)
		c.name = &c.own
	}
	c.has = needs(v)
	if !f.Inner {
		c.has |= NeedLeaf
	}
	return true
}

// keyOfClass keeps the persona key that a name told if it goes with the class.
func keyOfClass(class Class, key string) string {
	if key != "" && personaKeys[key] == class {
		return key
	}
	return ""
}

// needBytes are the conditions that single bytes fulfil.
var needBytes = func() (t [256]Need) {
	for c := byte('0'); c <= '9'; c++ {
		t[c] = NeedDigit
	}
	t['@'], t['.'], t['<'], t['{'], t[':'] = NeedAt, NeedDot, NeedMarkup, NeedMarkup, NeedColon
	return t
}()

func needs(v string) (n Need) {
	for i := range len(v) {
		n |= needBytes[v[i]]
	}
	if len(v) >= 16 {
		n |= NeedLong
	}
	if strings.Contains(v, "**") || strings.Contains(v, "••") {
		n |= NeedMask
	}
	return n
}

// plumbing reports a header in which no rule looks: what browsers and HTTP set by themselves, which tells every server the
// same, and the tokens by which a site knows its own forms.
func plumbing(key string) bool {
	k := strings.ToLower(key)
	return web.OrdinaryHeader(k) || formTokens[k] || slices.ContainsFunc(plumbingPrefixes, func(p string) bool { return strings.HasPrefix(k, p) })
}

var (
	plumbingPrefixes = []string{"content-", "if-", "access-control-", "upgrade", "x-devtools-"}
	formTokens       = wordSet("origin date via etag baggage x-requested-with x-csrf-token x-xsrf-token")
)

// whole makes a match of the whole value at hand.
func (c *Context) whole(known Known, conf Confidence) Match {
	return Match{Known: known, Confidence: conf, Key: c.name.pkey, Start: c.from, End: c.from + len(c.v)}
}

// span makes a match of v[start:end].
func (c *Context) span(start, end int, known Known, conf Confidence) Match {
	return Match{Known: known, Confidence: conf, Start: c.from + start, End: c.from + end}
}

// siblings calls yield with the fields that stand in the same object as the one at hand, near it.
func (c *Context) siblings(yield func(i int, n *nameInfo) bool) {
	parent := parentPath(c.f)
	for _, dir := range []int{-1, 1} {
		for j, steps := c.i+dir, 0; j >= 0 && j < len(c.Tree.Fields) && steps < 40; j, steps = j+dir, steps+1 {
			g := &c.Tree.Fields[j]
			if g.Parent != c.f.Parent {
				break // what was decoded out of one field lies together
			}
			if g.Where != c.f.Where || parentPath(g) != parent {
				continue
			}
			if !yield(j, c.Names.of(g)) {
				return
			}
		}
	}
}

// beside reports whether a sibling's name says one of the classes.
func (c *Context) beside(classes ...Class) bool {
	for _, n := range c.siblings {
		for _, class := range classes {
			if n.class == class {
				return true
			}
		}
	}
	return false
}

// personal reports whether the field is about a person by the names around it or by its siblings.
func (c *Context) personal() bool {
	for i := len(c.name.outer) - 1; i >= 0 && i >= len(c.name.outer)-2; i-- {
		t := outerWords[c.name.outer[i]]
		if t&identity != 0 {
			return true
		}
		if t&alien != 0 || mapWords[c.name.outer[i]] {
			return false
		}
	}
	return c.besidePerson() && !c.thing()
}

// besidePerson reports a sibling that only a person has; an abbreviation (em, ph, ge) counts only with a value that nothing
// else has.
func (c *Context) besidePerson() bool {
	for j, n := range c.siblings {
		switch n.class {
		case Email, Phone, BirthDate, Gender:
			if v := c.Tree.Fields[j].Value; !n.weak || digestShape(v) != "" || strings.Contains(v, "@") {
				return true
			}
		case Name, UserID:
			if !n.weak {
				return true
			}
		}
	}
	return false
}

// thing reports an object that says of itself that it is no person, as JSON-LD and typed entities do.
func (c *Context) thing() bool {
	if c.published() {
		return true
	}
	for j, n := range c.siblings {
		if businessCard[n.flat] {
			return true
		}
		if (n.flat == "type" || n.flat == "kind" || n.flat == "typename") && things[strings.ToLower(c.Tree.Fields[j].Value)] {
			return true
		}
	}
	return false
}

// published reports what a page tells search engines about its subject, and tags collect: cd[JSON-LD] and cd[OpenGraph] of Meta's.
func (c *Context) published() bool {
	for i, w := range c.name.outer {
		switch w {
		case "ld":
			if i > 0 && c.name.outer[i-1] == "json" {
				return true
			}
		case "jsonld", "opengraph", "microdata":
			return true
		case "graph":
			if i > 0 && c.name.outer[i-1] == "open" {
				return true
			}
		}
	}
	return false
}

// businessCard are names that stand beside the name and number of a business.
var businessCard = wordSet(`hours openinghours businesshours opens closes vatid vatnumber legalname supportemail supportphone imprint imprinturl logourl logo pricerange openinghoursspecification`)

// labels reports an object that holds the labels of a form instead of what was filled in: its e-mail field has words.
func (c *Context) labels() bool {
	for j, n := range c.siblings {
		switch n.class {
		case Email, Phone, BirthDate, Card, Password:
		default:
			continue
		}
		v := strings.TrimSpace(c.Tree.Fields[j].Value)
		if len(v) < 3 || digestShape(v) != "" || isNothing(v) {
			continue
		}
		if n.class == Email && strings.Contains(v, " ") || n.class != Password && isLabel(v) ||
			digitsOf(v) == "" && !strings.Contains(v, "@") && letterShare(v) > 70 && (n.class == Phone || n.class == Email || n.class == BirthDate || n.class == Card) {
			return true
		}
	}
	return false
}

// example reports a field that shows how a value should look.
func (c *Context) example() bool {
	return exampleNames[c.name.flat] || c.name.has(labelName)
}

var exampleNames = wordSet(`placeholder example examples ex eg hint mask pattern sample helptext tooltip inputmask arialabel validationmessage
	errormessage defaultplaceholder`)

var things = wordSet(`organization organisation corporation localbusiness store product website webpage brand business restaurant hotel offer newsarticle country city
	postaladdress geocoordinates contactpoint localbusiness`)

// foreign reports whether the nearest name around the field is another thing's: product, campaign, store.
func (c *Context) foreign() bool { return c.name.foreign }
