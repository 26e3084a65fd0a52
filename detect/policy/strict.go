package policy

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/detect/yamltext"
)

// Mistake is an error in a YAML file, with its place. It prints as
//
//	tagscan.yaml:3:3: unknown key "defualt": did you mean "default"?
//	  3 |   defualt: review
//	        ^
type Mistake struct {
	File         string
	Line, Column int // from 1
	Text         string
	Source       string // the line, if it is not too long to be shown
}

// Error implements error.
func (m *Mistake) Error() string {
	s := fmt.Sprintf("%s:%d:%d: %s", m.File, m.Line, m.Column, m.Text)
	if m.Source == "" {
		return s
	}
	head := fmt.Sprintf("  %d | ", m.Line)
	pad := []rune{}
	for i, r := range []rune(m.Source) {
		if i >= m.Column-1 {
			break
		}
		if r != '\t' {
			r = ' '
		}
		pad = append(pad, r)
	}
	return s + "\n" + head + m.Source + "\n" + strings.Repeat(" ", len(head)) + string(pad) + "^"
}

// decoder fills structs from YAML and refuses what does not fit: an unknown key is an error, not a wish.
type decoder struct {
	file    string
	lines   []string
	anchors map[string]ast.Node
}

// decodeFile reads one YAML document into v, a pointer to a struct. Empty input leaves v as it is.
func decodeFile(file string, src []byte, v any) error {
	d := decoder{file: file, lines: strings.Split(string(src), "\n"), anchors: map[string]ast.Node{}}
	f, err := yamltext.Parse(src)
	if err != nil {
		return d.syntax(err)
	}
	docs := slices.DeleteFunc(f.Docs, func(n *ast.DocumentNode) bool { return n.Body == nil })
	switch len(docs) {
	case 0:
		return nil
	case 1:
		return d.value(docs[0].Body, reflect.ValueOf(v).Elem(), "the file")
	}
	return d.at(docs[1].Body.GetToken(), "a second document: one file holds one")
}

func (d *decoder) syntax(err error) error {
	if e, ok := errors.AsType[*yamltext.Excess](err); ok {
		return &Mistake{File: d.file, Line: e.Line, Column: e.Column, Text: e.Text}
	}
	if e, ok := errors.AsType[yaml.Error](err); ok && e.GetToken() != nil {
		return d.at(e.GetToken(), "%s", e.GetMessage())
	}
	return fmt.Errorf("%s: %w", d.file, err)
}

// maxShown is the length in bytes up to which a line is shown with its mistake.
const maxShown = 400

func (d *decoder) at(t *token.Token, format string, args ...any) error {
	m := &Mistake{File: d.file, Line: 1, Column: 1, Text: fmt.Sprintf(format, args...)}
	if t != nil && t.Position != nil {
		m.Line, m.Column = t.Position.Line, t.Position.Column
	}
	if m.Line <= len(d.lines) && len(d.lines[m.Line-1]) <= maxShown {
		m.Source = strings.TrimRight(d.lines[m.Line-1], "\r")
	}
	return m
}

// plain takes anchors, aliases and tags off a node.
func (d *decoder) plain(n ast.Node) (ast.Node, error) {
	for range 16 {
		switch x := n.(type) {
		case *ast.AnchorNode:
			d.anchors[x.Name.GetToken().Value] = x.Value
			n = x.Value
		case *ast.AliasNode:
			to, ok := d.anchors[x.Value.GetToken().Value]
			if !ok {
				return nil, d.at(x.GetToken(), "alias *%s: no such anchor before it", x.Value.GetToken().Value)
			}
			n = to
		case *ast.TagNode:
			return nil, d.at(x.GetToken(), "tags are not used here")
		default:
			return n, nil
		}
	}
	return nil, d.at(n.GetToken(), "aliases refer to each other")
}

// value decodes n into v; what names the key for errors.
func (d *decoder) value(n ast.Node, v reflect.Value, what string) error {
	n, err := d.plain(n)
	if err != nil {
		return err
	}
	if _, null := n.(*ast.NullNode); null || n == nil {
		return nil // "key:" with nothing after it is the same as leaving it out
	}
	switch p := v.Addr().Interface().(type) {
	case *Strings:
		return d.strings(n, p, what)
	case *Duration:
		s, err := d.scalar(n, what)
		if err != nil {
			return err
		}
		if p.Duration, err = time.ParseDuration(s); err != nil || p.Duration < 0 {
			return d.at(n.GetToken(), "%s: %q is no duration: write 45s, 20m or 1h30m", what, s)
		}
		return nil
	case *Date:
		s, err := d.scalar(n, what)
		if err != nil {
			return err
		}
		if p.Time, err = time.Parse(time.DateOnly, s); err != nil {
			return d.at(n.GetToken(), "%s: %q is no date: write it as 2026-12-31", what, s)
		}
		return nil
	case **rule.Severity:
		s, err := d.scalar(n, what)
		if err != nil {
			return err
		}
		sev, err := rule.ParseSeverity(s)
		if err != nil {
			return d.at(n.GetToken(), "%s: %s", what, notOneOf(s, severities))
		}
		*p = &sev
		return nil
	}
	switch v.Kind() {
	case reflect.Struct:
		if x, ok := v.Addr().Interface().(interface{ shorthand() string }); ok && !isMapping(n) {
			return d.value(n, fieldsOf(v)[x.shorthand()], what)
		}
		return d.mapping(n, v, what)
	case reflect.Map:
		return d.named(n, v, what)
	case reflect.Slice:
		return d.sequence(n, v, what)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return d.value(n, v.Elem(), what)
	}
	return d.atom(n, v, what)
}

func (d *decoder) atom(n ast.Node, v reflect.Value, what string) error {
	s, err := d.scalar(n, what)
	if err != nil {
		return err
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(s)
	case reflect.Bool:
		b, ok := n.(*ast.BoolNode)
		if !ok {
			return d.at(n.GetToken(), "%s: %q is neither true nor false", what, s)
		}
		v.SetBool(b.Value)
	case reflect.Int:
		i, err := strconv.Atoi(s)
		if err != nil || i < 0 {
			return d.at(n.GetToken(), "%s: %q is no whole number from 0", what, s)
		}
		v.SetInt(int64(i))
	default:
		return d.at(n.GetToken(), "%s: cannot be set", what)
	}
	return nil
}

// scalar is the text of a scalar as it was written, so that 1e5 and NO stay what they are.
func (d *decoder) scalar(n ast.Node, what string) (string, error) {
	switch x := n.(type) {
	case *ast.StringNode:
		return x.Value, nil
	case *ast.LiteralNode:
		return x.Value.Value, nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, nil
	}
	return "", d.at(n.GetToken(), "%s: one value is wanted here, not %s", what, kindOf(n))
}

func kindOf(n ast.Node) string {
	switch n.(type) {
	case *ast.SequenceNode:
		return "a list"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "keys with values"
	}
	return "a value"
}

func (d *decoder) strings(n ast.Node, to *Strings, what string) error {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		s, err := d.scalar(n, what)
		*to = Strings{s}
		return err
	}
	*to = Strings{}
	for _, item := range seq.Values {
		item, err := d.plain(item)
		if err != nil {
			return err
		}
		s, err := d.scalar(item, what)
		if err != nil {
			return err
		}
		*to = append(*to, s)
	}
	return nil
}

func (d *decoder) sequence(n ast.Node, v reflect.Value, what string) error {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		return d.at(n.GetToken(), "%s: a list is wanted here, not %s: begin each entry with \"- \"", what, kindOf(n))
	}
	for _, item := range seq.Values {
		e := reflect.New(v.Type().Elem()).Elem()
		if err := d.value(item, e, "entry of "+what); err != nil {
			return err
		}
		v.Set(reflect.Append(v, e))
	}
	return nil
}

func isMapping(n ast.Node) bool {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return true
	}
	return false
}

// pairsOf are the keys of a mapping with their values; false: the node is none. The parser makes a node of its own of a single pair.
func pairsOf(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch x := n.(type) {
	case *ast.MappingNode:
		return x.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{x}, true
	}
	return nil, false
}

// named decodes a mapping of names that the user chose.
func (d *decoder) named(n ast.Node, v reflect.Value, what string) error {
	pairs, ok := pairsOf(n)
	if !ok {
		return d.at(n.GetToken(), "%s: names with keys under them are wanted here, not %s", what, kindOf(n))
	}
	v.Set(reflect.MakeMap(v.Type()))
	for _, p := range pairs {
		key := p.Key.GetToken()
		name := reflect.ValueOf(key.Value)
		if v.MapIndex(name).IsValid() {
			return d.at(key, "key %q is there twice", key.Value)
		}
		e := reflect.New(v.Type().Elem()).Elem()
		if err := d.value(p.Value, e, key.Value); err != nil {
			return err
		}
		v.SetMapIndex(name, e)
	}
	return nil
}

// DecodeStrict reads another YAML file as strictly as a configuration: v points to a struct with yaml tags. Empty input leaves it as it is.
func DecodeStrict(file string, src []byte, v any) error { return decodeFile(file, src, v) }

// MistakeAt is a mistake in a file at a key, as ["schedule", "cron"]: at the deepest of them that is there.
func MistakeAt(file string, src []byte, text string, keys ...string) error {
	d := decoder{file: file, lines: strings.Split(string(src), "\n")}
	f, err := yamltext.Parse(src)
	if err != nil || len(f.Docs) == 0 {
		return d.at(nil, "%s", text)
	}
	at, node := (*token.Token)(nil), f.Docs[0].Body
	for _, key := range keys {
		pairs, _ := pairsOf(node)
		i := slices.IndexFunc(pairs, func(p *ast.MappingValueNode) bool { return p.Key.GetToken().Value == key })
		if i < 0 {
			break
		}
		at, node = pairs[i].Key.GetToken(), pairs[i].Value
	}
	return d.at(at, "%s", text)
}

// Nearest ends an error about a word with the nearest of the known ones, or with all of them.
func Nearest(word string, known []string) string { return suggest(word, known) }

func (d *decoder) mapping(n ast.Node, v reflect.Value, what string) error {
	pairs, ok := pairsOf(n)
	if !ok {
		return d.at(n.GetToken(), "%s: keys with values are wanted here, not %s", what, kindOf(n))
	}
	fields := fieldsOf(v)
	seen := map[string]bool{}
	for _, p := range pairs {
		key := p.Key.GetToken()
		f, ok := fields[key.Value]
		switch {
		case !ok:
			return d.at(key, "unknown key %q%s", key.Value, suggest(key.Value, keysOf(fields)))
		case seen[key.Value]:
			return d.at(key, "key %q is there twice", key.Value)
		}
		seen[key.Value] = true
		if err := d.value(p.Value, f, key.Value); err != nil {
			return err
		}
	}
	first := n.GetToken()
	if len(pairs) > 0 {
		first = pairs[0].Key.GetToken()
	}
	if l := v.FieldByName("Line"); l.IsValid() {
		l.SetInt(int64(first.Position.Line))
	}
	if c, ok := v.Addr().Interface().(interface{ check() string }); ok {
		if text := c.check(); text != "" {
			return d.at(d.place(pairs, text, first), "%s", text)
		}
	}
	return nil
}

// place is where a mistake stands that names a key: at the value of the key, if it is there.
func (d *decoder) place(pairs []*ast.MappingValueNode, text string, first *token.Token) *token.Token {
	for _, p := range pairs {
		if k := p.Key.GetToken().Value; strings.HasPrefix(text, k+":") {
			if seq, ok := p.Value.(*ast.SequenceNode); ok {
				for _, item := range seq.Values {
					if strings.Contains(text, strconv.Quote(item.GetToken().Value)) {
						return item.GetToken()
					}
				}
			}
			return cmp.Or(p.Value.GetToken(), p.Key.GetToken())
		}
	}
	return first
}

// fieldsOf lists the settable fields of a struct by their YAML names, those of inlined structs too.
func fieldsOf(v reflect.Value) map[string]reflect.Value {
	out := map[string]reflect.Value{}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, rest, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case rest == "inline":
			for k, x := range fieldsOf(v.Field(i)) {
				out[k] = x
			}
		case name != "" && name != "-":
			out[name] = v.Field(i)
		}
	}
	return out
}

func keysOf(fields map[string]reflect.Value) []string {
	var out []string
	for k := range fields {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// suggest ends an error about a word with the nearest of the known ones, or with all of them.
func suggest(word string, known []string) string {
	if n := nearest(word, known); n != "" {
		return fmt.Sprintf(": did you mean %q?", n)
	}
	return ": known are " + strings.Join(known, ", ")
}

func notOneOf(word string, known []string) string {
	if n := nearest(word, known); n != "" {
		return fmt.Sprintf("%q is not known: did you mean %q?", word, n)
	}
	return fmt.Sprintf("%q is none of %s", word, strings.Join(known, ", "))
}

// nearest is the known word that a person may have meant: at most a third of its letters differ; "" if there is none.
func nearest(word string, known []string) string {
	best, least := "", 1<<30
	for _, k := range known {
		d := distance(strings.ToLower(word), strings.ToLower(k))
		if d < least && d <= max(1, (len(k)+2)/3) {
			best, least = k, d
		}
	}
	return best
}

// distance is the edit distance of Levenshtein, with a swap of neighbours counted as one edit (optimal string alignment).
func distance(a, b string) int {
	prev2, prev, cur := []int(nil), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
		}
		prev2, prev, cur = prev, cur, make([]int, len(b)+1)
	}
	return prev[len(b)]
}
