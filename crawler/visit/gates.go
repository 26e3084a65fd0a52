package visit

import "github.com/tagscan/tagscan/crawler"

// gates are pages that stand before a site and are none of its pages: they let some people in only, or nobody, and answer 200.
var gates = []struct {
	kind crawler.GapKind
	text string
	say  phrases
}{
	{crawler.GapPageBlocked, "a question for the visitor's age was shown instead of the page", ages},
	{crawler.GapPageBlocked, "the page was not shown to this browser, which it does not support", browsers},
	{crawler.GapMaintenance, "a page of the server or of its owner was shown instead of the site's", placeholders},
}

// gateAlone is how many characters a page has at the most that is such a gate by its heading alone: a dialog over a page that says
// little has a heading, too.
const gateAlone = 250

// gate tells such a page; nil: none was seen. A question that lies over a page hides nothing of it.
func (f *facts) gate() *instead {
	if !f.looked || !f.few() || f.missing() {
		return nil
	}
	for _, g := range gates {
		if f.speaks(g.say) && (f.TextLength <= gateAlone || g.say.part.MatchString(f.Text)) {
			return &instead{Kind: g.kind, Text: g.text}
		}
	}
	return nil
}

// ages are what those ask who may serve grown-ups only.
var ages = phrases{
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
	part: words(
		`must be (of legal|(at least|over) \d\d|\d\d (years|or)).{0,50}\b(enter|visit|view|access|continue)`,
		`of legal (drinking|smoking|vaping) age`,
		`(mindestens|über) (16|18) jahre.{0,30}(betreten|besuchen|fortfahren)`,
		`avoir (plus de |l'âge légal|18 ans).{0,40}(entrer|accéder|visiter)`, `ser mayor de edad (para|legal)`,
		`devi (essere maggiorenne|avere .{0,12}18)`,
	),
}

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
	part: words(
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
	part: words(
		`web server is successfully installed and working`, `replace this file .{0,40}before continuing to operate your (http )?server`,
		`account has been suspended`, `buy this domain`, `domain (name )?is (parked|for sale)`,
	),
}
