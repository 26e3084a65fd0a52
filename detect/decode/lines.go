package decode

import (
	"strconv"
	"strings"
)

// GA4Batch opens bodies of several query strings, a line each.
var GA4Batch = Decoder{
	Name: "ga4-batch",
	Doc:  "Query strings a line each, one for an event: Google Analytics 4 sends batches so. Loggers send name=value lines.",
	Kind: Structure,
	Rank: 125,
	Gate: Gate{Min: 8, Needs: Equal | Control, Test: isBatch},
	Decode: func(o *Out, s string) bool {
		n := 0
		for line := range strings.Lines(s) {
			if line = strings.TrimRight(line, "\r\n"); line != "" {
				at, key := o.Index(n)
				o.pairs(line, "&")
				o.Back(at, key)
				n++
			}
		}
		return n > 1
	},
	Examples: []Example{
		{In: "en=page_view&_et=1\r\nen=login&ep.mail=jane%40example.org\r\n", Path: "[1].ep.mail", Want: "jane@example.org"},
		{In: "x = 1;\ny = 2;\n", Noise: true},
	},
}

func isBatch(s string) bool {
	n := 0
	for line := range strings.Lines(s) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			continue
		}
		if n++; n > 20 {
			break
		}
		if len(line) < 3 || !isForm(line) || shape(line)&Space != 0 {
			return false
		}
	}
	return n > 1
}

// FlightRows opens lines of an id, a colon and JSON.
var FlightRows = Decoder{
	Name: "rsc",
	Doc:  "Rows of React's server components and their like: a hexadecimal id, a colon, perhaps a letter, and JSON.",
	Kind: Structure,
	Rank: 126,
	Gate: Gate{Min: 6, First: "0123456789abcdef", Needs: List | Brace | Quote, Test: func(s string) bool { return rowHead(s) > 0 }},
	Decode: func(o *Out, s string) bool {
		n := 0
		for line := range strings.Lines(s) {
			line = strings.TrimRight(line, "\r\n")
			head := rowHead(line)
			if head == 0 {
				o.partial = true
				if line != "" && n == 0 {
					return false
				}
				continue
			}
			id, _, _ := strings.Cut(line, ":")
			o.Field(id, line[head:], Text)
			n++
		}
		return n > 0
	},
	Examples: []Example{
		{In: "0:[\"$\",\"p\",null,{\"mail\":\"jane@example.org\"}]\n1:I[\"x\",[]]\n", Path: ".0[3].mail", Want: "jane@example.org"},
		{In: "12:30 [info] said \"hello\"", Noise: true},
	},
}

// rowHead returns the length of a row's id, colon and letter, 0 if JSON does not follow.
func rowHead(s string) int {
	i := 0
	for i < len(s) && i < 5 && (classes[s[i]]&Digits != 0 || classes[s[i]]&HexLow != 0) {
		i++
	}
	if i == 0 || i+2 >= len(s) || s[i] != ':' {
		return 0
	}
	if i++; classes[s[i]]&(HexUp|Up) != 0 {
		i++
	}
	if i+1 < len(s) && (s[i] == '[' || s[i] == '{') && strings.IndexByte("\"[{]}", s[i+1]) >= 0 {
		return i
	}
	return 0
}

// SignalR opens messages that end in the record separator.
var SignalR = Decoder{
	Name: "signalr",
	Doc:  "Messages separated by the byte 0x1e: ASP.NET SignalR's JSON protocol, and packets of Engine.IO 4.",
	Kind: Structure,
	Rank: 60,
	Gate: Gate{Bytes: true, Min: 3, Needs: Control, Test: func(s string) bool {
		i := strings.IndexByte(s, 0x1e)
		return i > 0 && (s[0] == '{' || s[0] == '4' || s[0] == '[') && !binary(s[:i]) && !badUTF8(s)
	}},
	Decode: func(o *Out, s string) bool {
		n := 0
		for msg := range strings.SplitSeq(s, "\x1e") {
			if msg != "" {
				o.Item(n, msg, Text)
				n++
			}
		}
		return n > 0
	},
	Examples: []Example{
		{In: "{\"protocol\":\"json\",\"version\":1}\x1e{\"type\":1,\"target\":\"Send\",\"arguments\":[\"jane@example.org\"]}\x1e", Path: "[1].arguments[0]", Want: "jane@example.org"},
		{In: "a\x1eb", Noise: true},
	},
}

// SocketIO opens packets of Engine.IO and Socket.IO.
var SocketIO = Decoder{
	Name: "socket.io",
	Doc:  `Socket.IO over Engine.IO: 42["event",{…}], with a namespace (42/chat,), an acknowledgement number, or a length before (96:42[…).`,
	Kind: Structure,
	Rank: 55,
	Gate: Gate{Min: 4, First: "0123456789", Test: func(s string) bool { return packetHead(s) > 0 }},
	Decode: func(o *Out, s string) bool {
		o.Text(s[packetHead(s):])
		return true
	},
	Examples: []Example{
		{In: `42["identify",{"email":"jane@example.org"}]`, Path: "[1].email", Want: "jane@example.org"},
		{In: `42/chat,17["identify",{"email":"jane@example.org"}]`, Path: "[1].email", Want: "jane@example.org"},
		{In: `40{"token":"abcd"}`, Path: ".token", Want: "abcd"},
		{In: `451-["up",{"_placeholder":true,"num":0}]`, Path: "[0]", Want: "up"},
		{In: `31:42["x",{"a":"jane@example.org"}]`, Path: "[1].a", Want: "jane@example.org"},
		{In: "42 [1,2]", Noise: true},
		{In: "2026-01-01 [info]", Noise: true},
	},
}

// packetHead returns the length of what is before the JSON of a packet, 0 if it is none.
func packetHead(s string) int {
	i := digits(s)
	head := 0
	if i > 0 && i < 8 && i < len(s) && s[i] == ':' { // Engine.IO 3: the length of the packet
		if n, err := strconv.Atoi(s[:i]); err != nil || n < 2 {
			return 0
		}
		head = i + 1
		s = s[head:]
		i = digits(s)
	}
	if i < 1 || i > 12 || s[0] != '4' {
		return 0
	}
	if i < len(s) && s[i] == '-' { // number of attachments
		i++
		i += digits(s[i:])
	}
	if i < len(s) && s[i] == '/' { // namespace
		comma := strings.IndexByte(s, ',')
		if comma < 0 || comma > 64 {
			return 0
		}
		i = comma + 1
		i += digits(s[i:])
	}
	if i+1 < len(s) && (s[i] == '[' || s[i] == '{') && strings.IndexByte("\"{[}]", s[i+1]) >= 0 {
		return head + i
	}
	return 0
}

func digits(s string) int {
	for i := range len(s) {
		if classes[s[i]]&Digits == 0 {
			return i
		}
	}
	return len(s)
}

// SockJS opens SockJS frames.
var SockJS = Decoder{
	Name: "sockjs",
	Doc:  `SockJS: a["…","…"], a list of messages that are JSON in strings. What a browser sends lacks the a and is opened as JSON.`,
	Kind: Structure,
	Rank: 56,
	Gate: Gate{Min: 5, First: "amc", Test: func(s string) bool { return s[1] == '[' && (s[2] == '"' || s[2] == '{') }},
	Decode: func(o *Out, s string) bool {
		o.Text(s[1:])
		return true
	},
	Examples: []Example{
		{In: `a["{\"email\":\"jane@example.org\"}"]`, Path: "[0].email", Want: "jane@example.org"},
		{In: "a[0] = 1", Noise: true},
	},
}

// STOMP opens STOMP frames and other messages of header lines, an empty line and a body.
var STOMP = Decoder{
	Name: "stomp",
	Doc:  "STOMP frames: a command, header lines, an empty line, a body and a zero byte.",
	Kind: Structure,
	Rank: 57,
	Gate: Gate{Bytes: true, Min: 8, First: "SCMDU", Needs: Control, Test: func(s string) bool {
		cmd, _, ok := strings.Cut(s[:min(len(s), 16)], "\n")
		return ok && (cmd == "SEND" || cmd == "CONNECT" || cmd == "SUBSCRIBE" || cmd == "MESSAGE" || cmd == "STOMP" || cmd == "DISCONNECT")
	}},
	Decode: func(o *Out, s string) bool {
		head, body, _ := strings.Cut(s, "\n\n")
		for line := range strings.SplitSeq(head, "\n") {
			if name, value, ok := strings.Cut(line, ":"); ok {
				o.Field(name, strings.TrimRight(value, "\r"), Text)
			}
		}
		if body = strings.Trim(body, "\x00\r\n"); body != "" {
			o.Field("body", body, Text)
		}
		return true
	},
	Examples: []Example{
		{In: "SEND\ndestination:/q\nlogin:jane\n\n{\"mail\":\"jane@example.org\"}\x00", Path: ".body.mail", Want: "jane@example.org"},
		{In: "SEND\ndestination:/q\nlogin:jane\n\n\x00", Path: ".login", Want: "jane"},
		{In: "SENDING you all", Noise: true},
	},
}
