package decode

import "strings"

// Gzip opens gzip, also of several members, and cut short.
var Gzip = Decoder{
	Name: "gzip",
	Doc:  "Gzip (RFC 1952), recognised by its first bytes: SDKs compress with CompressionStream and send no content-encoding.",
	Kind: Compression,
	Rank: 10,
	Gate: Gate{Bytes: true, Min: 12, First: "\x1f", Test: func(s string) bool { return strings.HasPrefix(s, "\x1f\x8b\x08") }},
	Decode: func(o *Out, s string) bool {
		v, _, rest := o.inflate(gunhead(s))
		if len(rest) <= 8 || !strings.HasPrefix(rest[8:], "\x1f\x8b\x08") { // behind checksum and length
			return o.unpacked(v)
		}
		var all strings.Builder
		for all.WriteString(v); v != "" && len(rest) > 8 && strings.HasPrefix(rest[8:], "\x1f\x8b\x08"); {
			v, _, rest = o.inflate(gunhead(rest[8:]))
			all.WriteString(v)
		}
		return o.unpacked(all.String())
	},
	Examples: []Example{
		{In: gzipExample, Path: ".mail", Want: "jane@example.org"},
		{In: gzipExample[:len(gzipExample)-9], Path: ".mail", Want: "jane@example.org"},
		{In: "\x1f\x8b\x08 and what is no stream", Noise: true},
	},
}

const gzipExample = "\x1f\x8b\b\x00\x00\x00\x00\x00\x00\xff\xaaV\xcaM\xcc\xccQ\xb2R\xcaJ\xccKuH\xadH\xcc-\xc8I\xd5\xcb/JW\xaa\x05\x04\x00\x00\xff\xff\xbd\x9f\v\a\x1b\x00\x00\x00"

// gunhead returns what follows the header of a gzip member, "" if the header is not whole.
func gunhead(s string) string {
	if len(s) < 10 {
		return ""
	}
	flags := s[3]
	s = s[10:]
	if flags&4 != 0 { // extra
		if len(s) < 2 {
			return ""
		}
		s = s[min(len(s), 2+int(s[0])+int(s[1])<<8):]
	}
	for _, bit := range []byte{8, 16} { // name, comment
		if flags&bit != 0 {
			_, s, _ = strings.Cut(s, "\x00")
		}
	}
	if flags&2 != 0 { // checksum of the header
		s = s[min(len(s), 2):]
	}
	return s
}
