package rule

import (
	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/detect/decode"
)

// Rule finds one kind of identifying data in fields, without known values. It carries its own proof: a rule without
// hits and misses is red.
type Rule struct {
	ID     string // words: "email-pattern"
	Class  Class  // of most of its matches; a match may say more precisely
	Doc    string // what it finds, in a sentence
	Why    string // why it matters
	Do     string // what to do about it
	Needs  Need   // what a field must have at least; cheap, tested before Find is called
	Find   func(c *Context, yield func(Match))
	Hits   []Sample
	Misses []Sample
}

// Need is a set of conditions on a field; a rule is asked only if all of them hold.
type Need uint32

const (
	NeedAt     Need = 1 << iota // the value has an @
	NeedDigits                  // the value has a digit
	NeedDot                     // the value has a dot
	NeedLeaf                    // nothing was decoded out of the field
	NeedName                    // the field has a name that some table knows
	NeedSlash                   // the value has a slash
	NeedBrace                   // the value begins like JSON or HTML: { [ <
	NeedStar                    // the value has a run of mask characters
)

// Sample is a request in miniature: a JSON document with fields and values in it, as the body of a request.
type Sample struct {
	Body  string // body of the request
	Query string // or its query string
	Host  string // host it goes to; "vendor.example" if empty
	Text  string // of a hit: the text that must be found
	Class Class  // of a hit: the class, if it is not the rule's own
}

// Context is what the rules know of the request whose tree they look at. Its zero value with a Tree is a request to an
// unknown third party.
type Context struct {
	Tree       *decode.Tree
	Host       string            // host of the request
	Site       string            // registrable domain of the page that sent it
	FirstParty bool              // the recipient is the site itself
	Facts      crawler.SiteFacts // what the page shows to everybody: never a leak
	Meant      map[int]Class     // fields whose meaning the vendor's own documentation gives; an empty class means harmless
}

// Find runs all rules over the tree of c and appends what they find to out, in order of the fields.
func Find(c *Context, out []Match) []Match {
	return out
}
