package har

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
)

func header(name, value string) string {
	return fmt.Sprintf(`"headers":[{"name":%q,"value":%q}],`, name, value)
}

func sized(n int) string { return header("Content-Length", fmt.Sprint(n)) }

// Each case is what one tool writes of a request body. unseen is what is said to be missing; "" is nothing, so no gap.
func TestBodies(t *testing.T) {
	const (
		multipart = `"postData":{"mimeType":"multipart/form-data; boundary=XX","text":%q}`
		named     = "--XX\r\nContent-Disposition: form-data; name=\"f\"; filename=\"cv.pdf\"\r\nContent-Type: application/pdf\r\n\r\n"
		replaced  = "the HAR has the body with bytes replaced, for it was taken for text"
	)
	for name, c := range map[string]struct{ request, want, unseen string }{
		"Chrome, Firefox, Safari": {`"postData":{"mimeType":"text/plain","text":"a=1&é"}`, "a=1&é", ""},
		"with its length":         {sized(6) + `"postData":{"mimeType":"text/plain","text":"a=1&é"}`, "a=1&é", ""},
		"Chrome with params too":  {`"postData":{"mimeType":"application/x-www-form-urlencoded","text":"a=%201","params":[{"name":"a","value":"%201"}]}`, "a=%201", ""},
		"base64 as _encoding":     {`"postData":{"mimeType":"x","text":"AP/+","_encoding":"base64"}`, "\x00\xff\xfe", ""},
		"base64 as encoding":      {`"postData":{"mimeType":"x","text":"AP_-\n","encoding":"BASE64"}`, "\x00\xff\xfe", ""},
		"base64 that is none":     {`"postData":{"mimeType":"x","text":"a b!","encoding":"base64"}`, "a b!", "the body is said to be base64 and is not"},
		"base64, cut":             {sized(90) + `"postData":{"mimeType":"x","text":"AP/+","_encoding":"base64"}`, "\x00\xff\xfe", "the HAR has 3 of the body's 90 bytes"},
		"params only, plain":      {`"postData":{"mimeType":"application/x-www-form-urlencoded","params":[{"name":"e mail","value":"a@b.test"},{"name":"b","value":"1"}]}`, "e+mail=a%40b.test&b=1", ""},
		"params only, encoded":    {`"postData":{"mimeType":"application/x-www-form-urlencoded","text":"","params":[{"name":"e","value":"a%40b"},{"name":"b","value":"1+2"}]}`, "e=a%40b&b=1+2", ""},
		"params only, multipart": {`"postData":{"mimeType":"multipart/form-data; boundary=XX","params":[{"name":"f","fileName":"n.txt","contentType":"text/plain","value":"hi"}]}`,
			"--XX\r\nContent-Disposition: form-data; filename=n.txt; name=f\r\nContent-Type: text/plain\r\n\r\nhi\r\n--XX--\r\n", ""},
		"params only, some": {sized(900) + `"postData":{"mimeType":"application/x-www-form-urlencoded","params":[{"name":"a","value":"1"}]}`, "a=1", "the HAR has only some fields of the body's 900 bytes"},
		"params only, JSON": {`"postData":{"mimeType":"application/json","params":[{"name":"a","value":"1"},{"name":"b","value":{"c":[true]}}]}`, `{"a":"1","b":{"c":[true]}}`, ""},
		"text an object":    {`"postData":{"mimeType":"application/json","text":{"a":1}}`, `{"a":1}`, ""},
		"text a number":     {`"postData":{"mimeType":null,"text":42}`, "42", ""},

		"not kept":                           {`"bodySize":17`, "", "the HAR does not have the body of 17 bytes"},
		"not kept, and sized by its header":  {sized(614) + `"bodySize":0`, "", "the HAR does not have the body of 614 bytes"},
		"text empty, and sized":              {sized(614) + `"postData":{"mimeType":"x","text":""}`, "", "the HAR does not have the body of 614 bytes"},
		"text left out":                      {sized(614) + `"bodySize":-1,"postData":{"mimeType":"x","params":[]}`, "", "the HAR does not have the body of 614 bytes"},
		"a type and nothing else":            {header("Content-Type", "application/json") + `"bodySize":0`, "", "the HAR does not have the body"},
		"chunked":                            {header("Transfer-Encoding", "chunked") + `"bodySize":-1`, "", "the HAR does not have the body"},
		"in a file beside":                   {`"bodySize":-1,"postData":{"mimeType":"x","_file":"5f.json"}`, "", "the HAR keeps the body in a file of its own"},
		"none":                               {`"bodySize":0`, "", ""},
		"none, and a header says so":         {header("content-length", "0") + `"bodySize":0`, "", ""},
		"an empty Blob with a type":          {`"headers":[{"name":"Content-Type","value":"text/plain"},{"name":"Content-Length","value":"0"}],"bodySize":0`, "", ""},
		"said to be empty":                   {header("Content-Type", "text/plain") + `"bodySize":0,"postData":{"mimeType":"text/plain","text":""}`, "", ""},
		"unknown":                            {`"bodySize":-1`, "", "the HAR does not have the body"},
		"unknown, and said to be empty":      {sized(0) + `"bodySize":-1`, "", ""},
		"null":                               {`"postData":null`, "", ""},
		"cut short":                          {sized(700) + `"postData":{"mimeType":"x","text":"email=jo"}`, "email=jo", "the HAR has 8 of the body's 700 bytes"},
		"cut short of its bodySize":          {`"bodySize":700,"postData":{"mimeType":"x","text":"email=jo"}`, "email=jo", "the HAR has only the beginning of the body"},
		"characters for bytes":               {`"bodySize":5,"postData":{"mimeType":"x","text":"a=1&é"}`, "a=1&é", ""},
		"longer than it was":                 {sized(5) + `"postData":{"mimeType":"x","text":"a=1&é"}`, "a=1&é", ""},
		"in its charset":                     {`"headers":[{"name":"Content-Length","value":"4"},{"name":"Content-Type","value":"text/plain; charset=Shift_JIS"}],"postData":{"text":"日本"}`, "日本", ""},
		"cut, whatever its charset":          {`"headers":[{"name":"Content-Length","value":"40"},{"name":"Content-Type","value":"text/plain; charset=Shift_JIS"}],"postData":{"text":"日本"}`, "日本", "the HAR has 6 of the body's 40 bytes"},
		"line breaks of the tool":            {sized(8) + `"postData":{"mimeType":"x","text":"ab\ncd\n"}`, "ab\ncd\n", ""},
		"a form that the tool decoded, +":    {sized(24) + `"postData":{"mimeType":"application/x-www-form-urlencoded","text":"n=Jo Doe&m=a@b.xé"}`, "n=Jo Doe&m=a@b.xé", ""},
		"a form that the tool decoded, %20":  {sized(26) + `"postData":{"mimeType":"application/x-www-form-urlencoded","text":"n=Jo Doe&m=a@b.xé"}`, "n=Jo Doe&m=a@b.xé", ""},
		"mangled":                            {sized(3) + `"postData":{"mimeType":"x","text":"\u0000\ufffdx"}`, "\x00\ufffdx", replaced},
		"mangled, of unknown length":         {`"bodySize":5,"postData":{"mimeType":"x","text":"\u0000\ufffdx"}`, "\x00\ufffdx", replaced},
		"sent with a replacement character":  {sized(4) + `"postData":{"mimeType":"x","text":"\ufffdx"}`, "\ufffdx", ""},
		"bytes as characters":                {sized(3) + `"postData":{"mimeType":"x","text":"\u0000ÿx"}`, "\x00\xffx", ""},
		"bytes as characters, by themselves": {`"postData":{"mimeType":"x","text":"\u008fÿx"}`, "\x8f\xffx", ""},
		"text of ISO 8859-1":                 {sized(2) + `"postData":{"mimeType":"x","text":"éa"}`, "éa", ""},
		"bytes as surrogates":                {`"postData":{"mimeType":"x","text":"\udcff\ud83d\ude00\\udcff"}`, "\xff😀\\udcff", ""},
		"gzip that the tool opened":          {`"headers":[{"name":"Content-Length","value":"99"},{"name":"Content-Encoding","value":"gzip"}],"postData":{"text":"{\"a\":1}"}`, `{"a":1}`, ""},
		"gzip, cut": {`"headers":[{"name":"Content-Length","value":"99"},{"name":"Content-Encoding","value":"gzip"}],"postData":{"text":"H4sIAAA=","encoding":"base64"}`,
			"\x1f\x8b\x08\x00\x00", "the HAR has 5 of the body's 99 bytes"},
		"a placeholder":             {sized(90) + `"postData":{"text":"[REDACTED]"}`, "[REDACTED]", "the HAR has a placeholder instead of the body"},
		"an encoding nobody knows":  {header("Content-Encoding", "x-acme") + `"postData":{"text":"Zm9v"}`, "Zm9v", "the body has an encoding that is not known"},
		"such an encoding, opened":  {header("Content-Encoding", "x-acme") + `"postData":{"text":"[1]"}`, "[1]", ""},
		"no encoding, though named": {header("Content-Encoding", "amz-1.0") + `"postData":{"text":"a=1"}`, "a=1", ""},
		"a file left out":           {fmt.Sprintf(multipart, named+"\r\n--XX--\r\n"), named + "\r\n--XX--\r\n", "the HAR does not have the content of an uploaded file"},
		"two files left out":        {fmt.Sprintf(multipart, named+"\r\n"+named+"\r\n--XX--\r\n"), named + "\r\n" + named + "\r\n--XX--\r\n", "the HAR does not have the content of 2 uploaded files"},
		"no file chosen":            {fmt.Sprintf(multipart, "--XX\r\nContent-Disposition: form-data; name=\"f\"; filename=\"\"\r\n\r\n\r\n--XX--\r\n"), "--XX\r\nContent-Disposition: form-data; name=\"f\"; filename=\"\"\r\n\r\n\r\n--XX--\r\n", ""},
		"an empty file":             {sized(len(named+"\r\n--XX--\r\n")) + fmt.Sprintf(multipart, named+"\r\n--XX--\r\n"), named + "\r\n--XX--\r\n", ""},
		"a file":                    {fmt.Sprintf(multipart, named+"%PDF\r\n--XX--\r\n"), named + "%PDF\r\n--XX--\r\n", ""},
		"a form without its end":    {fmt.Sprintf(multipart, named+"%PDF"), named + "%PDF", "the HAR has only the beginning of the body"},
		"params with a file of none": {`"postData":{"mimeType":"multipart/form-data; boundary=XX","params":[{"name":"f","fileName":"n.txt"}]}`,
			"--XX\r\nContent-Disposition: form-data; filename=n.txt; name=f\r\n\r\n\r\n--XX--\r\n", "the HAR does not have the content of an uploaded file"},
	} {
		t.Run(name, func(t *testing.T) {
			events := readAll(t, Read(strings.NewReader(har(`{"id":"p","title":"https://shop.test/"}`, `{"_id":"x","pageref":"p","request":{"method":"post","url":"https://a.test/",`+c.request+`}},{"pageref":"p",`+document("https://shop.test/")[1:]))))
			r := requestsOf(events)[0]
			assert.Equal(t, "POST", r.Method)
			assert.Equal(t, c.want, string(r.Body.Inline))
			assert.Equal(t, c.unseen, r.Unseen)
			gaps, page := gapsOf(events), pagesOf(events)[0]
			if c.unseen == "" {
				assert.Empty(t, gaps)
				assert.Equal(t, crawler.Complete, page.Outcome)
				assert.Empty(t, page.Reason)
				return
			}
			require.Len(t, gaps, 1)
			assert.Equal(t, crawler.Gap{Kind: crawler.GapHARBody, Where: "a.test", Page: "p", Request: "x", Consent: crawler.Unknown, Count: gaps[0].Count, Text: c.unseen}, gaps[0])
			assert.Equal(t, crawler.Partial, page.Outcome)
			assert.Equal(t, "bodies: 1 request body is not whole", page.Reason)
		})
	}
}

func TestBodiesThatNothingIsMissingOf(t *testing.T) {
	for name, entry := range map[string]string{
		"a GET with a type":       `{"request":{"method":"GET","url":"https://a.test/",` + header("Content-Type", "application/json") + `"bodySize":-1}}`,
		"served from the cache":   `{"_fromCache":"disk","request":{"method":"GET","url":"https://a.test/",` + sized(4) + `"bodySize":0}}`,
		"stopped by the browser":  `{"_error":"net::ERR_BLOCKED_BY_CLIENT","request":{"method":"POST","url":"https://a.test/",` + sized(4) + `"bodySize":0}}`,
		"received events":         `{"_resourceType":"eventsource","request":{"method":"GET","url":"https://a.test/"},"response":{"status":200}}`,
		"a socket that was heard": `{"_resourceType":"websocket","_webSocketMessages":[],"request":{"method":"GET","url":"wss://a.test/"},"response":{"status":101}}`,
		"a socket that failed":    `{"_resourceType":"websocket","_error":"net::ERR_FAILED","request":{"method":"GET","url":"wss://a.test/"}}`,
		"a socket refused":        `{"request":{"method":"GET","url":"wss://a.test/"},"response":{"status":403}}`,
		"HTTP/2 agreed on":        `{"request":{"method":"GET","url":"http://a.test/"},"response":{"status":101,"headers":[{"name":"Upgrade","value":"h2c"}]}}`,
	} {
		t.Run(name, func(t *testing.T) {
			assert.Empty(t, gapsOf(readAll(t, Read(strings.NewReader(har(`{"id":"p","title":"https://shop.test/"}`, `{"pageref":"p",`+entry[1:]))))))
		})
	}
}

func TestSocketsWithoutTheirMessages(t *testing.T) {
	for name, c := range map[string]struct{ entry, text string }{
		"by its scheme":      {`{"_id":"s","request":{"method":"GET","url":"wss://a.test/"}}`, "the HAR does not have the messages of a socket"},
		"by its answer":      {`{"_id":"s","request":{"method":"GET","url":"https://a.test/"},"response":{"status":101,"headers":[{"name":"upgrade","value":"websocket"}]}}`, "the HAR does not have the messages of a socket"},
		"a message unopened": {`{"_id":"s","request":{"method":"GET","url":"wss://a.test/"},"_webSocketMessages":[{"type":"send","opcode":2,"data":"é"},{"type":"receive","opcode":2,"data":"é"}]}`, "messages of a socket could not be read whole"},
	} {
		t.Run(name, func(t *testing.T) {
			gaps := gapsOf(readAll(t, Read(strings.NewReader(har(`{"id":"p","title":"https://shop.test/"}`, `{"pageref":"p",`+c.entry[1:])))))
			require.Len(t, gaps, 1)
			assert.Equal(t, crawler.Gap{Kind: crawler.GapSocket, Where: "a.test", Page: "p", Request: "s", Consent: crawler.Unknown, Count: 1, Text: c.text}, gaps[0])
		})
	}
}

// What is missing of the site's own requests is told, and hides nothing from others: its page stays complete.
func TestOwnBodiesMissing(t *testing.T) {
	events := readAll(t, Read(strings.NewReader(har(`{"id":"p","title":"https://shop.test/"}`,
		`{"_id":"x","pageref":"p","request":{"method":"POST","url":"https://api.shop.test/",`+sized(9)+`"bodySize":0}},{"pageref":"p",`+document("https://shop.test/")[1:]))))
	assert.Equal(t, []crawler.GapKind{crawler.GapHARBody}, kindsOf(gapsOf(events)))
	assert.Equal(t, crawler.Complete, pagesOf(events)[0].Outcome)
	assert.Equal(t, 1, pagesOf(events)[0].Counts.BodiesMissing)
}
