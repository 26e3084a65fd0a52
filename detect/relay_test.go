package detect_test

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/rule"
)

// A vendor's request that the site passes on, whole and wrapped in one parameter, is the vendor's.
func TestARequestThatTheSitePassesOnIsItsVendors(t *testing.T) {
	enc := base64.StdEncoding.EncodeToString
	own := "https://www.shop.example/m?e=%s"
	for name, c := range map[string]struct {
		url, recipient string
	}{
		"Google Analytics": {collect + "&cid=1111111111.1700000001&ep.mail=ana.prell%40posteo.de", "google-analytics-4"},
		"Meta":             {pixel + "&ud[em]=" + sha256Of(ana), "meta-pixel"},
	} {
		fs, _ := find(t, detect.Config{}, get(own, enc([]byte(c.url))))
		got := ofClass(fs, rule.Email)
		require.Len(t, got, 1, name)
		assert.Equal(t, c.recipient, got[0].Recipient.ID, name)
	}
	for name, value := range map[string]string{
		"a picture's address, wrapped":     enc([]byte("https://cdn.oddpixel.net/logo.png?mail=ana.prell%40posteo.de")),
		"a vendor's address, plain":        collect + "&ep.mail=ana.prell%40posteo.de",
		"a list of what the page has sent": enc([]byte(`{"resources":["` + collect + `"],"mail":"` + ana + `"}`)),
	} {
		fs, _ := find(t, detect.Config{}, get(own, value))
		assert.Empty(t, fs, name)
	}
}
