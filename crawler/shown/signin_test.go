package shown

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSamePageIsToldFromAnother(t *testing.T) {
	for _, same := range [][2]string{
		{"http://shop.example/a", "https://www.shop.example/a/?utm_source=x"}, {"https://shop.example", "https://shop.example/"},
	} {
		assert.True(t, samePage(same[0], same[1]), "%v", same)
	}
	for _, other := range [][2]string{
		{"https://app.example/settings", "https://app.example/login?next=/settings"}, {"https://app.example/", "https://id.app.example/"},
	} {
		assert.False(t, samePage(other[0], other[1]), "%v", other)
	}
}
