package consent

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// TestATimeOfDay: numbers that are the time of a request, in any unit, and those that are not.
func TestATimeOfDay(t *testing.T) {
	at := Moment{time.Unix(1795862123, 0)}
	for text, want := range map[string]bool{
		"1795862120": true, "1795862120512": true, "1795862120512345": true, "1795862120512345678": true, "1795865000": true,
		"1203918273": false, "1695862120": false, "1203918273.1795862120": false, "179586212": false, "": false, "17958621ab": false,
		"-795862120": false, "9223372036854775807": false,
	} {
		assert.Equal(t, want, at.isIn(text), text)
	}
	assert.False(t, Moment{}.isIn("1795862120"), "nobody knows when it was sent")
}
