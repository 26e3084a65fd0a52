package signal

// Fault is something wrong with a string. It is an error.
type Fault struct {
	Code FaultCode `json:"code"`
	Text string    `json:"text"` // a clause for a person: "ends after 12 bits, in the middle of its creation time"
}

func (f Fault) Error() string { return f.Text }

// FaultCode says what kind of fault it is.
type FaultCode string

// What makes a string malformed.
const (
	FaultEmpty     FaultCode = "empty"     // nothing there
	FaultAlphabet  FaultCode = "alphabet"  // a character that the encoding does not have
	FaultPadding   FaultCode = "padding"   // padding where the format has none, or of a wrong length
	FaultTruncated FaultCode = "truncated" // ends in the middle of a field
	FaultTrailing  FaultCode = "trailing"  // something after the end
	FaultVersion   FaultCode = "version"   // a version that does not exist, or is not valid any more
	FaultSegment   FaultCode = "segment"   // a segment that does not exist, or is there twice
	FaultSections  FaultCode = "sections"  // header and sections of a GPP string do not fit together
	FaultValue     FaultCode = "value"     // a field with a value that it cannot have
	FaultSyntax    FaultCode = "syntax"    // not of the format at all
)

// What a well-formed string breaks: rules of the framework it belongs to.
const (
	// FaultNoDisclosedVendors: TCF 2.3 wants the segment; without it the string counts as no consent.
	FaultNoDisclosedVendors FaultCode = "no-disclosed-vendors"
	// FaultNotServiceSpecific: consent for the whole web was given up in 2021; the bit must be set.
	FaultNotServiceSpecific FaultCode = "not-service-specific"
	// FaultInterestNotAllowed: purposes 1 and, since TCF 2.2, 3 to 6 may not rest on legitimate interest.
	FaultInterestNotAllowed FaultCode = "legitimate-interest-not-allowed"
)

// Malformed reports whether the string itself is broken, and not only a rule.
func (f Fault) Malformed() bool {
	switch f.Code {
	case FaultNoDisclosedVendors, FaultNotServiceSpecific, FaultInterestNotAllowed:
		return false
	}
	return true
}

// readable reports whether what was read before the fault is whole: there is no fault, or it is one after the end.
func (f *Fault) readable() bool { return f == nil || f.Code == FaultTrailing || f.Code == FaultPadding }
