package rule

import "strings"

// Classes returns what is known about every class, in the order of severity and name. The mapping to frameworks: GDPR
// (Regulation (EU) 2016/679), IAB TCF v2.2 data categories, W3C DPV 2 (pd:), the privacy labels of Apple's App Store and
// the data types of Google Play, CWE. A hash keeps its class: Apple counts a hashed address as an address, and the GDPR
// calls it pseudonymised at most (Art. 4(5)).
func Classes() []ClassInfo { return append([]ClassInfo(nil), classes...) }

// InfoOf returns what is known about a class. A class of a persona key of its own ("known.loyalty") is described too.
func InfoOf(c Class) (ClassInfo, bool) {
	for _, info := range classes {
		if info.Class == c {
			return info, true
		}
	}
	if key, ok := strings.CutPrefix(string(c), "known."); ok && key != "" {
		return ClassInfo{
			Class: c, Title: "Known value: " + key, Severity: Medium, What: "A value of the persona file under the key " + key + ".",
			Why: "Whoever wrote the persona file wants to know where it goes.", Do: "Stop sending it, or allow it in the policy.",
			GDPR: "Art. 4(1)", TCF: "7 user-provided data", DPV: "PersonalData", Apple: "Other Data", Play: "Other info", CWE: "CWE-359",
		}, true
	}
	return ClassInfo{Class: c}, false
}

const (
	exposure    = "CWE-359"
	urlExposure = "CWE-359, CWE-598 in a URL"
	credentials = "CWE-522, CWE-598 in a URL"
	userGiven   = "7 user-provided data"
	deviceID    = "3 device identifiers"
	traitsOf    = "2 device characteristics"
	browsing    = "6 browsing and interaction data"
)

var classes = []ClassInfo{
	{Password, "Password", Critical, "A password, in clear or hashed.", "Whoever has it is the user, here and wherever it is used again.",
		"Stop form capture on every page with a login; rotate what was sent.", "Art. 4(1), 32", userGiven, "Password", "Other Data", "", "CWE-359, CWE-522"},
	{Card, "Payment card", Critical, "A payment card number or its security code.", "It is money.",
		"Keep third-party scripts off the payment page (PCI DSS 6.4.3); use the processor's frame.", "Art. 4(1)", userGiven, "PaymentCardNumber", "Payment Info", "User payment info", "CWE-359; PCI DSS 3"},
	{IBAN, "Bank account", Critical, "An international bank account number.", "Direct debits need no more.",
		"Keep third-party scripts off pages that show or ask for it.", "Art. 4(1)", userGiven, "BankAccount", "Payment Info", "User payment info", "CWE-359"},
	{NationalID, "Official number", Critical, "A social security, tax, passport or identity card number.", "It cannot be changed, and identities are stolen with it.",
		"Keep third-party scripts off pages that ask for it.", "Art. 4(1), 87", userGiven, "OfficialID", "Other Data", "Other info", exposure},
	{AuthToken, "Credential", Critical, "A session, bearer or reset token, a JSON web token about a person.", "Whoever holds it can act as the user until it expires.",
		"Keep tokens out of URLs; strip them from what error monitors record.", "Art. 4(1), 32", "5 authentication-derived identifiers", "Authenticating", "User ID", "User IDs", credentials},
	{Email, "E-mail address", High, "An address, in clear or hashed.", "It names one person, and data brokers join records by it.",
		"Send an id of your own that only you can resolve; switch off automatic matching.", "Art. 4(1)", userGiven, "EmailAddress", "Email Address", "Email address", urlExposure},
	{Phone, "Telephone number", High, "A number, in clear or hashed.", "It reaches one person, and ad platforms join records by it.",
		"Leave it out of events; switch off automatic matching.", "Art. 4(1)", userGiven, "TelephoneNumber", "Phone Number", "Phone number", exposure},
	{Address, "Postal address", High, "A street or post code, or the town of a postal address.", "It says where a person lives.",
		"Leave it out of events; a country is enough for reports.", "Art. 4(1)", userGiven, "PhysicalAddress", "Physical Address", "Address", exposure},
	{Name, "Name", High, "A person's first, last or full name.", "With anything else it names the person.",
		"Leave it out of traits and titles.", "Art. 4(1)", userGiven, "Name", "Name", "Name", exposure},
	{BirthDate, "Date of birth", High, "A date of birth.", "With post code and gender it names most people.",
		"Send an age group, or nothing.", "Art. 4(1)", userGiven, "BirthDate", "Other Data", "Other info", exposure},
	{FormInput, "Form input", High, "What was typed into a form, sent or not.", "It leaves before the visitor has decided to send it.",
		"Switch off input capture; mask all inputs.", "Art. 4(1), 5(1)(c)", userGiven, "Communication", "Other User Content", "Other user-generated content", exposure},
	{Replay, "Session recording", High, "A recording of what the visitor saw and did.", "Everything on the page is in it.",
		"Mask all text and inputs, block account pages, record after consent only.", "Art. 4(1), 5(1)(c)", browsing, "Communication", "Other User Content", "Other user-generated content", exposure},
	{Precise, "Precise location", High, "Coordinates with three decimals and more: about 100 m.", "It names a building; a few of them over time name a person.",
		"Round to one decimal, or send the country.", "Art. 4(1)", "9 precise location data", "GPSCoordinate", "Precise Location", "Precise location", exposure},
	{Print, "Device fingerprint", High, "A hash or list of device traits: canvas, WebGL, audio, fonts.", "It identifies the device without a cookie and cannot be deleted.",
		"Ask why; advertising has no ground for it without consent.", "Recital 30", "4 probabilistic identifiers", "BrowserFingerprint", "Device ID", "Device or other IDs", exposure},
	{UserID, "User id", Medium, "The id of a signed-in user.", "It ties everything the recipient holds to one account.",
		"Send a keyed hash, another one for each vendor.", "Art. 4(1)", "5 authentication-derived identifiers", "AccountIdentifier", "User ID", "User IDs", exposure},
	{Username, "User name", Medium, "A login name or nickname.", "People use one name in many places: it can be searched.",
		"Send an id instead.", "Art. 4(1)", "5 authentication-derived identifiers", "Username", "User ID", "User IDs", exposure},
	{OrgID, "Organisation", Medium, "Id or name of the company, tenant or workspace of a user.", "It narrows a user down to a few colleagues, and tells who the customers are.",
		"Send a random id per vendor.", "Art. 4(1)", userGiven, "Identifier", "Other Data", "Other info", exposure},
	{ClientID, "Client id", Medium, "A stable pseudonymous id of browser or device.", "It ties visits together, over pages, sites and years.",
		"Set it after consent only; shorten its life.", "Art. 4(1), Recital 30; ePrivacy 5(3)", deviceID, "UID", "Device ID", "Device or other IDs", exposure},
	{SyncedID, "Synced id", Medium, "An id of one party that turns up at another.", "It joins two companies' profiles of one person.",
		"Block cookie syncing; do not share first-party ids.", "Recital 30; ePrivacy 5(3)", deviceID, "UID", "Device ID", "Device or other IDs", ""},
	{ClickID, "Click id", Medium, "A click id of an advertising platform.", "It ties the visit to an account at the platform.",
		"Strip click ids before they are passed on to others.", "Recital 30", deviceID, "UID", "Device ID", "Device or other IDs", ""},
	{IP, "IP address", Medium, "An internet address in a payload: written down and passed on.", "It locates a household and ties visits together.",
		"Switch off IP collection, or cut the last octet.", "Recital 30", "1 IP addresses", "IPAddress", "Device ID", "Device or other IDs", exposure},
	{Search, "Search term", Medium, "What the visitor searched for.", "People search for what worries them.",
		"Cut the query off page addresses.", "Art. 4(1)", browsing, "BrowsingBehaviour", "Search History", "In-app search history", ""},
	{Purchase, "Purchase", Medium, "An order, booking or cart, and what it cost.", "It says what somebody bought; the order number leads to the name.",
		"Send a random id for deduplication.", "Art. 4(1)", browsing, "Purchase", "Purchase History", "Purchase history", ""},
	{SessionID, "Session id", Low, "The id of a visit.", "It ties the pages of a visit together.",
		"Set it after consent only.", "Recital 30", deviceID, "Identifier", "Device ID", "", ""},
	{Coarse, "Approximate location", Low, "Town, region or country of the visitor.", "With a user id it narrows down who it is.",
		"Switch off location in the vendor's settings.", "Art. 4(1)", "8 non-precise location data", "Location", "Coarse Location", "Approximate location", ""},
	{Gender, "Gender", Low, "A gender.", "With birth date and post code it names most people.",
		"Leave it out.", "Art. 4(1)", "7 user-provided data, 10 inferred characteristics", "Gender", "Other Data", "Other info", ""},
	{UserAgent, "User agent", Low, "The browser's user agent string in a payload.", "It is a part of every fingerprint.",
		"Switch off device properties where the vendor can.", "Recital 30", traitsOf, "UserAgent", "Other Data", "Diagnostics", ""},
	{Hints, "Client hints", Low, "Client hints of high entropy in a payload.", "They tell devices apart that the user agent no longer does.",
		"Do not grant them by Permissions-Policy.", "Recital 30", traitsOf, "DeviceSoftware", "Other Data", "Diagnostics", ""},
	{Screen, "Screen", Low, "The size of screen or window.", "It is a part of every fingerprint.",
		"Nothing by itself; count it in.", "Recital 30", traitsOf, "DeviceBased", "Other Data", "Diagnostics", ""},
	{Locale, "Language and time zone", Low, "The browser's language or time zone.", "It is a part of every fingerprint, and a coarse location.",
		"Nothing by itself; count it in.", "Recital 30", traitsOf, "Language", "Other Data", "Diagnostics", ""},
	{PageURL, "Page address", Low, "The address of the page.", "It is the browsing history, and it carries what the site puts into its URLs.",
		"Cut the query off before it is sent.", "Art. 4(1)", browsing, "BrowserHistory", "Browsing History", "Web browsing", "CWE-598"},
	{Title, "Page title", Low, "The title of the page.", "It says what was read, and titles of account pages name the user.",
		"Keep names out of titles.", "Art. 4(1)", browsing, "BrowserHistory", "Browsing History", "Web browsing", ""},
	{Referrer, "Referrer", Low, "The page the visitor came from.", "It is the browsing history before this page.",
		"Set Referrer-Policy: strict-origin-when-cross-origin.", "Art. 4(1)", browsing, "BrowsingReferral", "Browsing History", "Web browsing", "CWE-598"},
	{ConsentStr, "Consent state", Info, "What the visitor chose.", "It identifies nobody by itself.",
		"Nothing; it belongs there.", "Art. 7", "11 privacy choices", "PrivacyPreference", "", "", ""},
}
