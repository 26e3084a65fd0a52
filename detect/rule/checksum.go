package rule

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
)

// murmur2 is MurmurHash2 with 32 bits (Austin Appleby, public domain).
func murmur2(b []byte, seed uint32) uint32 {
	const m = 0x5bd1e995
	h := seed ^ uint32(len(b))
	for ; len(b) >= 4; b = b[4:] {
		k := binary.LittleEndian.Uint32(b) * m
		k = (k ^ k>>24) * m
		h = h*m ^ k
	}
	for i := len(b) - 1; i >= 0; i-- {
		h ^= uint32(b[i]) << (8 * i)
	}
	if len(b) > 0 {
		h *= m
	}
	h = (h ^ h>>13) * m
	return h ^ h>>15
}

// murmur2x64 is MurmurHash64A, the 64-bit version of MurmurHash2.
func murmur2x64(b []byte, seed uint64) uint64 {
	const m = 0xc6a4a7935bd1e995
	h := seed ^ uint64(len(b))*m
	for ; len(b) >= 8; b = b[8:] {
		k := binary.LittleEndian.Uint64(b) * m
		k = (k ^ k>>47) * m
		h = (h ^ k) * m
	}
	for i := len(b) - 1; i >= 0; i-- {
		h ^= uint64(b[i]) << (8 * i)
	}
	if len(b) > 0 {
		h *= m
	}
	h = (h ^ h>>47) * m
	return h ^ h>>47
}

// xxh32 is xxHash with 32 bits (github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md).
func xxh32(b []byte, seed uint32) uint32 {
	const p1, p2, p3, p4, p5 = 2654435761, 2246822519, 3266489917, 668265263, 374761393
	n := uint32(len(b))
	h := seed + p5
	if len(b) >= 16 {
		var v1, v2, v3, v4 uint32 = p1, p2, 0, 0
		v1, v2, v3, v4 = seed+v1+v2, seed+v2, seed, seed-p1
		round := func(v, x uint32) uint32 { return bits.RotateLeft32(v+x*p2, 13) * p1 }
		for ; len(b) >= 16; b = b[16:] {
			v1 = round(v1, binary.LittleEndian.Uint32(b))
			v2 = round(v2, binary.LittleEndian.Uint32(b[4:]))
			v3 = round(v3, binary.LittleEndian.Uint32(b[8:]))
			v4 = round(v4, binary.LittleEndian.Uint32(b[12:]))
		}
		h = bits.RotateLeft32(v1, 1) + bits.RotateLeft32(v2, 7) + bits.RotateLeft32(v3, 12) + bits.RotateLeft32(v4, 18)
	}
	h += n
	for ; len(b) >= 4; b = b[4:] {
		h = bits.RotateLeft32(h+binary.LittleEndian.Uint32(b)*p3, 17) * p4
	}
	for _, c := range b {
		h = bits.RotateLeft32(h+uint32(c)*p5, 11) * p1
	}
	h = (h ^ h>>15) * p2
	h = (h ^ h>>13) * p3
	return h ^ h>>16
}

// javaHash is String.hashCode of Java, which scripts copy as "((h<<5)-h)+c": over UTF-16 units.
func javaHash(b []byte) uint32 {
	var h uint32
	for _, c := range utf16.Encode([]rune(string(b))) {
		h = h*31 + uint32(c)
	}
	return h
}

// djb2 is Bernstein's hash: h*33 + c from 5381, over UTF-16 units.
func djb2(b []byte) uint32 {
	h := uint32(5381)
	for _, c := range utf16.Encode([]rune(string(b))) {
		h = h*33 + uint32(c)
	}
	return h
}

// cyrb53 is bryc's 53-bit hash that many scripts copy (public domain), over UTF-16 units.
func cyrb53(b []byte) uint64 {
	var h1, h2 uint32 = 0xdeadbeef, 0x41c6ce57
	for _, c := range utf16.Encode([]rune(string(b))) {
		h1 = (h1 ^ uint32(c)) * 2654435761
		h2 = (h2 ^ uint32(c)) * 1597334677
	}
	g1 := (h1^h1>>16)*2246822507 ^ (h2^h2>>13)*3266489909
	g2 := (h2^h2>>16)*2246822507 ^ (g1^g1>>13)*3266489909
	return uint64(g2&0x1fffff)<<32 | uint64(g1)
}
