// Package decode opens what a request carries: it makes a tree of fields out of URL path, query, headers, cookies,
// referer, body and socket messages, and undoes every wrapping it knows, in any order and nesting, within a budget. It
// sniffs by content, never by content type. It does not know what a field means: that is for packages rule and recipient.
package decode

import "time"

// Where is the part of a request a field was found in.
type Where string

const (
	Query  Where = "query"
	Path   Where = "path"
	Header Where = "header"
	Cookie Where = "cookie"
	BodyIn Where = "body"
	Frame  Where = "frame" // WebSocket message sent
)

// Field is one decoded value and the way to it. Fields form a tree by Parent: a field that something was decoded out of
// stays in the tree as an inner field, so that rules can look at every level.
type Field struct {
	Where  Where
	Path   string   // from Where inwards, in JSONPath-like dots: "body.data[0].properties.$email", "query.cid", "path[2]", "header.x-user", "cookie._ga", "frame[3].user.id"
	Key    string   // last name of Path: "$email"; "" for an index
	Chain  []string // names of the decoders that led here, outside in: form, base64, json. Shared between fields: never change it
	Value  string   // the bytes at this place, after Chain
	Kind   Kind
	Parent int  // index in Tree.Fields of what this was decoded from; -1 for a root
	Inner  bool // further fields were decoded out of this one
}

// Kind is the type of a value where the wrapping knows types.
type Kind uint8

const (
	Text Kind = iota
	Number
	Bool
	Null
	Binary // not text
)

// Tree is everything that was decoded out of one request.
type Tree struct {
	Fields []Field
	Cut    []string // budgets that ended decoding early: depth, nodes, output, time; empty: all was opened
}

// Budget bounds the work on one request, so that a decompression bomb costs nothing.
type Budget struct {
	Depth  int           // decoders in a chain
	Nodes  int           // fields
	Output int64         // bytes decoded in all
	Ratio  int64         // bytes out per byte in, of one decompression
	Time   time.Duration // wall time
}
