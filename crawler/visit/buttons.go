package visit

import (
	"strings"

	"github.com/tagscan/tagscan/crawler/shown"
)

// control is something to click on as forms.js describes it.
type control struct {
	N      int    `json:"n"`
	Text   string `json:"text"`
	Label  string `json:"label"` // aria-label, title, alternative text of a picture
	Marks  string `json:"marks"` // id, name, class and the like
	Opens  bool   `json:"opens"` // it says that it opens something
	Near   bool   `json:"near"`  // there are form fields around it
	Code   bool   `json:"code"`  // marks has the code that it runs
	Type   string `json:"type"`  // checkbox, radio, range; empty: it is clicked on, no more
	URL    string `json:"url"`
	Method string `json:"method"`
}

// harms are the words of controls that are never used: those that end a session, delete, buy, pay, cancel or stop a
// subscription. In English, German, French, Spanish, Italian, Portuguese, Dutch, Swedish, Danish and Norwegian, Finnish,
// Polish, Czech, Turkish, Russian and Ukrainian, Japanese, Chinese, Korean.
var harms = shown.Words(
	`\b(log ?-?(out|off)|sign ?-?(out|off)|delet|remov|eras|destroy|discard|reset|trash|deactivat|disabl|terminat|close (my |your )?account|revok|disconnect|unsubscrib|opt ?-?out|cancel|purchas|check ?-?out|add to (cart|basket|bag)|donat|upgrad|downgrad|renew|transfer|withdraw|refund)`,
	`\b(clear|leave|quit|exit|buy|pay|payment|order|bid|rent|hire|block|ban|report)\b`,
	`abmelde|ausloggen|lösche|loesche|entferne|kauf|bestell|bezahl|zahlen|warenkorb|kündig|kuendig|abbestell|deaktivier|stornier|spende|buchen|zurücksetzen|verlassen`,
	`déconnect|deconnect|supprim|effacer|achet|commander|payer|panier|désinscri|desinscri|résili|resili|annuler|réserver|désactiver|faire un don`,
	`cerrar sesi|desconect|elimin|borrar|compra|pagar|carrito|pedir|darse de baja|cancelar|\banular|desactivar|donar|salir|suscripci`,
	`esci\b|disconnet|cancell|elimina|rimuov|acquist|compra|paga\b|pagare|carrello|\bordina|disiscri|disattiva|annulla|dona\b|prenota`,
	`terminar sess|sair\b|encerrar|excluir|apagar|remover|comprar|carrinho|encomend|cancelar|desativar|doar\b`,
	`uitlog|afmeld|verwijder|wissen|kopen|koop\b|bestel|betaal|betalen|winkelwagen|winkelmand|opzeg|annule|doneer`,
	`logga ut|ta bort|radera|köp|beställ|betala|varukorg|kundvagn|avsluta|säg upp|avbeställ|avprenumer`,
	`log(g)? (ud|ut)|\bslett?|fjern|køb|kjøp|bestil|betal|kurv|handlekurv|opsig|si opp|avslutt|afmeld|avmeld`,
	`kirjaudu ulos|poista|tuhoa|osta\b|tilaa|maksa|ostoskori|peruuta|irtisano`,
	`wyloguj|usuń|usun\b|skasuj|kup\b|kupuj|zamów|zapłać|zaplac|koszyk|anuluj|wypisz|zrezygnuj`,
	`odhlás|odhlas|smazat|odstran|koupit|objedn|zaplat|košík|kosik|zruš|storno`,
	`çıkış|oturumu kapat|sil\b|kaldır|satın al|sepet|öde\b|ödeme|sipariş|iptal|abonelikten`,
	`выйти|выход|удал|купить|заказ|оплат|корзин|отпис|отмен|вийти|видал|купит|замов|сплат|кошик|скасув`,
	`ログアウト|サインアウト|削除|購入|カート|注文|支払|解約|退会|キャンセル|退出|登出|注销|註銷|删除|刪除|购买|購買|购物车|下单|付款|支付|取消|退订|로그아웃|삭제|구매|장바구니|결제|주문|취소|탈퇴|해지`,
)

// submits are the words of controls that send something away or begin a session; they are used only where they say that
// they open something, and where there is no form around.
var submits = shown.Words(
	`\b(submit|send|post\b|publish|save|apply|confirm|continue|next|proceed|finish|done|go\b|ok\b|yes|accept|agree|allow|search|find|log ?-?in|sign ?-?(in|up)|register|join|subscribe|create|add|upload|import|export|share|like|follow|vote|rate|book|reserve|start|get started|try|request|download|call|chat|invite|approve|reject|archive|copy|print|claim|redeem|enrol|contact)`,
	`senden|absend|abschick|speicher|weiter|bestätig|fertig|suchen|anmeld|einlogg|registrier|abonnier|teilen|akzeptier|zustimm|hinzufüg|anfrag`,
	`envoyer|enregistr|continuer|suivant|valider|confirm|recherch|connexion|connecter|inscri|abonne|partag|accepter|ajouter|publier`,
	`enviar|guardar|continuar|siguiente|confirmar|buscar|iniciar sesi|acceder|registr|suscrib|compartir|aceptar|añadir|publicar`,
	`invia|salva|continua|avanti|conferma|cerca\b|accedi|registra|iscriviti|condivid|accett|aggiung|pubblica`,
	`salvar|seguinte|próximo|pesquis|entrar|cadastr|inscrev|assin|compartilh|partilh|aceitar|adicionar`,
	`verzend|verstuur|opslaan|volgende|doorgaan|bevestig|zoek|inlog|aanmeld|registreer|abonneer|delen|toevoeg`,
	`skicka|spara|nästa|fortsätt|bekräfta|sök|logga in|registrera|prenumer|dela\b|lägg till|gem\b|næste|fortsæt|bekræft|søg|log ind|tilmeld|neste|fortsett|bekreft|søk|logg inn|lagre`,
	`lähetä|tallenna|seuraava|jatka|vahvista|hae\b|kirjaudu|rekisteröi|wyślij|zapisz|dalej|potwierd|szukaj|zaloguj|zarejestruj|odeslat|uložit|další|pokračov|potvrd|hledat|přihlás|registrovat`,
	`gönder|kaydet|devam|onayla|\bara\b|giriş|kayıt|отправ|сохран|далее|продолж|подтверд|поиск|найти|войти|регистр|подпис|надіслати|зберегти|увійти`,
	`送信|保存|次へ|続ける|確認|検索|ログイン|登録|追加|提交|发送|下一步|继续|确认|搜索|登录|登錄|注册|전송|저장|다음|계속|확인|검색|로그인|가입|등록`,
)

// spoken separates the words of ids and classes.
func spoken(s string) string { return camel.ReplaceAllString(s, "$1 $2") }

// reserve says why a control is not used; "" if it may be.
func (c control) reserve() string {
	said := strings.TrimSpace(c.Text + " " + c.Label)
	if w := harms.FindString(said + " " + spoken(c.Marks)); w != "" {
		return "might do harm: " + w
	}
	w := submits.FindString(said)
	switch {
	case c.Opens && !c.Near:
		return "" // "Sign in" that opens a box
	case w != "":
		return "might send something: " + w
	case c.Opens:
		return ""
	case said == "" && !c.Code && c.Type == "":
		return "it does not say what it does"
	case said == "" && submits.MatchString(spoken(c.Marks)):
		return "might send something: " + submits.FindString(spoken(c.Marks))
	case c.Near:
		return "it belongs to a form"
	case len([]rune(said)) > 60:
		return "it says too much for a button"
	}
	return ""
}
