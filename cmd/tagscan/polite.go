package main

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/tagscan/tagscan/cmd/internal/exit"
)

// politeFlags say how much of a site's time a scan takes.
type politeFlags struct {
	preset  string
	delay   time.Duration
	perHost int
}

// politePresets are what --polite stands for: pages of one host at a time, and the least time between two of them.
var politePresets = map[string]struct {
	perHost int
	delay   time.Duration
}{
	"gentle": {1, time.Second},
	"slow":   {1, 5 * time.Second},
}

func (f *politeFlags) register(fl *pflag.FlagSet) {
	fl.StringVar(&f.preset, "polite", "", "gentle: one page of a host at a time, a second between two; slow: five seconds (--delay and --per-host win)")
	fl.Lookup("polite").NoOptDefVal = "gentle"
	fl.DurationVar(&f.delay, "delay", 0, "least time between two pages of one host")
	fl.IntVar(&f.perHost, "per-host", 0, "pages of one host at a time; 0: as many as --workers")
}

// apply takes from the preset what no flag said, and says what is wrong with them.
func (f *politeFlags) apply(changed func(name string) bool) error {
	if f.perHost < 0 || f.delay < 0 {
		return exit.Usagef("0 means no limit", "--per-host and --delay must not be negative")
	}
	if f.preset == "" {
		return nil
	}
	p, ok := politePresets[f.preset]
	if !ok {
		names := strings.Join(slices.Sorted(maps.Keys(politePresets)), " or ")
		return exit.Usagef("as in --polite or --polite=slow", "--polite is %s, not %q", names, f.preset)
	}
	if !changed("delay") {
		f.delay = p.delay
	}
	if !changed("per-host") {
		f.perHost = p.perHost
	}
	return nil
}
