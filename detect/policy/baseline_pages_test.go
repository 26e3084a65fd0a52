package policy

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestThePagesOfABaselineHaveTheirAddresses(t *testing.T) {
	b := &Baseline{Site: "https://shop.example", Pages: Strings{"/", "/about", "/orders/{id}", "https://blog.example/post"}}
	assert.Equal(t, []string{"https://shop.example/", "https://shop.example/about", "https://blog.example/post"}, b.Visited())
	assert.Empty(t, (*Baseline)(nil).Visited())
	assert.Empty(t, (&Baseline{Pages: Strings{"/about"}}).Visited(), "of which site is not known")
}
