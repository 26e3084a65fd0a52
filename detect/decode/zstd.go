package decode

import (
	"strings"

	"github.com/klauspost/compress/zstd"
)

// Zstd opens Zstandard frames.
var Zstd = Decoder{
	Name: "zstd",
	Doc:  "Zstandard (RFC 8878), recognised by its first bytes. Windows above 8 MB are refused.",
	Kind: Compression,
	Rank: 11,
	Gate: Gate{Bytes: true, Min: 9, First: "\x28", Test: func(s string) bool { return strings.HasPrefix(s, "\x28\xb5\x2f\xfd") }},
	Decode: func(o *Out, s string) bool {
		c := &o.t.codecs
		src := strings.NewReader(s)
		if c.zstd == nil {
			d, err := zstd.NewReader(src, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
				zstd.WithDecoderMaxWindow(8<<20), zstd.WithDecoderMaxMemory(64<<20), zstd.IgnoreChecksum(true))
			if err != nil {
				return false
			}
			c.zstd = d
		} else if err := c.zstd.Reset(src); err != nil {
			return false
		}
		v, _ := o.drain(c.zstd, len(s))
		return o.unpacked(v)
	},
	Examples: []Example{
		{In: "(\xb5/\xfd\x04\x00\xd9\x00\x00{\"mail\":\"jane@example.org\"}<\tW\x0f", Path: ".mail", Want: "jane@example.org"},
	},
}
