package identify

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tagscan/tagscan/detect/decode"
	"github.com/tagscan/tagscan/detect/rule"
)

// Result is the value in a request that is most likely what a script computed of the device.
type Result struct {
	Field int  // in Tree.Fields
	Trait bool // it says something of the device itself; else it is a digest of that
}

// Find looks in a request, which a script sent that told devices apart in the given ways, for the result. excluded are fields of
// which something else is known. ok false: nothing in it has the shape of one. at is when the request was sent.
func Find(t *decode.Tree, methods []Method, excluded func(field int) bool, at time.Time) (Result, bool) {
	best, score := Result{}, 0
	fonts := []int{}
	for i := range t.Fields {
		f := &t.Fields[i]
		if !carries(f) || excluded(i) {
			continue
		}
		if f.Inner && !strings.HasPrefix(f.Value, picture) {
			continue // what was decoded out of it tells more nearly where it is
		}
		if n := trait(f, methods); n > score {
			best, score = Result{i, true}, n
		}
		if n := digest(f, methods, at); n > score {
			best, score = Result{Field: i}, n
		}
		if slices.Contains(methods, Fonts) && families[strings.ToLower(f.Value)] {
			fonts = append(fonts, i)
		}
	}
	if len(fonts) >= minListed && score < scoreTrait {
		return Result{fonts[0], true}, true
	}
	return best, score > 0
}

// How much speaks for a value; of equals the first counts.
const (
	scoreNumber = iota + 1
	scoreDigest
	scoreNamed
	scoreTrait
)

// carries reports whether a script chose what is in the place.
func carries(f *decode.Field) bool {
	switch f.Where {
	case decode.Query, decode.Path, decode.BodyIn, decode.Frame:
		return true
	}
	return false
}

const (
	minListed = 10      // names of fonts in a list
	maxText   = 1 << 20 // bytes of a value that is looked at: a picture of a small canvas is some ten kilobytes
)

// picture begins a canvas that was read back whole.
const picture = "data:image/png;base64,"

// graphicsCard is how Chrome names graphics cards, https://chromium.googlesource.com/angle/angle.
var graphicsCard = regexp.MustCompile(`ANGLE \(|SwiftShader|Google Inc\. \(|Apple GPU|Adreno \(TM\)|Mali-[GT]\d`)

// soundSum is a sum of samples: a fraction that nobody would write.
var soundSum = regexp.MustCompile(`^\d{1,5}\.\d{6,}$`)

// trait is how much speaks for a value that says something of the device.
func trait(f *decode.Field, methods []Method) int {
	v := f.Value
	if len(v) > maxText {
		return 0
	}
	has := func(m Method) bool { return slices.Contains(methods, m) }
	switch {
	case has(Canvas) && strings.HasPrefix(v, picture),
		has(Graphics) && graphicsCard.MatchString(v),
		has(Sound) && soundSum.MatchString(v) && !measured(f),
		has(Fonts) && strings.Count(v, ",") >= minListed-1 && listsFonts(v):
		return scoreTrait
	}
	return 0
}

// measured reports a name that says that a fraction is how long something took, or where something is.
func measured(f *decode.Field) bool { return measure.MatchString(f.Path) }

var measure = regexp.MustCompile(`(?i)time|duration|elapsed|perf|latency|lcp|fcp|cls|inp|ttfb|lat\b|lng\b|lon\b|ratio|score`)

func listsFonts(v string) bool {
	n := 0
	for _, name := range strings.Split(v, ",") {
		if families[strings.ToLower(strings.Trim(name, " '\"[]"))] {
			n++
		}
	}
	return n >= minListed
}

var (
	hexDigest = regexp.MustCompile(`^(?:[0-9a-f]{16}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128}|` +
		`[0-9A-F]{16}|[0-9A-F]{32}|[0-9A-F]{40}|[0-9A-F]{64}|[0-9A-F]{128})$`)
	baseDigest = regexp.MustCompile(`^(?:[A-Za-z0-9+/_-]{22}(?:==)?|[A-Za-z0-9+/_-]{27}=?|[A-Za-z0-9+/_-]{43}=?|[A-Za-z0-9+/_-]{86}(?:==)?)$`)
	visitorID  = regexp.MustCompile(`^[A-Za-z0-9]{20}$`) // of FingerprintJS Pro, https://docs.fingerprint.com/reference/js-agent
	number     = regexp.MustCompile(`^-?[1-9]\d{7,9}$`)  // a 32-bit digest
	// otherwise are names of digests and numbers that are of something else.
	otherwise = regexp.MustCompile(`(?i)^(?:.*(?:(?:api|app|write|public)_?key|sig(?:nature)?|integrity|csrf|xsrf|nonce|trace|span|` +
		`(?:event|message|msg|request|req)_?id|sess(?:ion)?|release|build|version|commit|revision|cache|buster|rand|time|date|stamp|` +
		`order|cart|product|article|document|file|page|tile|sha\d*).*|key|rnd|cb|ord|rev|ts|t0|_|sid|eid|mid|kit|track|room)$`)
	// promising are names that results bear.
	promising = regexp.MustCompile(`(?i)fp|finger|print|visitor|device|browser_?id|hash|thumb|murmur|canvas|machine`)
)

// digest is how much speaks for a value that is computed, and tells nothing by itself.
func digest(f *decode.Field, methods []Method, at time.Time) int {
	v := f.Value
	if len(v) < 8 || len(v) > 128 || otherwise.MatchString(f.Key) {
		return 0
	}
	if number.MatchString(v) {
		if computes(methods) && !isTime(v, at) && fits32(v) {
			return scoreNumber
		}
		return 0
	}
	shaped := hexDigest.MatchString(v) || mixed(v) && (baseDigest.MatchString(v) || visitorID.MatchString(v))
	if !shaped || !varied(v) || rule.TestAddress(v) {
		return 0
	}
	if promising.MatchString(f.Key) {
		return scoreNamed
	}
	return scoreDigest
}

// computes reports a way of which nothing but a digest is left to send: who asks for traits alone may send numbers that are none.
func computes(methods []Method) bool {
	return slices.ContainsFunc(methods, func(m Method) bool { return m == Canvas || m == Sound || m == Fonts })
}

// mixed reports letters of both cases and digits, as a digest has that is not written in hexadecimal.
func mixed(v string) bool {
	return strings.ContainsAny(v, "0123456789") && strings.ToUpper(v) != v && strings.ToLower(v) != v
}

// varied reports that no few characters make up the whole, as in placeholders.
func varied(v string) bool {
	seen := map[rune]bool{}
	for _, c := range v {
		seen[c] = true
	}
	return len(seen) >= 6 && strings.ContainsAny(v, "0123456789")
}

// isTime reports a number of seconds within two years of a moment.
func isTime(v string, at time.Time) bool {
	n, err := strconv.ParseInt(v, 10, 64)
	return err == nil && !at.IsZero() && n > at.AddDate(-2, 0, 0).Unix() && n < at.AddDate(2, 0, 0).Unix()
}

func fits32(v string) bool {
	n, err := strconv.ParseInt(v, 10, 64)
	return err == nil && n >= -1<<31 && n < 1<<32
}

// families are fonts that scripts try, of Windows, macOS and Linux, in lower case.
var families = func() map[string]bool {
	out := map[string]bool{}
	const list = "andale mono;" +
		"arial;arial black;arial narrow;arial unicode ms;avenir;bitstream vera sans mono;book antiqua;bookman old style;" +
		"calibri;cambria;cambria math;candara;century;century gothic;century schoolbook;clarendon;comic sans ms;consolas;constantia;corbel;" +
		"courier;courier new;dejavu sans;dejavu sans mono;dejavu serif;ebrima;eurostile;fira sans;franklin gothic;futura;gabriola;garamond;" +
		"geneva;georgia;gill sans;helvetica;helvetica neue;humanst521 bt;impact;kefa;leelawadee;" +
		"levenim mt;liberation mono;liberation sans;" +
		"lucida bright;lucida console;lucida fax;lucida grande;lucida sans;marlett;meiryo;menlo;microsoft sans serif;monaco;mongolian baiti;" +
		"monotype corsiva;ms gothic;ms outlook;ms reference sans serif;mv boli;mt extra;nirmala ui;noto sans;nyala;optima;palatino;" +
		"palatino linotype;roboto;rockwell;segoe print;segoe script;segoe ui;segoe ui light;sylfaen;symbol;tahoma;times;times new roman;" +
		"trebuchet ms;tw cen mt;ubuntu;univers;verdana;vrinda;webdings;wingdings;wingdings 2;zapfino;zwadobef"
	for _, f := range strings.Split(list, ";") {
		out[f] = true
	}
	return out
}()
