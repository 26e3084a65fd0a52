package rule

import "strings"

// genderWords are spellings of one gender: what forms ask for and the letters that ad platforms hash (Meta's "ge").
var genderWords = sameWords("female f w woman weiblich femme mujer", "male m man männlich homme hombre", "nonbinary non-binary x nb diverse d divers")

// countryWords are the code of ISO 3166-1 and the names of a country in English and its own language. Ad platforms hash
// the code in lower case.
var countryWords = sameWords(
	"at austria österreich aut", "de germany deutschland deu", "ch switzerland schweiz suisse che", "li liechtenstein", "fr france fra", "it italy italia ita",
	"es spain españa esp", "pt portugal prt", "nl netherlands nederland nld", "be belgium belgië belgique bel", "lu luxembourg", "ie ireland irl",
	"gb united_kingdom uk great_britain gbr england", "dk denmark danmark dnk", "no norway norge nor", "se sweden sverige swe", "fi finland suomi fin",
	"is iceland ísland isl", "pl poland polska pol", "cz czechia czech_republic česko cze", "sk slovakia slovensko svk", "hu hungary magyarország hun",
	"si slovenia slovenija svn", "hr croatia hrvatska hrv", "rs serbia srbija srb", "ba bosnia_and_herzegovina bih", "ro romania românia rou", "bg bulgaria bgr",
	"gr greece grc", "cy cyprus cyp", "mt malta mlt", "ee estonia eesti est", "lv latvia latvija lva", "lt lithuania lietuva ltu", "ua ukraine ukr",
	"ru russia russian_federation rus", "tr turkey türkiye tur", "il israel isr", "ae united_arab_emirates are", "sa saudi_arabia sau", "eg egypt egy",
	"ma morocco mar", "ng nigeria nga", "ke kenya ken", "za south_africa zaf", "in india ind", "pk pakistan pak", "bd bangladesh bgd", "lk sri_lanka lka",
	"cn china chn", "hk hong_kong hkg", "tw taiwan twn", "jp japan jpn", "kr south_korea korea kor", "sg singapore sgp", "my malaysia mys", "th thailand tha",
	"vn vietnam viet_nam vnm", "id indonesia idn", "ph philippines phl", "au australia aus", "nz new_zealand nzl", "us united_states usa united_states_of_america",
	"ca canada can", "mx mexico méxico mex", "br brazil brasil bra", "ar argentina arg", "cl chile chl", "co colombia col", "pe peru perú per", "uy uruguay ury",
	"cr costa_rica cri", "pa panama pan", "ec ecuador ecu", "ge georgia geo", "am armenia arm", "kz kazakhstan kaz")

// sameWords makes a table of every word to the words that mean the same.
func sameWords(groups ...string) map[string][]string {
	m := map[string][]string{}
	for _, g := range groups {
		words := strings.Fields(g)
		for i := range words {
			words[i] = strings.ReplaceAll(words[i], "_", " ")
		}
		for _, w := range words {
			m[w] = words
		}
	}
	return m
}

// sameForms: the value as it is and the words of the table that mean the same.
func sameForms(value string, table map[string][]string) forms {
	var f forms
	low := strings.ToLower(strings.TrimSpace(value))
	f.plain = spellings(value)
	f.hash = append(f.hash, low, value, strings.ToUpper(value))
	for _, w := range table[low] {
		f.plain = append(f.plain, spellings(w)...)
		f.hash = append(f.hash, w, strings.ReplaceAll(w, " ", ""), strings.ToUpper(w), strings.ToUpper(w[:1])+w[1:])
	}
	f.plain, f.hash = unique(f.plain...), unique(f.hash...)
	return f
}
