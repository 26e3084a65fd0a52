// Package rule finds what identifies a person in decoded fields: known values (a persona's, a cookie's) plain or hashed,
// patterns with validators, field names with value checks. One file is one class of data. It opens no wrapping (package
// decode does) and does not care who receives (package recipient does).
package rule

// Class is the stable id of a kind of identifying data. A hash keeps its class: hashed e-mail is e-mail.
type Class string

const (
	Email      Class = "contact.email"
	Phone      Class = "contact.phone"
	Address    Class = "contact.address"
	Name       Class = "identity.name"
	BirthDate  Class = "identity.dob"
	Gender     Class = "identity.gender"
	NationalID Class = "identity.national_id"
	UserID     Class = "account.user_id"
	Username   Class = "account.username"
	OrgID      Class = "account.org_id"
	Password   Class = "account.password"
	AuthToken  Class = "account.auth_token"
	Card       Class = "payment.card"
	IBAN       Class = "payment.iban"
	Precise    Class = "location.precise"
	Coarse     Class = "location.coarse"
	ClientID   Class = "online.client_id"
	SyncedID   Class = "online.synced_id"
	ClickID    Class = "online.click_id"
	SessionID  Class = "online.session_id"
	IP         Class = "network.ip"
	UserAgent  Class = "device.user_agent"
	Hints      Class = "device.client_hints"
	Print      Class = "device.fingerprint"
	Screen     Class = "device.screen"
	Locale     Class = "device.locale"
	PageURL    Class = "behaviour.page_url"
	Title      Class = "behaviour.title"
	Referrer   Class = "behaviour.referrer"
	Search     Class = "behaviour.search"
	Purchase   Class = "behaviour.purchase"
	FormInput  Class = "content.form_input"
	Replay     Class = "content.replay"
	ConsentStr Class = "consent.state"
)

// Identifies reports whether data of the class says anything about who somebody is or does. What the visitor chose does not.
func (c Class) Identifies() bool { return c != ConsentStr }

// knownClass is the class of a persona key that has none of its own: "known.<key>".
func knownClass(key string) Class { return Class("known." + key) }
