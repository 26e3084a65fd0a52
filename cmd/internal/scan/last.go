package scan

import (
	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/capture"
)

// pagesOf are the addresses of the pages that the first visitor of a run saw, in a run directory; none if there is no run
// that can be read. They say where to look first, and prove nothing.
func pagesOf(dir string) (addresses []string) {
	run, err := capture.Open(dir)
	if err != nil {
		return nil
	}
	first := ""
	for ev, err := range run.Events() {
		if err != nil {
			return addresses
		}
		p := ev.Page
		if p == nil || p.Task.Via == viaFlow || p.Outcome != crawler.Complete && p.Outcome != crawler.Partial {
			continue
		}
		if first == "" {
			first = planned(p.Task.Profile)
		}
		if planned(p.Task.Profile) == first {
			addresses = append(addresses, p.Task.URL)
		}
	}
	return addresses
}
