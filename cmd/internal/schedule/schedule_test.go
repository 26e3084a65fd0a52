package schedule

import (
	"testing"
	"time"
	_ "time/tzdata" // the zones, on a machine without them

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func at(t *testing.T, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, s)
	require.NoError(t, err)
	return v.UTC()
}

func TestNext(t *testing.T) {
	for name, c := range map[string]struct{ cron, zone, after, want string }{
		"a day":                                 {"30 3 * * *", "UTC", "2026-11-29T03:30:00Z", "2026-11-30T03:30:00Z"},
		"in an hour":                            {"30 3 * * *", "UTC", "2026-11-29T02:30:01Z", "2026-11-29T03:30:00Z"},
		"clocks of Berlin":                      {"30 3 * * *", "Europe/Berlin", "2026-11-29T00:00:00Z", "2026-11-29T02:30:00Z"},
		"Mondays":                               {"0 4 * * 1", "UTC", "2026-11-29T12:00:00Z", "2026-11-30T04:00:00Z"},
		"the last of February":                  {"0 0 29 2 *", "UTC", "2026-11-29T12:00:00Z", "2028-02-29T00:00:00Z"},
		"before clocks go forward":              {"30 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", "2026-03-28T01:30:00Z"},
		"a time that clocks leave out":          {"30 2 * * *", "Europe/Berlin", "2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z"},
		"and the day after it":                  {"30 2 * * *", "Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"},
		"quarters that are left out are one":    {"*/15 2 * * *", "Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"},
		"a time that comes twice: the first":    {"30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"},
		"and not the second":                    {"30 2 * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"},
		"nor if it is asked between":            {"30 2 * * *", "Europe/Berlin", "2026-10-25T01:10:00Z", "2026-10-26T01:30:00Z"},
		"half an hour, of Lord Howe":            {"45 1 * * *", "Australia/Lord_Howe", "2026-04-04T12:00:00Z", "2026-04-04T14:45:00Z"},
		"each hour, over the 25 of a day":       {"0 * * * *", "Europe/Berlin", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"},
		"each hour, the second of the two":      {"0 * * * *", "Europe/Berlin", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"},
		"each hour, over the 23 of a day":       {"0 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z"},
		"half past each hour, over clocks":      {"30 * * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"},
		"half past each hour, clocks forward":   {"30 * * * *", "Europe/Berlin", "2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"},
		"each hour, New York, clocks back":      {"0 * * * *", "America/New_York", "2026-11-01T05:00:00Z", "2026-11-01T06:00:00Z"},
		"a clock between the minutes":           {"* * * * *", "UTC", "2026-11-29T12:00:30Z", "2026-11-29T12:01:00Z"},
		"every second hour keeps to the clocks": {"0 */2 * * *", "Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T02:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			zone, err := time.LoadLocation(c.zone)
			require.NoError(t, err)
			s := Spec{Cron: c.cron, Zone: zone}
			require.NoError(t, s.Check())
			assert.Equal(t, at(t, c.want), s.Next(at(t, c.after)).UTC())
		})
	}
}

// Over a year, in zones of all kinds, slots go on, none is earlier than asked, and there is one for each day.
func TestNightlyIsOnceADay(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "Australia/Lord_Howe", "America/Santiago"} {
		zone, err := time.LoadLocation(name)
		require.NoError(t, err)
		for _, cron := range []string{"0 0 * * *", "30 1 * * *", "30 2 * * *"} {
			s, now := Spec{Cron: cron, Zone: zone}, at(t, "2025-12-31T23:59:59Z")
			last, n := now, 0
			for last.Before(now.AddDate(1, 0, 0)) {
				next := s.Next(last)
				require.True(t, next.After(last), "%s %s: %s after %s", name, cron, next, last)
				require.Less(t, next.Sub(last), 26*time.Hour, "%s %s after %s", name, cron, last)
				last, n = next, n+1
			}
			assert.InDelta(t, 366, n, 1, "%s %s", name, cron)
		}
	}
}

func TestCheck(t *testing.T) {
	for text, s := range map[string]Spec{
		"it is either one":     {Cron: "0 0 * * *", Every: time.Hour},
		"is less than":         {Every: time.Second},
		"has not five fields":  {Cron: "0 0 * * * *"},
		"is no cron text":      {Cron: "0 25 * * *"},
		"never comes":          {Cron: "0 0 31 2 *"},
		"must not be negative": {Every: time.Hour, Jitter: -1},
	} {
		assert.ErrorContains(t, s.Check(), text)
	}
	assert.NoError(t, Spec{}.Check())
	assert.True(t, Spec{}.Next(time.Now()).IsZero())
}

// The clock of a machine may be wrong by an hour, either way, and be put right: each slot is scanned once, and none is left out.
func TestClockJumps(t *testing.T) {
	hour := time.Hour
	for name, s := range map[string]Spec{
		"every day": {Every: 24 * hour}, "by cron": {Cron: "30 3 * * *"}, "with jitter": {Cron: "30 3 * * *", Jitter: 20 * time.Minute},
	} {
		for jump, by := range map[string]time.Duration{"forward": hour, "back": -hour, "none": 0} {
			t.Run(name+", "+jump, func(t *testing.T) {
				start := at(t, "2026-11-01T03:00:00Z")
				due := s.First("shop", start)
				var ran []time.Time
				for real := start; real.Before(start.AddDate(0, 0, 10)); real = real.Add(10 * time.Minute) {
					now := real
					if since := real.Sub(start); since > 49*hour && since < 52*hour { // around a slot and not
						now = real.Add(by)
					}
					due = s.Kept("shop", due, now)
					if !due.At.After(now) {
						ran = append(ran, due.Slot)
						due = s.After("shop", due.Slot, now)
					}
				}
				assert.Len(t, ran, 10)
				for i := range ran[1:] {
					assert.Equal(t, 24*hour, ran[i+1].Sub(ran[i]))
				}
			})
		}
	}
}

func TestAClockThatWasAYearAheadEndsNoWatch(t *testing.T) {
	now := at(t, "2026-11-01T00:00:00Z")
	for _, s := range []Spec{{Every: 24 * time.Hour}, {Cron: "30 3 * * *"}, {Cron: "30 3 * * 1", Jitter: time.Hour}} {
		ahead := s.After("shop", now.AddDate(1, 0, 0), now.AddDate(1, 0, 0))
		kept := s.Kept("shop", ahead, now)
		assert.True(t, kept.At.Before(now.AddDate(0, 0, 8)), "%s: %s", s, kept.At)
		assert.Equal(t, kept, s.Kept("shop", kept, now.Add(time.Minute)), "and it stays so")
	}
}

// After a machine was off for a week one scan is made, at once, and then they go on.
func TestWhatWasMissedIsMadeUpForOnce(t *testing.T) {
	s := Spec{Every: 24 * time.Hour}
	slot, now := at(t, "2026-11-01T03:00:00Z"), at(t, "2026-11-08T12:00:00Z")
	assert.Equal(t, at(t, "2026-11-09T03:00:00Z"), s.After("shop", slot, now).Slot)
	s = Spec{Cron: "30 3 * * *"}
	assert.Equal(t, at(t, "2026-11-09T03:30:00Z"), s.After("shop", slot, now).Slot)
}

func TestJitterIsTheSameWhoeverAsks(t *testing.T) {
	s := Spec{Every: time.Hour, Jitter: 10 * time.Minute}
	now := at(t, "2026-11-01T03:00:00Z")
	a, b := s.First("shop", now), s.First("blog", now)
	assert.Equal(t, a, s.First("shop", now))
	assert.NotEqual(t, a.At, b.At)
	assert.Less(t, a.At.Sub(a.Slot), 10*time.Minute)
	assert.Equal(t, "every 1h, up to 10m later", s.String())
	assert.Equal(t, "every 24h", Spec{Every: 24 * time.Hour}.String())
}
