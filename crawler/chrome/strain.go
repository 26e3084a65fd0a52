package chrome

import (
	"context"
	"math"
	"sync"
	"time"
)

// Limits in real time are meant for a machine that has nothing else to do. On a busy one the same work takes longer, and a limit
// that is reached for that reason alone would have a page seen less completely: load must not change what is found. So limits
// are stretched by what the browser's main threads wait for a processor.

const (
	strainEvery = 250 * time.Millisecond // how old a measurement may be
	strainHalf  = 2 * time.Second        // after which a measurement counts half
	strainLeast = 20 * time.Millisecond  // of processor time, below which there is nothing to measure
	strainMost  = 10.0                   // beyond that a limit is reached all the same
)

// turns is how long threads ran and how long they waited for a processor while they could have run.
type turns struct{ ran, waited time.Duration }

// strain measures how much longer work takes than on an idle machine.
type strain struct {
	mu   sync.Mutex
	at   time.Time
	last map[int]turns // by process, since it began
	sum  turns         // of late
	now  float64       // at least 1
}

// newStrain begins to measure now: all that the browser's processes do from here on is of late.
func newStrain() strain { return strain{at: time.Now(), last: map[int]turns{}, now: 1} }

// measure takes the present turns of all processes in and returns the strain, at least 1.
func (s *strain) measure(at time.Time, of map[int]turns) float64 {
	fade := math.Exp2(-at.Sub(s.at).Seconds() / strainHalf.Seconds())
	if s.at.IsZero() {
		fade = 0
	}
	fresh := turns{}
	for pid, t := range of {
		was := s.last[pid] // zero for one that is new: all of it was of late
		if s.last == nil || t.ran < was.ran || t.waited < was.waited {
			continue // what was before the first measurement, or another process with the same id
		}
		fresh.ran += t.ran - was.ran
		fresh.waited += t.waited - was.waited
	}
	s.sum.ran = time.Duration(float64(s.sum.ran)*fade) + fresh.ran
	s.sum.waited = time.Duration(float64(s.sum.waited)*fade) + fresh.waited
	s.at, s.last, s.now = at, of, 1
	if s.sum.ran >= strainLeast {
		s.now = min(1+s.sum.waited.Seconds()/s.sum.ran.Seconds(), strainMost)
	}
	return s.now
}

// Strain is how many times longer the browser's work takes at present than on an idle machine: 1 if its main threads never
// wait for a processor, or if the system does not tell; at most 10.
func (b *Browser) Strain() float64 {
	b.strain.mu.Lock()
	defer b.strain.mu.Unlock()
	if now := time.Now(); now.Sub(b.strain.at) >= strainEvery {
		return b.strain.measure(now, mainThreads(b.group))
	}
	return b.strain.now
}

// Patient stretches a short duration by the present strain.
func (b *Browser) Patient(d time.Duration) time.Duration {
	return time.Duration(float64(d) * b.Strain())
}

// WithPatience returns a context that ends with cause once d has passed, not counting what the machine's other work took of it. It
// has no deadline to be asked for. The func frees it and must be called.
func (b *Browser) WithPatience(ctx context.Context, d time.Duration, cause error) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		for left, strain := d.Seconds(), b.Strain(); left > 0; {
			begun := time.Now()
			select {
			case <-ctx.Done():
				return
			case <-time.After(min(strainEvery, time.Duration(left*strain*float64(time.Second))+time.Millisecond)):
			}
			left -= time.Since(begun).Seconds() / strain
			strain = b.Strain()
		}
		cancel(cause)
	}()
	return ctx, func() { cancel(context.Canceled) }
}
