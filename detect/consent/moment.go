package consent

import (
	"strconv"
	"time"
)

// Moment is when something was seen: the wall time, if it is known.
type Moment struct{ time.Time }

// before reports whether a moment is surely before another: both are known.
func (m Moment) before(o Moment) bool { return !m.IsZero() && !o.IsZero() && m.Time.Before(o.Time) }

// near is how far from a request's own time a number still is a time of its visit: a visit of many pages takes hours.
const near = 24 * time.Hour

// units are those in which time since 1970 is written, by how many digits it has in these decades.
var units = map[int]time.Duration{10: time.Second, 13: time.Millisecond, 16: time.Microsecond, 19: time.Nanosecond}

// isIn reports whether a text is nothing but the time of day, about that of the moment: the second in which a page began is
// sent as a session's id, pages that begin in the same second share it, and so do visitors.
func (m Moment) isIn(text string) bool {
	unit, ok := units[len(text)]
	if !ok || m.IsZero() {
		return false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return false
	}
	per := int64(time.Second / unit)
	at := time.Unix(n/per, n%per*int64(unit))
	return at.Sub(m.Time).Abs() < near
}
