package decode

import (
	"strings"

	"github.com/andybalholm/brotli"
)

// Brotli opens brotli streams.
var Brotli = Decoder{
	Name: "brotli",
	Doc:  "Brotli (RFC 7932), by trial: it has no magic bytes. Only where nothing else fits, and only if text comes out.",
	Kind: Compression,
	Rank: 710,
	Gate: Gate{Bytes: true, Some: Control | High, Min: 8, Test: binary},
	Decode: func(o *Out, s string) bool {
		if o.token(s) {
			return false
		}
		o.t.work(broaching)
		src := strings.NewReader(s)
		c := &o.t.codecs
		if c.brotli == nil {
			c.brotli = brotli.NewReader(src)
		} else if err := c.brotli.Reset(src); err != nil {
			return false
		}
		v, whole := o.drain(c.brotli, len(s))
		if len(v) < 6 || !whole && (len(v) < 24 || o.guess()) || o.badHead(v) {
			return false
		}
		return o.unpacked(v)
	},
	Examples: []Example{
		{In: "\v\r\x80{\"mail\":\"jane@example.org\"}\x03", Path: ".mail", Want: "jane@example.org"},
	},
}
