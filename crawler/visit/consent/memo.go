package consent

import (
	"strings"
	"sync"

	"github.com/tagscan/tagscan/crawler/visit/consent/wording"
)

// memo remembers what texts mean, for the pages of a site say the same again and again, and a page is looked at many times.
// Its zero value is empty.
type memo struct {
	mu       sync.Mutex
	meanings map[string]wording.Meaning
	asking   map[string]bool
}

// maxMemo bounds what is remembered: a site that says something new each time is read each time.
const maxMemo = 5000

func (m *memo) meaning(k button) *wording.Meaning {
	key := k.Href + "\n" + strings.Join(k.Labels, "\n")
	m.mu.Lock()
	means, ok := m.meanings[key]
	m.mu.Unlock()
	if !ok {
		means = k.meaning()
		m.mu.Lock()
		if m.meanings == nil || len(m.meanings) >= maxMemo {
			m.meanings = map[string]wording.Meaning{}
		}
		m.meanings[key] = means
		m.mu.Unlock()
	}
	return &means
}

func (m *memo) asks(b *box) bool {
	m.mu.Lock()
	asks, ok := m.asking[b.Text]
	m.mu.Unlock()
	if !ok {
		asks = b.asks()
		m.mu.Lock()
		if m.asking == nil || len(m.asking) >= maxMemo {
			m.asking = map[string]bool{}
		}
		m.asking[b.Text] = asks
		m.mu.Unlock()
	}
	return asks
}
