package rule

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"github.com/tagscan/tagscan/detect/yamltext"
)

// Persona is what is known about a person: values by key. The keys are those of the table personaKeys ("email",
// "full_name" …); any other key is a known value of its own, whose class is knownClass(key).
type Persona map[string][]string

// personaKeys maps every canonical key to its class, as the table of classes has it.
var personaKeys = func() map[string]Class {
	m := map[string]Class{}
	for _, c := range classes {
		for key := range strings.FieldsSeq(c.Keys) {
			m[key] = c.Class
		}
	}
	return m
}()

// personaAliases maps usual spellings, squeezed to lower-case letters and digits, to canonical keys.
var personaAliases = map[string]string{
	"mail": "email", "emailaddress": "email", "useremail": "email", "emails": "email",
	"tel": "phone", "telephone": "phone", "mobile": "phone", "phonenumber": "phone", "mobilephone": "phone", "cell": "phone", "phones": "phone",
	"name": "full_name", "fullname": "full_name", "displayname": "full_name",
	"firstname": "first_name", "givenname": "first_name", "forename": "first_name", "fname": "first_name",
	"lastname": "last_name", "surname": "last_name", "familyname": "last_name", "lname": "last_name",
	"username": "username", "user": "username", "login": "username", "nickname": "username", "handle": "username", "screenname": "username",
	"address": "street", "streetaddress": "street", "street1": "street", "address1": "street", "addressline1": "street", "addr": "street",
	"town": "city", "locality": "city", "state": "region", "province": "region", "county": "region",
	"postalcode": "postcode", "zip": "postcode", "zipcode": "postcode", "plz": "postcode", "postcode": "postcode",
	"countrycode": "country", "birthdate": "dob", "birthday": "dob", "dateofbirth": "dob", "bday": "dob",
	"sex": "gender", "userid": "user_id", "uid": "user_id", "customerid": "user_id", "accountid": "user_id", "memberid": "user_id",
	"orgid": "org_id", "organizationid": "org_id", "organisationid": "org_id", "companyid": "org_id", "tenantid": "org_id",
	"orgname": "org_name", "organization": "org_name", "organisation": "org_name", "company": "org_name", "companyname": "org_name",
	"ipaddress": "ip", "ipv4": "ip", "ipv6": "ip", "latitude": "lat", "longitude": "lon", "lng": "lon", "long": "lon",
	"latlon": "geo", "latlng": "geo", "coordinates": "geo", "location": "geo", "useragent": "user_agent", "ua": "user_agent",
	"pass": "password", "passwd": "password", "pwd": "password", "passphrase": "password",
	"card": "payment_card", "cardnumber": "payment_card", "creditcard": "payment_card", "pan": "payment_card", "paymentcard": "payment_card", "cc": "payment_card",
	"bankaccount": "iban", "search": "search_term", "searchterm": "search_term", "query": "search_term", "searchquery": "search_term",
	"ssn": "national_id", "nationalid": "national_id", "taxid": "national_id", "passport": "national_id",
	"jwt": "auth_token", "token": "auth_token", "authtoken": "auth_token", "accesstoken": "auth_token", "idtoken": "auth_token", "sessiontoken": "auth_token",
	"bearer": "auth_token", "clientid": "client_id", "deviceid": "client_id", "anonymousid": "client_id", "sessionid": "session_id",
}

// CanonicalKey returns the canonical persona key for a usual spelling ("E-Mail", "postalCode"), or the key as it is,
// trimmed, if it has none.
func CanonicalKey(key string) string {
	key = strings.TrimSpace(key)
	low := strings.ToLower(key)
	if _, ok := personaKeys[low]; ok {
		return low
	}
	s := Squeeze(key)
	for canonical := range personaKeys {
		if strings.ReplaceAll(canonical, "_", "") == s {
			return canonical
		}
	}
	if c, ok := personaAliases[s]; ok {
		return c
	}
	return key
}

// ClassOfKey returns the class of a persona key: that of the table, else knownClass(key).
func ClassOfKey(key string) Class {
	key = CanonicalKey(key)
	if c, ok := personaKeys[key]; ok {
		return c
	}
	return knownClass(key)
}

// PersonaOf makes a persona of a map with keys in any usual spelling.
func PersonaOf(m map[string][]string) Persona {
	p := Persona{}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		for _, v := range m[k] {
			p.add(k, v)
		}
	}
	return p
}

func (p Persona) add(key, value string) {
	key, value = CanonicalKey(key), strings.TrimSpace(value)
	if value == "" || slices.Contains(p[key], value) {
		return
	}
	p[key] = append(p[key], value)
}

// maxPersona is how many values a persona has at most. Each is looked for in all its normal forms and under all hashes, which takes some 200
// KB of memory.
const maxPersona = 1000

// ParsePersona reads a persona file, YAML or JSON: one mapping, each key a text, a number or a list of these. Errors
// name the line and what is expected there.
//
// It has at most maxPersona values.
func ParsePersona(data []byte) (Persona, error) {
	f, err := yamltext.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("persona: %w", err)
	}
	p := Persona{}
	for _, doc := range f.Docs {
		if doc.Body == nil {
			continue
		}
		if err := p.readMapping(doc.Body); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p Persona) readMapping(n ast.Node) error {
	m, ok := n.(ast.MapNode)
	if !ok {
		return personaError(n, "want a mapping of keys to values, for example \"email: jo@example.org\"")
	}
	seen, count := map[string]bool{}, 0
	for it := m.MapRange(); it.Next(); {
		key := nodeText(it.Key())
		if seen[key] {
			return personaError(it.Key(), fmt.Sprintf("key %q is there twice; make it one list", key))
		}
		seen[key] = true
		values, err := nodeValues(it.Value())
		if err != nil {
			return err
		}
		if count += len(values); count > maxPersona {
			return personaError(it.Key(), fmt.Sprintf("more than %d values; give those of the test account", maxPersona))
		}
		for _, v := range values {
			p.add(key, v)
		}
	}
	return nil
}

// nodeValues returns the scalars of a value: one, or those of a list. Null is none.
func nodeValues(n ast.Node) ([]string, error) {
	switch v := n.(type) {
	case *ast.NullNode:
		return nil, nil
	case *ast.SequenceNode:
		var all []string
		for _, item := range v.Values {
			if _, nested := item.(*ast.SequenceNode); nested {
				return nil, personaError(item, "want a text, not a list in a list")
			}
			one, err := nodeValues(item)
			if err != nil {
				return nil, err
			}
			all = append(all, one...)
		}
		return all, nil
	case ast.ScalarNode:
		return []string{nodeText(n)}, nil
	}
	return nil, personaError(n, "want a text or a list of texts, not a "+strings.ToLower(n.Type().String()))
}

// nodeText returns a scalar as it is written: "0043 1", 007 and 1990-02-03 must not become numbers or dates.
func nodeText(n ast.Node) string {
	switch v := n.(type) {
	case *ast.StringNode:
		return v.Value
	case *ast.LiteralNode:
		return v.Value.Value
	case ast.MapKeyNode:
		return v.GetToken().Value
	}
	return n.GetToken().Value
}

func personaError(n ast.Node, want string) error {
	pos := n.GetToken().Position
	return fmt.Errorf("persona: line %d: %s", pos.Line, want)
}

// Marshal writes the persona as YAML, keys sorted.
func (p Persona) Marshal() ([]byte, error) { return yaml.Marshal(map[string][]string(p)) }

// Squeeze reduces a name to its lower-case letters and digits.
func Squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 32
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, s)
}
