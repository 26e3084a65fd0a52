package detect

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/detect/recipient"
)

func TestOwners(t *testing.T) {
	catalog, err := recipient.Default()
	require.NoError(t, err)
	for _, c := range []struct{ seed, host, want string }{
		{"https://www.shop.example/", "cdn.shop.example", recipient.FirstParty},
		{"https://www.shop.example/", "other.example", "other.example"},
		{"https://www.shop.example:8443/a", "www.shop.example", recipient.FirstParty},
		{"shop.example", "https://www.shop.example:8443/a.js", recipient.FirstParty},
		{"https://[::1]:8443/", "::1", recipient.FirstParty},
		{"https://[::1]/", "::1", recipient.FirstParty},
		{"https://[::1]/", "fe80::2", "fe80::2"},
		{"http://10.0.0.1:80/", "10.0.0.1", recipient.FirstParty},
		{"http://10.0.0.1:80/", "192.168.0.1", "192.168.0.1"},
		{"https://shop.example/", "https://cdn.mxpnl.com/libs/mixpanel.js", "mixpanel"},
	} {
		assert.Equal(t, c.want, NewOwners(catalog, c.seed).Of(c.host).ID, "%s for the site %s", c.host, c.seed)
	}
}
