package wording

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Meaning is what a button says it does.
type Meaning int

const (
	Other    Meaning = iota // nothing about consent, or not understood: never clicked
	Accept                  // takes everything, or everything that is asked for
	Reject                  // refuses everything that can be refused
	Save                    // keeps what the boxes say
	Settings                // opens a second layer
)

func (m Meaning) String() string {
	return [...]string{"other", "accept", "reject", "save", "settings"}[m]
}

// MeaningOf tells what a button does by its labels: its text, and what else names it (aria-label, title, value), best first. The
// first that is understood counts, unless another says the opposite: then it is not understood.
func MeaningOf(labels ...string) Meaning {
	found := Other
	for _, l := range labels {
		m := meaningOf(l)
		switch {
		case found == Other:
			found = m
		case found == Accept && m == Reject, found == Reject && m == Accept:
			return Other
		}
	}
	return found
}

// OfAll reports whether a label speaks of everything, such as "Reject all" beside "Reject".
func OfAll(label string) bool { return says(all, label) }

// IsNecessary reports whether the label of a box or an option names what cannot be refused, and that alone.
func IsNecessary(label string) bool { return says(necessary, label) && !says(optional, label) }

// IsYes and IsNo say what an option stands for that says no more than yes or no, and how long ones begin.
func IsYes(label string) bool { return begins(yes, label) }

// IsNo is the opposite of IsYes.
func IsNo(label string) bool { return begins(no, label) }

// ClearsBoxes reports whether a button says that it switches all boxes off and does no more.
func ClearsBoxes(label string) bool {
	text := spread(Fold(label))
	has, _ := scriptsOf(text)
	for _, l := range languages() {
		if utf8.RuneCountInString(label) > longestLink || !l.mayRead(has) || !l.has(clear, text) {
			continue
		}
		// To clear is in some languages to delete, which a button that does nothing else must not.
		rest := l.patterns[clear].ReplaceAllString(l.prepared(text), " ")
		if !l.patterns[save].MatchString(rest) && !l.patterns[never].MatchString(rest) {
			return true
		}
	}
	return false
}

func says(k kind, label string) bool {
	text := spread(Fold(label))
	for _, l := range languages() {
		if l.cover(text) > 0 && l.has(k, text) {
			return true
		}
	}
	return false
}

// begins reports whether a label begins with a pattern of a kind once what refuses nothing is taken out of it: "no problem" is no "no".
func begins(k kind, label string) bool {
	for _, l := range speakers(Fold(label)) {
		if rest, _ := l.withoutIdle(clauses(label)); l.begins(k, strings.Join(rest, ""), 0) {
			return true
		}
	}
	return false
}

// price is a sum of money: what costs something is no answer to a question of consent.
var price = regexp.MustCompile(`(?i)[€$£¥₺₽]|\d[.,]\d\d\b|\b(?:eur|usd|gbp|chf|sek|nok|dkk|pln|czk|huf|zł|kč)\b`)

// longest is how many characters of a folded label are read; a button that says more explains something.
const longest = 120

// meaningOf asks the languages that know most of the label's letters. Where those disagree, a refusal counts before all else and
// agreement last: to press "I do not accept" in order to accept is the worst mistake.
func meaningOf(label string) Meaning {
	folded := Fold(label)
	if folded == "" || utf8.RuneCountInString(folded) > longest || price.MatchString(label) {
		return Other
	}
	speak := speakers(folded)
	said, parts := map[Meaning]bool{}, clauses(label)
	for _, l := range speak {
		said[l.meaning(parts)] = true
	}
	for _, m := range []Meaning{Reject, Save, Settings, Accept} {
		if said[m] {
			return m
		}
	}
	return Other
}

// speakers are the languages that know most of a folded label's letters.
func speakers(folded string) (speak []*language) {
	text, most := spread(folded), 0
	has, _ := scriptsOf(folded)
	for _, l := range languages() {
		if !l.mayRead(has) {
			continue
		}
		switch n := l.cover(text); {
		case n == 0 || n < most:
		case n > most:
			most, speak = n, []*language{l}
		default:
			speak = append(speak, l)
		}
	}
	return speak
}

// cover is how many letters of a spread text the language knows: by its patterns, or by the words of its phrases. It is 0 if no
// pattern fits.
func (l *language) cover(text string) int {
	prepared := l.prepared(text)
	if !l.may(prepared, ofButtons...) {
		return 0
	}
	spans := l.any.FindAllStringIndex(prepared, -1)
	if len(spans) == 0 {
		return 0
	}
	n := 0
	if l.unspaced {
		for _, s := range spans {
			n += utf8.RuneCountInString(prepared[s[0]:s[1]])
		}
		return n
	}
	for _, w := range strings.Fields(text) {
		if l.words[w] || l.any.MatchString(" "+w+" ") {
			n += utf8.RuneCountInString(w)
		}
	}
	return max(n, 1)
}

// clauses are the parts of a label that punctuation parts, spread.
func clauses(label string) []string {
	var out []string
	for _, c := range strings.FieldsFunc(label, func(r rune) bool { return strings.ContainsRune(",;.!?:–—|،、。，！？؛؟", r) }) {
		if f := Fold(c); f != "" {
			out = append(out, spread(f))
		}
	}
	return out
}

// meaning reads a label whole. Each step is a way in which people say it; the order matters.
func (l *language) meaning(clauses []string) Meaning {
	rest, unopposed := l.withoutIdle(clauses)
	if len(rest) == 0 {
		if unopposed {
			return Accept // "I don't mind"
		}
		return Other // "not now"
	}
	text := strings.Join(rest, "")
	is := map[kind]bool{}
	for _, k := range ofButtons {
		is[k] = l.has(k, text)
	}
	if is[never] {
		return Other
	}
	m, refuses := l.refusal(is, text, rest)
	switch {
	case unopposed && (refuses || is[necessary] || is[settings] || is[save]):
		return Other // "no problem, reject all"
	case unopposed:
		return Accept // "no, I don't mind": the "no" answers whether one minds
	case refuses:
		return m
	case l.begins(no, text, 4):
		return Reject
	}
	return l.agreement(is, text)
}

// withoutIdle takes out of a label what has a negation and refuses nothing, and reports whether some of it says that one does not
// mind. A clause is taken out whole, unless something else in it answers: "I don't mind rejecting".
func (l *language) withoutIdle(clauses []string) (rest []string, unopposes bool) {
	for _, c := range clauses {
		if l.has(neither, c) {
			continue
		}
		if !l.has(unopposed, c) {
			rest = append(rest, c)
			continue
		}
		unopposes = true
		if c = l.patterns[unopposed].ReplaceAllString(l.prepared(c), ""); l.answersIn(c) {
			rest = append(rest, c)
		}
	}
	return rest, unopposes
}

// answersIn reports whether a text has words of an answer or of the settings.
func (l *language) answersIn(text string) bool {
	for _, k := range []kind{accept, reject, only, necessary, without, settings, save, never} {
		if l.has(k, text) {
			return true
		}
	}
	return l.negated(cookies, text) || l.negated(privacy, text) || l.negated(optional, text)
}

// refusal finds a refusal, or what has words of one and is none.
func (l *language) refusal(is map[kind]bool, text string, clauses []string) (Meaning, bool) {
	// "non-essential" is the opposite of "essential", and no negation of the verb.
	plainText := text
	if l.negated(necessary, text) {
		is[optional], plainText = true, l.dropNegated(necessary, text)
		is[necessary], is[not] = l.has(necessary, plainText), l.has(not, plainText)
		is[no] = l.has(no, plainText)
	}
	asksLess := is[only] || is[accept] || is[goOn] || is[save] && !is[chosen]
	switch {
	case is[reject] && slices.ContainsFunc(clauses, l.refusesNot):
		return Other, true // "do not refuse"
	case l.offersBoth(is, plainText):
		return Other, true // "accept or refuse"
	case is[reject] && is[settings] && !is[all] && !is[optional] && l.order(settings, reject, plainText):
		return Settings, true // "options for refusing"
	case is[reject]:
		return Reject, true
	case is[necessary] && is[optional] && is[accept] && !is[only]:
		return Other, true // "accept necessary and statistics": neither
	case is[necessary] && asksLess && !(is[settings] && !is[only] && !is[accept]):
		return Reject, true
	case is[without] && (is[save] || is[settings]) && !is[accept]:
		return Other, true // "close without saving"
	case is[without] && (is[accept] || is[goOn] || is[optional] || l.about(text)):
		return Reject, true
	case is[not] && (is[accept] || l.about(text) || is[optional]) && !is[settings]:
		return l.negation(text, clauses), true
	}
	return Other, false
}

// negation is what a label means that has a negation and words of what it may be of. A negation in a clause without such words, or
// after a "yes", may be of anything: "I can't be bothered to read, accept", "Yes, I don't like walls of cookies".
func (l *language) negation(text string, clauses []string) Meaning {
	if l.begins(no, text, 4) {
		return Reject
	}
	agrees := l.begins(yes, text, 0) && !l.begins(goOn, text, 0)
	for _, c := range clauses {
		of := l.has(accept, c) || !agrees && (l.about(c) || l.has(optional, c))
		if l.has(not, c) && of || l.negated(cookies, c) || l.negated(privacy, c) || l.negated(optional, c) {
			return Reject
		}
	}
	return Other
}

// refusesNot reports whether a clause has a negation directly before or after its words of refusing: "no rechazo", "ik weiger niet".
// One of what is necessary is another matter: "reject not necessary cookies".
func (l *language) refusesNot(clause string) bool {
	clause = l.dropNegated(necessary, clause)
	return l.negated(reject, clause) || l.meet(reject, not, clause) != nil
}

// offersBoth reports whether a label names both answers and gives neither.
func (l *language) offersBoth(is map[kind]bool, text string) bool {
	if !is[accept] || !is[reject] || is[necessary] || is[settings] || is[all] {
		return false
	}
	return l.order(accept, reject, text) && !l.fused(reject, text)
}

// agreement reads a label without a refusal in it.
func (l *language) agreement(is map[kind]bool, text string) Meaning {
	switch {
	case is[not] && is[accept]:
		return Other
	case is[accept] && is[all]:
		return Accept
	case is[save] && is[all] && !is[chosen] && !is[settings]:
		return Accept // "confirm all"
	case is[save], is[accept] && is[chosen]:
		return Save
	case is[settings]:
		return Settings
	case is[accept], l.begins(yes, text, 4) && !is[not]:
		return Accept
	}
	return Other
}

// about reports whether a label speaks of cookies, consent or privacy.
func (l *language) about(text string) bool { return l.has(cookies, text) || l.has(privacy, text) }

// begins reports whether a text begins with a pattern of a kind and has at most so many words; 0 is any number.
func (l *language) begins(k kind, text string, most int) bool {
	re := l.patterns[k]
	if re == nil || most > 0 && !l.unspaced && len(strings.Fields(text)) > most {
		return false
	}
	prepared := l.prepared(text)
	span := re.FindStringIndex(prepared)
	if span == nil || span[0] > 0 {
		return false
	}
	// In an unspaced language nothing parts the word from what follows: it must be most of the text.
	return !l.unspaced || most == 0 || 3*span[1] >= len(prepared)
}

// negated reports whether a negation stands directly before a pattern of a kind.
func (l *language) negated(k kind, text string) bool { return l.spanNegated(k, text) != nil }

func (l *language) spanNegated(k kind, text string) []int { return l.meet(not, k, text) }

// meet is where a pattern of the first kind stands directly before one of the second; nil: nowhere.
func (l *language) meet(first, second kind, text string) []int {
	a, b := l.patterns[first], l.patterns[second]
	if a == nil || b == nil || l.unspaced {
		return nil
	}
	for _, x := range a.FindAllStringIndex(text, -1) {
		for _, y := range b.FindAllStringIndex(text, -1) {
			if x[1] == y[0] {
				return []int{x[0], y[1]}
			}
		}
	}
	return nil
}

// dropNegated takes a negated pattern out of a text.
func (l *language) dropNegated(k kind, text string) string {
	for {
		s := l.spanNegated(k, text)
		if s == nil {
			return text
		}
		text = text[:s[0]] + text[s[1]:]
	}
}

// order reports whether the first pattern of kind a stands before the first of kind b.
func (l *language) order(a, b kind, text string) bool {
	text = l.prepared(text)
	x, y := l.patterns[a].FindStringIndex(text), l.patterns[b].FindStringIndex(text)
	return x != nil && y != nil && x[0] < y[0]
}

// fused reports whether what agrees is part of the very words that refuse: "do not agree" is no "agree".
func (l *language) fused(k kind, text string) bool {
	text = l.prepared(text)
	for _, a := range l.patterns[accept].FindAllStringIndex(text, -1) {
		for _, r := range l.patterns[k].FindAllStringIndex(text, -1) {
			if r[0] <= a[0] && a[1] <= r[1] || a[0] <= r[0] && r[1] <= a[1] {
				return true
			}
		}
	}
	return false
}
