package rule

import (
	"strings"

	"github.com/tagscan/tagscan/detect/decode"
)

// valueNames are names of fields that hold what a field beside them names: {"key": "email", "value": "…"}, and within an
// OpenTelemetry attribute {"key": "user.email", "value": {"stringValue": "…"}}. labelFields are the names of the others.
var (
	valueNames  = wordSet(`value val v stringvalue strvalue currentvalue fieldvalue newvalue answer`)
	labelFields = wordSet(`name key field fieldname attribute attributename property propertyname param parameter k n fieldid inputname`)
)

// at is of for a field of a tree: where the name only says that it is the value of something, a field beside it says of
// what.
func (n *Names) at(t *decode.Tree, i int) *nameInfo {
	f := &t.Fields[i]
	info := n.of(f)
	if word := typeOfDigest(t, i, info); word != "" {
		return n.named(f, parentPath(f), word)
	}
	if info.class != "" && info.class != Purchase || !valueNames[info.flat] {
		return info
	}
	parent := parentPath(f)
	word := labelBeside(t, i, parent)
	if outer, ok := strings.CutSuffix(parent, "value."); ok && word == "" {
		parent = outer
		word = labelBeside(t, i, parent)
	}
	if word == "" {
		return info
	}
	named := n.named(f, parent, word)
	if named.class == "" {
		return info
	}
	return named
}

// named is what the field would tell if its name in the object parent were word.
func (n *Names) named(f *decode.Field, parent, word string) *nameInfo {
	path := parent + word
	named, ok := n.m[path]
	if !ok {
		if len(n.m) >= maxNames {
			clear(n.m)
		}
		named = readName(f.Where, path, word)
		n.m[path] = named
	}
	return named
}

// recordNames are names of fields that hold a digest, the kind of which a field beside them tells.
var recordNames = wordSet(`id record identifier hash digest value`)

// digestTypes are how fields beside a digest say what it was made of: {"type": "email", "record": "…"}, and in the list of
// OpenRTB's extended ids {"id": "…", "ext": {"stype": "hemsha256"}}
// (https://docs.prebid.org/dev-docs/modules/userid-submodules/pubprovided.html).
var digestTypes = map[string]string{
	"email": "hashed_email", "emails": "hashed_email", "hem": "hashed_email", "hemmd5": "hashed_email", "hemsha1": "hashed_email",
	"hemsha256": "hashed_email", "emailhash": "hashed_email", "emailsha256": "hashed_email", "emailmd5": "hashed_email",
	"emailsha1": "hashed_email", "hashedemail": "hashed_email", "sha256email": "hashed_email", "md5email": "hashed_email",
	"phone": "hashed_phone", "phonehash": "hashed_phone", "phonesha256": "hashed_phone", "hashedphone": "hashed_phone", "sha256phone": "hashed_phone",
}

// typeNames are the names of the fields that tell it.
var typeNames = wordSet(`type kind idtype hashtype stype`)

// typeOfDigest returns a name for the digest at i which a field beside it says the type of, "" if none does.
func typeOfDigest(t *decode.Tree, i int, info *nameInfo) string {
	f := &t.Fields[i]
	if len(f.Value) < shortDigest || !recordNames[info.flat] || digestShape(f.Value) == "" {
		return ""
	}
	switch info.class {
	case "", ClientID, UserID:
	default:
		return "" // its own name says what it is
	}
	parent := parentPath(f)
	for _, dir := range [2]int{-1, 1} {
		for j, steps := i+dir, 0; j >= 0 && j < len(t.Fields) && steps < 6; j, steps = j+dir, steps+1 {
			g := &t.Fields[j]
			if g.Parent != f.Parent {
				break
			}
			if beside := parentPath(g); g.Kind == decode.Text && typeNames[Squeeze(g.Key)] && (beside == parent || beside == parent+"ext.") {
				return digestTypes[Squeeze(g.Value)]
			}
		}
	}
	return ""
}

// shortDigest is the length in bytes of the shortest digest that stands alone: MD5 in base64.
const shortDigest = 22

// labelBeside returns the text of the field that names what stands at i: one of the nearest in the object parent.
func labelBeside(t *decode.Tree, i int, parent string) string {
	for _, dir := range [2]int{-1, 1} {
		for j, steps := i+dir, 0; j >= 0 && j < len(t.Fields) && steps < 6; j, steps = j+dir, steps+1 {
			g := &t.Fields[j]
			if g.Parent != t.Fields[i].Parent {
				break
			}
			if g.Kind == decode.Text && len(g.Key) > 0 && len(g.Key) < 16 && labelFields[Squeeze(g.Key)] && parentPath(g) == parent && isFieldName(g.Value) {
				return g.Value
			}
		}
	}
	return ""
}

// isFieldName reports a text that could be the name of a field.
func isFieldName(s string) bool {
	if len(s) < 2 || len(s) > 48 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !wordByte[c] && c != '.' && c != '-' && c != '_' && c != '$' && c != '[' && c != ']' || c >= 0x80 {
			return false
		}
	}
	return true
}
