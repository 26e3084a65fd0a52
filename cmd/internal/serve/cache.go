package serve

import (
	"context"
	"sync"

	"github.com/tagscan/tagscan/cmd/internal/store"
)

// mostCached bounds what is kept of answers that take long to find.
const mostCached = 64

// cache keeps answers until a scan is added.
type cache struct {
	mu         sync.Mutex
	generation int64
	answers    map[string]any
}

// cached is an answer, found by f unless it is known. It holds for what is remembered when it was asked for.
func cached[T any](ctx context.Context, s *Server, key string, f func() (T, error)) (T, error) {
	var none T
	var generation int64
	err := s.store.Do(ctx, func(tx *store.Tx) (err error) {
		generation, err = tx.Generation()
		return err
	})
	if err != nil {
		return none, err
	}
	c := &s.pages
	c.mu.Lock()
	if c.generation != generation || len(c.answers) >= mostCached {
		c.generation, c.answers = generation, map[string]any{}
	}
	v, ok := c.answers[key].(T)
	c.mu.Unlock()
	if ok {
		return v, nil
	}
	if v, err = f(); err != nil {
		return none, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.generation == generation {
		c.answers[key] = v
	}
	return v, nil
}

// forget makes the next answers new ones.
func (c *cache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answers = nil
	c.generation = -1
}
