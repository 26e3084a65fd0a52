package rule

import (
	"encoding/binary"
	"strings"
	"sync"
)

// saltCost is what one text with one salt takes of the budget of hashes.
const saltCost = 6

// saltMemory remembers the digests that salts make of all known values, for the hosts and ids of a site come again with
// every request.
type saltMemory struct {
	mu   sync.Mutex
	sets map[saltedWith][]uint64 // first bytes of the digests
}

type saltedWith struct{ fn, salt string }

// maxSalts bounds the memory of salts: one takes about 2 KB.
const maxSalts = 512

// saltable calls yield with the texts that salts are tried on, and their entries.
func (p *Pool) saltable(yield func(entry int32, text string) bool) {
	for e := range p.entries {
		x := &p.entries[e]
		switch x.key {
		case "email", "phone", "user_id", "username", "full_name":
		default:
			continue
		}
		for _, text := range x.forms.hash[:min(len(x.forms.hash), 3)] {
			if !yield(int32(e), text) {
				return
			}
		}
	}
}

// vainSalt reports that no known value gives the digest with the salt, if that is known from before. What it spares
// counts as done.
func (w *cribber) vainSalt(fn, salt string, want []byte) bool {
	p := w.pool
	key := p.quiet.Key(salt)
	if purpose := givesNoDigest + uint32(len(want)); !p.quiet.Has(key, purpose) {
		p.remember(key, purpose) // what comes a second time will come again
		return false
	}
	set := p.digestsWith(fn, salt)
	cost := saltCost * len(set) / constructions
	if w.hashes < cost {
		return false
	}
	first := binary.LittleEndian.Uint64(want)
	for _, x := range set {
		if x == first {
			return false
		}
	}
	w.hashes -= cost
	return true
}

// constructions is how many digests a salter makes of a text.
const constructions = 11

func (p *Pool) digestsWith(fn, salt string) []uint64 {
	p.salts.mu.Lock()
	defer p.salts.mu.Unlock()
	key := saltedWith{fn, salt}
	if set, ok := p.salts.sets[key]; ok {
		return set
	}
	if p.salts.sets == nil || len(p.salts.sets) >= maxSalts {
		p.salts.sets = map[saltedWith][]uint64{}
	}
	var set []uint64
	s := newSalter(fn, salt, nil)
	for _, text := range p.saltable {
		s.each(text, func(digest []byte, _ string) bool {
			set = append(set, binary.LittleEndian.Uint64(digest))
			return true
		})
	}
	p.salts.sets[saltedWith{fn, strings.Clone(salt)}] = set
	return set
}
