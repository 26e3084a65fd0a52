package decode

import (
	"strconv"
	"strings"
)

// NDJSON opens JSON values that follow each other, a line each or not.
var NDJSON = Decoder{
	Name: "ndjson",
	Doc:  "JSON values one after the other, mostly a line each: Datadog, Elastic APM, OpenReplay.",
	Kind: Structure,
	Rank: 95,
	Gate: Gate{Bytes: true, Min: 5, First: "{[", Test: severalJSON},
	Decode: func(o *Out, s string) bool {
		p := jsonReader{s: s, o: o}
		n := 0
		for p.space(); p.i < len(s); p.space() {
			if c := s[p.i]; c != '{' && c != '[' {
				if c == ',' || c == 0x1e || c == ';' {
					p.i++
					continue
				}
				break
			}
			at, key := o.Index(n)
			ok := p.value(0)
			o.Back(at, key)
			if n++; !ok || o.full {
				break
			}
		}
		o.unread(len(s) - p.i)
		return n > 1 || o.full
	},
	Examples: []Example{
		{In: "{\"a\":\"x\"}\n{\"a\":\"jane\"}\n", Path: "[1].a", Want: "jane"},
		{In: `{"a":"x"}{"a":"jane"}`, Path: "[1].a", Want: "jane"},
		{In: `{"a":"x"}`, Noise: true},
	},
}

// severalJSON reports whether s holds a JSON object or list and then another.
func severalJSON(s string) bool {
	end := jsonEnd(s)
	if end == 0 {
		return false
	}
	rest := strings.TrimLeft(s[end:], " \t\r\n,\x1e;")
	return rest != "" && (rest[0] == '{' || rest[0] == '[')
}

// jsonEnd returns the length of the object or list that s starts with, 0 if it does not end. It looks at brackets and
// quotes alone.
func jsonEnd(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		case '"':
			for i++; i < len(s) && s[i] != '"'; i++ {
				if s[i] == '\\' {
					i++
				}
			}
		}
	}
	return 0
}

// SentryEnvelope opens Sentry's envelopes.
var SentryEnvelope = Decoder{
	Name: "sentry-envelope",
	Doc:  "Sentry's envelope: a header line, then items of a header line and a payload, which may be binary (replays). [0] is the header, [1] the first item's header, [2] its payload.",
	Kind: Structure,
	Rank: 92,
	Gate: Gate{Bytes: true, Min: 20, First: "{", Test: isEnvelope},
	Decode: func(o *Out, s string) bool {
		n := 0
		give := func(v string) {
			if v != "" {
				o.Item(n, v, Text)
			}
			n++
		}
		head, s, _ := strings.Cut(s, "\n")
		give(head)
		for s != "" && !o.full {
			head, s, _ = strings.Cut(s, "\n")
			give(head)
			size := itemLength(head)
			if size < 0 || size > len(s) {
				size = strings.IndexByte(s, '\n')
				if size < 0 || strings.Contains(head, `"length"`) {
					size = len(s)
				}
			}
			if end := strings.IndexByte(s[:size], '\n'); strings.Contains(head, `"replay_recording"`) && end >= 0 {
				give(s[:end])
				give(s[end+1 : size])
			} else {
				give(s[:size])
			}
			s = strings.TrimPrefix(s[size:], "\n")
		}
		return true
	},
	Examples: []Example{
		{In: "{\"event_id\":\"1\",\"sent_at\":\"2026\"}\n{\"type\":\"event\"}\n{\"user\":{\"email\":\"jane@example.org\"}}\n", Path: "[2].user.email", Want: "jane@example.org"},
		{In: "{\"event_id\":\"1\"}\n{\"type\":\"replay_recording\",\"length\":53}\n{\"segment_id\":0}\n" + zlibExample + "\n", Path: "[3].mail", Want: "jane@example.org"},
		{In: "{\"a\":1}\n{\"b\":2}", Noise: true},
	},
}

func isEnvelope(s string) bool {
	head, rest, ok := strings.Cut(s, "\n")
	if !ok || !strings.HasSuffix(head, "}") {
		return false
	}
	item, _, ok := strings.Cut(rest, "\n")
	return ok && len(item) < 1000 && strings.HasPrefix(item, "{") && strings.Contains(item, `"type":`) &&
		(strings.Contains(head, `"sent_at"`) || strings.Contains(head, `"event_id"`) || strings.Contains(head, `"dsn"`) ||
			strings.Contains(head, `"sdk"`) || head == "{}" && strings.Contains(item, `"length":`))
}

// itemLength returns the length that an item's header states, -1 if it states none.
func itemLength(head string) int {
	_, s, ok := strings.Cut(head, `"length":`)
	if !ok {
		return -1
	}
	s = strings.TrimLeft(s, " ")
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	n, err := strconv.Atoi(s[:i])
	if err != nil {
		return -1
	}
	return n
}
