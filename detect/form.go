package detect

import (
	"slices"
	"strings"
)

// Decoders that are the grammar of a request, not a wrapping: what they split is still readable on the wire.
var grammar = []string{
	"percent", "urldecode", "plus", "form", "query", "json", "ndjson", "jsonl", "lines", "envelope", "multipart", "jsonp",
	"kv", "matrix", "list", "split", "url", "path", "cookie", "cookies", "header", "headers", "frame", "text", "socketio",
	"socket.io", "sockjs", "signalr", "sse", "engineio", "ga4", "ga4-batch", "xml", "html",
}

// Decoders that undo a compression.
var compressions = []string{
	"gzip", "zlib", "deflate", "inflate", "brotli", "br", "zstd", "lzstring", "lz-string", "lz-string-base64",
	"lz-string-uri", "lz-string-utf16", "zlib-text", "zlibtext", "lz4", "snappy", "pack",
}

// formOf says how a datum was dressed, from the decoders that led to it: compressed if any of them is a compression,
// encoded if any is more than the grammar of requests, plain otherwise. That it was hashed or split is the rule's to say.
func formOf(chain []string) Form {
	form := Plain
	for _, d := range chain {
		name := strings.ToLower(d)
		switch {
		case slices.Contains(compressions, name) || strings.HasPrefix(name, "lz"):
			return Compressed
		case !slices.Contains(grammar, name):
			form = Encoded
		}
	}
	return form
}
