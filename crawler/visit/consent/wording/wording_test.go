package wording

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// wanted are the official languages of the European Union, and the others of the thirty most used on the web
// (https://w3techs.com/technologies/overview/content_language).
var wanted = []string{
	"bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr", "hu", "it", "lt", "lv", "mt", "nl", "pl", "pt", "ro", "sk", "sl", "sv",
	"ar", "ca", "fa", "he", "hi", "id", "is", "ja", "ko", "ms", "no", "ru", "sr", "th", "tr", "uk", "vi", "zh-hans", "zh-hant",
}

// least is how many phrases a language needs of each kind.
var least = map[string]int{"+accept": 6, "+reject": 10, "+save": 2, "+settings": 3, "+other": 3, "+withdraw": 1, "+asks": 3, "-asks": 3,
	"+clear": 1, "-clear": 1, "+jokes": 0, "-jokes": 0}

func TestEveryLanguageIsThereWithItsProofs(t *testing.T) {
	list, err := load()
	require.NoError(t, err)
	var codes []string
	for _, l := range list {
		codes = append(codes, l.code)
		for k, n := range least {
			assert.GreaterOrEqual(t, len(l.phrases[k]), n, "%s: %s", l.code, k)
		}
		for k := range l.phrases {
			assert.Contains(t, least, k, l.code)
		}
		for _, ks := range [][]kind{ofTexts, ofButtons, ofLinks, ofBoxes} {
			for _, k := range ks {
				assert.NotNil(t, l.patterns[k], "%s: %s", l.code, k)
			}
		}
	}
	assert.ElementsMatch(t, wanted, codes)
}

func TestButtonsOfEveryLanguage(t *testing.T) {
	for _, l := range languages() {
		for m, list := range map[Meaning][]string{
			Accept: l.phrases["+accept"], Reject: l.phrases["+reject"], Save: l.phrases["+save"], Settings: l.phrases["+settings"], Other: l.phrases["+other"],
		} {
			for _, phrase := range list {
				assert.Equal(t, m.String(), MeaningOf(phrase).String(), "%s: %q", l.code, phrase)
			}
		}
	}
}

// What switches all boxes of a layer off is pressed before the layer is saved: neither what switches them on nor what empties a basket.
func TestWhatClearsBoxesInEveryLanguage(t *testing.T) {
	for _, l := range languages() {
		for sign, clears := range map[string]bool{"+clear": true, "-clear": false} {
			for _, phrase := range l.phrases[sign] {
				assert.Equal(t, clears, ClearsBoxes(phrase), "%s: %q", l.code, phrase)
			}
		}
	}
}

// A banner that jokes about baking asks for consent all the same; a bakery that speaks of cookies does not.
func TestBannersThatJokeAboutFood(t *testing.T) {
	jokes := 0
	for _, l := range languages() {
		for sign, asks := range map[string]bool{"+jokes": true, "-jokes": false} {
			jokes += len(l.phrases[sign])
			for _, text := range l.phrases[sign] {
				d := Dialog{Text: text, Buttons: []string{"Order now", "No thanks"}}
				if asks {
					d.Buttons = []string{l.phrases["+accept"][0], l.phrases["+reject"][0]}
				}
				assert.Equal(t, asks, d.AsksForConsent(), "%s: %q %+v", l.code, text, TopicsOf(text))
				assert.Equal(t, asks, SpeaksOfConsent(text), "%s: %q %+v", l.code, text, TopicsOf(text))
			}
		}
	}
	assert.Greater(t, jokes, 30)
}

// The texts of a language, with its buttons: the same "Accept all" and "Reject all" stand below newsletters.
func TestDialogsOfEveryLanguage(t *testing.T) {
	for _, l := range languages() {
		for sign, asks := range map[string]bool{"+asks": true, "-asks": false} {
			for _, text := range l.phrases[sign] {
				d := Dialog{Text: text, Buttons: []string{l.phrases["+accept"][0], l.phrases["+reject"][0]}}
				assert.Equal(t, asks, d.AsksForConsent(), "%s: %q %+v", l.code, text, TopicsOf(text))
			}
		}
	}
}

// Phrases that stand in no file: what the patterns say of them was not learnt from them.
func TestPhrasesThatNoFileHas(t *testing.T) {
	for m, list := range map[Meaning][]string{
		Reject: {
			"I don't want to accept", "I do not agree to this", "We do not consent", "Please do not track me", "Accept strictly necessary cookies", "Allow required cookies only",
			"Proceed without consent", "Continue with essential cookies only", "Accept none", "Do not sell my personal information", "Reject everything except the essentials", "No, I do not accept", "Don't allow", "I disagree with all", "Accept without tracking",
			"Ich möchte nicht akzeptieren", "Nicht zustimmen", "Cookies nicht erlauben", "Ich willige nicht ein", "Nur technisch notwendige zulassen", "Ohne Cookies fortfahren", "Nein, ich lehne ab", "Weiter ohne Zustimmung", "Lehne alle ab",
			"Je ne suis pas d'accord", "Je n'autorise pas", "Ne pas autoriser", "Naviguer sans accepter", "Uniquement les essentiels", "Je m'oppose à tout", "Ne rien accepter", "Accepter les cookies strictement nécessaires",
			"No consiento", "No quiero aceptar", "Aceptar únicamente las esenciales", "Rechazar y cerrar", "Seguir sin aceptar", "No permitir",
			"Non voglio accettare", "Non sono d'accordo", "Accetta soltanto i necessari", "Prosegui senza accettare", "Rifiuta e chiudi",
			"Não concordo com isso", "Não permito", "Aceitar apenas os necessários", "Recusar tudo", "Avançar sem aceitar",
			"Ik ga niet akkoord", "Sta niet toe", "Ik wil niet accepteren", "Accepteer enkel noodzakelijke", "Ga verder zonder te accepteren",
			"Nie wyrażam zgody na cookies", "Nie zgadzamy się", "Zaakceptuj jedynie konieczne", "Przejdź bez akceptacji", "Nie chcę akceptować",
			"Jag godkänner inte", "Godkänn bara nödvändiga kakor", "Jag vill inte acceptera", "Jeg godkender ikke", "Godkend kun nødvendige", "Jeg aksepterer ikke", "Godta bare det nødvendige",
			"En salli evästeitä", "Salli ainoastaan välttämättömät", "En halua hyväksyä", "Jatka ilman evästeitä",
			"Nechci přijmout", "Nepovoluji", "Povolit pouze technické", "Nechcem prijať", "Nepovoľujem", "Povoliť iba nevyhnutné",
			"Ne želim prihvatiti", "Ne pristajem", "Dopusti samo nužne kolačiće", "Ne soglašam", "Dovoli samo nujne",
			"Не искам да приема", "Не се съгласявам с всички", "Разреши само необходимите", "Я не соглашаюсь", "Не хочу принимать", "Разрешить только необходимые", "Я не погоджуюся", "Не приймати", "Дозволити лише необхідні",
			"Nesutinku su slapukais", "Leisti tik būtinuosius", "Es nepieņemu", "Atļaut tikai nepieciešamās", "Ma ei luba", "Luba üksnes vajalikud", "Nem szeretném elfogadni", "Nem fogadom el a sütiket", "Csak a szükségesek engedélyezése",
			"Nu sunt de acord cu toate", "Permite doar cele necesare", "Δεν συναινώ", "Να επιτρέπονται μόνο τα απαραίτητα", "Δε δέχομαι", "Ní cheadaím", "Ma naqbilx mal-cookies",
			"Onay vermiyorum", "Sadece gerekli olanlara izin ver", "Çerezleri kabul etmiyorum", "No hi accepto", "Accepta únicament les necessàries", "Ég leyfi ekki",
			"Saya tidak menerima", "Izinkan hanya yang perlu", "Tôi không chấp nhận", "Chỉ cho phép cookie thiết yếu", "لا أوافق على الكل", "السماح بالضرورية فقط", "אני לא מאשר עוגיות", "אשר רק הכרחיות", "من موافق نیستم", "فقط کوکی\u200cهای ضروری را بپذیر", "मैं अनुमति नहीं देता", "केवल ज़रूरी कुकीज़ की अनुमति दें",
			"ฉันไม่ยินยอม", "ยอมรับเฉพาะที่จำเป็น", "クッキーに同意しません", "必須クッキーのみ許可する", "모든 쿠키 거부", "쿠키에 동의하지 않습니다", "필수만 허용", "我不接受Cookie", "仅允许必要的", "僅允許必要的", "Не пристајем",
		},
		Accept: {
			"I accept all cookies", "Yes, allow everything", "Agree & continue", "Accept and go to site", "Allow all and continue", "Okay, got it", "Yes please, allow", "I'm happy with all cookies, accept",
			"Ich bin einverstanden", "Alles zulassen", "Cookies akzeptieren und weiter", "Ja, alle akzeptieren", "J'accepte tous les cookies", "Oui, tout autoriser", "Acepto todas las cookies", "Accetta tutto e continua", "Aceito tudo", "Ja, alles toestaan", "Zgadzam się na wszystkie", "Jag godkänner alla kakor", "Jeg godkender alle", "Jeg aksepterer alle", "Hyväksyn kaikki evästeet",
			"Přijímám všechny", "Prijímam všetky", "Prihvaćam sve", "Strinjam se z vsemi", "Приемам всички бисквитки", "Принимаю все", "Приймаю всі", "Sutinku su visais slapukais", "Piekrītu visām", "Nõustun kõigiga", "Minden süti elfogadása", "Accept toate cookie-urile", "Αποδέχομαι όλα τα cookies", "Glacaim le gach fianán", "Naċċetta l-cookies kollha",
			"Tüm çerezleri kabul ediyorum", "Accepto totes les galetes", "Ég samþykki allar", "Saya menerima semua", "Tôi chấp nhận tất cả", "أوافق على الكل", "אני מאשר הכל", "همه را می\u200cپذیرم", "मैं सभी स्वीकार करता हूं", "ฉันยอมรับทั้งหมด", "すべて許可する", "모두 허용", "我接受全部", "我允許全部", "Прихватам све",
		},
		Other: {
			"Book now", "Contact", "Was this helpful?", "Add to cart", "Next", "Menu", "How we use cookies", "Shop without an account", "Impressum", "Accept payment by card for €4.99", "Close without saving", "Zurück", "Accueil", "Inicio", "Kontakt", "Do not decline",
		},
	} {
		for _, phrase := range list {
			assert.Equal(t, m.String(), MeaningOf(phrase).String(), "%q", phrase)
		}
	}
}

// A negation need not refuse: who does not mind agrees, and some negations answer nothing. None of these phrases is in a file.
func TestNegationsThatDoNotRefuse(t *testing.T) {
	for m, list := range map[Meaning][]string{
		Accept: {
			"Yes, I really don't mind tracking", "Sure, I wouldn't mind", "OK, no problem", "Yes. No objections!", "Go ahead, no worries", "I do not object", "I don't want to miss anything, allow all",
			"Klar, kein Problem", "Ja, mich stören Cookies nicht", "Ich habe nichts gegen Tracking", "Ohne Bedenken zustimmen", "Oui, aucun souci", "Je n'ai rien contre", "Sans problème, j'autorise",
			"Sí, no me molestan", "No tengo ningún problema, acepto", "Sì, non ho niente contro i cookie", "Nessun problema", "Sim, não tenho nada contra os cookies", "Sem problemas, permitir",
			"Ja, geen probleem", "Nee, geen bezwaar", "Tak, bez problemu", "Nej, inga problem", "Áno, bez problému", "Да, без возражений", "Evet, sorun değil", "問題ありません", "没问题，同意",
		},
		Reject: {
			"Yes, reject them", "OK, I refuse", "Sure, only necessary", "Yes, no cookies", "I mind", "No, I really don't want cookies", "Ja, ablehnen", "Ok, nur notwendige", "Oui, je refuse", "Sí, rechazar todo",
			"Sì, rifiuta", "Sim, recusar", "Ja, weigeren", "Tak, odrzuć", "Non, ça me dérange", "Yes, continue without accepting", "No, not now",
		},
		Other: {
			"No problem, only necessary", "I don't mind rejecting", "Not now, accept later", "Not yet", "I'm not sure", "Yes, I dislike nothing about these cookies", "I do not like banners, accept",
			"Später, jetzt nicht", "Kein Problem, alle ablehnen", "Pas encore", "Aucun problème, tout refuser", "Todavía no", "Non adesso", "Ainda não", "Nog niet", "Nie teraz", "Inte än", "Пока нет",
		},
	} {
		for _, phrase := range list {
			assert.Equal(t, m.String(), MeaningOf(phrase).String(), "%q", phrase)
		}
	}
	assert.False(t, IsNo("No problem"))
	assert.False(t, IsNo("Kein Problem"))
	assert.True(t, IsNo("No"))
	assert.True(t, IsYes("Yes, I don't mind"), "it is known without its negation")
}

func TestButtonsThatClearBoxes(t *testing.T) {
	for _, label := range []string{
		"Deselect all", "Select none", "Alle abwählen", "Tout désélectionner", "Desmarcar todo", "Deseleziona tutto", "Odznacz wszystko", "Снять все", "すべて解除", "取消全选",
	} {
		assert.True(t, ClearsBoxes(label), label)
		assert.NotEqual(t, Accept, MeaningOf(label), label)
	}
	for _, label := range []string{"Select all", "Deselect all and save", "Reject all", "Alle auswählen", "Save", "Tout accepter", "Desmarcado", ""} {
		assert.False(t, ClearsBoxes(label), label)
	}
}

func BenchmarkMeaningOf(b *testing.B) {
	for b.Loop() {
		MeaningOf("Accept only necessary cookies")
	}
}

func BenchmarkAsksForConsent(b *testing.B) {
	d := Dialog{Text: strings.Repeat("We use cookies to make this site better. Read more about our partners. ", 20), Buttons: []string{"Accept all"}}
	for b.Loop() {
		d.AsksForConsent()
	}
}

// A banner may joke about food, and a page about food may have no banner.
func TestCookiesToEatAreNoConsent(t *testing.T) {
	for _, of := range []string{
		"Biscuits! This practice keeps tracking cookies for partners.",
		"We bake our own cookies, and this site stores cookies in your browser for analytics.",
		"Cookies! Not the chocolate kind: we use them to measure visits to this website.",
		"We use cookies.",
	} {
		assert.True(t, SpeaksOfConsent(of), of)
	}
	for _, food := range []string{
		"Fresh biscuits and cookies every morning from our bakery.", "Chocolate chip cookies, 12 pieces, add to cart",
		"Galletas de chocolate y cookies caseras",
	} {
		assert.False(t, SpeaksOfConsent(food), food)
	}
}
