package rule

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/tagscan/tagscan/detect/decode"
)

// Pool holds known values in every normal form and as every hash, ready to be searched in one pass. Find may be called
// by several goroutines at once; Add may not run at the same time.
type Pool struct {
	entries  []entry
	patterns []pattern
	chains   [][]string         // hash functions of patterns, innermost first; chains[0] is none
	chainOf  map[string]uint16  // joined names → index in chains
	long     map[uint64][]int32 // patterns of 8 bytes and more, by their first 8 bytes, folded
	short    map[uint32][]int32 // patterns of 4 to 7 bytes, by their first 4 bytes, folded
	leaves   map[string][]int32 // plain patterns of less than 4 bytes, folded
	filter   []uint64           // a bit for every key of long and short
	digits   map[string]int32   // digit strings → entry
	minDigit int                // length of the shortest of digits
	seen     map[string]bool    // what was added

	cribTexts  []cribText  // for the cribs
	cribs      cribIndex   // of these
	splitTexts []splitText //
	splitStart [256]bool   // first bytes of parts of these

	typed []typedText // for keystrokes

	quiet *decode.Memory // texts that hold nothing known
	used  atomic.Bool    // something was remembered
	salts saltMemory
}

// entry is one known value.
type entry struct {
	known  Known
	class  Class
	key    string
	value  string
	origin string
	forms  forms
}

// pattern is one text that stands for a known value.
type pattern struct {
	text  string
	entry int32
	chain uint16
	kind  kind
	rank  rank
}

// kind is how a pattern is compared.
type kind uint8

const (
	plainText kind = iota // ASCII case does not count
	exactText             // byte by byte
	hexDigest             // case does not count; 16 digits are enough
	b64Digest             // both alphabets, padding optional; 16 digits are enough
	rawDigest             // byte by byte
	shortSum              // a checksum of 64 bits as a whole token
	weakSum               // a checksum of 32 bits as a whole token
	b64Part               // the inner digits of base64 of the value, whatever stands before it
	backwards             // the value reversed
)

// rank says where a pattern must stand to count.
type rank uint8

const (
	anywhere rank = iota // at word boundaries
	leafOnly             // as a whole field, or in a field whose name fits
	named                // as a whole field whose name fits
)

// filterBits is the log2 of the filter's size: 2^20 bits are 128 KB, which stay in the second-level cache. A persona of
// 18 values fills less than a twentieth of them.
const filterBits = 20

// minDigest is how many digits of a hex or base64 digest are enough: 64 bits of hex.
const minDigest = 16

// NewPool makes a pool of the persona's values. The persona may be empty.
func NewPool(p Persona) *Pool {
	pool := &Pool{
		chains: [][]string{nil}, chainOf: map[string]uint16{}, long: map[uint64][]int32{}, short: map[uint32][]int32{},
		leaves: map[string][]int32{}, filter: make([]uint64, 1<<filterBits/64), digits: map[string]int32{}, seen: map[string]bool{},
		quiet: decode.NewMemory(),
	}
	for _, key := range slices.Sorted(maps.Keys(p)) {
		for _, v := range p[key] {
			pool.Add(ByPersona, ClassOfKey(key), key, v, "")
		}
	}
	pool.addDerived(p)
	return pool
}

// Purposes of what the pool remembers of a text.
const (
	holdsNothing  = 1 + iota // no pattern is in it
	readsAsText              // ciphers are not tried on it
	hidesNothing             // no cipher hides anything in it
	givesNoDigest            // as a salt
)

// forget drops what is remembered of texts, for the pool knows more now.
func (p *Pool) forget() {
	if p.used.Load() {
		p.quiet, p.salts.sets = decode.NewMemory(), nil
		p.used.Store(false)
	}
}

// remember keeps that a text is of no use for a purpose.
func (p *Pool) remember(key uint64, purpose uint32) {
	if key != 0 && !p.used.Load() {
		p.used.Store(true)
	}
	p.quiet.Keep(key, purpose)
}

// addDerived adds the full name that first and last name make, and the parts of a full name.
func (p *Pool) addDerived(persona Persona) {
	if len(persona["full_name"]) == 0 {
		for i, first := range persona["first_name"] {
			if i < len(persona["last_name"]) {
				p.Add(ByPersona, Name, "full_name", first+" "+persona["last_name"][i], "")
			}
		}
	}
	for _, full := range persona["full_name"] {
		parts := nameParts(full)
		if len(parts) < 2 {
			continue
		}
		if len(persona["first_name"]) == 0 {
			p.Add(ByPersona, Name, "first_name", parts[0], "")
		}
		if len(persona["last_name"]) == 0 {
			p.Add(ByPersona, Name, "last_name", parts[len(parts)-1], "")
		}
	}
}

// Add puts one more known value into the pool. key is a persona key, or for a storage value the name of the cookie or
// entry; origin is where it was seen. A storage value that cannot identify anybody (short, a date, a constant) is left
// out; of a long one its parts are added too. Add must not run at the same time as Find.
func (p *Pool) Add(how Known, class Class, key, value, origin string) {
	p.forget()
	if how == ByStorage {
		for _, part := range storageParts(value) {
			p.addStored(entry{how, class, key, part, origin, forms{exact: []string{part}, hash: []string{part}}})
		}
		return
	}
	value = strings.TrimSpace(value)
	if value == "" || p.seen[key+"\x00"+value] {
		return
	}
	p.seen[key+"\x00"+value] = true
	if key == "geo" {
		lat, lon, ok := splitPair(value)
		if ok {
			p.Add(how, class, "lat", lat, origin)
			p.Add(how, class, "lon", lon, origin)
		}
	}
	p.addEntry(entry{how, class, key, value, origin, formsOf(key, value)})
}

func (p *Pool) addStored(e entry) {
	if p.seen["\x00"+e.value] {
		return
	}
	p.seen["\x00"+e.value] = true
	i := int32(len(p.entries))
	p.entries = append(p.entries, e)
	p.addPattern(pattern{text: e.value, entry: i, kind: exactText})
	for _, h := range hashers[:commonHashers] {
		p.addDigest(i, h.sum([]byte(e.value)), h.name)
	}
}

// addEntry computes all patterns of a known value.
func (p *Pool) addEntry(e entry) {
	i := int32(len(p.entries))
	p.entries = append(p.entries, e)
	for _, t := range e.forms.plain {
		p.addPattern(pattern{text: t, entry: i, kind: plainText, rank: rankOf(e.key, t)})
	}
	for _, t := range e.forms.exact {
		p.addPattern(pattern{text: t, entry: i, kind: exactText, rank: rankOf(e.key, t)})
	}
	p.addDigits(i, e.forms.digits)
	for _, t := range unique(e.value, strings.ToLower(e.value)) {
		p.addObscured(i, t)
	}
	for n, t := range e.forms.hash {
		p.addHashes(i, t, n < e.forms.weak)
		if n < e.forms.weak && matched[e.key] {
			p.addRepeated(i, t)
		}
	}
	p.addCribTexts(i)
	p.addTyped(i)
	p.addSplitTexts(i)
}

// addDigits adds numbers that are looked for with any separators between their digits.
func (p *Pool) addDigits(i int32, numbers []string) {
	for _, d := range numbers {
		if len(d) < 7 {
			continue
		}
		p.digits[d] = i
		if p.minDigit == 0 || len(d) < p.minDigit {
			p.minDigit = len(d)
		}
	}
}

// addObscured adds what shows a long value inside base64 that cannot be opened whole, and the value reversed.
func (p *Pool) addObscured(i int32, value string) {
	if len(value) >= 8 {
		b := []byte(value)
		slices.Reverse(b)
		p.addPattern(pattern{text: string(b), entry: i, kind: backwards})
	}
	if len(value) < 12 {
		return
	}
	for shift := range 3 {
		s := base64.RawStdEncoding.EncodeToString(append(make([]byte, shift), value...))
		from := (shift*8 + 5) / 6
		to := (shift + len(value)) * 8 / 6
		p.addPattern(pattern{text: s[from:to], entry: i, kind: b64Part})
	}
}

func (p *Pool) addHashes(i int32, text string, weak bool) {
	b := []byte(text)
	for n, h := range hashers {
		if h.size == 4 && !weak {
			continue
		}
		sum := h.sum(b)
		p.addDigest(i, sum, h.name)
		if n >= pairedHashers {
			continue
		}
		for _, inner := range [][]byte{[]byte(hex.EncodeToString(sum)), sum, []byte(strings.ToUpper(hex.EncodeToString(sum)))} {
			for _, outer := range hashers[:pairedHashers] {
				p.addDigest(i, outer.sum(inner), h.name, outer.name)
			}
		}
	}
	for _, s := range knownSalts {
		p.addDigest(i, hashers[2].sum([]byte(s+text)), "sha256-salted")
		p.addDigest(i, hashers[2].sum([]byte(text+s)), "sha256-salted")
	}
}

// matched are the persona keys by which people are matched, so that what is made of them is hashed in chains.
var matched = map[string]bool{"email": true, "phone": true, "user_id": true}

// addRepeated adds the digests of what was hashed or encoded before: chains of three functions, those with sha512, those over
// base64 of a digest, and those of an encoded text.
func (p *Pool) addRepeated(i int32, text string) {
	for n, h := range hashers[:commonHashers] {
		sum := h.sum([]byte(text))
		low, code := hex.EncodeToString(sum), base64.StdEncoding.EncodeToString(sum)
		for k, outer := range hashers[:commonHashers] {
			p.addDigest(i, outer.sum([]byte(code)), h.name, "base64", outer.name)
			again := outer.sum([]byte(low))
			if n >= pairedHashers || k >= pairedHashers {
				p.addDigest(i, again, h.name, outer.name)
				continue
			}
			for _, third := range hashers[:pairedHashers] {
				p.addDigest(i, third.sum([]byte(hex.EncodeToString(again))), h.name, outer.name, third.name)
			}
		}
	}
	for _, t := range dressed(text) {
		for _, h := range hashers[:commonHashers] {
			p.addDigest(i, h.sum([]byte(t.text)), t.name, h.name)
		}
	}
}

// dressing is a text and what was done to it.
type dressing struct{ text, name string }

// dressed are a text's encodings as they are found hashed: what a script hashes is what it was going to send, percent-encoded,
// in base64, in hexadecimal, as the target of a link, or with the blank or the end of the line that it was read with.
func dressed(text string) []dressing {
	b := []byte(text)
	std := base64.StdEncoding.EncodeToString(b)
	out := []dressing{{std, "base64"}, {hex.EncodeToString(b), "hex"}, {text + " ", "trim"}, {text + "\n", "trim"}, {" " + text, "trim"}}
	if bare := strings.TrimRight(std, "="); bare != std {
		out = append(out, dressing{bare, "base64"})
	}
	if escaped := url.QueryEscape(text); escaped != text {
		out = append(out, dressing{escaped, "percent"}, dressing{strings.ToLower(escaped), "percent"})
	}
	if strings.Contains(text, "@") {
		out = append(out, dressing{"mailto:" + text, "url"})
	}
	return out
}

// knownSalts are salts that vendors' own published scripts use. QX4QkKEU: Awin (Senol et al., Leaky Forms, 2022).
var knownSalts = []string{"QX4QkKEU"}

// addDigest adds the spellings of one digest.
func (p *Pool) addDigest(i int32, sum []byte, names ...string) {
	chain := p.chainIndex(names)
	if len(sum) >= 16 {
		p.addPattern(pattern{text: hex.EncodeToString(sum), entry: i, chain: chain, kind: hexDigest})
		p.addPattern(pattern{text: base64.RawStdEncoding.EncodeToString(sum), entry: i, chain: chain, kind: b64Digest})
		p.addPattern(pattern{text: string(sum), entry: i, chain: chain, kind: rawDigest})
		return
	}
	if len(sum) == 8 {
		n := binary.BigEndian.Uint64(sum)
		for _, t := range unique(hex.EncodeToString(sum), strconv.FormatUint(n, 16), strconv.FormatUint(n, 10), strconv.FormatInt(int64(n), 10)) {
			p.addPattern(pattern{text: t, entry: i, chain: chain, kind: shortSum})
		}
		return
	}
	n := binary.BigEndian.Uint32(sum)
	for _, t := range unique(hex.EncodeToString(sum), strconv.FormatUint(uint64(n), 16), strconv.FormatUint(uint64(n), 10),
		strings.TrimPrefix(strconv.FormatInt(int64(int32(n)), 10), "-")) {
		p.addPattern(pattern{text: t, entry: i, chain: chain, kind: weakSum})
	}
}

func (p *Pool) chainIndex(names []string) uint16 {
	id := strings.Join(names, ">")
	c, ok := p.chainOf[id]
	if !ok {
		c = uint16(len(p.chains))
		p.chains, p.chainOf[id] = append(p.chains, names), c
	}
	return c
}

func (p *Pool) addPattern(x pattern) {
	if len(x.text) == 0 {
		return
	}
	i := int32(len(p.patterns))
	p.patterns = append(p.patterns, x)
	var key [8]byte
	for j := range min(8, len(x.text)) {
		key[j] = foldByte[x.text[j]]
	}
	switch {
	case len(x.text) >= 8:
		k := binary.LittleEndian.Uint64(key[:])
		p.long[k] = append(p.long[k], i)
		p.mark(hashLong(k))
	case len(x.text) >= 4:
		k := binary.LittleEndian.Uint32(key[:])
		p.short[k] = append(p.short[k], i)
		p.mark(hashShort(k))
	default:
		k := strings.ToLower(x.text)
		p.leaves[k] = append(p.leaves[k], i)
	}
}

func (p *Pool) mark(h uint32) { p.filter[h>>6] |= 1 << (h & 63) }

// hashLong and hashShort give the bit of a key: multiplication by an odd constant, the upper bits kept.
func hashLong(k uint64) uint32  { return uint32(k * 0x9e3779b97f4a7c15 >> (64 - filterBits)) }
func hashShort(k uint32) uint32 { return k * 2654435769 >> (32 - filterBits) }

// foldByte folds ASCII case and the two base64 alphabets, so that one filter serves all kinds of patterns.
var foldByte = func() (t [256]byte) {
	for c := range 256 {
		t[c] = byte(c)
	}
	for c := byte('A'); c <= 'Z'; c++ {
		t[c] = c + 32
	}
	t['-'], t['_'] = '+', '/'
	return t
}()

// splitPair splits "lat,lon", with a comma, semicolon or blank between.
func splitPair(s string) (lat, lon string, ok bool) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",; /|", r) })
	if len(parts) != 2 {
		return "", "", false
	}
	return parts[0], parts[1], true
}
