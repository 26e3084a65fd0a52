package rule

import (
	"strings"

	"github.com/tagscan/tagscan/detect/decode"
)

// traits are what the name of a field and the names around it tell, besides a class.
type traits uint32

const (
	identity    traits = 1 << iota // about a person: user, customer, traits, contact, uid …
	hashName                       // says that the value is a hash: email_sha256, hem
	addressName                    // part of a postal address
	geoName                        // about the visitor's place
	coordName                      // a half of a pair of coordinates, or a pair
	alien                          // about something else than a person: product, campaign, file, version, colour …
	setting                        // a switch, a label, a rule of a form, not a value: hasEmail, email_optin
	urlName                        // an address of a page or file
	timeName                       // a time or duration
	versionName                    // a version or release
	signature                      // a signature, nonce, integrity, revision
	searchName                     // a search term, or in a search request
	tokenName                      // a credential
	zoneName                       // a time zone
	adName                         // ids of advertising platforms: campaign, creative, placement
	formName                       // what was typed into a form
	textName                       // free text: message, description, body
	numberName                     // counts, sizes, prices
	labelName                      // among the texts of an interface: translations, form schemas
)

// nameInfo is what the path of a field tells.
type nameInfo struct {
	key     string   // the last name, as it is written; for an element of a list the list's
	flat    string   // key squeezed to lower-case letters and digits
	tokens  []string // words of key
	outer   []string // words of the names around it, innermost last
	class   Class    // what the name says the value is; "" if nothing
	pkey    string   // persona key that it means: first_name for "fn"
	weak    bool     // the name alone is not enough: "em", "name", "state"
	traits  traits
	foreign bool // the nearest name around that says anything is another thing's: product, campaign, store
}

func (n *nameInfo) has(t traits) bool { return n.traits&t != 0 }

// fits reports whether a known value of the persona key may stand in the field.
func (n *nameInfo) fits(key string, class Class) bool {
	if n.has(setting|zoneName) && n.class == "" {
		return false
	}
	switch key {
	case "city", "region", "postcode", "street", "country":
		if n.foreign || n.class == "" && n.onMap() {
			return false
		}
		return n.class == Address || n.class == Coarse || n.has(addressName|geoName) && !n.has(alien)
	case "first_name", "last_name", "full_name":
		return n.class == Name || n.class == Username || n.class == Title || n.flat == "name" && !n.has(alien) || n.has(identity|textName|formName)
	case "search_term":
		return !n.foreign && n.has(searchName) || n.class == Search || n.class == Title && !n.foreign
	case "gender":
		return n.class == Gender
	case "dob":
		return n.class == BirthDate
	case "phone":
		return n.class == Phone || n.has(identity)
	case "username", "user_id", "client_id":
		return n.has(identity) || n.class == UserID || n.class == Username || n.class == ClientID || n.flat == "id" && !n.has(alien)
	case "org_id", "org_name":
		return !n.foreign && (n.class == OrgID || n.has(identity))
	case "password":
		return n.class == Password || n.has(formName|tokenName)
	}
	if n.class == class || Squeeze(key) == n.flat {
		return true
	}
	for _, t := range n.tokens {
		if strings.EqualFold(t, key) {
			return true
		}
	}
	return n.has(identity) && !n.has(alien) && personaKeys[key] != ""
}

// directly reports whether the innermost name around has the trait.
func (n *nameInfo) directly(t traits) bool {
	return len(n.outer) > 0 && outerWords[n.outer[len(n.outer)-1]]&t != 0
}

// onMap reports names of things on a map other than the visitor.
func (n *nameInfo) onMap() bool {
	for _, w := range n.outer {
		if mapWords[w] {
			return true
		}
	}
	for _, w := range n.tokens {
		if mapWords[w] {
			return true
		}
	}
	return false
}

// Names remembers what paths tell, for they repeat. It is not safe for use by several goroutines.
type Names struct{ m map[string]*nameInfo }

// maxNames bounds the memory of a Names: a path takes about 400 bytes.
const maxNames = 8192

// NewNames returns an empty memory of names.
func NewNames() *Names { return &Names{m: map[string]*nameInfo{}} }

func (n *Names) of(f *decode.Field) *nameInfo {
	if info, ok := n.m[f.Path]; ok {
		return info
	}
	if len(n.m) >= maxNames {
		clear(n.m)
	}
	key := strings.Clone(f.Path)
	info := readName(f.Where, key, f.Key)
	n.m[key] = info
	return info
}

// readName takes a path apart: "body.data[0].properties.$email" is email inside data, properties.
func readName(where decode.Where, path, last string) *nameInfo {
	if i := strings.IndexByte(path, '.'); i >= 0 {
		path = path[i+1:]
	} else {
		path = ""
	}
	key := ""
	if last != "" && strings.HasSuffix(path, last) {
		path, key = path[:len(path)-len(last)], path[len(path)-len(last):]
	}
	if where == decode.Path {
		key, path = "", ""
	}
	path, key = splitKey(path, key)
	key = strings.TrimSuffix(key, "_str") // FullStory says the type behind the name: displayName_str
	outer := words(path)
	if key == "" && len(outer) > 0 {
		segments := strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '[' || r == ']' })
		for i := len(segments) - 1; i >= 0; i-- {
			if digitsOf(segments[i]) != segments[i] {
				key = segments[i]
				outer = outer[:max(0, len(outer)-len(words(key)))]
				break
			}
		}
	}
	info := &nameInfo{key: key, outer: outer}
	info.tokens = words(key)
	info.flat = Squeeze(key)
	info.read()
	return info
}

// splitKey takes names apart that forms and flat events write in one: udff[em], ep.user_email, traits[address][city].
func splitKey(path, key string) (string, string) {
	if strings.HasSuffix(key, "]") {
		if i := strings.LastIndexByte(key, '['); i > 0 && i < len(key)-2 {
			return path + key[:i], key[i+1 : len(key)-1]
		}
		if i := strings.IndexByte(key, '['); i > 0 { // a list: emails[]
			return path, key[:i]
		}
	}
	if i := strings.LastIndexByte(key, '.'); i > 0 && i < len(key)-1 {
		return path + key[:i+1], key[i+1:]
	}
	return path, key
}

// words splits a name into lower-case words: at what is no letter or digit, and where the case changes. Indexes go.
func words(s string) []string {
	var out []string
	start := -1
	flush := func(end int) {
		if start >= 0 {
			if w := strings.ToLower(s[start:end]); digitsOf(w) != w {
				out = append(out, w)
			}
		}
		start = -1
	}
	for i := range len(s) {
		c := s[i]
		switch {
		case !wordByte[c]:
			flush(i)
		case start < 0:
			start = i
		case c >= 'A' && c <= 'Z' && (s[i-1] < 'A' || s[i-1] > 'Z'):
			flush(i)
			start = i
		case c >= 'a' && c <= 'z' && s[i-1] >= 'A' && s[i-1] <= 'Z' && i-1 > start:
			flush(i - 1)
			start = i - 1
		}
	}
	flush(len(s))
	return out
}

// read works out class and traits.
func (n *nameInfo) read() {
	for _, t := range n.outer {
		w := outerWords[t]
		n.traits |= w
		if w&(identity|addressName|geoName) != 0 {
			n.foreign = false
		} else if w&alien != 0 {
			n.foreign = true
		}
	}
	tokens := n.tokens
	for _, t := range tokens {
		n.traits |= keyWords[t]
	}
	if m, ok := nameTable[n.flat]; ok && n.has(setting) {
		n.take(m, true)
		return
	}
	if n.has(setting) {
		return
	}
	if n.has(labelName) {
		return
	}
	if n.flat == "name" && len(n.outer) > 0 && orgWords[n.outer[len(n.outer)-1]] {
		n.class, n.pkey = OrgID, "org_name"
		return
	}
	if n.inherit() {
		return
	}
	// hash words at either end dress another name: email_sha256, sha256_email_address, hashed_email
	trimmed := tokens
	for len(trimmed) > 1 && keyWords[trimmed[len(trimmed)-1]]&hashName != 0 {
		trimmed = trimmed[:len(trimmed)-1]
	}
	for len(trimmed) > 1 && keyWords[trimmed[0]]&hashName != 0 {
		trimmed = trimmed[1:]
	}
	if m, ok := nameTable[strings.Join(trimmed, "")]; ok {
		n.take(m, true)
		return
	}
	if m, ok := nameTable[n.flat]; ok {
		n.take(m, true)
		return
	}
	if n.runTogether() {
		return
	}
	for from := 1; from < len(trimmed); from++ {
		if m, ok := nameTable[strings.Join(trimmed[from:], "")]; ok {
			if m.short || aliensBefore(trimmed[:from], m) {
				continue
			}
			n.take(m, false)
			return
		}
	}
	// user.id, traits.id: an id inside a person
	if len(n.outer) > 0 && (n.flat == "id" || n.flat == "key" || n.flat == "uuid" || n.flat == "guid" || n.flat == "identifier") {
		if m, ok := idOwners[n.outer[len(n.outer)-1]]; ok {
			n.class, n.pkey = m.class, m.key
		}
	}
}

// partNames are names that only say which part of the thing around them they are.
var partNames = wordSet(`number num no code value hash sha256 sha1 md5 hashed digest raw plain normalized primary default original sha256hex hashedvalue hex`)

// hashAffixes and personAffixes are what is written together with a name: sha256email, emailhash, customeremail.
var (
	hashAffixes   = strings.Fields("sha256 sha512 sha1 md5 hashed hash")
	personAffixes = wordSet(`user usr u customer cust member buyer billing shipping contact my your visitor lead account login reg signup client payer sender new primary guest student patient employee person profile
		form field input txt the q d x p s cs cust web crm shopper subscriber recipient parent owner admin checkout order`)
)

// inheritID takes the meaning of the name around an id: identityMap.Email_LC_SHA256[0].id, identityMap.ECID[0].id.
func (n *nameInfo) inheritID(last string, hashed bool) bool {
	m, ok := nameTable[last]
	if !ok || m.weak {
		return false
	}
	switch m.class {
	case ClientID, SessionID, UserID, ClickID:
	case Email, Phone:
		if !hashed {
			return false
		}
		n.traits |= hashName
	default:
		return false
	}
	n.take(m, true)
	return true
}

// runTogether reads a name of several words without any mark between them.
func (n *nameInfo) runTogether() bool {
	if len(n.tokens) != 1 {
		return false
	}
	for _, a := range hashAffixes {
		for _, rest := range []string{strings.TrimPrefix(n.flat, a), strings.TrimSuffix(n.flat, a)} {
			if m, ok := nameTable[rest]; ok && rest != n.flat && !m.weak {
				n.take(m, true)
				n.traits |= hashName
				return true
			}
		}
	}
	for _, tail := range []string{"emailaddress", "email", "phonenumber", "phone", "firstname", "lastname", "fullname", "birthdate", "postcode", "zipcode", "ipaddress", "username", "userid"} {
		if head, ok := strings.CutSuffix(n.flat, tail); ok && personAffixes[head] {
			n.take(nameTable[tail], true)
			return true
		}
	}
	return false
}

// urlParts are names of an address in a thing that says whose it is: referrer.url.
var urlParts = wordSet(`url uri href`)

// inherit takes the meaning of the name around: card.number, email.sha256, phones[0].value.
func (n *nameInfo) inherit() bool {
	if len(n.outer) == 0 || !partNames[n.flat] && !urlParts[n.flat] && n.flat != "id" {
		return false
	}
	end := len(n.outer)
	for end > 1 && keyWords[n.outer[end-1]]&hashName != 0 {
		end--
	}
	last := n.outer[end-1]
	if n.flat == "id" {
		return n.inheritID(last, end < len(n.outer))
	}
	m, ok := nameTable[last+n.flat]
	if urlParts[n.flat] {
		if m, ok = nameTable[last]; !ok || m.class != Referrer {
			return false
		}
	}
	if !ok {
		m, ok = nameTable[last]
		if !ok || m.weak || m.short && keyWords[n.flat]&hashName == 0 {
			return false
		}
	}
	n.take(m, true)
	n.traits &^= numberName
	return true
}

func (n *nameInfo) take(m meaning, whole bool) {
	n.class, n.pkey = m.class, m.key
	n.weak = m.weak || m.short
	n.traits |= m.traits
	if m.short && !whole {
		n.class = ""
	}
}

// orgWords are things whose name is that of an organisation.
var orgWords = wordSet(`company organization organisation org tenant workspace employer`)

// aliensBefore reports words before a name that make it another thing's: product_name, file_address, event_city is not.
func aliensBefore(before []string, m meaning) bool {
	for _, w := range before {
		if keyWords[w]&alien != 0 && !m.sure {
			return true
		}
	}
	return false
}
