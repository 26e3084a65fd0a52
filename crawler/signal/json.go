package signal

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// object is a JSON object that keeps the order of its members, as records are told in it.
type object []member

type member struct {
	key   string
	value any // object, []any, string, json.Number, bool, nil
}

func (o object) get(key string) any {
	for _, m := range o {
		if m.key == key {
			return m.value
		}
	}
	return nil
}

// object returns a member that is an object, nil otherwise.
func (o object) object(key string) object {
	out, _ := o.get(key).(object)
	return out
}

func (o object) list(key string) []any {
	out, _ := o.get(key).([]any)
	return out
}

// text returns a member as text: a string, or a number as it is written.
func (o object) text(key string) string { return textOf(o.get(key)) }

func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// maxDepth bounds how deep records nest; those of platforms have five levels at most.
const maxDepth = 32

// parseJSON reads one JSON value and nothing after it.
func parseJSON(text string) (any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	v, err := readJSON(d, 0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON value")
	}
	return v, nil
}

func readJSON(d *json.Decoder, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("more than %d levels deep", maxDepth)
	}
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	delim, ok := t.(json.Delim)
	if !ok {
		return t, nil
	}
	var o object
	list := []any{}
	for d.More() {
		key := ""
		if delim == '{' {
			k, err := d.Token()
			if err != nil {
				return nil, err
			}
			key, _ = k.(string)
		}
		v, err := readJSON(d, depth+1)
		if err != nil {
			return nil, err
		}
		if delim == '{' {
			o = append(o, member{key, v})
		} else {
			list = append(list, v)
		}
	}
	if _, err := d.Token(); err != nil { // the closing one
		return nil, err
	}
	if delim == '{' {
		return o, nil
	}
	return list, nil
}

// record reads the JSON object of a platform, percent-encoded or not; false, with a fault, if it is none.
func (r *Record) record(what, value string) (object, bool) {
	v, err := parseJSON(plainJSON(value))
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		r.fault(FaultTruncated, "the %s record ends in the middle", what)
		return nil, false
	}
	if err != nil {
		r.fault(FaultSyntax, "the %s record is no JSON: %v", what, err)
		return nil, false
	}
	o, ok := v.(object)
	if !ok {
		r.fault(FaultSyntax, "the %s record is no JSON object", what)
	}
	return o, ok
}

// plainJSON undoes percent-encoding, also where a library encodes the quotes alone: {%22ads%22:true}. What is JSON as it stands
// is left alone, for a percent sign may be the record's own.
func plainJSON(value string) string {
	v := strings.TrimSpace(value)
	if !strings.Contains(v, "%") || json.Valid([]byte(v)) {
		return v
	}
	return plain(v)
}

// plainBase64 reads base64 in any of its alphabets, padded or not.
func plainBase64(text string) ([]byte, error) {
	text = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
	return base64.RawStdEncoding.DecodeString(text)
}

// stateOf reads the words and numbers by which platforms say yes and no.
func stateOf(v any) State {
	switch strings.ToLower(textOf(v)) {
	case "true", "yes", "y", "1", "on", "allow", "allowed", "accept", "accepted", "granted", "grant", "in", "opt-in", "optin", "optedin",
		"all_accepted", "consented":
		return Granted
	case "false", "no", "n", "0", "off", "deny", "denied", "reject", "rejected", "refused", "revoked", "out", "opt-out", "optout", "optedout",
		"all_denied":
		return Denied
	}
	return Unknown
}

// answerOf is stateOf for what is no purpose.
func answerOf(v any) Answer {
	switch stateOf(v) {
	case Granted:
		return Yes
	case Denied:
		return No
	}
	return NotSaid
}

// timeOf reads the times of records: ISO 8601, the way JavaScript prints a Date, or a number since 1970 in seconds or
// milliseconds. Zero if it is none.
func timeOf(v any) time.Time {
	text := textOf(v)
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		switch {
		case n <= 0:
		case n < 1e11: // seconds until the year 5138
			return time.Unix(n, 0).UTC()
		case n < 1e14:
			return time.UnixMilli(n).UTC()
		}
		return time.Time{}
	}
	text, _, _ = strings.Cut(text, " (")
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05", time.DateOnly, "Mon Jan 02 2006 15:04:05 GMT-0700"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// choose adds a purpose of a platform by the name it has there, and a part.
func (r *Record) choose(id string, s State) {
	r.purpose(id, categoryOf(id), s)
	r.part(id, s.String())
}

// vendor adds a vendor by the name the platform has for it.
func (r *Record) vendor(id string, s State) {
	r.Vendors = append(r.Vendors, Vendor{ID: id, State: s})
}

// vendorParts says which vendors have which state, a part each.
func (r *Record) vendorParts() {
	for _, s := range []State{Granted, Denied, Unknown} {
		var names []string
		for _, v := range r.Vendors {
			if v.State == s {
				names = append(names, v.ID)
			}
		}
		if len(names) > 0 {
			r.part("vendors "+s.String(), strings.Join(names, ", "))
		}
	}
}

// vendorsTogether is what the vendors say as one.
func (r *Record) vendorsTogether() State {
	var ps []Purpose
	for _, v := range r.Vendors {
		ps = append(ps, Purpose{State: v.State})
	}
	return together(ps)
}

// at sets when the record was written, and says so.
func (r *Record) at(v any) {
	if t := timeOf(v); !t.IsZero() {
		r.Updated = t
		r.part("written", day(t))
	}
}
