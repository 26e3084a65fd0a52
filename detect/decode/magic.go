package decode

import "strings"

// magic reports whether s starts like a compressed stream.
func magic(s string) bool {
	return strings.HasPrefix(s, "\x1f\x8b\x08") || strings.HasPrefix(s, "\x28\xb5\x2f\xfd") || isZlib(s)
}

// isZlib reports whether s starts with the header of a zlib stream (RFC 1950): method 8, a window of at most 32 kB, no
// dictionary, and a checksum of 5 bits.
func isZlib(s string) bool {
	return len(s) > 2 && s[0]&0x0f == 8 && s[0]>>4 <= 7 && s[0]>>4 >= 4 && s[1]&0x20 == 0 && (uint(s[0])<<8|uint(s[1]))%31 == 0
}
