package policy

import "strings"

// Visited are the addresses of the pages that were visited when the baseline was written, as far as they are known: without
// their queries, and without those that hold an id.
func (b *Baseline) Visited() (addresses []string) {
	if b == nil {
		return nil
	}
	for _, p := range b.Pages {
		if strings.HasPrefix(p, "/") {
			p = b.Site + p
		}
		if strings.Contains(p, "://") && !strings.Contains(p, "{") {
			addresses = append(addresses, p)
		}
	}
	return addresses
}
