package decode

import (
	"errors"
	"io"
	"math"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"
)

// Protobuf opens protocol buffers without their schema.
var Protobuf = Decoder{
	Name: "protobuf",
	Doc:  "Protocol buffers' wire format without a schema: names are field numbers, .3.1; a field that occurs again has an index. Nested messages are told by parsing. One that was cut short must hold two texts.",
	Kind: Structure,
	Rank: 620,
	Gate: Gate{Bytes: true, Some: Control | High, Min: 4, Test: func(s string) bool {
		return s[0] >= 0x08 && s[0]&7 != 3 && s[0]&7 != 4 && s[0]&7 < 6 && protoTexts(s, 0) > 0
	}},
	Decode: func(o *Out, s string) bool {
		o.proto(s, 0)
		return true
	},
	Examples: []Example{
		{In: "\x08\x11\x12\x10jane@example.org", Path: ".2", Want: "jane@example.org"},
		{In: "\x0a\x0c\x0a\x08Jane Doe\x10\x01\x1a\x02de", Path: ".1.1", Want: "Jane Doe"},
		{In: "\x0a\x08Jane Doe\x12\x10jane@example.org\x18\x01\x22\x20cut", Path: ".2", Want: "jane@example.org"},
		{In: "\nHello\nwhat a nice day\n", Noise: true},
		{In: "Error: order form: total is not a number\n    at https://shop.example/app.js:28330:11", Noise: true},
		{In: "\x08\x11\x12\xff", Noise: true},
	},
}

// GRPC opens the frames of gRPC-Web.
var GRPC = Decoder{
	Name: "grpc",
	Doc:  "gRPC-Web frames: a flag byte, a length of four bytes, and a message.",
	Kind: Structure,
	Rank: 25,
	Gate: Gate{Bytes: true, Min: 9, First: "\x00", Test: func(s string) bool { return s[1] == 0 && frameLength(s) <= len(s)-5 && frameLength(s) > 3 }},
	Decode: func(o *Out, s string) bool {
		n := 0
		for ok := false; len(s) > 5 && frameLength(s) <= len(s)-5; s = s[5+frameLength(s):] {
			at, key := o.Index(n)
			ok = o.Undone(s[5 : 5+frameLength(s)])
			o.Back(at, key)
			if !ok {
				return n > 0
			}
			n++
		}
		return n > 0
	},
	Examples: []Example{
		{In: "\x00\x00\x00\x00\x14\x08\x11\x12\x10jane@example.org", Path: "[0].2", Want: "jane@example.org"},
		{In: "\x00\x00\x00\x00\x05\x01\x02\x03\x04\x05\x06\x07", Noise: true},
	},
}

func frameLength(s string) int {
	return int(s[1])<<24 | int(s[2])<<16 | int(s[3])<<8 | int(s[4])
}

// protoTexts returns how many readable texts the message s holds, -1 if s is no message. One that a URL cut short is one if
// there are two texts in it, for that is hardly an accident.
func protoTexts(s string, depth int) (texts int) {
	if s == "" || depth > 12 {
		return -1
	}
	cutShort := func(n int) int {
		if depth == 0 && texts >= 2 && binary(s) && errors.Is(protowire.ParseError(n), io.ErrUnexpectedEOF) {
			return texts
		}
		return -1
	}
	b := []byte(s)
	for len(b) > 0 {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return cutShort(n)
		}
		if num > 5000 || typ == protowire.StartGroupType || typ == protowire.EndGroupType {
			return -1
		}
		b = b[n:]
		if typ != protowire.BytesType {
			if n = protowire.ConsumeFieldValue(num, typ, b); n < 0 {
				return cutShort(n)
			}
			b = b[n:]
			continue
		}
		v, n := protowire.ConsumeBytes(b)
		if n < 0 {
			return cutShort(n)
		}
		b = b[n:]
		texts += protoText(string(v), depth)
	}
	return texts
}

// mayNest reports whether a value could be a message: it is no text, or it starts with a control byte (a tag) or with a
// letter that is the tag of a text of just the length that is left.
func mayNest(v string) bool {
	return binaryLike(v) || len(v) > 2 && (v[0] < ' ' || v[0]&7 == 2 && int(v[1]) == len(v)-2)
}

func protoText(v string, depth int) int {
	if mayNest(v) {
		if n := protoTexts(v, depth+1); n >= 0 {
			return n
		}
	}
	if len(v) >= 4 && readable(v) || len(v) >= 8 && shape(v)&(Control|High) == 0 {
		return 1
	}
	return 0
}

// proto gives the fields of a message.
func (o *Out) proto(s string, depth int) {
	b := []byte(s)
	var nums [16]int // how often the first numbers occurred
	for len(b) > 0 && !o.full {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return
		}
		b = b[n:]
		at, key := o.Name(strconv.Itoa(int(num)))
		if int(num) < len(nums) {
			if nums[num] > 0 {
				o.Index(nums[num])
			}
			nums[num]++
		}
		b = o.protoValue(b, num, typ, depth)
		o.Back(at, key)
	}
}

func (o *Out) protoValue(b []byte, num protowire.Number, typ protowire.Type, depth int) []byte {
	n := protowire.ConsumeFieldValue(num, typ, b)
	if n < 0 {
		return nil
	}
	switch typ {
	case protowire.VarintType:
		v, _ := protowire.ConsumeVarint(b)
		o.add(strconv.FormatUint(v, 10), Number)
	case protowire.Fixed32Type:
		v, _ := protowire.ConsumeFixed32(b)
		o.add(fixedNumber(float64(math.Float32frombits(v)), uint64(v), 32), Number)
	case protowire.Fixed64Type:
		v, _ := protowire.ConsumeFixed64(b)
		o.add(fixedNumber(math.Float64frombits(v), v, 64), Number)
	case protowire.BytesType:
		raw, _ := protowire.ConsumeBytes(b)
		switch v := string(raw); {
		case depth < 12 && mayNest(v) && protoTexts(v, depth+1) >= 0:
			o.proto(v, depth+1)
		case !binaryLike(v):
			if v != "" {
				o.add(v, Text)
			}
		default:
			o.add(v, Binary)
		}
	}
	return b[n:]
}

// fixedNumber writes a number of fixed width as the decimal fraction that it must be if it is of a common size, else as
// an integer.
func fixedNumber(f float64, n uint64, bits int) string {
	if a := math.Abs(f); a > 1e-6 && a < 1e15 {
		return formatFloat(f, bits)
	}
	return strconv.FormatUint(n, 10)
}
