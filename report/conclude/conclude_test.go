package conclude

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestNoBrowserIsLinked: another program that reads a HAR and reports must not carry a browser's driver.
func TestNoBrowserIsLinked(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	require.NoError(t, err)
	deps := string(out)
	require.Contains(t, deps, "github.com/tagscan/tagscan/crawler/har")
	for dep := range strings.Lines(deps) {
		dep = strings.TrimSpace(dep)
		assert.False(t, strings.HasPrefix(dep, "github.com/chromedp/"), dep)
		assert.NotContains(t, []string{
			"github.com/tagscan/tagscan/crawler/chrome", "github.com/tagscan/tagscan/crawler/record", "github.com/tagscan/tagscan/crawler/visit",
		}, dep)
	}
}
