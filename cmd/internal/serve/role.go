package serve

import (
	"encoding/hex"
	"fmt"
)

// Role is what somebody may do.
type Role string

// The roles.
const (
	Viewer   Role = "viewer"   // look
	Auditor  Role = "auditor"  // look, and see who did what
	Operator Role = "operator" // all
)

func (t Token) check() string {
	raw, err := hex.DecodeString(t.Hash)
	switch {
	case t.Name == "":
		return "a token needs a name, for the audit log"
	case t.Role != Viewer && t.Role != Auditor && t.Role != Operator:
		return fmt.Sprintf("role: %q is none of viewer, auditor, operator", t.Role)
	case err != nil || len(raw) != 32:
		return "hash: 64 hexadecimal digits are wanted: `tagscan serve --new-token` writes a token and its hash"
	}
	return ""
}
