package secret

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// pair is a spelling of a value and the same spelling of its token.
type pair struct {
	from, to string
	// Of base64, the first and last letter can hold bits of neighbours as well. left and right are those of the value and of the
	// token there, to be put into the letters beside from; the zero edge changes nothing.
	left, right edge
	alphabet    string // of base64; "" for other spellings
}

// edge is what a value has of a letter of base64 that it shares with its neighbour.
type edge struct{ mask, value, token byte }

// coder spells one character as the escape for another would be: the character c is spelled in the way in which like is. Both have
// as many bytes.
type coder func(c, like string) string

// escapes are how text writes what it must not write as it is.
var escapes = []coder{
	func(c, _ string) string { return c },
	percent("-_.~", "%%%02X"),                                        // RFC 3986
	percent("-_.~", "%%%02x"),                                        // the same with small letters
	percent("-_.~$&+=:@", "%%%02X"),                                  // a segment of a path
	percent("-_.!~*'()", "%%%02X"),                                   // encodeURIComponent
	percent("-_.!~*'();/?:@&=+$,#", "%%%02X"),                        // encodeURI
	percent("-_.*", "%%%02X"),                                        // URLSearchParams and forms, but for the space
	form(percent("-_.*", "%%%02X")), form(percent("-_.~", "%%%02X")), // these and Go's QueryEscape
	percent("", "%%%02X"), percent("", "%%%02x"), // whatever can be escaped
	jsonEscape("", false), jsonEscape("<>&", false), jsonEscape("/", false), jsonEscape("/", true), jsonEscape("", true),
	entity(map[string]string{"&": "&amp;", "<": "&lt;", ">": "&gt;", `"`: "&#34;", "'": "&#39;"}),
	entity(map[string]string{"&": "&amp;", "<": "&lt;", ">": "&gt;", `"`: "&quot;", "'": "&#039;"}),
	entity(map[string]string{"&": "&amp;", "<": "&lt;", ">": "&gt;", `"`: "&quot;"}),
	entity(map[string]string{"&": "&amp;", "<": "&lt;", ">": "&gt;"}),
}

// wholes are how text writes every character, also those that it need not.
var wholes = []coder{
	each("%%%02X"), each("%%%02x"), each(`\x%02x`), each(`\u00%02x`), each(`\u00%02X`), each("&#%d;"), each("&#x%x;"),
}

func alnum(c string) bool {
	b := c[0]
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// each writes every byte in a format.
func each(format string) coder {
	return func(c, _ string) string {
		var b strings.Builder
		for i := range len(c) {
			fmt.Fprintf(&b, format, c[i])
		}
		return b.String()
	}
}

func percent(plain, format string) coder {
	return func(c, like string) string {
		if alnum(like) || strings.Contains(plain, like) {
			return c
		}
		return each(format)(c, like)
	}
}

// form is another coder with + for a space. A token has a space where its value has one.
func form(other coder) coder {
	return func(c, like string) string {
		if like == " " {
			return strings.ReplaceAll(c, " ", "+")
		}
		return other(c, like)
	}
}

// jsonEscape is JSON that writes some further signs as escapes: JSON.stringify none, Go those of HTML, PHP the slash. With ascii it
// does so with everything that is not ASCII.
func jsonEscape(more string, ascii bool) coder {
	return func(c, like string) string {
		switch {
		case like == `"`, like == `\`, more == "/" && like == "/":
			return `\` + c
		case like[0] < 0x20:
			quoted := strconv.Quote(c)
			return quoted[1 : len(quoted)-1]
		case strings.Contains(more, like):
			return fmt.Sprintf(`\u%04x`, c[0])
		case ascii && like[0] >= utf8.RuneSelf:
			quoted := strconv.QuoteToASCII(c)
			return quoted[1 : len(quoted)-1]
		}
		return c
	}
}

// entity is HTML. A token has each of the signs where its value has it.
func entity(names map[string]string) coder {
	return func(c, like string) string {
		if e := names[like]; e != "" {
			return e
		}
		return c
	}
}

// spell writes the token in the way in which the value would be spelled. spell(c, v, v) is the value's spelling.
func spell(c coder, token, value string) string {
	var b strings.Builder
	for i := 0; i < len(value); {
		_, n := utf8.DecodeRuneInString(value[i:])
		b.WriteString(c(token[i:i+n], value[i:i+n]))
		i += n
	}
	return b.String()
}

// pairsOf are all spellings of a value that are looked for: its text in one way of escaping or in two, one inside the other; these
// in base64 and hex; and its digests, so that a hashed secret is a hashed token afterwards.
func pairsOf(value, token string) []pair {
	texts := newTexts()
	texts.escaped(value, token)
	if strings.ContainsAny(value, "0123456789") { // a word in another case is a word like any other
		texts.escaped(strings.ToLower(value), strings.ToLower(token))
		texts.escaped(strings.ToUpper(value), strings.ToUpper(token))
	}
	std := base64.StdEncoding.EncodeToString
	texts.escaped(std([]byte(value)), std([]byte(token))) // base64 that stands in an address, or in base64 once more
	var out []pair
	for _, t := range texts.list {
		out = append(out, pair{from: t.from, to: t.to})
		if t.inside {
			out = append(out, binary(t.from, t.to)...)
		}
	}
	for _, d := range []func(string) string{
		func(s string) string { x := md5.Sum([]byte(s)); return string(x[:]) },
		func(s string) string { x := sha1.Sum([]byte(s)); return string(x[:]) },
		func(s string) string { x := sha256.Sum256([]byte(s)); return string(x[:]) },
		func(s string) string { x := sha512.Sum512([]byte(s)); return string(x[:]) },
	} {
		from, to := d(value), d(token)
		out = append(out, pair{from: from, to: to})
		out = append(out, binary(from, to)...)
		out = append(out, binary(hex.EncodeToString([]byte(from)), hex.EncodeToString([]byte(to)))...)
	}
	return out
}

// texts are spellings of a value as text, each once.
type texts struct {
	list []text
	seen map[string]bool
}

type text struct {
	from, to string
	inside   bool // it may stand in base64 or hex
}

func newTexts() *texts { return &texts{seen: map[string]bool{}} }

func (t *texts) add(c coder, value, token string, inside bool) {
	if from := spell(c, value, value); !t.seen[from] {
		t.seen[from] = true
		t.list = append(t.list, text{from, spell(c, token, value), inside})
	}
}

// escaped adds a text in every way of escaping, and those escaped once more.
func (t *texts) escaped(value, token string) {
	first := len(t.list)
	for _, c := range escapes {
		t.add(c, value, token, true)
	}
	for _, c := range wholes {
		t.add(c, value, token, false)
	}
	for _, once := range t.list[first:len(t.list):len(t.list)] {
		if len(once.from) != len(once.to) {
			continue // numbers of characters, which have more digits or less
		}
		for _, c := range escapes {
			t.add(c, once.from, once.to, false)
		}
	}
}

// binary are bytes in hex and in base64: in both alphabets, at each of the three places in a group, and with its signs percent-encoded.
func binary(from, to string) []pair {
	h := [2]string{hex.EncodeToString([]byte(from)), hex.EncodeToString([]byte(to))}
	out := []pair{{from: h[0], to: h[1]}, {from: strings.ToUpper(h[0]), to: strings.ToUpper(h[1])}}
	if len(from) != len(to) {
		return out
	}
	for _, alphabet := range []string{base64Std, base64URL} {
		enc := base64.NewEncoding(alphabet).WithPadding(base64.NoPadding)
		for shift := range 3 {
			p := pair{alphabet: alphabet}
			p.from, p.left, p.right = middle(enc, from, shift)
			var left, right edge
			p.to, left, right = middle(enc, to, shift)
			p.left.token, p.right.token = left.value, right.value
			out = append(out, p)
			if strings.ContainsAny(p.from+p.to, "+/") {
				for _, c := range []coder{percent("", "%%%02X"), percent("", "%%%02x")} {
					escaped := p
					escaped.from, escaped.to = escapeOwn(c, p.from), escapeOwn(c, p.to)
					out = append(out, escaped)
				}
			}
		}
	}
	return out
}

// escapeOwn spells a text by its own bytes.
func escapeOwn(c coder, s string) string { return spell(c, s, s) }

const (
	base64Std = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	base64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
)

// middle is what stands of bytes inside base64 when shift bytes precede them in their group of three: the letters that are theirs
// alone, and their part of the letters that they share.
func middle(enc *base64.Encoding, s string, shift int) (text string, left, right edge) {
	raw := append(make([]byte, shift), s...)
	all := enc.EncodeToString(raw)
	start, end := 0, len(all)
	value := func(i int) byte { // the six bits of a letter
		bits := 0
		for k := range 6 {
			at := i*6 + k
			bit := 0
			if at/8 < len(raw) {
				bit = int(raw[at/8]>>(7-at%8)) & 1
			}
			bits = bits<<1 | bit
		}
		return byte(bits)
	}
	if shift > 0 {
		first := shift * 8 / 6 // the letter in which the bytes begin
		own := 6 - (shift*8 - first*6)
		left = edge{mask: 1<<own - 1, value: value(first) & (1<<own - 1)}
		start = first + 1
	}
	if rest := len(raw) * 8 % 6; rest > 0 {
		mask := byte(0x3f &^ (1<<(6-rest) - 1))
		right = edge{mask: mask, value: value(end-1) & mask}
		end--
	}
	return all[start:end], left, right
}
