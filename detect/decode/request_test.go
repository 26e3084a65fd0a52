package decode

import (
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tagscan/tagscan/crawler"
)

type blobs map[string]string

func (b blobs) Open(hash string) (io.ReadCloser, error) {
	if s, ok := b[hash]; ok {
		return io.NopCloser(strings.NewReader(s)), nil
	}
	return nil, errors.New("no such blob")
}

// fields maps the paths of a tree's leaves to their values.
func fields(t *Tree) map[string]string {
	m := map[string]string{}
	for _, i := range t.Leaves() {
		m[t.Fields[i].Path] = t.Fields[i].Value
	}
	return m
}

func TestEveryPartOfARequestIsARoot(t *testing.T) {
	r := &crawler.Request{
		URL: "https://collect.example/v1/track;k=2/x%20y?a=1&a=2&flag&b=%7B%22c%22%3Atrue%7D&=9#top",
		Headers: []crawler.Header{
			{Name: "User-Agent", Value: "Mozilla/5.0 (a=b&c=d)"}, {Name: "Sec-CH-UA-Platform", Value: `"Linux"`}, {Name: "Accept", Value: "*/*"}, {Name: ":method", Value: "GET"},
			{Name: "Sec-Fetch-Mode", Value: "cors"}, {Name: "Origin", Value: "https://shop.example"}, {Name: "X-Id", Value: "17"},
			{Name: "Cookie", Value: "a=b; c=d=e; empty="},
		},
		Body: crawler.Body{Size: 7, SHA256: "aa"},
		Messages: []crawler.Message{
			{Sent: true, Data: crawler.NewBody([]byte("hello"))}, {Sent: false, Data: crawler.NewBody([]byte("not sent"))}, {Sent: true, Data: crawler.Body{Size: 9, SHA256: "bb"}},
		},
	}
	tree := Request(r, blobs{"aa": `{"z":1}`}, DefaultBudget)
	assert.Equal(t, map[string]string{
		"path[0]": "v1", "path[1].k": "2", "path[2]": "x y", "query.a": "2", "query[2]": "flag", "query.b.c": "true", "query[4]": "9",
		"header.user-agent": "Mozilla/5.0 (a=b&c=d)", "header.sec-ch-ua-platform": `"Linux"`, "header.origin": "https://shop.example", "header.x-id": "17",
		"cookie.a": "b", "cookie.c": "d=e", "body.z": "1", "frame[0]": "hello",
	}, fields(tree))
	assert.Equal(t, []Cut{{CutBody, Frame, "frame[2]", 9}}, tree.Cut, "the second message is not to be had")
	both := slices.DeleteFunc(slices.Clone(tree.Fields), func(f Field) bool { return f.Path != "query.a" })
	assert.Len(t, both, 2, "a parameter that occurs twice is there twice")
	for _, f := range tree.Fields {
		if f.Parent < 0 && f.Where != Path {
			assert.Equal(t, strings.SplitN(strings.SplitN(f.Path, ".", 2)[0], "[", 2)[0], string(f.Where))
		}
	}
}

func TestPlusIsKeptWhereItWasMeant(t *testing.T) {
	tree := Request(&crawler.Request{URL: "https://x.example/?q=red+shoes&m=jane+shop@example.org&n=jane+shop%40example.org&t=+4915112345678&w=a%2Bb"}, nil, DefaultBudget)
	assert.Equal(t, map[string]string{"query.q": "red shoes", "query.m": "jane+shop@example.org", "query.n": "jane+shop@example.org", "query.t": "+4915112345678", "query.w": "a+b"}, fields(tree))
	assert.Equal(t, []string{"plus"}, tree.Fields[slices.IndexFunc(tree.Fields, func(f Field) bool { return f.Key == "q" })].Chain)
}

func TestATreeIsTheSameWhenItsMemoryIsUsedAgain(t *testing.T) {
	in := []byte(`{"a":"https://x.example/?e=jane%40example.org&long=aaaaaaaaaaaaaaaaaaaaaaa","b":"https://x.example/?e=jane%40example.org&long=aaaaaaaaaaaaaaaaaaaaaaa","c":"eyJkIjoiZSJ9"}`)
	first := Bytes(BodyIn, "body", in, DefaultBudget)
	want := fields(first)
	kept := slices.Collect(maps.Values(want))
	first.Release()
	for range 3 {
		noise := Bytes(Frame, "frame[0]", []byte(`["something","else","amFuZUBleGFtcGxlLm9yZw=="]`), DefaultBudget)
		noise.Release()
		again := Bytes(BodyIn, "body", in, DefaultBudget)
		require.Equal(t, want, fields(again))
		again.Release()
	}
	assert.ElementsMatch(t, kept, slices.Collect(maps.Values(want)), "strings outlive the tree")
	assert.Equal(t, "jane@example.org", want["body.b.query.e"], "a value that occurs twice is opened twice")
}

func TestWhatIsInterestingMayBeShort(t *testing.T) {
	opt := Options{Interesting: func(b []byte) bool { return strings.Contains(string(b), "Anna") }}
	for in, chain := range map[string]string{"QW5uYSBC": "base64", "416e6e61": "hex", "annA Asor": "reverse", "Naan Ebfn": "rot13"} {
		tree := opt.Bytes(BodyIn, "body", []byte(in))
		require.Len(t, tree.Fields, 2, in)
		assert.Equal(t, []string{chain}, tree.Fields[1].Chain)
		assert.Len(t, Bytes(BodyIn, "body", []byte(in), DefaultBudget).Fields, 1, "%s says nothing to others", in)
	}
}

func TestAValueOpenedInPartStaysALeaf(t *testing.T) {
	tree := Bytes(BodyIn, "body", []byte(`mail to jane@example.org failed: {"code":"E17"}`), DefaultBudget)
	assert.False(t, tree.Fields[0].Inner)
	assert.Equal(t, "E17", fields(tree)["body[0].code"])
}
