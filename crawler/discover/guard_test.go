package discover

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// readTable reads the addresses of a table, by their heading.
func readTable(t *testing.T, name string) (addresses []string) {
	f, err := os.Open(filepath.Join("testdata", "guard", name))
	require.NoError(t, err)
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if line := strings.TrimSpace(lines.Text()); line != "" && !strings.HasPrefix(line, "# ") {
			addresses = append(addresses, line)
		}
	}
	require.NoError(t, lines.Err())
	require.Greater(t, len(addresses), 200, name)
	return addresses
}

// TestWhatActsIsLeftAlone is the guard's half that sites rely on: none of these is ever followed.
func TestWhatActsIsLeftAlone(t *testing.T) {
	for _, a := range readTable(t, "acts.txt") {
		assert.NotEmpty(t, Harmful("https://shop.example"+a), a)
	}
}

// TestWhatShowsIsVisited is the half that scans rely on.
func TestWhatShowsIsVisited(t *testing.T) {
	for _, a := range readTable(t, "pages.txt") {
		assert.Empty(t, Harmful("https://shop.example"+a), a)
	}
}
