package rule

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The digests of "abc": published test vectors of each function.
func TestHashersGivePublishedDigests(t *testing.T) {
	want := map[string]string{
		"md2":         "da853b0d3f88d99b30283a69e6ded6bb",
		"md4":         "a448017aaf21d8525fc10ae87aa6729d",
		"md5":         "900150983cd24fb0d6963f7d28e17f72",
		"sha1":        "a9993e364706816aba3e25717850c26c9cd0d89d",
		"sha224":      "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
		"sha256":      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		"sha512-256":  "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23",
		"sha3-256":    "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
		"keccak256":   "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45",
		"blake2s":     "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982",
		"blake3":      "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85",
		"ripemd160":   "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc",
		"whirlpool":   "4e2448a4c6f486bb16b6562c73b4020bf3043e3a731bce721ae1b303d97e6d4c7181eebdb6c57e277d0e34957114cbd6c797fc9d95d8b582d225292076d4eef5",
		"crc32":       "352441c2",
		"adler32":     "024d0127",
		"fnv1a-32":    "1a47e90b",
		"fnv1a-64":    "e71fa2190541574b",
		"xxhash32":    "32d153ff",
		"xxhash64":    "44bc2cf5ad770999",
		"xxh3":        "78af5f94892f3950",
		"murmur3-32":  "b3dd93fa",
		"murmur3-128": "b4963f3f3fad78673ba2744126ca2d52",
		"java-hash":   "00017862", // 96354
		"djb2":        "0b885c8b", // 193485963
	}
	seen := 0
	for _, h := range hashers {
		got := h.sum([]byte("abc"))
		require.Len(t, got, h.size, h.name)
		if w, ok := want[h.name]; ok {
			seen++
			if len(w)%2 == 1 {
				w = "0" + w
			}
			assert.Equal(t, w, hex.EncodeToString(got), h.name)
		}
	}
	assert.Equal(t, len(want), seen, "every vector has its function")
	assert.Equal(t, "8350e5a3e24c153df2275c9f80692773", hex.EncodeToString(md2(nil)))
	assert.Equal(t, "d5976f79d83d3a0dc9806c3c66f3efd8", hex.EncodeToString(md2([]byte("12345678901234567890123456789012345678901234567890123456789012345678901234567890"))))
	assert.Equal(t, uint32(0x02cc5d05), xxh32(nil, 0))
}
