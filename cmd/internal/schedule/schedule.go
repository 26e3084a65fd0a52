// Package schedule says when a site is due: by cron text on the clocks of a time zone, or every so often. It is pure: it is told
// the time, starts nothing and keeps nothing. Who runs what is due, and remembers that, is package serve.
package schedule

import (
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"github.com/adhocore/gronx"
)

// Spec is when a site is to be scanned. The zero value is never.
type Spec struct {
	Cron   string         // five fields: minute, hour, day of month, month, day of week
	Every  time.Duration  // instead of Cron: this long after the slot before
	Zone   *time.Location // whose clocks Cron speaks of; nil: UTC
	Jitter time.Duration  // a scan begins up to so much later, so that not all begin at once
}

// shortest is how near two scans of a site may be.
const shortest = time.Minute

// Check says what is wrong with a spec; nil if nothing is.
func (s Spec) Check() error {
	switch {
	case s.Cron != "" && s.Every != 0:
		return errors.New("cron and every: it is either one")
	case s.Every != 0 && s.Every < shortest:
		return fmt.Errorf("every: %s is less than a minute", s.Every)
	case s.Jitter < 0:
		return errors.New("jitter: must not be negative")
	case s.Cron == "":
		return nil
	case len(strings.Fields(s.Cron)) != 5:
		return fmt.Errorf("cron: %q has not five fields: minute, hour, day of month, month, day of week, as in \"30 3 * * *\"", s.Cron)
	case !gronx.IsValid(s.Cron):
		return fmt.Errorf("cron: %q is no cron text: as in \"30 3 * * *\" (each day at 3:30) or \"0 4 * * 1\" (Mondays at 4)", s.Cron)
	}
	if _, err := gronx.NextTickAfter(s.Cron, time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), false); err != nil {
		return fmt.Errorf("cron: %q never comes", s.Cron)
	}
	return nil
}

// Never reports whether nothing is ever due.
func (s Spec) Never() bool { return s.Cron == "" && s.Every == 0 }

// Next is the first slot after a time. With Every, the time is a slot. The zero time: never.
//
// Cron text means clocks. Where they are put forward over a slot, it is at the moment at which they are; where they are put back
// over it, it is the first of the two times, unless the text says every hour: that is every hour that passes.
func (s Spec) Next(after time.Time) time.Time {
	switch {
	case s.Every > 0:
		return after.Add(s.Every)
	case s.Cron == "":
		return time.Time{}
	}
	zone := s.Zone
	if zone == nil {
		zone = time.UTC
	}
	if strings.HasPrefix(strings.Fields(s.Cron)[1], "*") {
		return s.everyHour(after, zone)
	}
	wall := face(after.In(zone))
	for {
		next, err := gronx.NextTickAfter(s.Cron, wall, false)
		if err != nil {
			return time.Time{}
		}
		if t := onClock(next, zone); t.After(after) {
			return t
		}
		wall = next
	}
}

// everyHour is Next for a text that speaks of all hours: those of a day on which clocks change are 23 or 25.
func (s Spec) everyHour(after time.Time, zone *time.Location) time.Time {
	t := after
	for {
		wall := face(t.In(zone))
		next, err := gronx.NextTickAfter(s.Cron, wall, false)
		if err != nil {
			return time.Time{}
		}
		// As long as the clocks do not change until then, real time passes as they say.
		guess := t.Add(next.Sub(wall)).Truncate(time.Minute)
		if face(guess.In(zone)).Equal(next) {
			return guess
		}
		// They do: look again from the change on.
		change := changeAfter(t, guess.Add(2*time.Hour), zone)
		if on, _ := gronx.New().IsDue(s.Cron, face(change.In(zone))); on {
			return change
		}
		t = change
	}
}

// changeAfter is the first moment in a time at which the clocks of a zone show another offset; the end if there is none.
func changeAfter(from, to time.Time, zone *time.Location) time.Time {
	_, was := from.In(zone).Zone()
	lo, hi := from, to
	for hi.Sub(lo) > time.Second {
		mid := lo.Add(hi.Sub(lo) / 2)
		if _, is := mid.In(zone).Zone(); is == was {
			lo = mid
		} else {
			hi = mid
		}
	}
	return hi.Truncate(time.Second)
}

// face is what a clock shows, as a time in UTC, where no clock changes.
func face(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// onClock is the first moment at which the clocks of a zone show a face; if they never do, that at which they are put forward over it.
func onClock(wall time.Time, zone *time.Location) time.Time {
	t := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, zone)
	if !face(t).Equal(wall) {
		return changeAfter(t.Add(-4*time.Hour), t.Add(4*time.Hour), zone)
	}
	_, offset := t.Zone()
	for _, back := range []time.Duration{30 * time.Minute, time.Hour, 2 * time.Hour} { // clocks are put back by no other time
		earlier := t.Add(-back)
		if _, o := earlier.Zone(); o > offset && face(earlier).Equal(wall) {
			return earlier
		}
	}
	return t
}

// Due is where a site stands in its schedule.
type Due struct {
	Slot time.Time // that is next; zero: none
	At   time.Time // when its scan begins: the slot and its jitter
}

// First is where a site stands that has no past: an interval begins at once, cron text with its first slot.
func (s Spec) First(site string, now time.Time) Due {
	if s.Every > 0 {
		return s.at(site, now)
	}
	return s.at(site, s.Next(now))
}

// After is where a site stands after the scan of a slot. Slots that passed meanwhile are not made up for: the scan that was late
// saw what they would have seen.
func (s Spec) After(site string, slot, now time.Time) Due {
	if s.Never() {
		return Due{}
	}
	if s.Every > 0 {
		missed := now.Sub(slot) / s.Every
		return s.at(site, slot.Add((max(missed, 0)+1)*s.Every))
	}
	if now.After(slot) {
		slot = now
	}
	return s.at(site, s.Next(slot))
}

// skew is how far the clock of a machine may be wrong, and be put right, without anything being scanned twice.
const skew = 2 * time.Hour

// Kept is where a site stands that stood at d when this was last looked at. If the clock was put back by much, d may be so far in
// the future that nobody would look for long: the schedule begins anew then.
func (s Spec) Kept(site string, d Due, now time.Time) Due {
	if s.Never() {
		return Due{}
	}
	furthest := s.Next(now).Add(s.Jitter + skew)
	if s.Every > 0 {
		furthest = now.Add(s.Every + s.Jitter + skew)
	}
	if d.Slot.IsZero() || d.At.After(furthest) && d.At.After(s.Next(s.Next(now)).Add(s.Jitter)) {
		return s.First(site, now)
	}
	return d
}

func (s Spec) at(site string, slot time.Time) Due {
	if slot.IsZero() {
		return Due{}
	}
	return Due{Slot: slot, At: slot.Add(s.delay(site, slot))}
}

// delay is the jitter of a slot: the same whoever asks, so that a restart does not move it.
func (s Spec) delay(site string, slot time.Time) time.Duration {
	if s.Jitter <= 0 {
		return 0
	}
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %d", site, slot.Unix())
	return time.Duration(h.Sum64() % uint64(s.Jitter)).Truncate(time.Second)
}

// String tells a spec in words.
func (s Spec) String() string {
	var w string
	switch {
	case s.Every > 0:
		w = "every " + short(s.Every)
	case s.Cron != "":
		w = s.Cron
		if s.Zone != nil && s.Zone != time.UTC {
			w += " " + s.Zone.String()
		}
	default:
		return "never by itself"
	}
	if s.Jitter > 0 {
		w += ", up to " + short(s.Jitter) + " later"
	}
	return w
}

// short writes 24h0m0s as 24h.
func short(d time.Duration) string {
	w := d.String()
	w = strings.TrimSuffix(w, "m0s") + map[bool]string{true: "m"}[strings.HasSuffix(w, "m0s")]
	return strings.TrimSuffix(w, "h0m") + map[bool]string{true: "h"}[strings.HasSuffix(w, "h0m")]
}
