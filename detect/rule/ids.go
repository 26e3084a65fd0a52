package rule

import (
	"regexp"
	"strings"

	"github.com/tagscan/tagscan/detect/decode"
)

// UserIDField finds ids of signed-in users by the name of their field.
var UserIDField = Rule{
	ID:    "user-id-field",
	Class: UserID,
	Doc:   "The id of a user, customer or member, in a field that is named for one.",
	Why:   "It ties everything the recipient holds to one account, and to the account's owner for anybody who has the site's user table.",
	Do:    "Send a random id per vendor (a keyed hash of the user id), so that one vendor's data cannot be joined with another's.",
	Needs: NeedLeaf,
	Names: true,
	Find:  findUserID,
	Hits: []Sample{
		{Body: `{"userId":"u-48213"}`, Text: "u-48213"}, {Body: `{"user":{"id":48213}}`, Text: "48213"}, {URL: "https://vendor.example/c?uid=9f1c2d3e-1b2c-4d5e-8f90-a1b2c3d4e5f6", Text: "9f1c2d3e-1b2c-4d5e-8f90-a1b2c3d4e5f6"},
		{Body: `{"traits":{"customer_id":"CUST0091"}}`, Text: "CUST0091"}, {Body: `{"external_id":"lena77"}`, Text: "lena77"},
		{URL: "https://ads.example/cookiesync?external_user_id=CfRp5bKbQVwh", Text: "CfRp5bKbQVwh", Class: SyncedID}, {URL: "https://ads.example/r/cms?uid=3186854361214198029", Text: "3186854361214198029", Class: SyncedID},
		{URL: "https://ads.example/x?puid=WgmJ9wAAAG2DFEOG&gdpr=1&redir=y", Text: "WgmJ9wAAAG2DFEOG", Class: SyncedID},
		{URL: "https://tags.example/tag/?id=20&user_id=549392829021519047", Text: "549392829021519047", Class: SyncedID},
		{Body: `{"user_id":"17ec3303cfc66e-008b2296bbb0d4-133a6253-1aeaa0-17ec3303cfdded"}`, Text: "17ec3303cfc66e-008b2296bbb0d4-133a6253-1aeaa0-17ec3303cfdded", Class: ClientID},
	},
	Misses: []Sample{
		{Body: `{"userId":null}`}, {Body: `{"userId":"anonymous"}`}, {Body: `{"user_id":0}`}, {Body: `{"userId":"undefined"}`}, {Body: `{"uid":"hero"}`}, {Body: `{"user":{"id":"00000000-0000-0000-0000-000000000000"}}`},
		{Body: `{"user_id_type":"email"}`}, {Body: `{"customer_id":"{{cid}}"}`}, {Body: `{"kind":"env","key":"prod-shared","anonymous":true}`}, {Body: `{"context":{"kind":"user","key":"shared-build-7712","anonymous":true}}`},
		{URL: "https://ads.example/pagead/ads?eid=21060950,575144605,21060850"}, {URL: "https://ads.example/pagead/ads?eid=44759842"}, {URL: "https://vendor.example/c?ns_alias=63707bfd77ce4305b28a"},
		{URL: "https://bid.example/sync?userId=$UID"}, {URL: "https://bid.example/usersync?userId=$(USER_ID)"}, {URL: "https://bid.example/sync?aaid=%25%25ADVERTISING_IDENTIFIER_PLAIN%25%25"},
		{URL: "https://vendor.example/c?uid=uid1496444400737"}, {URL: "https://bid.example/setuid?member_id=1540&bidder=x"}, {URL: "https://bid.example/cookie-sync?profileId=125"},
	},
}

func findUserID(c *Context, yield func(Match)) {
	v := c.v
	if isNothing(v) || v == nilUUID || len(v) > 200 || strings.ContainsAny(v, " <>{}\"\\") || isURL(v) || strings.Contains(v, "@") || c.f.Kind == decode.Bool || v == c.name.key {
		return
	}
	if numbered(v) || dated(v) || isSiteKey(v) || strings.Trim(v, "-0") == "" || c.anonymousKey() {
		return
	}
	conf := Certain
	if c.name.weak {
		if !(random(v) || len(digitsOf(v)) >= 4) || c.name.has(alien|adName) {
			return
		}
		conf = Likely
	} else if c.foreign() && !random(v) && digitsOf(v) == "" {
		return
	}
	m := c.whole(ByField, conf)
	if fn := digestShape(v); fn != "" && c.name.has(hashName) {
		return // the rule for hashes says it
	}
	switch {
	case strings.HasPrefix(v, "$device:"), drawnByMixpanel(v):
		m.Class, m.Key = ClientID, "client_id"
	case c.name.flat == "distinctid" && (isUUID(v) || strings.Count(v, "-") >= 2 && len(v) >= 24):
		m.Class, m.Key = ClientID, "client_id"
	case c.Meant[c.i] == UserID:
	case c.name.flat == "eid" && !c.personal() && (!c.exchange() || digitsOf(v) == v):
		return // Google's experiments, elements of pages
	case c.browserNumber():
		if !random(v) && len(digitsOf(v)) < minBrowserNumber {
			return // a seller's, a member's of the exchange
		}
		m.Class, m.Key = SyncedID, "client_id"
	}
	yield(m)
}

// minBrowserNumber is how many digits the number of a browser has at least: there are more browsers than that, and fewer sellers.
const minBrowserNumber = 8

// anonymousKey reports the key of a context that says of itself that it is nobody's, as LaunchDarkly's shared ones do.
func (c *Context) anonymousKey() bool {
	if c.name.flat != "key" && c.name.flat != "id" {
		return false
	}
	for j, n := range c.siblings {
		if n.flat == "anonymous" && strings.EqualFold(c.Tree.Fields[j].Value, "true") {
			return true
		}
	}
	return false
}

// UsernameField finds login names by the name of their field.
var UsernameField = Rule{
	ID:    "username-field",
	Class: Username,
	Doc:   "A user name or nickname in a field that is named for one.",
	Why:   "People use one name in many places: it can be searched.",
	Do:    "Send an id instead.",
	Needs: NeedLeaf,
	Names: true,
	Find:  findUsername,
	Hits:  []Sample{{Body: `{"user":{"username":"lena_f"}}`, Text: "lena_f"}, {Body: `{"login":"jbrandt84"}`, Text: "jbrandt84"}, {Body: `{"nickname":"Käthe"}`, Text: "Käthe"}},
	Misses: []Sample{{Body: `{"username":"anonymous"}`}, {Body: `{"login":"true"}`}, {Body: `{"user":"guest"}`}, {Body: `{"login":"success"}`}, {Body: `{"username":"Username"}`}, {Body: `{"user":"new"}`},
		{URL: "https://buttons.example/star?user=h2o&repo=x"}, {URL: "https://syndication.example/timeline?screen_name=nike_store"}, {URL: "https://ads.example/usersync?user=CAESEAkKzkqXuo7"}},
}

func findUsername(c *Context, yield func(Match)) {
	v := c.v
	if len(v) < 2 || len(v) > 64 || isNothing(v) || isLabel(v) || isURL(v) || strings.ContainsAny(v, "<>{}\"/=;") || strings.Count(v, " ") > 2 || c.f.Kind == decode.Bool || strings.Contains(v, "@") && strings.Contains(v, ".") || c.labels() {
		return
	}
	if c.name.weak && (strings.Contains(v, " ") || digitsOf(v) == "" && !strings.ContainsAny(v, "._") || len(v) > 40 || actionWords[strings.ToLower(v)]) {
		return
	}
	if c.name.weak && c.f.Where == decode.Query && !c.personal() && (len(v) < minLogin || c.exchange()) {
		return
	}
	if c.name.flat == "screenname" && !c.personal() || isSiteKey(v) {
		return // a timeline shows it: that of an account, mostly the site's own
	}
	m := c.whole(ByField, Likely)
	if strings.Contains(v, " ") && personName(v) { // chats ask for a nickname and are told a name
		m.Class, m.Key = Name, "full_name"
	}
	yield(m)
}

// minLogin is how long a login name is at least that only a parameter called "user" speaks for: shorter ones are repositories,
// parts of paths, states.
const minLogin = 5

// OrgField finds ids and names of the organisation a user belongs to.
var OrgField = Rule{
	ID:    "organisation-field",
	Class: OrgID,
	Doc:   "The id or name of the company, tenant or workspace a user belongs to.",
	Why:   "It tells who a site's customers are, and narrows a user down to a few colleagues.",
	Do:    "Send a random id per vendor, and no company names.",
	Needs: NeedLeaf,
	Names: true,
	Find:  findOrg,
	Hits:  []Sample{{Body: `{"org_id":"org_77af"}`, Text: "org_77af"}, {Body: `{"user":{"company":"Brandt Logistik GmbH"}}`, Text: "Brandt Logistik GmbH"}, {Body: `{"traits":{"company":{"id":5512}}}`, Text: "5512"}, {Body: `{"workspaceId":"w9"}`, Text: "w9"}},
	Misses: []Sample{{Body: `{"company":"true"}`}, {Body: `{"organization":null}`}, {Body: `{"orgId":"0"}`}, {Body: `{"d_orgid":"5B123A4E53D6C0DF0A490D45@AdobeOrg"}`}, {Body: `{"context":{"company":"Acme"}}`},
		{URL: "https://ads.example/setuid?exclude_inventory_company_id=4636"}},
}

func findOrg(c *Context, yield func(Match)) {
	v := c.v
	if len(v) < 2 || len(v) > 100 || isNothing(v) || isLabel(v) || isURL(v) || strings.ContainsAny(v, "<>{}\"@") || c.f.Kind == decode.Bool {
		return
	}
	if c.exchange() && !c.personal() {
		return // who sells, who buys
	}
	if c.thing() || c.labels() || c.name.flat == "company" && c.f.Parent >= 0 && !c.personal() {
		return
	}
	if c.name.weak && !c.personal() && !(strings.Contains(c.name.flat, "id") && random(v)) {
		return
	}
	yield(c.whole(ByField, Likely))
}

// ClientIDField finds ids of browsers and devices by the name of their field.
var ClientIDField = Rule{
	ID:    "client-id-field",
	Class: ClientID,
	Doc:   "A stable pseudonymous id of the browser or device, in a field that is named for one.",
	Why:   "It ties visits together, over pages, sites and years.",
	Do:    "Set it only after consent; shorten its life.",
	Needs: NeedLeaf | NeedDigit,
	Names: true,
	Find:  findClientID,
	Hits: []Sample{
		{URL: "https://vendor.example/g/collect?cid=1832749201.1700000000", Text: "1832749201.1700000000"}, {Body: `{"anonymousId":"9f1c2d3e-1b2c-4d5e-8f90-a1b2c3d4e5f6"}`, Text: "9f1c2d3e-1b2c-4d5e-8f90-a1b2c3d4e5f6"},
		{Header: "Cookie: _ga=GA1.2.1832749201.1700000000", Text: "GA1.2.1832749201.1700000000"}, {URL: "https://vendor.example/tr?fbp=fb.1.1700000000000.1832749201", Text: "fb.1.1700000000000.1832749201"},
		{Body: `{"device_id":"aXk29dLmQ0"}`, Text: "aXk29dLmQ0"}, {URL: "https://vendor.example/c?_vwoUserId=D6C877426A0B00F169E20435A39AAA146", Text: "D6C877426A0B00F169E20435A39AAA146"},
	},
	Misses: []Sample{{Body: `{"cid":"12345"}`}, {Body: `{"anonymousId":"00000000-0000-0000-0000-000000000000"}`}, {Body: `{"device_id":"desktop1"}`}, {Body: `{"visitor":"1700000000000"}`}, {Body: `{"cid":"campaign-2024"}`}, {Body: `{"ad":{"vid":"12345678"}}`},
		{URL: "https://login.example/oauth2/v1/keys?client_id=0oa2hl2inow5Uqc6c357"}, {Header: "X-DevTools-Emulate-Network-Conditions-Client-Id: 5F2D3A7BC1E94860AB9D0C4E7F183562"},
		{URL: "https://video.example/crossdomain?playerID=907653773001"}, {URL: "https://vendor.example/c?ga_tracking_id=UA-643778-1"}, {Body: `{"site_guid":"93f8c51d6c0425946a44c5302fb62bff"}`},
		{URL: "https://vendor.example/c?deviceid=0.8238071829546243"}, {URL: "https://ads.example/visitor?clientID=791263"}, {URL: "https://widget.example/static/bar.js?uuid=77dc5cbe-9ef9-11ec-a00e-8786bd901140"}, {URL: "https://ads.example/w/1.0/jstag?auid=538119493"}, {URL: "https://vendor.example/c?client_id=698386534119.apps.googleusercontent.com"}, {URL: "https://vendor.example/c?evtUUID=54d32b01-4a11-4fa8-958d-ba94675ffff0"}, {Body: `{"user":{"eids":[{"uids":[{"id":"2019-06-28T16:23:04"}]}]}}`},
		{URL: "https://session.login.news.example/rpc/hasSession.js?client_id=51c0425b9eaf7c0872000000"}, {URL: "https://login.example/session?client_id=51c0425b9eaf7c0872000000&redirect_uri=x"}},
}

func findClientID(c *Context, yield func(Match)) {
	v := c.v
	if isNothing(v) || v == nilUUID || len(v) > 400 || isURL(v) || strings.ContainsAny(v, " <>{}\"") || strings.Trim(v, "0-") == "" || isEpoch(v) || strings.Contains(v, "@") {
		return
	}
	conf := Certain
	switch {
	case isSiteKey(v), numbered(v), plainFraction(v), isInstant(v), isHostName(v):
		return
	case c.name.flat == "uuid" && c.ofScript():
		return
	case c.name.flat == "auid" && digitsOf(v) == v, c.name.flat == "playerid" && !isUUID(v), c.name.weak && c.ofPlace():
		return
	case c.name.has(adName) && !isUUID(v), c.name.flat == "clientid" && c.f.Where == decode.Query && c.application():
		return
	case isUUID(v), gaID(v):
	case c.name.weak:
		d := digitsOf(v)
		if c.name.has(adName) || c.foreign() || !(len(v) >= 16 && random(v) || d == v && len(v) >= 10) || isArticleNumber(v) {
			return
		}
		conf = Likely
	case !random(v) && !(len(v) >= 6 && digitsOf(v) == v), c.name.flat == "clientid" && len(v) < minClient && digitsOf(v) == v:
		return
	}
	yield(c.whole(ByField, conf))
}

// ofScript reports a parameter in the address of a script: it stands in the page, so it is the site's key and no visitor's.
func (c *Context) ofScript() bool {
	if c.f.Where != decode.Query {
		return false
	}
	last := ""
	for i := range c.Tree.Fields {
		if f := &c.Tree.Fields[i]; f.Where == decode.Path && f.Parent < 0 {
			last = f.Value
		}
	}
	return strings.HasSuffix(last, ".js")
}

// minClient is how many digits a clientId has at least that is a browser's: agencies and networks number their clients with fewer.
const minClient = 9

// plainFraction reports what Math.random() gives: drawn for the request, to get past caches.
func plainFraction(v string) bool {
	rest, ok := strings.CutPrefix(v, "0.")
	return ok && len(rest) >= 8 && digitsOf(rest) == rest
}

// ofPlace reports an id that says whose it is, and not a browser's: the site's, a page's, a publisher's.
func (c *Context) ofPlace() bool {
	for _, w := range c.name.tokens[:max(0, len(c.name.tokens)-1)] {
		if placeWords[w] {
			return true
		}
	}
	return false
}

var placeWords = wordSet(`site page partner publisher marketer advertiser seller merchant account app placement article video content product store shop
	evt event req request pageview view message msg impression auction transaction correlation trace span hit log job batch upload file asset`)

// application reports a client_id as OAuth means it (RFC 6749): that of an application, not of a browser.
func (c *Context) application() bool {
	for _, n := range c.siblings {
		switch n.flat {
		case "redirecturi", "responsetype", "responsemode", "granttype", "codechallenge", "codechallengemethod", "scope", "prompt", "nonce":
			return true
		}
	}
	if signInHost.MatchString(c.Host) {
		return true
	}
	for i := range c.Tree.Fields {
		if f := &c.Tree.Fields[i]; f.Where == decode.Path {
			switch low := strings.ToLower(f.Value); {
			case strings.Contains(low, "oauth"), strings.Contains(low, "oidc"), strings.Contains(low, "openid"), strings.Contains(low, "authorize"), strings.Contains(low, "well-known"), low == "jwks":
				return true
			}
		}
	}
	return false
}

// signInHost matches hosts where people sign in: their clients are applications.
var signInHost = regexp.MustCompile(`(?:^|\.)(?:login|signin|auth|oauth|oauth2|sso|idp|accounts?|identity|id)\.[^.]+\.`)

// gaID reports Google's and Meta's cookie values: two numbers with a dot, with or without a prefix.
func gaID(v string) bool {
	parts := strings.Split(v, ".")
	if len(parts) > 4 || len(parts) < 2 {
		return false
	}
	for _, p := range parts[len(parts)-2:] {
		if len(p) < 8 || digitsOf(p) != p {
			return false
		}
	}
	return true
}

// SessionIDField finds session ids by the name of their field.
var SessionIDField = Rule{
	ID:     "session-id-field",
	Class:  SessionID,
	Doc:    "The id of a visit, in a field that is named for one.",
	Why:    "It ties the pages of a visit together.",
	Do:     "Set it only after consent, or let it live in memory.",
	Needs:  NeedLeaf | NeedDigit,
	Names:  true,
	Find:   findSessionID,
	Hits:   []Sample{{Body: `{"session_id":1700000000123}`, Text: "1700000000123"}, {Body: `{"sessionId":"9f1c2d3e-1b2c-4d5e-8f90-a1b2c3d4e5f6"}`, Text: "9f1c2d3e-1b2c-4d5e-8f90-a1b2c3d4e5f6"}, {URL: "https://vendor.example/c?sid=1700000000", Text: "1700000000"}},
	Misses: []Sample{{Body: `{"session_id":"1"}`}, {Body: `{"sid":"abc"}`}, {Body: `{"session_id":null}`}, {Body: `{"session_count":"1700000000"}`}},
}

func findSessionID(c *Context, yield func(Match)) {
	v := c.v
	if isNothing(v) || v == nilUUID || len(v) > 400 || strings.ContainsAny(v, " <>{}\"") || isURL(v) || !(random(v) || digitsOf(v) == v && len(v) >= 8) {
		return
	}
	yield(c.whole(ByField, Certain))
}

// ClickIDField finds the click ids of advertising platforms.
var ClickIDField = Rule{
	ID:     "click-id-field",
	Class:  ClickID,
	Doc:    "A click id that an advertising platform put on the link that led here: gclid, fbclid, msclkid and their kin.",
	Why:    "It ties the visit to a person's account at the platform.",
	Do:     "Strip click ids before they are passed on to others.",
	Needs:  NeedLeaf,
	Names:  true,
	Find:   findClickID,
	Hits:   []Sample{{URL: "https://vendor.example/c?dl=https%3A%2F%2Fshop.example%2F%3Fgclid%3DCj0KCQiA1b2c3d4e5f6g7h8", Text: "Cj0KCQiA1b2c3d4e5f6g7h8"}, {Body: `{"fbc":"fb.1.1700000000000.IwAR0abcDEF123"}`, Text: "fb.1.1700000000000.IwAR0abcDEF123"}},
	Misses: []Sample{{Body: `{"gclid":"null"}`}, {Body: `{"gclid":"true"}`}, {Body: `{"click_id":"header"}`}, {Body: `{"gclid":"{gclid}"}`}, {URL: "https://vendor.example/action?msclkid=N"}},
}

func findClickID(c *Context, yield func(Match)) {
	if len(c.v) > 500 || isNothing(c.v) || strings.ContainsAny(c.v, " <>{}\"") || isURL(c.v) || !(random(c.v) || mixed(c.v) && len(c.v) >= 8 || len(c.v) >= 20 && base64Alphabet(c.v)) {
		return
	}
	yield(c.whole(ByField, Certain))
}
