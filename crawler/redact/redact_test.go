package redact

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tagscan/tagscan/crawler"
)

func token(v string) string {
	sum := sha256.Sum256([]byte(v))
	return "t" + hex.EncodeToString(sum[:6])
}

func redacted(t *testing.T, known []string, list ...crawler.Event) (out []crawler.Event, text string) {
	t.Helper()
	var events iter.Seq2[crawler.Event, error] = func(yield func(crawler.Event, error) bool) {
		for _, ev := range list {
			if !yield(ev, nil) {
				return
			}
		}
	}
	for ev, err := range Events(events, Options{Token: token, Known: known}) {
		require.NoError(t, err)
		out = append(out, ev)
	}
	data, err := json.Marshal(out)
	require.NoError(t, err)
	return out, string(data)
}

// fill puts the text into every string and body of a value, however deep.
func fill(v reflect.Value, text string, depth int) {
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() {
			v.SetString(text)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), text, depth)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes([]byte(text))
			return
		}
		if depth < 12 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			fill(v.Index(0), text, depth+1)
		}
	case reflect.Map:
		key, item := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, text, depth+1)
		fill(item, text, depth+1)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, item)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && v.Field(i).CanSet() {
				fill(v.Field(i), text, depth+1)
			}
		}
	}
}

// ours are the fields of events that hold what tagscan and the browser say, and nothing that a page or its visitor had a hand in.
var ours = []string{"id", "page", "profile", "consent", "type", "method", "source", "proto", "mime", "kind", "parent", "redirect", "request", "area", "via", "same_site",
	"from_cache", "sha256", "tool", "unseen", "async", "stage", "failed", "target", "domain", "address", "mode", "fallback", "platform", "state", "integrity", "script", "set_by",
	"caps_reached", "first_party", "deviations", "product", "user_agent", "sandbox", "third_party_cookies", "recipient"}

// TestNothingOfAValueIsLeft fills every field of every event with a value: it is left in none that is not tagscan's own.
func TestNothingOfAValueIsLeft(t *testing.T) {
	for _, value := range []string{"jo.doe+x@example.org", "Zürich Straße 7", "s3cr3t-t0ken", "+49 30 1234567"} {
		for _, form := range []string{
			value, "https://a.test/u/" + url.PathEscape(value) + "?m=" + url.QueryEscape(value) + "&" + url.QueryEscape(value) + "#" + value,
			`{"a":{"` + value + `":["` + value + `"]}}`, "m=" + url.QueryEscape(value), base64.StdEncoding.EncodeToString([]byte(value)),
			"sid=" + value + "; path=/", "https://" + url.PathEscape(value) + ":pw@a.test/",
		} {
			var events []crawler.Event
			for i := range reflect.TypeFor[crawler.Event]().NumField() {
				f := reflect.TypeFor[crawler.Event]().Field(i)
				if f.Type.Kind() != reflect.Pointer {
					continue
				}
				ev := reflect.New(reflect.TypeFor[crawler.Event]()).Elem()
				fill(ev.Field(i), form, 0)
				events = append(events, ev.Interface().(crawler.Event))
			}
			out, _ := redacted(t, []string{value}, events...)
			for _, ev := range out {
				left(t, reflect.ValueOf(ev), "", value, form)
			}
		}
	}
}

// left looks for the value in every string of an event but in what is ours.
func left(t *testing.T, v reflect.Value, name, value, form string) {
	t.Helper()
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			left(t, v.Elem(), name, value, form)
		}
	case reflect.String:
		for _, s := range []string{value, url.QueryEscape(value), url.PathEscape(value), base64.StdEncoding.EncodeToString([]byte(value)), form} {
			assert.NotContains(t, v.String(), s, "%s of %q", name, form)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			left(t, reflect.ValueOf(string(v.Bytes())), name, value, form)
			return
		}
		for i := range v.Len() {
			left(t, v.Index(i), name, value, form)
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			left(t, it.Key(), name, value, form)
			left(t, it.Value(), name, value, form)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if f.IsExported() && !isOurs(tag) {
				left(t, v.Field(i), name+"."+f.Name, value, form)
			}
		}
	}
}

func isOurs(tag string) bool {
	for _, o := range ours {
		if o == tag {
			return true
		}
	}
	return false
}

// TestWhatIsKept: who was sent what, under which names.
func TestWhatIsKept(t *testing.T) {
	req := &crawler.Request{
		ID: "r1", Page: "p1", Method: "POST", URL: "https://api.vendor.test/track/events?v=2&email=jo%40example.org", Consent: crawler.Rejected,
		Headers: []crawler.Header{{Name: "Content-Type", Value: "application/json"}, {Name: "Cookie", Value: "sid=abc; _ga=GA1.2"}, {Name: "X-Token", Value: "abc"},
			{Name: "Referer", Value: "https://shop.test/thanks?order=17"}},
		Body: crawler.NewBody([]byte(`{"event":"signup","user":{"email":"jo@example.org","age":41,"vip":true}}`)),
	}
	out, text := redacted(t, nil, crawler.Event{Request: req}, crawler.Event{Note: &crawler.Note{Text: "jo"}})
	require.Len(t, out, 1, "notes are left out")
	got := out[0].Request
	assert.Equal(t, "https://api.vendor.test/track/events?v="+token("2")+"&email="+token("jo@example.org"), got.URL)
	assert.JSONEq(t, fmt.Sprintf(`{"event":"%s","user":{"email":"%s","age":"%s","vip":true}}`, token("signup"), token("jo@example.org"), token("41")), string(got.Body.Inline))
	assert.Equal(t, "sid="+token("abc")+"; _ga="+token("GA1.2"), crawler.HeaderValue(got.Headers, "Cookie"))
	assert.Equal(t, "application/json", crawler.HeaderValue(got.Headers, "Content-Type"))
	assert.Equal(t, "https://shop.test/thanks?order="+token("17"), crawler.HeaderValue(got.Headers, "Referer"))
	assert.Equal(t, crawler.Rejected, got.Consent)
	assert.NotContains(t, text, "jo@")
	assert.Equal(t, "https://api.vendor.test/track/events?v=2&email=jo%40example.org", req.URL, "the event is not changed")
}

func TestBodiesOfOtherKindsAreLeftOut(t *testing.T) {
	for body, want := range map[string]string{
		"\x1f\x8b\x08abc":           "left out: 6 bytes",
		"plain words of jo":         "left out: 17 bytes",
		"a=1&b=jo":                  "a=" + token("1") + "&b=" + token("jo"),
		`"a text"`:                  "left out: 8 bytes",
		`[1,"jo"]`:                  `["` + token("1") + `","` + token("jo") + `"]`,
		"{\"a\":1}\n{\"a\":\"jo\"}": "left out: 18 bytes",
	} {
		out, _ := redacted(t, nil, crawler.Event{Request: &crawler.Request{URL: "https://v.test/", Body: crawler.NewBody([]byte(body))}})
		assert.Equal(t, want, string(out[0].Request.Body.Inline), body)
	}
}
