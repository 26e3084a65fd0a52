package rule

import "strings"

// HashedField finds digests in fields whose name says whose digest it is, though the value is not known.
var HashedField = Rule{
	ID:    "hash-in-identity-field",
	Class: Email,
	Doc:   "A digest (hex or base64) in a field that is named for an e-mail address, a phone number, a name, an address or a user id.",
	Why:   "A hash of an address is an address: anybody with a list of addresses can look it up, and ad platforms have that list.",
	Do:    "Switch off advanced matching, enhanced conversions or the like for visitors who did not agree.",
	Needs: NeedLeaf | NeedLong,
	Find:  findHashed,
	Hits: []Sample{
		{URL: "https://vendor.example/tr?udff[em]=5f2d3a7bc1e94860ab9d0c4e7f1835629d3c4b5a69788796a5b4c3d2e1f00123", Text: "5f2d3a7bc1e94860ab9d0c4e7f1835629d3c4b5a69788796a5b4c3d2e1f00123"},
		{Body: `{"email_sha256":"5f2d3a7bc1e94860ab9d0c4e7f1835629d3c4b5a69788796a5b4c3d2e1f00123"}`, Text: "5f2d3a7bc1e94860ab9d0c4e7f1835629d3c4b5a69788796a5b4c3d2e1f00123"},
		{Body: `{"hem":"5F2D3A7BC1E94860AB9D0C4E7F183562"}`, Text: "5F2D3A7BC1E94860AB9D0C4E7F183562"},
		{Body: `{"context":{"user":{"phone_number":"5f2d3a7bc1e94860ab9d0c4e7f1835629d3c4b5a69788796a5b4c3d2e1f00123"}}}`, Text: "5f2d3a7bc1e94860ab9d0c4e7f1835629d3c4b5a69788796a5b4c3d2e1f00123", Class: Phone},
		{URL: "https://vendor.example/u?id=email_5f2d3a7bc1e94860ab9d0c4e7f183562", Text: "5f2d3a7bc1e94860ab9d0c4e7f183562"},
		{Body: `{"hashedRecords":[{"type":"email","record":"5f2d3a7bc1e94860ab9d0c4e7f1835629d3c4b5a69788796a5b4c3d2e1f00123"}]}`, Text: "5f2d3a7bc1e94860ab9d0c4e7f1835629d3c4b5a69788796a5b4c3d2e1f00123"},
		{Body: `{"eids":[{"source":"news.example","uids":[{"id":"5f2d3a7bc1e94860ab9d0c4e7f183562","atype":3,"ext":{"stype":"hemmd5"}}]}]}`, Text: "5f2d3a7bc1e94860ab9d0c4e7f183562"},
		{Body: `{"res":{"ct.vendor.example/":{"user/?tid=17&pd={\"em\":\"5f2d3a7bc1e94860ab9d0c4e7f183562\",\"x":"3a,2*1"}}}`, Text: "5f2d3a7bc1e94860ab9d0c4e7f183562"},
		{URL: "https://vendor.example/g/collect?em=tv.1~em.Xy3vQ0Z1rT5uW8xA2bC4dE6fG7hI9jK0lM1nO3pQ5rS", Text: "Xy3vQ0Z1rT5uW8xA2bC4dE6fG7hI9jK0lM1nO3pQ5rS"},
		{URL: "https://vendor.example/g/collect?em=tv.1~em.Xy3vQ0Z1rT5uW8xA2bC4dE6fG7hI9jK0lM1nO3pQ5rS~pn0.1I1UjTrCRZiZv1-BliZtOdB49s7AC6kP5dBzbcrYsrA", Text: "1I1UjTrCRZiZv1-BliZtOdB49s7AC6kP5dBzbcrYsrA", Class: Phone},
	},
	Misses: []Sample{
		{Body: `{"release":"5f2d3a7bc1e94860ab9d0c4e7f183562aabbccdd"}`}, {Body: `{"extensions":{"persistedQuery":{"sha256Hash":"5f2d3a7bc1e94860ab9d0c4e7f1835629d3c4b5a69788796a5b4c3d2e1f00123"}}}`},
		{Body: `{"email":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}`}, {Body: `{"email_id":"campaign-2024"}`}, {Body: `{"integrity":"sha256-Xy3vQ0Z1rT5uW8xA2bC4dE6fG7hI9jK0lM1nO3pQ5rS="}`},
		{Body: `{"token":"5f2d3a7bc1e94860ab9d0c4e7f183562"}`}, {Body: `{"email_template_hash_version":"5f2d3a7bc1e94860ab9d0c4e7f183562"}`},
		{Body: `{"eids":[{"uids":[{"id":"5f2d3a7bc1e94860ab9d0c4e7f183562","ext":{"stype":"ppuid"}}]}]}`}, {Body: `{"type":"script","hash":"5f2d3a7bc1e94860ab9d0c4e7f183562"}`},
		{URL: "https://vendor.example/u?id=build_5f2d3a7bc1e94860ab9d0c4e7f183562"},
	},
}

func findHashed(c *Context, yield func(Match)) {
	if strings.HasPrefix(c.v, "tv.1~") || strings.Contains(c.v, "~em.") {
		c.googleHashes(yield)
		return
	}
	if p := c.f.Parent; p >= 0 && strings.HasPrefix(c.Tree.Fields[p].Value, "tv.1~") {
		if part, known := googlePrefixes[strings.TrimRight(c.f.Key, "0123456789")]; known && digestShape(c.v) != "" {
			c.digest(0, len(c.v), part.class, "sha256", part.key, yield)
		}
		return
	}
	if c.labelled(yield) {
		return
	}
	class := c.name.class
	switch class {
	case Email, Phone, Name, Address, BirthDate, Gender, UserID, Username, Coarse:
	default:
		return
	}
	if c.name.has(signature) && !c.name.has(hashName) || len(c.v) > 200 {
		return
	}
	for _, part := range strings.FieldsFunc(c.v, func(r rune) bool { return strings.ContainsRune(",;|[]\" ", r) }) {
		token := part
		for _, prefix := range []string{"sha256:", "sha1:", "md5:", "sha256_", "md5_", "sha256-"} {
			token = strings.TrimPrefix(token, prefix)
		}
		fn := digestShape(token)
		if fn == "" || strings.HasPrefix(token, "0x") && class != Email && class != Phone || (class == UserID || class == Username || class == Coarse) && !hexOrNamed(token, c.name) {
			continue
		}
		start := strings.Index(c.v, token)
		c.digest(start, start+len(token), class, fn, c.name.pkey, yield)
	}
}

// labelled finds a digest that says itself, in front, what it was made of: email_<md5>, sha256_email:<sha256>.
func (c *Context) labelled(yield func(Match)) bool {
	at := strings.LastIndexAny(c.v, "_:|-") + 1
	if at < len("em_") || at > len("sha256_email_address:") || len(c.v)-at < 32 {
		return false
	}
	label := words(c.v[:at])
	for len(label) > 0 && keyWords[label[0]]&hashName != 0 {
		label = label[1:]
	}
	for len(label) > 0 && keyWords[label[len(label)-1]]&hashName != 0 {
		label = label[:len(label)-1]
	}
	m, ok := nameTable[strings.Join(label, "")]
	fn := digestShape(c.v[at:])
	if !ok || m.class != Email && m.class != Phone || fn == "" {
		return false
	}
	c.digest(at, len(c.v), m.class, fn, m.key, yield)
	return true
}

// hexOrNamed: a user id of hex digits may be just an id; as a hash it counts only if the name says so.
func hexOrNamed(v string, n *nameInfo) bool {
	return n.has(hashName) || n.weak && n.class == Coarse && len(v) == 64
}

// digest yields the digest v[start:end].
func (c *Context) digest(start, end int, class Class, fn, key string, yield func(Match)) {
	m := c.span(start, end, ByField, Likely)
	m.Class, m.Form, m.Hash, m.Key = class, Hashed, []string{"?" + fn}, key
	if ofTester(c.v[start:end]) {
		c.tester(&m)
	}
	if of, ok := ofNothing(c.v[start:end]); ok {
		m.Info = "hash of nothing: matching is on, the value was empty"
		if of != "" {
			m.Info = "hash of " + of + ": matching is on, the value was empty"
		}
	}
	yield(m)
}

// googlePrefixes are the parts of Google's user-provided data: "tv.1~em.<hash>~pn.<hash>~fn0.<hash>…".
var googlePrefixes = map[string]meaning{
	"em": {class: Email, key: "email"}, "pn": {class: Phone, key: "phone"}, "fn": {class: Name, key: "first_name"}, "ln": {class: Name, key: "last_name"},
	"sa": {class: Address, key: "street"},
}

func (c *Context) googleHashes(yield func(Match)) {
	pos := 0
	for part := range strings.SplitSeq(c.v, "~") {
		tag, value, ok := strings.Cut(part, ".")
		if p, known := googlePrefixes[strings.TrimRight(tag, "0123456789")]; ok && known && digestShape(value) != "" {
			start := pos + len(tag) + 1
			c.digest(start, start+len(value), p.class, "sha256", p.key, yield)
		}
		pos += len(part) + 1
	}
}

// EmptyHash notes digests of nothing wherever they stand: they prove that matching is configured.
var EmptyHash = Rule{
	ID:     "hash-of-nothing",
	Class:  Email,
	Doc:    "A digest of an empty or placeholder value in a field for hashed data: matching is switched on and had nothing to match.",
	Why:    "It says what will be sent as soon as a visitor signs in.",
	Do:     "Decide whether matching is wanted before somebody signs in.",
	Needs:  NeedLeaf | NeedLong,
	Find:   findEmptyHash,
	Hits:   []Sample{{Body: `{"user":{"x":"d41d8cd98f00b204e9800998ecf8427e"}}`, Text: "d41d8cd98f00b204e9800998ecf8427e"}},
	Misses: []Sample{{Body: `{"x":"5f2d3a7bc1e94860ab9d0c4e7f183562"}`}, {Body: `{"etag":"d41d8cd98f00b204e9800998ecf8427e"}`}},
}

func findEmptyHash(c *Context, yield func(Match)) {
	if len(c.v) > 130 || !c.personal() && !c.name.has(identity|hashName) || c.name.has(signature) && !c.name.has(hashName) || digestShape(c.v) == "" {
		return
	}
	switch c.name.class {
	case Email, Phone, Name, Address, BirthDate, Gender:
		return // the rule for named fields says it
	}
	if _, ok := ofNothing(c.v); ok {
		m := c.whole(ByField, Possible)
		m.Form, m.Hash, m.Info = Hashed, []string{"?" + digestShape(c.v)}, "hash of nothing: matching is on, the value was empty"
		yield(m)
	}
}
