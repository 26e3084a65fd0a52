package shown

import (
	"regexp"
	"strings"

	"github.com/tagscan/tagscan/crawler"
)

// gates are pages that stand before a site and are none of its pages: they let some people in only, or nobody, and answer 200.
var gates = []struct {
	kind crawler.GapKind
	text string
	say  phrases
	// start says that it is one where the crawl begins only: a link may lead to what is to come.
	start bool
}{
	{crawler.GapThrottled, "the server says that it was asked too often, and did not show the page", throttled, false},
	{crawler.GapPageBlocked, ageAsked, ages, false},
	{crawler.GapPageBlocked, "the page was not shown to this browser, which it does not support", browsers, false},
	{crawler.GapMaintenance, "a page of the server or of its owner was shown instead of the site's", placeholders, false},
	{crawler.GapWall, "a puzzle of the site's own was shown instead of the page", puzzles, false},
	{crawler.GapPageBlocked, "the page was not shown in the visitor's country", regions, false},
	{crawler.GapMaintenance, "what a program of the server failed with was shown instead of the page", crashes, false},
	{crawler.GapMaintenance, "the start address shows what is to come, and no site", announcements, true},
}

// refusedVisitors are pages that say why this visitor is not served, and it is nothing that a person could solve.
var refusedVisitors = []struct {
	kind crawler.GapKind
	text string
	say  phrases
}{
	{crawler.GapWall, "the page was not shown to this network, which is taken for a VPN or proxy", networks},
	{crawler.GapWall, "the page was not shown to a visitor who is taken to refuse cookies", cookieless},
	{crawler.GapWall, "the page was not shown to a visitor who is taken to run no scripts", needsSayings.phrases()},
	{crawler.GapPageBlocked, denied, denials},
}

// denied is said of who is turned away without a word of what could be done.
const denied = "the server refused this visitor instead of showing the page"

// denials and throttled are what is said to who is turned away, and to who asks too often.
var (
	denials   = denialSayings.phrases()
	throttled = throttleSayings.phrases()
)

// refusal tells such a page; nil: none was seen.
func (f *Facts) refusal() *Instead {
	for _, r := range refusedVisitors {
		if f.speaks(r.say) {
			return &Instead{Kind: r.kind, Text: r.text}
		}
	}
	if f.jsonRefusal() {
		return &Instead{Kind: crawler.GapPageBlocked, Text: denied}
	}
	return nil
}

// gateAlone is how many characters a page has at the most that is such a gate by its heading alone: a dialog over a page that says
// little has a heading, too.
const gateAlone = 250

// gate tells such a page; nil: none was seen. A question that lies over a page hides nothing of it.
func (f *Facts) gate() *Instead {
	if !f.Looked || f.mayShowMore() || f.missing() {
		return nil
	}
	if f.speaks(ages) && f.asksBirth() && !f.liesOver(ages) {
		return &Instead{Kind: crawler.GapPageBlocked, Text: ageAsked}
	}
	if !f.few() {
		return nil
	}
	for _, g := range gates {
		if f.liesOver(g.say) {
			continue
		}
		if (f.Start || !g.start) && f.speaks(g.say) && (f.TextLength <= gateAlone || g.say.part.MatchString(f.Text)) {
			return &Instead{Kind: g.kind, Text: g.text}
		}
	}
	return nil
}

// How much there has to be beneath a question for the page to be there: some sentences, or a few beside a link to another page. What
// the law wants said stands beneath a question, too, with no page.
const (
	pageBeneath      = 300 // characters
	pageBeneathLinks = 150 // as above, beside a link
)

// liesOver reports whether what a table holds is said by a layer, and the page is there beneath it.
func (f *Facts) liesOver(t phrases) bool {
	if f.Over == "" || t.whole.MatchString(strings.TrimSpace(f.Title)) {
		return false
	}
	if f.Beneath < pageBeneath && (f.Beneath < pageBeneathLinks || f.LinksUnder == 0) {
		return false
	}
	said := t.part.MatchString(f.Over)
	for _, head := range f.Heads {
		if !t.whole.MatchString(strings.TrimSpace(head)) {
			continue
		}
		if !strings.Contains(f.Over, head) {
			return false
		}
		said = true
	}
	return said
}

// ageAsked is what is told of a question for the visitor's age.
const ageAsked = "a question for the visitor's age was shown instead of the page"

// asksBirth reports whether all there is to type into is a date: a day, a month and a year, and perhaps a country.
func (f *Facts) asksBirth() bool { return len(f.Fields) <= 4 && !f.Password }

// ages are what those ask who may serve grown-ups only.
var ages = phrases{
	firm: true,
	whole: headings(
		`(please )?(verify|confirm) (that )?(your age|you('re| are) (of (legal )?age|(over |at least )?(16|18|19|20|21)).{0,30})`,
		`age (verification|check|gate|confirmation|restriction)( required)?`,
		`are you (over|at least|above|older than|of) ((the )?legal|16|18|19|20|21).{0,30}`, `are you (16|18|19|20|21)( years?)? .{0,20}`,
		`(how old are you|you must be .{0,12}(16|18|19|20|21).{0,40})`,
		`alters(prüfung|verifikation|kontrolle|abfrage|nachweis)`,
		`(bist du|sind sie|seid ihr) (schon |bereits |mindestens |über )*(16|18|volljährig).{0,20}`,
		`(avez-vous|as-tu) (plus de |l'âge légal|18 ans).{0,30}`, `vérification de (l')?(votre )?âge`, `êtes-vous majeure?.{0,6}`,
		`¿?(eres|es usted|tienes|tiene) (mayor de|más de) (edad|18)( años)?`, `verificación de (la )?edad`,
		`(hai (più di|compiuto|almeno) 18 anni|sei maggiorenne)`, `verifica (dell'|della )?età`,
		`(você )?(é|tem) (maior de|mais de) (idade|18)( anos)?`, `verificação de idade`,
		`(ben je|bent u) (al |ouder dan |minimaal )*(18|25).{0,20}`, `leeftijds(controle|verificatie|check)`,
		`czy masz (ukończone |skończone )?18 lat`, `(är du|er du|oletko) (över |fylt |fyldt |yli )?(18|20).{0,12}`,
		`вам (уже )?(есть|исполнилось) 18( лет)?`,
	),
	part: anywhere(
		`must be (of legal|(at least|over) \d\d|\d\d (years|or)).{0,50}\b(enter|visit|view|access|continue)`,
		`of legal (drinking|smoking|vaping) age`,
		`(mindestens|über) (16|18) jahre.{0,30}(betreten|besuchen|fortfahren)`,
		`avoir (plus de |l'âge légal|18 ans).{0,40}(entrer|accéder|visiter)`, `ser mayor de edad (para|legal)`,
		`devi (essere maggiorenne|avere .{0,12}18)`,
	),
}.with(ageSayings)

// browsers are what is said to a browser that is not served.
var browsers = phrases{
	whole: headings(
		`(sorry,? )?(your|this) (web ?)?browser (is|isn(’|')t) (not|no longer)? ?(supported|compatible|up to date).{0,30}`,
		`(your|this) browser is (unsupported|outdated|out of date|too old).{0,20}`, `(unsupported|outdated|incompatible) (web ?)?browser`,
		`(web ?)?browser (is )?(not|no longer) supported`, `(please )?(update|upgrade|change) your (web ?)?browser`,
		`(ihr|dein|dieser|der) browser (wird|ist) (leider )?(nicht (mehr )?unterstützt|veraltet|zu alt)`,
		`(veralteter|nicht unterstützter) browser`,
		`(votre|ce) navigateur n'est (pas|plus) (supporté|pris en charge|compatible|à jour)`,
		`navigateur (obsolète|non (supporté|compatible))`,
		`(su|tu|este) navegador no (es compatible|está soportado|es soportado)`, `navegador no (compatible|soportado)`,
		`(il tuo|questo) browser non è (più )?(supportato|compatibile|aggiornato)`, `browser non supportato`,
		`(o )?(seu|este) navegador não é (mais )?(suportado|compatível)`, `navegador não suportado`,
		`(uw|je|deze) browser wordt niet (meer )?ondersteund`,
		`twoja przeglądarka nie jest (już )?obsługiwana`,
		`ваш браузер (не поддерживается|устарел)`,
	),
	part: anywhere(
		`(your|this) (web ?)?browser (is not|isn(’|')t|is no longer) supported`,
		`(please )?(use|switch to|download) a (supported|modern|different) browser`,
		`browser wird (leider )?nicht (mehr )?unterstützt`, `navigateur n'est (pas|plus) (supporté|pris en charge)`,
		`navegador no (es compatible|está soportado)`,
		`browser non è (più )?supportato`, `browser wordt niet (meer )?ondersteund`,
	),
}

// placeholders are what servers and their owners show where there is no site: what is installed, closed, or for sale.
var placeholders = phrases{
	whole: headings(
		`welcome to (nginx|openresty|caddy)( on .{1,20})?`, `apache2? ?(\w+ )?default page.{0,20}`, `iis windows( server)?`,
		`(apache |nginx |http server )?test page for the .{0,50}`, `default (web ?site|server|parking) page`,
		`(this |your )?account (has been |is )?suspended`,
		`(this )?(web ?)?site (has been |is )(suspended|parked|expired|not published|no longer available)`,
		`(this |the )?domain( name)? ((has|may) be(en)?|is) (for sale|parked|expired|suspended|registered).{0,40}`, `no such app`,
		`diese (domain|website) (ist|wurde) (zu verkaufen|geparkt|gesperrt|registriert|nicht verfügbar)`,
		`ce (domaine|site) est (à vendre|suspendu|expiré)`,
	),
	part: anywhere(
		`web server is successfully installed and working`, `replace this file .{0,40}before continuing to operate your (http )?server`,
		`account has been suspended`, `buy this domain`, `domain (name )?is (parked|for sale)`,
	),
}

// puzzles are what a form asks that stands before a site.
var puzzles = phrases{
	whole: headings(`(please )?(enter|type|solve) the (captcha|(security |verification )?(code|characters)).{0,30}`),
	part: anywhere(
		`(type|enter|write|copy) the (\w+ )?(characters|letters|text|code|word|words|numbers|digits) (that )?(you see |you can see |shown |displayed |as shown )?(in|on|from) the (picture|image|box)`,
		`(geben sie|gib|tippen sie) .{0,20}(zeichen|buchstaben|text|code|zahlen) .{0,20}(bild|grafik)`,
		`(saisissez|entrez|recopiez|tapez) .{0,20}(caractères|lettres|texte|code) .{0,30}image`,
		`(escriba|introduzca|escribe|introduce|ingrese) .{0,20}(caracteres|letras|texto|código) .{0,30}imagen`,
		`(inserisci|digita|scrivi) .{0,20}(caratteri|lettere|testo|codice) .{0,30}immagine`,
		`(digite|insira) .{0,20}(caracteres|letras|texto|código) .{0,30}imagem`,
		`(typ|voer) .{0,20}(tekens|letters|tekst|code) .{0,30}(afbeelding|plaatje)`,
		`(wpisz|przepisz) .{0,20}(znaki|litery|tekst|kod) .{0,30}(obraz|rysun)`,
		`введите .{0,20}(символы|буквы|текст|код) .{0,20}(картинк|изображени)`, `(画像|図).{0,10}(文字|数字).{0,10}入力`, `输入.{0,6}图.{0,6}(字符|验证码)`,
		`이미지.{0,8}(문자|글자|숫자).{0,8}입력`,
	),
}

// regions are what is said to visitors of another country.
var regions = phrases{
	whole: headings(
		`(sorry,? )?(this|our|the) (content|site|website|page|service|shop|store|video) (is |are )?(not|currently not|no longer|un)[ -]?available in (your|this) (region|country|location|area|territory).{0,20}`,
		`(content |service )?(not|un)[ -]?available in (your|this) (region|country|location|area)`,
		`(451|451:? ?)?unavailable (due to|for) legal reasons`,
		`(dieser inhalt|diese (seite|website)) ist in (ihrem|deinem) (land|gebiet) (leider )?nicht verfügbar`,
		`in (ihrem|deinem) (land|gebiet) nicht verfügbar`,
		`(ce contenu|ce site|cette page) n'est pas disponible dans votre (pays|région)`,
		`(este (contenido|sitio)|esta página) no está disponible en (su|tu) (país|región)`,
		`(questo (contenuto|sito)|questa pagina) non è disponibile nel tuo paese`,
		`(este (conteúdo|site)|esta página) não está disponível (no seu país|na sua região)`,
	),
	part: anywhere(
		`(content|site|website|page|service|shop|store) is (currently )?(not|un)[ -]?available (to (users|visitors|people) )?in your (region|country|location|area)`,
		`(access|visitors) from your (region|country|location) (is|are) (not allowed|blocked|restricted)`,
		`(from|in) a country (belonging to|in|of) the european (economic area|union)`,
		`(unavailable|not available) in most european countries`,
		`in (ihrem|deinem) (land|gebiet) (leider )?nicht verfügbar`, `pas disponible dans votre (pays|région)`,
		`no está disponible en (su|tu) (país|región)`,
		`non è disponibile nel tuo paese`, `não está disponível (no seu país|na sua região)`, `недоступ\w+ в вашей (стране|регионе)`,
		`(お住まいの|お使いの)(国|地域)では.{0,12}(ご)?利用いただけません`,
	),
}

// crashes are what programs of servers, and servers before them, say when they fail, and no page says by itself.
var crashes = phrases{
	whole: headings(
		`(fatal|parse) error`, `server error in '.{1,30}' application`, `error establishing a (database|redis) connection`,
		`database (connection )?error`,
		`(502|503|504)? ?no healthy upstream`, `access ?denied`, `whitelabel error page`,
	),
	part: anywhere(
		`\b(fatal|parse) error: `, `\bsqlstate\[`, `\buncaught (\w+\\?)*(exception|error)\b`, `traceback \(most recent call last\)`,
		`error establishing a database connection`, `upstream connect error or disconnect/reset before headers`, `no healthy upstream`,
		`<code> ?(accessdenied|nosuchkey|nosuchbucket|allaccessdisabled|permanentredirect|slowdown|internalerror|authenticationfailed|resourcenotfound) ?</code>`,
		`\bora-\d{5}\b`, `\bmysqli?_connect\(\)`, `unhandled exception (occurred|at)`, `exception in thread "`, `default backend - 404`,
	),
}.with(failureSayings)

// trace is how a program's failure begins that is told at length, with all that it was about to do.
var trace = regexp.MustCompile(`(?i)^(php )?((fatal|parse) error ?: |traceback \(most recent call last\)|exception in thread |unhandled exception)`)

// announcements are what stands where a site is to be.
var announcements = phrases{
	whole: headings(
		`(we('re| are) )?(launching|coming|opening) (very )?soon`, `(site|website|page)? ?under construction`,
		`(this )?(site|website|page) is (under construction|coming soon)`,
		`(website )?(im aufbau|in kürze verfügbar)`, `(demnächst|bald) (verfügbar|hier|online)`,
		`(site )?(en construction|bientôt disponible|prochainement)`,
		`(sitio |página )?(en construcción|próximamente)`, `(sito )?(in costruzione|prossimamente)`,
		`(site |página )?(em construção|em breve)`,
		`(website )?(in aanbouw|binnenkort( beschikbaar)?)`, `(strona )?w budowie`, `wkrótce`, `(сайт )?(в разработке|скоро открытие)`,
		`(準備中|近日公開)`, `(建设中|敬请期待)`,
	),
	part: anywhere(`(we('re| are)|this (site|website) is) (launching|opening|coming|under construction)\b`),
}

// networks are what is said to visitors who come by way of others.
var networks = phrases{
	whole: headings(
		`(vpn|proxy|vpn (or|and|/) ?proxy|anonymi[sz]er|tor)( (use|usage|connection))? (was |is |has been )?(detected|blocked|not (allowed|permitted|supported))`,
		`(please )?(turn off|disable|switch off) your (vpn|proxy)( or (vpn|proxy))?`, `vpn( oder proxy)? erkannt`,
		`vpn (ou proxy )?détecté`, `vpn (o proxy )?(detectad[oa]|rilevat[oa])`,
	),
	part: anywhere(
		`(using|behind|through|via) an? (vpn|proxy|anonymi[sz]er|tor exit)`,
		`(turn off|disable|switch off|deactivate) (your|any|the) (vpn|proxy)`, `vpn (or|and) proxy (was |is )?detected`,
	),
}

// cookieless are what is said to visitors who are taken to have no cookies.
var cookieless = phrases{
	whole: headings(
		`(please )?(enable|allow|accept|turn on|activate) (your )?cookies`,
		`cookies (are )?(required|disabled|blocked|not enabled|must be enabled)`,
		`(bitte )?cookies (aktivieren|zulassen|erforderlich)`, `(veuillez )?activer les cookies`, `(habilite|active|activa) las cookies`,
		`(abilita|attiva) i cookie`,
	),
	part: anywhere(
		`browser (does not|doesn't|is not|isn't set to|is set to not) (accept|allow|support|accepting)( the use of)? cookies`,
		`cookies are (disabled|blocked|turned off) in your browser`,
		`browser akzeptiert keine cookies`, `navigateur n'accepte pas les cookies`,
	),
}

// refusedJSON is all that a service answers that refuses in JSON, such as Amazon API Gateway
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html).
var refusedJSON = regexp.MustCompile(`(?i)^\s*\{.{0,80}"(message|error|errors?_?description|detail|reason|title|code|status)" ?: ?"?` +
	`(forbidden|unauthori[sz]ed|access ?denied|missing authentication token|user is not authorized.{0,120}|not authori[sz]ed|permission denied|request blocked|` +
	`too many requests|rate limit.{0,40}|limit exceeded|internal server error|service unavailable|403|401|429)"?.{0,160}\}\s*$`)

// jsonRefusal reports whether the document is such an answer.
func (f *Facts) jsonRefusal() bool { return f.TextLength <= 400 && refusedJSON.MatchString(f.Text) }
