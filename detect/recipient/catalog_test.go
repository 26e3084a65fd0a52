package recipient_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/detect/recipient"
)

func TestEveryVendorProvesItself(t *testing.T) {
	c, err := recipient.Default()
	require.NoError(t, err)
	for _, v := range c.All() {
		t.Run(v.ID, func(t *testing.T) {
			assert.NoError(t, c.Prove(v))
		})
	}
}
