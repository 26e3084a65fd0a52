package harmless

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
)

func TestLineShowsControlsAndKeepsText(t *testing.T) {
	for in, want := range map[string]string{
		"plain text":             "plain text",
		"Grüße, 東京":              "Grüße, 東京",
		"\x1b[31mred\x1b[0m":     "�[31mred�[0m",
		"\x1b]8;;http://e\x07x":  "�]8;;http://e�x",
		"a\rb":                   "a b",
		"one\ntwo":               "one two",
		"\u202Egpj.exe":          "�gpj.exe",
		"a\u200Bb\u2066c\u2028d": "a�b�c�d",
		"\x9b31m":                "�31m",
		"\u009b31m":              "�31m",
		"bad\xff":                "bad�",
	} {
		assert.Equal(t, want, Line(in), "%q", in)
	}
}

func TestCellIsNoFormula(t *testing.T) {
	for _, in := range []string{"=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\ufeff=1", "\"=1", "|cmd", "＝1"} {
		assert.True(t, strings.HasPrefix(Cell(in), "'"), "%q became %q", in, Cell(in))
	}
	assert.Equal(t, "m***@g***.com", Cell("m***@g***.com"))
	assert.Equal(t, "", Cell(""))
}

func TestMarkdownHasNoMarkupLeft(t *testing.T) {
	assert.Equal(t, `\[x\]\(https&#58;//e.example\)`, Markdown("[x](https://e.example)"))
	assert.Equal(t, "&lt;img src&#61;x&gt; &#64;octocat fixes &#35;1", Markdown("<img src=x> @octocat fixes #1"))
	assert.Equal(t, "a b", Markdown("a\nb"))
	assert.Equal(t, "``a`b``", Code("a`b"))
	assert.Equal(t, "`a\\|b`", Code("a|b"))
}

func FuzzLine(f *testing.F) {
	f.Add("\x1b[2J\u202e\xff")
	f.Fuzz(func(t *testing.T, s string) {
		for _, got := range []string{Line(s), Cell(s), Markdown(s), Code(s)} {
			if !utf8.ValidString(got) {
				t.Fatalf("not UTF-8: %q", got)
			}
			for _, r := range got {
				if hidden(r) {
					t.Fatalf("%q has %U left", got, r)
				}
			}
		}
	})
}
