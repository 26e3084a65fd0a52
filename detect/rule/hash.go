package rule

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"encoding/binary"
	"hash/adler32"
	"hash/crc32"
	"hash/fnv"

	"github.com/cespare/xxhash/v2"
	"github.com/jzelinskie/whirlpool"
	"github.com/twmb/murmur3"
	"github.com/zeebo/blake3"
	"github.com/zeebo/xxh3"
	"golang.org/x/crypto/blake2b"
	"golang.org/x/crypto/blake2s"
	//lint:ignore SA1019 trackers still hash with it
	"golang.org/x/crypto/md4"
	//lint:ignore SA1019 trackers still hash with it
	"golang.org/x/crypto/ripemd160"
	legacysha3 "golang.org/x/crypto/sha3"
)

// hasher is one hash function. Digests are big-endian, as they are printed.
type hasher struct {
	name string
	size int // bytes of a digest
	sum  func(b []byte) []byte
}

// hashers are the functions that known values are hashed with. Those of 8 bytes and less are checksums: they are
// searched as whole tokens only, and those of 4 bytes need a second witness.
var hashers = []hasher{
	{"md5", 16, func(b []byte) []byte { s := md5.Sum(b); return s[:] }},
	{"sha1", 20, func(b []byte) []byte { s := sha1.Sum(b); return s[:] }},
	{"sha256", 32, func(b []byte) []byte { s := sha256.Sum256(b); return s[:] }},
	{"sha512", 64, func(b []byte) []byte { s := sha512.Sum512(b); return s[:] }},
	{"sha224", 28, func(b []byte) []byte { s := sha256.Sum224(b); return s[:] }},
	{"sha384", 48, func(b []byte) []byte { s := sha512.Sum384(b); return s[:] }},
	{"sha512-256", 32, func(b []byte) []byte { s := sha512.Sum512_256(b); return s[:] }},
	{"sha512-224", 28, func(b []byte) []byte { s := sha512.Sum512_224(b); return s[:] }},
	{"sha3-224", 28, func(b []byte) []byte { s := sha3.Sum224(b); return s[:] }},
	{"sha3-256", 32, func(b []byte) []byte { s := sha3.Sum256(b); return s[:] }},
	{"sha3-384", 48, func(b []byte) []byte { s := sha3.Sum384(b); return s[:] }},
	{"sha3-512", 64, func(b []byte) []byte { s := sha3.Sum512(b); return s[:] }},
	{"keccak256", 32, func(b []byte) []byte { h := legacysha3.NewLegacyKeccak256(); h.Write(b); return h.Sum(nil) }},
	{"keccak512", 64, func(b []byte) []byte { h := legacysha3.NewLegacyKeccak512(); h.Write(b); return h.Sum(nil) }},
	{"blake2b-256", 32, func(b []byte) []byte { s := blake2b.Sum256(b); return s[:] }},
	{"blake2b-384", 48, func(b []byte) []byte { s := blake2b.Sum384(b); return s[:] }},
	{"blake2b", 64, func(b []byte) []byte { s := blake2b.Sum512(b); return s[:] }},
	{"blake2s", 32, func(b []byte) []byte { s := blake2s.Sum256(b); return s[:] }},
	{"blake3", 32, func(b []byte) []byte { s := blake3.Sum256(b); return s[:] }},
	{"ripemd160", 20, func(b []byte) []byte { h := ripemd160.New(); h.Write(b); return h.Sum(nil) }},
	{"whirlpool", 64, func(b []byte) []byte { h := whirlpool.New(); h.Write(b); return h.Sum(nil) }},
	{"md4", 16, func(b []byte) []byte { h := md4.New(); h.Write(b); return h.Sum(nil) }},
	{"md2", 16, md2},
	{"murmur3-128", 16, func(b []byte) []byte { h1, h2 := murmur3.Sum128(b); return be128(h1, h2) }},
	{"xxh3-128", 16, func(b []byte) []byte { s := xxh3.Hash128(b).Bytes(); return s[:] }},
	{"murmur3-64", 8, func(b []byte) []byte { return be64(murmur3.Sum64(b)) }},
	{"murmur2-64", 8, func(b []byte) []byte { return be64(murmur2x64(b, 0)) }},
	{"xxhash64", 8, func(b []byte) []byte { return be64(xxhash.Sum64(b)) }},
	{"xxh3", 8, func(b []byte) []byte { return be64(xxh3.Hash(b)) }},
	{"fnv1-64", 8, func(b []byte) []byte { h := fnv.New64(); h.Write(b); return h.Sum(nil) }},
	{"fnv1a-64", 8, func(b []byte) []byte { h := fnv.New64a(); h.Write(b); return h.Sum(nil) }},
	{"cyrb53", 8, func(b []byte) []byte { return be64(cyrb53(b)) }},
	{"murmur3-32", 4, func(b []byte) []byte { return be32(murmur3.Sum32(b)) }},
	{"murmur2-32", 4, func(b []byte) []byte { return be32(murmur2(b, 0)) }},
	{"xxhash32", 4, func(b []byte) []byte { return be32(xxh32(b, 0)) }},
	{"crc32", 4, func(b []byte) []byte { return be32(crc32.ChecksumIEEE(b)) }},
	{"crc32c", 4, func(b []byte) []byte { return be32(crc32.Checksum(b, castagnoli)) }},
	{"adler32", 4, func(b []byte) []byte { return be32(adler32.Checksum(b)) }},
	{"fnv1-32", 4, func(b []byte) []byte { h := fnv.New32(); h.Write(b); return h.Sum(nil) }},
	{"fnv1a-32", 4, func(b []byte) []byte { h := fnv.New32a(); h.Write(b); return h.Sum(nil) }},
	{"java-hash", 4, func(b []byte) []byte { return be32(javaHash(b)) }},
	{"djb2", 4, func(b []byte) []byte { return be32(djb2(b)) }},
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// commonHashers is how many of hashers, from the first, are tried on values of lesser rank: storage values, salts.
const commonHashers = 4

// pairedHashers is how many of hashers, from the first, are tried on each other's digests: md5, sha1, sha256.
const pairedHashers = 3

func be32(x uint32) []byte       { return binary.BigEndian.AppendUint32(nil, x) }
func be64(x uint64) []byte       { return binary.BigEndian.AppendUint64(nil, x) }
func be128(hi, lo uint64) []byte { return append(be64(hi), be64(lo)...) }
