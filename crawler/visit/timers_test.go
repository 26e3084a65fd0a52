package visit

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestLateTimersAreFoundInTheSource(t *testing.T) {
	for source, late := range map[string]int{
		`setTimeout(send, 20000)`:                                                           1,
		`self.setTimeout(() => fetch("/x, y)"), 20 * 1000)`:                                 1,
		`setInterval(function () { a(b, c); }, 1e4)`:                                        1,
		`setTimeout(f, 5*1000 + 15_000)`:                                                    1,
		`const LATE = 20000; setTimeout(f, LATE)`:                                           1,
		`var a=1,b=15e3;setTimeout(f,b)`:                                                    1,
		`const sleep = (ms) => new Promise((r) => setTimeout(r, ms)); sleep(12000).then(f)`: 1,
		`setTimeout(f, 1000); setInterval(f, 500)`:                                          0,
		`setTimeout(f, 60000)`:                                                              0, // no page is given so much either
		`setTimeout(f)`:                                                                     0,
		`setTimeout(f, delay)`:                                                              0,
		`setTimeout(f, 1e3 * seconds)`:                                                      0,
		`clearTimeout(20000)`:                                                               0,
		`setTimeout(f, "20000`:                                                              0,
		``:                                                                                  0,
	} {
		assert.Len(t, lateIn(source, workerWait, 30*time.Second), late, source)
	}
}

func TestATimerCountsIfItsFunctionRan(t *testing.T) {
	var c coverage
	assert.True(t, c.ran("1", 5), "nothing is known")
	c.Result = []scriptCoverage{{"1", []functionCoverage{{[]rangeCoverage{{0, 100, 1}}}, {[]rangeCoverage{{10, 40, 0}}}, {[]rangeCoverage{{20, 30, 2}}}}}}
	assert.True(t, c.ran("1", 5))
	assert.False(t, c.ran("1", 15))
	assert.True(t, c.ran("1", 25))
	assert.True(t, c.ran("2", 15))
}

// A timer that has gone off is none that was missed: its function ran, or the worker spoke after it.
func TestATimerThatWentOffIsNotLate(t *testing.T) {
	const source = `setTimeout(() => send(), 20000)`
	late := lateIn(source, workerWait, 30*time.Second)
	assert.Equal(t, []lateTimer{{at: 0, from: 11, to: 23, delay: 20 * time.Second}}, late)
	script := func(count int) *coverage {
		return &coverage{[]scriptCoverage{{"1", []functionCoverage{{[]rangeCoverage{{0, 31, 1}}}, {[]rangeCoverage{{11, 23, count}}}}}}}
	}
	const young, old = 15 * time.Second, 25 * time.Second
	assert.True(t, late[0].fired(script(1), "1", old, 0))
	assert.False(t, late[0].fired(script(0), "1", old, 0))
	assert.True(t, late[0].fired(script(0), "1", old, 21*time.Second))
	assert.False(t, late[0].fired(script(0), "1", old, 2*time.Second))
	assert.False(t, late[0].fired(script(1), "1", young, 0), "another call ran it")
}

func FuzzLateTimers(f *testing.F) {
	f.Add(`setTimeout(() => { "(" }, 2e4)`)
	f.Fuzz(func(_ *testing.T, source string) { lateIn(source, workerWait, time.Minute) })
}
