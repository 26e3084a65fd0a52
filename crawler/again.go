package crawler

import "iter"

// Crawled is a stream without the visits of those who looked at pages again: what the crawl itself saw.
func Crawled(events iter.Seq2[Event, error]) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		for ev, err := range events {
			if ev.Again == 0 && !yield(ev, err) {
				return
			}
		}
	}
}
