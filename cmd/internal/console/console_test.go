package console

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestCleanTakesTheTeethOutOfPageText(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                  "plain",
		"\x1b]52;c;aGk=\x07evil": "]52;c;aGk=evil",
		"one\r\ntwo":             "one  two",
		"\u202egnp.exe":          "gnp.exe",
		"\u009b31mred":           "31mred",
		"Grüße aus München, 日本":  "Grüße aus München, 日本",
	} {
		assert.Equal(t, want, Clean(in))
	}
}

func TestProgressWithoutTerminalIsPlainAndSeldom(t *testing.T) {
	var out bytes.Buffer
	now := time.Unix(1000, 0)
	c := New(&out, Options{Now: func() time.Time { return now }})
	for i := range 100 {
		c.Show(Progress{Done: i, Known: 100, Page: "https://a.example/\x1b[2J"})
		now = now.Add(100 * time.Millisecond)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	assert.Len(t, lines, 2, "one line every five seconds")
	assert.NotContains(t, out.String(), "\x1b")
}

func TestQuietSaysNothing(t *testing.T) {
	var out bytes.Buffer
	c := New(&out, Options{Quiet: true, Terminal: true})
	c.Show(Progress{Done: 1, Known: 2})
	c.Sayf("hello")
	c.Done()
	assert.Empty(t, out.String())
}
