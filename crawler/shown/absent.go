package shown

import (
	"strings"

	"github.com/tagscan/tagscan/crawler"
)

// saidAbsent is how many characters a page has at the most that is taken for one that is not there by what its title and its heading
// say, whatever stands around them: menu and footer of a site, and some advice. An article about such pages is longer.
const saidAbsent = 2000

// ownAround is how many characters stand at the most around what such a page says, beside links: some advice, and who runs the site.
const ownAround = 300

// Absent reports whether the document says that the page is not there although its server does not (a soft 404).
func (f *Facts) Absent() bool {
	if !f.Looked || f.mayShowMore() || f.missing() {
		return false
	}
	if f.few() && f.speaks(nowhere) && (f.TextLength <= gateAlone || nowhere.part.MatchString(f.Text)) {
		return true
	}
	is := func(head string) bool { return nowhere.whole.MatchString(strings.TrimSpace(head)) }
	if f.TextLength > saidAbsent || len(f.Heads) == 0 || !is(f.Title) || !is(f.Heads[0]) {
		return false
	}
	sh := f.share(nowhere)
	return !sh.sells && (sh.own <= ownBesidePart || sh.part && sh.own <= ownAround || 3*sh.own <= sh.all)
}

// absent tells a page that somebody asked for and that is not there. A link may lead to one, and hides nothing.
func (f *Facts) absent() *Instead {
	switch {
	case !f.Start && !f.Named, !f.Absent():
		return nil
	case f.Start:
		return &Instead{Kind: crawler.GapPageBlocked, Text: "the start address answers that there is no such page"}
	}
	return &Instead{Kind: crawler.GapPageBlocked, Text: "a page that was named answers that there is no such page"}
}

// nowhere are the headings of pages that say that they are not there.
var nowhere = phrases{
	whole: headings(
		`(error )?404( error)?( ?[-–:|,.]? ?(page |file )?(not found|error))?`,
		`(oops[,.!…]* )?(the |this |that )?(page|file|site) (was |is |could |can|cannot )*(not|n't|not be) found.{0,30}`,
		`page (does not|doesn't) exist`, `(the )?page (you('re| are) looking for|you requested) .{0,40}`, `not found`,
		`(404 ?[-–:|]? ?)?(die )?seite (wurde )?nicht gefunden`, `(404 ?[-–:|]? ?)?page (non trouvée|introuvable)`,
		`(404 ?[-–:|]? ?)?página no encontrada`,
		`(404 ?[-–:|]? ?)?pagina non trovata`, `(404 ?[-–:|]? ?)?página não encontrada`, `(404 ?[-–:|]? ?)?pagina niet gevonden`,
		`(404 ?[-–:|]? ?)?(strona nie (została )?znaleziona|nie znaleziono strony)`,
		`(404 ?[-–:|]? ?)?sidan (hittades inte|kunde inte hittas)`, `(404 ?[-–:|]? ?)?siden (blev |ble )?ikke funnet`,
		`(404 ?[-–:|]? ?)?sivua ei löy(dy|tynyt)`, `(404 ?[-–:|]? ?)?stránka nenalezena`,
		`(404 ?[-–:|]? ?)?sayfa bulunamadı`, `(404 ?[-–:|]? ?)?страница не найдена`, `(404 ?[-–:|]? ?)?ページが見つかりません(でした)?`,
		`(404 ?[-–:|]? ?)?(页面|頁面)(不存在|未找到)`, `(404 ?[-–:|]? ?)?페이지를 찾을 수 없습니다`,
	),
	part: anywhere(`^404[.:]? (page )?not found\.?$`),
}.with(nowhereSayings)
