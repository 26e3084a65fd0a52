package consent

import "time"

// Moment is when something was seen: the wall time, if it is known.
type Moment struct{ time.Time }

// before reports whether a moment is surely before another: both are known.
func (m Moment) before(o Moment) bool { return !m.IsZero() && !o.IsZero() && m.Time.Before(o.Time) }
