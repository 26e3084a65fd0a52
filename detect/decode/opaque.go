package decode

import (
	"math"
	"strings"
)

// Opaque is a field that could hold anything: it is long, and what it says is neither text, nor numbers, nor a format that
// a decoder knows. It is encrypted, or in an encoding of its own.
type Opaque struct {
	Field   int     // index in Tree.Fields
	Hidden  string  // the bytes that are hidden: of base64, those that it stands for
	Entropy float64 // bits a byte, as far as the frequency of bytes tells: 8 for what is encrypted or compressed well
}

const (
	// minOpaque are the bytes from which a value is a payload: identifiers, digests, signatures and keys of elliptic
	// curves are shorter, and rules of their own look at them.
	minOpaque = 100
	// minEntropy is below what text gives that was shifted, substituted or xored with a letter, for the frequencies of
	// letters remain: 4 bits. Of numbers in binary, mostly zeros, there are fewer.
	minEntropy = 3.5
)

// minLetters is the entropy in bits a letter of what is written in an alphabet of 32 letters and more, a little below 5:
// lists of short names have less.
const minLetters = 4.3

// Opaque lists the fields that could hold anything, in their order. What was opened is not among them, nor are images,
// fonts and other files that carry no values, nor signatures of tokens.
func (t *Tree) Opaque() (out []Opaque) {
	for i := range t.Fields {
		f := &t.Fields[i]
		if len(f.Value) < minOpaque || f.state&(closed|barred) != 0 || f.Kind == Number {
			continue
		}
		if hidden := t.hidden(i); len(hidden) >= minOpaque {
			if bits := entropy(hidden); bits >= minEntropy {
				out = append(out, Opaque{i, hidden, bits})
			}
		}
	}
	return out
}

// minSealed are the bytes from which a small value may hold something of a person: one block of a cipher.
const minSealed = 16

// Sealed lists the fields of bytes that nobody can read and that are too small for Opaque: most are ids that were drawn for a message.
// Only one that returns may hold something; see what is made of them. Text that is as small is compared as it is.
func (t *Tree) Sealed() (out []Opaque) {
	for i := range t.Fields {
		f := &t.Fields[i]
		if f.Kind != Binary || len(f.Value) < minSealed || len(f.Value) >= minOpaque || f.state&(closed|barred) != 0 {
			continue
		}
		raw := bytesOf(f.Value, shape(f.Value))
		if by := t.openedBy(i); len(raw) >= minSealed && (by == "" || by == Strings.Name && t.junk(i, raw)) {
			out = append(out, Opaque{i, raw, entropy(raw)})
		}
	}
	return out
}

// hidden returns the bytes of a field that nobody can read, "" if there are none.
func (t *Tree) hidden(i int) string {
	f := &t.Fields[i]
	s := f.Value
	switch t.openedBy(i) {
	case "":
		return unreadable(s)
	case Strings.Name:
		if raw := bytesOf(s, shape(s)); t.junk(i, raw) {
			return raw
		}
	case JWT.Name:
		if f.count == 1 { // the claims are encrypted
			return s[strings.IndexByte(s, '.')+1:]
		}
	}
	if !f.Inner && f.Kind != Binary { // a piece of it was opened
		return longestToken(s, true)
	}
	return ""
}

// openedBy is the name of the decoder that opened a field, "" if none did.
func (t *Tree) openedBy(i int) string {
	f := &t.Fields[i]
	if f.count == 0 {
		return ""
	}
	chain := t.Fields[f.first].Chain
	if len(chain) <= len(f.Chain) {
		return ""
	}
	return chain[len(f.Chain)]
}

// junk reports whether the strings that were found in a field of these bytes are accidents, or a small part of it.
func (t *Tree) junk(i int, raw string) bool {
	var p pairCount
	size := 0
	for from, to := t.Children(i); from < to; from++ {
		p.add(t.Fields[from].Value)
		size += len(t.Fields[from].Value)
	}
	return p.random() || !p.write() && (size*4 < len(raw) || uniform(raw)) || uniform(t.rest(i))
}

// rest returns what is left of a field without the strings that were found in it.
func (t *Tree) rest(i int) string {
	var rest strings.Builder
	s := t.Fields[i].Value
	for from, to := t.Children(i); from < to; from++ {
		v := t.Fields[from].Value
		if at := strings.Index(s, v); at >= 0 {
			rest.WriteString(s[:at])
			s = s[at+len(v):]
		}
	}
	rest.WriteString(s)
	return rest.String()
}

// unreadable returns what a value hides if it is no text: the bytes that it holds or that it is an encoding of, or itself
// where its alphabet is not known.
func unreadable(s string) string {
	if media(s) || isDullData(s) {
		return ""
	}
	m := shape(s)
	var p pairCount
	if p.add(s); !p.write() { // text that was cut or garbled is text
		if raw := bytesOf(s, m); raw != "" {
			return raw
		}
	}
	if m&^(Digits|Space|List|Brace|Control) == 0 {
		return bytesOfCodes(s)
	}
	if p.random() && wide(s) {
		return s
	}
	if m&(Space|Control) != 0 && m&^(Alnum|Plus|Slash|Equal|Space|Control) == 0 && isBase64(s) { // in lines, or a form ate the +
		return bytesOfToken(strings.NewReplacer("\r", "", "\n", "", " ", "+").Replace(strings.TrimRight(s, "=\r\n ")))
	}
	return longestToken(s, false)
}

// bytesOf returns the bytes that s, of the classes m, is or stands for: as they are, as %XX or as characters; "" if it is text.
func bytesOf(s string, m Class) string {
	raw := s
	switch {
	case m&High != 0 && isLatin1(s) && !badUTF8(s):
		raw = fromChars(s)
	case m&(Control|High) != 0 && binary(s):
	case m&Percent != 0 && strings.Count(s, "%")*9 > len(s):
		raw = rawPercent(s)
	default:
		return ""
	}
	if raw == "" || !binary(raw) || media(raw) {
		return ""
	}
	return raw
}

// isDullData reports whether s is a data: URL of an image or font.
func isDullData(s string) bool {
	return len(s) > 5 && strings.EqualFold(s[:5], "data:") && dullData(s[5:])
}

// rawPercent undoes %XX once, whatever comes out.
func rawPercent(s string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && unhex[s[i+1]] < 16 && unhex[s[i+2]] < 16 {
			b = append(b, unhex[s[i+1]]<<4|unhex[s[i+2]])
			i += 2
			continue
		}
		b = append(b, s[i])
	}
	return string(b)
}

// bytesOfCodes returns the bytes that a list of numbers stands for, "" if it is another list: bytes that hide something
// are of all sizes alike.
func bytesOfCodes(s string) string {
	codes := charCodes(s)
	b := make([]byte, 0, len(codes))
	for _, c := range codes {
		if c > 0xff {
			return ""
		}
		b = append(b, byte(c))
	}
	if raw := string(b); uniform(raw) && !media(raw) {
		return raw
	}
	return ""
}

// wide reports whether s uses the whole keyboard and no spaces, as encodings of 85 letters and more do.
func wide(s string) bool {
	signs, spaces := 0, 0
	for i := range len(s) {
		switch c := classes[s[i]]; {
		case c&(Space|Control) != 0:
			spaces++
		case c&(Alnum|High) == 0:
			signs++
		}
	}
	return spaces*20 < len(s) && signs*8 > len(s) && signs*2 < len(s) && letters(s) >= 40
}

// longestToken returns what the longest run of letters and digits in s stands for, "" if it is too short to hide anything,
// reads as words or is the signature of a token. What is compressed was opened if other pieces of s were.
func longestToken(s string, opened bool) (best string) {
	for i := 0; i < len(s); {
		if !inToken(s[i]) {
			i++
			continue
		}
		from := i
		for i < len(s) && inToken(s[i]) {
			i++
		}
		if i-from > len(best) && i-from >= minOpaque*4/3 && !isSignature(s, from, i) {
			if raw := bytesOfToken(s[from:i]); len(raw) > len(best) && !(opened && magic(raw)) {
				best = raw
			}
		}
	}
	return best
}

func inToken(c byte) bool { return classes[c]&(Alnum|Plus|Slash|Dash) != 0 }

// isSignature reports whether the run [from, to) is the third part of a JSON web token or the image in a data: URL.
func isSignature(s string, from, to int) bool {
	head := s[max(0, from-80):from]
	if strings.HasSuffix(head, ";base64,") {
		if i := strings.LastIndex(head, "data:"); i >= 0 && dullData(head[i+5:]) {
			return true
		}
	}
	if from == 0 || s[from-1] != '.' || to < len(s) && s[to] == '.' {
		return false
	}
	payload := strings.LastIndexFunc(s[:from-1], func(r rune) bool { return r >= 0x80 || !inToken(byte(r)) })
	if payload < 0 || s[payload] != '.' {
		return false
	}
	header := 1 + strings.LastIndexFunc(s[:payload], func(r rune) bool { return r >= 0x80 || !inToken(byte(r)) })
	return strings.HasPrefix(s[header:], "eyJ")
}

// bytesOfToken returns the bytes that a run of letters and digits stands for; "" if it reads as words, or is something
// that was left alone for good reason.
func bytesOfToken(s string) string {
	m := shape(s)
	var p pairCount
	p.add(s)
	switch {
	case m&^Hex == 0 || m&^(Digits|HexUp) == 0 || m&^(Digits|HexLow) == 0:
		if raw := bytesOfHex(s); !uniform(raw) || media(raw) {
			return ""
		} else {
			return raw
		}
	case !p.random():
		return ""
	case mixed(m):
		letters := &stdAlphabet
		if m&Dash != 0 {
			letters = &urlAlphabet
		}
		raw := string(unbase64(nil, s, letters))
		if media(raw) || readable(raw[:min(len(raw), 200)]) {
			return ""
		}
		if raw != "" {
			return raw
		}
	}
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '-' || r == '_' }) { // else it is a list of names
		if size := len(part) * 5 / 8; size >= minOpaque && entropy(part) >= minLetters { // base32, base36 and their like hold five bits a letter
			return part[:size]
		}
	}
	return ""
}

func bytesOfHex(s string) string {
	b := make([]byte, 0, len(s)/2)
	for i := 0; i+1 < len(s); i += 2 {
		b = append(b, unhex[s[i]]<<4|unhex[s[i+1]])
	}
	return string(b)
}

// entropy is the information of a byte of s in bits, by how often each occurs. Of few bytes it says too little, so it is
// raised by what that is on average (Miller and Madow).
func entropy(s string) float64 {
	var count [256]int
	for i := range len(s) {
		count[s[i]]++
	}
	bits, kinds := 0.0, 0
	n := float64(len(s))
	for _, c := range count {
		if c > 0 {
			kinds++
			bits -= float64(c) / n * math.Log2(float64(c)/n)
		}
	}
	return min(8, bits+float64(kinds-1)/(2*n*math.Ln2))
}

// uniform reports whether all bytes occur in s about equally often, by Pearson's test: for random bytes the sum is 255 on
// average, and above 400 once in a billion; for text and numbers it is thousands.
func uniform(s string) bool {
	if len(s) < minOpaque {
		return false
	}
	var count [256]int
	for i := range len(s) {
		count[s[i]]++
	}
	sum := 0
	for _, c := range count {
		sum += c * c
	}
	return float64(sum)*256/float64(len(s))-float64(len(s)) < 400
}

// pairCount counts pairs of letters.
type pairCount struct{ all, usual int }

// minPairs are the pairs from which it is clear whether letters write something: of random ones a quarter are usual, of
// words half.
const minPairs = 40

func (p *pairCount) add(s string) {
	for i := 0; i+1 < len(s); i++ {
		if classes[s[i]]&Letters != 0 && classes[s[i+1]]&Letters != 0 {
			p.all++
			if UsualPair(s[i], s[i+1]) {
				p.usual++
			}
		}
	}
}

// write reports whether the letters surely write something.
func (p *pairCount) write() bool { return p.all >= minPairs && p.usual*3 >= p.all }

// random reports whether they surely do not.
func (p *pairCount) random() bool { return p.all >= minPairs && p.usual*3 < p.all }
