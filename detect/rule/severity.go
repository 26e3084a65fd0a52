package rule

import (
	"fmt"
	"strings"
)

// ParseSeverity reads info, low, medium, high or critical.
func ParseSeverity(s string) (Severity, error) {
	for i, n := range severityNames {
		if s == n {
			return Severity(i), nil
		}
	}
	return Info, fmt.Errorf("severity %q is none of %s", s, strings.Join(severityNames[:], ", "))
}

// ClassInfo explains a class to a reader and maps it to the frameworks that auditors use.
type ClassInfo struct {
	Class    Class
	Title    string   // "E-mail address"
	Severity Severity // of the plain datum in a body, with consent
	What     string   // what it is, in a sentence
	Why      string   // why it matters if the recipient is breached
	Do       string   // what to do about it
	GDPR     string   // article
	TCF      string   // IAB TCF v2.2 data category
	DPV      string   // W3C DPV pd: term
	Apple    string   // App Store privacy label
	Play     string   // Google Play data safety type
	CWE      string
}
