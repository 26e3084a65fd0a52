package har

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
)

func TestFilesThatEndBeforeTheirEnd(t *testing.T) {
	whole := har(`{"id":"p","title":"https://shop.test/"}`, `{"pageref":"p","request":{"method":"GET","url":"https://shop.test/"},"response":{"status":200}},{"pageref":"p","request":{"method":"GET","url":"https://b.test/"}}`)
	var z bytes.Buffer
	zw := gzip.NewWriter(&z)
	zw.Write([]byte(whole))
	require.NoError(t, zw.Close())
	second := strings.LastIndex(whole, `{"pageref"`)
	for name, c := range map[string]struct {
		in   string
		kind crawler.GapKind
		text string
		n    int
	}{
		"in an entry":            {whole[:second+30], crawler.GapTruncated, "the HAR is cut off after entry 1", 1},
		"between entries":        {whole[:second], crawler.GapTruncated, "the HAR is cut off after entry 1", 1},
		"after the entries":      {whole[:len(whole)-1], crawler.GapTruncated, "the HAR is cut off after entry 2", 2},
		"of a zipped file":       {z.String()[:z.Len()-3], crawler.GapTruncated, "the HAR is cut off after entry 2", 2},
		"by what is no JSON":     {whole[:second] + "<html>", crawler.GapDamaged, "the HAR cannot be read after entry 1", 1},
		"by zeros":               {whole[:second] + strings.Repeat("\x00", 100), crawler.GapDamaged, "the HAR cannot be read after entry 1", 1},
		"in the second of two":   {whole + whole[:second], crawler.GapTruncated, "the HAR is cut off after entry 1", 3},
		"the second is no HAR":   {whole + `{"a":1}`, crawler.GapHARSkipped, "what follows the HAR in the file could not be read", 2},
		"something else follows": {whole + "\nthe end", crawler.GapHARSkipped, "what follows the HAR in the file could not be read", 2},
	} {
		t.Run(name, func(t *testing.T) {
			events := readAll(t, Read(strings.NewReader(c.in)))
			assert.Len(t, requestsOf(events), c.n)
			gaps := gapsOf(events)
			require.Len(t, gaps, 1)
			assert.Equal(t, c.kind, gaps[0].Kind)
			assert.Equal(t, c.text, gaps[0].Text)
			for _, p := range pagesOf(events) {
				want := crawler.Partial
				if c.kind == crawler.GapHARSkipped {
					want = crawler.Complete
				}
				assert.Equal(t, want, p.Outcome)
			}
		})
	}
}

// Dropping the end of a file never makes it look whole.
func TestACutAnywhereIsSaid(t *testing.T) {
	whole := har(`{"id":"p","title":"https://shop.test/"}`, `{"pageref":"p","request":{"method":"POST","url":"https://a.test/","headers":[{"name":"Content-Length","value":"4"}],"postData":{"text":"a=é"}}}`)
	for i := range whole {
		said := false
		for ev, err := range Read(strings.NewReader(whole[:i])) {
			said = said || err != nil || ev.Gap != nil && ev.Gap.Kind == crawler.GapTruncated
		}
		assert.True(t, said, "cut at byte %d: %s", i, whole[:i])
	}
}

func TestSeveralHARsInOneFile(t *testing.T) {
	one := har(`{"id":"p","title":"https://shop.test/"}`, `{"_id":"x","pageref":"p","request":{"url":"https://a.test/"}}`)
	two := har(`{"id":"p","title":"https://shop.test/two"}`, `{"_id":"x","pageref":"p","request":{"url":"https://b.test/"}},{"_id":5,"request":{"url":"https://c.test/"}}`)
	for name, in := range map[string]string{"one after the other": one + two, "a line each": one + "\n" + two + "\n", "with marks": "\ufeff" + one + "\ufeff" + two, "as calls": "cb(" + one + ");cb(" + two + ");"} {
		t.Run(name, func(t *testing.T) {
			events := readAll(t, Read(strings.NewReader(in)))
			assert.Empty(t, gapsOf(events))
			var ids, pages []string
			for _, r := range requestsOf(events) {
				ids, pages = append(ids, r.ID), append(pages, r.Page+" "+r.PageURL)
			}
			assert.Equal(t, []string{"x", "2/x", "2/#5"}, ids)
			assert.Equal(t, []string{"p https://shop.test/", "2/p https://shop.test/two", " "}, pages)
			require.Len(t, pagesOf(events), 2)
			runs := 0
			for i, ev := range events {
				assert.Equal(t, int64(i+1), ev.Seq)
				if ev.Run != nil {
					runs++
				}
			}
			assert.Equal(t, 1, runs)
		})
	}
}

func TestAddressesPutTogether(t *testing.T) {
	host := func(h string) string { return `"headers":[{"name":"Host","value":"` + h + `"}],` }
	for name, c := range map[string]struct{ request, want string }{
		"whole":                         {`"url":"https://a.test/x?y#z"`, "https://a.test/x?y"},
		"no scheme":                     {`"url":"//a.test/x"`, "https://a.test/x"},
		"a host":                        {`"url":"a.test/x?y"`, "https://a.test/x?y"},
		"a host and its port":           {`"url":"a.test:80/x"`, "http://a.test:80/x"},
		"a tunnel":                      {`"url":"a.test:443"`, "https://a.test:443"},
		"a path":                        {host("a.test") + `"url":"/x"`, "https://a.test/x"},
		"a path of HTTP/2":              {`"headers":[{"name":":authority","value":"a.test"},{"name":":scheme","value":"http"}],"url":"/x"`, "http://a.test/x"},
		"of a page without TLS":         {`"headers":[{"name":"Referer","value":"http://shop.test/"}],"url":"//a.test/x"`, "http://a.test/x"},
		"a host of the inner net":       {host("crm") + `"url":"crm/x"`, "https://crm/x"},
		"the query beside it":           {`"url":"https://a.test/x","queryString":[{"name":"e","value":"a@b.test"},{"name":"n","value":"Jo Doe"}]`, "https://a.test/x?e=a%40b.test&n=Jo+Doe"},
		"the query beside it, encoded":  {`"url":"https://a.test/x","queryString":[{"name":"e","value":"a%40b.test"}]`, "https://a.test/x?e=a%40b.test"},
		"a query of its own":            {`"url":"https://a.test/x?a=1","queryString":[{"name":"a","value":"1"}]`, "https://a.test/x?a=1"},
		"data":                          {`"url":"data:text/css,x","queryString":[{"name":"a","value":"1"}]`, "data:text/css,x"},
		"none":                          {`"url":""`, ""},
		"a word":                        {`"url":"collect"`, ""},
		"no host":                       {`"url":"http://[::bad/x"`, ""},
		"a path that is none":           {`"url":"https://a.test/%%r%%"`, "https://a.test/%%r%%"},
		"a path of nowhere":             {`"url":"/x"`, ""},
		"a file's name is no host name": {`"url":"collect me.php"`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			events := readAll(t, Read(strings.NewReader(har(`{"id":"p","title":"https://shop.test/"}`, `{"request":{"method":"GET",`+c.request+`}},{"request":{"url":"https://b.test/"}}`))))
			reqs, gaps := requestsOf(events), gapsOf(events)
			if c.want == "" {
				require.Len(t, reqs, 1)
				require.Len(t, gaps, 1)
				assert.Equal(t, crawler.Gap{Kind: crawler.GapHARSkipped, Where: "log.entries from #0", Count: 1, Text: "1 entry without an address that can be known"}, gaps[0])
				return
			}
			assert.Empty(t, gaps)
			assert.Equal(t, c.want, reqs[0].URL)
		})
	}
}

func TestEntriesThatAreNone(t *testing.T) {
	gaps := gapsOf(readAll(t, Read(strings.NewReader(har(`{"id":"p","title":"https://shop.test/"}`, `null,5,"x",{},{"request":"GET /"},{"request":{"url":"https://a.test/"}}`)))))
	require.Len(t, gaps, 1)
	assert.Equal(t, crawler.Gap{Kind: crawler.GapHARSkipped, Where: "log.entries from #0", Count: 5, Text: "5 entries without a request"}, gaps[0])
}

// What the browser shows of itself is listed, and nobody was sent anything.
func TestTheBrowsersOwnLeaveNothing(t *testing.T) {
	for _, u := range []string{"data:text/css,x", "blob:https://a.test/1", "chrome://theme/x", "about:blank", "file:///etc/hosts"} {
		assert.True(t, oneRequest(t, har("", `{"request":{"url":"`+u+`"}}`)).NotSent, u)
	}
}
