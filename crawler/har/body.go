package har

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"mime"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/htmlindex"

	"github.com/tagscan/tagscan/crawler"
)

// lack is something that the HAR does not hold. Its zero value is nothing.
type lack struct {
	kind crawler.GapKind
	text string // a clause for a person, without any value of the entry
	n    int    // how many things it stands for
}

// missing is what is missing of a body.
func missing(format string, args ...any) lack {
	return lack{crawler.GapHARBody, fmt.Sprintf(format, args...), 1}
}

// payload looks for the body, and holds what there is against what the headers say was sent: tools leave bodies out, cut
// them, and write bytes that are no text as if they were.
func (r *harRequest) payload() (crawler.Body, lack) {
	p := r.PostData
	switch {
	case p == nil:
		return crawler.Body{}, r.absent()
	case p.Text != nil && *p.Text != "":
		return r.written(p)
	case len(p.Params) > 0:
		return r.rebuilt(p)
	case p.File != "":
		return crawler.Body{}, missing("the HAR keeps the body in a file of its own")
	}
	return crawler.Body{}, r.absent()
}

// absent says what is missing of a body that is not there at all. Content-Length decides, for it was sent; DevTools write
// the bodySize 0 for bodies that they do not have. Without it, a method that has a body and a Content-Type, or a size that the tool does not know (-1), speak
// of one, unless the tool wrote that its text is empty.
func (r *harRequest) absent() lack {
	length := r.length()
	said := max(length, int64(r.BodySize))
	switch {
	case said > 0:
		return missing("the HAR does not have the body of %d bytes", said)
	case length == 0:
		return lack{}
	case strings.Contains(strings.ToLower(r.header("Transfer-Encoding")), "chunked"):
		return missing("the HAR does not have the body")
	case r.PostData != nil && r.PostData.Text != nil && r.BodySize == 0:
		return lack{}
	case r.mayHaveBody() && (r.contentType() != "" || r.BodySize < 0):
		return missing("the HAR does not have the body")
	}
	return lack{}
}

// mayHaveBody reports whether the method is one of those that are sent with a body.
func (r *harRequest) mayHaveBody() bool {
	switch strings.ToUpper(string(r.Method)) {
	case "POST", "PUT", "PATCH":
		return true
	}
	return false
}

// length is the Content-Length that was sent, -1 if none is known.
func (r *harRequest) length() int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(r.header("Content-Length")), 10, 64)
	if err != nil || n < 0 {
		return -1
	}
	return n
}

func (r *harRequest) contentType() string {
	if t := r.header("Content-Type"); t != "" {
		return t
	}
	if r.PostData != nil {
		return string(r.PostData.MimeType)
	}
	return ""
}

// written is a body whose text is there.
func (r *harRequest) written(p *harPostData) (crawler.Body, lack) {
	text, size, cut := cutAt(string(*p.Text))
	if strings.EqualFold(firstOf(p.Underscored, p.Encoding), "base64") {
		raw, ok := decodeBase64(text, cut)
		switch {
		case !ok:
			return crawler.NewBody([]byte(text)), missing("the body is said to be base64 and is not")
		case cut:
			return tooLong(raw, size/4*3)
		}
		return r.check(raw, "")
	}
	if cut {
		return tooLong([]byte(text), size)
	}
	if raw := bytesOfLatin1(text, r.length()); raw != nil {
		return r.check(raw, "")
	}
	return r.check([]byte(text), text)
}

func tooLong(head []byte, size int64) (crawler.Body, lack) {
	body := crawler.Body{Size: max(size, int64(len(head))), Inline: head, Cut: true}
	return body, lack{crawler.GapCap, fmt.Sprintf("only the first %d of a body's %d bytes were kept", len(head), size), 1}
}

// replacement stands where bytes were no UTF-8.
const replacement = "\uFFFD"

// bytesOfLatin1 undoes what DevTools and mitmproxy do to bytes that are no UTF-8: each is written as the character of its
// number. It is certain if the number of characters is the length that was sent, or if there are control characters of
// the upper half, which no text has. nil: the text is a text.
func bytesOfLatin1(text string, length int64) []byte {
	raw := make([]byte, 0, len(text))
	high, low := false, false
	for _, r := range text {
		if r > 0xff {
			return nil
		}
		high = high || r >= 0x80 && r <= 0x9f
		low = low || r < ' ' && r != '\t' && r != '\r' && r != '\n'
		raw = append(raw, byte(r))
	}
	switch {
	case len(raw) == len(text), length == int64(len(text)):
		return nil // it is ASCII, or the text as it was sent
	case high, low && int64(len(raw)) == length:
		return raw
	}
	return nil
}

// check holds a body against what was sent. text is set if the body was written as one, so that its length may differ for
// reasons that lose nothing.
func (r *harRequest) check(b []byte, text string) (crawler.Body, lack) {
	length := r.length()
	body, encoding := crawler.NewBody(b), r.unknownEncoding(b)
	files := missingFiles(b, r.contentType())
	switch {
	case length == int64(len(b)), encoding != (lack{}):
		return body, encoding
	case placeholder.MatchString(text):
		return body, missing("the HAR has a placeholder instead of the body")
	case strings.Contains(text, replacement):
		return body, missing("the HAR has the body with bytes replaced, for it was taken for text")
	case files > 0:
		return body, missingContent(files)
	case !r.cutShort(b, text, length):
		return body, lack{}
	case length < 0:
		return body, missing("the HAR has only the beginning of the body")
	}
	body = crawler.Body{Size: length, Inline: b, Cut: true}
	return body, missing("the HAR has %d of the body's %d bytes", len(b), length)
}

func missingContent(files int) lack {
	l := missing("the HAR does not have the content of an uploaded file")
	if files > 1 {
		l.text = fmt.Sprintf("the HAR does not have the content of %d uploaded files", files)
	}
	l.n = files
	return l
}

// cutShort reports whether the end of a body is missing.
func (r *harRequest) cutShort(b []byte, text string, length int64) bool {
	if length < 0 {
		said := int64(r.BodySize)
		return said > int64(len(b)) || multipartIsOpen(b, r.contentType())
	}
	switch {
	case int64(len(b)) > length:
		return false
	case r.header("Content-Encoding") != "" && !isCompressed(b):
		return false // the tool has opened it, and what was sent had another length
	case text == "":
		return true
	}
	return !slices.ContainsFunc(otherLengths, func(of func(string, string) int64) bool { return of(text, r.contentType()) == length })
}

// otherLengths are those that a whole text may have had on the wire: tools decode it, and write its lines and its form
// fields in their own way.
var otherLengths = []func(text, contentType string) int64{
	lengthInCharset,
	func(text, _ string) int64 {
		return int64(len(text) + strings.Count(text, "\n") - strings.Count(text, "\r\n"))
	},
	func(text, _ string) int64 { return escapedLength(text, url.QueryEscape) },
	func(text, _ string) int64 { return escapedLength(text, escapeComponent) },
	func(text, _ string) int64 { return escapedLength(text, escapeForm) },
	func(text, contentType string) int64 {
		if kind, _, _ := mime.ParseMediaType(contentType); kind == "multipart/form-data" && !multipartIsOpen([]byte(text), contentType) {
			return int64(len(strings.TrimRight(text, "\r\n")) + len("\r\n"))
		}
		return -1
	},
}

// lengthInCharset is the length of the text in the charset that its content type names.
func lengthInCharset(text, contentType string) int64 {
	_, args, _ := mime.ParseMediaType(contentType)
	enc, err := htmlindex.Get(args["charset"])
	if err != nil {
		return -1
	}
	raw, err := enc.NewEncoder().String(text)
	if err != nil {
		return -1
	}
	return int64(len(raw))
}

// escapedLength is the length of a form that a tool has decoded, before it did; -1 if it is encoded as it stands.
func escapedLength(text string, escape func(string) string) int64 {
	if isQueryEncoded(strings.NewReplacer("&", "", "=", "").Replace(text)) {
		return -1
	}
	n := 0
	for i, pair := range strings.Split(text, "&") {
		name, value, ok := strings.Cut(pair, "=")
		if n += len(escape(name)) + len(escape(value)); ok {
			n++
		}
		if i > 0 {
			n++
		}
	}
	return int64(n)
}

// escapeComponent is encodeURIComponent (ECMA-262, 19.2.6.4), escapeForm the serializer of forms
// (https://url.spec.whatwg.org/#concept-urlencoded-serializer).
func escapeComponent(s string) string { return escapeBut(s, "-_.!~*'()", "%20") }
func escapeForm(s string) string      { return escapeBut(s, "*-._", "+") }

func escapeBut(s, safe, space string) string {
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte(safe, c) >= 0:
			b.WriteByte(c)
		case c == ' ':
			b.WriteString(space)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// encodings are the values of Content-Encoding that a body can be read with: those that decoding opens, and those that
// say nothing of the bytes (Amazon's clients send amz-1.0, others the charset).
var encodings = map[string]bool{
	"gzip": true, "x-gzip": true, "deflate": true, "br": true, "zstd": true,
	"identity": true, "amz-1.0": true, "aws-chunked": true, "utf-8": true, "utf8": true, "none": true,
}

// unknownEncoding says that the body's encoding is none that can be opened. JSON was opened by the tool, or never encoded.
func (r *harRequest) unknownEncoding(b []byte) lack {
	for word := range strings.SplitSeq(r.header("Content-Encoding"), ",") {
		if word = strings.ToLower(strings.TrimSpace(word)); word != "" && !encodings[word] && !json.Valid(b) {
			return missing("the body has an encoding that is not known")
		}
	}
	return lack{}
}

// isCompressed reports whether bytes begin as gzip (RFC 1952) or zstd (RFC 8878) do.
func isCompressed(b []byte) bool {
	return bytes.HasPrefix(b, []byte{0x1f, 0x8b}) || bytes.HasPrefix(b, []byte{0x28, 0xb5, 0x2f, 0xfd})
}

// boundary is that of a form with parts, "" if it is none.
func boundary(contentType string) string {
	kind, args, _ := mime.ParseMediaType(contentType)
	if !strings.HasPrefix(kind, "multipart/") {
		return ""
	}
	return args["boundary"]
}

// multipartIsOpen reports whether a form with parts lacks its end.
func multipartIsOpen(b []byte, contentType string) bool {
	mark := boundary(contentType)
	return mark != "" && bytes.Contains(b, []byte("--"+mark)) && !bytes.Contains(b, []byte("--"+mark+"--"))
}

// missingFiles counts the parts of a form that name a file and hold none of its bytes, as DevTools write them.
func missingFiles(b []byte, contentType string) int {
	mark := boundary(contentType)
	if mark == "" {
		return 0
	}
	n := 0
	for part := range bytes.SplitSeq(b, []byte("--"+mark)) {
		head, content, ok := bytes.Cut(part, []byte("\r\n\r\n"))
		if !ok {
			head, content, ok = bytes.Cut(part, []byte("\n\n"))
		}
		if ok && len(bytes.TrimSpace(content)) == 0 && namesFile(string(head)) {
			n++
		}
	}
	return n
}

// namesFile reports whether the head of a part has a file's name.
func namesFile(head string) bool {
	for line := range strings.Lines(head) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		if !strings.EqualFold(name, "Content-Disposition") {
			continue
		}
		_, args, _ := mime.ParseMediaType(value)
		return args["filename"] != ""
	}
	return false
}

// rebuilt is a form that a tool took apart without keeping the text. Its length is not that on the wire, for the tool may
// have decoded it: only if it is too short in every way of writing it, something is missing.
func (r *harRequest) rebuilt(p *harPostData) (crawler.Body, lack) {
	params := slices.Clone(p.Params)
	var longest, size int64
	files, cut := 0, false
	for i := range params {
		q := &params[i]
		text, whole, isCut := cutAt(string(q.Value))
		q.Value, cut = loose(text), cut || isCut
		size += int64(len(q.Name)) + whole
		longest += 3*(int64(len(q.Name))+whole) + int64(len("=&"))
		if q.File != "" || q.FileName != "" && q.Value == "" {
			files++
		}
	}
	contentType := cmp.Or(string(p.MimeType), r.header("Content-Type"))
	b := formBody(params, contentType)
	switch {
	case cut:
		return tooLong(b, max(size, r.length()))
	case files > 0:
		return crawler.NewBody(b), missingContent(files)
	case boundary(contentType) == "" && r.length() > longest:
		return crawler.NewBody(b), missing("the HAR has only some fields of the body's %d bytes", r.length())
	}
	return crawler.NewBody(b), lack{}
}
