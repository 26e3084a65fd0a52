package policy

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestRoutesMatch(t *testing.T) {
	const shop = "https://shop.example"
	for _, c := range []struct {
		pattern, route string
		want           bool
	}{
		{"/checkout", shop + "/checkout", true},
		{"/checkout", shop + "/checkout?step", true},
		{"/checkout?step", shop + "/checkout?step", true},
		{shop + "/checkout", shop + "/checkout?step&coupon", true},
		{"/checkout*", shop + "/checkout/pay?step", true},
		{"/checkout", shop + "/checkout/pay?step", false},
		{"/checkout", shop + "/cart?next=/checkout", false},
		{"/", shop + "/?lang", true},
		{"/", shop + "/#users/{n}", false},
		{"/product/{n}", shop + "/product/{n}?size", true},
	} {
		assert.Equal(t, c.want, routeGlob(c.pattern, c.route), "%s on %s", c.pattern, c.route)
	}
}
