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

// media reports whether s is an image, a font, a program or another file that carries no values.
func media(s string) bool {
	if len(s) < 8 {
		return false
	}
	switch s[0] {
	case 0x89:
		return strings.HasPrefix(s, "\x89PNG")
	case 0xff:
		return s[1] == 0xd8 && s[2] == 0xff || s[1]&0xf6 == 0xf0 && s[2] != 0 // JPEG, AAC and MP3
	case 'G':
		return strings.HasPrefix(s, "GIF8")
	case 'R':
		return strings.HasPrefix(s, "RIFF")
	case 'w':
		return strings.HasPrefix(s, "wOF")
	case 0:
		return strings.HasPrefix(s, "\x00asm") || s[4:8] == "ftyp" || strings.HasPrefix(s, "\x00\x01\x00\x00\x00") || strings.HasPrefix(s, "\x00\x00\x01\x00")
	case 'O':
		return strings.HasPrefix(s, "OggS") || strings.HasPrefix(s, "OTTO")
	case '%':
		return strings.HasPrefix(s, "%PDF")
	case 'P':
		return strings.HasPrefix(s, "PK\x03\x04")
	case 0x1a:
		return strings.HasPrefix(s, "\x1a\x45\xdf\xa3") // WebM
	}
	return false
}
