package rule

import "strings"

// ClassInfo is all that is known about a class: how a reader is told of it, how other packages treat it, and what it is
// called in the frameworks that auditors use. Whoever needs a fact about a class reads it here. A field without the tag
// "optional" must be set.
type ClassInfo struct {
	Class    Class
	Title    string   // as a heading: "E-mail address"
	Many     string   // in a sentence about all users: "e-mail addresses"
	Severity Severity // of the plain datum in a body, with consent
	What     string   // what it is, in a sentence
	Why      string   // why it matters if the recipient is breached
	Do       string   // what to do about it

	Keys      string  `optional:""` // persona keys whose values are of the class, separated by blanks
	Holds     bool    `optional:""` // a text that tells of something else than itself: other personal data may stand in it
	Proves    bool    `optional:""` // a text of the class is one whatever its field is for: an address that serves as a user's id is an address
	Never     bool    `optional:""` // no contract makes it right to send it: `tagscan init` forbids it
	InAddress bool    `optional:""` // sites put it into page addresses by mistake
	Mask      Masking `optional:""` // where a report masks a value of the class

	GDPR  string // article of Regulation (EU) 2016/679
	TCF   string // IAB TCF v2.2 data category
	DPV   string // W3C DPV 2, pd: term
	Apple string `optional:""` // App Store privacy label
	Play  string `optional:""` // Google Play data type
	CWE   string `optional:""`
}

// Masking says where else than at its own place a report masks a value.
type Masking uint8

const (
	MaskEverywhere Masking = iota // wherever it stands
	MaskParts                     // and its words wherever a page greets its user: they are names
	MaskPhrases                   // only if it is long or of several words: it is often an ordinary word
	MaskSome                      // a limited number: a run makes thousands of them, and they name a browser
	MaskNowhere                   // it is no secret by itself: what a device or page is called, places too large to be anybody's
)

// Classes returns what is known about every class, the most severe first. A hash keeps its class: Apple counts a hashed
// address as an address, and the GDPR calls it pseudonymised at most (Art. 4(5)).
func Classes() []ClassInfo { return append([]ClassInfo(nil), classes...) }

// Listed reports whether a class has a row in the table of classes.
func (c Class) Listed() bool { return rows[c] != nil }

// Noun is the title within a sentence: "e-mail address", "IP address".
func (i ClassInfo) Noun() string {
	first, rest := i.Title[:1], i.Title[1:]
	if rest != "" && strings.ToUpper(rest[:1]) == rest[:1] && rest[0] >= 'A' {
		return i.Title
	}
	return strings.ToLower(first) + rest
}

// InfoOf returns what is known about a class. What a persona key of its own ("known.loyalty") is, only its user could say:
// it is grave. ok is false where nobody knows the class; it is called by its id then, and taken for grave as well.
func InfoOf(c Class) (info ClassInfo, ok bool) {
	if row := rows[c]; row != nil {
		return *row, true
	}
	if key, ok := strings.CutPrefix(string(c), "known."); ok && key != "" {
		return ClassInfo{
			Class: c, Title: "Known value: " + key, Many: "known values (" + key + ")", Severity: High,
			What: "A value of the persona file under the key " + key + ".",
			Why:  "Whoever wrote the persona file wants to know where it goes.",
			Do:   "Stop sending it, or allow it in the policy.",
			GDPR: "Art. 4(1)", TCF: userGiven, DPV: "PersonalData",
			Apple: "Other Data", Play: "Other info", CWE: exposure,
		}, true
	}
	return ClassInfo{Class: c, Title: string(c), Many: string(c), Severity: High}, false
}

// rows finds the row of a class.
var rows = func() map[Class]*ClassInfo {
	m := map[Class]*ClassInfo{}
	for i := range classes {
		m[classes[i].Class] = &classes[i]
	}
	return m
}()

const (
	exposure    = "CWE-359"
	urlExposure = "CWE-359, CWE-598 in a URL"
	credentials = "CWE-522, CWE-598 in a URL"
	userGiven   = "7 user-provided data"
	deviceID    = "3 device identifiers"
	traitsOf    = "2 device characteristics"
	browsing    = "6 browsing and interaction data"
)

// classes has a row for each class. A class of data that is new needs a row and nothing else; a rule or a vendor's file
// names it by its id.
var classes = []ClassInfo{
	{
		Class: Password, Title: "Password", Many: "passwords", Severity: Critical,
		What: "A password, in clear or hashed.",
		Why:  "Whoever has it is the user, here and wherever it is used again.",
		Do:   "Stop form capture on every page with a login; rotate what was sent.",
		Keys: "password", Never: true,
		GDPR: "Art. 4(1), 32", TCF: userGiven, DPV: "Password",
		Apple: "Other Data", CWE: "CWE-359, CWE-522",
	},
	{
		Class: Card, Title: "Payment card number", Many: "payment card numbers", Severity: Critical,
		What: "A payment card number or its security code.",
		Why:  "It is money.",
		Do:   "Keep third-party scripts off the payment page (PCI DSS 6.4.3); use the processor's frame.",
		Keys: "payment_card", Proves: true, Never: true,
		GDPR: "Art. 4(1)", TCF: userGiven, DPV: "PaymentCardNumber",
		Apple: "Payment Info", Play: "User payment info", CWE: "CWE-359; PCI DSS 3",
	},
	{
		Class: IBAN, Title: "Bank account number", Many: "bank account numbers", Severity: Critical,
		What: "An international bank account number.",
		Why:  "Direct debits need no more.",
		Do:   "Keep third-party scripts off pages that show or ask for it.",
		Keys: "iban", Proves: true, Never: true,
		GDPR: "Art. 4(1)", TCF: userGiven, DPV: "BankAccount",
		Apple: "Payment Info", Play: "User payment info", CWE: "CWE-359",
	},
	{
		Class: NationalID, Title: "National identity number", Many: "national identity numbers", Severity: Critical,
		What: "A social security, tax, passport or identity card number.",
		Why:  "It cannot be changed, and identities are stolen with it.",
		Do:   "Keep third-party scripts off pages that ask for it.",
		Keys: "national_id", Never: true,
		GDPR: "Art. 4(1), 87", TCF: userGiven, DPV: "OfficialID",
		Apple: "Other Data", Play: "Other info", CWE: exposure,
	},
	{
		Class: AuthToken, Title: "Access token", Many: "access tokens", Severity: Critical,
		What: "A session, bearer or reset token, a JSON web token about a person.",
		Why:  "Whoever holds it can act as the user until it expires.",
		Do:   "Keep tokens out of URLs; strip them from what error monitors record.",
		Keys: "auth_token", Holds: true, InAddress: true,
		GDPR: "Art. 4(1), 32", TCF: "5 authentication-derived identifiers", DPV: "Authenticating",
		Apple: "User ID", Play: "User IDs", CWE: credentials,
	},
	{
		Class: Email, Title: "E-mail address", Many: "e-mail addresses", Severity: High,
		What: "An address, in clear or hashed.",
		Why:  "It names one person, and data brokers join records by it.",
		Do:   "Send an id of your own that only you can resolve; switch off automatic matching.",
		Keys: "email", Proves: true, InAddress: true,
		GDPR: "Art. 4(1)", TCF: userGiven, DPV: "EmailAddress",
		Apple: "Email Address", Play: "Email address", CWE: urlExposure,
	},
	{
		Class: Phone, Title: "Phone number", Many: "phone numbers", Severity: High,
		What: "A number, in clear or hashed.",
		Why:  "It reaches one person, and ad platforms join records by it.",
		Do:   "Leave it out of events; switch off automatic matching.",
		Keys: "phone", InAddress: true,
		GDPR: "Art. 4(1)", TCF: userGiven, DPV: "TelephoneNumber",
		Apple: "Phone Number", Play: "Phone number", CWE: exposure,
	},
	{
		Class: Address, Title: "Postal address", Many: "postal addresses", Severity: High,
		What: "A street or post code, or the town of a postal address.",
		Why:  "It says where a person lives.",
		Do:   "Leave it out of events; a country is enough for reports.",
		Keys: "street postcode",
		GDPR: "Art. 4(1)", TCF: userGiven, DPV: "PhysicalAddress",
		Apple: "Physical Address", Play: "Address", CWE: exposure,
	},
	{
		Class: Name, Title: "Name", Many: "names", Severity: High,
		What: "A person's first, last or full name.",
		Why:  "With anything else it names the person.",
		Do:   "Leave it out of traits and titles.",
		Keys: "full_name first_name last_name", InAddress: true, Mask: MaskParts,
		GDPR: "Art. 4(1)", TCF: userGiven, DPV: "Name",
		Apple: "Name", Play: "Name", CWE: exposure,
	},
	{
		Class: BirthDate, Title: "Date of birth", Many: "dates of birth", Severity: High,
		What: "A date of birth.",
		Why:  "With post code and gender it names most people.",
		Do:   "Send an age group, or nothing.",
		Keys: "dob",
		GDPR: "Art. 4(1)", TCF: userGiven, DPV: "BirthDate",
		Apple: "Other Data", Play: "Other info", CWE: exposure,
	},
	{
		Class: FormInput, Title: "Form input", Many: "what they typed into forms", Severity: High,
		What:  "What was typed into a form, sent or not.",
		Why:   "It leaves before the visitor has decided to send it.",
		Do:    "Switch off input capture; mask all inputs.",
		Holds: true,
		GDPR:  "Art. 4(1), 5(1)(c)", TCF: userGiven, DPV: "Communication",
		Apple: "Other User Content", Play: "Other user-generated content", CWE: exposure,
	},
	{
		Class: Replay, Title: "Session recording", Many: "recordings of their screens", Severity: High,
		What:  "A recording of what the visitor saw and did.",
		Why:   "Everything on the page is in it.",
		Do:    "Mask all text and inputs, block account pages, record after consent only.",
		Holds: true,
		GDPR:  "Art. 4(1), 5(1)(c)", TCF: browsing, DPV: "Communication",
		Apple: "Other User Content", Play: "Other user-generated content", CWE: exposure,
	},
	{
		Class: Precise, Title: "Precise location", Many: "precise locations", Severity: High,
		What: "Coordinates with three decimals and more: about 100 m.",
		Why:  "It names a building; a few of them over time name a person.",
		Do:   "Round to one decimal, or send the country.",
		Keys: "lat lon geo",
		GDPR: "Art. 4(1)", TCF: "9 precise location data", DPV: "GPSCoordinate",
		Apple: "Precise Location", Play: "Precise location", CWE: exposure,
	},
	{
		Class: Print, Title: "Device fingerprint", Many: "device fingerprints", Severity: High,
		What: "A hash or list of device traits: canvas, WebGL, audio, fonts.",
		Why:  "It identifies the device without a cookie and cannot be deleted.",
		Do:   "Ask why; advertising has no ground for it without consent.",
		Mask: MaskNowhere,
		GDPR: "Recital 30", TCF: "4 probabilistic identifiers", DPV: "BrowserFingerprint",
		Apple: "Device ID", Play: "Device or other IDs", CWE: exposure,
	},
	{
		Class: UserID, Title: "User id", Many: "user ids", Severity: Medium,
		What: "The id of a signed-in user.",
		Why:  "It ties everything the recipient holds to one account.",
		Do:   "Send a keyed hash, another one for each vendor.",
		Keys: "user_id", InAddress: true,
		GDPR: "Art. 4(1)", TCF: "5 authentication-derived identifiers", DPV: "AccountIdentifier",
		Apple: "User ID", Play: "User IDs", CWE: exposure,
	},
	{
		Class: Username, Title: "Username", Many: "usernames", Severity: Medium,
		What: "A login name or nickname.",
		Why:  "People use one name in many places: it can be searched.",
		Do:   "Send an id instead.",
		Keys: "username",
		GDPR: "Art. 4(1)", TCF: "5 authentication-derived identifiers", DPV: "Username",
		Apple: "User ID", Play: "User IDs", CWE: exposure,
	},
	{
		Class: OrgID, Title: "Organization id", Many: "organization ids", Severity: Medium,
		What: "Id or name of the company, tenant or workspace of a user.",
		Why:  "It narrows a user down to a few colleagues, and tells who the customers are.",
		Do:   "Send a random id per vendor.",
		Keys: "org_id org_name",
		GDPR: "Art. 4(1)", TCF: userGiven, DPV: "Identifier",
		Apple: "Other Data", Play: "Other info", CWE: exposure,
	},
	{
		Class: ClientID, Title: "Browser identifier", Many: "browser identifiers", Severity: Medium,
		What: "A stable pseudonymous id of browser or device.",
		Why:  "It ties visits together, over pages, sites and years.",
		Do:   "Set it after consent only; shorten its life.",
		Keys: "client_id", Mask: MaskSome,
		GDPR: "Art. 4(1), Recital 30; ePrivacy 5(3)", TCF: deviceID, DPV: "UID",
		Apple: "Device ID", Play: "Device or other IDs", CWE: exposure,
	},
	{
		Class: SyncedID, Title: "Identifier shared between parties", Many: "identifiers shared between parties", Severity: Medium,
		What: "An id of one party that turns up at another.",
		Why:  "It joins two companies' profiles of one person.",
		Do:   "Block cookie syncing; do not share first-party ids.",
		Mask: MaskSome,
		GDPR: "Recital 30; ePrivacy 5(3)", TCF: deviceID, DPV: "UID",
		Apple: "Device ID", Play: "Device or other IDs",
	},
	{
		Class: ClickID, Title: "Ad click identifier", Many: "ad click identifiers", Severity: Medium,
		What: "A click id of an advertising platform.",
		Why:  "It ties the visit to an account at the platform.",
		Do:   "Strip click ids before they are passed on to others.",
		Mask: MaskSome,
		GDPR: "Recital 30", TCF: deviceID, DPV: "UID",
		Apple: "Device ID", Play: "Device or other IDs",
	},
	{
		Class: IP, Title: "IP address", Many: "IP addresses", Severity: Medium,
		What: "An internet address in a payload: written down and passed on.",
		Why:  "It locates a household and ties visits together.",
		Do:   "Switch off IP collection, or cut the last octet.",
		Keys: "ip", Mask: MaskSome,
		GDPR: "Recital 30", TCF: "1 IP addresses", DPV: "IPAddress",
		Apple: "Device ID", Play: "Device or other IDs", CWE: exposure,
	},
	{
		Class: Search, Title: "Search term", Many: "search terms", Severity: Medium,
		What: "What the visitor searched for.",
		Why:  "People search for what worries them.",
		Do:   "Cut the query off page addresses.",
		Keys: "search_term", Holds: true, Mask: MaskPhrases,
		GDPR: "Art. 4(1)", TCF: browsing, DPV: "BrowsingBehaviour",
		Apple: "Search History", Play: "In-app search history",
	},
	{
		Class: Purchase, Title: "Purchase", Many: "purchases", Severity: Medium,
		What:  "An order, booking or cart, and what it cost.",
		Why:   "It says what somebody bought; the order number leads to the name.",
		Do:    "Send a random id for deduplication.",
		Holds: true, Mask: MaskPhrases,
		GDPR: "Art. 4(1)", TCF: browsing, DPV: "Purchase",
		Apple: "Purchase History", Play: "Purchase history",
	},
	{
		Class: SessionID, Title: "Session identifier", Many: "session identifiers", Severity: Low,
		What: "The id of a visit.",
		Why:  "It ties the pages of a visit together.",
		Do:   "Set it after consent only.",
		Keys: "session_id", Mask: MaskSome,
		GDPR: "Recital 30", TCF: deviceID, DPV: "Identifier",
		Apple: "Device ID",
	},
	{
		Class: Coarse, Title: "Approximate location", Many: "approximate locations", Severity: Low,
		What: "Town, region or country of the visitor.",
		Why:  "With a user id it narrows down who it is.",
		Do:   "Switch off location in the vendor's settings.",
		Keys: "city region country", Mask: MaskNowhere,
		GDPR: "Art. 4(1)", TCF: "8 non-precise location data", DPV: "Location",
		Apple: "Coarse Location", Play: "Approximate location",
	},
	{
		Class: Gender, Title: "Gender", Many: "genders", Severity: Low,
		What: "A gender.",
		Why:  "With birth date and post code it names most people.",
		Do:   "Leave it out.",
		Keys: "gender", Mask: MaskNowhere,
		GDPR: "Art. 4(1)", TCF: "7 user-provided data, 10 inferred characteristics", DPV: "Gender",
		Apple: "Other Data", Play: "Other info",
	},
	{
		Class: UserAgent, Title: "Browser and operating system", Many: "browsers and operating systems", Severity: Low,
		What: "The browser's user agent string in a payload.",
		Why:  "It is a part of every fingerprint.",
		Do:   "Switch off device properties where the vendor can.",
		Keys: "user_agent", Holds: true, Mask: MaskNowhere,
		GDPR: "Recital 30", TCF: traitsOf, DPV: "UserAgent",
		Apple: "Other Data", Play: "Diagnostics",
	},
	{
		Class: Hints, Title: "Browser client hints", Many: "detailed browser versions", Severity: Low,
		What: "Client hints of high entropy in a payload.",
		Why:  "They tell devices apart that the user agent no longer does.",
		Do:   "Do not grant them by Permissions-Policy.",
		Mask: MaskNowhere,
		GDPR: "Recital 30", TCF: traitsOf, DPV: "DeviceSoftware",
		Apple: "Other Data", Play: "Diagnostics",
	},
	{
		Class: Screen, Title: "Screen size", Many: "screen sizes", Severity: Low,
		What: "The size of screen or window.",
		Why:  "It is a part of every fingerprint.",
		Do:   "Nothing by itself; count it in.",
		Mask: MaskNowhere,
		GDPR: "Recital 30", TCF: traitsOf, DPV: "DeviceBased",
		Apple: "Other Data", Play: "Diagnostics",
	},
	{
		Class: Locale, Title: "Language and time zone", Many: "languages and time zones", Severity: Low,
		What: "The browser's language or time zone.",
		Why:  "It is a part of every fingerprint, and a coarse location.",
		Do:   "Nothing by itself; count it in.",
		Mask: MaskNowhere,
		GDPR: "Recital 30", TCF: traitsOf, DPV: "Language",
		Apple: "Other Data", Play: "Diagnostics",
	},
	{
		Class: PageURL, Title: "Page address", Many: "addresses of the pages they saw", Severity: Low,
		What:  "The address of the page.",
		Why:   "It is the browsing history, and it carries what the site puts into its URLs.",
		Do:    "Cut the query off before it is sent.",
		Holds: true, Mask: MaskNowhere,
		GDPR: "Art. 4(1)", TCF: browsing, DPV: "BrowserHistory",
		Apple: "Browsing History", Play: "Web browsing", CWE: "CWE-598",
	},
	{
		Class: Title, Title: "Page title", Many: "titles of the pages they saw", Severity: Low,
		What:  "The title of the page.",
		Why:   "It says what was read, and titles of account pages name the user.",
		Do:    "Keep names out of titles.",
		Holds: true, Mask: MaskNowhere,
		GDPR: "Art. 4(1)", TCF: browsing, DPV: "BrowserHistory",
		Apple: "Browsing History", Play: "Web browsing",
	},
	{
		Class: Referrer, Title: "Referrer", Many: "pages they came from", Severity: Low,
		What:  "The page the visitor came from.",
		Why:   "It is the browsing history before this page.",
		Do:    "Set Referrer-Policy: strict-origin-when-cross-origin.",
		Holds: true, Mask: MaskNowhere,
		GDPR: "Art. 4(1)", TCF: browsing, DPV: "BrowsingReferral",
		Apple: "Browsing History", Play: "Web browsing", CWE: "CWE-598",
	},
	{
		Class: ConsentStr, Title: "Consent state", Many: "consent choices", Severity: Info,
		What:  "What the visitor chose.",
		Why:   "It identifies nobody by itself.",
		Do:    "Nothing; it belongs there.",
		Holds: true, Mask: MaskNowhere,
		GDPR: "Art. 7", TCF: "11 privacy choices", DPV: "PrivacyPreference",
	},
}
