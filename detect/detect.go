package detect

import (
	"cmp"
	"fmt"
	"maps"
	"runtime"
	"slices"

	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/recipient"
	"github.com/tagscan/tagscan/detect/rule"
)

// Config says what an Analyzer knows beforehand. The zero value finds with rules and the embedded catalog alone.
type Config struct {
	Persona           rule.Persona       // known values
	Catalog           *recipient.Catalog // nil: the embedded one
	FirstParty        []string           // further registrable domains or hosts of the site's owner
	IncludeFirstParty bool               // report what the site sends to itself, too
	Resolver          recipient.Resolver // finds DNS aliases of the site's hosts; nil: DNS is not asked
	Workers           int                // requests looked at in parallel; 0: one a processor
	Budget            decode.Budget      // of one request; the zero value: decode.DefaultBudget
}

// Analyzer finds what identifies a person in the requests of a run. It holds no state of a run and may be used for
// several at once.
type Analyzer struct {
	cfg     Config
	catalog *recipient.Catalog
}

// New makes an Analyzer.
func New(cfg Config) (*Analyzer, error) {
	if cfg.Workers < 0 {
		return nil, fmt.Errorf("detect: %d workers: want 0 for one a processor, or more", cfg.Workers)
	}
	cfg.Workers = cmp.Or(cfg.Workers, runtime.GOMAXPROCS(0))
	if cfg.Budget == (decode.Budget{}) {
		cfg.Budget = decode.DefaultBudget
	}
	cfg.Persona = maps.Clone(cfg.Persona)
	cfg.FirstParty = slices.Clone(cfg.FirstParty)
	if cfg.Catalog == nil {
		c, err := recipient.Default()
		if err != nil {
			return nil, fmt.Errorf("detect: %w", err)
		}
		cfg.Catalog = c
	}
	return &Analyzer{cfg: cfg, catalog: cfg.Catalog}, nil
}
