package decode

import (
	"mime"
	"strings"
)

// Multipart opens the parts of a multipart body.
var Multipart = Decoder{
	Name: "multipart",
	Doc:  "multipart/form-data (RFC 7578) and other multipart bodies; the boundary is read off the first line. Parts are named by their names, else by their index.",
	Kind: Structure,
	Rank: 50,
	Gate: Gate{Bytes: true, Min: 20, First: "-\r\n", Test: func(s string) bool { return boundary(s) != "" }},
	Decode: func(o *Out, s string) bool {
		n := 0
		line := boundary(s)
		s = strings.TrimLeft(s, "\r\n")
		for part := range strings.SplitSeq(s, line) {
			if part == "" || strings.HasPrefix(part, "--") || o.full {
				continue
			}
			head, body, ok := strings.Cut(part, "\r\n\r\n")
			if !ok {
				head, body, ok = strings.Cut(part, "\n\n")
			}
			if !ok {
				continue
			}
			body = strings.TrimSuffix(strings.TrimSuffix(body, "\n"), "\r")
			o.part(n, head, body)
			n++
		}
		return n > 0
	},
	Examples: []Example{
		{In: "--X1\r\nContent-Disposition: form-data; name=\"mail\"\r\n\r\njane@example.org\r\n--X1--\r\n", Path: ".mail", Want: "jane@example.org"},
		{In: "--X1\r\nContent-Disposition: form-data; name=\"event\"; filename=\"blob\"\r\nContent-Type: application/json\r\n\r\n{\"a\":\"b\"}\r\n--X1--", Path: ".event.a", Want: "b"},
		{In: "--X1\nContent-Disposition: form-data; name=\"mail\"\n\njane@example.org", Path: ".mail", Want: "jane@example.org"},
		{In: "---\ntitle: a page\n---\n", Noise: true},
	},
}

func boundary(s string) string {
	s = strings.TrimLeft(s[:min(len(s), 4)], "\r\n") + s[min(len(s), 4):]
	if !strings.HasPrefix(s, "--") {
		return ""
	}
	line, rest, ok := strings.Cut(s[:min(len(s), 400)], "\n")
	line = strings.TrimRight(line, "\r")
	if !ok || len(line) < 3 || len(line) > 80 || len(rest) < 8 || !strings.EqualFold(rest[:8], "content-") {
		return ""
	}
	return line
}

// part gives one part of a multipart body.
func (o *Out) part(n int, head, body string) {
	var name, file string
	for line := range strings.Lines(head) {
		field, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		if !strings.EqualFold(field, "content-disposition") {
			continue
		}
		if _, params, err := mime.ParseMediaType(value); err == nil {
			name, file = params["name"], params["filename"]
		} else if _, rest, ok := strings.Cut(value, `name="`); ok {
			name, _, _ = strings.Cut(rest, `"`)
		}
	}
	if name == "" {
		o.Item(n, body, Text)
		return
	}
	o.Field(name, body, Text)
	if file != "" && file != "blob" {
		at, key := o.Name(name)
		o.Field("filename", file, Text)
		o.Back(at, key)
	}
}
