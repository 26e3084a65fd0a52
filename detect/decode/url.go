package decode

import "strings"

// URL opens the query, the fragment and the telling parts of the path of a nested URL.
var URL = Decoder{
	Name:   "url",
	Doc:    "A URL inside a value: the page's own address, a referrer, a redirect target. What its query carries is carried on.",
	Kind:   Structure,
	Rank:   120,
	Gate:   Gate{Needs: Slash, Min: 6, Test: isURL},
	Decode: decodeURL,
	Examples: []Example{
		{In: "https://shop.example/welcome?email=jane%40example.org#top", Path: ".query.email", Want: "jane@example.org"},
		{In: "https://shop.example/#access_token=abc&id=17", Path: ".fragment.id", Want: "17"},
		{In: "https://shop.example/u/jane%40example.org/x", Path: ".path[1]", Want: "jane@example.org"},
		{In: "/account?user=17", Path: ".query.user", Want: "17"},
		{In: "https://shop.example/about", Noise: true},
	},
}

func isURL(s string) bool {
	if strings.HasPrefix(s, "uggc") { // http in rot13
		return false
	}
	if s[0] == '/' {
		return strings.IndexByte(s, '?') > 0 && strings.IndexByte(s, ' ') < 0 || strings.HasPrefix(s, "//") && strings.IndexByte(splitURL("x:"+s).host, '.') > 0
	}
	i := strings.Index(s[:min(len(s), 24)], "://")
	return i > 1 && shape(s[:i])&^(Alnum|Dash|Dot|Plus) == 0
}

func decodeURL(o *Out, s string) bool {
	u := splitURL(s)
	n := 0
	for seg := range strings.SplitSeq(strings.TrimPrefix(u.path, "/"), "/") {
		if seg == "" {
			continue
		}
		if len(seg) >= 24 && wrapped(seg) || strings.ContainsAny(seg, "%;=@") {
			v, undone := o.t.unpercent(seg, false)
			o.undone(nil, undone)
			at, key := o.Name("path")
			o.Item(n, v, Text)
			o.Back(at, key)
		}
		n++
	}
	o.chain = nil
	if u.query != "" {
		at, key := o.Name("query")
		o.pairs(u.query, "&")
		o.Back(at, key)
	}
	if u.fragment != "" {
		at, key := o.Name("fragment")
		if isForm(u.fragment) {
			o.pairs(u.fragment, "&")
		} else if len(u.fragment) > 3 {
			v, undone := o.t.unpercent(u.fragment, false)
			o.undone(nil, undone)
			o.add(v, Text)
		}
		o.Back(at, key)
	}
	return true
}
