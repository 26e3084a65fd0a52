package discover

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLinksThatChooseAreLeftAlone(t *testing.T) {
	for _, path := range []string{"/consent?c=all", "/consent?c=min", "/cookies/accept", "/set.php?gdpr=deny", "/lamps?cookies=1", "/tracking/off", "/dsgvo/none"} {
		skipped := ""
		f := entered(Options{OnSkip: func(s Skip) { skipped = s.String() }})
		f.Add(link("https://a.test" + path))
		assert.Empty(t, drain(t, f, nil), path)
		assert.Equal(t, "it acts: consent", skipped, path)
	}
}
