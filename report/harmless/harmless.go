// Package harmless makes text that a page had a hand in do nothing where it is written: no escape sequences for a
// terminal, no markup in Markdown, no formulas in a spreadsheet, no reordering by bidirectional marks, no forged lines.
// HTML is left to html/template, and masking to package detect.
package harmless

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// stand is what a control character becomes: visible, so that a reader knows that there was one.
const stand = '\uFFFD'

// Line makes s fit for one line of a terminal, log or cell: control characters (C0, DEL, C1), line and paragraph
// separators, bidirectional marks, other invisible format characters and bytes that are no UTF-8 become U+FFFD; tabs and
// line breaks become a space.
func Line(s string) string {
	if clean(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			b.WriteRune(stand)
		case r == '\n' || r == '\t' || r == '\r':
			b.WriteByte(' ')
		case hidden(r):
			b.WriteRune(stand)
		default:
			b.WriteRune(r)
		}
		i += n
	}
	return b.String()
}

func clean(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// hidden reports whether a character shows nothing and may change how others show: controls (Cc), format characters
// (Cf: bidirectional marks, zero-width joiners, tags), line and paragraph separators (Zl, Zp), private use and the
// variation selectors' supplement.
func hidden(r rune) bool {
	return unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) ||
		unicode.Is(unicode.Co, r) || r >= 0xE0100 && r <= 0xE01EF
}

// Cell makes s fit for a cell of a CSV file that a spreadsheet opens: a cell that a spreadsheet would take for a formula
// gets an apostrophe before it (CWE-1236), also where white space, a byte order mark or a quote comes first.
func Cell(s string) string {
	s = Line(s)
	t := strings.TrimLeftFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == stand || r == '"' || r == '\'' })
	if t != "" && strings.ContainsRune("=+-@|%＝＋－＠", firstRune(t)) || strings.HasPrefix(s, " ") && t != "" {
		return "'" + s
	}
	return s
}

func firstRune(s string) rune { r, _ := utf8.DecodeRuneInString(s); return r }

// Markdown makes s fit for running text in Markdown, GitHub's dialect too: every character that could begin markup, a
// link, a mention or an issue reference is escaped or broken by a zero-width-free entity.
func Markdown(s string) string {
	s = Line(s)
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case r == '@':
			b.WriteString("&#64;")
		case r == '#':
			b.WriteString("&#35;")
		case r == ':' && strings.HasPrefix(s[i:], "://"):
			b.WriteString("&#58;")
		case r == '.' && strings.HasSuffix(strings.ToLower(s[:i]), "www"):
			b.WriteString("&#46;")
		case strings.ContainsRune("\\`*_{}[]()!|~$^=+-\"'", r):
			if strings.ContainsRune("\"'=^$", r) {
				b.WriteString(entity(r))
				continue
			}
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func entity(r rune) string {
	return map[rune]string{'"': "&quot;", '\'': "&#39;", '=': "&#61;", '^': "&#94;", '$': "&#36;"}[r]
}

// Code makes s a code span in Markdown: fenced by more backticks than any run in it, table pipes escaped.
func Code(s string) string {
	s = Line(s)
	if strings.TrimSpace(s) == "" {
		return ""
	}
	longest, run := 0, 0
	for _, r := range s {
		if r == '`' {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	fence := strings.Repeat("`", longest+1)
	pad := ""
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		pad = " "
	}
	return fence + pad + strings.ReplaceAll(s, "|", `\|`) + pad + fence
}

// XML drops the characters that XML 1.0 does not allow, even escaped (section 2.2), and the invisible ones.
func XML(s string) string { return Line(s) }
