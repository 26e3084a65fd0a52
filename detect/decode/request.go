package decode

import (
	"strings"

	"github.com/tagscan/tagscan/crawler"
	"github.com/tagscan/tagscan/crawler/web"
)

// request adds the parts of a request as roots.
func (t *Tree) request(r *crawler.Request, blobs crawler.Blobs) {
	u := splitURL(r.URL)
	n := 0
	for rest := strings.TrimPrefix(u.path, "/"); rest != ""; {
		seg, after, more := strings.Cut(rest, "/")
		if more && (strings.HasPrefix(seg, "eyJ") || strings.HasPrefix(seg, "H4sI")) && shape(rest)&^(Alnum|Plus|Slash|Equal) == 0 {
			seg, after = rest, "" // base64 with slashes in it
		}
		if rest = after; seg != "" {
			t.part(Path, t.join("path", t.index(n)), "", seg, false)
			n++
		}
	}
	t.pairs(Query, "query", u.query)
	for _, h := range r.Headers {
		t.header(h)
	}
	if body, err := r.Body.Bytes(blobs); err != nil && len(body) == 0 {
		t.cut(CutBody, BodyIn, "body", r.Body.Size)
	} else if len(body) > 0 {
		t.root(BodyIn, "body", "", string(body))
	}
	for i, m := range r.Messages {
		if !m.Sent {
			continue
		}
		path := t.join("frame", t.index(i))
		if data, err := m.Data.Bytes(blobs); err != nil && len(data) == 0 {
			t.cut(CutBody, Frame, path, m.Data.Size)
		} else if len(data) > 0 {
			t.root(Frame, path, "", string(data))
		}
	}
}

func (t *Tree) index(i int) string {
	var o Out
	o.Index(i)
	return t.keep(o.path)
}

// pairs adds the parameters of a query string as roots. A parameter without a name has an index in its place.
func (t *Tree) pairs(where Where, path, query string) {
	n := 0
	for pair := range strings.SplitSeq(query, "&") {
		name, value, named := strings.Cut(pair, "=")
		switch {
		case pair == "":
		case !named || name == "":
			t.part(where, t.join(path, t.index(n)), "", strings.TrimPrefix(pair, "="), true)
		default:
			name, _ = t.unpercent(name, true)
			p := t.join(t.join(path, "."), name)
			t.part(where, p, p[len(p)-len(name):], value, true)
		}
		n++
	}
}

// part adds a root whose value is percent-encoded.
func (t *Tree) part(where Where, path, key, value string, form bool) {
	if where == Path && isMatrix(value) { // its values are encoded one by one
		t.root(where, path, key, value)
		return
	}
	plain, undone := t.unpercent(value, form)
	f := t.root(where, path, key, plain)
	f.Chain = t.undone(nil, undone)
}

// undone names what unpercent did.
func (t *Tree) undone(chain []string, u undo) []string {
	if u&undidPlus != 0 {
		chain = t.chain(chain, "plus")
	}
	if u&undidPercent != 0 {
		chain = t.chain(chain, "percent")
	}
	return chain
}

// header adds one header line as roots.
func (t *Tree) header(h crawler.Header) {
	name := strings.ToLower(h.Name)
	if name == "cookie" {
		for pair := range strings.SplitSeq(h.Value, ";") {
			k, v, _ := strings.Cut(strings.TrimSpace(pair), "=")
			if k != "" && v != "" {
				p := t.join("cookie.", k)
				t.part(Cookie, p, p[len(p)-len(k):], strings.Trim(v, `"`), false)
			}
		}
		return
	}
	if web.SilentHeader(name) {
		return
	}
	p := t.join("header.", name)
	f := t.root(Header, p, p[len(p)-len(name):], h.Value)
	if flat[name] || strings.HasPrefix(name, "sec-ch-") {
		f.state |= closed
	}
}

// flat are the headers that may say something of a person, but wrap nothing.
var flat = set("user-agent accept-language date via")

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// lastKey returns the last name of a path, "" if it ends in an index or has one name alone.
func lastKey(path string) string {
	if i := strings.LastIndexByte(path, '.'); i >= 0 && !strings.HasSuffix(path, "]") {
		return path[i+1:]
	}
	return ""
}

// parts of a URL, still encoded.
type urlParts struct{ scheme, host, path, query, fragment string }

// splitURL takes a URL apart. It never fails: what is no URL is a path.
func splitURL(s string) (u urlParts) {
	s, u.fragment, _ = strings.Cut(s, "#")
	s, u.query, _ = strings.Cut(s, "?")
	if scheme, rest, ok := strings.Cut(s, "://"); ok {
		u.scheme = scheme
		if slash := strings.IndexByte(rest, '/'); slash >= 0 {
			u.host, u.path = rest[:slash], rest[slash:]
		} else {
			u.host = rest
		}
		return u
	}
	u.path = s
	return u
}
