package rule

import (
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"
	"sync"
)

// AddLearned puts in a value that was found in the run itself. It is looked for in all its normal forms, and hashed with the
// functions that trackers use: md5, sha1, sha256, sha512 and pairs of the first three. origin is who was sent it, in words.
// Of a number that is too short to be known by itself only the hashes count. See Add.
func (p *Pool) AddLearned(class Class, key, value, origin string) {
	p.forget()
	value = strings.TrimSpace(value)
	if value == "" || p.seen[key+"\x00"+value] {
		return
	}
	p.seen[key+"\x00"+value] = true
	e := entry{ByObserved, class, key, value, origin, formsOf(key, value)}
	i := int32(len(p.entries))
	p.entries = append(p.entries, e)
	if key != "user_id" || digitsOf(value) != value || len(value) >= certainDigits {
		for _, t := range e.forms.plain {
			p.addPattern(pattern{text: t, entry: i, kind: plainText, rank: rankOf(key, t)})
		}
		p.addDigits(i, e.forms.digits)
	}
	for _, t := range e.forms.hash {
		p.addCommonHashes(i, []byte(t))
	}
}

// AddDigest puts in a digest of a value that nobody knows, as a field that says whose it is had it: hexadecimal or base64.
// function is what made it, as far as its length tells.
func (p *Pool) AddDigest(class Class, key, digest, function, origin string) bool {
	sum, ok := digestBytes(digest)
	ok = ok && digestShape(digest) != ""
	id := key + "\x00" + string(sum)
	if !ok || p.seen[id] || p.hasDigest(sum) {
		return false
	}
	p.forget()
	p.seen[id] = true
	i := int32(len(p.entries))
	p.entries = append(p.entries, entry{ByObserved, class, key, hex.EncodeToString(sum), origin, forms{}})
	p.addDigest(i, sum, "?"+function)
	return true
}

// hasDigest reports whether the pool knows what the digest is of.
func (p *Pool) hasDigest(sum []byte) bool {
	text := hex.EncodeToString(sum)
	return slices.ContainsFunc(p.long[binary.LittleEndian.Uint64([]byte(text))], func(i int32) bool {
		return p.patterns[i].kind == hexDigest && p.patterns[i].text == text
	})
}

// addCommonHashes adds the digests of a text that trackers make: of the functions they use, and of pairs of these.
func (p *Pool) addCommonHashes(i int32, text []byte) {
	for n, h := range hashers[:commonHashers] {
		sum := h.sum(text)
		p.addDigest(i, sum, h.name)
		if n >= pairedHashers {
			continue
		}
		inner := []byte(hex.EncodeToString(sum))
		for _, outer := range hashers[:pairedHashers] {
			p.addDigest(i, outer.sum(inner), h.name, outer.name)
		}
	}
}

// SeenLearned reports whether the value or digest is in the pool already, as AddLearned and AddDigest put it in.
func (p *Pool) SeenLearned(key, value string) bool {
	if p.seen[key+"\x00"+value] {
		return true
	}
	sum, ok := digestBytes(value)
	return ok && p.seen[key+"\x00"+string(sum)]
}

// tellers are the rules that what a site sends to itself is asked: whom it is about.
var tellers = sync.OnceValue(func() *[allNeeds + 1][]*Rule {
	return byNeeds([]*Rule{&EmailPattern, &PhonePattern, &PhoneField, &UserIDField, &HashedField, &JWTSubject})
})

// FindContacts runs only the rules that find whom a request is about (addresses, telephone numbers, accounts), see Find.
func FindContacts(c *Context, out []Match) []Match { return findAll(tellers(), c, out) }

// PersonAddress reports an e-mail address that could be a person's: neither an office's nor that of nobody.
func PersonAddress(address string) bool {
	at := strings.LastIndexByte(address, '@')
	return at > 0 && mailDomain(strings.ToLower(address[at+1:])) && !nobody(address) && !roleAddress(address)
}
