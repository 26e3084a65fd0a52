package discover

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/html/charset"
)

// Limits of a site's sitemaps. The first two are those of the protocol (https://www.sitemaps.org/protocol.html); an index
// may name 50,000 files, of which a scan needs few.
const (
	maxSitemapSize  = 50 << 20 // bytes, unpacked
	maxSitemapURLs  = 50_000   // in all
	maxSitemapFiles = 200
	sitemapTimeout  = 30 * time.Second // for one file
)

// Sitemap yields the URLs of the sitemaps at the addresses: XML sitemaps, indexes of them, feeds, and plain lists, each
// gzipped or not. Each file and each URL counts once. Index entries on another site than the file that names them are
// passed over (https://www.sitemaps.org/protocol.html#location). A file that cannot be read yields a *SitemapError, and
// the others follow.
func Sitemap(ctx context.Context, client *http.Client, addresses ...string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		s := &sitemaps{client: client, yield: yield, files: map[string]bool{}, urls: map[string]bool{}}
		for _, a := range addresses {
			if u, err := Normalize(a); err == nil && !s.files[u] {
				s.files[u] = true
				s.queue = append(s.queue, u)
			}
		}
		for n := 0; len(s.queue) > 0 && n < maxSitemapFiles && !s.stop; n++ {
			next := s.queue[0]
			s.queue = s.queue[1:]
			if err := s.read(ctx, next); err != nil && !s.stop {
				s.stop = !yield("", &SitemapError{Address: next, Err: err})
			}
			s.stop = s.stop || ctx.Err() != nil
		}
	}
}

// SitemapError is why a file was not read, or not to its end.
type SitemapError struct {
	Address string
	Err     error // a statusError, errNoSitemap, or what went wrong on the way
}

func (e *SitemapError) Error() string { return "sitemap " + e.Address + ": " + e.Err.Error() }

func (e *SitemapError) Unwrap() error { return e.Err }

// NotThere reports whether the server says that there is no such sitemap: by its status, or with a page.
func (e *SitemapError) NotThere() bool {
	var status statusError
	if errors.As(e.Err, &status) {
		return status == http.StatusNotFound || status == http.StatusGone
	}
	return errors.Is(e.Err, errNoSitemap)
}

// Fails reports whether the server says that it cannot give it now, or gives it and breaks off. Else it does not give it to everybody, or
// was not reached: of an address that was guessed that says nothing.
func (e *SitemapError) Fails() bool {
	var status statusError
	if errors.As(e.Err, &status) {
		return status >= http.StatusInternalServerError || status == http.StatusTooManyRequests
	}
	return !errors.Is(e.Err, errNoSitemap) && !errors.Is(e.Err, errUnreached)
}

// Why says in a clause why it was not read. There is no address in it.
func (e *SitemapError) Why() string {
	var status statusError
	switch {
	case errors.As(e.Err, &status):
		return status.Error()
	case errors.Is(e.Err, errUnreached):
		return errUnreached.Error()
	}
	return "it is broken off, too long, or no XML"
}

// statusError is the status of an answer that is not what was asked for.
type statusError int

func (s statusError) Error() string { return fmt.Sprintf("the server answered %d", int(s)) }

var (
	errNoSitemap = errors.New("it is no sitemap")
	errUnreached = errors.New("it could not be reached")
)

type sitemaps struct {
	client *http.Client
	yield  func(string, error) bool
	queue  []string
	files  map[string]bool
	urls   map[string]bool
	head   []byte // the beginning of the latest file
	stop   bool
}

func (s *sitemaps) read(ctx context.Context, address string) error {
	resp, err := get(ctx, s.client, address, sitemapTimeout)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // the address is said already
		}
		return fmt.Errorf("%w: %w", errUnreached, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return statusError(resp.StatusCode)
	}
	err = s.parse(address, resp.Body)
	if errors.Is(err, errNoSitemap) && resp.Request != nil && resp.Request.URL != nil {
		err = &instead{error: err, at: resp.Request.URL.String(), head: s.head}
	}
	return err
}

// instead is what was answered instead of a sitemap.
type instead struct {
	error
	at   string // where it stands, after redirects
	head []byte // its first bytes
}

func (i *instead) Unwrap() error { return i.error }

// Instead is what was answered instead of a sitemap, at most its first maxInstead bytes, and where it stands; empty if something else went
// wrong.
func (e *SitemapError) Instead() (at string, head []byte) {
	var i *instead
	if errors.As(e.Err, &i) {
		return i.at, i.head
	}
	return "", nil
}

// maxInstead bounds what is kept of an answer that may be no sitemap.
const maxInstead = 64 << 10

// source is what a sitemap is read from. It keeps the beginning, and the error by which it broke off: a parser may take that for the end.
type source struct {
	r    io.Reader
	head []byte
	err  error
}

func (s *source) Read(b []byte) (int, error) {
	n, err := s.r.Read(b)
	if room := maxInstead - len(s.head); room > 0 {
		s.head = append(s.head, b[:min(n, room)]...)
	}
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

func (s *sitemaps) parse(address string, r io.Reader) error {
	in := bufio.NewReader(r)
	if head, _ := in.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(in)
		if err != nil {
			return err
		}
		in = bufio.NewReader(z)
	}
	capped := &io.LimitedReader{R: in, N: maxSitemapSize}
	from := &source{r: capped}
	body := bufio.NewReader(from)
	head, _ := body.Peek(512)
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	var err error
	if bytes.HasPrefix(head, []byte("<")) || bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff}) {
		err = s.parseXML(address, body)
	} else {
		err = s.parseText(body)
	}
	if errors.Is(err, errNoSitemap) {
		_, _ = io.CopyN(io.Discard, body, maxInstead) // to keep more of it
	}
	s.head = from.head
	switch {
	case capped.N <= 0:
		return fmt.Errorf("longer than %d bytes: the rest was not read", maxSitemapSize)
	case from.err != nil:
		return from.err
	}
	return err
}

func (s *sitemaps) parseText(r io.Reader) error {
	lines := bufio.NewScanner(r)
	addresses, others := 0, 0
	for lines.Scan() && !s.stop {
		line := strings.TrimSpace(lines.Text())
		switch _, err := Normalize(line); {
		case err == nil:
			addresses++
		case line != "":
			others++
		}
		s.url(line)
	}
	if lines.Err() == nil && addresses == 0 && others > 0 {
		return errNoSitemap
	}
	return lines.Err()
}

// roots are the elements that sitemaps, their indexes and feeds begin with (https://www.sitemaps.org/protocol.html,
// https://www.rssboard.org/rss-specification, RFC 4287, https://web.resource.org/rss/1.0/spec).
var roots = map[string]bool{"urlset": true, "sitemapindex": true, "rss": true, "feed": true, "rdf": true}

// parseXML takes the text of loc elements, and of link elements in feeds.
func (s *sitemaps) parseXML(address string, r io.Reader) error {
	dec := xml.NewDecoder(r)
	dec.Strict = false
	dec.CharsetReader = charset.NewReaderLabel
	var root, inside string // inside: name of the element around
	began := false          // it says that it is XML
	for !s.stop {
		t, err := dec.Token()
		if err == io.EOF {
			if root == "" {
				return errNoSitemap
			}
			return nil
		}
		switch {
		case err != nil && root == "" && !began:
			return errNoSitemap
		case err != nil:
			return err
		}
		if p, ok := t.(xml.ProcInst); ok && p.Target == "xml" {
			began = true
		}
		start, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		name := strings.ToLower(start.Name.Local)
		switch {
		case root == "":
			if root = name; !roots[root] {
				return errNoSitemap
			}
		case name == "sitemap" || name == "url" || name == "item" || name == "entry":
			inside = name
		case name == "loc" && start.Name.Space != "http://www.google.com/schemas/sitemap-image/1.1" && start.Name.Space != "http://www.google.com/schemas/sitemap-video/1.1",
			name == "link" && (inside == "item" || inside == "entry"):
			s.location(dec, address, root, start)
		}
	}
	return nil
}

func (s *sitemaps) location(dec *xml.Decoder, address, root string, start xml.StartElement) {
	for _, a := range start.Attr {
		if a.Name.Local == "href" { // Atom, and alternates
			s.url(a.Value)
			return
		}
	}
	var text string
	if dec.DecodeElement(&text, &start) != nil {
		return
	}
	if root != "sitemapindex" {
		s.url(text)
		return
	}
	file, err := Normalize(text)
	if err != nil || s.files[file] || !sameSite(file, address) {
		return
	}
	s.files[file] = true
	if len(s.queue) < maxSitemapFiles {
		s.queue = append(s.queue, file)
	}
}

func sameSite(a, b string) bool {
	x, err := siteOf(a)
	y, err2 := siteOf(b)
	return err == nil && err2 == nil && x == y
}

func (s *sitemaps) url(text string) {
	u, err := Normalize(text)
	if err != nil || s.urls[u] || s.stop {
		return
	}
	s.urls[u] = true
	s.stop = !s.yield(u, nil) || len(s.urls) >= maxSitemapURLs
}
