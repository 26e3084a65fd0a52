package rule

// Known says how it is known that a value identifies somebody.
type Known string

const (
	ByPersona  Known = "persona"  // a value of the --persona file
	ByPattern  Known = "pattern"  // the value proves itself: a shape with a validator
	ByField    Known = "field"    // the field's name says what it is, and the value fits
	ByStorage  Known = "storage"  // the value of a cookie or web-storage entry
	ByObserved Known = "observed" // the site showed it about the signed-in user, or it was found elsewhere in the run
)

// Confidence is how sure a match is.
type Confidence string

const (
	Certain  Confidence = "certain"  // a known value, a checksum
	Likely   Confidence = "likely"   // a pattern with a validator in a fitting place
	Possible Confidence = "possible" // a hint: never alone fails a policy
)

// Dress is what a match itself says about the form of the datum, on top of the decode chain of its field.
type Dress string

const (
	Bare    Dress = ""        // as it is in the field
	Hashed  Dress = "hashed"  // Match.Hash names the functions
	Masked  Dress = "masked"  // starred out, but still telling its shape
	Split   Dress = "split"   // in parts over several fields, see Match.More
	Encoded Dress = "encoded" // in an encoding that could not be opened whole
)

// Match is one identifying datum in one field of a tree.
type Match struct {
	Rule       string     // id of the rule: "email-pattern"; "known-value" for the pool
	Class      Class      //
	Known      Known      //
	Key        string     // persona key of a known value: "email"; for a storage value the cookie's or entry's name
	Field      int        // index in Tree.Fields
	Start, End int        // bytes of the field's Value that are explained: Value[Start:End]
	Text       string     // the identifying text in clear: what the field holds; for a hash of a known value, the value
	Hash       []string   // hash functions that lead from Text to the field, innermost first: ["md5", "sha256"]; ["hmac-sha256"]; ["?sha256"] if only the shape tells
	Cipher     string     // name of a home-made cipher that a crib saw through: xor, substitution, caesar; empty: none
	Form       Dress      //
	Confidence Confidence //
	Info       string     // not empty: worth a line of info, no leak; and why: "role address", "hash of nothing"
	Origin     string     // of a known value: where else it was seen, if that is known
	Tester     bool       // it looks like the account of somebody who tests the site
	More       []int      // further fields of a split value or a pair of coordinates
}
