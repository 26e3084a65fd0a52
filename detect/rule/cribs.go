package rule

import "github.com/tagscan/tagscan/detect/decode"

// Cribs tries what needs no key on the leaves that nothing explained: home-made ciphers, salts from sibling fields,
// split values. explained tells which fields have a match already; its length may be less than that of the fields.
func Cribs(t *decode.Tree, p *Pool, explained []bool) []Match { return nil }

// Keystrokes joins what is sent one character at a time. Feed it the trees of one page in the order of time.
type Keystrokes struct{}

// Add takes the tree of the next request to host and returns a match if the characters so far make a known value.
func (k *Keystrokes) Add(host string, t *decode.Tree, p *Pool) []Match { return nil }
