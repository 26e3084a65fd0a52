package decode

import (
	"html"
	"strings"
)

// XML opens XML documents.
var XML = Decoder{
	Name: "xml",
	Doc:  "XML: texts of elements by the path of their names, attributes below them. HTML fragments are left as they are.",
	Kind: Structure,
	Rank: 48,
	Gate: Gate{Min: 8, First: "<", Needs: Angle, Test: isXML},
	Decode: func(o *Out, s string) bool {
		p := xmlReader{s: s, o: o}
		p.read()
		return p.given > 0
	},
	Examples: []Example{
		{In: `<?xml version="1.0"?><user id="17"><mail>jane@example.org</mail></user>`, Path: ".user.mail", Want: "jane@example.org"},
		{In: `<event type="login" user="J&#252;rgen"/>`, Path: ".event.user", Want: "Jürgen"},
		{In: `<msg><user><![CDATA[{"mail":"jane@example.org"}]]></user></msg>`, Path: ".msg.user.mail", Want: "jane@example.org"},
		{In: `<div class="x">Hello</div>`, Noise: true},
		{In: `<3 you`, Noise: true},
	},
}

// isXML reports whether s is a document and not a piece of a page.
func isXML(s string) bool {
	if strings.HasPrefix(s, "<?xml") {
		return true
	}
	if !strings.HasSuffix(strings.TrimRight(s, " \r\n"), ">") || len(s) < 5 || classes[s[1]]&Letters == 0 {
		return false
	}
	name := strings.ToLower(xmlName(s[1:]))
	return name != "" && !pageTags[name] && strings.HasSuffix(strings.TrimRight(s, " \r\n"), "/>") != strings.Contains(s, "</"+xmlName(s[1:])+">")
}

var pageTags = set(`a abbr article aside b body br button canvas circle div em fieldset figure footer form g h1 h2 h3 h4 h5 h6 head header
	hr html i iframe img input label li link main meta nav object ol option p path picture pre rect script section select
	small span strong style svg table tbody td template textarea tfoot th thead title tr u ul video`)

func xmlName(s string) string {
	i := 0
	for i < len(s) && (classes[s[i]]&(Alnum|Dash|Dot) != 0 || s[i] == ':') {
		i++
	}
	return s[:i]
}

type xmlReader struct {
	s     string
	o     *Out
	given int
	back  [][2]int // open elements
}

func (p *xmlReader) read() {
	for p.s != "" && !p.o.full {
		text, rest, ok := strings.Cut(p.s, "<")
		if text = strings.TrimSpace(text); text != "" {
			p.give(html.UnescapeString(text))
		}
		if !ok {
			return
		}
		p.s = rest
		switch {
		case strings.HasPrefix(rest, "!--"):
			_, p.s, _ = strings.Cut(rest, "-->")
		case strings.HasPrefix(rest, "![CDATA["):
			text, p.s, _ = strings.Cut(rest[len("![CDATA["):], "]]>")
			p.give(text)
		case strings.HasPrefix(rest, "!"), strings.HasPrefix(rest, "?"):
			_, p.s, _ = strings.Cut(rest, ">")
		case strings.HasPrefix(rest, "/"):
			_, p.s, _ = strings.Cut(rest, ">")
			if n := len(p.back); n > 0 {
				p.o.Back(p.back[n-1][0], p.back[n-1][1])
				p.back = p.back[:n-1]
			}
		default:
			p.element()
		}
	}
}

func (p *xmlReader) give(v string) {
	p.given++
	p.o.add(v, Text)
}

func (p *xmlReader) element() {
	name := xmlName(p.s)
	p.s = p.s[len(name):]
	at, key := p.o.Name(name)
	for {
		p.s = strings.TrimLeft(p.s, " \t\r\n")
		attr := xmlName(p.s)
		rest := strings.TrimLeft(p.s[len(attr):], " ")
		if attr == "" || len(rest) < 2 || rest[0] != '=' || rest[1] != '"' && rest[1] != '\'' {
			break
		}
		value, after, _ := strings.Cut(rest[2:], rest[1:2])
		p.given++
		p.o.Field(attr, html.UnescapeString(value), Text)
		p.s = after
	}
	tag, rest, _ := strings.Cut(p.s, ">")
	p.s = rest
	if strings.HasSuffix(tag, "/") || len(p.back) > maxNest {
		p.o.Back(at, key)
		return
	}
	p.back = append(p.back, [2]int{at, key})
}
