package rule

import (
	"regexp"
	"strings"

	"github.com/tagscan/tagscan/detect/decode"
)

// Advertising firms call what they know a browser by "user id": each has a number for it in its own cookie, and tells it to
// the next, which keeps a table of both (Google's cookie matching, https://developers.google.com/authorized-buyers/rtb/cookie-guide,
// names the parts). No account stands behind such a number. What follows tells it from the id of a user who signed in.

// browserNames are the names that mean the number of a browser among advertising firms: bid requests (OpenRTB 2.6, section
// 3.2.20, object User: id and buyeruid) and the addresses of cookie syncs.
var browserNames = wordSet(`uid userid puid puserid usrid externaluserid extuserid extid external thirdpartyid useruuid userguid eid
	enduserid partneruid partneruserid partnerid identity memberid aaid userhash uuserid buyeruid buyerid user profileid`)

// browserNumber reports a user id that is the number of a browser: among advertising firms, in a field that says no more than
// "user", with nobody's name, address or account beside it.
func (c *Context) browserNumber() bool {
	if !browserNames[c.name.flat] && !endsInBrowserName(c.name.tokens) {
		return false
	}
	ofFirm := len(c.name.tokens) > 1 && adFirms[c.name.tokens[0]]
	drawn := c.f.Where == decode.Query && wideNumber(c.v)
	return (c.exchange() || ofFirm || drawn) && !c.personal()
}

// wideNumber reports the digits of a number that fills 64 bits, as advertising servers draw them for browsers.
func wideNumber(v string) bool { return len(v) >= 18 && len(v) <= 20 && digitsOf(v) == v }

// endsInBrowserName reports a name whose last words are one of browserNames: partner_user_id, admeld_user_id, appnexus_uid.
func endsInBrowserName(tokens []string) bool {
	if n := len(tokens); n > 1 {
		return browserNames[tokens[n-1]] || browserNames[tokens[n-2]+tokens[n-1]]
	}
	return false
}

// exchange reports a request among advertising firms: the recipient is one, or the address is that of a cookie sync.
func (c *Context) exchange() bool {
	if c.Ads {
		return true
	}
	if c.syncs == unknown {
		c.syncs = no
		if c.syncAddress() {
			c.syncs = yes
		}
	}
	return c.syncs == yes
}

// answer is that to a question which is asked at most once about a request.
type answer uint8

const (
	unknown answer = iota
	yes
	no
)

// syncAddress reports the address of a cookie sync: by a part of its path, or by two parameters that only such an address has.
func (c *Context) syncAddress() bool {
	marks := 0
	for i := range c.Tree.Fields {
		f := &c.Tree.Fields[i]
		switch {
		case f.Parent >= 0:
		case f.Where == decode.Path && syncPath.MatchString(f.Value):
			return true
		case f.Where == decode.Query && syncMarks[strings.ToLower(f.Key)]:
			marks++
		}
	}
	return marks > 1 || syncHost.MatchString(c.Host)
}

var (
	syncPath = regexp.MustCompile(`(?i)^(?:[a-z]*(?:user|cookie|id|pixel|partner)[-_]?(?:sync|match|map)(?:ing|es)?|[ucx]?sync|match|merge` +
		`|set_?uid|get_?uid(?:nb)?|cms|csync|usermatchredir|tap\.php|ups|ibs:.*)(?:\.(?:gif|php|aspx?|png|js))?$`)
	syncHost = regexp.MustCompile(`^(?:ads?|adserver|adx|rtb|bid|bidder|dsp|ssp|dmp)\d*[.-]` +
		`|(?:^|[.-])(?:u?sync|csync|cookiesync|user-?sync|id-?sync|cm|match|usermatch|pixel-sync|[ds]sum|[ds]sum-sec)\d*[.-]`)

	// adFirms stand before an id that one of them has given out: admeld_user_id, appnexus_uid.
	adFirms = wordSet(`admeld appnexus anx adnxs bidswitch bsw turn mediamath mt pubmatic rubicon rp openx casale spotx
		tapad bluekai bk krux exelate google goog ttd thetradedesk criteo adform adaptv smart liveramp lotame neustar quantcast sovrn lijit triplelift sharethrough
		teads taboola outbrain yieldmo gumgum conversant dotomi adobe aam dbm dcm amazon aps xandr`)

	syncMarks = wordSet(`google_gid google_cver google_error google_push google_hm dpid dpuuid dspid dsp_id ssp sspid bidder
		bidder_id partner_id partnerid networkid network_id exchange redir redirect gdpr gdpr_consent piggybackcookie buyer buyer_id nid pid ttd_pid ttd_tpi`)
)

// siteKey matches accounts of sites at vendors, which are the same for every visitor: Google's tags, and the organisations of Adobe.
var siteKey = regexp.MustCompile(`^(?:UA-\d{4,12}(?:-\d{1,4})?|(?:G|GTM|GT|AW|DC|OPT)-[A-Z0-9]{4,14}` +
	`|(?:ca|pub|ca-pub)-\d{8,20}|[0-9A-F]{24}@AdobeOrg)$`)

// mixpanelID matches the ids that Mixpanel's and Kampyle's libraries draw for a browser: five runs of hexadecimal digits of
// time, chance, user agent, screen size and time again (mixpanel-browser, UUID of utils.js, until 2.47).
var mixpanelID = regexp.MustCompile(`^[0-9a-f]{10,16}-[0-9a-f]{6,16}-[0-9a-f]{6,8}-[0-9a-f]{4,8}-[0-9a-f]{10,16}$`)

// isoTime is a time as ISO 8601 writes it.
var isoTime = regexp.MustCompile(`^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d.*)?$`)

// numbered reports a list of numbers, as the ids of experiments are sent: 21060950,575144605.
func numbered(v string) bool {
	return strings.ContainsAny(v, ",;|") && strings.Trim(v, "0123456789,;|") == ""
}

// dated reports a time behind a few letters, which is new with each request: uid1496444400737.
func dated(v string) bool {
	return isEpoch(v) || isEpoch(strings.TrimLeft(v, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-"))
}

// isSiteKey, drawnByMixpanel and isInstant ask the expressions above only about values that can fit: ids are looked at by the thousand.
func isSiteKey(v string) bool { return strings.ContainsAny(v, "-@") && siteKey.MatchString(v) }

func drawnByMixpanel(v string) bool { return strings.Count(v, "-") == 4 && mixpanelID.MatchString(v) }

func isInstant(v string) bool {
	return len(v) >= len("2006-01-02") && v[4] == '-' && isoTime.MatchString(v)
}
