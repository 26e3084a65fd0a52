// Package wording knows what consent dialogs and their buttons say, in some forty languages: one file a language under
// languages/, each with phrases that prove it. It tells what a button means (MeaningOf) and what a text speaks of (Topics). It
// finds nothing on a page and presses nothing.
package wording

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"sync"
)

//go:embed languages/*.txt
var files embed.FS

// language is one file of languages/. A line is a kind, a colon, and its patterns or phrases with " | " between them; lines
// that begin with # are comments, and the line "unspaced" says that the language writes no blanks between its words.
//
// A pattern is words that follow each other. In one, "*" stands for any letters, "a/b" for either, and "..." for up to four
// words. Capitals, accents and punctuation count nowhere. In an unspaced language a pattern may stand anywhere in a text.
type language struct {
	code     string // BCP 47, lower case: the name of the file
	unspaced bool
	patterns map[kind]*regexp.Regexp // by kind; a kind without patterns has none
	any      *regexp.Regexp          // all patterns of buttons
	words    map[string]bool         // of all its phrases: by them a label is told to be of this language
	phrases  map[string][]string     // by kind with its sign: "+reject"
	stems    map[kind][]string       // of the patterns of texts
	scripts  [11]bool                // that it is written in; see scripts
}

// kind names a line of patterns.
type kind string

const (
	cookies   kind = "cookies"   // the text is about cookies and the like, or the consent to them, and about nothing else
	privacy   kind = "privacy"   // as above, or it is the small print of something else
	site      kind = "site"      // the text is about a web site or a device
	other     kind = "other"     // the text asks for something else: leave to notify, an address, an age, terms to be agreed to
	food      kind = "food"      // the text is about cookies to eat
	purpose   kind = "purpose"   // what cookies of the web are for, and no others; in languages in which they are eaten by the same name
	accept    kind = "accept"    // to agree, as a verb
	yes       kind = "yes"       // says yes to whatever was asked
	reject    kind = "reject"    // to refuse; also words of agreement with the negation in them
	no        kind = "no"        // says no to whatever was asked
	not       kind = "not"       // negation beside a verb or noun
	unopposed kind = "unopposed" // negation that agrees, for it is of minding or objecting: "I don't mind", "no problem"
	neither   kind = "neither"   // negation that answers nothing: "not now", "I don't want to miss out"
	only      kind = "only"      // only
	necessary kind = "necessary" // what cannot be refused
	optional  kind = "optional"  // what can be refused
	without   kind = "without"   // without
	goOn      kind = "go"        // to go on, to use
	all       kind = "all"       // everything
	chosen    kind = "chosen"    // the visitor's selection
	save      kind = "save"      // to save or confirm
	settings  kind = "settings"  // settings, or more about them
	clear     kind = "clear"     // to switch all boxes of a layer off, without more
	withdraw  kind = "withdraw"  // to take back what was agreed to, or a contract
	never     kind = "never"     // buttons that do more than choose: they pay, sign in, leave
)

// ofTexts, ofButtons and ofLinks are all kinds, by what they are held against.
var (
	ofLinks   = []kind{withdraw}
	ofBoxes   = []kind{clear}
	ofTexts   = []kind{cookies, privacy, site, other, food}
	ofJokes   = []kind{purpose} // not in every language
	ofButtons = []kind{
		accept, yes, reject, no, not, unopposed, neither, only, necessary, optional, without, goOn, all, chosen, save, settings, never,
	}
)

// load reads the files once they are needed: most runs meet no dialog that needs words.
var load = sync.OnceValues(func() ([]*language, error) {
	names, err := fs.Glob(files, "languages/*.txt")
	if err != nil {
		return nil, fmt.Errorf("languages: %w", err)
	}
	var out []*language
	for _, name := range names {
		b, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("languages: %w", err)
		}
		l, err := parse(strings.TrimSuffix(path.Base(name), ".txt"), string(b))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out = append(out, l)
	}
	return out, nil
})

// languages are all; the files are compiled in, and a test reads every one.
func languages() []*language {
	list, _ := load()
	return list
}

func parse(code, text string) (*language, error) {
	l := &language{
		code: code, patterns: map[kind]*regexp.Regexp{}, words: map[string]bool{},
		phrases: map[string][]string{}, stems: map[kind][]string{},
	}
	sources := map[kind]string{}
	letters := ""
	for i, line := range strings.Split(text, "\n") {
		switch name, list, ok := strings.Cut(line, ":"); {
		case line == "" || line[0] == '#':
		case line == "unspaced":
			l.unspaced = true
		case !ok:
			return nil, fmt.Errorf("line %d: no kind", i+1)
		case name[0] == '+' || name[0] == '-':
			l.phrases[name] = append(l.phrases[name], split(list)...)
		default:
			if !known(kind(name)) {
				return nil, fmt.Errorf("line %d: no kind %q", i+1, name)
			}
			sources[kind(name)] = l.source(split(list))
			letters += list
			l.stems[kind(name)] = l.stemsOf(split(list))
		}
	}
	l.scripts = writtenIn(letters)
	var every []string
	for k, source := range sources {
		re, err := regexp.Compile(source)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k, err)
		}
		l.patterns[k] = re
	}
	for _, k := range ofButtons {
		if sources[k] != "" {
			every = append(every, sources[k])
		}
	}
	l.any = regexp.MustCompile(strings.Join(every, "|")) // each part was compiled above
	for _, list := range l.phrases {
		for _, phrase := range list {
			for _, w := range strings.Fields(Fold(phrase)) {
				l.words[w] = true
			}
		}
	}
	return l, nil
}

func known(k kind) bool {
	for _, list := range [][]kind{ofTexts, ofJokes, ofButtons, ofLinks, ofBoxes} {
		for _, other := range list {
			if k == other {
				return true
			}
		}
	}
	return false
}

func split(list string) []string {
	var out []string
	for _, s := range strings.Split(list, " | ") {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// source is a regular expression for patterns, for text as spread makes it.
func (l *language) source(patterns []string) string {
	out := make([]string, 0, len(patterns))
	for _, p := range patterns {
		var b strings.Builder
		for _, w := range strings.Fields(p) {
			switch {
			case w == "...":
				b.WriteString(`(?: [^ ]+ ){0,4}`)
			case l.unspaced:
				b.WriteString(expression(w))
			default:
				b.WriteString(" " + expression(w) + " ")
			}
		}
		out = append(out, b.String())
	}
	return strings.Join(out, "|")
}

// expression is one word of a pattern as a regular expression.
func expression(word string) string {
	if word == "*" {
		return `[^ ]*`
	}
	alternatives := strings.Split(word, "/")
	for i, a := range alternatives {
		// Folding parts words at an apostrophe or hyphen, so that those of a pattern are parted, too.
		a = strings.ReplaceAll(a, "*", "\x00")
		var b strings.Builder
		for j, piece := range strings.Split(a, "\x00") {
			if j > 0 {
				b.WriteString(`[^ ]*`)
			}
			b.WriteString(regexp.QuoteMeta(strings.ReplaceAll(Fold(piece), " ", "  ")))
		}
		alternatives[i] = b.String()
	}
	if len(alternatives) == 1 {
		return alternatives[0]
	}
	return "(?:" + strings.Join(alternatives, "|") + ")"
}

// has reports whether a spread text has a pattern of a kind.
func (l *language) has(k kind, text string) bool {
	re := l.patterns[k]
	if re == nil {
		return false
	}
	text = l.prepared(text)
	return l.may(text, k) && re.MatchString(text)
}

// may reports whether a prepared text can have a pattern of one of the kinds: looking for fixed parts is a hundred times as fast
// as trying the patterns.
func (l *language) may(text string, kinds ...kind) bool {
	for _, k := range kinds {
		for _, s := range l.stems[k] {
			if strings.Contains(text, s) {
				return true
			}
		}
	}
	return false
}

// prepared is a spread text as the patterns of the language want it.
func (l *language) prepared(spread string) string {
	if l.unspaced {
		return strings.ReplaceAll(spread, " ", "")
	}
	return spread
}
