package rule

import (
	"regexp"
	"strings"
	"unicode"
)

// rankOf says where a form of a value must stand to count: short and common words prove nothing by themselves.
func rankOf(key, text string) rank {
	n := len([]rune(text))
	numeric := digitsOf(text) == text
	switch key {
	case "gender", "country":
		return named
	case "email", "iban", "full_name", "ip", "user_agent", "geo":
		if n < 6 {
			return named
		}
		return anywhere
	case "dob":
		if n < 8 {
			return named
		}
		if numeric {
			return leafOnly
		}
		return anywhere
	case "password":
		if n < 6 || commonWords[strings.ToLower(text)] {
			return named
		}
		return anywhere
	case "postcode":
		if n >= 6 && !numeric {
			return leafOnly
		}
		return named
	case "street":
		if n >= 8 && strings.ContainsAny(text, "0123456789") {
			return anywhere
		}
		return leafOnly
	}
	switch {
	case n < 5 || commonWords[strings.ToLower(text)]:
		return named
	case numeric && n < 7:
		return leafOnly
	case key == "city" || key == "region":
		return leafOnly
	case key == "search_term" && !strings.ContainsAny(text, " +-_,") && n < 8:
		return leafOnly
	}
	return anywhere
}

// commonWords are words that are also names, places or values of settings.
var commonWords = wordSet(`
	active admin adult age all alpha amber android annual anonymous apple april archer art ash august austin autumn baker
	bank banks bar barber base basic bath bay beach bear beauty bell berry best beta big bill birch bird bishop black blue bob bond book booker
	boston bowl boy brand brandy branch brave bridge bridger bright brook brooks brown buck buffalo bull burn bush business butcher butler
	candy car card carol carpenter carter case cash castle chance change chapel charity chase chef cherry chip christian chuck
	church clay clear cliff coach cole color colour cook cooper cork corn country crane cream crimson crystal daily daisy dale dark
	dash data date dawn day deal dean default delta demo dental diamond dick dixie dollar doll dove drake drew duke dusty
	earl early east eden edge elder ember emerald empire english enterprise eve event ever fair faith false family farmer favor field fields first
	fisher flint flora flower flowers ford forest forrest fox frank free freedom french friday frost full gale garden garland gate gates gay gem gene general
	genesis german ginger glass glory gold golden grace grand grant gray graz green grey grove guest gun guy hall hand happy harbor hardy harmony
	haven hay hazel heart heath heather heaven hello hero high hill hilton holiday holly home honor honest honey hood hook hope house hudson hull hunt hunter
	ice indigo inner iris iron island ivory ivy jack jade january jasmine jay jean jersey jewel john joy judge july june junior justice key keys king kit
	knight lace lad lake lance land lane large lark laurel lavender law lawn lawyer leaf lee left legend lemon level liberty light lily lime line link lion list little
	lock london long lord love low loyal lucky lyric mace mad magic main major male manager map maple marble march mark marina market marsh marshall mary
	mason master match matt max may mayor medium melody member mercy merit merry metro mexico mike mild mile miles milk mill miller mills mini mint miss
	mister mobile modern monday money monk moon moor morning moss mother mountain name nash natural navy new next nice night nina noble
	none normal norm north null number oak ocean office olive only opal open orange orchid order other owner pace page paige pan paris park
	parker parks part pat patience paul pay peace peak pearl penny pepper person pet phoenix pick pierce pine pink pitt place plain plan plant plus
	point pool poppy port porter post potter power premium prince princess private pro public queen quick quinn rain ranger ray read reading red reed reef
	reno rent rex rice rich ridge right rio ripley river rivers rob robin rock rocky roman root rose royal ruby rugby rusty rye sage sailor saint sales sally sam
	sand sandy savage sawyer scarlet scott sea season senior serenity shade shadow sharp shaw shell shepherd sherry short silver simple single
	sir sky skip slater small smart smith snow sol solar son song south spanish spencer spring square stan standard star starr starter state
	steel sterling still stone storm street strong student summer sun sunday sunny sunshine swan sweet swift system tab tanner tate tawny taylor team temple
	terra terry test tiger time tommy tony top tower town trace trial trinity trip troy true turner tyler undefined union unique united unknown user
	valley vance velvet venus victor victory vienna viola violet virginia vista wade wagner walker wall walls ward warm warner water waters way weaver web
	welcome wells west white wild will willow win windsor winter wise wolf woman wood woods worth wright yearly yellow york young zone`)

func wordSet(s string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		m[w] = true
	}
	return m
}

// notIdentifying are shapes of stored values that cannot identify anybody: dates, numbers that are times, versions,
// locales, time zones, hosts, flags, consent strings.
var notIdentifying = regexp.MustCompile(`(?i)^(?:` + strings.Join([]string{
	`(?:19|20)\d\d-\d\d-\d\d(?:[T ].*)?`,                                 // dates
	`1[0-9]{9}(?:\.\d+)?|1[0-9]{12}|1[0-9]{15}`,                          // Unix times in s, ms, µs (2001 to 2033)
	`v?\d+(?:\.\d+){1,3}`,                                                // versions
	`[a-z]{2}[-_][a-z]{2}(?:,.*)?`,                                       // locales
	`(?:africa|america|asia|atlantic|australia|europe|pacific)/[a-z_/]+`, // time zones
	`(?:https?:)?//.*`,                                                   // addresses
	`[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|net|org|io|de|at|ch|fr|uk|eu|js|css|png|svg)`, // hosts and files
	`C[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_.-]*|C[PQ][A-Za-z0-9_-]{30,}`,                     // TCF strings
	`(?:[a-z]+[-_ ])*[a-z]+`, // words
	`[^a-z0-9]*`,             // no letters or digits
}, "|") + `)$`)

// storageParts returns what of a cookie or storage value can identify a visitor: the value itself if it is one token,
// and its parts between delimiters, of 8 characters and more.
func storageParts(value string) []string {
	value = strings.TrimSpace(value)
	var out []string
	add := func(s string) {
		s = strings.Trim(s, " \"'.-_")
		if len(s) >= 8 && len(s) <= 512 && telling(s) && !tokenHead(s) {
			out = append(out, s)
		}
	}
	if len(value) <= 512 && !strings.ContainsAny(value, "{}[]\" ") {
		add(value)
	}
	parts := strings.FieldsFunc(value, func(r rune) bool {
		return !(r == '-' || r == '.' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r))
	})
	for _, part := range parts {
		add(part)
		for rest := part; ; {
			_, after, ok := strings.Cut(rest, ".")
			if !ok {
				break
			}
			add(after)
			add(rest[:len(rest)-len(after)-1])
			rest = after
		}
		if len(out) > 64 {
			break
		}
	}
	return unique(out...)
}

// tokenHead reports the first part of a JSON web token: it names the algorithm, and everybody's is the same.
func tokenHead(s string) bool {
	return !strings.Contains(s, ".") && (strings.HasPrefix(s, "eyJhbGciOi") || strings.HasPrefix(s, "eyJ0eXAiOi"))
}

// numberAndTime is a random number and the second it was drawn in: Google's client id.
var numberAndTime = regexp.MustCompile(`^[0-9]{6,12}\.1[0-9]{9}$`)

// telling reports whether a token can tell one visitor from another: it has a shape of its own and enough different
// characters.
func telling(s string) bool {
	if numberAndTime.MatchString(s) {
		return true
	}
	if notIdentifying.MatchString(s) {
		return false
	}
	var seen [256]bool
	kinds := 0
	for i := range len(s) {
		if !seen[s[i]] {
			seen[s[i]] = true
			kinds++
		}
	}
	return kinds >= 5 && strings.ContainsAny(s, "0123456789")
}
