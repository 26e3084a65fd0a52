package consent

import (
	"regexp"
	"strings"
)

// meaning is what a button says it does.
type meaning int

const (
	unclear  meaning = iota
	accepts          // everything
	rejects          // everything that can be refused
	settings         // opens a second layer
	saves            // keeps what the boxes say
)

// topics are the words by which a box is recognised as a consent dialog, in the languages of the other tables: cookies,
// consent, data protection, tracking. They are held against folded text.
const topics = `cookie|consent|tracking|tracker|gdpr|dsgvo|rgpd|lgpd|privacy (choices|settings|preferences)|your privacy|` +
	`datenschutz|einwilligung|zustimmung|vie privée|consentement|privacidad|consentimiento|consenso|privacidade|consentimento|` +
	`toestemming|privacy|zgod|prywatno|integritet|samtyck|samtykke|personvern|privatliv|evästee|suostumus|tietosuoja|` +
	`souhlas|soukrom|sütik|süti|hozzájárul|confidențialitate|consimț|συγκατάθεση|απόρρητο|çerez|gizlilik|` +
	`файлы? cookie|куки|согласи|クッキー|同意|プライバシー|隐私|쿠키|동의`

// cookieWords say that a box is about cookies, tracking or the consent to them, and nothing else; privacyWords may as well stand
// in the small print of whatever asks for something; otherWords say that it asks for something else: leave to notify, an address
// for the newsletter, where somebody is, how old, or to take an application, a language or terms of use.
var (
	cookieWords = regexp.MustCompile(`cookie|cookies|\bgdpr\b|dsgvo|\brgpd\b|\blgpd\b|ccpa|tracker|tracking(?: |-)?(?:technolog|tool|dienst|cookie|mittel)|similar technolog|store and(?:/or)? access information|` +
		`(?:value|respect|care about|protect|control) your (?:data )?privacy|your privacy (?:matters|choices|is important)|privacy (?:choices|settings|preferences|options)|do not sell|opt[- ]?out of|` +
		`(?:your|manage|give|withdraw|ask for|need) consent|consent (?:preferences|settings|choices|manage|to (?:the use|our use|store|process))|` +
		`datenschutz-?einstellungen|privatsphäre-?einstellungen|(?:ihre|deine|ihrer|deiner|um) (?:einwilligung|zustimmung)|traceurs?|votre (?:vie privée|consentement)|(?:su|tu) (?:privacidad|consentimiento)|la tua privacy|il (?:tuo|vostro) consenso|` +
		`(?:sua|a tua) privacidade|seu consentimento|uw (?:privacy|toestemming)|je (?:privacy|toestemming)|(?:twoją|twoja) (?:prywatność|zgod)|ciastecz|kakor|informasjonskapsl|evästee|sütik|süti\b|çerez|куки|クッキー|쿠키|` +
		`din (?:integritet|personvern)|dit privatliv|ditt samtycke|dit samtykke|tietosuoja-?asetu|vaše soukromí|váš souhlas|απόρρητό σας|συγκατάθεσή|プライバシー設定|隐私设置|개인정보 설정`)
	privacyWords = regexp.MustCompile(`privacy|consent|tracking|datenschutz|einwilligung|zustimmung|vie privée|consentement|privacidad|consentimiento|consenso|privacidade|consentimento|toestemming|zgod|prywatno|integritet|samtyck|samtykke|personvern|privatliv|` +
		`suostumus|tietosuoja|souhlas|soukrom|hozzájárul|confidențialitate|consimț|συγκατάθεση|απόρρητο|gizlilik|согласи|конфиденциальн|同意|プライバシー|隐私|동의|개인정보`)
	otherWords = regexp.MustCompile(`notif(?:y|ication|icación|icacion|iche|icaç)|push[- ]|benachrichtig|powiadomie|avisering|notiser|underretning|varsl|ilmoitu|upozorn|értesít|ειδοποι|bildirim|уведомлен|通知|알림|` +
		`newsletter|subscri|mailing list|your inbox|sign up|\d ?%|discount|voucher|coupon|gutschein|rabatt|remise|réduction|suscr|descuento|iscriv|sconto|desconto|nieuwsbrief|korting|prenumer|nyhetsbrev|nyhedsbrev|uutiskir|hírlevél|bülten|indirim|рассыл|скидк|ニュースレター|メルマガ|クーポン|订阅|优惠|구독|할인|` +
		`your (?:current )?location|ihren standort|votre position|tu ubicación|la tua posizione|sua localização|(?:uw|je) locatie|位置情報|` +
		`(?:over|least|above|über|mindestens|plus de) (?:18|21)|legal(?: drinking)? age|how old|volljährig|download (?:our|the) app|open in (?:the )?app|install (?:our|the) app|home ?screen|` +
		`survey|umfrage|sondage|encuesta|(?:choose|select|change) your (?:country|language|region)|shipping to|terms (?:of (?:use|service)|and conditions)|nutzungsbedingungen|conditions (?:générales|d'utilisation)`)
)

// layerTopics are further words of second layers, which need not speak of cookies any more.
const layerTopics = topics + `|purposes|legitimate interest|advertis|marketing|statisti|analytics|your data|partners|vendors|` +
	`zwecke|einstellungen|werbung|finalités|publicité|paramètres|fines|publicidad|finalità|pubblicità|finalidades|doeleinden|` +
	`cele|reklam|ändamål|formål|tarkoitu|účely|célok|scopuri|σκοπ|amaçlar|цели|реклам|目的|広告`

// The tables hold what buttons say, per language: en de fr es it pt nl pl sv da nb fi cs hu ro el tr ru ja. They are matched
// on folded text, refusal first, for "accept only what is necessary" is one. Bounded by start or end where a word alone
// could mean something else.
var (
	rejectWords = compile(
		`\b(reject|decline|refuse|deny|disagree|opt[- ]*out)\b`, `\b(only|just)\b.*\b(necessary|essential|required|strictly)\b`,
		`\b(necessary|essential|required|functional)( cookies?)? only\b`, `\b(continue|proceed) without\b`, `\b(do not|don'?t) (accept|agree|allow|consent|sell|track)\b`, `^no,?thanks?|^no, thanks?|^no thanks?\b`, `^no$`, `\bwithout accepting\b`, `^(use|accept|allow) (only )?(strictly )?(necessary|essential|required)( cookies)?( only)?$`, `^disable all\b`, `^block all\b`,
		`\b(alle[sn]? )?(ablehnen|verweigern)\b`, `\b(nur|ausschließlich)\b.*\b(notwendige|erforderliche|essenzielle|essentielle|technisch|funktionale)`, `\bohne (zustimmung|einwilligung|akzeptieren)`, `\bnicht (zustimmen|akzeptieren|einverstanden)\b`, `^nein\b`,
		`\b(tout )?refuser\b`, `\bcontinuer sans accepter\b`, `\bsans accepter\b`, `\b(uniquement|seulement)\b.*\b(nécessaires|essentiels)\b`, `\b(cookies )?(nécessaires|essentiels) (uniquement|seulement)\b`, `\b(je refuse|non merci)\b`, `\btout rejeter\b`, `\binterdire tous\b`,
		`\brechazar\b`, `\bdenegar\b`, `\b(solo|sólo|solamente)\b.*\b(necesarias|esenciales)\b`, `\bcontinuar sin aceptar\b`, `\bno (acepto|aceptar)\b`,
		`\b(rifiuta|rifiutare|rifiuto|nega)\b`, `\bsolo\b.*\b(necessari|essenziali|tecnici)\b`, `\bcontinua senza accettare\b`, `\bnon accett`,
		`\b(rejeitar|recusar|negar)\b`, `\b(apenas|somente|só)\b.*\b(necessári|essenciai)`, `\bcontinuar sem aceitar\b`, `\bnão aceit`,
		`\b(alles )?(weigeren|afwijzen)\b`, `\balleen\b.*\b(noodzakelijke|essentiële|functionele)\b`, `\bniet akkoord\b`, `\bdoorgaan zonder\b`,
		`\bodrzuć\b`, `\bodrzuc\b`, `\b(tylko|wyłącznie)\b.*\b(niezbędne|konieczne)`, `\bodmawiam\b`, `\bnie zgadzam\b`, `\bnie wyrażam\b`,
		`\b(neka|avvisa|avböj)\b`, `\b(endast|bara)\b.*\bnödvändiga\b`, `\bgodkänn (endast|bara)\b`,
		`\b(afvis|afslå)\b`, `\bkun\b.*\bnødvendige\b`, `\b(avslå|avvis)\b`, `\bkun nødvendige\b`,
		`\b(hylkää|kiellä|estä)\b`, `\bvain\b.*\bvälttämättömät\b`, `\b(odmítnout|zamítnout)\b`, `\bpouze\b.*\b(nezbytné|nutné)\b`, `\bjen nezbytné\b`,
		`(elutasít|visszautasít)`, `csak a (szükséges|feltétlenül)`, `\b(respinge|refuz)`, `\b(doar|numai)\b.*\bnecesare\b`,
		`απόρριψη|απορρίπτω|μόνο τα απαραίτητα|άρνηση`, `reddet|sadece (gerekli|zorunlu)|yalnızca (gerekli|zorunlu)`,
		`отклонить|отказаться|только необходимые|не согла|запретить`, `拒否|必須.*のみ|必要な.*のみ|同意しない|拒绝|거부|필수.*만`,
	)
	acceptWords = compile(
		`\b(accept|agree|allow|consent)\b`, `^(ok|okay|got it|i understand|understood|yes|sure|fine|sounds good|continue)\b.{0,12}$`, `\benable all\b`, `^that'?s (ok|fine)`, `\bopt[- ]*in\b`,
		`\b(akzeptieren|akzeptiere|zustimmen|annehmen|einverstanden|zulassen|erlauben|verstanden)\b`, `\ballem zustimmen\b`, `^ja\b`,
		`\b(accepter|j'accepte|autoriser|d'accord|tout accepter|j'ai compris|compris|continuer)\b`,
		`\b(aceptar|acepto|permitir|de acuerdo|entendido|consentir)\b`, `\b(accetta|accetto|accettare|acconsento|consenti|ho capito|d'accordo)\b`,
		`\b(aceitar|aceito|permitir|concordo|entendi|concordar)\b`, `\b(accepteren|accepteer|akkoord|toestaan|begrepen|ik ga akkoord)\b`,
		`(akceptuj|zaakceptuj|zgadzam|zezwól|zezwalam|wyrażam zgodę|rozumiem)`, `\b(acceptera|godkänn|tillåt|jag förstår|okej|samtyck)`,
		`\b(accepter|tillad|godkend|forstået)\b`, `\b(godta|aksepter|tillat|godkjenn|jeg forstår)`, `(hyväksy|salli|ymmärrän)`,
		`(přijmout|souhlasím|povolit|rozumím|akceptovat)`, `(elfogad|engedélyez|hozzájárulok|rendben|egyetértek)`, `\b(accept|acceptă|accepta|acceptați|sunt de acord|permite|am înțeles)`,
		`αποδοχή|αποδέχομαι|συμφωνώ|επιτρέπ|κατάλαβα`, `(kabul|onayl|izin ver|anladım)`, `(принять|принимаю|согла|разрешить|понятно|хорошо)`,
		`同意する|同意して|許可|承諾|すべて受け入れる|受け入れ|接受|同意|동의|수락|허용`,
	)
	settingsWords = compile(
		`\b(settings|preferences|manage|customi[sz]e|options|configure|choices|more info|learn more|details|adjust|let me choose|show purposes)\b`,
		`(einstellungen|anpassen|verwalten|konfigurieren|auswahl|mehr (optionen|informationen|erfahren)|individuell|optionen|zwecke anzeigen)`,
		`(paramétrer|paramètres|personnaliser|gérer|préférences|configurer|en savoir plus|options|choisir)`,
		`(configurar|configuración|ajustes|gestionar|personalizar|preferencias|opciones|más información)`,
		`(impostazioni|personalizza|gestisci|preferenze|opzioni|scopri di più)`, `(definições|configurações|personalizar|gerir|gerenciar|preferências|opções|saber mais)`,
		`(instellingen|aanpassen|beheren|voorkeuren|opties|meer informatie)`, `(ustawienia|dostosuj|zarządzaj|preferencje|opcje|więcej)`,
		`(inställningar|anpassa|hantera|alternativ)`, `(indstillinger|tilpas|administrer|præferencer)`, `(innstillinger|tilpass|administrer|valg)`,
		`(asetukset|muokkaa|hallitse|mukauta)`, `(nastavení|přizpůsobit|spravovat|upravit|podrobn)`, `(beállítás|testreszab|kezelés|részletek)`, `(setări|personaliz|gestion|preferinț)`,
		`ρυθμίσεις|διαχείριση|προτιμήσεις`, `(ayarlar|yönet|tercihler|özelleştir)`, `(настроить|настройки|параметры|управл)`, `設定|カスタマイズ|詳細|管理|设置|설정`,
	)
	saveWords = compile(
		`\b(save|confirm|apply|submit)\b`, `\b(accept|allow) (selected|selection|my choices|chosen)\b`, `(speichern|bestätigen|auswahl (erlauben|akzeptieren|übernehmen))`, `(enregistrer|confirmer|valider|sauvegarder)`, `(guardar|confirmar)`,
		`(salva|conferma)`, `(guardar|confirmar|salvar)`, `(opslaan|bevestigen|bewaar)`, `(zapisz|potwierdź)`, `(spara|bekräfta)`, `(gem|bekræft)\b`, `(lagre|bekreft)`,
		`(tallenna|vahvista)`, `(uložit|potvrdit)`, `(mentés|megerősít)`, `(salvează|confirmă)`, `αποθήκευση|επιβεβαίωση`, `(kaydet|onayla)`, `(сохранить|подтвердить)`, `保存|確定|저장`,
	)
	// never are words of buttons in dialogs that do more than choose: they pay, log in, or leave.
	never = compile(
		`\b(subscribe|subscription|log ?in|sign ?(in|up)|buy|pay|register|donate|download|delete|newsletter)\b`,
		`(abonnieren|\babo\b|anmelden|registrieren|kaufen|bezahlen|pur[- ]*abo|werbefrei)`, `(s'abonner|abonnez|se connecter|acheter|payer)`, `(suscrib|iniciar sesión|comprar|pagar)`,
		`(abbonati|accedi|acquista|paga\b)`, `(assinar|assine|entrar|comprar|pagar)`, `(abonneer|inloggen|kopen|betalen)`, `(subskry|zaloguj|kup\b|zapłać)`, `(prenumerera|logga in|köp\b)`,
		`(подпис|войти|купить)`, `ログイン|購入|登録|登录|购买`,
	)
)

// compile joins patterns into one that knows the borders of words in all scripts, which \b of package regexp does not. It is
// for text as spread makes it: there every border is a character of its own.
func compile(patterns ...string) *regexp.Regexp {
	const border = `[^\pL\pN]`
	for i, p := range patterns {
		p = strings.ReplaceAll(p, `\b`, border)
		p = strings.ReplaceAll(p, "[- ]", "[-\x00]") // keep the blanks of classes from the next step
		p = strings.ReplaceAll(p, " ", " +")
		p = strings.ReplaceAll(p, "\x00", " ")
		p = strings.ReplaceAll(p, "^", "^ *")
		p = strings.ReplaceAll(p, "[^ *", "[^")
		patterns[i] = strings.ReplaceAll(p, "$", " *$")
	}
	return regexp.MustCompile(`(?i)` + strings.Join(patterns, "|"))
}

// spread pads a text so that every word has a border of its own on both sides.
func spread(s string) string { return " " + strings.ReplaceAll(s, " ", "  ") + " " }

// meaningOf tells what a button does by its folded label. What is not understood is unclear, and never clicked.
func meaningOf(label string) meaning {
	empty := label == ""
	label = spread(label)
	switch {
	case empty || never.MatchString(label):
		return unclear
	case rejectWords.MatchString(label):
		return rejects
	case saveWords.MatchString(label):
		return saves
	case settingsWords.MatchString(label) && !wholly(label):
		return settings
	case acceptWords.MatchString(label):
		return accepts
	}
	return unclear
}

// wholly reports whether a label speaks of accepting everything, so that words like "options" in it do not count.
func wholly(label string) bool { return allWords.MatchString(label) && acceptWords.MatchString(label) }

var allWords = compile(`\ball\b`, `\balle[sn]?\b`, `\btou(t|s|tes)\b`, `\btod[oa]s?\b`, `\btutt[oie]\b`, `\btud[oa]\b`, `\bwszystk`, `\balla\b`, `\bkaikki\b`, `\bvše|všechn`, `\bösszes|mind\b`, `\btoate\b`, `όλ[αων]`, `\btüm|hepsi`, `\bвсе\b`, `すべて|全て|全部|모두`)
