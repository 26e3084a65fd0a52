package decode

import "strings"

// JSEscape opens \u0040, \x40, %u0040 and texts that were quoted for JavaScript.
var JSEscape = Decoder{
	Name: "js-escape",
	Doc:  `JavaScript's escapes: \u0040, \x40, \u{40}, %u0040 of escape(), and \" or \n between lines of base64 where a text was quoted once too often.`,
	Kind: Encoding,
	Rank: 140,
	Gate: Gate{Some: Backslash | Percent, Min: 4, Test: hasEscape},
	Decode: func(o *Out, s string) bool {
		if strings.Contains(s, "%u") {
			s = unescapeU(s)
		}
		if i := strings.IndexByte(s, '\\'); i >= 0 {
			s = o.t.unescape(s, i)
		}
		o.Text(s)
		return true
	},
	Examples: []Example{
		{In: `jane\u0040example.org`, Want: "jane@example.org"},
		{In: `\x6a\x61\x6e\x65@example.org`, Want: "jane@example.org"},
		{In: `jane%u0040example%2Eorg`, Want: "jane@example.org"},
		{In: `{\"mail\":\"jane@example.org\"}`, Path: ".mail", Want: "jane@example.org"},
		{In: `eyJtYWlsIjoiamFuZUBl\neGFtcGxlLm9yZyIsImEi\nOiI/Pz8\/In0=\n`, Path: ".mail", Want: "jane@example.org"},
		{In: `C:\users\jane`, Noise: true},
	},
}

func hasEscape(s string) bool {
	if strings.Contains(s, `[["`) || strings.Contains(s, `{"`) { // JSON inside a text undoes its own
		return false
	}
	if escapedLines(s) {
		return true
	}
	brace := strings.HasPrefix(s, `{\`) || strings.HasPrefix(s, `[\`) || strings.HasPrefix(s, `[{\`) || strings.HasPrefix(s, `\"`)
	for i := 0; i+3 < len(s); i++ {
		switch s[i] {
		case '\\':
			switch s[i+1] {
			case 'u':
				if _, n := unicodeEscape(s[i:]); n > 0 {
					return true
				}
			case 'x':
				if unhex[s[i+2]] < 16 && unhex[s[i+3]] < 16 {
					return true
				}
			case '"':
				if brace {
					return true
				}
			}
		case '%':
			if s[i+1] == 'u' && i+5 < len(s) {
				if _, ok := hexRune(s[i+2 : i+6]); ok {
					return true
				}
			}
		}
	}
	return false
}

// escapedLines reports whether s is base64 whose line ends and slashes have a backslash: \n \r \/.
func escapedLines(s string) bool {
	if len(s) < 32 || shape(s)&^(Alnum|Plus|Slash|Dash|Equal|Backslash) != 0 || strings.IndexByte(s, '\\') < 0 {
		return false
	}
	for rest := s; ; {
		i := strings.IndexByte(rest, '\\')
		if i < 0 {
			return isBase64(strings.NewReplacer(`\n`, "", `\r`, "", `\/`, "/").Replace(s))
		}
		if rest = rest[i+1:]; rest == "" || strings.IndexByte("nr/", rest[0]) < 0 {
			return false
		}
	}
}

// unescapeU turns %uXXXX into \uXXXX, which has the same meaning.
func unescapeU(s string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+5 < len(s) && s[i+1] == 'u' {
			if _, ok := hexRune(s[i+2 : i+6]); ok {
				b = append(b, '\\')
				continue
			}
		}
		b = append(b, s[i])
	}
	return string(b)
}
