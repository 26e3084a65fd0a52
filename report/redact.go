package report

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/tagscan/tagscan/detect"
	"github.com/tagscan/tagscan/detect/rule"
	"github.com/tagscan/tagscan/report/harmless"
)

// What stands for a masked value inside other text.
const masked = "***"

// minMasked is the length in bytes from which a personal value is searched for in all other text: shorter ones
// ("Jane", "NY") would tear holes into ordinary words.
const minMasked = 5

// publicKeys are persona keys whose values are no secret though others of their class are.
var publicKeys = []string{"org_name", "locale"}

// known remembers the values of persona keys that must not stand anywhere in a report.
func (b *Builder) known(values map[string][]string) {
	for key, vs := range values {
		if slices.Contains(publicKeys, key) {
			continue
		}
		for _, v := range vs {
			b.personal(rule.ClassOfKey(key), v)
		}
	}
}

// personal remembers a value of a class that must not stand anywhere in a report.
func (b *Builder) personal(c rule.Class, v string) {
	v = strings.TrimSpace(v)
	class, _ := rule.InfoOf(c)
	room := maxValues
	if class.Mask == rule.MaskSome {
		room /= 10 // what names a person must not be crowded out
	}
	if len(v) > 512 || len(b.values) >= room || class.Mask == rule.MaskNowhere {
		return
	}
	if class.Mask == rule.MaskParts {
		for _, part := range wordIn.FindAllString(v, -1) {
			if len(part) >= 2 && len(b.names) < maxValues {
				b.names[strings.ToLower(part)] = true
			}
		}
	}
	if ordinary(v) || class.Mask == rule.MaskPhrases && len(v) < 12 && !strings.Contains(v, " ") {
		return
	}
	b.values[v] = true
}

// ordinary reports whether a value is too common to be searched for in all other text: short, or a short word of letters
// alone ("admin", "Berlin") that may stand in any address.
func ordinary(v string) bool {
	if len(v) < minMasked {
		return true
	}
	letters := strings.IndexFunc(v, func(r rune) bool { return !unicode.IsLetter(r) }) < 0
	return letters && len(v) < 8
}

// greeting masks the parts of a user's name in a title, whole words only.
func (b *Builder) greeting(title string) string {
	return wordIn.ReplaceAllStringFunc(title, func(w string) string {
		if b.names[strings.ToLower(w)] {
			return masked
		}
		return w
	})
}

var wordIn = regexp.MustCompile(`[\pL\pM-]+`)

// emailIn finds an e-mail address in any text, percent-encoded or not.
var emailIn = regexp.MustCompile(`(?i)[a-z0-9._+'-]+(?:@|%40|%2540)[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24}`)

// redact masks personal values in every string of the model that a page or its user could have had a hand in.
func (b *Builder) redact(m *Model) {
	walk(reflect.ValueOf(m).Elem(), mayIdentify, b.masker())
	for i := range m.Pages {
		m.Pages[i].Title = b.greeting(m.Pages[i].Title)
	}
}

// Masker masks texts as those of the report are masked, control and invisible characters included. It knows all that was found once
// the report is built.
func (b *Builder) Masker() func(string) string {
	mask := b.masker()
	return func(s string) string { return harmless.Line(mask(s)) }
}

// masker masks every personal value that was found, and every e-mail address.
func (b *Builder) masker() func(string) string {
	var pairs []string
	for _, v := range set(b.values).list() {
		for _, s := range spellings(v) {
			pairs = append(pairs, s, masked)
		}
	}
	r := strings.NewReplacer(pairs...)
	return func(s string) string {
		if len(s) < minMasked {
			return s
		}
		if b.o.Redact != nil {
			s = b.o.Redact(s)
		}
		s = r.Replace(s)
		if strings.ContainsAny(s, "@%") {
			s = emailIn.ReplaceAllStringFunc(s, maskFound)
		}
		return s
	}
}

// maskFound masks an address, unless it already is masked or only looks like one: a versioned file ("lib@3.7.1.min.js",
// "logo@2x.png").
func maskFound(s string) string {
	plain := strings.NewReplacer("%2540", "@", "%40", "@").Replace(s)
	_, domain, _ := strings.Cut(plain, "@")
	if strings.Contains(plain, "***") || domain[0] >= '0' && domain[0] <= '9' && fileEnd.MatchString(domain) {
		return s
	}
	return detect.Mask(plain)
}

var fileEnd = regexp.MustCompile(`(?i)\.(?:m?js|css|map|png|jpe?g|gif|svg|webp|avif|ico|woff2?|ttf|json|wasm|html?|php)$`)

// spellings are the ways in which a value may stand in a URL or text: as it is, in lower and upper case,
// percent-encoded, in base64 at each of its three alignments, in hex.
func spellings(v string) []string {
	low := strings.ToLower(v)
	out := []string{v, low, strings.ToUpper(v), url.QueryEscape(v), url.PathEscape(v), url.QueryEscape(low),
		strings.ReplaceAll(url.PathEscape(v), "@", "%40"), url.QueryEscape(url.QueryEscape(v)),
		hex.EncodeToString([]byte(v)), strings.ToUpper(hex.EncodeToString([]byte(v)))}
	for _, x := range []string{v, low} {
		for shift := range 3 {
			if s := middle(x, shift); len(s) >= minMasked {
				out = append(out, s, strings.NewReplacer("+", "-", "/", "_").Replace(s))
			}
		}
	}
	// Longer ones first: the replacer takes the first that fits at a place.
	slices.SortFunc(out, func(a, b string) int {
		if d := len(b) - len(a); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return slices.Compact(out)
}

// middle is what stands of v inside a base64 text when shift bytes precede it in its group of three: without the
// characters that its neighbours share.
func middle(v string, shift int) string {
	raw := append(make([]byte, shift), v...)
	s := base64.RawStdEncoding.EncodeToString(raw)
	start := []int{0, 2, 3}[shift]
	end := len(s)
	if len(raw)%3 != 0 {
		end--
	}
	if start >= end {
		return ""
	}
	return s[start:end]
}

// neutralise takes control and invisible characters out of every string of the model, so that no format can forget to.
func neutralise(m *Model) {
	walk(reflect.ValueOf(m).Elem(), func(reflect.StructField) bool { return true }, harmless.Line)
}

// mayIdentify reports whether a field holds text that a page or its user had a hand in.
func mayIdentify(f reflect.StructField) bool { return f.Tag.Get("redact") != "-" }

// walk applies change to every settable string under v, in the fields of structs that take says.
func walk(v reflect.Value, take func(reflect.StructField) bool, change func(string) string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			walk(v.Elem(), take, change)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			walk(v.Index(i), take, change)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && take(f) {
				walk(v.Field(i), take, change)
			}
		}
	case reflect.String:
		if v.CanSet() && v.Len() > 0 {
			v.SetString(change(v.String()))
		}
	}
}
