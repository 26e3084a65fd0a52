package rule

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tagscan/tagscan/detect/decode"
)

// stands reports whether a pattern counts where it was found: word boundaries, and what its rank asks for.
func (s *search) stands(x *pattern, i int, v string, start, end int) bool {
	e := &s.pool.entries[x.entry]
	switch x.kind {
	case hexDigest, b64Digest, rawDigest, b64Part:
		return true
	case shortSum, weakSum:
		return !isHexAlnum(v, start-1) && !isHexAlnum(v, end)
	}
	if !bounded(v, start, end, e.key == "email") {
		return false
	}
	if s.partOfOther(e, v, start, end) {
		return false
	}
	f := &s.tree.Fields[i]
	whole := len(strings.TrimSpace(v)) == end-start
	info := s.names.at(s.tree, i)
	switch {
	case e.key == "street" && info.foreign && !textNode[info.flat]:
		return false
	case e.key == "ip" && info.has(versionName) && info.class != IP && info.flat != "v":
		return false
	case x.rank == anywhere:
		return true
	}
	fits := info.fits(e.key, e.class)
	if x.rank == named {
		return fits && (whole || end-start >= 4)
	}
	if isDigit(v[start]) && digitsOf(v[start:end]) == v[start:end] && !fits && (f.Kind == decode.Number || info.has(alien|numberName|timeName|versionName|signature|adName)) {
		return false
	}
	return fits || whole && !f.Inner && (textNode[info.flat] || !info.has(alien) && !info.onMap())
}

// textNode are the names under which a recording tells the text of a page: what stands there is not said by the names around.
var textNode = wordSet(`textcontent innertext nodevalue text innerhtml`)

// partOfOther reports what is only part of something else: a town in a time zone's name, an IP address in a longer
// dotted number, a name in somebody's e-mail address.
func (s *search) partOfOther(e *entry, v string, start, end int) bool {
	switch e.key {
	case "city", "region":
		return start > 0 && v[start-1] == '/'
	case "ip":
		return start > 1 && v[start-1] == '.' && isDigit(v[start-2]) || end+1 < len(v) && v[end] == '.' && isDigit(v[end+1])
	case "first_name", "last_name", "username", "org_name":
		for start > 0 && localByte(v[start-1]) {
			start--
		}
		for end < len(v) && localByte(v[end]) {
			end++
		}
		return end < len(v) && v[end] == '@' || start > 0 && v[start-1] == '@'
	}
	return false
}

// localByte tells what stands before the @ of an e-mail address.
func localByte(c byte) bool {
	return wordByte[c] || c == '.' || c == '+' || c == '-' || c == '_' || c == '%'
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isHexAlnum(v string, i int) bool {
	return i >= 0 && i < len(v) && (wordByte[v[i]] && v[i] < 0x80)
}

// bounded reports whether v[start:end] is a word of its own: no letter or digit goes on before or after it. In texts of
// 8 bytes and more a letter next to a digit is a boundary. An address must not be the tail or head of a longer one.
func bounded(v string, start, end int, email bool) bool {
	loose := end-start >= 8
	if start > 0 {
		prev, _ := utf8.DecodeLastRuneInString(v[:start])
		first, _ := utf8.DecodeRuneInString(v[start:])
		if joins(prev, first, loose && !email) && !escaped(v, start) {
			return false
		}
		if email && strings.ContainsRune(".+-_%", prev) && start > 1 && wordByte[v[start-2]] && !escaped(v, start) {
			return false
		}
	}
	if end < len(v) {
		next, size := utf8.DecodeRuneInString(v[end:])
		last, _ := utf8.DecodeLastRuneInString(v[:end])
		if joins(last, next, loose) {
			return false
		}
		if email && (next == '.' || next == '-') && end+size < len(v) && wordByte[v[end+size]] {
			return false
		}
	}
	return true
}

// joins reports whether two neighbours belong to one word.
func joins(a, b rune, loose bool) bool {
	la, lb := unicode.IsLetter(a), unicode.IsLetter(b)
	da, db := unicode.IsDigit(a), unicode.IsDigit(b)
	if loose {
		return la && lb || da && db
	}
	return (la || da) && (lb || db)
}

// escaped reports whether what stands before start is the end of an escape: \n, %2F, \u003d.
func escaped(v string, start int) bool {
	switch {
	case start >= 2 && v[start-2] == '\\' && strings.IndexByte("nrtbf", v[start-1]) >= 0:
		return true
	case start >= 3 && v[start-3] == '%' && isHex(v[start-2]) && isHex(v[start-1]):
		return true
	case start >= 6 && v[start-6] == '\\' && v[start-5] == 'u':
		return isHex(v[start-4]) && isHex(v[start-3]) && isHex(v[start-2]) && isHex(v[start-1])
	}
	return false
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
